"""A part of a new dataset made from a shard: what is unsafe left out, personal information covered.

The original is only read. Whatever is left out or covered is listed with its place and reason.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import msgspec

from hegui.core import BilingualText, Record
from hegui.corpus.account import LineFault, PartFault, PartFaultKind
from hegui.corpus.formats.document import CorpusDocument
from hegui.corpus.formats.fields import rewritten, text_of
from hegui.corpus.kernel import WholeFile, is_changed, perform, readable, sort_findings
from hegui.corpus.profile import added
from hegui.corpus.shard import Shard
from hegui.screening import PERSONAL_INFORMATION, UNSCREENED, Direction, Finding, Screen, mask

_BLOCK = 1 << 15
_STILL_THERE = "not_masked"


class DocumentTreatment(StrEnum):
    """What is done with documents that hold something."""

    KEEP = "keep"
    MASK = "mask"
    QUARANTINE = "quarantine"
    DROP = "drop"

    @property
    def text(self) -> BilingualText:
        """What is done, for people."""
        return _TREATMENTS[self]


_TREATMENTS = {
    DocumentTreatment.KEEP: BilingualText(zh="保留", en="kept"),
    DocumentTreatment.MASK: BilingualText(zh="遮盖", en="masked"),
    DocumentTreatment.QUARANTINE: BilingualText(zh="隔离", en="quarantined"),
    DocumentTreatment.DROP: BilingualText(zh="删除", en="dropped"),
}


class CleaningPolicy(Record):
    """What is done with what.

    What could not be screened is dropped whatever the policy: nobody knows what it holds.

    Attributes:
        unsafe: documents with a finding of a risk; they cannot be masked.
        personal_information: documents with personal information.
    """

    unsafe: DocumentTreatment = DocumentTreatment.QUARANTINE
    personal_information: DocumentTreatment = DocumentTreatment.MASK


class CleaningTask(Record):
    """A shard, and the number of the part that is made from it."""

    shard: Shard
    part: int


class CleanedPart(Record):
    """What was made from one shard.

    Attributes:
        part: its number.
        file: the file it is from, as the source declares it.
        start: where in that file, as :class:`Shard` has it.
        read: documents met; always ``kept + quarantined + dropped + unscreened``.
        kept: documents that are in the new dataset.
        masked: those among them with something covered.
        quarantined: documents set apart.
        dropped: documents left out.
        unscreened: documents left out because they could not be screened.
        reasons: documents by the risk, the kind of personal information or the fault they were treated for.
        files: the digest of each file that was written, by its name within the dataset.
        faults: what of the shard could not be read.
    """

    part: int
    file: str
    start: int
    read: int = 0
    kept: int = 0
    masked: int = 0
    quarantined: int = 0
    dropped: int = 0
    unscreened: int = 0
    reasons: dict[str, int] = msgspec.field(default_factory=dict)
    files: dict[str, str] = msgspec.field(default_factory=dict)
    faults: tuple[PartFault, ...] = ()


class TreatedDocument(Record):
    """A line of the list of what was treated.

    Attributes:
        file: as the source declares it.
        offset: as a scan has it: the first byte, unpacked where it is packed; of tables, the row.
        treatment: what was done.
        reasons: the risks, the kinds of personal information or the fault.
    """

    file: str
    offset: int
    treatment: DocumentTreatment
    reasons: tuple[str, ...]


def clean(task: CleaningTask | WholeFile, *, screen: Screen, policy: CleaningPolicy, folder: str) -> str:
    """Make the part of a shard, or tell the digest of a file.

    Args:
        task: what to do.
        screen: reads the documents.
        policy: what is done with what.
        folder: of the new dataset.

    Returns:
        A :class:`CleanedPart` as JSON, or the digest.

    Raises:
        OSError: something cannot be written.
    """
    if isinstance(task, WholeFile):
        return str(perform(task, screen))
    part = _CleanPart(task, screen, policy, Path(folder)).make()
    return msgspec.json.encode(part).decode()


_Record: TypeAlias = dict[str, Any]


class _CleanPart:
    """Makes one part."""

    def __init__(self, task: CleaningTask, screen: Screen, policy: CleaningPolicy, folder: Path) -> None:
        self._shard = task.shard
        self._part = task.part
        self._screen = screen
        self._policy = policy
        self._masking = screen.watch(Direction.CORPUS).masking
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._files = {name: _PartFile(folder, name, task.part) for name in ("data", "quarantine", "treated")}

    def make(self) -> CleanedPart:
        """Read the shard through and write what is to be written."""
        faults: list[PartFault] = []
        with ExitStack() as stack:
            for file in self._files.values():
                stack.callback(file.discard)
            for documents in _batches(readable(self._shard, faults, whole=True)):
                self._take(documents)
            if is_changed(self._shard):
                faults = [PartFault(kind=PartFaultKind.CHANGED, offset=self._shard.start)]
                return CleanedPart(
                    part=self._part, file=self._shard.name, start=self._shard.start, faults=tuple(faults)
                )
            files = dict(file.keep() for file in self._files.values() if file.written)
        return CleanedPart(
            part=self._part,
            file=self._shard.name,
            start=self._shard.start,
            reasons=dict(sorted(self._reasons.items())),
            files=files,
            faults=tuple(faults),
            **self._counts,
        )

    def _take(self, documents: list[CorpusDocument]) -> None:
        texts = [each.text for each in documents if not isinstance(each.text, LineFault)]
        found = self._screen.scan_many(texts, Direction.CORPUS)
        self._counts["read"] += len(documents)
        for document in documents:
            if isinstance(document.text, LineFault):
                self._counts["unscreened"] += 1
                self._list(document, DocumentTreatment.DROP, (document.text.value,))
            else:
                self._treat(document, next(found))

    def _treat(self, document: CorpusDocument, findings: tuple[Finding, ...]) -> None:
        held = sort_findings(findings, self._screen)
        record = dict(document.record or {})
        if "unjudged" in held.counts:
            self._counts["unscreened"] += 1
            self._list(document, DocumentTreatment.DROP, (UNSCREENED,))
        elif held.risks and self._policy.unsafe is not DocumentTreatment.KEEP:
            reasons = (*sorted(held.risks), *sorted(held.personal_information))
            self._remove(document, self._policy.unsafe, reasons)
        elif not held.personal_information or self._policy.personal_information is DocumentTreatment.KEEP:
            self._keep(record)
        elif self._policy.personal_information is DocumentTreatment.MASK:
            self._mask(document, record, tuple(sorted(held.personal_information)))
        else:
            kinds = tuple(sorted(held.personal_information))
            self._remove(document, self._policy.personal_information, kinds)

    def _mask(self, document: CorpusDocument, record: _Record, kinds: tuple[str, ...]) -> None:
        fields = self._shard.reading.fields or ("text",)
        masked = rewritten(record, fields, self._masked)
        text = text_of(masked, fields)
        left = () if isinstance(text, LineFault) else self._screen.scan(text, Direction.CORPUS)
        if sort_findings(left, self._screen).personal_information:
            # What stands where something was covered reads like personal information itself.
            self._remove(document, DocumentTreatment.QUARANTINE, (*kinds, _STILL_THERE))
            return
        self._counts["masked"] += 1
        self._list(document, DocumentTreatment.MASK, kinds)
        self._keep(masked)

    def _masked(self, text: str) -> str:
        found = self._screen.scan(text, Direction.CORPUS)
        covered = (each for each in found if each.risk == PERSONAL_INFORMATION and each.is_personal)
        return mask(text, covered, self._masking)

    def _remove(
        self, document: CorpusDocument, treatment: DocumentTreatment, reasons: tuple[str, ...]
    ) -> None:
        self._counts["dropped" if treatment is DocumentTreatment.DROP else "quarantined"] += 1
        self._list(document, treatment, reasons)
        if treatment is DocumentTreatment.QUARANTINE:
            self._files["quarantine"].write(document.record)

    def _keep(self, record: _Record) -> None:
        self._counts["kept"] += 1
        self._files["data"].write(record)

    def _list(self, document: CorpusDocument, treatment: DocumentTreatment, reasons: tuple[str, ...]) -> None:
        self._reasons.update(reasons)
        self._files["treated"].write(
            TreatedDocument(
                file=self._shard.name, offset=document.offset, treatment=treatment, reasons=reasons
            )
        )


class _PartFile:
    """A file that appears whole or not at all, with its digest; it takes its place in the end."""

    def __init__(self, folder: Path, name: str, part: int) -> None:
        self._name = f"{name}/part-{part:05}.jsonl"
        self._path = folder / self._name
        self._temporary = self._path.with_suffix(".unfinished")
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()

    @property
    def written(self) -> bool:
        """Whether there is anything in it."""
        return self._file is not None

    def write(self, value: object) -> None:
        """Add a line."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._temporary.open("wb")
        line = msgspec.json.encode(value) + b"\n"
        self._digest.update(line)
        self._file.write(line)

    def keep(self) -> tuple[str, str]:
        """Put it into its place; its name and digest."""
        self._close()
        self._temporary.replace(self._path)
        return self._name, f"sha256:{self._digest.hexdigest()}"

    def discard(self) -> None:
        """Remove what is not in its place."""
        self._close()
        self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


def _batches(documents: Iterator[CorpusDocument]) -> Iterator[list[CorpusDocument]]:
    """Documents, as many at once as are worth screening together."""
    batch: list[CorpusDocument] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += 1 if isinstance(document.text, LineFault) else len(document.text)
        if characters >= _BLOCK:
            yield batch
            batch, characters = [], 0
    yield batch


def total(parts: list[CleanedPart]) -> CleanedPart:
    """All parts together, as one that begins nowhere."""
    counts = ("read", "kept", "masked", "quarantined", "dropped", "unscreened")
    reasons: dict[str, int] = {}
    for part in parts:
        reasons = added(reasons, part.reasons)
    return CleanedPart(
        part=-1,
        file="",
        start=0,
        reasons=reasons,
        faults=tuple(fault for part in parts for fault in part.faults),
        **{name: sum(getattr(part, name) for part in parts) for name in counts},
    )
