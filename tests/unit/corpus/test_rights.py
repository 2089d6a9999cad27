"""Which documents prove the right to use a source."""

import pytest

from hegui.core import Verdict
from hegui.corpus.model import DocumentKind, Rights, RightsDocument, SourceKind
from hegui.corpus.rights import CLAUSES, INSTRUMENT, judge_rights


def rights(*kinds):
    documents = tuple(RightsDocument(kind=kind, path=f"{kind}.txt") for kind in kinds)
    return Rights(vouched_by="data officer", documents=documents)


@pytest.fixture
def judge(rulebook):
    def judge(kind, given):
        return judge_rights(kind, given, clause=rulebook.clause(INSTRUMENT, CLAUSES[kind]))

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
    assert verdict.missing == ()
    assert verdict.citation.clause == f"{INSTRUMENT} {CLAUSES[kind]}"


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
