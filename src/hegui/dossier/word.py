"""The editable deliverable: .docx."""

import datetime as dt
import io
from typing import Any

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from hegui.core import Language
from hegui.dossier.typesetting import Line, Lines, SetDocument, SetSection, SetTable

_FONT = "宋体"
_TITLE_FONT = "黑体"
_LATIN = "Times New Roman"
_SECONDARY = RGBColor(0x55, 0x55, 0x55)
_SHADE = "E8EEF4"
_MARGIN = Cm(2.2)
_TEXT_WIDTH_CM = 16.6
_BODY_POINTS = 10.5
_TABLE_POINTS = 9


def write_word(document: SetDocument, *, composed: dt.datetime) -> bytes:
    """The document as a Word file.

    Args:
        document: the lines.
        composed: when, as the file's properties say.
    """
    file = docx.Document()
    _prepare(file, document, composed)
    for line in document.title:
        paragraph = file.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph, line, points=20 if line.language is Language.ZH else 13, bold=True)
    for line in document.subtitle:
        paragraph = file.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph, line, points=_BODY_POINTS)
    for section in document.sections:
        _write_section(file, section)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _prepare(file: WordFile, document: SetDocument, composed: dt.datetime) -> None:
    properties = file.core_properties
    properties.title = document.title[0].text
    properties.author = properties.last_modified_by = "Hegui"
    properties.comments = ""
    properties.created = properties.modified = composed.replace(tzinfo=None)
    style = file.styles["Normal"]
    style.font.name = _LATIN
    style.font.size = Pt(_BODY_POINTS)
    _set_east_asian_font(style.element, _FONT)
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = _MARGIN
    page.top_margin = page.bottom_margin = _MARGIN
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    # Page numbers are counted in Chinese numerals: every digit of the text is a figure with a source.
    _field(footer, r"PAGE \* CHINESENUM3")


def _write_section(file: WordFile, section: SetSection) -> None:
    for line in section.title:
        heading = file.add_heading(level=1 if line.language is section.title[0].language else 2)
        _write(heading, line, points=14 if line is section.title[0] else 11, bold=True)
    for block in section.blocks:
        if isinstance(block, SetTable):
            _write_table(file, block)
        else:
            for line in block:
                paragraph = file.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(4)
                _write(paragraph, line, points=_BODY_POINTS)


def _write_table(file: WordFile, table: SetTable) -> None:
    columns = len(table.header)
    written = file.add_table(rows=1 + len(table.rows), cols=columns, style="Table Grid")
    written.autofit = False
    widths = [Cm(_TEXT_WIDTH_CM * width / sum(table.widths)) for width in table.widths]
    # Cells are fetched once per table: python-docx walks the whole table for each cell otherwise.
    cells = written._cells  # noqa: SLF001
    for position, lines in enumerate((*table.header, *(cell for row in table.rows for cell in row))):
        cell = cells[position]
        cell.width = widths[position % columns]
        _fill(cell, lines, header=position < columns)
    # The header is repeated on every page; python-docx has no property for it.
    written.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    file.add_paragraph()


def _fill(cell: _Cell, lines: Lines, *, header: bool) -> None:
    for position, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if position == 0 else cell.add_paragraph()
        _write(paragraph, line, points=_TABLE_POINTS, bold=header)
    if header:
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "clear")
        shading.set(qn("w:fill"), _SHADE)
        cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001 - likewise


def _write(paragraph: Paragraph, line: Line, *, points: float, bold: bool = False) -> None:
    for run in line.runs:
        written = paragraph.add_run(run.text)
        written.font.size = Pt(points)
        written.font.name = _LATIN
        written.bold = bold
        _set_east_asian_font(written._element, _TITLE_FONT if bold else _FONT)  # noqa: SLF001 - likewise
        if line.language is Language.EN:
            written.font.color.rgb = _SECONDARY
        if run.mark:
            above = paragraph.add_run(run.mark)
            above.font.superscript = True
            above.font.size = Pt(points)


def _set_east_asian_font(element: Any, font: str) -> None:  # noqa: ANN401 - python-docx has no type for it
    element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(paragraph: Paragraph, instruction: str) -> None:
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = instruction
            run._element.append(text)  # noqa: SLF001 - python-docx has no fields
        else:
            character = OxmlElement("w:fldChar")
            character.set(qn("w:fldCharType"), kind)
            run._element.append(character)  # noqa: SLF001
