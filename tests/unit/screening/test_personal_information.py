import datetime as dt
import re
import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.detector import Reading
from hegui.screening.fold import fold
from hegui.screening.model import PersonalInformationKind as Kind
from hegui.screening.personal_information import (
    _FORMS,
    PersonalInformationDetector,
    is_resident_id,
    is_unified_social_credit_code,
    passes_luhn,
)

DETECTOR = PersonalInformationDetector()


def found(text):
    folded = fold(text)
    settled = Reading(DETECTOR).settle(folded, base=0, complete=True)
    return [(category.kind, folded[start:end]) for start, end, category in settled]


# Numbers that are published as examples or were made up for this test; nobody's.
EXAMPLES = [
    (Kind.RESIDENT_ID, "11010519491231002X"),
    (Kind.RESIDENT_ID, "110105 19491231 002X"),
    (Kind.PASSPORT, "E12345678"),
    (Kind.PASSPORT, "EA1234567"),
    (Kind.PASSPORT, "G12345678"),
    (Kind.PASSPORT, "SE1234567"),
    (Kind.BANK_CARD, "4111111111111111"),
    (Kind.BANK_CARD, "4111 1111 1111 1111"),
    (Kind.BANK_CARD, "4111-1111-1111-1111"),
    (Kind.BANK_CARD, "6222021234567890128"),
    (Kind.BANK_CARD, "6222 0212 3456 7890 128"),
    (Kind.BANK_CARD, "378282246310005"),
    (Kind.MOBILE_PHONE, "13812345678"),
    (Kind.MOBILE_PHONE, "138 1234 5678"),
    (Kind.MOBILE_PHONE, "138-1234-5678"),
    (Kind.MOBILE_PHONE, "+8613812345678"),
    (Kind.MOBILE_PHONE, "+86 138 1234 5678"),
    (Kind.MOBILE_PHONE, "(+86)13812345678"),
    (Kind.MOBILE_PHONE, "008613812345678"),
    (Kind.LANDLINE, "010-62345678"),
    (Kind.LANDLINE, "(010)62345678"),
    (Kind.LANDLINE, "01062345678"),
    (Kind.LANDLINE, "0571-87654321"),
    (Kind.LANDLINE, "0898-6234567"),
    (Kind.LANDLINE, "010-62345678转8001"),
    (Kind.EMAIL, "zhang.san@example.com"),
    (Kind.EMAIL, "a_b-c+d%e@mail.example.com.cn"),
    (Kind.EMAIL, "_x@qq.com"),
    (Kind.UNIFIED_SOCIAL_CREDIT_CODE, "91350100M000100Y43"),
    (Kind.IP_ADDRESS, "192.168.1.1"),
    (Kind.IP_ADDRESS, "223.255.0.254"),
    (Kind.LICENCE_PLATE, "京A12345"),
    (Kind.LICENCE_PLATE, "沪A·D12345"),
    (Kind.LICENCE_PLATE, "粤B12345D"),
    (Kind.LICENCE_PLATE, "浙A·1234学"),
    (Kind.LICENCE_PLATE, "川A AB123"),
]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
@pytest.mark.parametrize(
    "frame", ["{}", "号码{}联系", "号码 {} 联系", "号码：{}，谢谢。", "（{}）", "{}\n{}", "给我{}吧"]
)
def test_each_kind_is_found_with_chinese_glued_to_both_sides_and_without(kind, text, frame):
    assert found(frame.format(text, text)) == [(kind, fold(text))] * frame.count("{}")


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_each_kind_is_found_in_full_width_and_with_invisible_characters_inside(kind, text):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert found(f"号码{wide}联系") == [(kind, fold(text))]
    assert found("号码" + "\u200b".join(text) + "联系") == [(kind, fold(text))]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check digit
        "11010519491331002X",  # month 13
        "99010519491231002X",  # no such region
        "4111111111111112",  # Luhn fails
        "12812345678",  # no such mobile prefix
        "138123456789",  # twelve digits
        "2138123456789",  # inside a longer number
        "0.13812345678",  # decimals
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",  # a digest
        "a13812345678f0",  # hexadecimal
        "2026-11-22 10:00:00",
        "12026-11-22",
        "10.1.2.3.4",  # five parts
        "1.2.3.4",  # a version
        "v10.1.2.3",
        "256.1.1.1",
        "127.0.0.1",
        "192.168.01.1",
        "logo@2x.png",
        "a@b",
        "@example.com",
        "user@-example.com",
        "user@10.20.30.40x",
        "91350100M000100Y44",
        "京A1234",
        "京AI2345",
        "京AABCDE",
        "E1234567",
        "XE12345678",
        "010-1234567",
        "第12345678号",
        "价格12345.67元",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert found(f"看{text}吧") == []
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "matched"),
    [
        ("卡号4111111111111111是我的", Kind.BANK_CARD, "4111111111111111"),
        ("IP192.168.1.1，", Kind.IP_ADDRESS, "192.168.1.1"),
        ("邮箱zhang.san@example.com", Kind.EMAIL, "zhang.san@example.com"),
        ("联系zhang@example.com。", Kind.EMAIL, "zhang@example.com"),
        ("mail zhang@example.com.", Kind.EMAIL, "zhang@example.com"),
        ("Tel13812345678.", Kind.MOBILE_PHONE, "13812345678"),
        ("ID:11010519491231002x", Kind.RESIDENT_ID, "11010519491231002x"),
        ("4111 1111 1111 1111 12月到期", Kind.BANK_CARD, "4111 1111 1111 1111"),
    ],
)
def test_a_value_is_found_with_its_exact_extent(text, kind, matched):
    assert found(text) == [(kind, matched)]


def test_a_resident_id_that_happens_to_pass_luhn_is_no_bank_card():
    ids = (make_id(f"44052419800101{number:03d}") for number in range(1000))
    lucky = next(number for number in ids if number.isdigit() and passes_luhn(number))
    assert found(lucky) == [(Kind.RESIDENT_ID, lucky)]


def make_id(seventeen):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, weights, strict=True))
    return seventeen + "10X98765432"[total % 11]


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["110105", "440524", "650102", "830000"]),
    st.integers(0, 999),
    st.data(),
)
def test_one_wrong_digit_in_a_resident_id_is_noticed(birthday, region, number, data):
    good = make_id(f"{region}{birthday:%Y%m%d}{number:03d}").lower()
    assert is_resident_id(good)
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in "0123456789" if c != good[place]]))
    assert not is_resident_id(good[:place] + wrong + good[place + 1 :])


@given(st.text("0123456789", min_size=15, max_size=19), st.data())
def test_one_wrong_digit_in_a_card_number_is_noticed(digits, data):
    check = next(c for c in "0123456789" if passes_luhn(digits + c))
    card = digits + check
    place = data.draw(st.integers(0, len(card) - 1))
    wrong = data.draw(st.sampled_from([c for c in "0123456789" if c != card[place]]))
    assert not passes_luhn(card[:place] + wrong + card[place + 1 :])


def test_a_credit_code_is_checked():
    assert is_unified_social_credit_code("91350100m000100y43")
    assert not is_unified_social_credit_code("91350100m000100y42")
    assert not is_unified_social_credit_code("01350100m000100y43")


def test_sensitive_kinds_say_so():
    assert {kind for kind in Kind if kind.level == "sensitive"} == {
        Kind.RESIDENT_ID,
        Kind.PASSPORT,
        Kind.BANK_CARD,
    }


def test_every_kind_explains_its_rule():
    for category in DETECTOR.categories:
        assert DETECTOR.account("", category).pattern.zh


pieces = st.lists(
    st.sampled_from(
        [text for _, text in EXAMPLES]
        + ["电", "话", " ", "-", ".", "@", "a", "x", "1", "6", "+86", "京", "转", "(", ")", "com", "13", "_"]
    )
    | st.text("0123456789ax@.- ", max_size=5),
    max_size=8,
).map(lambda parts: fold("".join(parts)))


@given(pieces, st.data())
def test_what_begins_at_a_place_does_not_depend_on_where_the_search_began(text, data):
    start = data.draw(st.integers(0, len(text)))
    later = [occurrence for occurrence in DETECTOR.occurrences(text, 0) if occurrence.start >= start]
    assert list(DETECTOR.occurrences(text, start)) == later


PATTERNS = [
    (re.compile(form.before + form.shape.whole + form.behind), form.holds, form.kind.value) for form in _FORMS
]


@given(st.lists(pieces | st.sampled_from(["很好" * 30, "字" * 500, "好 2023.1.5 "]), max_size=5).map("".join))
def test_what_is_found_around_traces_is_all_there_is(text):
    everything = {
        (match.start(), match.end(), kind)
        for pattern, holds, kind in PATTERNS
        for start in range(len(text))
        if (match := pattern.match(text, start)) and holds(match.group())
    }
    assert {(start, end, about.kind) for start, end, about in DETECTOR.occurrences(text, 0)} == everything


@given(pieces, pieces)
def test_more_text_changes_nothing_before_the_unfinished_place(text, more):
    limit = DETECTOR.unfinished(text, 0)
    now = [occurrence for occurrence in DETECTOR.occurrences(text, 0) if occurrence.start < limit]
    later = [occurrence for occurrence in DETECTOR.occurrences(text + more, 0) if occurrence.start < limit]
    assert now == later


@pytest.mark.parametrize(
    "unit",
    ["1", "a", "1-", "1 ", "a.", "a@", "1.", "+86", "(", "京a", "0", "a@b.", "_", "1a", "6222 ", "a@a-"],
)
def test_work_on_adversarial_input_grows_no_faster_than_the_input(unit):
    def work(length):
        text = unit * (length // len(unit))
        return min(
            timeit.repeat(lambda: DETECTOR.occurrences(text, 0), time.process_time, number=1, repeat=2)
        )

    # Sixteen times the input is 16 times the work where that is linear, and 256 times where it is quadratic.
    # A busy machine may spoil a comparison, but not five in a row.
    assert any(work(48_000) < 64 * work(3_000) for _ in range(5))


@pytest.mark.parametrize("unit", ["1", "a", "a.", "a@a.", "1-", "+86", "京a"])
def test_no_text_keeps_more_waiting_than_the_longest_form(unit):
    text = unit * (20_000 // len(unit))
    assert DETECTOR.unfinished(text, 0) >= len(text) - DETECTOR._longest
