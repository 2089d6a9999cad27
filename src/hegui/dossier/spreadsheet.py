"""The tables, to work with: .xlsx."""

import datetime as dt
import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hegui.dossier.typesetting import Line, Lines, SetDocument, SetTable

_WIDTH_CHARACTERS = 120
_LONGEST_SHEET_NAME = 31


def write_spreadsheet(document: SetDocument, *, composed: dt.datetime) -> bytes:
    """The document as a workbook: the text on the first sheet, each table on one of its own.

    Whole numbers are numbers, to be reckoned with; the mark of their entry is part of their format.

    Args:
        document: the lines.
        composed: when, as the file's properties say.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {"title": document.title[0].text, "author": "Hegui", "created": composed.replace(tzinfo=None)}
    )
    _write_text(book, document)
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, SetTable):
                _write_table(book, block)
    book.close()
    return buffer.getvalue()


def _write_text(book: Workbook, document: SetDocument) -> None:
    sheet = book.add_worksheet("正文")
    sheet.set_column(0, 0, _WIDTH_CHARACTERS)
    bold = book.add_format({"bold": True, "text_wrap": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    lines: list[tuple[Line, Format]] = [(line, bold) for line in document.title]
    lines += [(line, plain) for line in document.subtitle]
    for section in document.sections:
        lines += [(line, bold) for line in section.title]
        for block in section.blocks:
            if not isinstance(block, SetTable):
                lines += [(line, plain) for line in block]
    for row, (line, form) in enumerate(lines):
        sheet.write_string(row, 0, _marked(line), form)


def _write_table(book: Workbook, table: SetTable) -> None:
    sheet = book.add_worksheet(table.name.zh[:_LONGEST_SHEET_NAME])
    header = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF4", "border": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, _WIDTH_CHARACTERS * width / sum(table.widths))
    for column, lines in enumerate(table.header):
        sheet.write_string(0, column, "\n".join(line.text for line in lines), header)
    for row, cells in enumerate(table.rows, start=1):
        for column, lines in enumerate(cells):
            _write_cell(book, sheet, (row, column), lines, plain)
    sheet.freeze_panes(1, 0)


def _write_cell(
    book: Workbook, sheet: Worksheet, place: tuple[int, int], lines: Lines, plain: Format
) -> None:
    only = lines[0].runs[0] if len(lines) == 1 and len(lines[0].runs) == 1 else None
    if only is not None and only.form == "integer":
        number = book.add_format({"num_format": f'0" [{only.mark}]"', "border": 1, "valign": "top"})
        sheet.write_number(*place, int(only.value), number)
    else:
        sheet.write_string(*place, "\n".join(_marked(line) for line in lines), plain)


def _marked(line: Line) -> str:
    return "".join(run.text + (f" [{run.mark}]" if run.mark else "") for run in line.runs)
