"""From pieces to lines."""

import pytest

from hegui.core import BilingualText, Language, Verdict
from hegui.dossier.model import (
    Document,
    Figure,
    Paragraph,
    Quotation,
    RecordedWords,
    Section,
    Table,
    numeral_in,
    same,
    verdict_words,
    words,
)
from hegui.dossier.typesetting import Tongue, cited_entries, mark, ordinal, quotations, typeset
from hegui.ledger import EntryRef

TITLE = BilingualText(zh="题", en="title")
FIRST, SECOND, OWN = (
    EntryRef(stream="w-1", seq=0),
    EntryRef(stream="main", seq=3),
    EntryRef(stream="main", seq=9),
)


def document(*pieces, blocks=()):
    paragraph = Paragraph(pieces=pieces)
    return Document(
        title=TITLE, notice=TITLE, subtitle=(), sections=(Section(title=TITLE, blocks=(paragraph, *blocks)),)
    )


def paragraph(*pieces, tongue=Tongue.BOTH):
    return typeset(document(*pieces), tongue=tongue).sections[0].blocks[0].lines


def figure(entry, value=5):
    return Figure(entry=entry, pointer="/n", value=value, form="integer")


@pytest.mark.parametrize(("position", "letters"), [(0, "a"), (25, "z"), (26, "aa"), (27, "ab"), (702, "aaa")])
def test_marks_are_letters(position, letters):
    assert mark(position) == letters


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [(1, "一、", "A. "), (10, "十、", "J. "), (12, "十二、", "L. "), (20, "二十、", "T. ")],
)
def test_sections_are_counted_without_digits(number, zh, en):
    assert ordinal(number) == BilingualText(zh=zh, en=en)
    assert numeral_in(zh + en) is None


def test_entries_are_marked_in_the_order_of_their_appearance():
    pieces = (figure(SECOND), figure(None), same("、"), figure(FIRST), same("、"), figure(SECOND))

    runs = [run for run in paragraph(*pieces)[0].runs if run.cited]

    assert cited_entries(document(*pieces)) == (SECOND, FIRST)
    assert [run.mark for run in runs] == ["a", "c", "b", "a"]


def test_each_tongue_says_what_it_is_asked_to():
    text = words("共一篇", "one in all")

    assert [line.text for line in paragraph(text, tongue=Tongue.ZH)] == ["共一篇"]
    assert [line.text for line in paragraph(text, tongue=Tongue.EN)] == ["one in all"]
    assert [line.language for line in paragraph(text)] == [Language.ZH, Language.EN]


def test_what_reads_the_same_in_both_languages_is_said_once():
    assert len(paragraph(figure(FIRST))) == 1
    assert len(paragraph(words("有 ", "has "), figure(FIRST))) == 2


def test_recorded_words_point_at_their_language():
    recorded = RecordedWords(entry=FIRST, pointer="/name", text=BilingualText(zh="百科", en="wiki"))

    [zh], [en] = (line.runs for line in paragraph(recorded))

    assert (zh.text, zh.pointer, zh.value, zh.form) == ("百科", "/name/zh", "百科", "text")
    assert (en.text, en.pointer, en.mark) == ("wiki", "/name/en", "a")


def test_quotations_are_held_by_the_documents_own_entry_once_each():
    first, second = (
        Quotation(text=BilingualText(zh=f"第{n}条", en=f"{n}"), source="IM 17") for n in (17, 18)
    )

    runs = paragraph(first, second, first)[1].runs

    assert quotations(document(first, second, first)) == (first, second)
    assert [run.pointer for run in runs] == ["/quotations/0/en", "/quotations/1/en", "/quotations/0/en"]
    assert {(run.entry, run.mark) for run in runs} == {(None, "")}


def test_a_verdict_keeps_its_colour():
    assert paragraph(verdict_words(Verdict.MET))[0].runs[0].verdict is Verdict.MET


def test_only_the_table_of_marks_shows_none():
    def table(*, marked):
        return Table(name=TITLE, header=(TITLE,), widths=(1,), rows=(((figure(FIRST),),),), marked=marked)

    blocks = (
        typeset(document(blocks=(table(marked=True), table(marked=False))), tongue=Tongue.ZH)
        .sections[0]
        .blocks
    )

    assert [block.rows[0][0][0].runs[0].mark for block in blocks[1:]] == ["a", ""]


def test_every_appearance_of_a_figure_is_listed():
    set_document = typeset(document(words("有 ", "has "), figure(FIRST), figure(None, 7)), tongue=Tongue.BOTH)

    figures = set_document.figures("a.docx", own=OWN)

    assert [(f.document, f.text, f.entry) for f in figures] == [
        ("a.docx", "5", "w-1/0"),
        ("a.docx", "7", "main/9"),
    ] * 2
