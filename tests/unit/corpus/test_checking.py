"""The register is looked at again."""

import datetime as dt

import msgspec
import pytest

from hegui.core import Verdict, digest_file
from hegui.corpus.checking import DocumentState, StatedProvider, check_register, overall_of
from hegui.corpus.provenance import (
    Crawl,
    DocumentKind,
    ProofDocument,
    ProviderStatement,
    Rights,
    RobotsSnapshot,
    SourceKind,
)
from hegui.corpus.rules import RegisterRule

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def check(corpus, rulebook):
    def check(*, provider=None, shown=None):
        documents, rules = check_register(
            corpus.sources(), {}, provider, rulebook=rulebook, day=dt.date(2026, 11, 22), shown=shown
        )
        return documents, {(each.source, each.rule): each for each in rules}

    return check


@pytest.fixture
def register(corpus, root, make_source, write_texts):
    write_texts(["text"])

    def register(**changes):
        return corpus.register_source(make_source(**changes), root=root)

    return register


@pytest.fixture
def crawled(root):
    """The rights of a crawl of one page that was allowed."""
    (root / "log.csv").write_text("url,time\nhttps://a.example/p,2026-05-01T12:00:00Z\n", encoding="utf-8")
    (root / "robots.txt").write_text("User-agent: *\nDisallow: /private\n", encoding="utf-8")
    snapshots = (
        RobotsSnapshot(site="https://a.example", taken_at=NOON, path="robots.txt"),
        RobotsSnapshot(site="https://b.example", taken_at=NOON, status=404),
    )
    return Rights(vouched_by="crawl team", crawl=Crawl(agent="HeguiBot", log="log.csv", robots=snapshots))


def test_a_document_is_intact_altered_or_unreadable(check, register, root):
    register()
    for change, state in (
        (lambda path: None, DocumentState.INTACT),
        (lambda path: path.write_text("another", encoding="utf-8"), DocumentState.ALTERED),
        (lambda path: path.unlink(), DocumentState.UNREADABLE),
    ):
        change(root / "proof.txt")
        ((document,), rules) = check()
        assert document.state is state
        found = digest_file(root / "proof.txt") if (root / "proof.txt").exists() else None
        assert document.found == found
        verdict = Verdict.MET if state is DocumentState.INTACT else Verdict.NOT_MET
        assert rules["wiki", RegisterRule.RIGHTS].verdict is verdict


@pytest.mark.parametrize("state", DocumentState)
def test_every_state_is_said_in_both_languages(state):
    assert state.text.zh != state.text.en


def test_a_crawl_is_read_again(check, register, crawled):
    registered = register(kind=SourceKind.SELF_COLLECTED, rights=crawled)
    assert [each.kind for each in registered.source.rights.documents] == [
        DocumentKind.COLLECTION_RECORD,
        DocumentKind.ROBOTS,
    ]
    documents, rules = check()
    assert {each.state for each in documents} == {DocumentState.INTACT}
    assert rules["wiki", RegisterRule.RIGHTS].verdict is Verdict.MET
    assert rules["wiki", RegisterRule.COLLECTION_ALLOWED].verdict is Verdict.MET


@pytest.mark.parametrize("name", ["log.csv", "robots.txt"])
def test_a_crawl_whose_record_was_altered_proves_nothing(check, register, crawled, root, name):
    register(kind=SourceKind.SELF_COLLECTED, rights=crawled)
    with (root / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    _, rules = check()
    assert rules["wiki", RegisterRule.COLLECTION_ALLOWED].verdict is Verdict.NOT_ASSESSED


@pytest.mark.parametrize(("blocked", "verdict"), [("a.example", Verdict.NOT_MET), ("c.example", Verdict.MET)])
def test_pages_are_compared_with_the_block_list_of_the_provider(
    check, register, crawled, root, blocked, verdict
):
    register(kind=SourceKind.SELF_COLLECTED, rights=crawled)
    path = root / "blocked.txt"
    path.write_text(blocked, encoding="utf-8")
    document = ProofDocument(kind=DocumentKind.BLOCK_LIST, path="blocked.txt", digest=digest_file(path))
    statement = ProviderStatement(vouched_by="officer", documents=(document,))
    provider = StatedProvider(statement=statement, root=str(root))
    documents, rules = check(provider=provider)
    assert documents[0].source is None
    assert rules["wiki", RegisterRule.BLOCKED_INFORMATION].verdict is verdict
    altered = msgspec.structs.replace(document, digest="sha256:00")
    statement = msgspec.structs.replace(statement, documents=(altered,))
    told, rules = check(provider=msgspec.structs.replace(provider, statement=statement), shown=("wiki",))
    assert (told[0].source, told[0].state) == (None, DocumentState.ALTERED)
    assert rules["wiki", RegisterRule.BLOCKED_INFORMATION].verdict is Verdict.NOT_ASSESSED


def test_a_source_without_rights_is_told_of(check, register):
    register(rights=None)
    documents, rules = check()
    assert documents == ()
    assert rules["wiki", RegisterRule.RIGHTS].verdict is Verdict.NOT_MET


def test_only_the_sources_asked_for_are_told_of(check, register):
    register()
    register(id="other", files=())
    documents, rules = check(shown=("other",))
    assert {each.source for each in documents} == {"other"}
    assert {source for source, _ in rules} == {"other"}


def test_what_should_be_done_does_not_count(check, register):
    register()
    _, rules = check(provider=StatedProvider(statement=ProviderStatement(vouched_by="a"), root="/"))
    summary = rules[None, RegisterRule.IP_SUMMARY]
    met = msgspec.structs.replace(rules["wiki", RegisterRule.RIGHTS])
    assert summary.verdict is Verdict.NOT_MET
    assert overall_of([met, summary]) is Verdict.MET
    assert overall_of([met, rules[None, RegisterRule.IP_RISKS]]) is Verdict.NOT_MET
