"""Exact confidence bounds, against published values and against exact arithmetic."""

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core.bounds import hypergeometric_tail, incomplete_beta, lower_bound, upper_bound


@pytest.mark.parametrize(
    ("successes", "trials", "bound"),
    [
        (900, 1000, "0.8830"),
        (50, 50, "0.9418"),
        (20, 20, "0.8608"),
        (0, 20, "0"),
        # The textbook's two-sided 90 % limits for 3 of 10 are 0.087 and 0.607.
        (3, 10, "0.0872"),
    ],
)
def test_lower_bounds_are_the_known_ones(successes, trials, bound):
    assert lower_bound(successes, trials) == Decimal(bound)


@pytest.mark.parametrize(
    ("successes", "trials", "bound"), [(0, 300, "0.01"), (3, 10, "0.6067"), (10, 10, "1"), (0, 1, "0.95")]
)
def test_upper_bounds_are_the_known_ones(successes, trials, bound):
    assert upper_bound(successes, trials) == Decimal(bound)


@pytest.mark.parametrize(
    ("enough", "trials", "threshold"), [(916, 1000, "0.9"), (1823, 2000, "0.9"), (292, 300, "0.95")]
)
def test_the_least_robust_pass_is_the_published_one(enough, trials, threshold):
    assert lower_bound(enough, trials) >= Decimal(threshold) > lower_bound(enough - 1, trials)


def test_the_most_robust_over_refusals_are_the_published_ones():
    assert upper_bound(8, 300) <= Decimal("0.05") < upper_bound(9, 300)


def exact_tail(share: Fraction, at_least: int, trials: int) -> Fraction:
    return sum(
        (comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(at_least, trials + 1)),
        Fraction(0),
    )


@given(trials=st.integers(1, 60), data=st.data())
def test_the_beta_function_equals_the_binomial_sum(trials, data):
    at_least = data.draw(st.integers(1, trials))
    share = Fraction(data.draw(st.integers(0, 1000)), 1000)
    computed = incomplete_beta(float(share), at_least, trials - at_least + 1)
    assert computed == pytest.approx(float(exact_tail(share, at_least, trials)), rel=1e-9, abs=1e-12)


@given(trials=st.integers(1, 40), data=st.data())
@settings(max_examples=40)
def test_a_bound_leaves_the_promised_chance(trials, data):
    successes = data.draw(st.integers(0, trials))
    low, high = Fraction(lower_bound(successes, trials)), Fraction(upper_bound(successes, trials))
    assert low <= Fraction(successes, trials) <= high
    # Rounded outwards, the bounds promise at least 95 %.
    assert exact_tail(low, successes, trials) <= Fraction(5, 100) or successes == 0
    assert 1 - exact_tail(high, successes + 1, trials) <= Fraction(5, 100) or successes == trials


@given(trials=st.integers(1, 100_000), data=st.data())
@settings(max_examples=30)
def test_one_more_good_answer_never_lowers_the_bound(trials, data):
    successes = data.draw(st.integers(0, trials - 1))
    assert lower_bound(successes, trials) <= lower_bound(successes + 1, trials)
    assert upper_bound(successes, trials) <= upper_bound(successes + 1, trials)


@pytest.mark.parametrize(("passes", "trials", "bound"), [(3_840, 4_000, "0.9544"), (3_861, 4_000, "0.96")])
def test_the_bounds_of_the_manual_inspection_are_the_published_ones(passes, trials, bound):
    # 139 defects in 4,000 are the most with which 96 % is exceeded for sure.
    assert lower_bound(passes, trials) >= Decimal(bound)
    assert lower_bound(3_860, 4_000) < Decimal("0.96")


def exact_hypergeometric(at_least: int, good: int, trials: int, population: int) -> Fraction:
    ways = sum(
        comb(good, k) * comb(population - good, trials - k) for k in range(at_least, min(trials, good) + 1)
    )
    return Fraction(ways, comb(population, trials))


@given(population=st.integers(1, 60), data=st.data())
def test_the_hypergeometric_tail_is_the_exact_one(population, data):
    trials = data.draw(st.integers(0, population))
    good = data.draw(st.integers(0, population))
    at_least = data.draw(st.integers(0, trials))
    computed = hypergeometric_tail(at_least, good=good, trials=trials, population=population)
    exact = float(exact_hypergeometric(at_least, good, trials, population))
    assert computed == pytest.approx(exact, rel=1e-9, abs=1e-12)


@given(population=st.integers(1, 60), data=st.data())
def test_a_bound_of_a_finite_population_leaves_the_promised_chance(population, data):
    trials = data.draw(st.integers(population // 20 + 1, population))
    successes = data.draw(st.integers(0, trials))
    low = lower_bound(successes, trials, population=population)
    high = upper_bound(successes, trials, population=population)
    assert low <= Decimal(successes) / trials + Decimal("0.0001")
    assert high >= Decimal(successes) / trials - Decimal("0.0001")
    for good in range(population + 1):
        share = Decimal(good) / population
        if share < low:
            assert exact_hypergeometric(successes, good, trials, population) <= Fraction(5, 100)
        if share > high:
            failures = exact_hypergeometric(trials - successes, population - good, trials, population)
            assert failures <= Fraction(5, 100)


@given(trials=st.integers(1, 5_000), data=st.data())
@settings(max_examples=30)
def test_knowing_the_population_never_loosens_a_bound_and_seeing_all_of_it_settles_it(trials, data):
    successes = data.draw(st.integers(0, trials))
    population = data.draw(st.integers(trials, 30 * trials))
    assert lower_bound(successes, trials, population=population) >= lower_bound(successes, trials)
    assert upper_bound(successes, trials, population=population) <= upper_bound(successes, trials)
    share = Decimal(successes) / trials
    assert abs(lower_bound(successes, trials, population=trials) - share) <= Decimal("0.0001")
    assert abs(upper_bound(successes, trials, population=trials) - share) <= Decimal("0.0001")


@given(trials=st.integers(1, 3_000), data=st.data())
@settings(max_examples=30)
def test_one_more_success_never_lowers_the_bound_of_a_finite_population(trials, data):
    successes = data.draw(st.integers(0, trials - 1))
    population = data.draw(st.integers(trials, 19 * trials))
    one, two = (lower_bound(n, trials, population=population) for n in (successes, successes + 1))
    assert one <= two
    one, two = (upper_bound(n, trials, population=population) for n in (successes, successes + 1))
    assert one <= two


def test_more_confidence_is_a_wider_bound():
    assert lower_bound(90, 100, confidence=Decimal("0.99")) < lower_bound(90, 100)
    assert upper_bound(90, 100, confidence=Decimal("0.99")) > upper_bound(90, 100)


def test_a_large_finite_population_is_reckoned_with_quickly():
    # A tenth of a hundred million: the sum has a few hundred terms, not ten million.
    assert Decimal("0.9798") < lower_bound(9_800_000, 10_000_000, population=100_000_000) <= Decimal("0.98")
