"""What people say, and what it comes to."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import BilingualText
from hegui.corpus import Lot
from hegui.spotcheck.model import KeptText, SampledDocument
from hegui.spotcheck.reviewing import (
    FlawedReviews,
    InvalidOpinion,
    ItemReview,
    ItemState,
    NotDisputed,
    NotImpartial,
    NotInSample,
    Opinion,
    ReviewClosed,
    ReviewedItem,
    ReviewOutcome,
    ReviewRoute,
    check_opinion,
    disputed,
    is_new,
    read_outcome,
    read_risks,
    reviewed_twice,
    states,
)

PASS, FAIL, UNCLEAR = ReviewOutcome
RISKS = ("A.1.f", "A.2.e")
DOCUMENT = SampledDocument(
    lot=Lot(number="0a", source="wiki", file="a.jsonl", line=1, offset=0),
    rank=1,
    text=KeptText(digest="sha256:00", blob="sha256:01", start=0, length=1, characters=1),
)
UNREADABLE = SampledDocument(lot=DOCUMENT.lot, rank=1, text=None)


def opinion(outcome=PASS, *risks, note=""):
    return Opinion(lot="0a", outcome=outcome, risks=risks, note=note)


def said(reviewer, outcome=PASS, *risks, adjudicates=False):
    return ItemReview(
        opinion=opinion(outcome, *risks),
        reviewer=reviewer,
        reviewed_at="2026-11-22T04:00:00.000Z",
        via=ReviewRoute.TERMINAL,
        adjudicates=adjudicates,
    )


def item(*reviews, twice=False, document=DOCUMENT):
    return ReviewedItem(item=document, twice=twice, reviews=reviews)


@pytest.mark.parametrize(
    ("reviewed", "state", "outcome"),
    [
        (item(), ItemState.OPEN, None),
        (item(twice=True), ItemState.OPEN, None),
        (item(said("a")), ItemState.SETTLED, PASS),
        (item(said("a"), twice=True), ItemState.SECOND, None),
        (item(said("a"), said("b"), twice=True), ItemState.SETTLED, PASS),
        (item(said("a"), said("b", FAIL, "A.1.f"), twice=True), ItemState.DISPUTED, None),
        (item(said("a"), said("b", UNCLEAR)), ItemState.DISPUTED, None),
        (item(said("a", UNCLEAR), said("b", UNCLEAR)), ItemState.SETTLED, UNCLEAR),
        (
            item(said("a"), said("b", FAIL, "A.1.f"), said("c", FAIL, "A.2.e", adjudicates=True)),
            ItemState.SETTLED,
            FAIL,
        ),
        (item(document=UNREADABLE), ItemState.UNREADABLE, None),
    ],
)
def test_a_document_is_settled_when_enough_people_agree_or_one_has_decided(reviewed, state, outcome):
    assert (reviewed.state, reviewed.outcome) == (state, outcome)


def test_the_risks_are_those_of_all_who_agree_or_of_who_decided():
    both = item(said("a", FAIL, "A.1.f"), said("b", FAIL, "A.2.e"))
    assert both.risks == {"A.1.f", "A.2.e"}
    decided = item(said("a"), said("b", FAIL, "A.1.f"), said("c", FAIL, "A.2.e", adjudicates=True))
    assert decided.risks == {"A.2.e"}
    assert [each.reviewer for each in decided.blind] == ["a", "b"]
    assert item(said("a")).risks == frozenset()


def test_nobody_is_shown_what_they_reviewed_or_what_needs_no_review():
    assert item().wants("a")
    assert not item(said("a"), twice=True).wants("a")
    assert item(said("a"), twice=True).wants("b")
    assert not item(said("a")).wants("b")
    assert not item(document=UNREADABLE).wants("a")


@given(st.integers(0, 10**6), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_greater_share_takes_in_what_a_smaller_one_did(number, one, two):
    less, more = sorted((one, two))
    lot = f"{number:024x}"
    assert reviewed_twice(lot, seed="s", share=less) <= reviewed_twice(lot, seed="s", share=more)
    assert not reviewed_twice(lot, seed="s", share=Decimal(0))
    assert reviewed_twice(lot, seed="s", share=Decimal(1))


def test_about_the_declared_share_is_reviewed_twice():
    lots = [f"{number:024x}" for number in range(2_000)]
    twice = sum(reviewed_twice(lot, seed="s", share=Decimal("0.1")) for lot in lots)
    assert 150 < twice < 250


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (opinion(FAIL), "at least one risk"),
        (opinion(PASS, "A.1.f"), "to pass is to hold none"),
        (opinion(FAIL, "A.1.x"), r"no risk 'A\.1\.x'; did you mean A\.1\.f"),
        (opinion(FAIL, "枪"), "write A.1.f"),
    ],
)
def test_an_opinion_that_cannot_be_is_refused(given, message):
    with pytest.raises(InvalidOpinion, match=message):
        check_opinion(given, risks=RISKS)


def test_other_opinions_are_taken():
    for each in (opinion(), opinion(FAIL, *RISKS), opinion(UNCLEAR), opinion(UNCLEAR, "A.1.f")):
        check_opinion(each, risks=RISKS)


@pytest.mark.parametrize(
    ("written", "outcome"), [("合格", PASS), (" Fail ", FAIL), ("无法判断", UNCLEAR), ("unclear", UNCLEAR)]
)
def test_outcomes_are_read_in_either_language(written, outcome):
    assert read_outcome(written) is outcome


def test_what_is_no_outcome_is_refused():
    with pytest.raises(InvalidOpinion, match="'好' is no outcome"):
        read_outcome("好")


def test_risks_are_read_however_they_are_parted():
    assert read_risks(" a.1.f，A.2.E、A.1.f\n") == ("A.1.f", "A.2.e")
    assert read_risks("  ") == ()


def test_the_same_opinion_again_is_nothing_new_and_another_one_is_until_others_have_looked():
    assert is_new(opinion(), by="a", item=item())
    assert not is_new(opinion(), by="a", item=item(said("a")))
    assert is_new(opinion(UNCLEAR), by="a", item=item(said("a")))
    assert is_new(opinion(), by="b", item=item(said("a")))
    with pytest.raises(ReviewClosed, match="the adjudicator decides"):
        is_new(opinion(UNCLEAR), by="a", item=item(said("a"), said("b")))
    decided = item(said("a"), said("b", UNCLEAR), said("c", adjudicates=True))
    with pytest.raises(ReviewClosed):
        is_new(opinion(), by="d", item=decided)


@pytest.mark.parametrize("about", [None, item(document=UNREADABLE)])
def test_an_opinion_about_what_is_not_there_is_refused(about):
    with pytest.raises(NotInSample, match="'0a'"):
        is_new(opinion(), by="a", item=about)


def test_only_who_has_not_reviewed_decides_and_only_what_is_disputed():
    differing = item(said("a"), said("b", UNCLEAR))
    assert disputed("0a", {"0a": differing}, adjudicator="c") is differing
    with pytest.raises(NotImpartial, match="b has reviewed it"):
        disputed("0a", {"0a": differing}, adjudicator="b")
    with pytest.raises(NotDisputed, match="settled"):
        disputed("0a", {"0a": item(said("a"))}, adjudicator="c")
    with pytest.raises(NotInSample):
        disputed("0b", {"0a": differing}, adjudicator="c")


def test_every_state_is_counted():
    counts = states([item(), item(said("a")), item(said("a"))])
    assert counts[ItemState.OPEN] == 1
    assert counts[ItemState.SETTLED] == 2
    assert list(counts) == list(ItemState)
    assert all(state.text.zh and outcome.text.en for state in ItemState for outcome in ReviewOutcome)


def test_many_flaws_are_named_up_to_ten_and_counted():
    text = BilingualText(zh="错", en="wrong")
    few = FlawedReviews(Path("a.xlsx"), [("1", text)])
    assert "more" not in str(few)
    many = FlawedReviews(Path("a.xlsx"), [(str(number), text) for number in range(12)])
    assert "a.xlsx: 9: wrong" in str(many)
    assert "and 2 more" in str(many)
    assert len(many.flaws) == 12
