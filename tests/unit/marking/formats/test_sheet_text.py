import io

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from hegui.marking.formats.ooxml import OOXML
from hegui.marking.formats.sheet_text import shared_strings, sheet_text

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOTICE = "本内容由人工智能生成"


def cells(body: str, strings: tuple[str, ...] = ()) -> str:
    return sheet_text(f'<worksheet xmlns="{SHEET}">{body}</worksheet>'.encode(), strings)


def by_xlsxwriter(**options) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["销量", 7, NOTICE])
        sheet.write_formula(1, 0, '="AI"&"合成"', None, "AI合成")
        sheet.set_footer('&L&"Arial,Bold"&12页 &P&C&K00FF00由AI生成')
        sheet.insert_textbox(3, 0, "文本框：AI生成")
    return file.getvalue()


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText("本内容由", TextBlock(InlineFont(b=True), "人工智能"), "生成")
    book.active.oddHeader.center.text = "AI合成"
    book.active.oddHeader.center.font = "Arial,Bold"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}])
def test_cells_results_headers_and_boxes_of_a_sheet_are_read(options):
    said = OOXML.text(by_xlsxwriter(**options))
    assert {NOTICE, "AI合成", "由AI生成", "文本框：AI生成"} <= set(said.text.splitlines())
    assert "7" not in said.text.splitlines()
    assert said.faults == ()


def test_what_another_program_wrote_is_read_too():
    assert {NOTICE, "AI合成"} <= set(OOXML.text(by_openpyxl()).text.splitlines())


def test_a_text_that_no_cell_names_is_not_read():
    strings = shared_strings(f'<sst xmlns="{SHEET}"><si><t>a</t></si><si><t>b</t></si></sst>'.encode())
    assert strings == ["a", "b"]
    body = "".join(f'<c t="s"><v>{number}</v></c>' for number in (1, 7, "1", "x", "9" * 5000))
    assert cells(body, strings) == "b"
    assert cells('<c t="s"/><c><v>5</v></c><c t="b"><v>1</v></c>', strings) == ""


def test_how_a_word_is_read_aloud_is_not_what_is_written():
    xml = f'<sst xmlns="{SHEET}"><si><t>生成</t><rPh sb="0" eb="2"><t>セイセイ</t></rPh></si></sst>'
    assert shared_strings(xml.encode()) == ["生成"]


def test_a_document_type_ends_the_reading_and_damage_what_is_behind_it():
    assert sheet_text(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ()) == ""
    assert cells('<c t="str"><v>a</v></c></broken><c t="str"><v>b</v></c>') == "a"


@given(st.binary())
def test_nothing_is_raised_whatever_the_bytes(data):
    assert isinstance(sheet_text(data, shared_strings(data)), str)
