import datetime as dt

import pytest

from hegui.core import InvalidDocument, NotFound
from hegui.screening.bank_import import import_bank
from hegui.screening.keywords import Level

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def read(tmp_path):
    def imported(name, text, **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return import_bank(path, **options)

    return imported


def test_columns_are_guessed_by_their_headings_and_the_first_of_a_kind_counts(read):
    imported = read("a.csv", "序号,敏感词,词语,风险,级别\n1,笨蛋,别的,A.2.i,low\n\n2,出售枪支,,A.1.h,high\n")
    assert [(column.heading, column.meaning) for column in imported.columns] == [
        ("序号", None),
        ("敏感词", "text"),
        ("词语", None),
        ("风险", "risk"),
        ("级别", "level"),
    ]
    assert [keyword.text for keyword in imported.keywords] == ["笨蛋", "出售枪支"]
    assert imported.keywords[0].level is Level.LOW
    assert imported.keywords[0].source == "a.csv"
    assert len(imported.bank) == 2


def test_a_table_without_headings_has_its_words_first(read):
    assert [k.text for k in read("a.csv", "笨蛋,A.2.i\n", risk="A.1.h").keywords] == ["笨蛋"]
    assert read("a.csv", "").keywords == ()


def test_a_list_of_lines_needs_a_risk_and_may_have_a_day(read):
    (keyword,) = read("a.txt", "# ours\n笨蛋\r\n\n笨蛋\n", risk="A.2.i", added_on=DAY).keywords
    assert (keyword.text, keyword.risk, keyword.added_on) == ("笨蛋", "A.2.i", DAY)


def test_json_may_hold_words_or_objects(read):
    imported = read("a.json", '["笨蛋", {"word": "出售枪支", "text": null, "risk": "A.1.h"}]', risk="A.2.i")
    assert [(k.text, k.risk) for k in imported.keywords] == [("笨蛋", "A.2.i")]
    assert imported.unusable[0].line == 2
    (keyword,) = read("a.json", '[{"word": "出售枪支", "risk": "A.1.h", "date": "2026-11-22"}]').keywords
    assert (keyword.risk, keyword.added_on) == ("A.1.h", DAY)


def test_a_bank_of_our_own_is_read_as_that(read):
    text = (
        "name: ours\nsource: us\nadded_on: 2026-11-22\ngroups: [{risk: A.2.i, kind: insult, words: [笨蛋]}]\n"
    )
    imported = read("a.yaml", text)
    assert (imported.name, imported.columns, len(imported.keywords)) == ("ours", (), 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("\u200b\tA.2.i", "nothing is left"),
        ("a\x07b\tA.2.i", "control characters"),
        ("笨蛋\tB.1", "no risk 'B.1'"),
        ("笨蛋", "no risk is given"),
        ("\tA.2.i", "no text is given"),
    ],
)
def test_a_line_that_gives_no_word_is_told_and_the_others_are_taken(read, line, reason):
    imported = read("a.txt", f"{line}\n出售枪支\tA.1.h\n")
    assert len(imported.keywords) == 1
    (unusable,) = imported.unusable
    assert unusable.line == 1
    assert reason in unusable.reason.en


def test_a_level_that_is_none_is_told(read):
    (unusable,) = read("a.csv", "word,risk,level\n笨蛋,A.2.i,extreme\n").unusable
    assert "extreme" in unusable.reason.en


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.xlsx", "", "save it as CSV"),
        ("a.csv", 'a,"b\n', "not CSV"),
        ("a.json", "[", "not JSON"),
        ("a.json", "{}", "a list of words"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(read, name, text, fault):
    with pytest.raises(InvalidDocument, match=fault):
        read(name, text)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(NotFound):
        import_bank(tmp_path / "none.csv")
