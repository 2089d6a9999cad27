"""The tables, to work with: .xlsx."""

import datetime as dt
import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hegui.core import Verdict
from hegui.dossier.model import Emphasis
from hegui.dossier.typesetting import Line, Lines, SetDocument, SetParagraph, SetTable

_WIDTH_CHARACTERS = 120
_LONGEST_SHEET_NAME = 31
_ACCENT = "#1F3A5F"
_HEADER_SHADE = "#EAF0F6"
_RULE = "#B9B9B9"
_VERDICT_COLOURS = {
    Verdict.MET: "#1A6E34",
    Verdict.NOT_MET: "#B42318",
    Verdict.NOT_ASSESSED: "#8A5A00",
    Verdict.NOT_APPLICABLE: "#5F5F5F",
}


def write_spreadsheet(document: SetDocument, *, composed: dt.datetime) -> bytes:
    """The document as a workbook: the text on the first sheet, each table on one of its own.

    Whole numbers are numbers, to be reckoned with; the mark of their entry is part of their format.

    Args:
        document: the lines.
        composed: when, as the file's properties say.
    """
    buffer = io.BytesIO()
    # Texts that look like formulas or links are texts: the file quotes what others wrote.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    created = composed.astimezone(dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": document.title[0].text, "author": "Hegui", "created": created})
    pen = _Pen(book)
    _write_text(book, pen, document)
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, SetTable):
                _write_table(book, pen, block)
    book.close()
    return buffer.getvalue()


@dataclass
class _Pen:
    """The formats of one workbook, each made once."""

    book: Workbook

    def __post_init__(self) -> None:
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            wrapped = {"text_wrap": True, "valign": "top", **properties}
            self._made[key] = self.book.add_format(wrapped)
        return self._made[key]

    def cell(self, **properties: object) -> Format:
        return self(bottom=1, bottom_color=_RULE, **properties)


def _write_text(book: Workbook, pen: _Pen, document: SetDocument) -> None:
    sheet = book.add_worksheet("正文 Text")
    sheet.set_column(0, 0, _WIDTH_CHARACTERS)
    sheet.hide_gridlines(2)
    written: list[tuple[Lines, Format]] = [
        (document.title, pen(bold=True, font_size=16, font_color=_ACCENT)),
        (document.notice, pen(italic=True)),
        (document.subtitle, pen()),
    ]
    for section in document.sections:
        written.append((section.title, pen(bold=True, font_size=13, font_color=_ACCENT)))
        for block in section.blocks:
            if isinstance(block, SetParagraph):
                written.append((block.lines, pen(bold=block.emphasis is Emphasis.KEY)))
            else:
                written.append((block.name, pen(font_color=_ACCENT)))
    for row, (lines, form) in enumerate(written):
        sheet.write_string(row, 0, _joined(lines), form)


def _write_table(book: Workbook, pen: _Pen, table: SetTable) -> None:
    sheet = book.add_worksheet(table.name[0].text[:_LONGEST_SHEET_NAME])
    sheet.hide_gridlines(2)
    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, _WIDTH_CHARACTERS * width / sum(table.widths))
    for column, lines in enumerate(table.header):
        sheet.write_string(0, column, _joined(lines), pen.cell(bold=True, bg_color=_HEADER_SHADE))
    for row, cells in enumerate(table.rows, start=1):
        for column, lines in enumerate(cells):
            _write_cell(sheet, pen, (row, column), lines)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_cell(sheet: Worksheet, pen: _Pen, place: tuple[int, int], lines: Lines) -> None:
    runs = [run for line in lines for run in line.runs]
    if len(runs) == 1 and runs[0].form == "integer":
        form = f'#,##0" [{runs[0].mark}]"' if runs[0].mark else "#,##0"
        sheet.write_number(*place, int(runs[0].value), pen.cell(num_format=form, align="left"))
    else:
        verdict = next((run.verdict for run in runs if run.verdict), None)
        colour = {"font_color": _VERDICT_COLOURS[verdict]} if verdict else {}
        sheet.write_string(*place, _joined(lines), pen.cell(**colour))


def _joined(lines: Lines) -> str:
    return "\n".join(map(_marked, lines))


def _marked(line: Line) -> str:
    return "".join(run.text + (f" [{run.mark}]" if run.mark else "") for run in line.runs)
