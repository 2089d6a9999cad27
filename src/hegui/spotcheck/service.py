"""Use cases of spot checks: draw a sample, have it looked at, judge the gates."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from hegui.core import (
    Clock,
    InvalidInput,
    Json,
    canonical_json,
    digest_file,
    legal_day,
    timestamp,
    to_json,
)
from hegui.corpus import (
    Corpus,
    DrawnSample,
    Executor,
    InProcess,
    NoSources,
    PopulationFile,
    Progress,
    RegisteredSource,
    SamplePass,
    sort_findings,
    unwatched,
)
from hegui.ledger import Entry, Ledger
from hegui.rulebook import Rulebook
from hegui.screening import Direction
from hegui.spotcheck.agreement import ReviewProgress, progress_of
from hegui.spotcheck.drawing import (
    DrawnMeanwhile,
    NoSample,
    PopulationChanged,
    SampleReviewed,
    begun_evidence,
    check_population,
    drawn_evidence,
    is_larger,
    sample_to_draw_on,
)
from hegui.spotcheck.gates import (
    JUDGED_BY,
    SAMPLE_SIZE,
    GateReport,
    Inspected,
    gates_stand,
    thresholds,
)
from hegui.spotcheck.judgement import correction_of, judge_gates
from hegui.spotcheck.label_studio import labelling_config, read_export, write_tasks
from hegui.spotcheck.model import ReviewPlan, Sample, SampledDocument, SampleDraw
from hegui.spotcheck.repository import SampleRepository
from hegui.spotcheck.reviewing import (
    ItemReview,
    ItemState,
    NoReviewPlan,
    Opinion,
    ReviewBegun,
    ReviewedItem,
    ReviewReceipt,
    ReviewRoute,
    add_answer,
    check_opinion,
    disputed,
    is_new,
    reviewed_twice,
)
from hegui.spotcheck.sheet import SheetOrigin, read_sheet, write_sheet
from hegui.spotcheck.texts import keep_texts, read_text
from hegui.store import Blobs, Connection, Database

GATES_JUDGED = "corpus.gates_judged"
"""The kind of the ledger entry that the gates leave."""

_SEED_BYTES = 16
_LONGEST_NAME = 200


class SpotChecks:
    """Samples of the training data, what people find in them, and whether the whole passes."""

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        ledger: Ledger,
        rulebook: Rulebook,
        corpus: Corpus,
        clock: Clock,
    ) -> None:
        """Draw from the sources of ``corpus``.

        Args:
            database: keeps samples.
            blobs: keeps the texts that were drawn.
            ledger: receives the evidence.
            rulebook: holds clauses and thresholds.
            corpus: the register and the scans; its screen's errors are measured on the sample.
            clock: tells the time.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._corpus = corpus
        self._clock = clock

    def draw(
        self,
        *sources: str,
        size: int | None = None,
        per_source: int = 0,
        seed: str | None = None,
        new: bool = False,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> Sample:
        """Draw documents at random from the named sources, or from all of them where none is named.

        The seed is on record before a document is read, and the size and the digest of what is drawn from
        before anybody can look at one. Drawing more from the same sources makes their newest sample larger,
        as long as nobody has reviewed it: what was drawn stays drawn. A draw that was interrupted goes on
        where it was.

        Args:
            sources: ids.
            size: how many from the whole; as many as people have to look at where none is given.
            per_source: how many of each source at least, so that something can be said of each.
            seed: decides which; nobody's choice where none is given.
            new: draw another sample although there is one.
            executor: where the work is done; in this process where none is given.
            progress: told how far it has come.

        Raises:
            UnknownSource: an id is not on the register.
            NoSources: the register is empty.
            OtherSampleDrawn: samples were drawn, but none of these sources by this seed.
            SampleReviewed: people have begun to review the sample that is to grow.
            PopulationChanged: the files are no longer those of the sample that is to grow.
            DrawnMeanwhile: somebody else drew the same sample meanwhile.
            AlreadyRunning: another process draws the same.
            StorageFull: the disk is full; what was done is kept.
            WorkLost: a worker died again and again.

        Basis:
            TC260-003 9.2a
        """
        registered = self._corpus.sources(*sources)
        if not registered:
            raise NoSources
        if size is None:
            size = int(self._rulebook.parameter(SAMPLE_SIZE, on=legal_day(self._clock())).value)
        sample = self._begun(registered, size=size, per_source=per_source, seed=seed, new=new)
        if sample.draw is not None and not is_larger(sample, size=size, per_source=per_source):
            return sample
        sample = msgspec.structs.replace(
            sample, size=max(size, sample.size), per_source=max(per_source, sample.per_source)
        )
        sample_pass = SamplePass(
            registered,
            seed=sample.seed,
            size=sample.size,
            per_source=sample.per_source,
            settings=self._corpus.scanning,
        )
        with sample_pass.journal.held():
            drawn = sample_pass.run(executor or InProcess(), progress or unwatched)
            try:
                check_population(sample, drawn.population)
                items = self._items(sample_pass, drawn, executor or InProcess())
                sample = self._record(sample, drawn, items)
            except (PopulationChanged, DrawnMeanwhile, SampleReviewed):
                # The same pass will never be wanted again.
                sample_pass.journal.forget()
                raise
            sample_pass.journal.forget()
        return sample

    def sample(self) -> Sample:
        """The present sample: the one that was drawn last.

        Raises:
            NoSample: none was drawn.
        """
        with self._database.read() as connection:
            return _newest_drawn(SampleRepository(connection))

    def items(self) -> tuple[SampledDocument, ...]:
        """The documents of the present sample, in order of their lots.

        Raises:
            NoSample: none was drawn.
        """
        with self._database.read() as connection:
            repository = SampleRepository(connection)
            return repository.items(_newest_drawn(repository).number)

    def text(self, item: SampledDocument) -> str | None:
        """The text of a document; ``None`` where it cannot be read.

        Raises:
            NotFound: it is no longer kept.
        """
        return None if item.text is None else read_text(self._blobs, item.text)

    def plan_review(self, *, double_share: Decimal) -> Sample:
        """Say, before anybody looks, how much of the present sample two people look at.

        Args:
            double_share: about which share of it, from 0 to 1.

        Raises:
            InvalidInput: it is no such share.
            NoSample: none was drawn.
            ReviewBegun: somebody has looked already, under another plan.
        """
        # Not a number is neither more nor less than anything.
        if not (double_share.is_finite() and 0 <= double_share <= 1):
            raise InvalidInput(
                zh=f"由两人各看一遍的比例 {double_share} 应在 0 到 1 之间",
                en=f"the share that two people look at, {double_share}, has to be from 0 to 1",
            )
        with self._database.write() as connection:
            self._ledger.hold(connection)
            repository = SampleRepository(connection)
            sample = _newest_drawn(repository)
            share = str(double_share.normalize())
            if sample.plan is not None and sample.plan.double_share == share:
                return sample
            if repository.reviews(sample.number):
                raise ReviewBegun(sample.number)
            entry = self._ledger.record(
                connection,
                kind="corpus.review_planned",
                content={"sample": sample.number, "drawn": _entry_of(sample), "double_share": share},
            )
            sample = msgspec.structs.replace(sample, plan=ReviewPlan(double_share=share, entry=str(entry)))
            repository.put(sample)
        return sample

    def reviewed(self) -> tuple[ReviewedItem, ...]:
        """The documents of the present sample with all that was said of them, in order of their lots.

        Whoever is still to look at one must not be shown this.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        with self._database.read() as connection:
            return _reviewed(SampleRepository(connection))[1]

    def queue(self, reviewer: str, *, part: tuple[int, int] = (1, 1)) -> tuple[SampledDocument, ...]:
        """What a reviewer is to look at now, without what others said.

        Args:
            reviewer: who looks.
            part: of what nobody has looked at, only the first (second …) of so many parts, so that several
                people can begin at once.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        number, parts = part
        return tuple(
            each.item
            for index, each in enumerate(self.reviewed())
            if each.wants(reviewer) and (each.state is ItemState.SECOND or index % parts == number - 1)
        )

    def review(
        self, reviewer: str, opinions: Iterable[Opinion], *, via: ReviewRoute, file: str | None = None
    ) -> ReviewReceipt:
        """Take in what a reviewer says; all of it or nothing.

        A reviewer may correct what they said as long as nobody else has looked at the document.

        Args:
            reviewer: who says it.
            opinions: one for each document.
            via: the way they came in.
            file: the digest of the file they came in.

        Raises:
            InvalidOpinion: an opinion says too little or too much.
            NotInSample: a document is none of the present sample.
            ReviewClosed: somebody else has looked at a document since, or its review is decided.
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.

        Basis:
            TC260-003 9.2a
        """
        (receipt,) = self._take_in({reviewer: opinions}, via=via, file=file)
        return receipt

    def _take_in(
        self, given: Mapping[str, Iterable[Opinion]], *, via: ReviewRoute, file: str | None
    ) -> tuple[ReviewReceipt, ...]:
        """What each reviewer says, all in one transaction."""
        checked = {_named(reviewer): self._checked(opinions) for reviewer, opinions in given.items()}
        with self._database.write() as connection:
            self._ledger.hold(connection)
            return tuple(
                self._keep(connection, reviewer, opinions, via=via, file=file)
                for reviewer, opinions in checked.items()
            )

    def _keep(
        self,
        connection: Connection,
        reviewer: str,
        opinions: tuple[Opinion, ...],
        *,
        via: ReviewRoute,
        file: str | None,
    ) -> ReviewReceipt:
        repository = SampleRepository(connection)
        sample, items = _reviewed(repository)
        said = {each.item.lot.number: each for each in items}
        fresh = [each for each in opinions if is_new(each, by=reviewer, item=said.get(each.lot))]
        corrected = sum(said[each.lot].is_reviewed_by(reviewer) for each in fresh)
        receipt = ReviewReceipt(
            reviewer=reviewer,
            given=len(fresh) - corrected,
            corrected=corrected,
            unchanged=len(opinions) - len(fresh),
        )
        if not fresh:
            return receipt
        content: dict[str, Json] = {
            "sample": sample.number,
            "reviewer": reviewer,
            "via": via.value,
            "file": file,
            "given": receipt.given,
            "corrected": corrected,
            "opinions": to_json(tuple(fresh)),
        }
        entry = str(self._ledger.record(connection, kind="corpus.reviewed", content=content))
        now = timestamp(self._clock())
        repository.put_reviews(
            sample.number,
            [
                ItemReview(opinion=each, reviewer=reviewer, reviewed_at=now, via=via, entry=entry)
                for each in fresh
            ],
        )
        return msgspec.structs.replace(receipt, entry=entry)

    def disputes(self) -> tuple[ReviewedItem, ...]:
        """The documents about which reviewers disagree, with what they said: for whoever adjudicates.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        return tuple(each for each in self.reviewed() if each.state is ItemState.DISPUTED)

    def adjudicate(self, adjudicator: str, opinion: Opinion) -> ReviewReceipt:
        """Decide what reviewers disagree about.

        Args:
            adjudicator: who decides: none of those who disagree.
            opinion: what is decided.

        Raises:
            InvalidOpinion: it says too little or too much.
            NotInSample: the document is none of the present sample.
            NotDisputed: nobody disagrees about it.
            NotImpartial: the adjudicator has reviewed it.
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        adjudicator = _named(adjudicator)
        self._checked((opinion,))
        with self._database.write() as connection:
            self._ledger.hold(connection)
            repository = SampleRepository(connection)
            sample, items = _reviewed(repository)
            item = disputed(
                opinion.lot, {each.item.lot.number: each for each in items}, adjudicator=adjudicator
            )
            entry = self._ledger.record(
                connection,
                kind="corpus.review_adjudicated",
                content={
                    "sample": sample.number,
                    "adjudicator": adjudicator,
                    "opinion": to_json(opinion),
                    "between": [each.entry for each in item.reviews],
                },
            )
            review = ItemReview(
                opinion=opinion,
                reviewer=adjudicator,
                reviewed_at=timestamp(self._clock()),
                via=ReviewRoute.TERMINAL,
                adjudicates=True,
                entry=str(entry),
            )
            repository.put_reviews(sample.number, [review])
        return ReviewReceipt(reviewer=adjudicator, given=1, entry=str(entry))

    def review_progress(self) -> ReviewProgress:
        """How far the review of the present sample has come, and how often reviewers agree.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        with self._database.read() as connection:
            sample, items = _reviewed(SampleRepository(connection))
        return progress_of(sample, items)

    def sheet(self, reviewer: str, *, part: tuple[int, int] = (1, 1)) -> bytes:
        """A reviewer's queue as a spreadsheet (.xlsx), to be filled in and imported.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        origin = SheetOrigin(sample=self.sample().number, reviewer=_named(reviewer))
        documents = self._with_texts(self.queue(reviewer, part=part))
        return write_sheet(documents, origin=origin, risks=self._rulebook.risks, created=self._clock())

    def import_sheet(self, path: Path) -> ReviewReceipt:
        """Take in a spreadsheet that a reviewer has filled in; all of it or nothing.

        Raises:
            NotFound: there is no such file.
            NoReviewSheet: it was not made here.
            OtherSample: it is about another sample.
            FlawedReviews: rows that cannot be taken in, each with sheet, row and reason.
            ReviewClosed: somebody else has looked at a document since, or its review is decided.
        """
        texts = {item.lot.number: text for item, text in self._with_texts(self.items())}
        read = read_sheet(path, sample=self.sample().number, texts=texts, risks=self._rulebook.risks)
        return self.review(read.origin.reviewer, read.opinions, via=ReviewRoute.EXCEL, file=digest_file(path))

    def tasks(self, *, part: tuple[int, int] = (1, 1)) -> tuple[bytes, str]:
        """What is open as tasks of Label Studio, and the configuration of a project there.

        Raises:
            NoSample: none was drawn.
            NoReviewPlan: nobody has said how it is looked at.
        """
        tasks = write_tasks(self._with_texts(self.queue("", part=part)), sample=self.sample().number)
        return tasks, labelling_config(self._rulebook.risks)

    def import_tasks(self, path: Path, *, annotators: Mapping[str, str]) -> tuple[ReviewReceipt, ...]:
        """Take in an export of Label Studio, all reviewers' answers or nothing.

        Args:
            path: the export, JSON.
            annotators: the name of each annotator there, by number or e-mail address.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it is no such export.
            FlawedReviews: annotations that cannot be taken in, each with its task and reason.
            ReviewClosed: somebody else has looked at a document since, or its review is decided.
        """
        given = read_export(
            path,
            lots=[item.lot.number for item in self.items() if item.text is not None],
            sample=self.sample().number,
            risks=self._rulebook.risks,
            annotators={key: _named(name) for key, name in annotators.items()},
        )
        return self._take_in(given, via=ReviewRoute.LABEL_STUDIO, file=digest_file(path))

    def judge(self) -> GateReport:
        """Hold the training data against every gate, on record where anything is new.

        What changes while it judges is judged, too: else the record of an older state would be the newest.

        Raises:
            NoSources: the register is empty.

        Basis:
            TC260-003 9.2a
            TC260-003 9.2b
            TC260-003 5.1a
        """
        while True:
            seen = self._ledger.last_places(*JUDGED_BY)
            report = self._judged_now()
            with self._database.write() as connection:
                self._ledger.hold(connection)
                if self._ledger.last_places(*JUDGED_BY) != seen:
                    continue
                before = self.judged()
                if before is not None and before.says_the_same(report) and self.gates_stand():
                    return before
                entry = self._ledger.record(connection, kind=GATES_JUDGED, content=report.evidence)
            return msgspec.structs.replace(report, entry=str(entry))

    def judged(self) -> GateReport | None:
        """What was judged last; ``None`` where nothing was."""
        return _judged(self._ledger.latest(GATES_JUDGED))

    def gates_stand(self) -> bool:
        """Whether what was judged last says how things are now."""
        return gates_stand(
            self._ledger.latest(GATES_JUDGED),
            self._ledger.last_places(*JUDGED_BY),
            asked=thresholds(self._rulebook, day=legal_day(self._clock())).asked,
        )

    def _judged_now(self) -> GateReport:
        now = self._clock()
        inspected, samples = self._inspected()
        return judge_gates(
            inspected,
            samples=samples,
            asked=thresholds(self._rulebook, day=legal_day(now)),
            correction=correction_of(inspected, screen=self._corpus.screen.digest, flags=self._flags),
            rulebook=self._rulebook.digest,
            judged_at=timestamp(now),
        )

    def _inspected(self) -> tuple[Inspected, int]:
        """All that gates are judged by, and how many samples were begun."""
        report = self._corpus.report()
        with self._database.read() as connection:
            repository = SampleRepository(connection)
            samples = repository.samples()
            sample = next((each for each in samples if each.draw is not None), None)
            items = _reviewed(repository)[1] if sample is not None and sample.plan is not None else ()
        files: dict[str, dict[str, str]] = {}
        if sample is not None and sample.draw is not None:
            listed = self._blobs.get(sample.draw.population)
            for file in msgspec.json.decode(listed, type=tuple[PopulationFile, ...]):
                files.setdefault(file.source, {})[file.path] = file.digest
        return Inspected(report=report, sample=sample, items=items, files=files), len(samples)

    def _flags(self, item: ReviewedItem) -> bool:
        """Whether the screen finds a document unsafe."""
        findings = self._corpus.screen.scan(self.text(item.item) or "", Direction.CORPUS)
        return bool(sort_findings(findings, self._corpus.screen).risks)

    def _checked(self, opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
        """What one person says, once each."""
        risks = [risk.id for risk in self._rulebook.risks]
        answers: dict[str, Opinion] = {}
        for opinion in opinions:
            check_opinion(opinion, risks=risks)
            add_answer(opinion, answers)
        return tuple(answers.values())

    def _with_texts(self, items: Iterable[SampledDocument]) -> Iterator[tuple[SampledDocument, str]]:
        """Those that can be read, with their texts."""
        for item in items:
            text = self.text(item)
            if text is not None:
                yield item, text

    def _begun(
        self,
        registered: tuple[RegisteredSource, ...],
        *,
        size: int,
        per_source: int,
        seed: str | None,
        new: bool,
    ) -> Sample:
        """The sample that is drawn, or drawn on; a new one is put on record."""
        contents = {each.source.id: each.content for each in registered}
        left_out = tuple(each.source.id for each in self._corpus.sources() if each.source.id not in contents)
        with self._database.write() as connection:
            self._ledger.hold(connection)
            repository = SampleRepository(connection)
            known = repository.samples()
            sample = sample_to_draw_on(known, contents, seed=seed, new=new)
            if sample is not None:
                larger = is_larger(sample, size=size, per_source=per_source)
                if larger and repository.reviews(sample.number):
                    raise SampleReviewed(sample.number)
                return sample
            sample = Sample(
                number=len(known) + 1,
                seed=seed or secrets.token_hex(_SEED_BYTES),
                sources=contents,
                left_out=left_out,
                size=size,
                per_source=per_source,
                begun="",
            )
            entry = self._ledger.record(
                connection, kind="corpus.sample_begun", content=begun_evidence(sample)
            )
            sample = msgspec.structs.replace(sample, begun=str(entry))
            repository.add(sample)
        return sample

    def _items(
        self, sample_pass: SamplePass, drawn: DrawnSample, executor: Executor
    ) -> tuple[SampledDocument, ...]:
        """The documents, their texts in blobs."""
        texts = ((lot.number, text) for lot, text in sample_pass.texts(drawn, executor))
        kept = dict(keep_texts(self._blobs, texts))
        ranks = {lot.number: rank for rank, lot in enumerate(drawn.whole, start=1)}
        return tuple(
            SampledDocument(lot=lot, rank=ranks.get(lot.number), text=kept.get(lot.number))
            for lot in drawn.lots
        )

    def _record(self, sample: Sample, drawn: DrawnSample, items: tuple[SampledDocument, ...]) -> Sample:
        population = drawn.population
        draw = SampleDraw(
            documents=population.documents,
            by_source=population.by_source,
            population=self._blobs.put(canonical_json(to_json(population.files))),
            faults=population.faults,
            whole=len(drawn.whole),
            items=len(items),
            unreadable=sum(each.text is None for each in items if each.rank),
            list=self._blobs.put(b"\n".join(canonical_json(each.listed) for each in items)),
            drawn_at=timestamp(self._clock()),
            entry="",
        )
        with self._database.write() as connection:
            self._ledger.hold(connection)
            repository = SampleRepository(connection)
            present = next(each for each in repository.samples() if each.number == sample.number)
            if present.draw != sample.draw:
                raise DrawnMeanwhile(sample.number)
            if repository.reviews(sample.number):
                raise SampleReviewed(sample.number)
            entry = self._ledger.record(
                connection, kind="corpus.sample_drawn", content=drawn_evidence(sample, draw)
            )
            sample = msgspec.structs.replace(
                present,
                draw=msgspec.structs.replace(draw, entry=str(entry)),
                size=sample.size,
                per_source=sample.per_source,
            )
            repository.put(sample)
            repository.put_items(sample.number, items)
        return sample


def _newest_drawn(repository: SampleRepository) -> Sample:
    for sample in repository.samples():
        if sample.draw is not None:
            return sample
    raise NoSample


def _judged(entry: Entry | None) -> GateReport | None:
    if entry is None or entry.content is None:
        return None
    report = msgspec.convert(entry.content, type=GateReport)
    return msgspec.structs.replace(report, entry=str(entry.ref))


def _entry_of(sample: Sample) -> str:
    return "" if sample.draw is None else sample.draw.entry


def _reviewed(repository: SampleRepository) -> tuple[Sample, tuple[ReviewedItem, ...]]:
    sample = _newest_drawn(repository)
    if sample.plan is None:
        raise NoReviewPlan(sample.number)
    share = Decimal(sample.plan.double_share)
    reviews = repository.reviews(sample.number)
    return sample, tuple(
        ReviewedItem(
            item=item,
            twice=reviewed_twice(item.lot.number, seed=sample.seed, share=share),
            reviews=reviews.get(item.lot.number, ()),
        )
        for item in repository.items(sample.number)
    )


def _named(reviewer: str) -> str:
    name = reviewer.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput(
            zh=f"审核人姓名应为 1 至 {_LONGEST_NAME} 个字",
            en=f"a reviewer's name has 1 to {_LONGEST_NAME} characters",
        )
    return name
