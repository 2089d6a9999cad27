"""Use cases of the corpus: register sources, scan them, report."""

from collections.abc import Iterable
from functools import reduce
from pathlib import Path

import msgspec

from hegui.core import (
    Clock,
    Json,
    NotFound,
    Verdict,
    digest_file,
    digest_value,
    legal_day,
    nearest,
    overall,
    timestamp,
    to_json,
)
from hegui.corpus.declaration import UnusableSource, flaws, load_declaration
from hegui.corpus.gate import BANK_SIZE, PARAMETER, judge_source
from hegui.corpus.kept_aside import KeptAside
from hegui.corpus.model import (
    CorpusReport,
    RegisteredFile,
    RegisteredSource,
    Rights,
    ScannedSource,
    ScanProgress,
    Source,
    SourceReport,
    SourceScan,
    SourceVerdict,
    Tally,
    recommended_use,
)
from hegui.corpus.repository import SourceRepository
from hegui.corpus.rights import CLAUSES, INSTRUMENT, judge_rights
from hegui.corpus.source_pass import Progress, SourcePass
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.screening import Screen
from hegui.store import Blobs, Database

SHARD_BYTES = 8 << 20
"""How much of a file is read between two reports of progress."""

LONGEST_LINE_BYTES = 16 << 20
"""A longer line is counted and named, but not read into memory."""


class UnknownSource(NotFound):
    """No source of that id is on the register.

    Attributes:
        source: the id asked for.
    """

    def __init__(self, source: str, known: Iterable[str]) -> None:
        """Name the id and the nearest one there is."""
        close = nearest(source, known)
        super().__init__(
            zh=f"没有登记来源 {source!r}"
            + (f"；是不是 {close}？" if close else "；用 hegui corpus report 查看已登记的来源"),
            en=f"no source {source!r} is registered"
            + (f"; did you mean {close}?" if close else "; hegui corpus report shows those that are"),
        )
        self.source = source


class NoSources(NotFound):
    """The register is empty."""

    def __init__(self) -> None:
        """Say how to fill it."""
        super().__init__(
            zh="还没有登记任何来源；先运行 hegui corpus register corpus.yaml",
            en="no source is registered yet; run hegui corpus register corpus.yaml first",
        )


class Corpus:
    """The training data: its sources, the rights to them, and what is in them."""

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        ledger: Ledger,
        rulebook: Rulebook,
        screen: Screen,
        clock: Clock,
        shard_bytes: int = SHARD_BYTES,
    ) -> None:
        """Work on the register in ``database``.

        Args:
            database: keeps the register and the scans.
            blobs: keeps the lines that could not be screened.
            ledger: receives the evidence.
            rulebook: holds the clauses and thresholds.
            screen: reads the documents.
            clock: tells the time.
            shard_bytes: read between two reports of progress.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._screen = screen
        self._clock = clock
        self._shard_bytes = shard_bytes
        self._repository = SourceRepository()

    def register(self, declaration: Path) -> tuple[RegisteredSource, ...]:
        """Register every source that a declaration file names.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it is not a declaration, or names files that cannot be read; nothing of it
                is registered then.
        """
        sources = load_declaration(declaration).sources
        return tuple(self.register_source(source, root=declaration.parent) for source in sources)

    def register_source(self, source: Source, *, root: Path) -> RegisteredSource:
        """Put ``source`` on the register, in place of what was declared of it before.

        A source without the documents it needs is registered all the same, with a verdict that says what
        is missing. Registering the same again leaves no second entry.

        Args:
            source: what is declared.
            root: the directory that its relative paths start from.

        Raises:
            UnusableSource: a file is missing or of a kind that cannot be scanned, or a document is not
                the one whose digest is declared.
        """
        for flaw in flaws(source, root=root):
            raise UnusableSource(source.id, flaw)
        root = root.resolve()
        source = msgspec.structs.replace(source, rights=_pinned(source.rights, root))
        clause = self._rulebook.clause(INSTRUMENT, CLAUSES[source.kind])
        declared = RegisteredSource(
            source=source,
            root=str(root),
            files=tuple(RegisteredFile(path=n, size_bytes=(root / n).stat().st_size) for n in source.files),
            content=digest_value(
                {"root": str(root), "files": list(source.files), "text_field": source.text_field}
            ),
            rights=judge_rights(source.kind, source.rights, clause=clause),
            registered_at=timestamp(self._clock()),
            entry="",
        )
        with self._database.write() as connection:
            known = self._repository.registrations(connection).get(source.id)
            if known is not None and _same(known, declared):
                return known
            entry = self._ledger.record(
                connection,
                kind="corpus.source_registered",
                content={
                    "source": to_json(source),
                    "files": to_json(declared.files),
                    "rights": to_json(declared.rights),
                    "rulebook": self._rulebook.digest,
                },
            )
            registered = msgspec.structs.replace(declared, entry=str(entry))
            self._repository.put_registration(connection, registered)
        return registered

    def sources(self) -> tuple[RegisteredSource, ...]:
        """The register, in order of the ids."""
        with self._database.read() as connection:
            return tuple(self._repository.registrations(connection).values())

    def scan(self, *sources: str, progress: Progress | None = None) -> tuple[ScannedSource, ...]:
        """Screen every document of the named sources, or of all of them where none is named.

        The files are only read. Each source is recorded as soon as it is finished, so that an interruption
        loses no finished one.

        Args:
            sources: ids.
            progress: told how far the scan has come.

        Raises:
            UnknownSource: an id is not on the register.
            NoSources: the register is empty.
            UnreadableFile: a file is gone or may not be read.
            FileChanged: a file was written to meanwhile.
            StorageFull: the disk is full; no half of a scan is recorded.
        """
        registered = {each.source.id: each for each in self.sources()}
        if not registered:
            raise NoSources
        for name in sources:
            if name not in registered:
                raise UnknownSource(name, registered)
        chosen = dict.fromkeys(sources or registered)
        return tuple(self._scan(registered[name], progress or _silent) for name in chosen)

    def report(self) -> CorpusReport:
        """Everything known of every source: rights, counts, verdicts, recommendation.

        Raises:
            NoSources: the register is empty.
        """
        with self._database.read() as connection:
            registrations = self._repository.registrations(connection)
            scans = self._repository.latest_scans(connection)
        if not registrations:
            raise NoSources
        reports = tuple(_source_report(each, scans.get(name)) for name, each in registrations.items())
        return CorpusReport(
            sources=reports, tally=_total(each.scanned.scan.tally for each in reports if each.scanned)
        )

    def _scan(self, registered: RegisteredSource, progress: Progress) -> ScannedSource:
        kept_aside = KeptAside(self._blobs, longest_bytes=LONGEST_LINE_BYTES)
        source_pass = SourcePass(
            registered,
            screen=self._screen,
            kept_aside=kept_aside,
            progress=progress,
            shard_bytes=self._shard_bytes,
            longest_bytes=LONGEST_LINE_BYTES,
        )
        files = source_pass.files()
        now = self._clock()
        scan = SourceScan(
            source=registered.source.id,
            content=registered.content,
            scanned_at=timestamp(now),
            screen=self._screen.digest,
            files=files,
            tally=_total(each.tally for each in files),
            set_aside=kept_aside.close(),
        )
        verdict = judge_source(
            scan.tally,
            modality=registered.source.modality,
            keywords=len(self._screen.keywords or ()),
            limit=self._rulebook.parameter(PARAMETER, on=legal_day(now)),
            bank_size=self._rulebook.parameter(BANK_SIZE, on=legal_day(now)),
        )
        with self._database.write() as connection:
            entry = self._ledger.record(
                connection, kind="corpus.scanned", content=self._evidence(scan, verdict)
            )
            scanned = ScannedSource(scan=scan, verdict=verdict, entry=str(entry))
            self._repository.add_scan(connection, scanned)
        return scanned

    def _evidence(self, scan: SourceScan, verdict: SourceVerdict) -> Json:
        return {
            "source": scan.source,
            "files": [
                {
                    "path": each.path,
                    "digest": each.digest,
                    "size_bytes": each.size_bytes,
                    "tally": to_json(each.tally),
                }
                for each in scan.files
            ],
            "tally": to_json(scan.tally),
            "set_aside": list(scan.set_aside),
            "verdict": to_json(verdict),
            "screen": scan.screen,
            "rulebook": self._rulebook.digest,
        }


def _silent(_progress: ScanProgress) -> None:
    """Nobody is watching."""


def _pinned(rights: Rights | None, root: Path) -> Rights | None:
    """``rights`` with the digest of every document."""
    if rights is None:
        return None
    documents = tuple(
        msgspec.structs.replace(each, digest=digest_file(root / each.path)) for each in rights.documents
    )
    return msgspec.structs.replace(rights, documents=documents)


def _same(known: RegisteredSource, declared: RegisteredSource) -> bool:
    """Whether nothing but time and entry differs."""
    return known == msgspec.structs.replace(declared, registered_at=known.registered_at, entry=known.entry)


def _source_report(registered: RegisteredSource, scanned: ScannedSource | None) -> SourceReport:
    # A scan of files that are no longer the declared ones says nothing of those that are.
    current = scanned if scanned is not None and scanned.scan.content == registered.content else None
    content = Verdict.NOT_ASSESSED if current is None else current.verdict.verdict
    verdict = overall((registered.rights.verdict, content))
    return SourceReport(registered=registered, scanned=current, verdict=verdict, use=recommended_use(verdict))


def _total(tallies: Iterable[Tally]) -> Tally:
    return reduce(Tally.merge, tallies, Tally())
