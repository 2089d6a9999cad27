"""The editable deliverable: .docx."""

import copy
import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from functools import cache

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from hegui.core import Language, Verdict
from hegui.dossier.model import Emphasis
from hegui.dossier.typesetting import Line, Lines, Run, SetDocument, SetParagraph, SetSection, SetTable

_FONT = "宋体"
_TITLE_FONT = "黑体"
_LATIN = "Times New Roman"
_TITLE_LATIN = "Arial"
_ACCENT = RGBColor(0x1F, 0x3A, 0x5F)
_SECONDARY = RGBColor(0x5F, 0x5F, 0x5F)
_HEADER_SHADE = "EAF0F6"
_KEY_SHADE = "F3F6FA"
_RULE = "B9B9B9"
_MARGIN = Cm(2.2)
_TEXT_WIDTH_CM = 16.6
_BODY_POINTS = 10.5
_TABLE_POINTS = 9.0
_NOTE_POINTS = 9.0
_EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_VERDICT_COLOURS = {
    Verdict.MET: RGBColor(0x1A, 0x6E, 0x34),
    Verdict.NOT_MET: RGBColor(0xB4, 0x23, 0x18),
    Verdict.NOT_ASSESSED: RGBColor(0x8A, 0x5A, 0x00),
    Verdict.NOT_APPLICABLE: _SECONDARY,
}


def write_word(document: SetDocument, *, composed: dt.datetime) -> bytes:
    """The document as a Word file, byte-identical for the same content and time.

    Args:
        document: the lines.
        composed: when, as the file's properties say.
    """
    file = docx.Document()
    _set_properties(file, document, composed)
    _set_styles(file)
    _set_page(file, document)
    for line in document.title:
        chinese = line is document.title[0]
        _centred(
            file, line, points=20 if chinese else 13, colour=_ACCENT if chinese else _SECONDARY, bold=chinese
        )
    for line in document.subtitle:
        _centred(file, line, points=_BODY_POINTS)
    for section in document.sections:
        _write_section(file, section)
    buffer = io.BytesIO()
    file.save(buffer)
    return _without_times(buffer.getvalue())


def _without_times(data: bytes) -> bytes:
    """The same archive, in which no file says when it was put there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for member in source.infolist():
            plain = zipfile.ZipInfo(member.filename, date_time=_EARLIEST_ZIP_TIME)
            target.writestr(plain, source.read(member), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _set_properties(file: WordFile, document: SetDocument, composed: dt.datetime) -> None:
    properties = file.core_properties
    properties.title = document.title[0].text
    properties.author = properties.last_modified_by = "Hegui"
    properties.comments = ""
    properties.created = properties.modified = composed.astimezone(dt.UTC).replace(tzinfo=None)


def _set_styles(file: WordFile) -> None:
    normal = file.styles["Normal"]
    normal.font.name = _LATIN
    normal.font.size = Pt(_BODY_POINTS)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    normal.paragraph_format.space_after = Pt(4)
    heading = file.styles["Heading 1"]
    heading.font.name = _TITLE_LATIN
    heading.element.rPr.rFonts.set(qn("w:eastAsia"), _TITLE_FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        # A theme font would win over the named one.
        heading.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    heading.paragraph_format.space_before = Pt(18)
    heading.paragraph_format.space_after = Pt(6)


def _set_page(file: WordFile, document: SetDocument) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = _MARGIN
    page.top_margin = page.bottom_margin = _MARGIN
    header = page.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for line in document.notice:
        if line is not document.notice[0]:
            _add(header, " · ", points=8, colour=_SECONDARY)
        _write(header, line, points=8, colour=_SECONDARY)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    # Pages are counted in Chinese numerals: every digit of the text is a figure with a source.
    counting = OxmlElement("w:pgNumType")
    counting.set(qn("w:fmt"), "chineseCounting")
    page._sectPr.append(counting)  # noqa: SLF001 - python-docx has no property for it
    _add_field(footer, "PAGE")


def _centred(
    file: WordFile, line: Line, *, points: float, colour: RGBColor | None = None, bold: bool = False
) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    secondary = _SECONDARY if line.language is Language.EN else None
    _write(paragraph, line, points=points, colour=colour or secondary, bold=bold)


def _write_section(file: WordFile, section: SetSection) -> None:
    heading = file.add_heading(level=1)
    for line in section.title:
        first = line is section.title[0]
        if not first:
            _add(heading, "  ", points=10)
        _write(heading, line, points=14 if first else 10, colour=_ACCENT if first else _SECONDARY, bold=first)
    for block in section.blocks:
        if isinstance(block, SetTable):
            _write_table(file, block)
        else:
            _write_paragraph(file, block)


def _write_paragraph(file: WordFile, block: SetParagraph) -> None:
    paragraph = file.add_paragraph()
    points = _NOTE_POINTS if block.emphasis is Emphasis.NOTE else _BODY_POINTS
    key = block.emphasis is Emphasis.KEY
    _write_lines(paragraph, block.lines, points=points + 1.5 * key, bold=key)
    if key:
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no shading of paragraphs
        properties.append(_shading(_KEY_SHADE))


def _write_table(file: WordFile, table: SetTable) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(6)
    _write(caption, table.name[0], points=_BODY_POINTS, colour=_ACCENT, bold=True)
    for line in table.name[1:]:
        _add(caption, "  ", points=_TABLE_POINTS)
        _write(caption, line, points=_TABLE_POINTS, colour=_SECONDARY)
    columns = len(table.header)
    written = file.add_table(rows=1 + len(table.rows), cols=columns)
    written.autofit = False
    written._tbl.tblPr.append(_borders())  # noqa: SLF001 - python-docx has no borders
    widths = [Cm(_TEXT_WIDTH_CM * width / sum(table.widths)) for width in table.widths]
    for column, width in zip(written.columns, widths, strict=True):
        column.width = width
    # Cells are fetched once per table: python-docx walks the whole table for each cell otherwise.
    cells = written._cells  # noqa: SLF001 - as the line above says
    for position, lines in enumerate((*table.header, *(cell for row in table.rows for cell in row))):
        cell = cells[position]
        cell.width = widths[position % columns]
        header = position < columns
        _fill(cell, lines, header=header, room=0 if header else table.room)
    _keep_rows(written._tbl.tr_lst)  # noqa: SLF001 - python-docx has no property for it
    file.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(cell: _Cell, lines: Lines, *, header: bool, room: int) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    _write_lines(paragraph, lines, points=_TABLE_POINTS, bold=header)
    for _ in range(room):
        cell.add_paragraph()
    if header:
        cell._tc.get_or_add_tcPr().append(_shading(_HEADER_SHADE))  # noqa: SLF001 - no property for it either


def _write_lines(paragraph: Paragraph, lines: Lines, *, points: float, bold: bool) -> None:
    for line in lines:
        first = line is lines[0]
        if not first:
            paragraph.add_run().add_break(WD_BREAK.LINE)
        _write(
            paragraph,
            line,
            points=points if first else points - 1,
            colour=None if first else _SECONDARY,
            bold=bold and first,
        )


def _write(
    paragraph: Paragraph, line: Line, *, points: float, colour: RGBColor | None = None, bold: bool = False
) -> None:
    for run in line.runs:
        verdict = _VERDICT_COLOURS.get(run.verdict) if run.verdict else None
        _add(paragraph, run.text, points=points, colour=verdict or colour, bold=bold)
        _add_mark(paragraph, run, points=points)


def _add(
    paragraph: Paragraph,
    text: str,
    *,
    points: float,
    colour: RGBColor | None = None,
    bold: bool = False,
    raised: bool = False,
) -> None:
    # Built once for each look and copied: python-docx takes a hundred times longer to set each property.
    look = copy.deepcopy(_look(points, colour, bold=bold, raised=raised))
    paragraph.add_run(text)._r.insert(0, look)  # noqa: SLF001 - as said above


@cache
def _look(points: float, colour: RGBColor | None, *, bold: bool, raised: bool) -> BaseOxmlElement:
    look = OxmlElement("w:rPr")
    fonts = _element("w:rFonts")
    latin = _TITLE_LATIN if bold else _LATIN
    for script, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", _TITLE_FONT if bold else _FONT)):
        fonts.set(qn(f"w:{script}"), name)
    look.append(fonts)
    if bold:
        look.append(_element("w:b"))
    if colour is not None:
        look.append(_element("w:color", str(colour)))
    look.append(_element("w:sz", str(round(points * 2))))
    if raised:
        look.append(_element("w:vertAlign", "superscript"))
    return look


def _element(name: str, value: str | None = None) -> BaseOxmlElement:
    element = OxmlElement(name)
    if value is not None:
        element.set(qn("w:val"), value)
    return element


def _add_mark(paragraph: Paragraph, run: Run, *, points: float) -> None:
    if run.mark:
        _add(paragraph, run.mark, points=points, colour=_ACCENT, raised=True)


def _shading(fill: str) -> BaseOxmlElement:
    shading = _element("w:shd", "clear")
    shading.set(qn("w:fill"), fill)
    return shading


def _borders() -> BaseOxmlElement:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        border = _element(f"w:{side}", "single")
        border.set(qn("w:sz"), "8" if side == "top" else "4")
        border.set(qn("w:color"), str(_ACCENT) if side == "top" else _RULE)
        borders.append(border)
    return borders


def _keep_rows(rows: Iterable[CT_Row]) -> None:
    """Repeat the header on every page, and break no row over two."""
    for number, row in enumerate(rows):
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    for kind in ("begin", "instruction", "end"):
        element = OxmlElement("w:instrText" if kind == "instruction" else "w:fldChar")
        if kind == "instruction":
            element.set(qn("xml:space"), "preserve")
            element.text = instruction
        else:
            element.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._element.append(element)  # noqa: SLF001 - python-docx has no fields
