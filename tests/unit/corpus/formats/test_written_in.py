"""What is written into a medium, as one document."""

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.written_in import characters, medium_document, repaired


def test_texts_come_once_each_on_lines_of_their_own():
    (document,) = medium_document(["b", " a ", "", "b\0", "\0"], longest_bytes=9)
    assert (document.text, document.record) == ("b\na", {"text": "b\na"})
    (document,) = medium_document(["", " "], longest_bytes=9)
    assert document.text is LineFault.EMPTY_TEXT


@pytest.mark.parametrize("written", ["照片", "café", "plain"])
def test_characters_are_those_that_were_meant(written):
    assert characters(written.encode()) == written
    assert repaired(written.encode().decode("latin-1")) == written
    assert repaired(written) == written


def test_what_is_neither_utf_8_nor_gb18030_is_latin_1():
    assert characters(b"caf\xe9") == "café"
    assert repaired("照片".encode("gb18030").decode("latin-1")) == "照片"
