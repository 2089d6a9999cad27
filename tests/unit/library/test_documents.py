"""Files that hold the text of a law."""

import zipfile
from pathlib import Path

import docx
import pytest

from hegui.core import NotFound
from hegui.library import UnreadableText
from hegui.library.documents import read_file, text_of

TEXT = "第一条 应当甲。"


def text_in(path: Path) -> str:
    return text_of(path, read_file(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["law.txt", "law.md", "LAW.MD"])
def test_plain_text_is_read_in_the_encodings_that_occur(tmp_path, encoding, name):
    path = tmp_path / name
    path.write_text(TEXT, encoding=encoding)
    assert text_in(path) == TEXT


def test_a_word_document_is_read_paragraph_by_paragraph(tmp_path):
    document = docx.Document()
    document.add_heading("甲法")
    document.add_paragraph(TEXT)
    document.save(str(tmp_path / "law.docx"))
    assert text_in(tmp_path / "law.docx") == f"甲法\n{TEXT}"


def test_a_file_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no such file"):
        read_file(tmp_path / "law.txt")


def test_a_folder_is_no_text(tmp_path):
    with pytest.raises(UnreadableText, match="cannot be read") as caught:
        read_file(tmp_path)
    assert caught.value.path == tmp_path


def test_a_file_larger_than_any_law_is_refused(tmp_path):
    path = tmp_path / "law.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(UnreadableText, match="no law is that long"):
        read_file(path)


@pytest.mark.parametrize("name", ["law.pdf", "law"])
def test_other_files_are_refused_with_what_is_supported(tmp_path, name):
    with pytest.raises(UnreadableText, match=r"save it as \.txt, \.md or \.docx"):
        text_of(tmp_path / name, b"")


def test_bytes_in_no_known_encoding_are_refused(tmp_path):
    with pytest.raises(UnreadableText, match="neither UTF-8 nor GB 18030"):
        text_of(tmp_path / "law.txt", b"\xff\xff\xff")


def test_what_only_calls_itself_a_word_document_is_refused(tmp_path):
    path = tmp_path / "law.docx"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(UnreadableText, match="not a Word document"):
        text_in(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.xml", "<x/>")
    with pytest.raises(UnreadableText, match="not a Word document"):
        text_in(path)


def test_a_word_document_that_unpacks_to_more_than_any_law_is_refused(tmp_path):
    path = tmp_path / "law.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_001)
    with pytest.raises(UnreadableText, match="no law is that long"):
        text_in(path)


def test_a_broken_word_document_is_refused(tmp_path):
    path = tmp_path / "law.docx"
    docx.Document().save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = b"<unfinished"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableText, match="not a Word document"):
        text_in(path)
