"""Beginnings: where in a text that may go on a form may have begun."""

from collections.abc import Iterable

from hegui.screening.fold import Places
from hegui.screening.separation import LETTERS, MOST_SEPARATORS, SEPARATORS, bare, baring
from hegui.screening.shelf import Shelf

Context = tuple[str, str]
"""What precedes a form within a context, and the context from the form on."""

_WORD_CHARACTERS = frozenset(LETTERS + "_")


class Beginnings:
    """The beginnings of forms: those that count anywhere, whole words, and separated ones.

    Attributes:
        seconds: for each character that begins a form, those that may stand behind it; ``None`` where the
            character is a form by itself.
    """

    def __init__(
        self, *, anywhere: Shelf, whole: Shelf, separated: Shelf, tails: Shelf, contexts: Iterable[Context]
    ) -> None:
        """Take the forms, and the contexts within which some do not count.

        Args:
            anywhere: the forms that count wherever they stand.
            whole: those that count as whole words.
            separated: those that count with separators too, bare.
            tails: the contexts from their forms on.
            contexts: what precedes a form within each context, and that tail.
        """
        self._anywhere = anywhere
        self._whole = whole
        self._separated = separated
        self._tails = tails
        self._contexts = frozenset(contexts)
        self._longest = max(anywhere.longest, whole.longest, tails.longest)
        self._reach = separated.longest * (1 + MOST_SEPARATORS)
        self.seconds = _seconds(anywhere, whole, separated)

    def unfinished(self, text: str, start: int) -> int:
        """The first place from ``start`` on about which more text might still decide, or the text's end."""
        end = len(text)
        seconds, anywhere, whole = self.seconds, self._anywhere.begins, self._whole.begins
        limit = end
        for place in range(max(start, end - self._longest), end):
            follow = seconds.get(text[place], "")
            # No form begins with this character, or with these two.
            if follow is not None and not (follow and text[place + 1 : place + 2] in follow):
                continue
            if (
                anywhere(text, place)
                or (whole(text, place) and not is_touched(text, place, end))
                or (self._contexts and self._may_be_excused(text, place))
            ):
                limit = place
                break
        return self._unfinished_separated(text, start, limit) if self._separated.count else limit

    def _unfinished_separated(self, text: str, start: int, limit: int) -> int:
        """The first place before ``limit`` where a word may have begun that separators part, or ``limit``."""
        shelf = self._separated
        begin = max(start, len(text) - self._reach)
        read = text[begin:]
        rest = bare(read)
        way_back = Places(read, rest, baring())
        # Too many separators at one place end a word, so look back no farther than to the last such place.
        places: list[int] = []
        behind = len(text)
        for index in range(len(rest) - 1, -1, -1):
            place = begin + way_back[index]
            if behind - place > 1 + MOST_SEPARATORS:
                break
            places.append(place)
            behind = place
        decided_alone = bool(places) and places[0] < len(text) - 1
        for index, place in enumerate(reversed(places), len(rest) - len(places)):
            if place >= limit:
                break
            if (
                shelf.begins(rest, index)
                and not (decided_alone and not shelf.goes_on(rest[index:], waits=False))
                and not (rest[index] in LETTERS and place and text[place - 1] in LETTERS)
            ):
                return place
        return limit

    def _may_be_excused(self, text: str, place: int) -> bool:
        """Whether more text could make a context of what stands around ``place``."""
        if not self._tails.begins(text, place):
            return False
        rest = text[place:]
        return any(
            len(tail) > len(rest) and tail.startswith(rest) and text.endswith(before, 0, place)
            for before, tail in self._contexts
        )


def is_touched(text: str, start: int, end: int) -> bool:
    """Whether an ASCII letter, digit or underscore touches ``text[start:end]``."""
    return (start > 0 and text[start - 1] in _WORD_CHARACTERS) or (
        end < len(text) and text[end] in _WORD_CHARACTERS
    )


def _seconds(anywhere: Shelf, whole: Shelf, separated: Shelf) -> dict[str, str | None]:
    seconds = dict(anywhere.heads)
    for shelf, between in ((whole, ""), (separated, SEPARATORS)):
        for first, follow in shelf.heads.items():
            seconds[first] = seconds.get(first, "") + follow + between
    return {**seconds, **dict.fromkeys(anywhere.alone + whole.alone + separated.alone)}
