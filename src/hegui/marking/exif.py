"""Labels in EXIF, a TIFF structure: read where products put them, blanked where a new label replaces them."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_VALUE, Candidate, decoded, fault
from hegui.marking.model import ELEMENT, Carrier, Fault
from hegui.marking.splices import Splice

_IMAGE_DESCRIPTION = 0x010E
_EXIF_DIRECTORY = 0x8769
_USER_COMMENT = 0x9286
_ENTRY_BYTES = 12
_INLINE_BYTES = 4
_CHARSET_BYTES = 8
_SINGLE_BYTE_TYPES = {1, 2, 6, 7}
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


class _Value(NamedTuple):
    """One value of single bytes that stands outside its directory entry."""

    tag: int
    start: int
    data: bytes


def candidates(exif: bytes, *, offset: int) -> Iterator[Candidate | Fault]:
    """Every label in an EXIF block.

    Args:
        exif: the block, from its byte order mark on.
        offset: where the structure that holds it begins in the file.
    """
    try:
        for value in _labels(exif):
            carrier, text = _read(value)
            yield Candidate(value=text, carrier=carrier, offset=offset)
    except struct.error:
        yield fault(offset, zh="EXIF 的目录不完整", en="the EXIF directory is cut off")


def blanked(exif: bytes) -> tuple[Splice, ...]:
    """What takes older labels out of an EXIF block without moving anything else in it.

    The values are overwritten with zeros, which is EXIF's own way to say that nothing is noted.

    Args:
        exif: the block, from its byte order mark on; offsets of the splices count from there.
    """
    try:
        return tuple(_blank(value) for value in _labels(exif))
    except struct.error:
        return ()


def _blank(value: _Value) -> Splice:
    kept = _CHARSET_BYTES if value.tag == _USER_COMMENT else 0
    end = value.start + len(value.data)
    return Splice(value.start + kept, end, bytes(len(value.data) - kept))


def _labels(exif: bytes) -> Iterator[_Value]:
    order = _BYTE_ORDERS.get(exif[:4])
    if order is None:
        return
    (first,) = struct.unpack_from(order + "I", exif, 4)
    for value in _directory(exif, order, first, nested=True):
        if ELEMENT.encode() in value.data.replace(b"\0", b"").upper():
            yield value


def _directory(exif: bytes, order: str, start: int, *, nested: bool) -> Iterator[_Value]:
    (count,) = struct.unpack_from(order + "H", exif, start)
    for index in range(count):
        entry = start + 2 + index * _ENTRY_BYTES
        tag, kind, length, place = struct.unpack_from(order + "HHII", exif, entry)
        if tag == _EXIF_DIRECTORY and nested:
            yield from _directory(exif, order, place, nested=False)
        elif (
            tag in {_IMAGE_DESCRIPTION, _USER_COMMENT}
            and kind in _SINGLE_BYTE_TYPES
            and _INLINE_BYTES < length <= LARGEST_VALUE
        ):
            yield _Value(tag, place, exif[place : place + length])


def _read(value: _Value) -> tuple[Carrier, str]:
    if value.tag == _IMAGE_DESCRIPTION:
        return Carrier.EXIF_IMAGE_DESCRIPTION, decoded(value.data).strip("\0 ")
    charset, text = value.data[:_CHARSET_BYTES], value.data[_CHARSET_BYTES:]
    if charset.startswith(b"UNICODE"):
        # The byte order of the text is not said anywhere; a label begins with a brace.
        encoding = "utf-16-be" if text.startswith(b"\0") else "utf-16-le"
        return Carrier.EXIF_USER_COMMENT, text.decode(encoding, "replace").strip("\0 ")
    return Carrier.EXIF_USER_COMMENT, decoded(text).strip("\0 ")
