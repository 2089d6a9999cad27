"""References to entries and the words in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.ledger import EntryRef
from hegui.ledger.model import check_words


@given(stream=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True), seq=st.integers(0, 10**15))
def test_a_reference_reads_back_as_it_is_written(stream, seq):
    ref = EntryRef(stream=stream, seq=seq)

    assert EntryRef.parse(str(ref)) == ref


@pytest.mark.parametrize(
    "text", ["", "main", "main/", "main/-1", "main/01", "Main/1", "main/1/2", "../x/1", "main/1\n"]
)
def test_what_is_no_reference_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput, match="main/17"):
        EntryRef.parse(text)


@pytest.mark.parametrize(
    "kind", ["", "scanned", "Corpus.scanned", "corpus.", "corpus scanned", "corpus.scan-ned"]
)
def test_a_kind_is_dotted_lower_case_words(kind):
    with pytest.raises(InvalidInput, match=r"corpus\.source_registered"):
        check_words(kind=kind, actor="me")


@pytest.mark.parametrize("actor", ["", "line\nbreak", "nul\x00", "\ud800"])
def test_an_actor_is_printable(actor):
    with pytest.raises(InvalidInput, match="actor"):
        check_words(kind="corpus.scanned", actor=actor)


def test_good_words_pass():
    check_words(kind="corpus.source_registered", actor="王芳 <wang@example.cn>")
