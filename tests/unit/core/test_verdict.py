"""Verdicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import Verdict, overall

verdicts = st.lists(st.sampled_from(Verdict), max_size=6)


def test_nothing_at_all_is_not_assessed():
    assert overall([]) is Verdict.NOT_ASSESSED


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Verdict.MET, Verdict.NOT_APPLICABLE], Verdict.MET),
        ([Verdict.NOT_APPLICABLE], Verdict.NOT_APPLICABLE),
        ([Verdict.MET, Verdict.NOT_ASSESSED], Verdict.NOT_ASSESSED),
        ([Verdict.MET, Verdict.NOT_ASSESSED, Verdict.NOT_MET], Verdict.NOT_MET),
    ],
)
def test_the_whole_is_as_good_as_its_worst_part(parts, whole):
    assert overall(parts) is whole


@given(verdicts)
def test_the_whole_is_met_only_where_something_is_met_and_nothing_is_failed_or_unknown(parts):
    clean = Verdict.NOT_MET not in parts and Verdict.NOT_ASSESSED not in parts
    assert (overall(parts) is Verdict.MET) == (clean and Verdict.MET in parts)


GOODNESS = [Verdict.NOT_MET, Verdict.NOT_ASSESSED, Verdict.NOT_APPLICABLE, Verdict.MET]


@given(verdicts)
def test_one_more_requirement_met_never_hurts(parts):
    assert GOODNESS.index(overall([*parts, Verdict.MET])) >= GOODNESS.index(overall(parts))


@given(verdicts)
def test_one_more_unknown_is_never_a_pass(parts):
    assert overall([*parts, Verdict.NOT_ASSESSED]) in {Verdict.NOT_MET, Verdict.NOT_ASSESSED}


@given(verdicts, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(parts, random):
    shuffled = [*parts, *parts]
    random.shuffle(shuffled)
    assert overall(shuffled) is overall(parts)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words_in_both_languages(verdict):
    assert verdict.text.zh
    assert verdict.text.en == verdict.replace("_", " ")
