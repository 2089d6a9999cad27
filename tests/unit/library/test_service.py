"""Keeping official texts."""

import pytest

from hegui.core import NotFound
from hegui.ledger import EntryRef
from hegui.library import Library, NoArticles, TextDoubtful
from hegui.rulebook import chinese_numeral

TITLE = "中华人民共和国个人信息保护法"


@pytest.fixture
def library(database, blobs, ledger, rulebook) -> Library:
    return Library(database=database, blobs=blobs, ledger=ledger, rulebook=rulebook)


@pytest.fixture
def law_file(tmp_path):
    def write(word="甲", count=74, title=TITLE, name="pipl.txt"):
        lines = [title, *(f"第{chinese_numeral(n)}条 {word}{n}" for n in range(1, count + 1))]
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def test_a_text_is_kept_with_its_digest_who_and_when(library, ledger, blobs, law_file, rulebook):
    path = law_file()
    attached = library.attach("PIPL", path)
    assert (attached.count, attached.known, attached.doubts, attached.replaces) == (74, 74, (), None)
    assert (attached.by, attached.at[:10], attached.file) == ("test@hegui", "2026-11-22", "pipl.txt")
    assert blobs.get(attached.text) == path.read_bytes()
    assert library.articles(attached)[46].text == "甲47"
    (entry,) = ledger.entries("rulebook.text_attached")
    assert str(entry.ref) == attached.entry
    assert entry.content["text"] == attached.text
    assert entry.content["rulebook"] == rulebook.digest == attached.rulebook


def test_nothing_is_attached_until_something_is(library):
    assert library.attached("PIPL") is None
    assert library.history("PIPL") == ()


def test_a_newer_text_takes_the_place_of_the_older_and_history_keeps_both(library, law_file):
    first = library.attach("PIPL", law_file("甲"))
    second = library.attach("PIPL", law_file("乙"))
    assert second.replaces == first.text
    assert library.attached("PIPL") == second
    assert library.history("PIPL") == (second, first)
    assert library.articles(first)[0].text == "甲1"
    assert library.attached("CSL") is None


def test_the_same_text_again_is_recorded_once(library, ledger, law_file):
    assert library.attach("PIPL", law_file()) == library.attach("PIPL", law_file())
    assert len(list(ledger.entries("rulebook.text_attached"))) == 1


def test_going_back_to_an_older_text_is_recorded(library, law_file):
    first = library.attach("PIPL", law_file("甲"))
    library.attach("PIPL", law_file("乙"))
    again = library.attach("PIPL", law_file("甲"))
    assert again.text == first.text
    assert len(library.history("PIPL")) == 3


def test_a_text_that_may_be_another_law_is_refused_and_not_kept(library, ledger, law_file):
    with pytest.raises(TextDoubtful, match="74 articles, the text 73"):
        library.attach("PIPL", law_file(count=73))
    assert list(ledger.entries()) == []


def test_doubts_that_were_overruled_are_recorded(library, ledger, law_file):
    attached = library.attach("PIPL", law_file(count=73), force=True)
    assert [doubt.en for doubt in attached.doubts] == [
        "the instrument has 74 articles, the text 73",
        "missing: 74",
    ]
    assert library.attached("PIPL") == attached


def test_where_no_count_is_known_none_is_claimed(library, law_file, rulebook):
    unknown = next(i for i in rulebook.instruments if i.articles is None and "（" not in i.title.zh)
    attached = library.attach(unknown.id, law_file(count=3, title=unknown.title.zh))
    assert (attached.count, attached.known) == (3, None)


def test_an_erased_entry_takes_its_text_back(library, ledger, law_file):
    first = library.attach("PIPL", law_file("甲"))
    second = library.attach("PIPL", law_file("乙"))
    stream, _, number = second.entry.partition("/")
    ledger.erase(EntryRef(stream=stream, seq=int(number)), reason="a copy we may not keep")
    assert library.attached("PIPL") == first


def test_an_unknown_instrument_and_a_text_without_articles_are_refused(library, law_file, tmp_path):
    with pytest.raises(NotFound, match="no instrument 'PIPPL'"):
        library.attach("PIPPL", law_file())
    empty = tmp_path / "empty.md"
    empty.write_text(TITLE, encoding="utf-8")
    with pytest.raises(NoArticles):
        library.attach("PIPL", empty)


@pytest.mark.parametrize(
    ("instrument", "name", "count"),
    [
        ("CSL", "csl_2025.md", 81),
        ("CSL-2017", "csl2016.md", 79),
        ("PIPL", "pipl.md", 74),
        ("DSL", "dsl.md", 55),
    ],
)
def test_real_texts_fit_the_rulebook(library, shared_data, instrument, name, count):
    attached = library.attach(instrument, shared_data / "law" / "texts" / name)
    assert (attached.count, attached.known, attached.doubts) == (count, count, ())


def test_the_old_edition_is_not_taken_for_the_new_one(library, shared_data):
    with pytest.raises(TextDoubtful, match="81 articles, the text 79; CSL-2017 has that many"):
        library.attach("CSL", shared_data / "law" / "texts" / "csl2016.md")
