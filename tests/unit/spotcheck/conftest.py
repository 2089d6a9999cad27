"""A registered corpus to draw from."""

import datetime as dt
import json

import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus import (
    Citation,
    Corpus,
    CorpusReport,
    FileScan,
    Lot,
    Origin,
    PartFault,
    PartFaultKind,
    RecommendedUse,
    RegisteredSource,
    RightsVerdict,
    ScannedSource,
    ScanSettings,
    Source,
    SourceKind,
    SourceReport,
    SourceScan,
    SourceVerdict,
    Tally,
)
from hegui.screening import Keyword, KeywordBank, Screen
from hegui.spotcheck import (
    ItemReview,
    Opinion,
    ReviewedItem,
    ReviewOutcome,
    ReviewRoute,
    Sample,
    SampledDocument,
    SampleDraw,
    SpotChecks,
)
from hegui.spotcheck.gates import Inspected, thresholds
from hegui.spotcheck.model import KeptText


@pytest.fixture
def scanning(tmp_path) -> ScanSettings:
    """Small shards."""
    return ScanSettings(journal=tmp_path / "journal", shard_bytes=500)


@pytest.fixture(scope="session")
def screen() -> Screen:
    """One word."""
    words = (Keyword(text="冰毒", risk="A.1.h", kind="drugs", source="test"),)
    return Screen(keywords=KeywordBank(words, name="test"), personal_information=True)


@pytest.fixture
def corpus(database, blobs, ledger, rulebook, screen, clock, scanning) -> Corpus:
    """A corpus that is scanned for that word."""
    return Corpus(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        screen=screen,
        clock=clock,
        scanning=scanning,
    )


@pytest.fixture
def spotchecks(database, blobs, ledger, rulebook, corpus, clock) -> SpotChecks:
    """Spot checks of that corpus."""
    return SpotChecks(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        corpus=corpus,
        clock=clock,
    )


@pytest.fixture
def register(corpus, tmp_path):
    """Registers a source of some texts."""

    def register(texts, name="wiki", **changes):
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts)
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        given = {
            "id": name,
            "name": BilingualText(zh=name, en=name),
            "kind": SourceKind.COMMERCIAL,
            "language": "zh",
            "origin": Origin.DOMESTIC,
            "files": (f"{name}.jsonl",),
        }
        return corpus.register_source(Source(**(given | changes)), root=tmp_path)

    return register


TEXT = BilingualText(zh="原因", en="reason")
CITATION = Citation(clause="TC260-003 5.1a", same_as=(), verified=True)


@pytest.fixture(scope="session")
def source_report():
    """Makes what is known of a source that was scanned."""

    def make(
        name="wiki",
        *,
        use=RecommendedUse.INCLUDE,
        caveat=None,
        faults=0,
        known=True,
        assessed=True,
        **counts,
    ):
        counts = {"read": 1_000, "scanned": 1_000} | counts
        source = Source(
            id=name,
            name=BilingualText(zh=name, en=name),
            kind=SourceKind.COMMERCIAL,
            language="zh",
            origin=Origin.DOMESTIC,
            files=("a.jsonl",),
        )
        verdict = Verdict.NOT_MET if use is RecommendedUse.EXCLUDE else Verdict.MET
        registered = RegisteredSource(
            source=source,
            root="",
            files=(),
            content=f"sha256:{name}",
            rights=RightsVerdict(verdict=verdict, missing=(), reason=TEXT, citation=CITATION),
            registered_at="",
            entry=f"main/{name}",
        )
        tally = Tally(**counts)
        fault = PartFault(kind=PartFaultKind.DAMAGED, offset=0)
        file = FileScan(
            path="a.jsonl", digest="sha256:00", size_bytes=1, tally=tally, faults=(fault,) * faults
        )
        scan = SourceScan(source=name, content="", scanned_at="", screen="", files=(file,), tally=tally)
        found = SourceVerdict(
            verdict=verdict if assessed else Verdict.NOT_ASSESSED,
            unsafe=tally.unsafe,
            scanned=tally.scanned,
            unscreened=tally.unscreened,
            share=None,
            limit="0.05",
            reason=TEXT,
            caveat=caveat,
            parameter="source-unsafe-share",
            citation=CITATION,
        )
        return SourceReport(
            registered=registered,
            scanned=ScannedSource(scan=scan, verdict=found, entry=f"main/scan-{name}") if known else None,
            verdict=verdict,
            use=use,
        )

    return make


@pytest.fixture(scope="session")
def inspected():
    """Makes what gates are judged by: sources, and a sample with so many passes, failures and others."""

    def make(*sources, passes=0, fails=0, unclear=0, unread=0, waiting=0, extra=0, population=100_000):
        names = [each.registered.source.id for each in sources]
        outcomes = (
            [ReviewOutcome.PASS] * passes
            + [ReviewOutcome.FAIL] * fails
            + [ReviewOutcome.UNCLEAR] * unclear
            + [None] * (unread + waiting)
        )
        items = []
        for number, outcome in enumerate([*outcomes, *[ReviewOutcome.PASS] * extra]):
            lot = Lot(
                number=f"{number:024x}", source=names[number % len(names)], file="a.jsonl", line=1, offset=0
            )
            broken = passes + fails + unclear <= number < passes + fails + unclear + unread
            kept = None if broken else KeptText(digest="", blob="", start=0, length=0, characters=0)
            risks = ("A.1.f",) if outcome is ReviewOutcome.FAIL else ()
            opinion = None if outcome is None else Opinion(lot=lot.number, outcome=outcome, risks=risks)
            reviews = (
                ()
                if opinion is None
                else (ItemReview(opinion=opinion, reviewer="a", reviewed_at="", via=ReviewRoute.EXCEL),)
            )
            rank = number + 1 if number < len(outcomes) else None
            items.append(
                ReviewedItem(
                    item=SampledDocument(lot=lot, rank=rank, text=kept), twice=False, reviews=reviews
                )
            )
        draw = SampleDraw(
            documents=population * len(names),
            by_source=dict.fromkeys(names, population),
            population="",
            faults=0,
            whole=len(outcomes),
            items=len(items),
            list="",
            drawn_at="",
            entry="main/7",
        )
        sample = Sample(
            number=1,
            seed="",
            sources={each.registered.source.id: each.registered.content for each in sources},
            left_out=(),
            size=4_000,
            per_source=0,
            begun="main/6",
            draw=draw,
        )
        return Inspected(
            report=CorpusReport(sources=sources, tally=Tally()),
            sample=sample,
            items=tuple(items),
            files={name: {"a.jsonl": "sha256:00"} for name in names},
        )

    return make


@pytest.fixture(scope="session")
def asked(rulebook):
    """What the rulebook asks."""
    return thresholds(rulebook, day=dt.date(2026, 11, 22))
