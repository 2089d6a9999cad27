import datetime as dt
import io

from msgspec import structs
from openpyxl import load_workbook

from hegui.rulebook import Rulebook
from hegui.screening import Keyword, KeywordBank, MatchMode, load_bank
from hegui.screening.bank_sheet import filing_rows, write_csv, write_filing

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_a_bank_written_as_a_table_is_read_back_the_same(tmp_path):
    path = tmp_path / "bank.csv"
    word = Keyword(
        text="炸弹",
        risk="A.1.h",
        kind="k",
        source="s",
        match=MatchMode.SEPARATED,
        pinyin="zha dan",
        initials=True,
        unless=("炸弹人", "炸弹,猫"),
    )
    bank = KeywordBank([*KeywordBank.starter().keywords, word], name="b")
    path.write_text(write_csv(bank.keywords), encoding="utf-8")
    assert load_bank(path) == bank


def test_the_filing_has_a_row_for_each_word_and_a_formula_is_a_word():
    words = [Keyword(text="=1+1", risk="A.2.i", kind="k", source="s")]
    data = write_filing(filing_rows(words, rulebook=Rulebook.load()), created=NOON)
    (sheet,) = load_workbook(io.BytesIO(data)).worksheets
    heading, row = sheet.values
    assert heading == ("关键词", "一级分类", "二级分类")
    assert row[0] == "=1+1"
    assert row[2].startswith("A.2.i ")
    assert sheet["A2"].data_type == "s"


def test_a_word_from_two_lists_is_one_row_and_what_is_about_minors_is_none():
    word = Keyword(text="笨蛋", risk="A.2.i", kind="k", source="a")
    words = [word, structs.replace(word, source="b"), structs.replace(word, risk="M.1")]
    assert [row[0] for row in filing_rows(words, rulebook=Rulebook.load())] == ["笨蛋"]
