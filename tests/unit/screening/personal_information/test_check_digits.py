import ast
import datetime as dt
import doctest

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.luhn
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import numdb

from hegui.screening.personal_information.check_digits import (
    is_birthday,
    is_hong_kong_id,
    is_old_resident_id,
    is_region,
    is_resident_id,
    is_unified_social_credit_code,
    is_vehicle_id,
    passes_luhn,
)


def documented(module):
    """Every example in the documentation of a python-stdnum module: the number, and whether it is valid."""
    for test in doctest.DocTestFinder().find(module, globs={}):
        for example in test.examples:
            call = ast.parse(example.source).body[0].value
            # With a second argument the number is of another alphabet.
            if isinstance(call, ast.Call) and call.func.id == "validate" and len(call.args) == 1:
                yield call.args[0].value, not example.exc_msg


def test_python_stdnums_documented_resident_ids_are_told_as_it_tells_them():
    examples = list(documented(stdnum.cn.ric))
    assert examples
    for number, valid in examples:
        assert (len(number) == 18 and is_resident_id(number.lower())) is valid


def test_python_stdnums_documented_credit_codes_are_told_as_it_tells_them():
    examples = list(documented(stdnum.cn.uscc))
    assert examples
    for number, valid in examples:
        assert (len(number) == 18 and is_unified_social_credit_code(number.lower())) is valid


def test_python_stdnums_documented_card_numbers_are_told_as_it_tells_them():
    examples = list(documented(stdnum.luhn))
    assert examples
    for number, valid in examples:
        assert passes_luhn(number) is valid


@given(st.text("0123456789", min_size=2, max_size=20))
def test_luhn_is_python_stdnums(digits):
    assert passes_luhn(digits) is stdnum.luhn.is_valid(digits)


@given(
    st.sampled_from(["110105", "440524", "441900", "650102", "310101"]),
    st.dates(dt.date(1950, 1, 1), dt.date(2020, 12, 31)),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
)
def test_a_resident_id_is_valid_where_python_stdnum_says_so(region, birthday, number, check):
    full = f"{region}{birthday:%Y%m%d}{number:03d}{check}"
    assert not stdnum.cn.ric.is_valid(full) or is_resident_id(full.lower())
    # Counties are not looked up here: what differs is only a county of another time.
    if is_resident_id(full.lower()) and not stdnum.cn.ric.is_valid(full):
        with pytest.raises(stdnum.exceptions.InvalidComponent):
            stdnum.cn.ric.validate(full)


def test_every_region_python_stdnum_knows_is_one():
    provinces = numdb.get("cn/loc").prefixes
    codes = [province[1] + county[1] for province in provinces for county in province[4]]
    assert len(codes) > 3000
    # A province is not enough, except where there is nothing below it.
    wrong = [code for code in codes if not is_region(code) and code[2:4] != "00"]
    assert wrong == []


@pytest.mark.parametrize("code", ["990105", "110000", "000000", "160101"])
def test_what_is_no_region_is_refused(code):
    assert not is_region(code)


@pytest.mark.parametrize("code", ["810000", "820000", "830000", "441900"])
def test_regions_without_prefecture_or_county_are_regions(code):
    assert is_region(code)


@pytest.mark.parametrize("day", ["19491301", "20230229", "18991231", "21000101"])
def test_a_day_that_was_not_is_nobodys_birthday(day):
    assert not is_birthday(day)


def test_an_old_resident_id_has_a_region_and_a_day():
    assert is_old_resident_id("110105491231002")
    assert not is_old_resident_id("110105491331002")


def wrong_digit(number, alphabet, data):
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([c for c in alphabet if c != number[place]]))
    return number[:place] + wrong + number[place + 1 :]


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["110105", "440524", "650102", "830000"]),
    st.integers(0, 999),
    st.data(),
)
def test_one_wrong_digit_in_a_resident_id_is_noticed(birthday, region, number, data):
    body = f"{region}{birthday:%Y%m%d}{number:03d}"
    good = (body + stdnum.cn.ric.calc_check_digit(body + "0")).lower()
    assert is_resident_id(good)
    assert not is_resident_id(wrong_digit(good, "0123456789", data))


@given(st.text("0123456789", min_size=15, max_size=19), st.data())
def test_one_wrong_digit_in_a_card_number_is_noticed(digits, data):
    card = digits + stdnum.luhn.calc_check_digit(digits)
    assert not passes_luhn(wrong_digit(card, "0123456789", data))


def test_a_credit_code_is_checked():
    assert is_unified_social_credit_code("91350100m000100y43")
    assert not is_unified_social_credit_code("91350100m000100y42")
    assert not is_unified_social_credit_code("01350100m000100y43")


# The examples are those of the description of the card that everybody cites.
@pytest.mark.parametrize("number", ["a1234563", "g123456a", "ab9876543", "c1234569"])
def test_a_hong_kong_id_is_checked(number):
    assert is_hong_kong_id(number)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert not is_hong_kong_id(wrong)


# 1M8GDM9AXKP042788 and seventeen ones are the examples of the American rule.
@pytest.mark.parametrize("number", ["1m8gdm9axkp042788", "11111111111111111", "lsvam4187c2184847"])
def test_a_vehicle_id_is_checked(number):
    assert is_vehicle_id(number)


@given(st.data())
def test_one_wrong_digit_in_a_vehicle_id_is_noticed(data):
    wrong = wrong_digit("1m8gdm9axkp042788", "0123456789", data)
    # A letter has the worth of a digit, and the ninth place weighs nothing but is the check itself.
    assume(wrong.upper() != "1M8GDM9AXKP042788")
    same_worth = {"m": "4", "g": "7", "d": "4", "a": "1", "x": "7", "k": "2", "p": "7"}
    assume(not any(same_worth.get(a) == b for a, b in zip("1m8gdm9axkp042788", wrong, strict=True) if a != b))
    assert not is_vehicle_id(wrong)
