"""Finds every text and every medium in a request or an answer. Pure."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from hegui.core import InvalidInput
from hegui.gateway.surfaces import MEDIA, MEDIA_PARTS, NAMES, OPAQUE, TOKEN_VALUES, JsonObject

DEEPEST = 64
"""How deep a body may nest; a schema of a tool needs a dozen levels."""

_NAME = re.compile(r"[A-Za-z0-9_.:/@+=-]{0,512}")
_OPAQUE = re.compile(r"[A-Za-z0-9_.:/@+=-]*")


class UnreadableRequest(InvalidInput):
    """A request that is not of its interface's form, or that holds something the gateway cannot read."""


class Leaf(NamedTuple):
    """One string and where it stands: it can be replaced."""

    holder: Any
    key: str | int
    text: str

    def replace(self, text: str) -> None:
        """Put ``text`` in the string's place."""
        self.holder[self.key] = text


class TextPlace(NamedTuple):
    """A text as a model or a person reads it: one string, or the neighbouring parts of one message."""

    leaves: tuple[Leaf, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        if len(self.leaves) == 1:
            return self.leaves[0].text
        return "".join(leaf.text for leaf in self.leaves)

    def replace(self, text: str) -> None:
        """Put ``text`` in place of the whole: into the first part, and nothing into the others."""
        for position, leaf in enumerate(self.leaves):
            leaf.replace("" if position else text)


class Medium(NamedTuple):
    """Something that is no text: a picture, a sound, a file, or the address of one.

    Attributes:
        place: where it stands, as ``messages[0].content[1].image_url.url``.
        leaf: the string, where it is one.
    """

    place: str
    leaf: Leaf | None

    @property
    def address(self) -> str | None:
        """The address that somebody would have to fetch; ``None`` where the medium itself is here."""
        text = self.leaf.text if self.leaf else ""
        scheme, colon, _ = text[:32].partition(":")
        if not colon or scheme.strip().lower() == "data" or not scheme.strip().isascii():
            return None
        return text


class Contents(NamedTuple):
    """What a body holds."""

    passages: list[TextPlace]
    media: list[Medium]


class TooDeep(InvalidInput):
    """A body that nests beyond reason."""

    def __init__(self) -> None:
        """Say how deep is allowed."""
        super().__init__(
            zh=f"JSON 嵌套超过 {DEEPEST} 层；请减少嵌套", en=f"the JSON nests deeper than {DEEPEST} levels"
        )


def contents(body: object) -> Contents:
    """Every passage and every medium of a body, in order.

    Raises:
        TooDeep: it nests beyond reason.
    """
    found = Contents([], [])
    if isinstance(body, dict):
        _object(body, "", 1, found)
    elif isinstance(body, list):
        _list(body, "", 1, found, joined=False)
    return found


def _object(body: JsonObject, place: str, depth: int, found: Contents, *, read: str = "") -> None:
    """Everything in an object but the field that has been ``read`` already."""
    if depth > DEEPEST:
        raise TooDeep
    if body.get("type") in MEDIA_PARTS:
        found.media.append(Medium(place, None))
    for key, value in body.items():
        if not _is_plain_key(key):
            found.passages.append(TextPlace((Leaf({key: key}, key, key),)))
        if isinstance(value, str):
            if key != read:
                _string(body, key, value, place, found)
        elif isinstance(value, dict | list):
            _nested(key, value, f"{place}.{key}" if place else key, depth + 1, found)


def _nested(key: str, value: Any, place: str, depth: int, found: Contents) -> None:  # noqa: ANN401 - JSON
    if key in MEDIA:
        _media(value, place, depth, found)
    elif isinstance(value, dict):
        _object(value, place, depth, found)
    elif key not in OPAQUE:
        _list(value, place, depth, found, joined=key == "content")


def _string(holder: JsonObject, key: str, text: str, place: str, found: Contents) -> None:
    if key in MEDIA or (key == "data" and text and _OPAQUE.fullmatch(text)):
        found.media.append(Medium(f"{place}.{key}" if place else key, Leaf(holder, key, text)))
    elif text and not is_name(key, text):
        found.passages.append(TextPlace((Leaf(holder, key, text),)))


def _list(items: list[Any], place: str, depth: int, found: Contents, *, joined: bool) -> None:
    if depth > DEEPEST:
        raise TooDeep
    parts: list[Leaf] = []
    for position, item in enumerate(items):
        if isinstance(item, str):
            if item:
                parts.append(Leaf(items, position, item))
        elif isinstance(item, dict):
            text = item.get("text") if joined else None
            if isinstance(text, str):
                parts.append(Leaf(item, "text", text))
            _object(
                item, f"{place}[{position}]", depth + 1, found, read="text" if isinstance(text, str) else ""
            )
        elif isinstance(item, list):
            _list(item, f"{place}[{position}]", depth + 1, found, joined=False)
    if not parts:
        return
    # A model reads the parts of a message as one text, and so does the screen.
    found.passages.extend([TextPlace(tuple(parts))] if joined else [TextPlace((part,)) for part in parts])


def _media(value: object, place: str, depth: int, found: Contents) -> None:
    """Every string below a field of media is a medium, but for short words as ``detail: high``."""
    if depth > DEEPEST:
        raise TooDeep
    items: Iterable[tuple[str | int, object]]
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return
    for key, item in items:
        inside = f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}"
        if isinstance(item, str):
            leaf = Leaf(value, key, item)
            if key in {"filename", "detail", "format", "mime_type"}:
                found.passages.append(TextPlace((leaf,)))
            else:
                found.media.append(Medium(inside, leaf))
        else:
            _media(item, inside, depth + 1, found)


@lru_cache(4096)
def _is_plain_key(key: str) -> bool:
    return _NAME.fullmatch(key) is not None


def is_name(key: str, text: str) -> bool:
    """Whether the string under ``key`` names something rather than saying something."""
    if key in NAMES:
        return _NAME.fullmatch(text) is not None
    return key in OPAQUE and _OPAQUE.fullmatch(text) is not None


def without_token_values(body: JsonObject) -> JsonObject:
    """``body`` with nothing in it that tells an answer token by token; changed in place.

    Lists become empty rather than vanish: clients' types ask for them.
    """
    stack: list[Any] = [body]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for key, inside in value.items():
                if key in TOKEN_VALUES:
                    value[key] = [] if isinstance(inside, list) else None
                elif isinstance(inside, dict | list):
                    stack.append(inside)
        else:
            stack.extend(inside for inside in value if isinstance(inside, dict | list))
    return body


def check_messages(body: JsonObject) -> None:
    """Refuse a chat request whose messages are not of the form that is read.

    Raises:
        UnreadableRequest: with the place at fault.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise UnreadableRequest(zh="messages 应是非空列表", en="messages must be a non-empty list")
    for position, message in enumerate(messages):
        place = f"messages[{position}]"
        if not isinstance(message, dict):
            raise UnreadableRequest(zh=f"{place} 应是对象", en=f"{place} must be an object")
        if not isinstance(message.get("content"), str | list | None):
            raise UnreadableRequest(
                zh=f"{place}.content 应是文字或列表", en=f"{place}.content must be text or a list"
            )


def check_tokens(body: JsonObject, fields: Iterable[str]) -> Iterator[Medium]:
    """The fields that hold token numbers, which say something that cannot be read."""
    for field in fields:
        value = body.get(field)
        if isinstance(value, list) and any(not isinstance(item, str) for item in value):
            yield Medium(field, None)
