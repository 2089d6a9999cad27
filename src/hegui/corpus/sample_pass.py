"""Drawing a sample from all files of some sources, in constant memory, wherever the work is done."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from hegui.core import Record, digest_value, to_json
from hegui.corpus.account import LineFault, PartFault, PartFaultKind
from hegui.corpus.cleaning_pass import WorkLost
from hegui.corpus.executors import Executor, Lost
from hegui.corpus.journal import ScanJournal
from hegui.corpus.kernel import WholeFile, file_digest, is_changed, readable
from hegui.corpus.model import RegisteredSource, ScanProgress
from hegui.corpus.planning import FilePlan, found_files, plan_file
from hegui.corpus.sampling import (
    Drawing,
    Lot,
    Population,
    PopulationFile,
    ShardLots,
    Urn,
    least,
    sampling_key,
)
from hegui.corpus.shard import Shard
from hegui.corpus.source_pass import Progress, ScanSettings

_SLACK = 2
"""So many times the lots that are wanted are held before they are sorted."""


class LotTask(Record):
    """A shard that lots are drawn for.

    Attributes:
        shard: the part of a file.
        source: the source's id.
        digest: of the file's bytes.
        size: how many lots may be needed of it.
        ceiling: lots above it are not needed; ``None`` where all may be.
    """

    shard: Shard
    source: str
    digest: str
    size: int
    ceiling: str | None = None


class TextTask(Record):
    """A shard, and the documents of it that are wanted.

    Attributes:
        shard: the part of a file.
        source: the source's id.
        offsets: of the documents, as their lots have them.
    """

    shard: Shard
    source: str
    offsets: tuple[int, ...]


class DrawnSample(NamedTuple):
    """What a pass drew.

    Attributes:
        population: what it was drawn from.
        whole: the sample of the whole, in order of the lots.
        strata: the sample of each source, in order of the lots.
    """

    population: Population
    whole: tuple[Lot, ...]
    strata: dict[str, tuple[Lot, ...]]

    @property
    def lots(self) -> tuple[Lot, ...]:
        """Every lot that was drawn, once, in order."""
        lots = {lot.number: lot for lot in self.whole}
        for stratum in self.strata.values():
            lots.update((lot.number, lot) for lot in stratum)
        return least(lots.values(), len(lots))


def draw_lots(task: LotTask, *, key: bytes) -> ShardLots:
    """The least lots of one shard; lines count from the shard's first.

    Of a file that was written to meanwhile nothing is drawn.
    """
    urn = Urn(key=key, source=task.source, file=task.shard.name, digest=task.digest)
    ceiling = task.ceiling
    lots: list[Lot] = []
    faults: list[PartFault] = []
    read = empty = 0
    for document in readable(task.shard, faults):
        read += 1
        if isinstance(document.text, LineFault) and document.text.is_empty:
            empty += 1
            continue
        number = urn.number(document)
        if ceiling is None or number <= ceiling:
            lots.append(urn.lot(number, document, line=read))
        if len(lots) > _SLACK * task.size:
            lots = list(least(lots, task.size))
            ceiling = lots[-1].number
    if is_changed(task.shard):
        return ShardLots(faults=(PartFault(kind=PartFaultKind.CHANGED, offset=task.shard.start),))
    return ShardLots(read=read, empty=empty, lots=least(lots, task.size), faults=tuple(faults))


def read_texts(task: TextTask) -> tuple[tuple[int, str], ...]:
    """The place and the text of each document that is wanted; without those that cannot be read any more."""
    wanted = set(task.offsets)
    return tuple(
        (document.offset, document.text)
        for part in _parts(task)
        for document in readable(part, [])
        if document.offset in wanted and isinstance(document.text, str)
    )


def _parts(task: TextTask) -> Iterable[Shard]:
    """What has to be read: of a file that is cut by bytes, the wanted lines alone."""
    if not task.shard.reading.cut_by_bytes:
        return (task.shard,)
    return (msgspec.structs.replace(task.shard, start=place, end=place + 1) for place in task.offsets)


class _SourcePlan(NamedTuple):
    source: str
    files: tuple[FilePlan, ...]


class SamplePass:
    """One pass over some sources that draws a sample.

    Attributes:
        journal: what was done of it; to be forgotten when it is on record.
    """

    def __init__(
        self,
        sources: Sequence[RegisteredSource],
        *,
        seed: str,
        size: int,
        per_source: int = 0,
        settings: ScanSettings,
    ) -> None:
        """Settle what is read; no document is read yet.

        Args:
            sources: what is drawn from.
            seed: decides the lots; on record before anything is read.
            size: how many documents are drawn from the whole.
            per_source: how many are drawn of each source at least.
            settings: how files are cut, and where what was done is kept.
        """
        self._key = sampling_key(seed)
        self._size = size
        self._per_source = per_source
        self._plans = [_planned(registered, settings) for registered in sources]
        run = digest_value(
            {
                "key": self._key.hex(),
                "sizes": [size, per_source],
                "plans": [[plan.source, to_json(plan.files)] for plan in self._plans],
            }
        )
        self.journal = ScanJournal(settings.journal / "samples" / run.removeprefix("sha256:"))
        files = [file for plan in self._plans for file in plan.files]
        # Every file is read twice: for its digest, which is part of every lot, and for its documents.
        self._total = sum(file.size_bytes + sum(each.weight for each in file.shards) for file in files)
        self._done = 0

    def run(self, executor: Executor, progress: Progress) -> DrawnSample:
        """Draw; what was done before is not done again.

        Raises:
            StorageFull: there is no room; what was done is kept.
            WorkLost: a worker died again and again.
        """
        self._done = 0
        self._hash(executor, progress)
        self._draw(executor, progress)
        return self._account()

    def texts(self, drawn: DrawnSample, executor: Executor) -> Iterator[tuple[Lot, str]]:
        """Each document that was drawn and can be read, in no order.

        Raises:
            WorkLost: a worker died again and again.
        """
        wanted = {(lot.source, lot.file, lot.offset): lot for lot in drawn.lots if lot.fault is None}
        for task, outcome in executor.map(read_texts, self._text_tasks({lot.number for lot in drawn.lots})):
            if isinstance(outcome, Lost):
                raise WorkLost(task.shard.name)
            for offset, text in outcome:
                yield wanted[task.source, task.shard.name, offset], text

    def _hash(self, executor: Executor, progress: Progress) -> None:
        """Take the digest of each file."""
        left = []
        for plan in self._plans:
            for file in plan.files:
                if self.journal.get(_key(_whole(file))) is None:
                    left.append(_whole(file))
                else:
                    self._advance(progress, file.name, file.size_bytes)
        for task, outcome in executor.map(file_digest, left):
            if isinstance(outcome, Lost):
                raise WorkLost(task.place)
            self.journal.put(_key(task), outcome)
            self._advance(progress, task.place, task.size_bytes)

    def _digest(self, file: FilePlan) -> str:
        return str(self.journal.get(_key(_whole(file))))

    def _draw(self, executor: Executor, progress: Progress) -> None:
        drawing = Drawing(size=self._size, per_source=self._per_source)
        work = partial(draw_lots, key=self._key)
        for task, outcome in executor.map(work, self._left(drawing, progress)):
            if isinstance(outcome, Lost):
                raise WorkLost(task.shard.name)
            self.journal.put(_key(task), msgspec.json.encode(outcome).decode())
            drawing.add(task.source, outcome.lots)
            self._advance(progress, task.shard.name, task.shard.weight)

    def _left(self, drawing: Drawing, progress: Progress) -> Iterator[LotTask]:
        """What is to be done, each told by the time it is handed out what the others have made needless."""
        for task in self._tasks():
            found = self._found(task)
            if found is None:
                yield msgspec.structs.replace(task, ceiling=drawing.ceiling(task.source))
            else:
                drawing.add(task.source, found.lots)
                self._advance(progress, task.shard.name, task.shard.weight)

    def _tasks(self) -> Iterator[LotTask]:
        for plan in self._plans:
            for file in plan.files:
                for shard in file.shards:
                    yield self._task(plan.source, file, shard)

    def _task(self, source: str, file: FilePlan, shard: Shard) -> LotTask:
        size = max(self._size, self._per_source)
        return LotTask(shard=shard, source=source, digest=self._digest(file), size=size)

    def _found(self, task: LotTask) -> ShardLots | None:
        kept = self.journal.get(_key(task))
        return None if kept is None else msgspec.json.decode(str(kept), type=ShardLots)

    def _account(self) -> DrawnSample:
        """What was drawn, its lines counted from the beginning of each file."""
        drawing = Drawing(size=self._size, per_source=self._per_source)
        files = []
        for plan in self._plans:
            drawing.add(plan.source, ())
            for file in plan.files:
                read = empty = 0
                faults = list(file.faults)
                for shard in file.shards:
                    found = self._found(self._task(plan.source, file, shard)) or ShardLots()
                    drawing.add(plan.source, found.shifted(read).lots)
                    read, empty = read + found.read, empty + found.empty
                    faults += found.faults
                files.append(
                    PopulationFile(
                        source=plan.source,
                        path=file.name,
                        digest=self._digest(file),
                        size_bytes=file.size_bytes,
                        reading=file.reading,
                        read=read,
                        empty=empty,
                        faults=tuple(faults),
                    )
                )
        return DrawnSample(
            population=Population(files=tuple(files)), whole=drawing.whole, strata=drawing.strata
        )

    def _text_tasks(self, wanted: set[str]) -> Iterator[TextTask]:
        for task in self._tasks():
            found = self._found(task) or ShardLots()
            offsets = tuple(lot.offset for lot in found.lots if lot.number in wanted and lot.fault is None)
            if offsets:
                yield TextTask(shard=task.shard, source=task.source, offsets=offsets)

    def _advance(self, progress: Progress, file: str, step: int) -> None:
        self._done += step
        progress(ScanProgress(source="", file=file, done_bytes=self._done, total_bytes=self._total))


def _planned(registered: RegisteredSource, settings: ScanSettings) -> _SourcePlan:
    source = registered.source
    files = tuple(
        plan_file(
            name,
            place,
            fields=source.text_fields,
            shard_bytes=settings.shard_bytes,
            longest_bytes=settings.longest_bytes,
        )
        for name, place in found_files(registered.base, source.files)
    )
    return _SourcePlan(source=source.id, files=files)


def _whole(file: FilePlan) -> WholeFile:
    return WholeFile(place=file.place, size_bytes=file.size_bytes, version=file.version)


def _key(task: LotTask | WholeFile) -> str:
    if isinstance(task, LotTask):
        # What a task is told to leave out is not needed by anybody, so it does not tell its results apart.
        task = msgspec.structs.replace(task, ceiling=None)
    return digest_value(to_json(task))
