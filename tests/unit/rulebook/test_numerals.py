"""Numbers as Chinese law writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.rulebook.numerals import chinese_numeral, read_numeral


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (47, "四十七"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
    ],
)
def test_numbers_are_written_as_laws_write_them(number, written):
    assert chinese_numeral(number) == written
    assert read_numeral(written) == number


@given(st.integers(1, 9999))
def test_what_is_written_reads_back(number):
    assert read_numeral(chinese_numeral(number)) == number
    assert read_numeral(str(number)) == number


@pytest.mark.parametrize(
    ("text", "number"), [("一〇五", 105), ("", None), ("甲", None), ("十甲", None), ("0", 0)]
)
def test_what_is_no_number_is_not_taken_for_one(text, number):
    assert read_numeral(text) == number
