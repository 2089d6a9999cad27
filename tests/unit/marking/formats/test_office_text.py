import io

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.elements import escaped
from hegui.marking.formats.office_text import shown_text

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def read(body: str) -> str:
    return shown_text(f"<w:document {WORD}><w:body>{body}</w:body></w:document>".encode())


def test_paragraphs_are_lines_and_runs_are_joined():
    body = f"<w:p>{run('本内容由')}{run('AI生成')}</w:p><w:p>{run('正文')}<w:r><w:tab/><w:br/></w:r></w:p>"
    assert read(body) == "本内容由AI生成\n正文 \n\n"


def test_what_stands_outside_a_run_is_read_too():
    assert read("<w:p><w:fld><w:t>第1页</w:t></w:fld><w:br/></w:p>") == "第1页\n\n"


@pytest.mark.parametrize("hidden", ["<w:vanish/>", "<w:webHidden/>", '<w:vanish w:val="1"/>'])
def test_a_hidden_run_is_not_read(hidden):
    assert read(run("看得见") + run("AI生成", hidden) + run("也看得见")) == "看得见也看得见"


def test_a_run_that_is_said_not_to_be_hidden_is_read():
    assert read(run("AI生成", '<w:vanish w:val="0"/>')) == "AI生成"


@pytest.mark.parametrize(
    ("outer", "inner", "text"),
    [
        ("", "", "AI生成框\n正文\n"),
        ("", "<w:vanish/>", "AI生成\n正文\n"),
        ("<w:vanish/>", "", "\n"),
        ("<w:vanish/>", '<w:vanish w:val="0"/>', "\n"),
    ],
)
def test_a_run_in_a_text_box_leaves_the_run_around_it_as_it_was(outer, inner, text):
    box = f"<w:pict><w:txbxContent><w:p>{run('框', inner)}</w:p></w:txbxContent></w:pict>"
    around = f"<w:r><w:rPr>{outer}</w:rPr><w:t>AI生成</w:t>{box}<w:t>正文</w:t></w:r>"
    assert read(f"<w:p>{around}</w:p>") == text


@pytest.mark.parametrize(
    "within",
    [
        "<w:pict><w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:p></w:pict>",
        "<w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr>",
    ],
)
def test_what_is_hidden_within_a_run_does_not_hide_the_run(within):
    assert read(f"<w:p><w:r>{within}<w:t>AI生成</w:t></w:r></w:p>").strip() == "AI生成"


def test_of_a_run_that_does_not_end_what_is_not_hidden_is_read():
    assert shown_text(b"<x><r><t>AI</t><p><r><t>GC</t></p>") == "AIGC"
    assert shown_text(b"<x><r><t>AI</t><r><rPr><vanish/></rPr><t>GC</t></x>") == "AI"


def test_what_was_deleted_instructions_and_second_versions_are_not_read():
    body = (
        "<w:r><w:delText>删去</w:delText><w:instrText>PAGE</w:instrText></w:r>"
        f"<w:a><w:Fallback><w:p>{run('又说一遍')}</w:p></w:Fallback></w:a>{run('正文')}"
    )
    assert read(body) == "正文"


def test_a_slide_that_is_not_shown_has_no_text():
    slide = '<p:sld xmlns:p="p" xmlns:a="a"{}><a:p><a:r><a:t>AI生成</a:t></a:r></a:p></p:sld>'
    assert shown_text(slide.format("").encode()) == "AI生成\n"
    assert shown_text(slide.format(' show="0"').encode()) == ""


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"<",
        b'<!DOCTYPE x [<!ENTITY e "AI">]><x><t>&e;</t></x>',
        b"<x>" * 300 + b"<t>AI</t>",
    ],
)
def test_what_is_no_part_has_no_text(part):
    assert shown_text(part) == ""


def test_of_a_damaged_part_what_stands_before_the_damage_is_read():
    assert shown_text(b"<x><t>AI</t><p></x>") == "AI"


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), max_size=20), max_size=5))
def test_a_document_that_another_program_made_is_read_line_by_line(lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    assert shown_text(document.part.blob).splitlines() == lines


def test_references_stand_for_what_they_name():
    assert read(run(escaped("<AI>&生成"))) == "<AI>&生成"
