"""The scan itself: a shard and a screen in, a mergeable result out.

Pure but for reading the shard: no clock, no database, no state between shards. Whatever runs it, and in
whatever pieces, gets the same result.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, compress
from typing import NamedTuple, TypeAlias

from hegui import __version__
from hegui.core import Record, digest_value, to_json
from hegui.corpus.account import LineFault, PartFault, PartFaultKind, SetAside, ShardResult, Tally, in_runs
from hegui.corpus.duplicates import Sketching
from hegui.corpus.formats.document import CorpusDocument, DocumentBlock
from hegui.corpus.guarding import Guarded, guarding
from hegui.corpus.joining import Joined
from hegui.corpus.languages import languages
from hegui.corpus.opening import digest_of, state_of
from hegui.corpus.profile import Profile, Sighting, least
from hegui.corpus.remarks import remarks
from hegui.corpus.shard import Shard, blocks, part_fault, read_errors
from hegui.screening import PERSONAL_INFORMATION, UNSCREENED, Action, Direction, Finding, Screen

_KERNEL = 3
"""Raised whenever the same shard and screen would give another result."""

_BLOCK = 1 << 17
"""So many characters are read at once."""


class WholeFile(Record):
    """A file whose digest is wanted.

    Attributes:
        place: where it lies.
        size_bytes: of the file.
        version: as its state was when it was planned.
    """

    place: str
    size_bytes: int
    version: str


Task: TypeAlias = Shard | WholeFile
"""What can be done on its own, anywhere."""


def perform(task: Task, screen: Screen) -> "ShardResult | str":
    """Do it: the result of a shard, or the digest of a file, empty where it cannot be read."""
    return scan_shard(task, screen) if isinstance(task, Shard) else file_digest(task)


def file_digest(file: WholeFile) -> str:
    """The digest of a file's bytes, empty where it cannot be read."""
    try:
        return digest_of(file.place)
    except read_errors():
        return ""


def task_key(task: Task, screen: Screen) -> str:
    """The digest of everything that decides what comes of a task."""
    return digest_value(
        {
            "task": to_json(task),
            "screen": screen.digest if isinstance(task, Shard) else "",
            "kernel": [__version__, _KERNEL],
        }
    )


def scan_shard(shard: Shard, screen: Screen) -> ShardResult:
    """Screen every document of ``shard``.

    A document counts once per risk and once per kind of personal information, however often the same
    is found in it. A finding of a risk makes it unsafe where the screen's rules block that in a corpus;
    one that the rules only record is noted.

    Returns:
        Counts, and the place of every line that was not screened; lines count from the shard's first. Of
        a file that was written to meanwhile nothing is counted.
    """
    counting = _Counting(shard.name, screen)
    faults: list[PartFault] = []
    for block in _readable(shard, faults, whole=False):
        counting.take(block)
    if is_changed(shard):
        return ShardResult(faults=(PartFault(kind=PartFaultKind.CHANGED, offset=shard.start),))
    return counting.result(tuple(faults))


def readable(shard: Shard, faults: list[PartFault], *, whole: bool = False) -> Iterator[CorpusDocument]:
    """The documents up to where the file cannot be read on; the reason goes to ``faults``."""
    return chain.from_iterable(block.documents() for block in _readable(shard, faults, whole=whole))


def _readable(shard: Shard, faults: list[PartFault], *, whole: bool) -> Iterator[DocumentBlock]:
    end = 0
    try:
        for block in blocks(shard, whole=whole):
            yield block
            end = block.end
    except read_errors() as error:
        faults.append(part_fault(error, end))


def is_changed(shard: Shard) -> bool:
    """Whether the file is no longer what it was when it was cut."""
    try:
        return state_of(shard.place) != (shard.size_bytes, shard.version)
    except read_errors():
        return False  # it is gone or locked now; reading it has said so, or was done before


class _Counting:
    """Counts the documents of one shard, many at a time."""

    def __init__(self, name: str, screen: Screen) -> None:
        self._name = name
        self._screen = screen
        self._guarding = guarding(screen)
        self._texts: list[str] = []
        self._lines: list[int] = []
        self._offsets: list[int] = []
        self._waiting = 0
        self._documents: Counter[str] = Counter()
        self._risks: Counter[str] = Counter()
        self._personal_information: Counter[str] = Counter()
        self._characters = 0
        self._lengths: Counter[int] = Counter()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._by_language: dict[str, Counter[str]] = defaultdict(Counter)
        self._counts["asked"].update(dict.fromkeys(self._guarding.guards, 0))
        self._sightings: dict[str, tuple[Sighting, ...]] = {}
        self._sketching = Sketching()
        self._set_aside: list[SetAside] = []

    def take(self, block: DocumentBlock) -> None:
        """Count some documents."""
        first = self._documents["read"] + 1
        self._documents["read"] += len(block.texts)
        lines = range(first, first + len(block.texts))
        sound = [not isinstance(text, LineFault) for text in block.texts]
        if not all(sound):
            for line, offset, length, fault in zip(
                lines, block.offsets, block.lengths, block.texts, strict=True
            ):
                if isinstance(fault, LineFault):
                    self._documents[_account(fault)] += 1
                    aside = SetAside(line=line, offset=offset, length=length, fault=fault)
                    self._set_aside[-1:] = in_runs((*self._set_aside[-1:], aside))
        texts = list(compress(block.texts, sound))
        self._texts += texts
        self._lines += compress(lines, sound)
        self._offsets += compress(block.offsets, sound)
        self._counts["encodings"].update(compress(block.encodings, sound))
        self._waiting += sum(map(len, texts))
        if self._waiting >= _BLOCK:
            self._settle()

    def result(self, faults: tuple[PartFault, ...]) -> ShardResult:
        """All that was counted."""
        self._settle()
        # By the greatest power of two that is not above the length.
        self._counts["lengths"] = Counter({str(1 << (bits - 1)): n for bits, n in self._lengths.items()})
        counts = {name: dict(sorted(counted.items())) for name, counted in self._counts.items()}
        return ShardResult(
            tally=Tally(
                risks=dict(sorted(self._risks.items())),
                personal_information=dict(sorted(self._personal_information.items())),
                **self._documents,
            ),
            profile=Profile(
                characters=self._characters,
                risks_by_language={
                    language: dict(sorted(risks.items()))
                    for language, risks in sorted(self._by_language.items())
                },
                sightings=dict(sorted(self._sightings.items())),
                **counts,
            ),
            duplicates=self._sketching.sketch(),
            set_aside=tuple(self._set_aside),
            faults=faults,
        )

    def _settle(self) -> None:
        if not self._texts:
            return
        joined = Joined(self._texts)
        self._documents["scanned"] += len(self._texts)
        self._characters += self._waiting
        spoken = languages(joined)
        self._counts["languages"].update(spoken)
        self._lengths.update(map(int.bit_length, joined.lengths.tolist()))
        said = remarks(joined)
        self._counts["markers"].update(said.markers)
        self._counts["groups"].update(said.groups)
        self._sketching.add(joined)
        for at, guarded in self._guarding.scan(self._texts, file=self._name, offsets=self._offsets):
            self._counts["asked"].update(guarded.asked)
            self._count_findings(guarded, self._lines[at], self._offsets[at], spoken[at])
        self._texts, self._lines, self._offsets, self._waiting = [], [], [], 0

    def _count_findings(self, guarded: Guarded, line: int, offset: int, language: str) -> None:
        found = sort_findings(guarded.findings, self._screen)
        self._counts["objected"].update(guarded.asked & found.detectors)
        self._counts["unanswered"].update(found.silent)
        self._documents.update(found.counts)
        self._risks.update(found.risks)
        self._personal_information.update(found.personal_information)
        if found.risks:
            self._by_language[language].update(found.risks)
        for name in (*found.risks, *found.personal_information):
            sighting = Sighting(order=_order(self._name, offset), file=self._name, line=line)
            self._sightings[name] = least((*self._sightings.get(name, ()), sighting))


class Sorted(NamedTuple):
    """What one document holds.

    Attributes:
        counts: the counts it enters.
        risks: those that make it unsafe.
        personal_information: the kinds of it.
        detectors: those by which it is unsafe.
        silent: guard models that did not judge it.
    """

    counts: tuple[str, ...]
    risks: frozenset[str]
    personal_information: frozenset[str]
    detectors: frozenset[str]
    silent: frozenset[str]


def sort_findings(findings: tuple[Finding, ...], screen: Screen) -> Sorted:
    """Which counts a document with ``findings`` enters."""
    of_risk = [each for each in findings if each.risk not in {PERSONAL_INFORMATION, UNSCREENED}]
    kinds = frozenset(each.kind for each in findings if each.is_personal)
    grave = [each for each in of_risk if screen.action(each, Direction.CORPUS) is Action.BLOCK]
    risks = frozenset(each.risk for each in grave)
    silent = frozenset(each.detector for each in findings if each.risk == UNSCREENED)
    counts = []
    if risks:
        counts.append("unsafe")
    elif silent:
        counts.append("unjudged")
    elif of_risk:
        counts.append("noted")
    if kinds:
        counts.append("with_personal_information")
    detectors = frozenset(each.detector for each in grave)
    return Sorted(
        counts=tuple(counts),
        risks=risks,
        personal_information=kinds,
        detectors=detectors,
        silent=silent,
    )


def _account(fault: LineFault) -> str:
    """The count a fault belongs to."""
    if fault is LineFault.OVER_LONG:
        return "over_long"
    return "empty" if fault.is_empty else "unparsable"


def _order(name: str, offset: int) -> int:
    """48 bits that nobody can choose: a JSON number holds no more than 53 exactly."""
    digest = hashlib.blake2b(f"{name}\0{offset}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")


Work: TypeAlias = Callable[[Task], "ShardResult | str"]


def work_of(screen: Screen) -> Work:
    """:func:`perform` with this screen, as it is sent to other processes."""
    return partial(perform, screen=screen)
