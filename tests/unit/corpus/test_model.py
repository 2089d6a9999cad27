"""Tallies, parts of files, and what follows from a verdict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import Verdict
from hegui.corpus.model import (
    DocumentKind,
    LineFault,
    Partial,
    RecommendedUse,
    SetAside,
    SourceKind,
    Tally,
    recommended_use,
)

counts = st.integers(0, 1000)
by_name = st.dictionaries(st.sampled_from(["A.1.f", "A.2.e", "A.3.e"]), st.integers(1, 50))


@st.composite
def tallies(draw):
    parts = {name: draw(counts) for name in ("scanned", "empty", "unparsable", "over_long")}
    return Tally(
        read=sum(parts.values()),
        unsafe=draw(counts),
        with_personal_information=draw(counts),
        risks=draw(by_name),
        personal_information=draw(by_name),
        **parts,
    )


@st.composite
def partials(draw):
    faults = draw(st.lists(st.sampled_from(LineFault), max_size=4))
    set_aside = tuple(
        SetAside(line=index + 1, offset=index * 10, length=9, fault=fault)
        for index, fault in enumerate(faults)
    )
    return Partial(tally=draw(tallies()), set_aside=set_aside)


def test_a_tally_that_has_lost_a_line_is_refused():
    with pytest.raises(ValueError, match="3 lines read"):
        Tally(read=3, scanned=1, empty=1)


def test_only_what_nobody_could_look_at_is_unscreened():
    assert Tally(read=10, scanned=4, empty=3, unparsable=2, over_long=1).unscreened == 3


@settings(max_examples=50)
@given(tallies(), tallies(), tallies())
def test_tallies_merge_in_any_order_and_grouping(a, b, c):
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(Tally()) == a


@settings(max_examples=50)
@given(partials(), partials(), partials())
def test_parts_that_follow_one_another_merge_in_any_grouping(a, b, c):
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert Partial().merge(a) == a == a.merge(Partial())


def test_lines_of_a_following_part_are_counted_on():
    first = Partial(tally=Tally(read=7, scanned=7))
    bad = SetAside(line=2, offset=40, length=3, fault=LineFault.INVALID_JSON)
    second = Partial(tally=Tally(read=2, scanned=1, unparsable=1), set_aside=(bad,))
    (named,) = first.merge(second).set_aside
    assert (named.line, named.offset) == (9, 40)


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


@pytest.mark.parametrize("words", [LineFault, SourceKind, DocumentKind, RecommendedUse])
def test_every_word_has_a_text_in_both_languages(words):
    for word in words:
        assert word.text.zh
        assert word.text.en
