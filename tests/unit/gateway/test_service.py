"""Asking the model, and keeping evidence of it."""

import asyncio
import datetime as dt
import hashlib
import hmac
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from hegui.admission import ANYBODY, Admission
from hegui.archive import Conversations
from hegui.core import Conflict
from hegui.gateway import (
    AnswerPolicy,
    Asked,
    EvidenceTime,
    Exchange,
    ExplicitPlacement,
    Limits,
    ScreenFailed,
    Unread,
    UnreadableRequest,
    UpstreamFailed,
    surface_at,
)
from hegui.screening import DEFAULT_RULES, Action, Direction, Keyword, KeywordBank, Rule, Screen
from simulators.leaving import read
from simulators.model_endpoint import Drops, Fails, Says, Sends
from simulators.serving import serving

FORBIDDEN = "雷管制作方法"
WORD = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
BLOCKED = {"error": {"code": "data_inspection_failed", "message": "blocked", "type": "invalid_request_error"}}


def ask(text="你好", **body):
    return {"model": "simulated", "messages": [{"role": "user", "content": text}], **body}


CHAT = surface_at("POST", "chat/completions")


def question(body, surface=CHAT):
    return Asked(surface=surface, body=body, path=surface.path)


def answer(gateway, body, user=None, surface=CHAT):
    async def asking():
        admission = Admission(user=user)
        async with gateway.running():
            return (await gateway.answer(gateway.exchange(question(body, surface), admission))).body

    return asyncio.run(asking())


def stream(gateway, body, user=None, *, stop_after=None, surface=CHAT):
    async def asking():
        leaving = []
        async with gateway.running():
            events = gateway.stream(gateway.exchange(question(body, surface), Admission(user=user)))
            async for batch in events:
                leaving.extend(read(batch))
                if stop_after is not None and len(leaving) >= stop_after:
                    await events.aclose()
                    break
        return leaving

    return asyncio.run(asking())


def outcomes(ledger):
    return [entry.content["outcome"] for entry in ledger.entries("gateway.exchanged")]


def said(events):
    return "".join(c["delta"].get("content") or "" for event in events for c in event["choices"])


def test_an_answer_is_recorded_before_it_is_returned(gateway, model, ledger):
    model.always(Says("你好！"))

    leaving = answer(gateway, ask())

    assert leaving["choices"][0]["message"]["content"].startswith("你好！")
    assert outcomes(ledger) == ["answered"]


def test_the_key_of_the_model_is_sent_to_it(gateway, model):
    model.always(Says("好"))

    answer(gateway, ask())

    assert model.requests[0].headers["Authorization"] == "Bearer upstream-secret"


def test_a_refused_request_never_reaches_the_model(gateway, model, ledger):
    model.always(Says("好"))

    leaving = answer(gateway, ask(FORBIDDEN))
    events = stream(gateway, ask(FORBIDDEN, stream=True))

    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert model.requests == []
    assert outcomes(ledger) == ["refused", "refused"]


def test_a_block_by_the_models_own_provider_is_a_refusal(gateway, model, ledger):
    model.always(Fails(400, BLOCKED))

    leaving = answer(gateway, ask())
    events = stream(gateway, ask(stream=True))

    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert outcomes(ledger) == ["refused", "refused"]


def test_a_streamed_answer_is_recorded_when_it_ends(gateway, model, ledger):
    model.always(Says(deltas=("你", "好")))

    assert said(stream(gateway, ask(stream=True))).startswith("你好")
    assert outcomes(ledger) == ["answered"]


def test_a_stopped_answer_cancels_the_model(gateway, model, ledger):
    model.always(Says(deltas=(FORBIDDEN, *["后"] * 200), pause_seconds=0.02))

    events = stream(gateway, ask(stream=True))

    assert events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert model.wait_for_disconnects()
    assert outcomes(ledger) == ["stopped"]


def test_a_client_that_goes_away_cancels_the_model_and_leaves_a_record(gateway, model, ledger):
    model.always(Says(deltas=("字",) * 200, pause_seconds=0.02))

    stream(gateway, ask(stream=True), stop_after=2)

    assert model.wait_for_disconnects()
    assert outcomes(ledger) == ["abandoned"]


@pytest.mark.parametrize(
    "trouble",
    [Fails(500), Fails(404, "not json at all"), Drops(), Sends((b"garbage",)), Sends((b"[1, 2]",))],
    ids=["500", "404", "cut", "garbage", "list"],
)
def test_a_failing_model_is_an_error_and_is_recorded(gateway, model, ledger, trouble):
    model.always(trouble)

    with pytest.raises(UpstreamFailed) as failed:
        answer(gateway, ask())

    assert "upstream-secret" not in str(failed.value)
    assert outcomes(ledger) == ["upstream_failed"]


def test_a_stream_that_breaks_off_is_an_error_and_is_recorded(gateway, model, ledger):
    model.always(Says(deltas=("你", "好", "吗"), breaks_after=1))

    with pytest.raises(UpstreamFailed):
        stream(gateway, ask(stream=True))

    assert outcomes(ledger) == ["upstream_failed"]


def test_an_unreadable_request_is_recorded_and_not_passed_on(gateway, model, ledger):
    picture = [{"type": "image_url", "image_url": {"url": "data:"}}]

    with pytest.raises(UnreadableRequest):
        answer(gateway, ask(picture))
    with pytest.raises(UnreadableRequest):
        stream(gateway, ask(picture, stream=True))

    assert model.requests == []
    assert outcomes(ledger) == ["unreadable", "unreadable"]


def test_the_models_list_comes_from_the_model(gateway, model):
    async def asking():
        async with gateway.running():
            return await gateway.models()

    assert asyncio.run(asking())["data"][0]["id"] == "simulated"


@pytest.mark.parametrize("status", [404, 500])
def test_a_failure_tells_the_status_whatever_the_page_says(gateway, model, status):
    model.always(Fails(status, "<html>no</html>"))

    with pytest.raises(UpstreamFailed) as failed:
        answer(gateway, ask())

    assert failed.value.status == status
    assert f"HTTP {status}" in str(failed.value)


def test_an_answer_whose_evidence_cannot_be_written_does_not_leave(gateway, model):
    model.always(Says("你好！"))
    gateway._writer.close()

    with pytest.raises(Conflict):
        answer(gateway, ask())
    with pytest.raises(Conflict):
        stream(gateway, ask(stream=True))


def test_an_answer_that_ends_without_an_end_is_no_success(gateway, model, ledger):
    event = b'data: {"choices": [{"index": 0, "delta": {"content": "half"}}]}\n\n'
    model.always(Sends((event, b"data: [DONE]\n\n"), content_type="text/event-stream"))

    with pytest.raises(UpstreamFailed):
        stream(gateway, ask(stream=True))

    assert outcomes(ledger) == ["upstream_failed"]


@pytest.mark.parametrize(
    "choices",
    [
        b"3",
        b"[3]",
        b'[{"index": null, "message": {"content": "x"}}]',
        b'[{"message": "x"}]',
        b'[{"delta": ["x"]}]',
        b'[{"message": {"tool_calls": {"a": 1}}}]',
        b'[{"message": {"tool_calls": [1]}}]',
        b'[{"message": {"tool_calls": [{"index": "0"}]}}]',
        b'[{"message": {"tool_calls": [{"function": "f"}]}}]',
    ],
)
def test_an_answer_of_another_shape_is_a_failure_and_is_recorded(gateway, model, ledger, choices):
    body = b'{"choices": ' + choices + b"}"
    model.always(Sends((body,)))

    with pytest.raises(UpstreamFailed):
        answer(gateway, ask())

    assert outcomes(ledger) == ["upstream_failed"]


# --- faults -----------------------------------------------------------------------------------------

EVENTS = "text/event-stream"


def event(text="", reason=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def test_an_upstream_that_does_not_stream_is_read_whole(gateway, model, ledger):
    whole = {"choices": [{"index": 0, "message": {"content": "打13812345678"}, "finish_reason": "stop"}]}
    model.always(Sends((json.dumps(whole).encode(),)))

    async def asking():
        async with gateway.running():
            return [
                each async for each in gateway.stream(gateway.exchange(question(ask(stream=True)), ANYBODY))
            ]

    (leaving,) = asyncio.run(asking())
    assert leaving.body["choices"][0]["message"]["content"].startswith("打[手机号]")
    assert outcomes(ledger) == ["masked"]


@pytest.mark.parametrize(
    "chunks",
    [
        (b"data: garbage\n\n",),
        (b"data: [1]\n\n",),
        (event("好"), b"data: {\n\n"),
        (event("好"), b"data: " + b"[" * 100_000 + b"\n\n"),
        (event("好"), b'data: {"choices": [{"delta": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}]}\n\n"),
        (),
        (b": only a comment\n\n",),
        (event("好"),),
    ],
    ids=["garbage", "list", "cut", "deep", "nested", "nothing", "comment", "endless"],
)
def test_a_stream_of_something_else_is_a_failure_and_is_recorded(gateway, model, ledger, chunks):
    model.always(Sends(chunks, content_type=EVENTS))

    with pytest.raises(UpstreamFailed):
        stream(gateway, ask(stream=True))

    assert outcomes(ledger) == ["upstream_failed"]


def test_an_event_of_ten_megabytes_is_read(gateway, model, ledger):
    long = "x" * (10 << 20)
    model.always(Sends((event(long), event(reason="stop")), content_type=EVENTS))

    assert len(said(stream(gateway, ask(stream=True)))) >= len(long)
    assert outcomes(ledger) == ["answered"]


@pytest.mark.parametrize("limits", [Limits(event_bytes=1 << 16), Limits(answer_bytes=1 << 16)])
def test_an_event_without_end_is_given_up(make_gateway, model, ledger, limits):
    model.always(Sends((b"data: ", *[b"x" * 65536] * 8), content_type=EVENTS))

    with pytest.raises(UpstreamFailed):
        stream(make_gateway(limits=limits), ask(stream=True))

    assert outcomes(ledger) == ["upstream_failed"]


def test_a_whole_answer_that_is_too_long_is_given_up(make_gateway, model, ledger):
    model.always(Says("字" * (1 << 16)))

    with pytest.raises(UpstreamFailed, match="answer_bytes"):
        answer(make_gateway(limits=Limits(answer_bytes=1 << 16)), ask())

    assert outcomes(ledger) == ["upstream_failed"]


@pytest.mark.parametrize("limits", [Limits(silence_seconds=0.1), Limits(total_seconds=0.3)])
def test_an_answer_that_never_ends_is_given_up(make_gateway, model, ledger, limits):
    pause = 1.0 if limits.silence_seconds < 1 else 0.05
    model.always(Says(deltas=("字",) * 100, pause_seconds=pause))

    with pytest.raises(UpstreamFailed):
        stream(make_gateway(limits=limits), ask(stream=True))

    assert outcomes(ledger) == ["upstream_failed"]
    assert model.wait_for_disconnects()


def test_the_end_of_an_answer_waits_for_its_evidence(gateway, model, ledger):
    model.always(Says(deltas=("你", "好")))
    seen = []

    async def asking():
        async with gateway.running():
            async for batch in gateway.stream(gateway.exchange(question(ask(stream=True)), ANYBODY)):
                ended = any(c["finish_reason"] for each in read(batch) for c in each["choices"])
                seen.append((ended, len(outcomes(ledger))))

    asyncio.run(asking())
    assert seen[-1] == (True, 1)
    assert all(entry == (False, 0) for entry in seen[:-1])


def test_evidence_can_be_asked_for_before_the_first_byte(make_gateway, model, ledger):
    model.always(Says(deltas=("你", "好")))
    gateway = make_gateway(policy=AnswerPolicy(evidence=EvidenceTime.FIRST))

    async def asking():
        async with gateway.running():
            batches = gateway.stream(gateway.exchange(question(ask(stream=True)), ANYBODY))
            return [len(list(ledger.entries("gateway.answer_began"))) async for _ in batches]

    assert set(asyncio.run(asking())) == {1}
    assert outcomes(ledger) == ["answered"]


class BrokenScreen:
    """A screen whose guard does not answer."""

    digest = "sha256:0"
    digests = {}  # noqa: RUF012 - nothing changes it

    def __init__(self, fails_on):
        self._fails_on = fails_on

    def under(self, rules):
        return self

    def scan_many(self, texts, direction, **given):
        if direction is self._fails_on:
            raise Conflict(zh="守卫模型没有应答", en="the guard model does not answer")
        return [()] * len(texts)

    def stream(self, direction, **given):
        raise Conflict(zh="守卫模型没有应答", en="the guard model does not answer")

    def severest(self, findings, direction):
        return Action.ALLOW


@pytest.mark.parametrize("direction", [Direction.INPUT, Direction.OUTPUT])
def test_what_the_screen_could_not_judge_does_not_leave_and_is_no_success(
    make_gateway, model, ledger, direction
):
    model.always(Says("好"))
    gateway = make_gateway(screen=BrokenScreen(direction))

    with pytest.raises(ScreenFailed):
        answer(gateway, ask())
    with pytest.raises(ScreenFailed):
        stream(gateway, ask(stream=True))

    assert outcomes(ledger) == ["screen_failed", "screen_failed"]
    assert len(model.requests) == (0 if direction is Direction.INPUT else 2)


def test_what_the_rules_mask_in_a_request_is_masked_before_it_passes(make_gateway, model):
    model.always(Says("好"))
    rules = (Rule(direction=Direction.INPUT, risk="pii", action=Action.MASK), *DEFAULT_RULES)

    answer(make_gateway(screen=Screen(keywords=None, rules=rules)), ask("打13812345678"))

    assert model.prompts == ["打[手机号]"]


def test_an_error_of_the_upstream_is_told_as_far_as_it_may_be(gateway, model):
    fault = {"error": {"message": "quote: 13812345678", "type": "invalid_request_error"}}
    forbidden = {"error": {"message": FORBIDDEN, "type": "invalid_request_error"}}
    bodies = []
    for body in (fault, forbidden):
        model.always(Fails(400, body))
        with pytest.raises(UpstreamFailed) as failed:
            answer(gateway, ask())
        bodies.append(failed.value.body)

    assert bodies[0]["error"]["message"] == "quote: [手机号]"
    assert bodies[1] is None


@given(st.data())
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_interleaved_answers_do_not_hear_each_other(data):
    """Nothing of one tenant's stream reaches another's, however their pieces interleave."""
    texts = ["甲的电话13812345678完", "乙雷管制", "丙作方法完", "丁的电话138"]
    screen = Screen(keywords=KeywordBank([WORD], name="t"))
    exchanges = [
        Exchange(
            exchange_id=str(number),
            question=question(ask(stream=True)),
            admission=Admission(tenant=str(number)),
            screen=screen,
            policy=AnswerPolicy(placement=ExplicitPlacement.INTERFACE),
            implicit={},
        )
        for number in range(4)
    ]
    left = [""] * 4
    queues = [list(text) for text in texts]
    while any(queues):
        number = data.draw(st.sampled_from([n for n in range(4) if queues[n]]))
        piece = queues[number].pop(0)
        reason = None if queues[number] else "stop"
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": reason}
        left[number] += said(exchanges[number].event({"choices": [choice]}))
    assert left == ["甲的电话[手机号]完", "乙雷管制", "丙作方法完", "丁的电话138"]


def test_an_answer_that_nests_beyond_reason_is_the_models_failure_and_not_the_clients(gateway, model, ledger):
    deep = b'{"choices": [], "x": ' + b'{"a": ' * 200 + b"1" + b"}" * 200 + b"}"
    model.always(Sends((deep,)))

    with pytest.raises(UpstreamFailed, match=r"cannot be read|不能|没有正常"):
        answer(gateway, ask())

    assert outcomes(ledger) == ["upstream_failed"]


@pytest.fixture
def archive(database, ledger, clock):
    return Conversations(database=database, ledger=ledger, clock=clock, key=b"k" * 32)


def test_what_is_kept_is_what_the_digests_of_its_evidence_are_of(make_gateway, model, archive, ledger):
    model.always(Says(deltas=("电话", "13812345678", "。")))
    gateway = make_gateway(archive=archive)
    for streamed in (False, True):
        (stream if streamed else answer)(gateway, ask("你好", stream=streamed), user="u")
    answer(gateway, ask(FORBIDDEN), user="u")
    kept = archive.read("u", reason="a test")
    assert [each.asked for each in kept] == [("你好",), ("你好",), (FORBIDDEN,)]
    assert "13812345678" not in repr([each.answered for each in kept])
    assert kept[2].answered == ""
    for each, entry in zip(kept, ledger.entries("gateway.exchanged"), strict=True):
        said = entry.content
        assert each.exchange == said["exchange"]
        for texts, digest in ((each.asked, "request_digest"), ((each.answered,), "answer_digest")):
            keyed = hmac.new(b"k" * 32, "".join(texts).encode(), hashlib.sha256)
            assert keyed.hexdigest() == said[digest]


def test_nothing_is_kept_of_whoever_is_not_named_or_where_it_is_not_declared(make_gateway, model, archive):
    model.always(Says("好"))
    answer(make_gateway(archive=archive), ask())
    answer(make_gateway(), ask(), user="u")
    assert archive.holdings() == (0, 0, None)


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_that_cannot_be_kept_does_not_end_well(make_gateway, model, archive, ledger, streamed):
    class Full(Conflict):
        def __init__(self):
            super().__init__(zh="满", en="full")

    def keep(user, **kept):
        raise Full

    model.always(Says("好"))
    archive.keep = keep
    with pytest.raises(Full):
        (stream if streamed else answer)(make_gateway(archive=archive), ask(stream=streamed), user="u")
    assert outcomes(ledger) == ["answered"]


def test_a_list_of_models_that_its_provider_blocks_is_a_failure(make_gateway):
    async def blocked(_request):
        return JSONResponse(BLOCKED, status_code=400)

    async def asking(gateway):
        async with gateway.running():
            await gateway.models()

    routes = [Route("/v1/models", blocked)]
    with serving(Starlette(routes=routes)) as url, pytest.raises(UpstreamFailed, match="blocked"):
        asyncio.run(asking(make_gateway(f"{url}/v1")))


def test_a_picture_behind_a_link_passes_where_that_is_declared(make_gateway, model):
    pictures = {"created": 0, "data": [{"url": "https://pictures.example/a.png"}]}
    model.always(Sends((json.dumps(pictures).encode(),)))
    gateway = make_gateway(policy=AnswerPolicy(unread_output=Unread.PASS))
    left = answer(gateway, {"model": "m", "prompt": "猫"}, surface=surface_at("POST", "images/generations"))
    assert left["data"] == pictures["data"]
