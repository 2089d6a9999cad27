"""The errors of a screen, reckoned with."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.spotcheck.correction import correct


def judged(found, failing, cleared, passing):
    return (
        [(True, True)] * found
        + [(True, False)] * (failing - found)
        + [(False, False)] * cleared
        + [(False, True)] * (passing - cleared)
    )


def test_the_published_example_is_recovered():
    # A true 6 % seen with sensitivity 0.90 and specificity 0.95 reads 10.1 %.
    found = correct(judged(90, 100, 950, 1_000), unsafe=1_010, scanned=10_000)
    assert (found.failing, found.found, found.passing, found.cleared) == (100, 90, 1_000, 950)
    assert found.apparent == "0.1010"
    assert found.corrected == "0.0600"
    assert Decimal(found.least) < Decimal("0.06") < Decimal(found.greatest)


@pytest.mark.parametrize(
    "seen", [judged(0, 0, 9, 10), judged(9, 10, 0, 0), judged(1, 2, 5, 10), judged(1, 10, 2, 10), []]
)
def test_where_nothing_failed_or_the_screen_tells_no_better_than_chance_there_is_no_estimate(seen):
    found = correct(seen, unsafe=1, scanned=100)
    assert (found.corrected, found.least, found.greatest) == (None, None, None)


def test_few_failures_leave_a_wide_interval():
    found = correct(judged(2, 3, 999, 1_000), unsafe=30, scanned=10_000)
    assert Decimal(found.greatest) - Decimal(found.least) > Decimal("0.02")


def test_where_the_screen_might_know_nothing_everything_is_possible():
    found = correct(judged(1, 2, 6, 10), unsafe=5, scanned=10)
    assert found.greatest == "1.0000"


@given(
    failing=st.integers(1, 200),
    passing=st.integers(1, 200),
    scanned=st.integers(1, 10_000),
    data=st.data(),
)
def test_the_estimate_lies_in_its_interval(failing, passing, scanned, data):
    found = data.draw(st.integers(0, failing))
    cleared = data.draw(st.integers(0, passing))
    unsafe = data.draw(st.integers(0, scanned))
    made = correct(judged(found, failing, cleared, passing), unsafe=unsafe, scanned=scanned)
    if made.corrected is not None:
        assert 0 <= Decimal(made.least) <= Decimal(made.greatest) <= 1
        # Rounded outwards the ends are, and the estimate to the nearest.
        assert Decimal(made.least) - Decimal("0.0001") <= Decimal(made.corrected)
        assert Decimal(made.corrected) <= Decimal(made.greatest) + Decimal("0.0001")
