"""OpenAI's JSON, read no more strictly than providers write it."""

from collections.abc import Sequence

import msgspec

from hegui.endpoint.blocks import CONTENT_FILTER, is_content_block, normal_finish_reason
from hegui.endpoint.model import Delta, Message, Reply


class _Text(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Text | None = None
    delta: _Text | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None


class _Transcript(msgspec.Struct):
    text: str


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


_ANYTHING = msgspec.json.Decoder()
_COMPLETION = msgspec.json.Decoder(_Completion)
_TRANSCRIPT = msgspec.json.Decoder(_Transcript)
_MODELS = msgspec.json.Decoder(_Models)


def request_body(
    messages: Sequence[Message], *, model: str, max_tokens: int, temperature: float, seed: int | None
) -> dict[str, object]:
    """The JSON of a chat completion request."""
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": message.role, "content": _content(message)} for message in messages],
        "max_tokens": max_tokens,
        "temperature": temperature,
    }
    if seed is not None:
        body["seed"] = seed
    return body


def _content(message: Message) -> str | list[dict[str, object]]:
    if not message.pictures:
        return message.content
    parts: list[dict[str, object]] = [
        {"type": "image_url", "image_url": {"url": picture}} for picture in message.pictures
    ]
    return [{"type": "text", "text": message.content}, *parts] if message.content else parts


def read_reply(body: bytes, *, model: str) -> Reply:
    """The reply in a chat completion.

    Raises:
        ValueError: ``body`` is not one.
    """
    blocked = blocked_reply(body, model=model)
    if blocked is not None:
        return blocked
    completion = _COMPLETION.decode(body)
    if not completion.choices or completion.choices[0].message is None:
        message = "it has no choices[0].message"
        raise ValueError(message)
    choice = completion.choices[0]
    said = choice.message
    usage = completion.usage or _Usage()
    return Reply(
        text=(said.content or said.refusal or "") if said else "",
        finish_reason=normal_finish_reason(choice.finish_reason or ""),
        model=completion.model or model,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
    )


def blocked_reply(body: bytes, *, model: str) -> Reply | None:
    """The reply that an error body stands for if it reports blocked content, else ``None``."""
    try:
        payload = _ANYTHING.decode(body)
    except ValueError:
        return None
    if isinstance(payload, dict) and not payload.get("choices") and is_content_block(payload):
        return Reply(text="", finish_reason=CONTENT_FILTER, model=model)
    return None


def read_delta(data: bytes) -> Delta | None:
    """The piece of an answer in one event, or ``None`` if the event brings none.

    Raises:
        ValueError: ``data`` is not a chat completion chunk.
    """
    if blocked_reply(data, model="") is not None:
        return Delta(text="", finish_reason=CONTENT_FILTER)
    chunk = _COMPLETION.decode(data)
    if not chunk.choices:  # a final chunk with the token counts
        return None
    choice = chunk.choices[0]
    said = choice.delta or _Text()
    reason = choice.finish_reason and normal_finish_reason(choice.finish_reason)
    return Delta(text=said.content or said.refusal or "", finish_reason=reason)


def read_transcript(body: bytes) -> str:
    """The text of a transcript.

    Raises:
        ValueError: ``body`` is not one.
    """
    return _TRANSCRIPT.decode(body).text


def read_models(body: bytes) -> tuple[str, ...]:
    """The names in a list of models.

    Raises:
        ValueError: ``body`` is not one.
    """
    return tuple(model.id for model in _MODELS.decode(body).data)


def error_text(body: bytes) -> str:
    """What an error body says, for people: its message if it has one, else its beginning."""
    try:
        payload = _ANYTHING.decode(body)
    except ValueError:
        payload = None
    if isinstance(payload, dict):
        error = payload.get("error", payload)
        message = error.get("message") or error.get("detail") if isinstance(error, dict) else error
        if isinstance(message, str) and message.strip():
            return _short(message)
    return _short(body.decode("utf-8", "replace"))


def _short(text: str, limit: int = 200) -> str:
    # Strangers wrote it, and it ends up on terminals.
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return line if len(line) <= limit else line[:limit] + "…"
