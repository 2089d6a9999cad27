"""Canonical JSON at the speed of the log: the bytes of :func:`hegui.core.canonical_json`, sooner."""

import re
from collections.abc import Iterable

import msgspec

from hegui.core import Json, canonical_json

_INTEGER_LIMIT = 2**53 - 1

# RFC 8785 sorts member names by UTF-16 code units, the encoder by code points. The two orders differ
# only where a character outside the basic plane occurs, whose UTF-8 begins with F0 to F4.
_BEYOND_BASIC_PLANE = re.compile(rb"[\xf0-\xf4]")

_TEXT = frozenset({str})
_SIMPLE = frozenset({str, bool, type(None)})

_sorted_encoder = msgspec.json.Encoder(order="sorted")
_encoder = msgspec.json.Encoder()


def canonical_record(record: msgspec.Struct) -> bytes:
    """The canonical form of a record whose fields are declared in alphabetical order.

    The caller vouches for the order and for integers within 2**53; text is the record's own matter.
    """
    return _encoder.encode(record)


def canonical_content(value: Json) -> bytes:
    """The canonical form of any JSON value, as RFC 8785 has it.

    Raises:
        InvalidInput: the value holds a float, an integer beyond 2**53 - 1, or text that is not Unicode.
    """
    if _is_plain(value):
        try:
            data = _sorted_encoder.encode(value)
        except UnicodeEncodeError:
            return canonical_json(value)
        if data.isascii() or _BEYOND_BASIC_PLANE.search(data) is None:
            return data
    return canonical_json(value)


def _is_plain(value: object) -> bool:
    """Whether ``value`` is made of exactly the types that both encoders write alike."""
    kind = type(value)
    if kind is int:
        return -_INTEGER_LIMIT <= value <= _INTEGER_LIMIT  # type: ignore[operator]
    if kind is dict:
        return _TEXT.issuperset(map(type, value)) and _are_plain(value.values())  # type: ignore[call-overload,attr-defined]
    if kind is list or kind is tuple:
        return _are_plain(value)  # type: ignore[arg-type]
    return kind in _SIMPLE


def _are_plain(values: Iterable[object]) -> bool:
    # Most members are text, and text needs no further look.
    return all(type(value) in _SIMPLE or _is_plain(value) for value in values)
