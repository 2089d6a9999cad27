"""Canonical JSON (RFC 8785): one value, one sequence of bytes."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
import rfc8785

from hegui.core.errors import InvalidInput

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""A JSON value as evidence may hold it: without floating-point numbers, see :func:`canonical_json`."""


def canonical_json(value: Json) -> bytes:
    """The RFC 8785 form of ``value``.

    Floating-point numbers are refused although RFC 8785 knows them: evidence holds counts as integers
    and shares as decimal text, so that nobody's rounding decides whether a digest agrees.

    Raises:
        InvalidInput: the value holds a float, an integer beyond 2**53 - 1, or text that is not Unicode.
    """
    try:
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
