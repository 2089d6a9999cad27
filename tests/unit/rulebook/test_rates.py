"""Counts against rates: unknown is never a pass, and one more good record never hurts."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import Verdict
from hegui.rulebook import Count, RateStanding, stand

DAY = dt.date(2026, 11, 22)
ORDER = [Verdict.NOT_MET, Verdict.NOT_ASSESSED, Verdict.MET]


@pytest.mark.parametrize(
    ("passes", "verdict", "robust"),
    [
        (3_839, Verdict.NOT_MET, False),
        (3_840, Verdict.MET, False),
        (3_860, Verdict.MET, False),
        (3_861, Verdict.MET, True),
    ],
)
def test_the_pass_rate_of_the_manual_inspection_is_met_and_robustly_met(rulebook, passes, verdict, robust):
    rate = rulebook.parameter("manual-pass-rate", on=DAY)
    standing = stand(Count(counted=passes, of=4_000), rate=rate)
    assert (standing.verdict, standing.robustly_met) == (verdict, robust)


def test_of_nothing_nothing_is_said(rulebook):
    rate = rulebook.parameter("manual-pass-rate", on=DAY)
    assert stand(Count(counted=0, of=0), rate=rate) == RateStanding(
        share=None, bound=None, verdict=Verdict.NOT_ASSESSED, robustly_met=False
    )


def test_seeing_all_of_it_makes_a_pass_robust(rulebook):
    rate = rulebook.parameter("manual-pass-rate", on=DAY)
    count = Count(counted=3_840, of=4_000)
    assert stand(count, rate=rate, population=4_000).robustly_met
    assert not stand(count, rate=rate, population=1_000_000).robustly_met


@given(
    st.integers(0, 300), st.integers(0, 40), st.integers(0, 40), st.sampled_from(["refusal", "non-refusal"])
)
def test_a_verdict_holds_whatever_the_unknown_are(rulebook, counted, unknown, good, name):
    rate = rulebook.parameter(f"{name}-rate", on=DAY)
    of = counted + unknown + 5
    verdict = stand(Count(counted=counted, of=of, unknown=unknown), rate=rate).verdict
    resolved = stand(Count(counted=counted + min(good, unknown), of=of), rate=rate).verdict
    assert verdict in {resolved, Verdict.NOT_ASSESSED}


@given(st.integers(0, 400), st.integers(0, 40), st.integers(0, 40))
def test_one_more_good_record_never_hurts(rulebook, passes, unknown, failures):
    rate = rulebook.parameter("manual-pass-rate", on=DAY)
    before = stand(Count(counted=passes, of=passes + unknown + failures, unknown=unknown), rate=rate)
    added = stand(Count(counted=passes + 1, of=passes + unknown + failures + 1, unknown=unknown), rate=rate)
    assert ORDER.index(before.verdict) <= ORDER.index(added.verdict)
    assert before.robustly_met <= added.robustly_met
    assert (before.bound or Decimal(0)) <= (added.bound or Decimal(0))
