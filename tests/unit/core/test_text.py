"""Bilingual text."""

from hegui.core import BilingualText, Language


def test_a_statement_is_said_in_the_language_asked_for():
    text = BilingualText(zh="合规", en="compliance")
    assert text.in_language(Language.ZH) == "合规"
    assert text.in_language(Language.EN) == "compliance"
