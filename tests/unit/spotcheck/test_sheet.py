"""Spreadsheets to review in, filled in by another program."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from hegui.core import NotFound
from hegui.corpus import Lot
from hegui.spotcheck.model import KeptText, SampledDocument
from hegui.spotcheck.reviewing import FlawedReviews, ReviewOutcome
from hegui.spotcheck.sheet import NoReviewSheet, SheetOrigin, read_sheet, shown, write_sheet

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
TEXTS = {
    "0a": "=1+1",
    "0b": "第一行\r\n第二行 \x07 _x0041_",
    "0c": "长" * 20_000,
    "0d": "半个\ud800",
    "0e": "http://example.org",
}
REVIEW = "抽检 Review"


def document(lot):
    return SampledDocument(
        lot=Lot(number=lot, source="wiki", file="a.jsonl", line=7, offset=0),
        rank=1,
        text=KeptText(digest="", blob="", start=0, length=0, characters=len(TEXTS[lot])),
    )


@pytest.fixture
def risks(rulebook):
    return rulebook.risks


@pytest.fixture
def path(tmp_path, risks):
    path = tmp_path / "review.xlsx"
    documents = [(document(lot), text) for lot, text in TEXTS.items()]
    path.write_bytes(
        write_sheet(documents, origin=SheetOrigin(sample=2, reviewer="张三"), risks=risks, created=NOON)
    )
    return path


@pytest.fixture
def fill(path):
    """Fills cells in as a spreadsheet program does, and saves."""

    def fill(cells):
        book = openpyxl.load_workbook(path)
        for place, value in cells.items():
            book[REVIEW][place] = value
        book.save(path)
        return path

    return fill


def test_all_but_the_answers_is_locked_and_the_risks_are_listed(path, risks):
    book = openpyxl.load_workbook(path)
    sheet = book[REVIEW]
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in sheet[2]] == [True] * 4 + [False] * 3
    assert [sheet.cell(row, 4).value for row in (2, 6)] == ["=1+1", "http://example.org"]
    assert sheet["D2"].data_type == "s"
    assert [row[0].value for row in book["风险 Risks"].iter_rows(min_row=2)] == [risk.id for risk in risks]
    lists = [each.formula1 for each in sheet.data_validations.dataValidation]
    assert lists == ['"合格,不合格,无法判断"', "'风险 Risks'!$A$2:$A$32"]


def test_answers_come_back_with_who_gave_them(fill, risks):
    path = fill({"E2": "合格", "E3": "不合格", "F3": "A.1.f，a.2.e", "G3": " 说明 ", "E4": "unclear"})
    read = read_sheet(path, sample=2, texts=TEXTS, risks=risks)
    assert read.origin == SheetOrigin(sample=2, reviewer="张三")
    assert [(each.lot, each.outcome) for each in read.opinions] == [
        ("0a", ReviewOutcome.PASS),
        ("0b", ReviewOutcome.FAIL),
        ("0c", ReviewOutcome.UNCLEAR),
    ]
    assert (read.opinions[1].risks, read.opinions[1].note) == (("A.1.f", "A.2.e"), "说明")


def test_every_text_is_known_again_after_another_program_has_saved_it(fill, risks):
    path = fill({f"E{row}": "合格" for row in range(2, 7)})
    assert len(read_sheet(path, sample=2, texts=TEXTS, risks=risks).opinions) == 5


def test_whole_rows_may_be_moved(fill, risks, path):
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book[REVIEW].iter_rows(min_row=2)]
    moved = {
        f"{column}{number}": value
        for number, row in enumerate(reversed(rows), start=2)
        for column, value in zip("ABCD", row, strict=False)
    }
    read = read_sheet(fill(moved | {"E2": "合格"}), sample=2, texts=TEXTS, risks=risks)
    assert [each.lot for each in read.opinions] == ["0e"]


def test_rows_that_cannot_be_taken_in_are_named_with_sheet_row_and_reason(fill, risks):
    answers = {"E2": "好", "E3": "不合格", "E4": "合格", "F4": "A.1.f", "E5": "合格", "E6": "合格"}
    path = fill(answers | {"D5": "其他", "A6": "ff", "F7": "A.1.f"})
    with pytest.raises(FlawedReviews) as caught:
        read_sheet(path, sample=2, texts=TEXTS, risks=risks)
    places = [place for place, _ in caught.value.flaws]
    assert places == [f"{REVIEW} {row}" for row in range(2, 8)]
    told = str(caught.value)
    for reason in ("no outcome", "at least one risk", "hold none", "sorting some columns", "lot 'ff'"):
        assert reason in told


def test_rows_that_were_added_without_an_answer_say_nothing(fill, risks):
    assert read_sheet(fill({"G9": "note"}), sample=2, texts=TEXTS, risks=risks).opinions == ()


def test_of_two_rows_about_one_document_that_contradict_each_other_neither_is_taken(fill, risks):
    same = {"E6": "合格", "A7": "0e", "D7": "http://example.org", "E7": "合格"}
    assert len(read_sheet(fill(same), sample=2, texts=TEXTS, risks=risks).opinions) == 1
    with pytest.raises(FlawedReviews, match="Review 7: 0e is answered twice"):
        read_sheet(fill(same | {"E7": "不合格", "F7": "A.1.f"}), sample=2, texts=TEXTS, risks=risks)


def test_a_spreadsheet_without_documents_can_be_written_and_read(tmp_path, risks):
    path = tmp_path / "empty.xlsx"
    path.write_bytes(write_sheet([], origin=SheetOrigin(sample=2, reviewer="a"), risks=risks, created=NOON))
    assert read_sheet(path, sample=2, texts=TEXTS, risks=risks).opinions == ()


def test_a_file_that_was_not_made_here_is_refused(tmp_path, risks, path, monkeypatch):
    with pytest.raises(NotFound):
        read_sheet(tmp_path / "gone.xlsx", sample=2, texts=TEXTS, risks=risks)
    (tmp_path / "text.xlsx").write_text("text", encoding="utf-8")
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    book.active.title = REVIEW
    book.create_sheet("hegui")["A1"] = "no json"
    book.save(tmp_path / "damaged.xlsx")
    book["hegui"]["A1"] = '{"sample": 1, "reviewer": "a"}'
    book[REVIEW]["A1"] = "Lot"
    book.save(tmp_path / "headings.xlsx")
    book[REVIEW].delete_rows(1)
    book.save(tmp_path / "emptied.xlsx")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as packed:
        packed.writestr("a", "b")
    for name in ("text", "other", "damaged", "headings", "emptied", "zip"):
        with pytest.raises(NoReviewSheet, match="review export"):
            read_sheet(tmp_path / f"{name}.xlsx", sample=2, texts=TEXTS, risks=risks)
    monkeypatch.setattr("hegui.spotcheck.sheet._MOST_UNPACKED", 10)
    with pytest.raises(NoReviewSheet, match="1 GB"):
        read_sheet(path, sample=2, texts=TEXTS, risks=risks)


def test_a_long_text_says_how_much_of_it_is_left_out():
    assert shown("a" * 16_000) == "a" * 16_000
    assert shown("a" * 16_005).endswith("（5 more characters: hegui corpus review text）")
