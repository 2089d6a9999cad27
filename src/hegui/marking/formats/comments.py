"""Vorbis comments: ``NAME=value`` in UTF-8, as FLAC, Vorbis, Opus and their kin have them."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_VALUE, MOST_PARTS, Candidate, decoded, fault, names_label
from hegui.marking.model import ELEMENT, Carrier, Fault

_VENDOR = b"Hegui"
_LENGTH = struct.Struct("<I")
_LONGEST_NAME = 64


class CommentsUnusable(ValueError):
    """A block of comments whose lengths do not fit together."""


class Comments(NamedTuple):
    """A block of comments taken apart.

    Attributes:
        vendor: the name of the program that made the sound.
        items: the comments.
        rest: the bytes behind them, which some formats have.
    """

    vendor: bytes
    items: tuple[bytes, ...]
    rest: bytes


def taken_apart(block: bytes) -> Comments:
    """The comments in a block.

    Raises:
        CommentsUnusable: a length reaches beyond the block, or there are too many comments.
    """
    vendor, position = _string(block, 0)
    count, position = _number(block, position)
    if count > MOST_PARTS:
        raise CommentsUnusable(count)
    items = []
    for _ in range(count):
        item, position = _string(block, position)
        items.append(item)
    return Comments(vendor, tuple(items), block[position:])


def candidates(comments: Comments, *, offset: int) -> Iterator[Candidate | Fault]:
    """The labels among the comments.

    Args:
        comments: the block.
        offset: where it begins in the file.
    """
    for item in comments.items:
        if not _is_label(item):
            continue
        if len(item) > LARGEST_VALUE:
            yield fault(offset, zh="标识的值过长", en="the value of a label is too long")
            continue
        text = decoded(item.partition(b"=")[2]).strip("\0 \r\n\t")
        yield Candidate(value=text, carrier=Carrier.VORBIS_COMMENT, offset=offset)


def holds_label(comments: Comments) -> bool:
    """Whether a label is among the comments."""
    return any(_is_label(item) for item in comments.items)


def updated(comments: Comments, text: str | None) -> bytes:
    """The block with the label as its only one, or without one where ``text`` is ``None``."""
    items = [item for item in comments.items if not _is_label(item)]
    if text is not None:
        items.append(f"{ELEMENT}={text}".encode())
    parts = [_counted(comments.vendor), _LENGTH.pack(len(items)), *map(_counted, items), comments.rest]
    return b"".join(parts)


def new_block(text: str) -> bytes:
    """A block with nothing but the label."""
    return updated(Comments(_VENDOR, (), b""), text)


def _is_label(item: bytes) -> bool:
    name, separator, _ = item[:_LONGEST_NAME].partition(b"=")
    return bool(separator) and names_label(name.decode("latin-1"))


def _counted(item: bytes) -> bytes:
    return _LENGTH.pack(len(item)) + item


def _number(block: bytes, position: int) -> tuple[int, int]:
    try:
        (number,) = _LENGTH.unpack_from(block, position)
    except struct.error as error:
        raise CommentsUnusable(position) from error
    return number, position + _LENGTH.size


def _string(block: bytes, position: int) -> tuple[bytes, int]:
    length, position = _number(block, position)
    if position + length > len(block):
        raise CommentsUnusable(position)
    return block[position : position + length], position + length
