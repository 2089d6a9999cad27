"""Asking the model, and keeping evidence of it."""

import asyncio

import pytest

from hegui.core import Conflict
from hegui.gateway import ANYBODY, Admission, Asked, UnreadableRequest, UpstreamFailed, surface_at
from simulators.model_endpoint import Drops, Fails, Says, Sends

FORBIDDEN = "雷管制作方法"
BLOCKED = {"error": {"code": "data_inspection_failed", "message": "blocked", "type": "invalid_request_error"}}


def ask(text="你好", **body):
    return {"model": "simulated", "messages": [{"role": "user", "content": text}], **body}


CHAT = surface_at("POST", "chat/completions")


def question(body, surface=CHAT):
    return Asked(surface=surface, body=body, path=surface.path)


def answer(gateway, body, user=None, surface=CHAT):
    async def asking():
        admission = Admission(user=gateway.pseudonym(user) if user else None)
        async with gateway.running():
            return (await gateway.answer(gateway.exchange(question(body, surface), admission))).body

    return asyncio.run(asking())


def stream(gateway, body, *, stop_after=None, surface=CHAT):
    async def asking():
        leaving = []
        async with gateway.running():
            events = gateway.stream(gateway.exchange(question(body, surface), ANYBODY))
            async for batch in events:
                leaving.extend(batch)
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


def test_a_user_is_known_by_a_pseudonym_only(gateway, model, ledger):
    model.always(Says("好"))

    for user in ("li.lei", "li.lei", "han.meimei", None):
        answer(gateway, ask(), user=user)

    users = [entry.content["user"] for entry in ledger.entries("gateway.exchanged")]
    assert users[0] == users[1] != users[2]
    assert users[3] is None
    assert "li.lei" not in repr(users)


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
