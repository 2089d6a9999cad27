"""Shapes: regular expressions that know their own beginnings.

Python's ``re`` cannot say whether a text that ends too early might still become a match. A shape can: it is
put together from parts, and each part is written twice, whole and broken off at the end of the text.
Every part is bounded, so that no input makes matching long.
"""

import re
from collections.abc import Collection, Iterable
from functools import reduce
from typing import NamedTuple

NEVER = "(?!)"
"""Matches nothing."""
# From so many words on it pays to look at the first two characters before trying one after another.
_MANY = 8


class Shape(NamedTuple):
    """A regular expression, ``whole``, and one for everything that begins it and reaches the text's end.

    ``broken`` matches a beginning of at least one character, the whole included. ``shortest`` is the least
    number of characters a match has, ``longest`` the largest that it can look at. ``firsts`` are the
    characters it can begin with and ``lasts`` those it can end with, as between brackets; where it may match
    nothing at all, what stands beside it can begin or end with others.
    """

    whole: str
    broken: str
    shortest: int
    longest: int
    firsts: str
    lasts: str

    @property
    def empty(self) -> bool:
        """Whether it may match nothing at all."""
        return not self.shortest

    @property
    def start(self) -> str:
        """A condition that costs next to nothing and holds wherever the shape can begin."""
        return "" if self.empty else f"(?=[{self.firsts}])"


def some(allowed: str, least: int, most: int) -> Shape:
    """From ``least`` to ``most`` characters of a class, written as between brackets."""
    return Shape(
        f"[{allowed}]{_times(least, most)}",
        rf"[{allowed}]{_times(1, most)}\Z",
        least,
        most,
        allowed,
        allowed,
    )


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
        first.shortest + rest.shortest,
        first.longest + rest.longest,
        first.firsts + rest.firsts if first.empty else first.firsts,
        first.lasts + rest.lasts if rest.empty else rest.lasts,
    )


def either(*parts: Shape) -> Shape:
    """One of the parts, the earlier preferred."""
    return Shape(
        _group("|".join(part.whole for part in parts)),
        _group("|".join(part.broken for part in parts)),
        min(part.shortest for part in parts),
        max(part.longest for part in parts),
        "".join(part.firsts for part in parts),
        "".join(part.lasts for part in parts),
    )


def maybe(part: Shape) -> Shape:
    """The part or nothing."""
    return part._replace(whole=f"(?:{part.whole})?", shortest=0)


def repeat(part: Shape, least: int, most: int) -> Shape:
    """The part, from ``least`` to ``most`` times over."""
    return Shape(
        _group(part.whole) + _times(least, most),
        _group(_group(part.whole) + _times(0, most - 1) + _group(part.broken)),
        part.shortest * least,
        part.longest * most,
        part.firsts,
        part.lasts,
    )


def words(several: Collection[str]) -> Shape:
    """One of the words, a longer one preferred to its own beginning."""
    begun = {word[:end] for word in several for end in range(1, len(word) + 1)}
    firsts, seconds = (_class(word[at : at + 1] for word in several) for at in (0, 1))
    start = start_broken = ""
    if len(several) > _MANY:
        alone = any(len(word) == 1 for word in several)
        start = f"(?=[{firsts}])" if alone else f"(?=[{firsts}][{seconds}])"
        start_broken = f"(?=[{firsts}](?:[{seconds}]|\\Z))" if seconds else start
    return Shape(
        start + _any(several),
        rf"{start_broken}{_any(begun)}\Z",
        min(map(len, several)),
        max(map(len, several)),
        firsts,
        _class(word[-1] for word in several),
    )


def narrowed(part: Shape, pattern: str) -> Shape:
    """The part, where it is as ``pattern`` says; whatever begins the part is held to begin it."""
    return part._replace(whole=_group(pattern))


def edge(condition: str) -> Shape:
    """A condition on what stands right before or behind, of which a single character decides."""
    return Shape(condition, NEVER, 0, 1, "", "")


def ahead(part: Shape) -> Shape:
    """Nothing, where the part follows."""
    return part._replace(whole=f"(?={part.whole})", shortest=0)


def unless(part: Shape) -> Shape:
    """Nothing, where the part does not follow."""
    return part._replace(whole=f"(?!{part.whole})", shortest=0)


def _class(characters: Iterable[str]) -> str:
    return "".join(sorted(set(map(re.escape, characters))))


def _any(several: Collection[str]) -> str:
    single = "".join(sorted(re.escape(word) for word in several if len(word) == 1))
    longer = sorted((word for word in several if len(word) > 1), key=lambda word: (-len(word), word))
    return _group("|".join([*map(re.escape, longer), *([f"[{single}]"] if single else [])]))


def _times(least: int, most: int) -> str:
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    return f"{{{least},{most}}}"


def _group(pattern: str) -> str:
    return f"(?:{pattern})"
