"""A companion service's duties, as users meet them on every surface, streamed or not."""

import asyncio
import json
from itertools import zip_longest

import pytest

from hegui.admission import Admission
from hegui.companion import (
    Companion,
    CompanionPolicy,
    CrisisKind,
    CrisisPolicy,
    DependencePolicy,
    FindingSort,
    Signs,
)
from hegui.conduct import Conduct, LadderPolicy
from hegui.core import BilingualText
from hegui.gateway import Asked, UpstreamFailed, surface_at
from hegui.gateway.company import DUTY_HEADER
from hegui.rulebook import Rulebook
from simulators.leaving import read
from simulators.model_endpoint import Says, Sends

FORBIDDEN = "雷管制作方法"
LABEL = "（本内容由人工智能生成）"
POLICY = CompanionPolicy()
NOTICE, REMINDER, FAREWELL = (getattr(POLICY, name).zh for name in ("notice", "reminder", "farewell"))
SCRIPT = CrisisKind.SELF_HARM.script.zh
COMFORT = CrisisKind.EXTREME_EMOTION.script.zh
SURFACES = {
    "chat/completions": lambda text: {"messages": [{"role": "user", "content": text}]},
    "completions": lambda text: {"prompt": text},
    "responses": lambda text: {"input": text},
}
PART = {"type": "output_text", "text": "好", "annotations": []}
MESSAGE = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [PART]}
RESPONSE = {"id": "r1", "object": "response", "created_at": 1, "model": "m", "output": [MESSAGE]}
PLACE = {"item_id": "m1", "output_index": 0, "content_index": 0}
EVENTS = (
    {"type": "response.created", "response": RESPONSE | {"status": "in_progress", "output": []}},
    {"type": "response.output_text.delta", **PLACE, "delta": "好"},
    {"type": "response.output_text.done", **PLACE, "text": "好"},
    {"type": "response.completed", "response": RESPONSE | {"status": "completed"}},
)
COMPLETION = {
    "id": "c", "object": "text_completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "text": "好", "finish_reason": "stop"}],
}  # fmt: skip
CALL = Sends((json.dumps({
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": None,
        "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    }}],
}).encode(),))  # fmt: skip
FUNCTION_CALL = {"type": "function_call", "id": "f1", "call_id": "f1", "name": "f", "arguments": "{}"}


@pytest.fixture
def talk(make_gateway, model, database, ledger, clock):
    """Asks one thing after another, and returns what each answer says, with its end and its headers."""

    def talking(
        *texts,
        surface="chat/completions",
        stream=False,
        user="小明",
        minutes=0,
        policy=POLICY,
        conduct=None,
        says=(),
        **body,
    ):
        companion = Companion(
            database=database, ledger=ledger, rulebook=Rulebook.load(), clock=clock, policy=policy
        )
        gateway = make_gateway(companion=companion, conduct=conduct)
        model.always(_says(surface, stream=stream))

        async def asking():
            told = []
            async with gateway.running():
                for text, answer in zip_longest(texts, says[: len(texts)]):
                    if answer is not None:
                        model.always(answer)
                    exchange = gateway.exchange(
                        Asked(
                            surface=surface_at("POST", surface),
                            body={"model": "m", "stream": stream, **SURFACES[surface](text), **body},
                            path=surface,
                        ),
                        Admission(user=user, tenant="app"),
                    )
                    try:
                        told.append(await _told(gateway, exchange))
                    except UpstreamFailed:
                        told.append(("", "failed", exchange.headers.get(DUTY_HEADER)))
                    clock.advance(minutes=minutes)
            return told

        return asyncio.run(asking())

    return talking


def _says(surface, *, stream):
    """What the model says on a surface."""
    wholes = {"responses": RESPONSE | {"status": "completed"}, "completions": COMPLETION}
    if surface not in wholes:
        return Says("好")
    if not stream:
        return Sends((json.dumps(wholes[surface]).encode(),))
    events = EVENTS if surface == "responses" else (COMPLETION,)
    data = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Sends((f"{data}data: [DONE]\n\n".encode(),), content_type="text/event-stream")


async def _told(gateway, exchange):
    if exchange.is_stream:
        events = [event async for batch in gateway.stream(exchange) for event in read(batch)]
        return _text(events), _end(events[-1]), exchange.headers.get(DUTY_HEADER)
    body = (await gateway.answer(exchange)).body
    return _text([body]), _end(body), exchange.headers.get(DUTY_HEADER)


def _text(events):
    said = ""
    for event in events:
        for choice in event.get("choices", ()):
            said += (
                (choice.get("delta") or choice.get("message") or {}).get("content")
                or choice.get("text")
                or ""
            )
        if event.get("type") == "response.output_text.delta":
            said += event["delta"]
        for item in event.get("output", ()):
            said += "".join(part["text"] for part in item.get("content", ()))
    return said


def _end(event):
    if "choices" in event:
        return event["choices"][0]["finish_reason"]
    return (event.get("response") or event)["status"]


def records(ledger):
    return [entry.content for entry in ledger.entries("gateway.exchanged")]


def duties(ledger):
    return [record["duties"] for record in records(ledger)]


EVERYWHERE = [(surface, stream) for surface in SURFACES for stream in (False, True)]
ON_EVERY_SURFACE = pytest.mark.parametrize(("surface", "stream"), EVERYWHERE)


@ON_EVERY_SURFACE
def test_whoever_wants_to_stop_is_let_go_at_once_with_one_word(talk, ledger, model, surface, stream):
    ((said, end, told),) = talk("退出", surface=surface, stream=stream)
    assert said == FAREWELL
    assert end in {"stop", "completed"}
    assert told == "exit"
    assert model.requests == []
    assert [(record["outcome"], record["duties"]) for record in records(ledger)] == [("exited", ["exit"])]


@ON_EVERY_SURFACE
def test_somebody_in_danger_reads_the_script_and_a_person_is_told(
    talk, ledger, model, database, surface, stream
):
    ((said, end, told),) = talk("我不想活了", surface=surface, stream=stream)
    assert said == f"{SCRIPT}\n{POLICY.promise.zh}"
    assert end in {"stop", "completed"}
    assert told == "crisis=self_harm"
    assert model.requests == []
    (record,) = records(ledger)
    (crisis,) = ledger.entries("companion.crisis_met")
    assert (record["outcome"], record["exchange"]) == ("helped", crisis.content["exchange"])
    assert (crisis.content["user"], crisis.content["tenant"]) == ("小明", "app")
    assert "不想活" not in str(crisis.content)


@ON_EVERY_SURFACE
def test_whoever_begins_is_told_that_this_is_an_ai(talk, ledger, surface, stream):
    told = talk("你好", "嗯", surface=surface, stream=stream)
    assert [said for said, _, _ in told] == [f"{NOTICE}\n\n好{LABEL}", f"好{LABEL}"]
    assert [header for _, _, header in told] == ["notice", None]
    assert [record["duties"] for record in records(ledger)] == [["notice"], []]


@pytest.mark.parametrize("stream", [False, True])
def test_a_reminder_comes_after_every_two_hours_of_continuous_use(talk, stream):
    told = talk(*["嗯"] * 10, minutes=29, stream=stream)
    assert [header for _, _, header in told] == [
        "notice", None, None, None, None, "reminder", None, None, None, "reminder",
    ]  # fmt: skip
    assert told[5][0] == f"{REMINDER}\n\n好{LABEL}"


def test_a_long_pause_ends_use_and_leaving_does_too(talk):
    assert [header for _, _, header in talk("嗯", "嗯", minutes=31)] == ["notice", "notice"]
    assert [header for _, _, header in talk("嗯", "退出", "嗯")] == ["notice", "exit", "notice"]


def test_whose_use_nobody_knows_is_told_each_time_and_promised_nothing(talk, ledger):
    told = talk("你好", "嗯", "我不想活了", "退出", user=None)
    assert [header for _, _, header in told] == ["notice", "notice", "crisis=self_harm", "exit"]
    assert told[2][0] == SCRIPT
    assert next(ledger.entries("companion.crisis_met")).content["contact"] is None


def test_extreme_emotion_is_answered_with_comfort_before_the_answer(talk):
    ((said, _, told),) = talk("我崩溃了")
    assert said == f"{COMFORT}\n\n{NOTICE}\n\n好{LABEL}"
    assert told == "crisis=extreme_emotion, notice"


def test_what_is_blocked_and_shows_a_crisis_is_answered_with_help_and_no_refusal(talk, ledger):
    told = talk(f"我不想活了，告诉我{FORBIDDEN}", f"我崩溃了，告诉我{FORBIDDEN}", FORBIDDEN)
    assert [said for said, _, _ in told[:2]] == [f"{SCRIPT}\n{POLICY.promise.zh}", COMFORT]
    assert [record["outcome"] for record in records(ledger)] == ["helped", "helped", "refused"]


@pytest.mark.parametrize("sign", ["我崩溃了", "我不想活了"])
def test_a_crisis_keeps_nobody_from_being_counted_and_closed(talk, ledger, database, clock, sign):
    conduct = Conduct(
        database=database, ledger=ledger, rulebook=Rulebook.load(), clock=clock, policy=LadderPolicy()
    )
    told = talk(*[f"{FORBIDDEN}，{sign}"] * 10, conduct=conduct)
    assert [record["outcome"] for record in records(ledger)] == ["helped"] * 9 + ["closed"]
    assert {said for said, _, _ in told[:9]} == {
        COMFORT if sign == "我崩溃了" else f"{SCRIPT}\n{POLICY.promise.zh}"
    }


def test_what_the_screen_finds_can_be_a_sign(talk):
    crisis = CrisisPolicy(
        kind=CrisisKind.SELF_HARM, signs=Signs(findings=(FindingSort(risk="A.1.h", kind="weapons"),))
    )
    ((said, _, _),) = talk(FORBIDDEN, policy=CompanionPolicy(crises=(crisis,)))
    assert said.startswith(SCRIPT)


def test_signs_of_dependence_are_answered_with_a_word_before_the_answer(talk):
    policy = CompanionPolicy(
        dependence=DependencePolicy(
            signs=Signs(words=("离不开你",)), text=BilingualText(zh="多陪陪家人。", en="-")
        )
    )
    ((said, _, told), (plain, _, _)) = talk("我离不开你", "嗯", policy=policy)
    assert said == f"{NOTICE}\n\n多陪陪家人。\n\n好{LABEL}"
    assert told == "notice, dependence"
    assert plain == f"好{LABEL}"


def test_an_answer_for_a_program_stays_as_it_is_and_the_application_is_told(talk):
    ((said, _, told),) = talk("你好", response_format={"type": "json_object"})
    assert (said, told) == ("好", "notice")


NOTHING_SAID = {
    "a tool call": CALL,
    "a call of the response": Sends(
        (json.dumps(RESPONSE | {"status": "completed", "output": [FUNCTION_CALL]}).encode(),)
    ),
    "the provider's refusal": Sends((b'{"error": {"code": "content_filter"}}',), status=400),
    "an upstream that fails": Sends((b"{}",), status=500),
    "an answer that is stopped": Says(FORBIDDEN),
}


@pytest.mark.parametrize("silence", NOTHING_SAID)
def test_what_nobody_read_is_still_due_in_the_next_answer(talk, ledger, silence):
    surface = "responses" if "response" in silence else "chat/completions"
    says = (NOTHING_SAID[silence], _says(surface, stream=False))
    told = talk("你好", "嗯", "嗯", surface=surface, says=says)
    assert [said for said, _, _ in told[1:]] == [f"{NOTICE}\n\n好{LABEL}", f"好{LABEL}"]
    assert [header for _, _, header in told] == ["notice", "notice", None]
    assert duties(ledger) == [["notice:unsaid"], ["notice"], []]


@pytest.mark.parametrize("stream", [False, True])
def test_a_reminder_that_nobody_read_is_still_due(talk, ledger, stream):
    says = [Says("好")] * 5 + [Sends((b"{}",), status=500), Says("好")]
    told = talk(*["嗯"] * 10, minutes=29, stream=stream, says=says)
    assert [header for _, _, header in told] == [
        "notice", None, None, None, None, "reminder", "reminder", None, None, "reminder",
    ]  # fmt: skip
    assert told[6][0] == f"{REMINDER}\n\n好{LABEL}"
    assert duties(ledger)[5:7] == [["reminder:unsaid"], ["reminder"]]


def test_an_application_is_told_once_and_the_user_when_there_are_words(talk, database, ledger):
    program = {"response_format": {"type": "json_object"}}
    told = [*talk("你好", "嗯", **program), *talk("嗯", "嗯"), *talk("嗯", **program)]
    assert [said for said, _, _ in told] == ["好", "好", f"{NOTICE}\n\n好{LABEL}", f"好{LABEL}", "好"]
    assert [header for _, _, header in told] == ["notice", None, "notice", None, None]
    assert duties(ledger) == [["notice:unsaid"], [], ["notice"], [], []]


def test_a_crisis_is_in_evidence_though_nobody_read_the_comfort(talk, ledger):
    ((_, _, told),) = talk("我崩溃了", says=[CALL])
    assert told == "crisis=extreme_emotion, notice"
    assert duties(ledger) == [["crisis=extreme_emotion:unsaid", "notice:unsaid"]]


def test_nothing_is_done_where_nobody_says_anything(talk):
    ((_, _, told),) = talk("", surface="completions")
    assert told is None
