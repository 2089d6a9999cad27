"""Finds every text and every medium in a request or an answer. Pure."""

import base64
import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from hegui.core import InvalidInput
from hegui.gateway.surfaces import MEDIA, MEDIA_PARTS, NAMES, OPAQUE, JsonObject

DEEPEST = 64
"""How deep a body may nest; a schema of a tool needs a dozen levels."""

_NESTING = (dict, list)
_CONTENT = (str, list, type(None))
_NUMBERS = frozenset({float, int})

_NAME = re.compile(r"[A-Za-z0-9_.:/@+=-]{0,512}")
_OPAQUE = re.compile(r"[A-Za-z0-9_.:/@+=-]*")
_DATA = re.compile(r"[A-Za-z0-9_.:/@+=-]+")
_ANYTHING = re.compile(r"(?s:.*)")


class UnreadableRequest(InvalidInput):
    """A request that is not of its interface's form, or that holds something the gateway cannot read."""


class Leaf(msgspec.Struct, frozen=True):
    """One string and where it stands: it can be replaced."""

    holder: Any
    key: str | int
    text: str

    def replace(self, text: str) -> None:
        """Put ``text`` in the string's place."""
        self.holder[self.key] = text


class _Member:
    """A member of an object whose key is text, too: ``key`` and ``value`` are replaced in any order."""

    def __init__(self, holder: JsonObject, key: str) -> None:
        self._holder = holder
        self._key = key

    def __getitem__(self, part: str) -> Any:  # noqa: ANN401 - JSON
        return self._key if part == "key" else self._holder[self._key]

    def __setitem__(self, part: str, text: str) -> None:
        if part == "value":
            self._holder[self._key] = text
            return
        free, number = text, 1
        while free in self._holder and free != self._key:  # nothing is lost where two come to read the same
            number += 1
            free = f"{text} ({number})"
        renamed = [(free if each == self._key else each, value) for each, value in self._holder.items()]
        self._holder.clear()
        self._holder.update(renamed)
        self._key = free


class TextPlace(msgspec.Struct, frozen=True):
    """A text as a model or a person reads it: one string, or the neighbouring parts of one message."""

    leaves: tuple[Leaf, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        if len(self.leaves) == 1:
            return self.leaves[0].text
        return "".join(leaf.text for leaf in self.leaves)

    @property
    def present_text(self) -> str:
        """The whole text as it stands there now, after whatever was replaced."""
        return "".join(leaf.holder[leaf.key] for leaf in self.leaves)

    def replace(self, text: str) -> None:
        """Put ``text`` in place of the whole: into the first part, and nothing into the others."""
        for position, leaf in enumerate(self.leaves):
            leaf.replace("" if position else text)


class Medium(msgspec.Struct, frozen=True):
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

    @property
    def data(self) -> bytes | None:
        """The medium itself, where it stands here in base64, as a ``data:`` URI or alone."""
        if self.leaf is None or self.address is not None:
            return None
        head, comma, rest = self.leaf.text.partition(",")
        encoded = rest if comma and head.rstrip().lower().endswith(";base64") else self.leaf.text
        try:
            return base64.b64decode(encoded, validate=True) or None
        except ValueError:  # nothing in base64: a number that names a file, or something else
            return None


class Contents(msgspec.Struct, frozen=True):
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


def contents(body: object, *, without: Container[str] = ()) -> Contents:
    """Every passage and every medium of a body, in order.

    Args:
        body: JSON.
        without: the fields that are emptied in place rather than read. Lists become empty and do not vanish:
            clients' types ask for them.

    Raises:
        TooDeep: it nests beyond reason.
    """
    walk = _Walk(without)
    if isinstance(body, dict):
        walk.through_object(body, "", 1)
    elif isinstance(body, list):
        walk.through_list(body, "", 1, joined=False)
    return Contents(walk.passages, walk.media)


class _Walk:
    """One way through a body."""

    def __init__(self, without: Container[str]) -> None:
        self.passages: list[TextPlace] = []
        self.media: list[Medium] = []
        self._without = without

    def through_object(self, body: JsonObject, place: str, depth: int, *, read: str = "") -> None:
        """Everything in an object but the field that has been ``read`` already."""
        if depth > DEEPEST:
            raise TooDeep
        kind = body.get("type")
        if isinstance(kind, str) and kind in MEDIA_PARTS:  # in a schema it may be a list
            self.media.append(Medium(place, None))
        for key, value in body.items():
            if key in self._without:
                body[key] = [] if isinstance(value, list) else None
                continue
            field = _field(key)
            if not field.is_plain:
                self._member(body, key, value)
            elif isinstance(value, str):
                if field.medium and field.medium.fullmatch(value):
                    self.media.append(Medium(f"{place}.{key}" if place else key, Leaf(body, key, value)))
                elif value and key != read and not (field.name and field.name.fullmatch(value)):
                    self.passages.append(TextPlace((Leaf(body, key, value),)))
                continue
            if isinstance(value, _NESTING):
                self._nested(key, value, f"{place}.{key}" if place else key, depth + 1)

    def through_list(self, items: list[Any], place: str, depth: int, *, joined: bool) -> None:
        """Everything in a list; ``joined`` where its texts are one, as the parts of a message are."""
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
                self.through_object(
                    item, f"{place}[{position}]", depth + 1, read="text" if isinstance(text, str) else ""
                )
            elif isinstance(item, list):
                self.through_list(item, f"{place}[{position}]", depth + 1, joined=False)
        if not parts:
            return
        # A model reads the parts of a message as one text, and so does the screen.
        self.passages.extend([TextPlace(tuple(parts))] if joined else [TextPlace((part,)) for part in parts])

    def _member(self, holder: JsonObject, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """What stands under a key that is text itself, and the key."""
        member = _Member(holder, key)
        self.passages.append(TextPlace((Leaf(member, "key", key),)))
        if value and isinstance(value, str):
            self.passages.append(TextPlace((Leaf(member, "value", value),)))

    def _nested(self, key: str, value: Any, place: str, depth: int) -> None:  # noqa: ANN401 - JSON
        if key in MEDIA:
            self._media(value, place, depth)
        elif isinstance(value, dict):
            self.through_object(value, place, depth)
        elif key not in OPAQUE or not _NUMBERS.issuperset(map(type, value)):
            self.through_list(value, place, depth, joined=key == "content")

    def _media(self, value: JsonObject | list[Any], place: str, depth: int) -> None:
        """Every string below a field of media is a medium, but for short words as ``detail: high``."""
        if depth > DEEPEST:
            raise TooDeep
        items: Iterable[tuple[str | int, Any]] = (
            value.items() if isinstance(value, dict) else enumerate(value)
        )
        for key, item in items:
            inside = f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}"
            if isinstance(item, str):
                leaf = Leaf(value, key, item)
                if key == "type" and item in MEDIA_PARTS:
                    self.media.append(Medium(place, None))
                elif key in {"filename", "detail", "format", "mime_type"}:
                    self.passages.append(TextPlace((leaf,)))
                else:
                    self.media.append(Medium(inside, leaf))
            elif isinstance(item, _NESTING):
                self._media(item, inside, depth + 1)


class _Field(msgspec.Struct, frozen=True):
    """What a key says of the string under it.

    Attributes:
        is_plain: whether the key itself names something, and is no text.
        medium: what the string looks like where it is a medium; ``None`` where it never is.
        name: what it looks like where it names something; ``None`` where it never does.
    """

    is_plain: bool
    medium: re.Pattern[str] | None
    name: re.Pattern[str] | None


@lru_cache(4096)
def _field(key: str) -> _Field:
    return _Field(
        is_plain=_NAME.fullmatch(key) is not None,
        medium=_ANYTHING if key in MEDIA else _DATA if key == "data" else None,
        name=_NAME if key in NAMES else _OPAQUE if key in OPAQUE else None,
    )


def is_name(key: str, text: str) -> bool:
    """Whether the string under ``key`` names something rather than saying something."""
    name = _field(key).name
    return name is not None and name.fullmatch(text) is not None


def question_in(body: JsonObject) -> str:
    """What an answer to a request answers: the last thing a user says in it, as far as that is text."""
    said = body.get("messages") or body.get("input") or body.get("prompt")
    if isinstance(said, list):
        of_users = (item for item in reversed(said) if isinstance(item, dict) and item.get("role") == "user")
        last = next(of_users, {})
        said = last.get("content") or next((item for item in reversed(said) if isinstance(item, str)), "")
    if isinstance(said, list):
        texts = (part.get("text") for part in said if isinstance(part, dict))
        said = "".join(text for text in texts if isinstance(text, str))
    return said if isinstance(said, str) else ""


def check_messages(body: JsonObject) -> None:
    """Refuse a chat request whose messages are not of the form that is read.

    Raises:
        UnreadableRequest: with the place at fault.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise UnreadableRequest(zh="messages 应是非空列表", en="messages must be a non-empty list")
    for position, message in enumerate(messages):
        if not isinstance(message, dict):
            place = f"messages[{position}]"
            raise UnreadableRequest(zh=f"{place} 应是对象", en=f"{place} must be an object")
        if not isinstance(message.get("content"), _CONTENT):
            place = f"messages[{position}].content"
            raise UnreadableRequest(zh=f"{place} 应是文字或列表", en=f"{place} must be text or a list")


def check_tokens(body: JsonObject, fields: Iterable[str]) -> Iterator[Medium]:
    """The fields that hold token numbers, which say something that cannot be read."""
    for field in fields:
        value = body.get(field)
        if isinstance(value, list) and any(not isinstance(item, str) for item in value):
            yield Medium(field, None)
