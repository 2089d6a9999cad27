"""The archive copy, as another library reads it."""

import datetime as dt
import importlib.util
import io
import shutil
import subprocess

import pypdf
import pytest
import typst

from hegui.dossier import pdf
from hegui.dossier.pdf import Font, FontMissing, NotTypeset, find_font, write_pdf
from hegui.dossier.walk import uncited_numbers


@pytest.fixture(scope="session")
def data(set_document, composed_at):
    return write_pdf(set_document, font=find_font(), composed=composed_at, attachment=b'{"a": 1}')


def text_of(data):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_the_same_document_on_the_same_day_gives_the_same_bytes(data, set_document, composed_at):
    later = composed_at + dt.timedelta(hours=3)

    assert write_pdf(set_document, font=find_font(), composed=later, attachment=b'{"a": 1}') == data


def test_it_says_everything_with_marks(data):
    text = text_of(data)

    assert "一、正文" in text
    assert "共 1,234" in text.replace("\n", " ")
    assert "Article 17" in text


def test_it_holds_only_cited_numbers(data, set_document):
    cited = [run.text for run in set_document.runs if run.cited]

    assert uncited_numbers(text_of(data), cited) == []
    assert uncited_numbers("\n".join(cited), [text_of(data)]) == []


def test_a_number_planted_in_the_template_is_found(monkeypatch, tmp_path, set_document, composed_at):
    template = tmp_path / "document.typ"
    planted = pdf._TEMPLATE.read_text(encoding="utf-8") + "\n合格率 97 %\n"
    template.write_text(planted, encoding="utf-8")
    monkeypatch.setattr(pdf, "_TEMPLATE", template)
    cited = [run.text for run in set_document.runs if run.cited]

    data = write_pdf(set_document, font=find_font(), composed=composed_at, attachment=b"{}")

    [found] = uncited_numbers(text_of(data), cited)
    assert found.number == "97"


def test_it_carries_the_document_for_machines(data):
    attachments = pypdf.PdfReader(io.BytesIO(data)).attachments

    assert attachments["self-assessment.json"] == [b'{"a": 1}']


def test_it_is_dated_titled_and_an_archive_file(data):
    reader = pypdf.PdfReader(io.BytesIO(data))

    assert reader.metadata.title == "标题"
    assert reader.metadata.creation_date.date() == dt.date(2026, 11, 22)
    assert "pdfaid:part>3<" in reader.root_object["/Metadata"].get_data().decode()


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="poppler-utils is not installed")
def test_every_font_is_in_the_file(data, tmp_path):
    (tmp_path / "a.pdf").write_bytes(data)

    listed = subprocess.run(
        ["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True
    ).stdout

    rows = [line.split() for line in listed.splitlines()[2:]]
    assert rows
    assert all("NotoSansSC" in row[0] and row[-5] == "yes" for row in rows)


def test_a_character_that_no_font_has_is_an_error_and_no_empty_box(set_document, composed_at):
    with pytest.raises(NotTypeset, match="could not be displayed"):
        write_pdf(set_document, font=Font(family="No Such Font"), composed=composed_at, attachment=b"{}")


def test_a_font_that_is_not_there_is_an_error_even_where_another_could_stand_in(
    monkeypatch, tmp_path, set_document, composed_at
):
    template = tmp_path / "document.typ"
    day = "#set document(date: datetime(year: 2026, month: 1, day: 1))"
    template.write_text(f"{day}\n#set text(font: sys.inputs.font)\nlatin", encoding="utf-8")
    monkeypatch.setattr(pdf, "_TEMPLATE", template)

    with pytest.raises(NotTypeset, match="unknown font family"):
        write_pdf(set_document, font=Font(family="No Such Font"), composed=composed_at, attachment=b"{}")


def test_what_typst_refuses_is_passed_on(monkeypatch, tmp_path, set_document, composed_at):
    template = tmp_path / "document.typ"
    template.write_text("#panic(sys.version.nonsense)", encoding="utf-8")
    monkeypatch.setattr(pdf, "_TEMPLATE", template)

    with pytest.raises(NotTypeset, match="could not be typeset"):
        write_pdf(set_document, font=find_font(), composed=composed_at, attachment=b"{}")


class _Fonts:
    def __init__(self, families):
        self._families = families

    def __call__(self, **_options):
        return self

    def families(self):
        return self._families


def test_without_the_extra_a_font_of_the_machine_is_used(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(typst, "Fonts", _Fonts(["DejaVu Sans", "SimSun", "Noto Sans CJK SC"]))

    assert find_font() == Font(family="Noto Sans CJK SC")


def test_without_any_chinese_font_the_error_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(typst, "Fonts", _Fonts(["DejaVu Sans"]))

    with pytest.raises(FontMissing, match=r"hegui\[fonts\]"):
        find_font()
