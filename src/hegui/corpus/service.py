"""Use cases of the corpus: register sources, scan them, report."""

from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path
from typing import TypeVar

import msgspec

from hegui import __version__
from hegui.core import (
    Clock,
    Conflict,
    Json,
    NotFound,
    Verdict,
    digest_bytes,
    digest_file,
    digest_value,
    legal_day,
    nearest,
    overall,
    timestamp,
    to_json,
)
from hegui.corpus.account import Tally
from hegui.corpus.checking import RegisterCheck, StatedProvider, check_register, overall_of
from hegui.corpus.classifying import classifiers_of
from hegui.corpus.cleaning import CleaningPolicy
from hegui.corpus.cleaning_pass import CleanedSource, CleaningPass, manifest_digest
from hegui.corpus.comparing import ScanComparison, compare_scans, shared_documents
from hegui.corpus.declaration import UnusableSource, flaws, load_declaration, shared_flaws
from hegui.corpus.duplicates import DuplicateSketch
from hegui.corpus.exchange.reading import read_descriptions
from hegui.corpus.executors import Executor, InProcess
from hegui.corpus.explaining import ExplainedDocument, explain_document
from hegui.corpus.exporting import ExportFormat, write_register
from hegui.corpus.gate import BANK_SIZE, PARAMETER, judge_source
from hegui.corpus.importing import GivenFacts, Import, ImportedSource, sources_of
from hegui.corpus.model import (
    CorpusReport,
    Duplicates,
    RegisteredFile,
    RegisteredSource,
    ScannedSource,
    Source,
    SourceReport,
    SourceScan,
    SourceVerdict,
    recommended_use,
)
from hegui.corpus.opening import size_of
from hegui.corpus.planning import found_files
from hegui.corpus.provenance import ProviderStatement, Rights
from hegui.corpus.repository import SourceRepository
from hegui.corpus.rights import judge_rights, rights_clause
from hegui.corpus.rules import Law
from hegui.corpus.source_pass import Progress, ScanSettings, SourcePass, unwatched
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.screening import Screen
from hegui.store import Blobs, Database

_PROVIDER_STATED = "corpus.provider_stated"


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


class AlreadyRegistered(Conflict):
    """A source is on the register by an id that is to be imported, and more or other things are said of it.

    Attributes:
        source: the id.
    """

    def __init__(self, source: str) -> None:
        """Say how to go on."""
        super().__init__(
            zh=f"来源 {source} 已经登记，内容不同；请用 --id 另取编号，或修改声明文件后重新登记",
            en=f"a source {source} is registered already, and says other things; choose another --id, or "
            "change its declaration and register that again",
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


class NothingToCompare(NotFound):
    """A source has no two scans to compare.

    Attributes:
        source: its id.
    """

    def __init__(self, source: str, entries: list[str]) -> None:
        """Name the scans that there are."""
        known = ", ".join(entries) or "—"
        super().__init__(
            zh=f"来源 {source} 没有可比较的较早扫描（已有：{known}）；再扫描一次，或换一个 --before",
            en=f"source {source} has no earlier scan to compare with (there are: {known}); scan it again, or "
            "name another one by --before",
        )
        self.source = source


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
        scanning: ScanSettings,
    ) -> None:
        """Work on the register in ``database``.

        Args:
            database: keeps the register and the scans.
            blobs: keeps the lines that could not be screened.
            ledger: receives the evidence.
            rulebook: holds the clauses and thresholds.
            screen: reads the documents.
            clock: tells the time.
            scanning: how sources are scanned.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._screen = screen
        self._clock = clock
        self._scanning = scanning
        self._repository = SourceRepository()

    @property
    def screen(self) -> Screen:
        """What reads the documents."""
        return self._screen

    @property
    def scanning(self) -> ScanSettings:
        """How sources are scanned."""
        return self._scanning

    def register(self, declaration: Path) -> tuple[RegisteredSource, ...]:
        """Register every source that a declaration file names.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it is not a declaration, or names files that cannot be read or are of two
                sources; nothing of it is registered then.
        """
        declared = load_declaration(declaration, registered=self.sources())
        root = declaration.parent
        registered = tuple(self._put_on_register(source, root) for source in declared.sources)
        if declared.provider is not None:
            self._state_provider(declared.provider, root=root.resolve())
        return registered

    def register_source(self, source: Source, *, root: Path) -> RegisteredSource:
        """Put ``source`` on the register, in place of what was declared of it before.

        A source without the documents it needs is registered all the same, with a verdict that says what
        is missing. Registering the same again leaves no second entry.

        Args:
            source: what is declared.
            root: the directory that its relative paths start from.

        Raises:
            UnusableSource: a file is missing, of a kind that cannot be scanned, or of another source, or
                a document is not the one whose digest is declared.
        """
        self._refuse_flawed(source, root)
        return self._put_on_register(source, root)

    def _refuse_flawed(self, source: Source, root: Path) -> None:
        for flaw in flaws(source, root=root):
            raise UnusableSource(source.id, flaw)
        self._refuse_shared({source.id: found_files(root.resolve(), source.files)})

    def _refuse_shared(self, files: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        for source, flaw in shared_flaws(files, self.sources()):
            raise UnusableSource(source, flaw)

    def _put_on_register(self, source: Source, root: Path) -> RegisteredSource:
        root = root.resolve()
        source = _complete(source, root)
        law = Law(self._rulebook, legal_day(self._clock()))
        declared = RegisteredSource(
            source=source,
            root=str(root),
            files=tuple(
                RegisteredFile(path=name, size_bytes=size_of(place))
                for name, place in found_files(root, source.files)
            ),
            content=digest_value(
                {"root": str(root), "files": list(source.files), "text_field": to_json(source.text_field)}
            ),
            rights=judge_rights(source, citation=law.cite(rights_clause(source))),
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

    def _state_provider(self, statement: ProviderStatement, *, root: Path) -> None:
        stated = StatedProvider(statement=_pinned(statement, root), root=str(root))
        if stated == self._provider():
            return
        with self._database.write() as connection:
            self._ledger.record(
                connection,
                kind=_PROVIDER_STATED,
                content={"provider": to_json(stated), "rulebook": self._rulebook.digest},
            )

    def _provider(self) -> StatedProvider | None:
        entry = self._ledger.latest(_PROVIDER_STATED)
        if entry is None or not isinstance(entry.content, dict):
            return None
        return msgspec.convert(entry.content["provider"], StatedProvider)

    def check(self, *sources: str) -> RegisterCheck:
        """Look at every document again, and hold the sources against every rule.

        Args:
            sources: ids; the whole register where none is named, and the rules about all of it too.

        Raises:
            UnknownSource: an id is not on the register.
            NoSources: the register is empty.
        """
        self._chosen(sources)
        now = self._clock()
        with self._database.read() as connection:
            registrations = self._repository.registrations(connection)
            scans = self._repository.latest_scans(connection)
        current = {name: scan for name, scan in scans.items() if _is_current(registrations[name], scan)}
        documents, rules = check_register(
            tuple(registrations.values()),
            current,
            self._provider(),
            rulebook=self._rulebook,
            day=legal_day(now),
            shown=sources or None,
        )
        check = RegisterCheck(
            checked_at=timestamp(now), documents=documents, rules=rules, verdict=overall_of(rules)
        )
        with self._database.write() as connection:
            entry = self._ledger.record(
                connection,
                kind="corpus.register_checked",
                content={
                    "sources": list(sources or registrations),
                    "whole": not sources,
                    "documents": to_json(documents),
                    "rules": to_json(rules),
                    "verdict": check.verdict.value,
                    "rulebook": self._rulebook.digest,
                },
            )
        return msgspec.structs.replace(check, entry=str(entry))

    def import_sources(self, path: Path, *, given: GivenFacts) -> Import:
        """Register the datasets that a description made by others tells of.

        What proves the right to them cannot come from there; it is registered later.

        Args:
            path: Croissant, a Hugging Face card, SPDX, CycloneDX, Data Provenance Standards, or CSV.
            given: what the provider says of them. An identifier and files are for one dataset only.

        Returns:
            What was taken, what was left, what is missing. What lacks something is not registered.

        Raises:
            NotFound: there is no such file.
            UnreadableDescription: it is in no format that is known.
            SeveralDescribed: an identifier or files are given for several, or two would get one identifier.
            AlreadyRegistered: something else is registered by that id.
            UnusableSource: a file is missing or of a kind that cannot be scanned.
        """
        form, described = read_descriptions(path)
        made = sources_of(described, given, path=path)
        for source, _ in made:
            if source is not None:
                self._check_import(source, path.parent)
        sources = tuple(
            ImportedSource(
                description=each,
                missing=missing,
                registered=None if source is None else self.register_source(source, root=path.parent),
            )
            for each, (source, missing) in zip(described, made, strict=True)
        )
        return Import(path=str(path), format=form, sources=sources)

    def _check_import(self, source: Source, root: Path) -> None:
        self._refuse_flawed(source, root)
        # What was said here of a source must not be lost because others say less of it.
        for known in self.sources():
            if known.source.id == source.id and known.source != _complete(source, root):
                raise AlreadyRegistered(source.id)

    def export(self, *sources: str, form: ExportFormat) -> bytes:
        """The register, or the sources of those ids, for others to read.

        Raises:
            UnknownSource: an id is not on the register.
            NoSources: the register is empty.
            OneDatasetOnly: Croissant describes one dataset, and several sources are asked for.
            FilesNotRead: Croissant asks for the digest of every file, and no scan has read them.
        """
        chosen = self._chosen(sources)
        now = self._clock()
        reports = tuple(each for each in self.report().sources if each.registered in chosen)
        data = write_register(reports, form=form, made_at=now, by=f"Hegui {__version__}")
        with self._database.write() as connection:
            self._ledger.record(
                connection,
                kind="corpus.register_exported",
                content={
                    "sources": [each.registered.source.id for each in reports],
                    "form": form.value,
                    "digest": digest_bytes(data),
                },
            )
        return data

    def sources(self, *names: str) -> tuple[RegisteredSource, ...]:
        """The register, in order of the ids; or the sources of those ids.

        Raises:
            UnknownSource: an id is not on the register.
        """
        with self._database.read() as connection:
            registered = self._repository.registrations(connection)
        for name in names:
            if name not in registered:
                raise UnknownSource(name, registered)
        return tuple(registered[name] for name in dict.fromkeys(names or registered))

    def scan(
        self, *sources: str, executor: Executor | None = None, progress: Progress | None = None
    ) -> tuple[ScannedSource, ...]:
        """Screen every document of the named sources, or of all of them where none is named.

        The files are only read. Each source is recorded as soon as it is finished, and what is done of the
        next is kept, so that a scan that was interrupted goes on where it was.

        Args:
            sources: ids.
            executor: where the work is done; in this process where none is given.
            progress: told how far the scan has come.

        Raises:
            UnknownSource: an id is not on the register.
            NoSources: the register is empty.
            UnusableSource: a file is of another source, too.
            AlreadyRunning: another process scans the same source.
            StorageFull: the disk is full; what was done is kept.
        """
        chosen = self._chosen(sources)
        # Folders and patterns may hold more than they did when they were registered.
        self._refuse_shared({each.source.id: found_files(each.base, each.source.files) for each in chosen})
        return tuple(
            self._scan(registered, executor or InProcess(), progress or unwatched) for registered in chosen
        )

    def _chosen(self, sources: tuple[str, ...]) -> tuple[RegisteredSource, ...]:
        if not self.sources():
            raise NoSources
        return self.sources(*sources)

    def clean(
        self,
        source: str,
        *,
        folder: Path,
        policy: CleaningPolicy,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> CleanedSource:
        """Make a new dataset from a source: what is unsafe left out, personal information covered.

        The original is only read. What could not be screened is left out. A run that was interrupted goes
        on where it was.

        Args:
            source: an id.
            folder: for the new dataset; empty.
            policy: what is done with what.
            executor: where the work is done; in this process where none is given.
            progress: told how far it has come.

        Returns:
            The manifest, which is also in the folder.

        Raises:
            UnknownSource: the id is not on the register.
            NoSources: the register is empty.
            CannotMask: the policy masks what is unsafe.
            NotOnlyTexts: the source holds pictures, sound or films.
            WithinSource: the folder lies in the source.
            PlaceTaken: the folder holds something else.
            AlreadyRunning: another process makes the same dataset.
            StorageFull: the disk is full; what was done is kept.
            WorkLost: a worker died again and again.

        Basis:
            TC260-003 5.2a
            TC260-003 5.2c
        """
        (registered,) = self._chosen((source,))
        cleaning = CleaningPass(
            registered, screen=self._screen, settings=self._scanning, policy=policy, folder=folder
        )
        with cleaning.journal.held():
            return self._record_cleaning(cleaning, executor or InProcess(), progress or unwatched)

    def _record_cleaning(
        self, cleaning: CleaningPass, executor: Executor, progress: Progress
    ) -> CleanedSource:
        cleaned = cleaning.run(executor, progress)
        with self._database.write() as connection:
            self._ledger.record(
                connection,
                kind="corpus.cleaned",
                content={
                    "source": cleaned.source,
                    "content": cleaned.content,
                    "files": to_json(cleaned.files),
                    "screen": cleaned.screen,
                    "policy": to_json(cleaned.policy),
                    "total": to_json(cleaned.total),
                    "parts": len(cleaned.parts),
                    "manifest": manifest_digest(cleaned),
                    "rulebook": self._rulebook.digest,
                    "hegui": cleaned.hegui,
                },
            )
        cleaning.journal.forget()
        return cleaned

    def explain(self, source: str, *, file: str, line: int) -> ExplainedDocument:
        """What the screen finds in one document now, where, and by which rule.

        Args:
            source: an id.
            file: as the source declares it, or below the folder that it declares.
            line: counted from 1; of tables, the row.

        Raises:
            UnknownSource: the id is not on the register.
            NoSources: the register is empty.
            UnknownDocument: there is no such file or line.
        """
        (registered,) = self._chosen((source,))
        return explain_document(
            registered, file=file, line=line, screen=self._screen, settings=self._scanning
        )

    def compare(self, source: str, *, before: str | None = None) -> ScanComparison:
        """What changed from an earlier scan of a source to the last one.

        Args:
            source: an id.
            before: the ledger entry of the earlier scan; the last but one where none is named.

        Raises:
            UnknownSource: the id is not on the register.
            NoSources: the register is empty.
            NothingToCompare: there are no two scans, or none of that entry.
        """
        self._chosen((source,))
        with self._database.read() as connection:
            scans = self._repository.scans(connection, source)
        earlier = [each for each in scans[:-1] if before is None or each.entry == before]
        if not earlier:
            raise NothingToCompare(source, [each.entry for each in scans])
        old, new = earlier[-1], scans[-1]
        return compare_scans(old, new, shared=self._shared(old.scan.duplicates, new.scan.duplicates))

    def _shared(self, before: Duplicates | None, after: Duplicates | None) -> str | None:
        if before is None or after is None:
            return None
        sketches = (
            msgspec.msgpack.decode(self._blobs.get(each.sketch), type=DuplicateSketch)
            for each in (before, after)
        )
        return shared_documents(*sketches)

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

    def _scan(self, registered: RegisteredSource, executor: Executor, progress: Progress) -> ScannedSource:
        source_pass = SourcePass(registered, screen=self._screen, settings=self._scanning)
        with source_pass.journal.held():
            return self._record(registered, source_pass, executor, progress)

    def _record(
        self,
        registered: RegisteredSource,
        source_pass: SourcePass,
        executor: Executor,
        progress: Progress,
    ) -> ScannedSource:
        source_pass.run(executor, progress)
        account = source_pass.account(self._blobs)
        now = self._clock()
        scan = SourceScan(
            source=registered.source.id,
            content=registered.content,
            scanned_at=timestamp(now),
            screen=self._screen.digest,
            files=account.files,
            tally=account.tally,
            set_aside=account.set_aside,
            profile=account.profile,
            duplicates=account.duplicates,
        )
        verdict = judge_source(
            scan.tally,
            modality=registered.source.modality,
            keywords=len(self._screen.keywords or ()),
            limit=self._rulebook.parameter(PARAMETER, on=legal_day(now)),
            bank_size=self._rulebook.parameter(BANK_SIZE, on=legal_day(now)),
            unread=scan.faults,
            profile=scan.profile,
        )
        with self._database.write() as connection:
            entry = self._ledger.record(
                connection,
                kind="corpus.scanned",
                content=self._evidence(scan, verdict, executor=executor.name, shards=account.shards),
            )
            scanned = ScannedSource(scan=scan, verdict=verdict, entry=str(entry))
            self._repository.add_scan(connection, scanned)
        source_pass.journal.forget()
        return scanned

    def _evidence(self, scan: SourceScan, verdict: SourceVerdict, *, executor: str, shards: int) -> Json:
        return {
            "source": scan.source,
            "files": [
                {
                    "path": each.path,
                    "digest": each.digest,
                    "size_bytes": each.size_bytes,
                    "tally": to_json(each.tally),
                    "reading": to_json(each.reading),
                    "faults": to_json(each.faults),
                }
                for each in scan.files
            ],
            "tally": to_json(scan.tally),
            "profile": to_json(scan.profile),
            "duplicates": to_json(scan.duplicates),
            "run": {
                "executor": executor,
                "shards": shards,
                "shard_bytes": self._scanning.shard_bytes,
                "longest_bytes": self._scanning.longest_bytes,
                "hegui": __version__,
            },
            "set_aside": list(scan.set_aside),
            "verdict": to_json(verdict),
            "screen": scan.screen,
            "classifiers": to_json(classifiers_of(self._screen, scan.tally, scan.profile)),
            "rulebook": self._rulebook.digest,
        }


def _complete(source: Source, root: Path) -> Source:
    """``source`` with the digest of every document, and whoever vouches for it."""
    if source.rights is None:
        return source
    return msgspec.structs.replace(source, rights=_pinned(source.rights, root))


S = TypeVar("S", Rights, ProviderStatement)


def _pinned(statement: S, root: Path) -> S:
    """``statement`` complete, with the digest of every document."""
    whole = statement.complete()
    documents = tuple(
        msgspec.structs.replace(each, digest=digest_file(root / each.path)) for each in whole.documents
    )
    return msgspec.structs.replace(whole, documents=documents)


def _same(known: RegisteredSource, declared: RegisteredSource) -> bool:
    """Whether nothing but time and entry differs."""
    return known == msgspec.structs.replace(declared, registered_at=known.registered_at, entry=known.entry)


def _is_current(registered: RegisteredSource, scanned: ScannedSource) -> bool:
    # A scan of files that are no longer the declared ones says nothing of those that are.
    return scanned.scan.content == registered.content


def _source_report(registered: RegisteredSource, scanned: ScannedSource | None) -> SourceReport:
    current = scanned if scanned is not None and _is_current(registered, scanned) else None
    content = Verdict.NOT_ASSESSED if current is None else current.verdict.verdict
    verdict = overall((registered.rights.verdict, content))
    return SourceReport(registered=registered, scanned=current, verdict=verdict, use=recommended_use(verdict))


def _total(tallies: Iterable[Tally]) -> Tally:
    return reduce(Tally.merge, tallies, Tally())
