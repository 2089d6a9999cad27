"""One pass over the files of a source, in constant memory, wherever the work is done."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from hegui.corpus.account import PartFault, PartFaultKind, SetAside, ShardResult, Tally
from hegui.corpus.duplicates import DuplicateSketch
from hegui.corpus.executors import Executor, Lost
from hegui.corpus.formats.document import Compression
from hegui.corpus.journal import ScanJournal
from hegui.corpus.kept_aside import KeptAside
from hegui.corpus.kernel import Task, WholeFile, task_key, work_of
from hegui.corpus.model import Duplicates, FileScan, RegisteredSource, ScanProgress
from hegui.corpus.opening import state_of
from hegui.corpus.planning import FilePlan, found_files, plan_file
from hegui.corpus.profile import Profile
from hegui.corpus.shard import Shard, read_errors
from hegui.screening import Screen
from hegui.store import Blobs

_NAMED_LINES = 20
_PLACES = Decimal("0.000001")

Progress: TypeAlias = Callable[[ScanProgress], None]
"""Told how far a scan has come."""


def unwatched(_progress: ScanProgress) -> None:
    """Nobody is watching."""


class ScanSettings(NamedTuple):
    """How sources are scanned.

    Attributes:
        journal: a folder for what an unfinished scan has done.
        shard_bytes: how much of a file makes a shard.
        longest_bytes: a longer document is counted and named, but not read into memory.
    """

    journal: Path
    shard_bytes: int = 16 << 20
    longest_bytes: int = 16 << 20


class SourceAccount(NamedTuple):
    """What a pass found.

    Attributes:
        files: the account of each file.
        tally: all files together.
        profile: what the documents are like.
        duplicates: how often the same came; ``None`` where there was no document.
        set_aside: blobs with every line that was not screened.
        shards: how many there were.
    """

    files: tuple[FileScan, ...]
    tally: Tally
    profile: Profile
    duplicates: Duplicates | None
    set_aside: tuple[str, ...]
    shards: int


class SourcePass:
    """One pass over one source.

    Attributes:
        journal: what was done of it; to be forgotten when it is on record.
    """

    def __init__(self, registered: RegisteredSource, *, screen: Screen, settings: ScanSettings) -> None:
        """Settle what is read and how; no document is read yet.

        Args:
            registered: the source.
            screen: reads each document.
            settings: how it is scanned.
        """
        source = registered.source
        self._source = source.id
        self._screen = screen
        self.journal = ScanJournal(settings.journal / source.id)
        self._plans = [
            plan_file(
                name,
                place,
                fields=source.text_fields,
                shard_bytes=settings.shard_bytes,
                longest_bytes=settings.longest_bytes,
            )
            for name, place in found_files(registered.base, source.files)
        ]
        self._longest_bytes = settings.longest_bytes
        self._written_to: set[str] = set()

    def run(self, executor: Executor, progress: Progress) -> None:
        """Do what has not been done before.

        Raises:
            StorageFull: there is no room for what was found; what was found before is kept.
        """
        total = sum(each.weight for plan in self._plans for each in plan.shards)
        done = 0
        left: list[Task] = []
        for task in self._tasks():
            known = self.journal.get(self._key(task))
            if known is None:
                left.append(task)
            elif isinstance(task, Shard):
                self._note(task, known)
                done += task.weight
        for task, outcome in executor.map(work_of(self._screen), left):
            # What was lost is not kept: whoever scans again tries again.
            if not isinstance(outcome, Lost):
                self.journal.put(self._key(task), outcome)
            if isinstance(task, Shard):
                self._note(task, outcome)
                done += task.weight
                progress(
                    ScanProgress(source=self._source, file=task.name, done_bytes=done, total_bytes=total)
                )

    def account(self, blobs: Blobs) -> SourceAccount:
        """What was found by :meth:`run`, file by file; the same whatever ran where and when.

        Args:
            blobs: receives the lines that were not screened, and the sketch.

        Raises:
            StorageFull: there is no room.
        """
        kept_aside = KeptAside(blobs, longest_bytes=self._longest_bytes)
        files: list[FileScan] = []
        tally, profile, sketch = Tally(), Profile(), DuplicateSketch()
        for plan in self._plans:
            found, named = self._found(plan, kept_aside)
            files.append(self._file(plan, found, named))
            tally, profile = tally.merge(found.tally), profile.merge(found.profile)
            sketch = sketch.merge(found.duplicates)
        return SourceAccount(
            files=tuple(files),
            tally=tally,
            profile=profile,
            duplicates=_duplicates(sketch, blobs),
            set_aside=kept_aside.close(),
            shards=sum(len(plan.shards) for plan in self._plans),
        )

    def _tasks(self) -> Iterator[Task]:
        for plan in self._plans:
            if plan.version or plan.size_bytes:
                yield WholeFile(place=plan.place, size_bytes=plan.size_bytes, version=plan.version)
            yield from plan.shards

    def _note(self, shard: Shard, outcome: ShardResult | str | Lost) -> None:
        """Remember the file where the outcome says that it was written to: nothing of it counts then."""
        if isinstance(outcome, ShardResult) and any(
            fault.kind is PartFaultKind.CHANGED for fault in outcome.faults
        ):
            self._written_to.add(shard.name)

    def _key(self, task: Task) -> str:
        return task_key(task, self._screen)

    def _found(self, plan: FilePlan, kept_aside: KeptAside) -> tuple[ShardResult, tuple[SetAside, ...]]:
        """The results of a file's shards laid side by side, and the first of the lines set aside."""
        if self._changed(plan):
            # What was read before and after the change does not belong together.
            changed = PartFault(kind=PartFaultKind.CHANGED, offset=0)
            return ShardResult(faults=(changed,)), ()
        whole = ShardResult(faults=plan.faults)
        lines = Runs(kept_aside, plan)
        for shard in plan.shards:
            result = self._result(shard)
            lines.add(result.shifted(whole.tally.read).set_aside)
            # The lines set aside are on disk by now, and memory stays constant.
            whole = whole.merge(msgspec.structs.replace(result, set_aside=()))
        return whole, lines.close()

    def _changed(self, plan: FilePlan) -> bool:
        """Whether a file is not what was planned, or was not at some time."""
        if plan.name in self._written_to:
            return True
        try:
            return bool(plan.shards) and state_of(plan.place) != (plan.size_bytes, plan.version)
        except read_errors():
            return False  # what was counted of it was true when it was read

    def _result(self, shard: Shard) -> ShardResult:
        found = self.journal.get(self._key(shard))
        if isinstance(found, ShardResult):
            return found
        return ShardResult(faults=(PartFault(kind=PartFaultKind.WORKER_LOST, offset=shard.start),))

    def _file(self, plan: FilePlan, found: ShardResult, named: tuple[SetAside, ...]) -> FileScan:
        whole = WholeFile(place=plan.place, size_bytes=plan.size_bytes, version=plan.version)
        digest = self.journal.get(self._key(whole))
        return FileScan(
            path=plan.name,
            digest=digest if isinstance(digest, str) else "",
            size_bytes=plan.size_bytes,
            tally=found.tally,
            first_set_aside=named,
            reading=plan.reading,
            faults=found.faults,
        )


class Runs:
    """Lines set aside, on their way to where they are kept; those that follow one another are joined."""

    def __init__(self, kept_aside: KeptAside, plan: FilePlan) -> None:
        """Keep the lines of one file."""
        self._kept_aside = kept_aside
        self._plan = plan
        self._last: SetAside | None = None
        self._named: list[SetAside] = []

    def add(self, lines: tuple[SetAside, ...]) -> None:
        """Take those of the next shard.

        Raises:
            StorageFull: there is no room.
        """
        for each in lines:
            joined = self._last.joined(each) if self._last is not None else None
            if joined is None:
                self._keep()
            self._last = joined or each

    def close(self) -> tuple[SetAside, ...]:
        """Keep what is left, and return the first ones.

        Raises:
            StorageFull: there is no room.
        """
        self._keep()
        return tuple(self._named)

    def _keep(self) -> None:
        if self._last is None:
            return
        if len(self._named) < _NAMED_LINES:
            self._named.append(self._last)
        place = self._plan.place if _seekable(self._plan) else None
        self._kept_aside.add(self._last, name=self._plan.name, place=place)


def _seekable(plan: FilePlan) -> bool:
    """Whether the lines of a file lie in it as they are counted."""
    reading = plan.reading
    return (
        reading is not None
        and not (reading.format.tabular or reading.format.medium)
        and reading.compression is Compression.NONE
        and reading.encoding is None
    )


def _duplicates(sketch: DuplicateSketch, blobs: Blobs) -> Duplicates | None:
    if not sketch.documents:
        return None
    return Duplicates(
        repeated=_decimal(sketch.repeated),
        near=_decimal(sketch.near),
        exact=sketch.exact,
        sketch=blobs.put(msgspec.msgpack.encode(sketch)),
    )


def _decimal(share: Fraction) -> str:
    return str((Decimal(share.numerator) / share.denominator).quantize(_PLACES))
