"""An application in this process as the model behind the gateway."""

import asyncio
import json
from contextlib import aclosing

import pytest
from starlette.responses import JSONResponse, StreamingResponse

from hegui.gateway import Limits, UpstreamFailed
from hegui.gateway.body import Body
from hegui.gateway.upstreams import ProviderBlocked
from hegui.gateway.wrapped import WrappedApplication, current_scope

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/v1/chat/completions",
    "headers": [(b"authorization", b"Bearer of-the-application"), (b"content-length", b"999")],
    "state": {"whose": "the application's"},
}
BODY = Body({"model": "m", "messages": []})


def ask(application, *, method="POST", body=BODY, limits=None):
    """Status, type and bytes of an answer; or the error."""

    async def asking():
        current_scope.set(SCOPE)
        wrapped = WrappedApplication(application, limits=limits or Limits())
        assert wrapped.names == ()
        assert all(wrapped.health.values())
        async with (
            wrapped.running(),
            wrapped.call(method, "chat/completions", model="m", body=body, query="a=1") as call,
        ):
            return call.status, call.content_type, b"".join([chunk async for chunk in call.chunks])

    return asyncio.run(asking())


async def mirror(scope, receive, send):
    """Tells what it was asked."""
    message = await receive()
    said = {
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
        "state": scope["state"],
        "body": message["body"].decode(),
        "more": message["more_body"],
    }
    await JSONResponse(said)(scope, receive, send)


def test_the_application_gets_the_request_written_anew_with_the_scope_of_who_asks():
    status, kind, said = ask(mirror)
    assert (status, kind) == (200, "application/json")
    body = '{"model":"m","messages":[]}'
    assert json.loads(said) == {
        "path": "/v1/chat/completions",
        "query": "a=1",
        "headers": {
            "authorization": "Bearer of-the-application",
            "content-length": str(len(body)),
            "content-type": "application/json",
        },
        "state": {"whose": "the application's"},
        "body": body,
        "more": False,
    }


def test_a_request_without_a_body_has_none():
    _, _, said = ask(mirror, method="GET", body=None)
    assert json.loads(said)["body"] == ""
    assert "content-type" not in json.loads(said)["headers"]


def test_an_answer_comes_in_its_pieces_and_the_application_waits_for_who_reads():
    said = 0

    async def many(scope, receive, send):
        async def pieces():
            nonlocal said
            for number in range(100):
                said = number
                yield f"{number} "

        await StreamingResponse(pieces(), media_type="text/event-stream")(scope, receive, send)

    async def reading():
        current_scope.set(SCOPE)
        wrapped = WrappedApplication(many, limits=Limits())
        async with wrapped.call("POST", "x", model="m", body=BODY) as call, aclosing(call.chunks):
            first = await anext(call.chunks)
            await asyncio.sleep(0.05)
            return first, said, b"".join([chunk async for chunk in call.chunks])

    first, ahead, rest = asyncio.run(reading())
    assert first == b"0 "
    assert ahead < 50
    assert rest.split()[-1] == b"99"


def test_the_application_is_stopped_when_nobody_listens_any_more():
    heard = []

    async def endless(_scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        try:
            await receive()
        finally:
            heard.append("the end")

    async def leaving():
        current_scope.set(SCOPE)
        async with WrappedApplication(endless, limits=Limits()).call(
            "POST", "x", model="m", body=BODY
        ) as call:
            assert await anext(call.chunks) == b"begun"
            await asyncio.sleep(0)

    asyncio.run(leaving())
    assert heard == ["the end"]


async def raises(_scope, _receive, _send):
    message = "a fault of the application"
    raise ValueError(message)


async def says_nothing(_scope, _receive, _send):
    return


async def breaks_off(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await raises(scope, receive, send)


async def hangs(_scope, _receive, _send):
    await asyncio.sleep(60)


async def falls_silent(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.sleep(60)


HURRIED = Limits(first_byte_seconds=0.05, silence_seconds=0.05)


@pytest.mark.parametrize(
    ("application", "limits", "reason"),
    [
        (raises, Limits(), "ValueError"),
        (says_nothing, Limits(), "no answer"),
        (breaks_off, Limits(), "ValueError"),
        (hangs, HURRIED, "TimeoutError"),
        (falls_silent, HURRIED, "TimeoutError"),
    ],
)
def test_a_fault_of_the_application_is_a_failure_of_the_upstream(application, limits, reason):
    with pytest.raises(UpstreamFailed, match=reason) as failed:
        ask(application, limits=limits)
    assert failed.value.told_status == 502
    assert "a fault" not in str(failed.value)


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_its_own_errors_are_told_as_they_are(status):
    body = {"error": {"message": "who are you?"}}
    with pytest.raises(UpstreamFailed) as failed:
        ask(JSONResponse(body, status))
    assert (failed.value.told_status, failed.value.body) == (status, body)


def test_an_error_without_end_is_read_as_far_as_errors_are_read():
    async def endless():
        while True:
            yield b"x" * 10_000

    with pytest.raises(UpstreamFailed, match="HTTP 500"):
        ask(StreamingResponse(endless(), 500))


def test_a_block_is_no_failure():
    with pytest.raises(ProviderBlocked):
        ask(JSONResponse({"error": {"code": "content_filter", "message": "blocked"}}, 400))
