import datetime as dt
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import Verdict
from hegui.rulebook import Rulebook
from hegui.screening.bank_lint import essence, lint
from hegui.screening.keywords import Keyword

DAY = dt.date(2026, 11, 22)
BOOK = Rulebook.load()


def word(text, risk="A.1.h", added_on=None):
    return Keyword(text=text, risk=risk, kind="test", source="test", added_on=added_on)


@pytest.mark.parametrize(
    "variant",
    ["制造炸弹", "製造炸彈", "制 造-炸_弹", "制\u200b造炸弹", "%E5%88%B6造炸弹", "&#21046;造炸弹"],
)
def test_a_word_spelled_otherwise_is_the_same_word(variant):
    assert essence(variant) == "制造炸弹"


def encoded(text, rounds):
    """The text as URL and HTML write it, each in its turn."""
    for number in range(rounds):
        text = quote(text) if number % 2 else "".join(f"&#{ord(character)};" for character in text)
    return text


@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_encodings_within_encodings_make_no_new_word(rounds):
    assert essence(encoded("制造炸弹", rounds)) == "制造炸弹"


def test_encodings_written_in_full_width_and_capitals_are_seen_through():
    assert essence("％２５Ｅ5％２５８8%25B6造炸弹") == essence("&AMP;#21046;造炸弹") == "制造炸弹"


def test_words_beside_their_nested_encodings_count_once():
    words = [word(encoded("笨蛋", rounds)) for rounds in range(4)]
    report = lint(words, rulebook=BOOK, on=DAY)
    assert (report.words, report.distinct) == (4, 1)


@given(st.text("%25&amp;#3x;8A制", max_size=30))
def test_the_essence_of_an_essence_is_itself(text):
    assert essence(essence(text)) == essence(text)


def test_a_word_of_separators_alone_is_itself():
    assert essence("★_★") == "★_★"
    assert essence("ＢＯＭＢ") == essence("bomb")


def checks(report):
    return {(check.parameter, check.subject): check for check in report.checks}


def enough():
    sizes = {"A.1": "keyword-bank-a1-risk", "A.2": "keyword-bank-a2-risk"}
    needed = {r.id: BOOK.parameter(sizes[r.group], on=DAY).value for r in BOOK.risks if r.group in sizes}
    words = [word(f"词{risk}第{n}", risk) for risk, count in needed.items() for n in range(count)]
    rest = BOOK.parameter("keyword-bank-size", on=DAY).value - len(words)
    return [*words, *(word(f"其他{n}", "A.3.a", DAY) for n in range(rest))]


def test_a_bank_of_the_size_asked_for_meets_every_number():
    report = lint(enough(), rulebook=BOOK, on=DAY)
    assert report.verdict is Verdict.MET
    assert report.repeated == report.unusable == ()


def test_one_word_less_is_too_few():
    words = enough()[:-1]
    report = lint([*words, word(words[-1].text + "\u200b", words[-1].risk)], rulebook=BOOK, on=DAY)
    assert report.words == report.distinct + 1
    assert checks(report)["keyword-bank-size", ""].verdict is Verdict.NOT_MET
    assert len(report.repeated) == 1
    short = lint(enough()[1:], rulebook=BOOK, on=DAY)
    assert [c.subject for c in short.checks if c.verdict is Verdict.NOT_MET] == ["", "A.1.a"]


@pytest.mark.parametrize(
    ("added_on", "verdict"),
    [
        (DAY - dt.timedelta(7), Verdict.MET),
        (DAY - dt.timedelta(8), Verdict.NOT_MET),
        (DAY + dt.timedelta(1), Verdict.NOT_ASSESSED),
        (None, Verdict.NOT_ASSESSED),
    ],
)
def test_the_last_update_counts_where_it_is_known(added_on, verdict):
    report = lint([word("笨蛋", added_on=added_on)], rulebook=BOOK, on=DAY)
    assert checks(report)["keyword-update-days", ""].verdict is verdict


def test_an_empty_bank_is_judged_too():
    assert lint([], rulebook=BOOK, on=DAY).verdict is Verdict.NOT_MET


def test_an_earlier_day_has_its_own_edition():
    report = lint([], rulebook=BOOK, on=dt.date(2025, 6, 1))
    assert checks(report)["keyword-bank-size", ""].citation == "TC260-003 8.1a"
