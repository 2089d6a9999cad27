"""Dialogues with a guard model between the client and the model."""

import asyncio
import base64
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.admission import ANYBODY, Admission, AdmissionPolicy, Age, MinorPolicy, Terms
from hegui.gateway import (
    AnswerPolicy,
    Asked,
    Exchange,
    Outcome,
    ScreenFailed,
    UnreadableRequest,
    surface_at,
)
from hegui.gateway.guarding import Rehearsal, used
from hegui.gateway.model import GuardUse, Unread
from hegui.gateway.multipart import Form, FormFile
from hegui.gateway.reader import AnswerReader
from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Category,
    Direction,
    Failure,
    FailureMode,
    GuardDeclaration,
    Guards,
    Inquiry,
    MediaDeclaration,
    OnFailure,
    Passages,
    PassageUnit,
    Rule,
    Ruling,
    Screen,
    TranscriberDeclaration,
    medium_form,
)
from hegui.screening.judging import not_judged
from hegui.screening.passages import passages
from simulators.leaving import read
from simulators.model_endpoint import DASHSCOPE_BLOCK, Fails, Hangs, ModelEndpoint, Says, Sends, refusing_url
from simulators.samples import make_png

IN, OUT = Direction.INPUT, Direction.OUTPUT
FORBIDDEN = "雷管制作方法"
CHAT = surface_at("POST", "chat/completions")
SAFE = "Safety: Safe\nCategories: None\nRefusal: No"
UNSAFE = "Safety: Unsafe\nCategories: Violent\nRefusal: No"


def verdict(body):
    """What the simulated guard says: bad is what holds the word for bad."""
    return Says(UNSAFE if "坏" in body["messages"][-1]["content"] else SAFE)


@pytest.fixture
def guard():
    with ModelEndpoint(model="guard-model") as guard:
        guard.always(verdict)
        yield guard


def declared(folder, url, **changes):
    declaration = GuardDeclaration(
        **(
            {
                "name": "guard",
                "url": url,
                "model": "guard-model",
                "format": "qwen3guard",
                "timeout_seconds": 5.0,
                "passages": Passages(context=0),
            }
            | changes
        )
    )
    return Guards.declared([declaration], folder=folder, secret=str)


@pytest.fixture
def guarded(make_gateway, guard, tmp_path):
    def make(url=guard.url, **changes):
        return make_gateway(guards=declared(tmp_path, url, **changes))

    return make


def ask(text="你好", surface=CHAT, **body):
    body = {"model": "simulated", "messages": [{"role": "user", "content": text}], **body}
    return Asked(surface=surface, body=body, path=surface.path)


def answer(gateway, question):
    async def asking():
        async with gateway.running():
            return await gateway.answer(gateway.exchange(question, ANYBODY))

    return asyncio.run(asking()).body


def stream(gateway, question):
    """Every event that left, and the error that ended the stream, if one did."""
    leaving = []

    async def asking():
        async with gateway.running():
            async for batch in gateway.stream(gateway.exchange(question, ANYBODY)):
                leaving.extend(read(batch))

    try:
        asyncio.run(asking())
    except ScreenFailed as error:
        return leaving, error
    return leaving, None


def said(events):
    return "".join(c["delta"].get("content") or "" for event in events for c in event["choices"])


def reason(events):
    return events[-1]["choices"][0]["finish_reason"]


def entry(ledger):
    return ledger.latest("gateway.exchanged").content


def asked_of(guard):
    """What the guard was asked: question and answer of each inquiry."""
    return [tuple(m["content"] for m in request.body["messages"]) for request in guard.requests]


def test_a_guard_is_asked_about_question_and_answer_and_evidence_says_so(guarded, guard, model, ledger):
    model.always(Says("天气很好。出门吧。"))

    leaving = answer(guarded(), ask("天气如何？"))

    assert leaving["choices"][0]["message"]["content"].startswith("天气很好。出门吧。")
    assert asked_of(guard) == [("天气如何？",), ("天气如何？", "天气很好。"), ("天气如何？", "出门吧。")]
    (use,) = entry(ledger)["guards"]
    assert (use["guard"], use["asked"], use["failed"]) == ("guard", 3, {})
    assert use["digest"].startswith("sha256:")


def test_a_question_that_the_guard_objects_to_never_reaches_the_model(guarded, model, ledger):
    leaving = answer(guarded(), ask("坏问题"))

    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert model.requests == []
    assert entry(ledger)["outcome"] == "refused"
    assert [(each["risk"], each["detector"]) for each in entry(ledger)["input"]] == [("A.1.f", "guard")]


def test_an_answer_that_the_guard_objects_to_does_not_leave(guarded, model, ledger):
    model.always(Says("好话。坏话。"))

    leaving = answer(guarded(), ask())

    assert "坏话" not in json.dumps(leaving, ensure_ascii=False)
    assert entry(ledger)["outcome"] == "stopped"


def test_a_stream_is_released_by_judged_sentences_and_ends_before_the_bad_one(guarded, guard, model, ledger):
    model.always(Says(deltas=("第一", "句。", "第二句。坏", "话。", "还有")))

    leaving, error = stream(guarded(), ask(stream=True))

    assert error is None
    assert said(leaving).startswith("第一句。第二句。（")
    assert "坏" not in said(leaving)
    assert reason(leaving) == "content_filter"
    assert asked_of(guard)[1:] == [("你好", "第一句。"), ("你好", "第二句。"), ("你好", "坏话。")]
    assert entry(ledger)["outcome"] == "stopped"


def test_a_stream_of_harmless_sentences_leaves_whole(guarded, guard, model, ledger):
    model.always(Says(deltas=("第一句。", "没有", "句号")))

    leaving, error = stream(guarded(), ask(stream=True))

    assert error is None
    assert said(leaving).startswith("第一句。没有句号")
    assert reason(leaving) == "stop"
    assert asked_of(guard)[1:] == [("你好", "第一句。"), ("你好", "没有句号")]
    assert entry(ledger)["outcome"] == "answered"


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (Hangs(), Failure.TIMED_OUT),
        (Fails(500), Failure.UNAVAILABLE),
        (Fails(400), Failure.REFUSED),
        (DASHSCOPE_BLOCK, Failure.REFUSED),
        (Says("Let me tell you a story."), Failure.UNPARSABLE),
    ],
)
def test_a_guard_that_fails_on_a_question_closes_the_gate_and_is_no_refusal(
    guarded, guard, model, ledger, behaviour, failure
):
    guard.always(behaviour)
    gateway = guarded(timeout_seconds=0.3 if failure is Failure.TIMED_OUT else 60)

    with pytest.raises(ScreenFailed):
        answer(gateway, ask())
    leaving, error = stream(gateway, ask(stream=True))

    assert (leaving, type(error)) == ([], ScreenFailed)
    assert model.requests == []
    assert entry(ledger)["outcome"] == "screen_failed"
    assert entry(ledger)["guards"][0]["failed"] == {failure: 1}
    assert [each["risk"] for each in entry(ledger)["input"]] == ["unscreened"]


def test_a_guard_that_is_down_closes_the_gate(guarded, model, ledger):
    with pytest.raises(ScreenFailed):
        answer(guarded(refusing_url()), ask())
    assert entry(ledger)["guards"][0]["failed"] == {"unavailable": 1}


def test_a_guard_that_fails_in_mid_stream_ends_it_with_an_error_after_what_was_judged(
    guarded, guard, model, ledger
):
    model.always(Says(deltas=("第一句。", "第二句。", *["第三句。"] * 100), pause_seconds=0.3))
    guard.always(lambda body: Says(SAFE) if body["messages"][-1]["content"] != "第二句。" else Fails(500))

    leaving, error = stream(guarded(), ask(stream=True))

    assert said(leaving) == "第一句。"
    assert isinstance(error, ScreenFailed)
    assert entry(ledger)["outcome"] == "screen_failed"
    assert model.wait_for_disconnects()


def test_a_guard_that_fails_on_a_whole_answer_is_no_success(guarded, guard, model, ledger):
    model.always(Says("好话。"))
    guard.always(lambda body: Says(SAFE) if len(body["messages"]) == 1 else Hangs())

    with pytest.raises(ScreenFailed):
        answer(guarded(timeout_seconds=0.2), ask())
    assert entry(ledger)["outcome"] == "screen_failed"


def test_what_fails_open_passes_and_evidence_says_unscreened(guarded, guard, model, ledger):
    model.always(Says("好话。"))
    guard.always(Fails(500))
    gateway = guarded(on_failure=OnFailure(input=FailureMode.ALLOW, output=FailureMode.ALLOW))

    leaving = answer(gateway, ask())

    assert leaving["choices"][0]["message"]["content"].startswith("好话。")
    assert [each["risk"] for each in entry(ledger)["output"]] == ["unscreened"]
    assert entry(ledger)["guards"][0]["failed"] == {"unavailable": 2}


def test_what_a_word_forbids_is_refused_as_such_though_the_guard_fails(guarded, guard, model, ledger):
    guard.always(Fails(500))

    leaving = answer(guarded(), ask(FORBIDDEN))

    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert entry(ledger)["outcome"] == "refused"


def test_a_user_is_not_held_to_ask_for_something_illegal_because_a_guard_failed(guarded, guard):
    guard.always(Fails(500))
    gateway = guarded()

    async def asking():
        async with gateway.running():
            exchange = gateway.exchange(ask(), ANYBODY)
            with pytest.raises(ScreenFailed):
                await gateway.answer(exchange)
            return exchange.asks_illegal

    assert asyncio.run(asking()) is False


def test_a_guard_that_was_not_given_to_the_gateway_leaves_everything_unscreened(
    make_gateway, guard, tmp_path, model, ledger
):
    gateway = make_gateway(screen=Screen(keywords=None, judges=declared(tmp_path, guard.url).judges))

    with pytest.raises(ScreenFailed):
        answer(gateway, ask())

    assert guard.requests == []
    assert model.requests == []


def test_a_sentence_that_was_judged_in_the_turn_before_is_not_judged_again(guarded, guard, model):
    model.always(Says("好。"))
    gateway = guarded()
    turns = [{"role": "user", "content": "一"}, {"role": "assistant", "content": "好。"}]

    async def asking():
        async with gateway.running():
            await gateway.answer(gateway.exchange(ask(messages=turns[:1]), ANYBODY))
            before = len(guard.requests)
            await gateway.answer(
                gateway.exchange(ask(messages=[*turns, {"role": "user", "content": "二"}]), ANYBODY)
            )
            return asked_of(guard)[before:]

    # The answer of the first turn is now part of a question, and so asked about as such.
    assert asyncio.run(asking()) == [("好。",), ("二",), ("二", "好。")]


def test_arguments_of_a_tool_call_are_judged_at_their_end(guarded, guard, model, ledger):
    def event(delta, finish=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        frame = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [choice],
        }
        return f"data: {json.dumps(frame, ensure_ascii=False)}\n\n".encode()

    def call(arguments):
        return {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}

    model.always(
        Sends(
            (
                event(
                    {"role": "assistant", "tool_calls": [{"index": 0, "id": "t", "function": {"name": "f"}}]}
                ),
                event(call('{"a": ')),
                event(call('"坏"}'), "tool_calls"),
                b"data: [DONE]\n\n",
            ),
            content_type="text/event-stream",
        )
    )

    leaving, error = stream(guarded(), ask(stream=True))

    assert error is None
    assert reason(leaving) == "content_filter"
    assert "坏" not in json.dumps(leaving, ensure_ascii=False)
    assert asked_of(guard)[-1] == ("你好", '{"a": "坏"}')


def test_a_response_is_judged_by_its_texts_once_however_often_it_is_told(guarded, guard, model):
    def event(kind, **fields):
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields}, ensure_ascii=False)}\n\n".encode()

    place = {"item_id": "i", "output_index": 0, "content_index": 0}
    text = "第一句。第二句。"
    item = {
        "id": "i",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }
    response = {"id": "r", "object": "response", "status": "completed", "output": [item]}
    model.always(
        Sends(
            (
                event("response.created", response=response | {"output": []}),
                event("response.output_text.delta", **place, delta="第一句。第"),
                event("response.output_text.delta", **place, delta="二句。"),
                event("response.output_text.done", **place, text=text),
                event("response.completed", response=response),
            ),
            content_type="text/event-stream",
        )
    )
    surface = surface_at("POST", "responses")
    question = Asked(surface=surface, body={"model": "m", "input": "问", "stream": True}, path=surface.path)

    leaving, error = stream(guarded(), question)

    assert error is None
    assert "".join(each["delta"] for each in leaving if each["type"].endswith(".delta")).startswith(text)
    assert asked_of(guard) == [("问",), ("问", "第一句。"), ("问", "第二句。")]


def test_a_rehearsal_leaves_a_response_as_it_is(tmp_path):
    surface = surface_at("POST", "responses")
    exchange = Exchange(
        exchange_id="e",
        question=Asked(surface=surface, body={"model": "m", "input": "问"}, path=surface.path),
        admission=ANYBODY,
        screen=guarded_screen(tmp_path),
        policy=AnswerPolicy(),
        implicit={},
    )
    place = {"item_id": "i", "output_index": 0, "content_index": 0}
    item = {"id": "i", "type": "message", "content": [{"type": "output_text", "text": "一句。"}]}
    for event in (
        {"type": "response.created", "response": {"id": "r", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {"id": "i"}},
        {"type": "response.output_text.delta", **place, "delta": "一句。"},
        {"type": "response.output_text.done", **place, "text": "一句。"},
        {"type": "response.completed", "response": {"id": "r", "output": [item]}},
    ):
        before, told = kept_by(exchange), json.dumps(event)
        exchange.learn(judged(exchange.asked_of_event(event)))
        assert (kept_by(exchange), json.dumps(event)) == (before, told)
        list(exchange.event(event))
    assert not exchange.stopped


def test_moderations_ask_the_guard_too(guarded, guard):
    gateway = guarded()

    async def asking():
        async with gateway.running():
            return await gateway.moderate({"input": ["好话", "坏话"]})

    results = asyncio.run(asking())["results"]
    assert [result["flagged"] for result in results] == [False, True]
    assert results[1]["categories"]["A.1.f"]


def test_without_guards_nothing_is_rehearsed(gateway, model):
    model.always(Says(deltas=("好", "话")))

    async def asking():
        async with gateway.running():
            return gateway._sight.line

    assert asyncio.run(asking()) is None


def reader(screen):
    return AnswerReader(screen, unread=Unread.PASS, digest_key=b"k", prompt="问")


def guarded_screen(tmp_path, **changes):
    judges = declared(tmp_path, "http://127.0.0.1:1/v1", **changes).judges
    return Screen(keywords=None, judges=judges, rules=DEFAULT_RULES)


def test_a_rehearsal_leaves_the_reader_as_it_is_and_passes_nothing(tmp_path):
    real = reader(guarded_screen(tmp_path))
    real.piece("c", "第一")
    rehearsal = Rehearsal(real)

    assert rehearsal.piece("c", "句。第") == ""
    assert rehearsal.piece("new", "二。") == ""
    assert rehearsal.channels == ("c", "new")
    assert rehearsal.rest("new") == ""
    assert rehearsal.channels == ("c",)
    assert not rehearsal.is_passed("picture")
    assert [inquiry.text for inquiry in rehearsal.inquiries()] == ["第一句。", "二。"]
    assert real.channels == ("c",)
    assert real.unscreened == []


def test_a_rehearsal_notes_what_a_whole_text_needs_and_what_is_not_known_yet(tmp_path):
    real = reader(guarded_screen(tmp_path))
    rehearsal = Rehearsal(real)
    assert rehearsal.whole({"a": "一。二。"})
    first, second = rehearsal.inquiries()
    real.known[first] = ()
    assert rehearsal.inquiries() == (second,)


def test_a_guard_of_whole_texts_is_asked_at_the_end(guarded, guard, model):
    model.always(Says(deltas=("一。", "二。")))
    gateway = guarded(passages=Passages(unit=PassageUnit.WHOLE))
    leaving, _ = stream(gateway, ask(stream=True))
    assert said(leaving).startswith("一。二。")
    assert asked_of(guard) == [("你好",), ("你好", "一。二。")]


def chunk(text, reason=None, *, created=1):
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": reason}
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "model": "m",
        "created": created,
        "choices": [choice],
    }


def kept_by(exchange):
    """Everything that the speech keeps, but the reader."""
    return {name: repr(kept) for name, kept in vars(exchange._speech).items() if name != "_reader"}


def judged(inquiries):
    """What a guard says that objects to every passage with the word for bad."""
    violent = Category(risk="A.1.f", kind="Violent", level="high")
    return {i: (Ruling(violent, None),) if "坏" in i.text else () for i in inquiries}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.text(alphabet="坏好。！a ", max_size=5), max_size=12), plain=st.booleans())
def test_however_an_answer_is_cut_nothing_is_read_that_was_not_asked_about(tmp_path, pieces, plain):
    screen = guarded_screen(tmp_path)
    exchange = Exchange(
        exchange_id="e",
        question=ask(stream=True),
        admission=ANYBODY,
        screen=screen,
        policy=AnswerPolicy(),
        implicit={},
    )
    leaving = []
    for event in [chunk(None), *map(chunk, pieces), chunk(None, "stop")]:
        if exchange.stopped:
            break
        data = json.dumps(event).encode()
        (part,) = exchange.together([data])
        if plain and not isinstance(part, bytes):
            exchange.learn(judged(exchange.asked_of_piece(part)))
            upon = read(exchange.tell(part))
        else:
            before = kept_by(exchange)
            exchange.learn(judged(exchange.asked_of_event(event)))
            assert kept_by(exchange) == before
            upon = list(exchange.event(event))
        leaving += upon

    text = "".join(pieces)
    sentences = [passage.text for passage in passages(text, Passages(context=0))]
    good = list(itertools.takewhile(lambda sentence: "坏" not in sentence, sentences))
    record = exchange.record(Outcome.ANSWERED)
    assert said(leaving).startswith("".join(good))
    assert "坏" not in said(leaving)
    assert exchange.stopped == (len(good) < len(sentences))
    assert not exchange.unjudged
    assert all(not use.failed for use in record.guards)


def test_the_use_of_guards_is_counted_by_guard_and_failure():
    def about(judge, text):
        return Inquiry(judge=judge, direction=OUT, text=text)

    known = {
        about("b", "1"): (),
        about("a", "1"): (not_judged("a", Failure.TIMED_OUT),),
        about("a", "2"): (not_judged("a", Failure.TIMED_OUT),),
        about("a", "3"): (),
    }
    assert used(known, {"a": "sha256:a", "b": "sha256:b"}) == (
        GuardUse(guard="a", digest="sha256:a", asked=3, failed={"timed_out": 2}),
        GuardUse(guard="b", digest="sha256:b", asked=1, failed={}),
    )


# --- media -----------------------------------------------------------------------------------------

IMAGES = surface_at("POST", "images/generations")
SPEECH = surface_at("POST", "audio/speech")
PICTURE = base64.b64encode(b"FILE" + make_png()).decode()
"""A picture for those who judge, and a file that the tests' labels know."""


@pytest.fixture
def eye():
    """Sees pictures, and hears."""
    with ModelEndpoint() as eye:
        eye.always(Says('{"verdict": "safe", "risks": []}'))
        yield eye


@pytest.fixture
def watched(make_gateway, eye, tmp_path, monkeypatch):
    """A gateway with somebody who judges media."""
    # The tests' labels know files by another beginning than those who judge pictures.
    monkeypatch.setattr("hegui.screening.media_screen.medium_form", lambda data: medium_form(data[4:]))

    def make(guards=None, screen=None, admission=None, **changes):
        declared = MediaDeclaration(
            pictures=GuardDeclaration(name="eye", url=eye.url, model="v", format="pictures-zh", **changes),
            sound=TranscriberDeclaration(url=eye.url, model="asr"),
        )
        return make_gateway(guards=guards, screen=screen, media=declared, admission=admission)

    return make


def drawn(*pictures):
    return Sends(
        (json.dumps({"created": 1, "data": [{"b64_json": picture} for picture in pictures]}).encode(),)
    )


def draw(**body):
    return Asked(surface=IMAGES, body={"model": "m", "prompt": "山", **body}, path=IMAGES.path)


def test_a_generated_picture_leaves_labelled_when_it_was_judged_and_evidence_says_by_whom(
    watched, model, ledger
):
    model.always(drawn(PICTURE))

    leaving = answer(watched(), draw())

    assert b"[label" in base64.b64decode(leaving["data"][0]["b64_json"])
    (use,) = entry(ledger)["media"]
    assert (use["place"], use["action"], use["is_screened"]) == ("data[0].b64_json", "allow", True)
    assert set(use["judges"]) == {"eye", "sound"}
    assert entry(ledger)["unscreened"] == []


@pytest.mark.parametrize("how", ["whole", "streamed"])
def test_a_generated_picture_that_is_objected_to_does_not_leave(watched, eye, model, ledger, how):
    eye.always(Says('{"verdict": "unsafe", "risks": ["A.1.f"]}'))
    if how == "whole":
        model.always(drawn(PICTURE))
        leaving = answer(watched(), draw())
    else:
        event = {"type": "image_generation.completed", "b64_json": PICTURE}
        model.always(Sends((f"data: {json.dumps(event)}\n\n".encode(),), content_type="text/event-stream"))
        (leaving,), _ = stream(watched(), draw(stream=True))

    assert leaving["error"]["code"] == "content_filter"
    assert entry(ledger)["outcome"] == "stopped"
    assert [(each["risk"], each["detector"]) for each in entry(ledger)["output"]] == [("A.1.f", "media")]


def test_a_generated_picture_that_nobody_could_judge_is_a_failure(watched, eye, model, ledger):
    eye.always(Fails(500))
    model.always(drawn(PICTURE))
    with pytest.raises(ScreenFailed):
        answer(watched(), draw())
    assert entry(ledger)["outcome"] == "screen_failed"
    assert not entry(ledger)["media"][0]["is_screened"]


def test_a_picture_that_may_pass_unjudged_passes_as_unscreened(watched, eye, model, ledger):
    eye.always(Fails(500))
    model.always(drawn(PICTURE))
    openly = Rule(direction=OUT, risk="unscreened", action=Action.ALLOW)

    leaving = answer(watched(screen=Screen(keywords=None, rules=(openly, *DEFAULT_RULES))), draw())

    assert leaving["data"][0]["b64_json"]
    assert entry(ledger)["unscreened"] == ["data[0].b64_json"]


def test_where_nobody_judges_media_a_generated_picture_leaves_as_unscreened(gateway, model, ledger):
    model.always(drawn(PICTURE))
    assert answer(gateway, draw())["data"][0]["b64_json"]
    assert entry(ledger)["unscreened"] == ["data[0].b64_json"]
    assert entry(ledger)["media"] == []


def test_speech_leaves_when_its_words_were_screened(watched, eye, model, ledger):
    model.always(Sends((b"FILERIFF....WAVE",), content_type="audio/wav"))
    question = Asked(surface=SPEECH, body={"model": "m", "input": "你好", "voice": "v"}, path=SPEECH.path)

    eye.always(Sends(('{"text": "你好"}'.encode(),)))
    assert answer(watched(), question).startswith(b"FILERIFF")
    eye.always(Sends((json.dumps({"text": FORBIDDEN}).encode(),)))
    assert answer(watched(), question)["error"]["code"] == "content_filter"

    assert [each.content["outcome"] for each in ledger.entries("gateway.exchanged")] == [
        "answered",
        "stopped",
    ]


def shown(url):
    content = [{"type": "text", "text": "这是什么？"}, {"type": "image_url", "image_url": {"url": url}}]
    return ask(messages=[{"role": "user", "content": content}])


def test_a_picture_in_a_request_passes_when_it_was_judged(watched, eye, model, ledger):
    model.always(Says("一座山。"))

    leaving = answer(watched(), shown(f"data:image/png;base64,{PICTURE}"))

    assert leaving["choices"][0]["finish_reason"] == "stop"
    (use,) = entry(ledger)["media"]
    assert (use["place"], use["is_screened"]) == ("messages[0].content[1].image_url.url", True)
    assert entry(ledger)["unscreened"] == []


def test_a_picture_in_a_request_that_is_objected_to_counts_as_asked_for(watched, eye, model, ledger):
    eye.always(Says('{"verdict": "unsafe", "risks": ["A.1.f"]}'))
    gateway = watched()

    async def asking():
        async with gateway.running():
            exchange = gateway.exchange(shown(f"data:image/png;base64,{PICTURE}"), ANYBODY)
            return (await gateway.answer(exchange)).body, exchange.asks_illegal

    leaving, asks_illegal = asyncio.run(asking())
    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert asks_illegal
    assert model.requests == []
    assert entry(ledger)["outcome"] == "refused"


@pytest.mark.parametrize(
    ("verdict", "outcome"), [('{"verdict": "safe"}', "answered"), ('{"verdict": "unsafe"}', "refused")]
)
def test_a_file_in_a_form_is_judged(watched, eye, model, ledger, verdict, outcome):
    eye.always(Says(verdict))
    model.always(drawn(PICTURE))
    edits = surface_at("POST", "images/edits")
    form = Form(
        [("model", "m"), ("prompt", "山"), ("image", FormFile("a", "image/png", base64.b64decode(PICTURE)))]
    )
    asked = Asked(surface=edits, body=form.body, path=edits.path, form=form)

    answer(watched(), asked)

    assert entry(ledger)["outcome"] == outcome
    assert entry(ledger)["media"][0]["place"] == "image"
    assert entry(ledger)["unscreened"] == []


@pytest.mark.parametrize(("age", "outcome"), [(Age.ADULT, "answered"), (Age.FROM_SIXTEEN, "stopped")])
def test_a_picture_is_judged_by_the_rules_that_hold_for_minors(watched, eye, model, ledger, age, outcome):
    eye.always(Says('{"verdict": "unsafe", "risks": ["A.1.f"]}'))
    model.always(drawn(PICTURE))
    passes = Rule(direction=Direction.OUTPUT, risk="A.1.f", action=Action.ALLOW)
    blocks = Rule(direction=Direction.OUTPUT, risk="A.1.f", action=Action.BLOCK)
    screen = Screen(keywords=None, rules=(passes, *DEFAULT_RULES))
    gateway = watched(screen=screen, admission=AdmissionPolicy(minors=MinorPolicy(rules=(blocks,))))

    async def asking():
        async with gateway.running():
            admission = Admission(user="u", terms=Terms(age=age))
            await gateway.answer(gateway.exchange(draw(), admission))

    asyncio.run(asking())
    assert entry(ledger)["outcome"] == outcome


def test_a_picture_in_a_request_that_nobody_could_judge_is_a_failure_and_no_fault_of_the_user(
    watched, eye, model, ledger
):
    eye.always(Says("?"))
    with pytest.raises(ScreenFailed):
        answer(watched(), shown(f"data:image/png;base64,{PICTURE}"))
    assert model.requests == []


@pytest.mark.parametrize(
    "url", ["https://pictures.example/1.png", "data:image/png;base64,***", "data:text/plain,x"]
)
def test_what_does_not_stand_in_a_request_itself_cannot_be_judged(watched, eye, ledger, url):
    with pytest.raises(UnreadableRequest):
        answer(watched(), shown(url))
    assert eye.requests == []


def test_texts_are_judged_by_guards_beside_media(watched, guard, eye, model, ledger, tmp_path):
    model.always(Says("坏话。"))
    leaving = answer(watched(declared(tmp_path, guard.url)), ask())
    assert leaving["choices"][0]["finish_reason"] == "content_filter"
    assert eye.requests == []
