"""Which documents prove the right to use a source."""

import datetime as dt

import pytest

from hegui.core import Verdict
from hegui.corpus.provenance import DocumentKind, ProofDocument, Rights, SourceKind
from hegui.corpus.rights import judge_rights, rights_clause
from hegui.corpus.rules import Law


def rights(*kinds, license_name="MIT"):
    documents = tuple(ProofDocument(kind=kind, path=f"{kind}.txt") for kind in kinds)
    return Rights(vouched_by="data officer", license=license_name, documents=documents)


@pytest.fixture
def judge(rulebook, make_source):
    law = Law(rulebook, dt.date(2026, 11, 22))

    def judge(kind, given, **changes):
        source = make_source(kind=kind, rights=given, **changes)
        return judge_rights(source, citation=law.cite(rights_clause(source)))

    return judge


NEEDS = {
    SourceKind.OPEN_SOURCE: {DocumentKind.LICENSE},
    SourceKind.SELF_COLLECTED: {DocumentKind.COLLECTION_RECORD},
    SourceKind.COMMERCIAL: {DocumentKind.CONTRACT, DocumentKind.COMMITMENT, DocumentKind.AUDIT_RECORD},
    SourceKind.USER_INPUT: {DocumentKind.AUTHORIZATION_RECORD},
    SourceKind.SYNTHETIC: {DocumentKind.COLLECTION_RECORD},
}


@pytest.mark.parametrize("kind", SourceKind)
def test_a_source_with_its_documents_meets_the_clause(judge, kind):
    verdict = judge(kind, rights(*NEEDS[kind]))
    assert verdict.verdict is Verdict.MET
    assert (verdict.missing, verdict.caveat) == ((), None)
    assert verdict.citation.clause.startswith("TC260-003 5.1c")
    assert verdict.citation.same_as == ("GBT-45654 traceability",)


@pytest.mark.parametrize("kind", SourceKind)
def test_a_source_without_rights_lacks_every_document(judge, kind):
    verdict = judge(kind, None)
    assert verdict.verdict is Verdict.NOT_MET
    assert set(verdict.missing) == NEEDS[kind]


@pytest.mark.parametrize("kind", SourceKind)
def test_each_missing_document_is_named(judge, kind):
    for absent in NEEDS[kind]:
        verdict = judge(kind, rights(*(set(DocumentKind) - {absent})))
        assert verdict.verdict is Verdict.NOT_MET
        assert verdict.missing == (absent,)
        assert absent.text.zh in verdict.reason.zh
        assert absent.text.en in verdict.reason.en


def test_what_links_point_to_counts_as_collected_by_the_provider(judge):
    kind = SourceKind.OPEN_SOURCE
    verdict = judge(kind, rights(DocumentKind.LICENSE), links=True)
    assert verdict.missing == (DocumentKind.COLLECTION_RECORD,)
    assert verdict.citation.clause == "TC260-003 5.1c2"
    whole = rights(DocumentKind.LICENSE, DocumentKind.COLLECTION_RECORD)
    assert judge(kind, whole, links=True).verdict is Verdict.MET


def test_a_licence_that_restricts_is_remarked_and_no_verdict(judge):
    verdict = judge(SourceKind.OPEN_SOURCE, rights(DocumentKind.LICENSE, license_name="CC-BY-NC-4.0"))
    assert verdict.verdict is Verdict.MET
    assert "commercial" in verdict.caveat.en
