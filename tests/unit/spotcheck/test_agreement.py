"""Agreement, against known values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus import Lot
from hegui.spotcheck.agreement import agreement, progress_of
from hegui.spotcheck.model import KeptText, ReviewPlan, Sample, SampledDocument
from hegui.spotcheck.reviewing import (
    ItemReview,
    ItemState,
    Opinion,
    ReviewedItem,
    ReviewOutcome,
    ReviewRoute,
)

P, F, U = ReviewOutcome


def item(*outcomes, adjudicated=None):
    def said(reviewer, outcome, *, adjudicates=False):
        return ItemReview(
            opinion=Opinion(lot="0a", outcome=outcome),
            reviewer=reviewer,
            reviewed_at="",
            via=ReviewRoute.EXCEL,
            adjudicates=adjudicates,
        )

    reviews = [said(str(number), outcome) for number, outcome in enumerate(outcomes)]
    if adjudicated:
        reviews.append(said("judge", adjudicated, adjudicates=True))
    document = SampledDocument(
        lot=Lot(number="0a", source="wiki", file="a", line=1, offset=0),
        rank=1,
        text=KeptText(digest="", blob="", start=0, length=0, characters=0),
    )
    return ReviewedItem(item=document, twice=len(outcomes) > 1, reviews=tuple(reviews))


def pairs(both_pass, first_fails, second_fails, both_fail):
    return (
        [item(P, P)] * both_pass
        + [item(F, P)] * first_fails
        + [item(P, F)] * second_fails
        + [item(F, F)] * both_fail
    )


def test_kappa_is_the_one_of_the_textbook():
    # Fifty grant proposals: both yes 20, both no 15, 5 and 10 differ; kappa is 0.4.
    found = agreement(pairs(20, 10, 5, 15))
    assert (found.pairs, found.agreed, found.share, found.kappa) == (50, 35, "0.7000", "0.4000")
    assert found.on_failures == "0.6667"


def test_where_hardly_anything_fails_kappa_falls_and_the_others_do_not():
    found = agreement(pairs(958, 18, 18, 6))
    assert found.share == "0.9640"
    assert float(found.kappa) < 0.3
    assert float(found.ac1) > 0.95
    assert found.on_failures == "0.2500"


def test_where_everything_passes_kappa_has_no_meaning():
    found = agreement(pairs(10, 0, 0, 0))
    assert (found.kappa, found.ac1, found.on_failures) == (None, "1.0000", None)


def test_single_reviews_and_adjudications_are_no_pairs():
    assert agreement([item(P), item()]).pairs == 0
    found = agreement([item(P, F, adjudicated=F), item(U, U)])
    assert (found.pairs, found.agreed) == (2, 1)


@given(st.lists(st.tuples(st.sampled_from(ReviewOutcome), st.sampled_from(ReviewOutcome)), min_size=1))
def test_no_coefficient_is_above_one_and_full_agreement_is_one(given):
    found = agreement(item(*pair) for pair in given)
    for value in (found.share, found.kappa, found.ac1):
        assert value is None or -1 <= float(value) <= 1
    if found.agreed == found.pairs:
        assert found.kappa in {None, "1.0000"}
        assert found.ac1 == "1.0000"


@pytest.mark.parametrize(("plan", "share"), [(None, "0"), (ReviewPlan(double_share="0.1", entry=""), "0.1")])
def test_progress_counts_states_and_reviewers(plan, share):
    sample = Sample(number=3, seed="", sources={}, left_out=(), size=1, per_source=0, begun="", plan=plan)
    found = progress_of(sample, [item(P, P), item(F), item()])
    assert (found.sample, found.double_share, found.twice) == (3, share, 1)
    assert found.reviewers == {"0": 2, "1": 1}
    assert found.states[ItemState.SETTLED] == 2
