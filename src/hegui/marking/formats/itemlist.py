"""The lists of metadata in movie files: ``meta`` boxes with ``ilst``, with keys or without.

QuickTime's lists name their items by keys in a box of their own, and so does the placement guide; the lists
of iTunes name them by four characters, or by free text.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_PACKET, LARGEST_VALUE, Candidate, decoded, fault, names_label
from hegui.marking.formats.boxes import Box, boxes, inside, made
from hegui.marking.model import ELEMENT, Carrier, Fault
from hegui.marking.splices import Buffer

KEYED = b"mdta"
"""The handler of a list whose items are named by keys."""

_KEYS = b"keys"
_ITEMS = b"ilst"
_HANDLER = b"hdlr"
_FREE = b"----"
_NAME = b"name"
_DATA = b"data"
_FULL_BYTES = 4
_COUNT_BYTES = 4
_KEY_HEADER_BYTES = 8
_DATA_HEADER_BYTES = 8
_BOX_HEADER_BYTES = 8
_UTF_8 = 1
_UTF_16 = 2
# What the text of a label without a name begins with and holds.
_TELLTALES = (f'"{ELEMENT}"', '"ContentProducer"')


class ListDamaged(ValueError):
    """A list of metadata that cannot be taken apart; ``fault`` says where and why."""

    def __init__(self, found: Fault) -> None:
        """Keep the fault."""
        super().__init__(found.text.en)
        self.fault = found


class Item(NamedTuple):
    """One item of a list.

    Attributes:
        box: where it is.
        key: the number of its key, from 1, or 0 where it has none.
        named: whether its name is that of a label.
        text: its value as text.
    """

    box: Box
    key: int
    named: bool
    text: str

    @property
    def label(self) -> bool:
        """Whether the item is a label: by its name, or by what it says."""
        return self.named or (
            self.text.lstrip().startswith("{") and any(word in self.text for word in _TELLTALES)
        )


class ItemList(NamedTuple):
    """A ``meta`` box taken apart.

    Attributes:
        box: where it is.
        first: where the first box in it begins.
        children: the boxes in it.
        handler: the four characters that say whose list it is.
        keys: the keys, each with its header.
        items: the items.
    """

    box: Box
    first: int
    children: tuple[Box, ...]
    handler: bytes
    keys: tuple[bytes, ...]
    items: tuple[Item, ...]

    @property
    def labelled(self) -> bool:
        """Whether a label is in the list."""
        return any(item.label for item in self.items)


def taken_apart(data: Buffer, box: Box) -> ItemList:
    """The list in a ``meta`` box; one without items where it holds something else.

    Raises:
        ListDamaged: its boxes do not fit together, or it is too long.
    """
    if box.end - box.start > LARGEST_PACKET:
        raise ListDamaged(fault(box.start, zh="元数据过长，没有读取", en="metadata too long to be read"))
    # QuickTime has no version and flags here, others do.
    bare = data[box.body + 4 : box.body + _BOX_HEADER_BYTES] == _HANDLER
    first = box.body if bare else min(box.body + _FULL_BYTES, box.end)
    children = tuple(_sound(boxes(data, first, box.end)))
    handler = b""
    keys: tuple[bytes, ...] = ()
    items: tuple[Item, ...] = ()
    for child in children:
        if child.kind == _HANDLER:
            handler = data[child.body + 8 : child.body + 12]
        elif child.kind == _KEYS:
            keys = tuple(_keys(data, child))
    for child in children:
        if child.kind == _ITEMS:
            items = tuple(_item(data, item, handler, keys) for item in _sound(inside(data, child)))
    return ItemList(box, first, children, handler, keys, items)


def candidates(items: ItemList, *, at_home: bool) -> Iterator[Candidate | Fault]:
    """The labels in a list.

    Args:
        items: the list.
        at_home: whether it stands where the placement guide says.
    """
    for item in items.items:
        if not item.label:
            continue
        if len(item.text) > LARGEST_VALUE:
            yield fault(item.box.start, zh="标识的值过长", en="the value of a label is too long")
            continue
        keyed = Carrier.MP4_KEYS if at_home else Carrier.MP4_ELSEWHERE
        carrier = keyed if item.named and item.key else Carrier.MP4_ITEM
        yield Candidate(value=item.text.strip("\0 \r\n\t"), carrier=carrier, offset=item.box.start)


def updated(data: Buffer, items: ItemList, text: str | None) -> bytes:
    """The ``meta`` box with the label as its only one, or without one where ``text`` is ``None``.

    Args:
        data: the file.
        items: the list as it is.
        text: the label; only for a list with keys.

    Raises:
        ListDamaged: the list has keys, but an item without one.
    """
    if items.handler == KEYED and not all(item.key for item in items.items):
        raise ListDamaged(
            fault(items.box.start, zh="元数据中有没有键的条目", en="an item of the metadata has no key")
        )
    numbers: dict[int, int] = {}
    keys: list[bytes] = []
    for number, key in enumerate(items.keys, start=1):
        if not _names_label(key):
            keys.append(key)
            numbers[number] = len(keys)
    kept = [
        data[item.box.start : item.box.start + 4]
        + (numbers[item.key].to_bytes(4, "big") if item.key else item.box.kind)
        + data[item.box.start + _BOX_HEADER_BYTES : item.box.end]
        for item in items.items
        if not item.label
    ]
    if text is not None:
        keys.append(_key())
        kept.append(_labelled_item(len(keys), text))
    new = {_KEYS: _key_box(keys), _ITEMS: made(_ITEMS, b"".join(kept))}
    children = [
        new.pop(child.kind, b"") if child.kind in {_KEYS, _ITEMS} else data[child.start : child.end]
        for child in items.children
    ]
    if text is not None:
        children += new.values()
    return made(b"meta", data[items.box.body : items.first] + b"".join(children))


def new_list(text: str) -> bytes:
    """A ``meta`` box with nothing but the label, as ffmpeg writes it."""
    handler = made(_HANDLER, bytes(8) + KEYED + bytes(13))
    return made(
        b"meta",
        bytes(_FULL_BYTES) + handler + _key_box([_key()]) + made(_ITEMS, _labelled_item(1, text)),
    )


def _key() -> bytes:
    return made(KEYED, ELEMENT.encode())


def _key_box(keys: list[bytes]) -> bytes:
    return made(_KEYS, bytes(_FULL_BYTES) + len(keys).to_bytes(_COUNT_BYTES, "big") + b"".join(keys))


def _labelled_item(number: int, text: str) -> bytes:
    data = made(_DATA, _UTF_8.to_bytes(4, "big") + bytes(4) + text.encode())
    return made(number.to_bytes(4, "big"), data)


def _keys(data: Buffer, box: Box) -> Iterator[bytes]:
    for key in _sound(boxes(data, min(box.body + _FULL_BYTES + _COUNT_BYTES, box.end), box.end)):
        yield data[key.start : key.end]


def _names_label(key: bytes) -> bool:
    return names_label(decoded(key[_KEY_HEADER_BYTES:]))


def _item(data: Buffer, box: Box, handler: bytes, keys: tuple[bytes, ...]) -> Item:
    number = int.from_bytes(box.kind, "big")
    key = number if handler == KEYED and 0 < number <= len(keys) else 0
    children = list(_sound(inside(data, box)))
    named = bool(key) and _names_label(keys[key - 1])
    if box.kind == _FREE:
        named = any(
            names_label(decoded(data[child.body + _FULL_BYTES : child.end]))
            for child in children
            if child.kind == _NAME
        )
    value = next((child for child in children if child.kind == _DATA), None)
    return Item(box, key, named, "" if value is None else _text(data, value, named=named))


def _text(data: Buffer, box: Box, *, named: bool) -> str:
    """The text of a value; none where it cannot be a label's: cover pictures are values too."""
    start = box.body + _DATA_HEADER_BYTES
    if not named and data[start : start + 16].strip(b"\0 \t\r\n\xfe\xff")[:1] != b"{":
        return ""
    kind = int.from_bytes(data[box.body : box.body + 4], "big")
    value = data[start : box.end]
    return value.decode("utf-16-be", "replace") if kind == _UTF_16 else decoded(value)


def _sound(items: Iterator[Box | Fault]) -> Iterator[Box]:
    for item in items:
        if isinstance(item, Fault):
            raise ListDamaged(item)
        yield item
