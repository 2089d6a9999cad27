"""Canonical JSON (RFC 8785): one value, one sequence of bytes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias, cast

import msgspec
import rfc8785
from msgspec import inspect

from hegui.core.errors import InvalidInput

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""A JSON value as evidence may hold it: without floating-point numbers, see :func:`canonical_json`."""


# RFC 8785 sorts member names by UTF-16 code units, the encoder by code points. The two orders differ
# only where a character outside the basic plane occurs, whose UTF-8 begins with F0 to F4.
_BEYOND_BASIC_PLANE = re.compile(rb"[\xf0-\xf4]")

_INTEGER_LIMIT = 2**53 - 1
# An expression would begin anew at each of the many digits of digests.
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 16
_TEXT = frozenset({str})
_SIMPLE = frozenset({str, bool, type(None)})

_encode = msgspec.json.Encoder(order="sorted").encode


def canonical_json(value: "Json | msgspec.Struct") -> bytes:
    """The RFC 8785 form of ``value``, or of what :func:`to_json` says of it where it is a record.

    Floating-point numbers are refused although RFC 8785 knows them: evidence holds counts as integers
    and shares as decimal text, so that nobody's rounding decides whether a digest agrees.

    Raises:
        InvalidInput: the value holds a float, an integer beyond 2**53 - 1, or text that is not Unicode.
    """
    try:
        if isinstance(value, msgspec.Struct):
            # Every exchange through the gateway writes one: a record whose type is plain needs no look at it.
            if _is_plain_type(type(value)):
                data = _encode(value)
                if not (_is_beyond_basic_plane(data) or _LONG_NUMBER in data.translate(_DIGITS_AS_ZEROS)):
                    return data
            value = to_json(value)
        if _is_plain(value):
            data = _encode(value)
            if not _is_beyond_basic_plane(data):
                return data
        _refuse_floats(value)
        return bytes(rfc8785.dumps(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise InvalidInput(
            zh=f"无法写成规范 JSON：{error}", en=f"cannot be written as canonical JSON: {error}"
        ) from error


def to_json(value: object) -> Json:
    """A record (or a collection of records) as plain JSON values, ready for evidence or output."""
    plain: Json = msgspec.to_builtins(value)
    return plain


def _is_beyond_basic_plane(data: bytes) -> bool:
    return not data.isascii() and _BEYOND_BASIC_PLANE.search(data) is not None


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        message = f"{value!r} is a floating-point number; write it as decimal text"
        raise rfc8785.CanonicalizationError(message)
    if isinstance(value, Mapping):
        for member in value.values():
            _refuse_floats(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_floats(member)


def _is_plain(value: object) -> bool:
    """Whether ``value`` is made of exactly the types that rfc8785 and the fast encoder write alike."""
    # Exactly these types: a subclass might write itself otherwise.
    kind = type(value)
    if kind is int:
        return -_INTEGER_LIMIT <= cast("int", value) <= _INTEGER_LIMIT
    if kind is dict:
        members = cast("dict[object, object]", value)
        return _TEXT.issuperset(map(type, members)) and _are_plain(members.values())
    if kind is list or kind is tuple:
        return _are_plain(cast("Iterable[object]", value))
    return kind in _SIMPLE


def _are_plain(values: Iterable[object]) -> bool:
    # Most members are text, and text needs no further look.
    return all(type(value) in _SIMPLE or _is_plain(value) for value in values)


@cache
def _is_plain_type(kind: type[msgspec.Struct]) -> bool:
    """Whether all records of a type are made of types that rfc8785 and the fast encoder write alike."""
    return _is_made_plainly(inspect.type_info(kind), frozenset())


def _is_made_plainly(info: inspect.Type, within: frozenset[type]) -> bool:
    parts: Iterable[inspect.Type] = ()
    match info:
        case inspect.StrType() | inspect.BoolType() | inspect.IntType() | inspect.NoneType():
            pass
        case inspect.EnumType(cls=kind):
            return issubclass(kind, str)
        case (
            inspect.VarTupleType(item_type=part)
            | inspect.ListType(item_type=part)
            | inspect.DictType(key_type=inspect.StrType(), value_type=part)
        ):
            parts = (part,)
        case inspect.UnionType(types=types):
            parts = types
        case inspect.StructType(cls=kind, fields=fields):
            parts = () if kind in within else (field.type for field in fields)
            within |= {kind}
        case _:
            return False
    return all(_is_made_plainly(part, within) for part in parts)
