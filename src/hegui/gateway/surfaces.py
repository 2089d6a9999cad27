"""Which text of a request and of an answer is read. Pure.

One table for the chat surface: what is not listed here does not pass. A request part that cannot be
read (a picture, a sound) is refused rather than passed on unread; a field of an answer that is not
listed is left out of what the client receives.
"""

from collections.abc import Iterator
from typing import Any

from hegui.core import InvalidInput

JsonObject = dict[str, Any]

TEXT_FIELDS = ("content", "reasoning_content", "refusal")
"""Fields of an answer's message or delta that hold text."""

ENVELOPE_FIELDS = ("id", "object", "created", "model", "system_fingerprint", "service_tier", "usage")
"""Fields around the choices that carry no generated text."""

_READABLE_PARTS = ("text", "refusal")


class UnreadableRequest(InvalidInput):
    """A request that is not a chat request, or that holds something the gateway cannot read."""


def request_texts(body: JsonObject) -> Iterator[str]:
    """Every text a chat request carries to the model.

    Raises:
        UnreadableRequest: the request has no messages, or a part that is not text.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise UnreadableRequest(zh="messages 应是非空列表", en="messages must be a non-empty list")
    for position, message in enumerate(messages):
        if not isinstance(message, dict):
            raise UnreadableRequest(
                zh=f"messages[{position}] 应是对象", en=f"messages[{position}] must be an object"
            )
        yield from _message_texts(message, f"messages[{position}]")


def _message_texts(message: JsonObject, place: str) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for position, part in enumerate(content):
            yield _part_text(part, f"{place}.content[{position}]")
    elif content is not None:
        raise UnreadableRequest(
            zh=f"{place}.content 应是文字或列表", en=f"{place}.content must be text or a list"
        )
    if isinstance(message.get("name"), str):
        yield message["name"]
    for call in message.get("tool_calls") or ():
        yield from call_texts(call)


def _part_text(part: object, place: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if isinstance(part, dict) and kind in _READABLE_PARTS and isinstance(part.get(kind), str):
        text: str = part[kind]
        return text
    raise UnreadableRequest(
        zh=f"{place} 的类型 {kind!r} 无法审查，因此不予转发；目前只支持文字",
        en=f"{place} has type {kind!r}, which cannot be screened and so is not passed on; "
        "only text is supported",
    )


def call_texts(call: object) -> Iterator[str]:
    """The texts of one tool call: the function's name and its arguments."""
    function = call.get("function") if isinstance(call, dict) else None
    if isinstance(function, dict):
        for field in ("name", "arguments"):
            if isinstance(function.get(field), str):
                yield function[field]


def envelope(body: JsonObject) -> JsonObject:
    """The fields of an answer (or of one event of it) that carry no generated text."""
    return {field: body[field] for field in ENVELOPE_FIELDS if field in body}


def is_readable_answer(body: JsonObject) -> bool:
    """Whether the choices of an answer, if it has any, have the shape that is read here."""
    choices = body.get("choices") or []
    return isinstance(choices, list) and all(
        isinstance(choice, dict)
        and isinstance(choice.get("index", 0), int)
        and _is_readable_message(choice.get("message") or {})
        and _is_readable_message(choice.get("delta") or {})
        for choice in choices
    )


def _is_readable_message(message: object) -> bool:
    calls = message.get("tool_calls") or [] if isinstance(message, dict) else None
    return isinstance(calls, list) and all(
        isinstance(call, dict)
        and isinstance(call.get("index", 0), int)
        and isinstance(call.get("function") or {}, dict)
        for call in calls
    )
