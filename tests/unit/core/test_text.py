"""Bilingual text."""

from hegui.core import BilingualText, Language, counted


def test_a_statement_is_said_in_the_language_asked_for():
    text = BilingualText(zh="合规", en="compliance")
    assert text.in_language(Language.ZH) == "合规"
    assert text.in_language(Language.EN) == "compliance"


def test_one_is_counted_in_the_singular():
    assert [counted(n, "line") for n in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]
    assert [counted(n, "part of a file", "parts of files") for n in (1, 2)] == [
        "1 part of a file",
        "2 parts of files",
    ]
