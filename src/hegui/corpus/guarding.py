"""Which documents guard models are asked about, where they are declared for a share of a corpus. Pure.

Whether a document is asked about is told by a hash of its place, keyed by the screen: the same however the
corpus is cut, and nobody chooses which.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from hegui.screening import Direction, Finding, GuardJudge, NothingToLookFor, Screen

_HASH_BYTES = 8
_SPAN = 1 << (8 * _HASH_BYTES)


class Guarded(NamedTuple):
    """What was found in a document.

    Attributes:
        findings: by all that was looked for.
        asked: the guard models that were asked about it.
    """

    findings: tuple[Finding, ...]
    asked: frozenset[str]


class _Step(NamedTuple):
    """Documents whose hash is below ``end`` are screened so."""

    end: int
    screen: Screen
    asked: frozenset[str]


class Guarding:
    """Screens documents, each by the guard models that are asked about it and by everything else.

    Attributes:
        guards: the names of those that may be asked.
    """

    def __init__(self, screen: Screen) -> None:
        """Use ``screen``; where it looks for nothing but what guard models say, they are asked about all."""
        guards = [each for each in screen.watch(Direction.CORPUS).judges if isinstance(each, GuardJudge)]
        self.guards = frozenset(each.name for each in guards)
        self._key = screen.digest.encode()[-64:]
        self._steps: list[_Step] = []
        for share in sorted({each.declaration.corpus_share for each in guards} | {1.0}):
            asked = frozenset(each.name for each in guards if each.declaration.corpus_share >= share)
            spared = self.guards - asked
            with suppress(NothingToLookFor):
                narrowed = screen.without(spared) if spared else screen
                self._steps.append(_Step(int(share * _SPAN), narrowed, asked))
        if self._steps[-1].end < _SPAN:
            self._steps = [_Step(_SPAN, screen, self.guards)]

    def scan(
        self, texts: Sequence[str], *, file: str, offsets: Sequence[int]
    ) -> Iterator[tuple[int, Guarded]]:
        """What is found in each text of which there is something to say, with the index of the text.

        Args:
            texts: the documents.
            file: the one they stand in, as the source declares it.
            offsets: where in it each of them stands.
        """
        if len(self._steps) == 1:
            only = self._steps[0]
            every = enumerate(only.screen.scan_many(texts, Direction.CORPUS))
            yield from ((at, Guarded(each, only.asked)) for at, each in every if each or only.asked)
            return
        steps = [self._step(f"{file}\0{offset}") for offset in offsets]
        found = {
            step.end: step.screen.scan_many(
                [text for text, its in zip(texts, steps, strict=True) if its is step], Direction.CORPUS
            )
            for step in self._steps
        }
        yield from ((at, Guarded(next(found[step.end]), step.asked)) for at, step in enumerate(steps))

    def _step(self, place: str) -> _Step:
        digest = hashlib.blake2b(place.encode(), key=self._key, digest_size=_HASH_BYTES).digest()
        number = int.from_bytes(digest, "big")
        return next(step for step in self._steps if number < step.end)


@lru_cache(maxsize=1)
def guarding(screen: Screen) -> Guarding:
    """The guarding of a screen, made once for all shards of a worker."""
    return Guarding(screen)
