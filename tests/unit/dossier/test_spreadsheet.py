"""The tables, as another library reads them."""

import io

import openpyxl
import pytest

from hegui.core import BilingualText
from hegui.dossier.model import Document, Emphasis, Figure, Paragraph, Section, Table, same
from hegui.dossier.spreadsheet import write_spreadsheet
from hegui.dossier.typesetting import Tongue, typeset
from hegui.ledger import EntryRef


@pytest.fixture
def book(set_document, composed_at):
    return openpyxl.load_workbook(io.BytesIO(write_spreadsheet(set_document, composed=composed_at)))


def test_the_text_is_on_the_first_sheet_and_each_table_on_its_own(book):
    assert book.sheetnames == ["正文 Text", "表"]
    assert [cell.value for cell in book.worksheets[0]["A"]] == [
        "标题\nTitle",
        "草稿\nDraft",
        "编制于 2026-11-22 [b]\ncomposed on 2026-11-22 [b]",
        "一、正文\nA. Text",
        "共 1,234 [a] 篇。\n1,234 [a] in all.",
        "表\nTable",
    ]


def test_whole_numbers_are_numbers_that_show_their_mark(book):
    cell = book["表"]["A2"]

    assert cell.value == 1234
    assert cell.number_format == '#,##0" [a]"'


def test_everything_else_is_text(book):
    assert book["表"]["B2"].value == "5.12% [a]，依据 第 17 条\n5.12% [a], by Article 17"
    assert book["表"]["B3"].value == "不符合\nnot met"
    assert book["表"]["B3"].font.color.rgb == "FFB42318"


def test_the_header_stays_in_sight(book):
    assert book["表"].freeze_panes == "A2"


def test_the_same_document_gives_the_same_bytes(set_document, composed_at):
    first, second = (write_spreadsheet(set_document, composed=composed_at) for _ in range(2))

    assert first == second


def test_what_others_wrote_is_never_a_formula_or_a_link(composed_at):
    title = BilingualText(zh="题", en="title")
    texts = ["=x", "@SUM", "+a", "http://localhost/"]
    rows = tuple(((same(text),),) for text in texts)
    plain = Figure(entry=EntryRef(stream="main", seq=0), pointer="/n", value=5, form="integer")
    blocks = (
        Paragraph(pieces=(same("key"),), emphasis=Emphasis.KEY),
        Table(name=title, header=(title,), widths=(1,), rows=rows, marked=False),
        Table(
            name=BilingualText(zh="乙", en="b"),
            header=(title,),
            widths=(1,),
            rows=(((plain,),),),
            marked=False,
        ),
    )
    document = Document(
        title=title, notice=title, subtitle=(), sections=(Section(title=title, blocks=blocks),)
    )

    data = write_spreadsheet(typeset(document, tongue=Tongue.ZH), composed=composed_at)
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert [cell.value for cell in book["题"]["A"]] == ["题", *texts]
    assert {cell.data_type for cell in book["题"]["A"]} == {"s"}
    assert (book["乙"]["A2"].value, book["乙"]["A2"].number_format) == (5, "#,##0")
