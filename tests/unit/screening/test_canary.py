"""For whom a canary acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.screening import Canary
from hegui.screening.canary import parse_share

KEY = b"k" * 32
SHARES = st.integers(1, 1000).map(lambda thousandths: parse_share(str(thousandths / 1000)))


def canary(share, screen="sha256:new"):
    return Canary(name="new", share=share, screen=screen, replaces="sha256:old")


@given(st.text(), SHARES, SHARES)
def test_whoever_is_taken_stays_where_the_share_grows(whom, one, another):
    small, large = sorted([one, another], key=float)
    if canary(small).takes(whom, key=KEY):
        assert canary(large).takes(whom, key=KEY)


@given(st.text(), SHARES)
def test_the_same_user_is_on_the_same_side_wherever_and_whenever_they_ask(whom, share):
    assert canary(share).takes(whom, key=KEY) == canary(share).takes(whom, key=bytes(KEY))


@given(st.text())
def test_a_whole_share_is_everybody(whom):
    assert canary("1").takes(whom, key=KEY)


def taken(share, screen="sha256:new", key=KEY):
    return {n for n in range(10_000) if canary(share, screen).takes(f"user-{n}", key=key)}


@pytest.mark.parametrize("share", ["0.01", "0.1", "0.5"])
def test_as_many_users_are_taken_as_the_share_says(share):
    expected = 10_000 * float(share)
    assert abs(len(taken(share)) - expected) < 5 * expected**0.5


def test_another_screen_or_another_key_takes_other_users():
    ours = taken("0.1")
    for others in (taken("0.1", screen="sha256:other"), taken("0.1", key=b"x" * 32)):
        assert len(ours & others) < 200  # a hundred by chance


@pytest.mark.parametrize(("said", "kept"), [("0.05", "0.05"), ("1", "1"), ("5e-2", "0.05"), ("0.10", "0.1")])
def test_a_share_is_kept_as_decimal_text(said, kept):
    assert parse_share(said) == kept


@pytest.mark.parametrize("said", ["0", "-0.1", "1.1", "5%", "", "NaN", "Infinity"])
def test_what_is_no_share_is_refused_with_an_example(said):
    with pytest.raises(InvalidInput, match=r"such as 0\.05"):
        parse_share(said)
