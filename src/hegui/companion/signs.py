"""By what a crisis, a wish to stop or dependence shows in what a user says. Pure."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import msgspec

from hegui.companion.model import CompanionPolicy, CrisisKind, Signs
from hegui.core import Record
from hegui.screening import Category, Lexicon, MatchMode, Spelling, fold

_DECORATION = " \t\r\n。.!?~…,、“”\"'吧了啊呀哦啦"


class _StarterPhrase(Record):
    """A phrase of the starter set, and longer ones within which it does not count."""

    text: str
    kind: CrisisKind
    unless: tuple[str, ...] = ()


@cache
def _starter() -> tuple[_StarterPhrase, ...]:
    file = resources.files("hegui.companion").joinpath("data", "starter.json")
    return msgspec.json.decode(file.read_bytes(), type=tuple[_StarterPhrase, ...])


class SignReader:
    """Recognises what the policy names; phrases are found however they are written, as a screen does."""

    def __init__(self, policy: CompanionPolicy) -> None:
        """Take the policy's signs, and the starter set where it is asked for."""
        self._policy = policy
        self._labels: list[CrisisKind | None] = [*CrisisKind, None]
        self._lexicon = Lexicon(self._spellings())
        self._exits = frozenset(_bare(word) for word in policy.exit_words)

    def wants_to_stop(self, text: str) -> bool:
        """Whether a user says that they want to stop, and nothing else.

        Basis:
            ANTHRO 19
        """
        return _bare(text) in self._exits

    def crisis(self, text: str, found: Iterable[Category]) -> CrisisKind | None:
        """The gravest kind of crisis that shows in what a user says.

        Args:
            text: what they say.
            found: what the screen found in the request.

        Basis:
            ANTHRO 13
        """
        shown = set(self._in_words(text))
        for policy in self._policy.crises:
            if _means(policy.signs, found):
                shown.add(policy.kind)
        return next((kind for kind in CrisisKind if kind in shown), None)

    def dependence(self, text: str, found: Iterable[Category]) -> bool:
        """Whether signs of dependence show.

        Basis:
            ANTHRO 10
            ANTHRO 18
        """
        declared = self._policy.dependence
        return declared is not None and (None in self._in_words(text) or _means(declared.signs, found))

    def _in_words(self, text: str) -> set[CrisisKind | None]:
        return {self._labels[hit.label] for hit in self._lexicon.find(fold(text), 0)}

    def _spellings(self) -> Iterator[Spelling]:
        declared = {policy.kind: policy for policy in self._policy.crises}
        for phrase in _starter():
            if phrase.kind in declared and declared[phrase.kind].starter:
                contexts = tuple(map(fold, phrase.unless))
                yield self._spelling(phrase.text, phrase.kind, contexts)
        for policy in self._policy.crises:
            for word in policy.signs.words:
                yield self._spelling(word, policy.kind)
        if self._policy.dependence is not None:
            for word in self._policy.dependence.signs.words:
                yield self._spelling(word, None)

    def _spelling(self, text: str, kind: CrisisKind | None, contexts: tuple[str, ...] = ()) -> Spelling:
        folded = fold(text)
        mode = MatchMode.WHOLE_WORD if folded.isascii() else MatchMode.EXACT
        return Spelling(folded, mode, self._labels.index(kind), contexts)


def _bare(text: str) -> str:
    """A text without the marks and particles around it."""
    return fold(text).strip(_DECORATION)


def _means(signs: Signs, found: Iterable[Category]) -> bool:
    return any(sort.fits(category) for category in found for sort in signs.findings)
