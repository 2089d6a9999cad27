"""What changed between two scans."""

import pytest

from hegui.core import Verdict
from hegui.corpus.comparing import CountChange, shared_documents
from hegui.corpus.duplicates import DuplicateSketch, Sketching
from hegui.corpus.joining import Joined
from hegui.corpus.service import NothingToCompare


@pytest.fixture
def scan(corpus, make_source, root, write_texts):
    def scan(texts, *files):
        write_texts(texts)
        corpus.register_source(make_source("texts.jsonl", *files), root=root)
        return corpus.scan()[0]

    return scan


def test_files_counts_and_documents_are_compared(scan, corpus, write_texts):
    write_texts(["b"], "more.jsonl")
    first = scan(["甲一二三", "乙", "丙"])
    second = scan(["甲一二三", "冰毒"], "more.jsonl")
    compared = corpus.compare("wiki")
    assert (compared.before, compared.after) == (first.entry, second.entry)
    assert (compared.added, compared.removed, compared.altered) == (("more.jsonl",), (), ("texts.jsonl",))
    assert compared.verdicts == (Verdict.MET, Verdict.NOT_MET)
    assert compared.counts["A.1.h"] == CountChange(before=0, after=1)
    assert "read" not in compared.counts
    assert compared.counts["language und-Latn"] == CountChange(before=0, after=1)
    assert compared.same_screen
    assert compared.shared == "0.200000"


def test_an_earlier_scan_may_be_named(scan, corpus):
    first = scan(["甲"])
    scan(["甲", "乙"])
    scan(["甲", "乙", "丙"])
    assert corpus.compare("wiki", before=first.entry).counts["read"] == CountChange(before=1, after=3)
    assert corpus.compare("wiki").counts["read"] == CountChange(before=2, after=3)
    with pytest.raises(NothingToCompare, match="there are: main/1"):
        corpus.compare("wiki", before="main/9999")


def test_one_scan_is_not_enough(scan, corpus):
    scan(["甲"])
    with pytest.raises(NothingToCompare, match="scan it again"):
        corpus.compare("wiki")


def test_without_documents_nothing_is_shared(scan, corpus):
    scan([])
    scan(["甲"])
    assert corpus.compare("wiki").shared is None


def sketch(texts):
    sketching = Sketching()
    sketching.add(Joined(list(texts)))
    return sketching.sketch()


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [("abcd", "abcd", "1.000000"), ("abcd", "cdef", "0.333333"), ("ab", "cd", "0.000000")],
)
def test_the_share_of_documents_in_both_is_that_of_all_distinct_ones(before, after, share):
    assert shared_documents(sketch(before), sketch(after)) == share


def test_nothing_shares_nothing():
    assert shared_documents(DuplicateSketch(), DuplicateSketch()) == "0.000000"


def test_of_many_documents_the_share_is_estimated():
    many = [f"document {n}" for n in range(30_000)]
    share = float(shared_documents(sketch(many[:20_000]), sketch(many[10_000:])))
    assert abs(share - 1 / 3) < 0.02
