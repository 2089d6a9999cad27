"""The table of interfaces."""

import copy
import datetime as dt
import json

import pytest

from hegui.admission import ANYBODY
from hegui.gateway import (
    SURFACES,
    AnswerPolicy,
    Asked,
    Exchange,
    Outcome,
    UnreadableRequest,
    surface_at,
)
from hegui.screening import Keyword, KeywordBank, Screen


def test_every_surface_is_found_at_its_path():
    for surface in SURFACES:
        assert surface_at(surface.method, surface.path.replace("{id}", "resp_1")) is surface


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "files"),
        ("GET", "chat/completions"),
        ("POST", ""),
        ("GET", "responses/"),
        ("GET", "responses//input_items"),
        ("POST", "chat/completions/x"),
    ],
)
def test_no_other_path_is_a_surface(method, path):
    assert surface_at(method, path) is None


# --- every surface, stream flag and field -----------------------------------------------------------

FORBIDDEN = "雷管制作方法"
SCREEN = Screen(
    keywords=KeywordBank(
        [Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))],
        name="test",
    )
)

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "description": "d",
        "parameters": {"type": "object", "properties": {"c": {"type": "string", "description": "d"}}},
    },
}
REQUESTS = {
    "chat/completions": {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s", "name": "n"},
            {"role": "user", "content": [{"type": "text", "text": "t"}]},
            {"role": "assistant", "content": None, "refusal": "r", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "c"},
        ],
        "tools": [TOOL],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"title": "t"}}},
        "prediction": {"type": "content", "content": "p"},
        "stop": ["x"],
        "metadata": {"k": "v"},
        "user": "u",
    },
    "completions": {"model": "m", "prompt": ["p", "q"], "suffix": "s", "stop": "x", "user": "u"},
    "responses": {
        "model": "m",
        "instructions": "i",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "t"}]},
            {"type": "function_call", "call_id": "c", "name": "n", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "o"},
        ],
        "tools": [{"type": "function", "name": "n", "description": "d", "parameters": {"title": "t"}}],
        "prompt": {"id": "p", "variables": {"v": "x"}},
        "metadata": {"k": "v"},
    },
    "responses/{id}": {},
    "responses/{id}/input_items": {},
    "responses/{id}/cancel": {},
    "embeddings": {"model": "m", "input": ["a", "b"], "user": "u"},
    "images/generations": {"model": "m", "prompt": "p", "negative_prompt": "n", "style": "vivid"},
    "images/edits": {"model": "m", "prompt": "p"},
    "audio/speech": {"model": "m", "input": "i", "voice": "v", "instructions": "i"},
    "audio/transcriptions": {"model": "m", "prompt": "p", "language": "zh"},
    "audio/translations": {"model": "m", "prompt": "p"},
}
MESSAGE = {
    "role": "assistant",
    "content": "c",
    "refusal": "r",
    "reasoning_content": "t",
    "annotations": [{"type": "url_citation", "url_citation": {"title": "t", "url": "https://h/"}}],
    "tool_calls": [CALL, {"id": "c2", "type": "custom", "custom": {"name": "n", "input": "i"}}],
    "audio": {"id": "a", "transcript": "t"},
    "function_call": {"name": "n", "arguments": "{}"},
    "brand_new": {"deep": ["x"]},
}
ITEM = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "t", "annotations": [{"title": "t"}]}, {"refusal": "r"}],
}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "model": "m",
    "status": "completed",
    "output": [
        ITEM,
        {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}]},
        {"id": "fc_1", "type": "function_call", "call_id": "c", "name": "n", "arguments": "{}"},
    ],
    "instructions": "i",
    "metadata": {"k": "v"},
    "error": {"code": "server_error", "message": "m"},
}
ANSWERS = {
    "chat/completions": {
        "id": "c",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop", "stop_reason": "x"}],
        "note": "n",
    },
    "completions": {"id": "c", "model": "m", "choices": [{"index": 0, "text": "t", "finish_reason": "stop"}]},
    "responses": RESPONSE,
    "responses/{id}": RESPONSE,
    "responses/{id}/cancel": RESPONSE,
    "responses/{id}/input_items": {"object": "list", "data": [ITEM]},
    "embeddings": {"object": "list", "data": [{"object": "embedding", "embedding": "AAAA"}], "note": "n"},
    "images/generations": {"created": 1, "data": [{"revised_prompt": "r"}]},
    "images/edits": {"created": 1, "data": [{"revised_prompt": "r"}]},
    "audio/transcriptions": {"text": "t", "segments": [{"id": 0, "text": "s"}], "words": [{"word": "w"}]},
    "audio/translations": {"text": "t"},
}
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
EVENTS = {
    "chat/completions": [
        {"choices": [{"index": 0, "delta": MESSAGE, "finish_reason": None}], "note": "n"},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ],
    "completions": [{"choices": [{"index": 0, "text": "t", "finish_reason": "stop"}]}],
    "responses": [
        {"type": "response.created", "response": RESPONSE | {"output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": ITEM},
        {"type": "response.output_text.delta", **PLACE, "delta": "d"},
        {"type": "response.reasoning_text.delta", **PLACE, "delta": "d"},
        {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "delta": "d"},
        {"type": "response.function_call_arguments.done", "item_id": "fc_1", "arguments": "a", "name": "n"},
        {"type": "response.output_text.annotation.added", **PLACE, "annotation": {"title": "t"}},
        {"type": "response.output_text.done", **PLACE, "text": "t"},
        {"type": "response.content_part.done", **PLACE, "part": {"type": "output_text", "text": "t"}},
        {"type": "response.output_item.done", "output_index": 0, "item": ITEM},
        {"type": "response.completed", "response": RESPONSE},
    ],
    "audio/transcriptions": [
        {"type": "transcript.text.delta", "delta": "d"},
        {"type": "transcript.text.done", "text": "t"},
    ],
    "images/generations": [{"type": "image_generation.completed", "revised_prompt": "r"}],
}


def places(value, way=()):
    """Where each string of a body stands."""
    if isinstance(value, str):
        yield way
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from places(inside, (*way, key))
    elif isinstance(value, list):
        for position, inside in enumerate(value):
            yield from places(inside, (*way, position))


def with_text(body, way, text):
    changed = copy.deepcopy(body)
    holder = changed
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = text
    return changed


def an_exchange(surface, body):
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body=body, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={"AIGC": {}},
    )


def surfaces_with(samples):
    return [surface for surface in SURFACES if surface.path in samples and surface.method != "DELETE"]


def named(surface):
    return f"{surface.method} {surface.path}"


def test_the_samples_cover_every_surface():
    assert {surface.path for surface in SURFACES} == set(REQUESTS)
    assert {surface.path for surface in SURFACES} - {"audio/speech"} == set(ANSWERS)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("surface", surfaces_with(REQUESTS), ids=named)
def test_every_field_of_a_request_is_read(surface, stream):
    body = REQUESTS[surface.path] | ({"stream": True} if stream else {})
    assert an_exchange(surface, copy.deepcopy(body)).admits()

    for way in places(body):
        if "type" in way or "role" in way:
            continue  # what makes the body's form
        exchange = an_exchange(surface, with_text(body, way, FORBIDDEN))
        assert not exchange.admits(), way
        assert exchange.record(Outcome.REFUSED).input, way


@pytest.mark.parametrize("surface", surfaces_with(ANSWERS), ids=named)
def test_every_field_of_a_whole_answer_is_read(surface):
    body = ANSWERS[surface.path]
    exchange = an_exchange(surface, {})
    exchange.whole(copy.deepcopy(body))
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.ANSWERED

    for way in places(body):
        exchange = an_exchange(surface, {})
        leaving = exchange.whole(with_text(body, way, f"前{FORBIDDEN}后"))
        assert FORBIDDEN not in json.dumps(leaving, ensure_ascii=False), way
        assert exchange.record(Outcome.ANSWERED).output, way


@pytest.mark.parametrize("surface", [s for s in surfaces_with(EVENTS) if s.method == "POST"], ids=named)
def test_every_field_of_a_streamed_answer_is_read(surface):
    events = EVENTS[surface.path]
    exchange = an_exchange(surface, {"stream": True})
    for event in copy.deepcopy(events):
        list(exchange.event(event))
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.ANSWERED
    assert not exchange.is_open

    for way in places(events):
        if way[-1] == "type" and len(way) == 2:
            continue  # says which event it is
        exchange = an_exchange(surface, {"stream": True})
        leaving = []
        for event in with_text(events, way, f"前{FORBIDDEN}后"):
            leaving.extend(exchange.event(event))
            if exchange.stopped:
                break
        assert FORBIDDEN not in json.dumps(leaving, ensure_ascii=False), way
        assert exchange.record(Outcome.ANSWERED).output or _never_leaves(way), way


def _never_leaves(way):
    """Fields of a streamed choice beside its delta, and texts in a list there, are not passed on at all."""
    return "deep" in way or ("choices" in way and "delta" not in way and "text" not in way)


@pytest.mark.parametrize(("path", "field"), [("completions", "prompt"), ("embeddings", "input")])
@pytest.mark.parametrize("value", [[1, 2], [[1, 2]], ["text", 3]])
def test_token_numbers_are_not_passed_on_unread(path, field, value):
    with pytest.raises(UnreadableRequest, match=field):
        an_exchange(surface_at("POST", path), {"model": "m", field: value}).admits()
