"""The editable deliverable, as Word's own library reads it."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from hegui.core import BilingualText
from hegui.dossier.model import Document, Emphasis, Paragraph, Section, Table, same
from hegui.dossier.typesetting import Tongue, typeset
from hegui.dossier.word import write_word


@pytest.fixture
def data(set_document, composed_at):
    return write_word(set_document, composed=composed_at)


@pytest.fixture
def file(data):
    return docx.Document(io.BytesIO(data))


def test_the_same_document_gives_the_same_bytes(data, set_document, composed_at):
    assert write_word(set_document, composed=composed_at) == data


def test_headings_are_headings(file):
    headings = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]

    assert headings == ["一、正文  A. Text"]


def test_marks_are_raised_and_verdicts_are_coloured(file):
    cells = file.tables[0]._cells
    number, raised = cells[2].paragraphs[0].runs

    assert (number.text, raised.text, raised.font.superscript) == ("1,234", "a", True)
    assert str(cells[5].paragraphs[0].runs[0].font.color.rgb) == "B42318"


def test_chinese_has_a_chinese_font_and_latin_a_latin_one(file):
    for run in (run for p in file.paragraphs for run in p.runs if run.text.strip()):
        fonts = run._element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in {"宋体", "黑体"}
        assert fonts.get(qn("w:ascii")) in {"Times New Roman", "Arial"}


def test_pages_are_counted_without_digits(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode()

    assert 'w:pgNumType w:fmt="chineseCounting"' in body


def test_the_head_of_every_page_says_that_this_is_a_draft(file):
    assert file.sections[0].header.paragraphs[0].text == "草稿 · Draft"


def test_tables_have_their_columns_and_repeat_their_header(file):
    table = file.tables[0]
    first, second = (column.width for column in table.columns)

    assert second == pytest.approx(2 * first, rel=0.01)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_the_file_says_when_it_was_composed(file, composed_at):
    assert file.core_properties.created.replace(tzinfo=None) == composed_at.replace(tzinfo=None)
    assert file.core_properties.title == "标题"


def test_key_paragraphs_notes_and_room_to_write_look_as_they_should(composed_at):
    title = BilingualText(zh="题", en="title")
    blocks = (
        Paragraph(pieces=(same("key"),), emphasis=Emphasis.KEY),
        Paragraph(pieces=(same("note"),), emphasis=Emphasis.NOTE),
        Table(name=title, header=(title,), widths=(1,), rows=((((),)),), room=2),
    )
    document = Document(
        title=title, notice=title, subtitle=(), sections=(Section(title=title, blocks=blocks),)
    )

    file = docx.Document(io.BytesIO(write_word(typeset(document, tongue=Tongue.EN), composed=composed_at)))

    key, note = (next(p for p in file.paragraphs if p.text == text) for text in ("key", "note"))
    assert key.runs[0].bold
    assert key._p.pPr.find(qn("w:shd")) is not None
    assert note.runs[0].font.size.pt == 9
    assert len(file.tables[0].cell(1, 0).paragraphs) == 3
