"""Shapes: regular expressions that know their own beginnings.

Python's ``re`` cannot say whether a text that ends too early might still become a match. A shape can: it is
put together from parts, and each part is written twice, whole and broken off at the end of the text.
Every part is bounded, so that no input makes matching long.
"""

import re
from functools import reduce
from typing import NamedTuple


class Shape(NamedTuple):
    """A regular expression, ``whole``, and one for everything that begins it and reaches the text's end.

    ``broken`` matches a beginning of at least one character, the whole included. ``longest`` is the
    largest number of characters a match can have.
    """

    whole: str
    broken: str
    longest: int


def some(allowed: str, least: int, most: int) -> Shape:
    """From ``least`` to ``most`` characters of a class, written as between brackets."""
    return Shape(f"[{allowed}]{{{least},{most}}}", rf"[{allowed}]{{1,{most}}}\Z", most)


def one(allowed: str) -> Shape:
    """One character of a class."""
    return some(allowed, 1, 1)


def literal(text: str) -> Shape:
    """Just this text."""
    return chain(*(one(re.escape(character)) for character in text))


def chain(*parts: Shape) -> Shape:
    """The parts one after another."""
    return reduce(_then, reversed(parts[:-1]), parts[-1])


def _then(rest: Shape, first: Shape) -> Shape:
    return Shape(
        first.whole + rest.whole,
        f"(?:{first.broken}|{first.whole}{_group(rest.broken)})",
        first.longest + rest.longest,
    )


def either(*parts: Shape) -> Shape:
    """One of the parts, the earlier preferred."""
    return Shape(
        _group("|".join(part.whole for part in parts)),
        _group("|".join(part.broken for part in parts)),
        max(part.longest for part in parts),
    )


def maybe(part: Shape) -> Shape:
    """The part or nothing."""
    return Shape(f"(?:{part.whole})?", part.broken, part.longest)


def _group(pattern: str) -> str:
    return f"(?:{pattern})"
