"""What is declared of a source, and what follows from a verdict."""

import pytest

from hegui.core import Verdict
from hegui.corpus.account import PartFault, PartFaultKind, Tally
from hegui.corpus.model import (
    FileScan,
    RecommendedUse,
    SourceScan,
    is_language,
    recommended_use,
)
from hegui.corpus.provenance import DocumentKind, SourceKind


@pytest.mark.parametrize(
    ("declared", "fields"), [(None, ()), ("body", ("body",)), (("prompt", "answer"), ("prompt", "answer"))]
)
def test_the_text_fields_are_those_declared(make_source, declared, fields):
    assert make_source(text_field=declared).text_fields == fields


@pytest.mark.parametrize(
    ("tag", "known"),
    [("zh", True), ("zh-Hans-CN", True), ("und", True), ("z", False), ("中文", False), ("zh_CN", False)],
)
def test_a_language_has_the_shape_of_a_tag(tag, known):
    assert is_language(tag) is known


def test_the_faults_of_all_files_are_counted():
    fault = PartFault(kind=PartFaultKind.DAMAGED, offset=7)
    files = tuple(
        FileScan(path="f", digest="", size_bytes=0, tally=Tally(), faults=faults)
        for faults in ((), (fault,), (fault, fault))
    )
    scan = SourceScan(source="s", content="", scanned_at="", screen="", files=files, tally=Tally())
    assert scan.faults == 3


@pytest.mark.parametrize(
    ("verdict", "use"),
    [
        (Verdict.MET, RecommendedUse.INCLUDE),
        (Verdict.NOT_MET, RecommendedUse.EXCLUDE),
        (Verdict.NOT_ASSESSED, RecommendedUse.HOLD),
        (Verdict.NOT_APPLICABLE, RecommendedUse.HOLD),
    ],
)
def test_only_what_is_met_is_included(verdict, use):
    assert recommended_use(verdict) is use


@pytest.mark.parametrize("words", [SourceKind, DocumentKind, RecommendedUse])
def test_every_word_has_a_text_in_both_languages(words):
    for word in words:
        assert word.text.zh
        assert word.text.en
