"""How much work a regular expression may make: a matcher that counts the characters it looks at.

It tries what Python's ``re`` tries, in the same order, so that its count is the time that ``re`` takes, told
without a clock. It knows as much of the syntax as the expressions of ``hegui.screening`` use.
"""

import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # what the parser is made of has no other door
from re import _parser  # type: ignore[attr-defined]  # likewise
from typing import Any

_SOME = " a0z-/=?&<[{(\"'"
_DEPTH = 20_000  # what stands repeatedly is matched within what stands before it
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
_CONDITIONS = (op.ASSERT, op.ASSERT_NOT)
_GROUPS = (op.BRANCH, op.SUBPATTERN)
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_WORD: lambda character: character.isalnum() or character == "_",
    op.CATEGORY_NOT_WORD: lambda character: not (character.isalnum() or character == "_"),
}
_Then = Callable[[int], bool]
_Node = tuple[Any, Any]
_CLASSES: dict[int, Callable[[str], bool]] = {}
"""What is asked of a character, by the identity of the node that asks it."""


def steps(pattern: str | re.Pattern[str], text: str, place: int = 0) -> tuple[int, int | None]:
    """How many characters are looked at before ``pattern`` matches at ``place`` of ``text`` or fails.

    Returns:
        The count, and where the match ends, if there is one.

    Raises:
        NotImplementedError: the pattern uses what is not known here.
    """
    matcher = _Counting(text, any_line=not isinstance(pattern, str) and bool(pattern.flags & re.DOTALL))
    ends: list[int] = []

    def take(end: int) -> bool:
        ends.append(end)
        return True

    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(_DEPTH)
    try:
        matcher.sequence(_parsed(pattern), 0, place, take)
    finally:
        sys.setrecursionlimit(depth)
    return matcher.count, ends[0] if ends else None


def steps_of_search(pattern: str | re.Pattern[str], text: str) -> int:
    """The same of a search for every match in ``text``."""
    place = total = 0
    while place <= len(text):
        count, end = steps(pattern, text, place)
        total += count
        place = max(end or 0, place + 1)
    return total


def grows(pattern: str | re.Pattern[str], unit: str, *, longest: int) -> bool:
    """Whether a search takes more steps a character the longer a text is that repeats ``unit``.

    Steps of a match are steps of the characters it takes: the search goes on behind them.

    Args:
        pattern: what is searched for; what it bounds must be no longer than ``longest``.
        unit: what the text repeats, so that what holds of each place of one repetition holds of all.
        longest: how many characters lie to both sides of that repetition; and again with twice as many.
    """

    def share(place: int, repetitions: int) -> float:
        count, end = steps(pattern, unit * (2 * repetitions), repetitions * len(unit) + place)
        return count / max(1, (end or 0) - repetitions * len(unit) - place)

    enough = -(-longest // len(unit))
    return any(share(place, 2 * enough) > 1.2 * share(place, enough) for place in range(len(unit)))


def words_of(pattern: str) -> list[str]:
    """Everything that ``pattern`` spells out: rows of letters, and some of each class."""
    found: dict[str, None] = {}

    def gather(nodes: Sequence[_Node]) -> None:
        row = ""
        for node in [*nodes, (None, None)]:
            kind, said = node
            if kind is op.LITERAL:
                row += chr(said)
                continue
            found.setdefault(row)
            row = ""
            if kind is op.IN:
                found.update(dict.fromkeys(filter(_test(node), _SOME)))
            for part in _parts(node):
                gather(part)

    gather(_parsed(pattern))
    return [row for row in found if row]


@cache
def _parsed(pattern: str | re.Pattern[str]) -> tuple[_Node, ...]:
    """Kept for ever, so that a node can be known by its identity."""
    if isinstance(pattern, str):
        return tuple(_parser.parse(pattern))
    if pattern.flags & ~(re.UNICODE | re.DOTALL):
        raise NotImplementedError(re.RegexFlag(pattern.flags))
    return tuple(_parser.parse(pattern.pattern, pattern.flags))


def _parts(node: _Node) -> Sequence[Sequence[_Node]]:
    kind, said = node
    if kind is op.BRANCH:
        return list(said[1])
    if kind is op.ATOMIC_GROUP:
        return [said]
    return [said[-1]] if kind in {*_REPEATS, *_CONDITIONS, op.SUBPATTERN} else []


class _Counting:
    def __init__(self, text: str, *, any_line: bool) -> None:
        self.count = 0
        self._text = text
        self._any = (lambda _character: True) if any_line else (lambda character: character != "\n")

    def sequence(self, nodes: Sequence[_Node], index: int, place: int, then: _Then) -> bool:
        """Whether the nodes from ``index`` on match at ``place``, and ``then`` what is behind them."""
        while index < len(nodes) and (test := self._test(nodes[index])) is not None:
            if not self._one(test, place):
                return False
            index, place = index + 1, place + 1
        if index == len(nodes):
            return then(place)
        return self._part(nodes[index], place, lambda end: self.sequence(nodes, index + 1, end, then))

    def _part(self, node: _Node, place: int, rest: _Then) -> bool:
        kind, said = node
        if kind in _REPEATS:
            least, most, body = said
            repeat = self._groups if len(body) > 1 or self._test(body[0]) is None else self._characters
            return repeat(body, least, most, place, rest, greedy=kind is op.MAX_REPEAT)
        if kind in _CONDITIONS:
            direction, nodes = said
            begin = place - nodes.getwidth()[0] if direction < 0 else place
            seen = begin >= 0 and self.sequence(nodes, 0, begin, lambda _end: True)
            return seen is (kind is op.ASSERT) and rest(place)
        if kind is op.AT:
            return self._at(said, place) and rest(place)
        if kind is op.ATOMIC_GROUP:
            ends: list[int] = []
            return self.sequence(said, 0, place, lambda end: ends.append(end) is None) and rest(ends[0])
        if kind not in _GROUPS:
            raise NotImplementedError(kind)
        return any(self.sequence(each, 0, place, rest) for each in _parts(node))

    def _at(self, where: Any, place: int) -> bool:
        length = len(self._text)
        if where in {op.AT_BEGINNING, op.AT_BEGINNING_STRING}:
            return place == 0
        if where is op.AT_END_STRING:
            return place == length
        if where is op.AT_END:
            return place == length or self._text[place:] == "\n"
        if where is not op.AT_BOUNDARY:
            raise NotImplementedError(where)
        is_word = _CATEGORIES[op.CATEGORY_WORD]
        before, behind = self._text[max(0, place - 1) : place], self._text[place : place + 1]
        return bool(before and is_word(before)) is not bool(behind and is_word(behind))

    def _test(self, node: _Node) -> Callable[[str], bool] | None:
        return self._any if node[0] is op.ANY else _test(node)

    def _one(self, test: Callable[[str], bool], place: int) -> bool:
        self.count += 1
        return place < len(self._text) and test(self._text[place])

    def _characters(
        self, body: Sequence[_Node], least: int, most: int, place: int, rest: _Then, *, greedy: bool
    ) -> bool:
        test = self._test(body[0])
        assert test is not None
        taken = 0
        wanted = most if greedy else least
        while taken < wanted and self._one(test, place + taken):
            taken += 1
        if taken < least:
            return False
        if greedy:
            return any(rest(place + count) for count in range(taken, least - 1, -1))
        while not rest(place + taken):
            if taken == most or not self._one(test, place + taken):
                return False
            taken += 1
        return True

    def _groups(
        self, body: Sequence[_Node], least: int, most: int, place: int, rest: _Then, *, greedy: bool
    ) -> bool:
        def again(end: int) -> bool:
            return self._groups(body, max(0, least - 1), most - 1, end, rest, greedy=greedy)

        if least == 0 and not greedy and rest(place):
            return True
        if most > 0 and self.sequence(body, 0, place, again):
            return True
        return least == 0 and greedy and rest(place)


def _test(node: _Node) -> Callable[[str], bool] | None:
    """What a node asks of a single character; ``None`` where it asks something else."""
    kind, said = node
    if kind is op.LITERAL:
        return lambda character: ord(character) == said
    if kind is op.NOT_LITERAL:
        return lambda character: ord(character) != said
    if kind is op.IN:
        return _CLASSES.get(id(said)) or _CLASSES.setdefault(id(said), _class(said))
    return None


def _class(said: Sequence[_Node]) -> Callable[[str], bool]:
    negated = (op.NEGATE, None) in said
    categories = [_CATEGORIES[what] for kind, what in said if kind is op.CATEGORY]
    spans = [what for kind, what in said if kind is op.RANGE]
    single = {what for kind, what in said if kind is op.LITERAL}

    @cache
    def test(character: str) -> bool:
        point = ord(character)
        held = point in single or any(first <= point <= last for first, last in spans)
        return (held or any(each(character) for each in categories)) is not negated

    return test
