"""Pieces, and the numbers that may not be among words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import BilingualText
from hegui.dossier.model import (
    Document,
    Figure,
    NotRenderable,
    Paragraph,
    Quotation,
    RecordedWords,
    Section,
    Table,
    UncitedNumber,
    Words,
    numbers_in,
    numeral_in,
    quoted,
    same,
    sentence,
    words,
)
from hegui.ledger import EntryRef

REF = EntryRef(stream="main", seq=3)


@pytest.mark.parametrize("text", ["5", "第17条", "５", "①", "½", "²", "Ⅳ", "٣", "v2"])
def test_words_refuse_every_numeral(text):
    with pytest.raises(UncitedNumber) as refusal:
        words("字", text)
    with pytest.raises(UncitedNumber):
        words(text, "words")
    assert refusal.value.number in text
    assert "no source" in str(refusal.value)


@pytest.mark.parametrize("text", ["三人签署", "〇", "A", "per cent", "≥ %", ""])
def test_words_may_be_anything_else(text):
    assert same(text).text.zh == text


@given(st.text(), st.characters(categories=["Nd"]), st.text())
def test_a_digit_anywhere_is_refused(before, digit, after):
    with pytest.raises(UncitedNumber):
        words(before + digit + after, "")


def test_numbers_are_found_with_their_decimals():
    assert [m[0] for m in numbers_in("1,234.5 篇，2026-11-22，A.1.f，末尾 7。")] == [
        "1,234.5",
        "2026",
        "11",
        "22",
        "1",
        "7",
    ]
    assert numeral_in("没有") is None


def test_a_figure_shows_its_value_in_its_form():
    def shown(value, form):
        return Figure(entry=REF, pointer="/n", value=value, form=form).text

    assert shown(1234, "integer") == "1,234"
    assert shown("0.0512", "percent:1") == "5.1%"
    assert shown("2026-11-21T16:00:00Z", "date") == "2026-11-22"
    assert shown("gemma-3", "text") == "gemma-3"


def test_a_value_that_is_not_of_its_form_is_refused():
    with pytest.raises(NotRenderable, match="/share"):
        Figure(entry=REF, pointer="/share", value="many", form="percent:1")


def test_a_text_is_quoted_only_where_it_holds_a_numeral():
    plain, legal = BilingualText(zh="标识", en="label"), BilingualText(zh="六个月", en="6 months")

    assert quoted(plain, "X 1") == Words(text=plain)
    assert quoted(legal, "X 1") == Quotation(text=legal, source="X 1")


def test_a_sentence_takes_its_pieces_where_they_are_named():
    figure = Figure(entry=REF, pointer="/n", value=2, form="integer")
    name = (same("甲"), same("乙"))

    assert sentence("{name}有 {n} 篇", "{name} has {n}", name=name, n=figure) == (
        *name,
        words("有 ", " has "),
        figure,
        words(" 篇", ""),
    )


def test_a_sentence_whose_languages_disagree_is_refused():
    with pytest.raises(ValueError, match="different pieces"):
        sentence("{a}{b}", "{b}{a}", a=same("a"), b=same("b"))


def test_a_sentence_refuses_numerals_too():
    with pytest.raises(UncitedNumber):
        sentence("共 5 篇", "five")


def test_the_pieces_of_a_document_come_in_reading_order():
    title = BilingualText(zh="题", en="title")
    recorded = RecordedWords(entry=REF, pointer="/name", text=title)
    table = Table(name=title, header=(title,), widths=(1,), rows=(((same("b"),),), ((recorded,),)))
    document = Document(
        title=title,
        notice=title,
        subtitle=(same("a"),),
        sections=(Section(title=title, blocks=(table, Paragraph(pieces=(same("c"),)))),),
    )

    assert list(document.pieces) == [same("a"), same("b"), recorded, same("c")]


@pytest.mark.parametrize("text", ["\x07", "\x1b[2J", "\ufffe"])
def test_what_a_word_file_cannot_hold_is_refused_with_its_place(text):
    with pytest.raises(NotRenderable, match="/name"):
        Figure(entry=REF, pointer="/name", value=text, form="text")
    for pair in (BilingualText(zh=text, en=""), BilingualText(zh="", en=text)):
        with pytest.raises(NotRenderable, match="/name"):
            RecordedWords(entry=REF, pointer="/name", text=pair)
