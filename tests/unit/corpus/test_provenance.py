"""What is said of where a source came from."""

import datetime as dt

import pytest

from hegui.corpus.provenance import (
    Crawl,
    DocumentKind,
    LawfulGround,
    ProofDocument,
    ProviderStatement,
    Rights,
    RobotsSnapshot,
    SourceKind,
)

THEN = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("word", [*SourceKind, *DocumentKind, *LawfulGround])
def test_every_word_is_said_in_both_languages(word):
    assert word.text.zh
    assert word.text.en
    assert word.text.zh != word.text.en


def test_whoever_vouches_for_the_rights_vouches_for_documents_of_nobody_else():
    documents = (
        ProofDocument(kind=DocumentKind.CONTRACT, path="a"),
        ProofDocument(kind=DocumentKind.AUDIT_RECORD, path="b", vouched_by="auditor"),
    )
    for statement in (
        Rights(vouched_by="buyer", documents=documents),
        ProviderStatement(vouched_by="buyer", documents=documents),
    ):
        assert [each.vouched_by for each in statement.complete().documents] == ["buyer", "auditor"]


def test_what_a_crawl_names_is_among_the_documents_once():
    robots = (
        RobotsSnapshot(site="https://a.cn", taken_at=THEN, path="a.txt"),
        RobotsSnapshot(site="https://b.cn", taken_at=THEN, status=404),
        RobotsSnapshot(site="https://c.cn", taken_at=THEN, path="a.txt"),
    )
    rights = Rights(
        vouched_by="crawl team",
        documents=(ProofDocument(kind=DocumentKind.COLLECTION_RECORD, path="log.csv"),),
        crawl=Crawl(agent="HeguiBot", log="log.csv", robots=robots),
    ).complete()
    assert [(each.kind, each.path) for each in rights.documents] == [
        (DocumentKind.COLLECTION_RECORD, "log.csv"),
        (DocumentKind.ROBOTS, "a.txt"),
    ]
    assert rights.complete() == rights
