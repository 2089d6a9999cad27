"""The register keeps what it is given, on either database."""

import msgspec
import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus.account import Tally
from hegui.corpus.model import (
    Citation,
    RegisteredFile,
    RegisteredSource,
    RightsVerdict,
    ScannedSource,
    SourceScan,
    SourceVerdict,
)
from hegui.corpus.repository import SourceRepository

CITATION = Citation(clause="TC260-003 5.1a", same_as=(), verified=True)
TEXT = BilingualText(zh="原因", en="reason")


@pytest.fixture
def repository():
    return SourceRepository()


@pytest.fixture
def make_registered(make_source):
    def make(name):
        return RegisteredSource(
            source=make_source(id=name),
            root="/srv/语料",
            files=(RegisteredFile(path="texts.jsonl", size_bytes=7),),
            content="sha256:00",
            rights=RightsVerdict(verdict=Verdict.MET, missing=(), reason=TEXT, citation=CITATION),
            registered_at="2026-11-22T04:00:00.000Z",
            entry="main/0",
        )

    return make


def scanned(name, entry):
    return ScannedSource(
        scan=SourceScan(
            source=name,
            content="sha256:00",
            scanned_at="",
            screen="",
            files=(),
            tally=Tally(risks={"A.1.f": 2}),
        ),
        verdict=SourceVerdict(
            verdict=Verdict.NOT_ASSESSED,
            unsafe=0,
            scanned=0,
            unscreened=0,
            share=None,
            limit="0.05",
            reason=TEXT,
            caveat=None,
            parameter="source-unsafe-share",
            citation=CITATION,
        ),
        entry=entry,
    )


def test_registrations_come_back_as_they_went_in_and_in_order(database, repository, make_registered):
    names = ["b-2", "a", "b", "b-10"]
    with database.write() as connection:
        for name in names:
            repository.put_registration(connection, make_registered(name))
    with database.read() as connection:
        kept = repository.registrations(connection)
    assert kept == {name: make_registered(name) for name in names}
    assert list(kept) == sorted(names)


def test_a_later_registration_takes_the_place_of_the_earlier(database, repository, make_registered):
    later = msgspec.structs.replace(make_registered("wiki"), entry="main/9")
    with database.write() as connection:
        repository.put_registration(connection, make_registered("wiki"))
        repository.add_scan(connection, scanned("wiki", "main/1"))
        repository.put_registration(connection, later)
    with database.read() as connection:
        assert repository.registrations(connection) == {"wiki": later}


def test_the_latest_scan_of_each_source_is_found(database, repository, make_registered):
    with database.write() as connection:
        for name in ("a", "b", "c"):
            repository.put_registration(connection, make_registered(name))
        for name, entry in (("a", "main/3"), ("b", "main/4"), ("a", "main/5")):
            repository.add_scan(connection, scanned(name, entry))
    with database.read() as connection:
        latest = repository.latest_scans(connection)
    assert latest == {"a": scanned("a", "main/5"), "b": scanned("b", "main/4")}
