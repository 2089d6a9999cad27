"""Instruments by the names people use."""

import datetime as dt

import msgspec
import pytest

from hegui.core import BilingualText, NotFound
from hegui.rulebook import AmbiguousName, Book, Rulebook, bare_title, editions, instrument_named

BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("PIPL", "PIPL"),
        ("pipl", "PIPL"),
        ("个人信息保护法", "PIPL"),
        ("中华人民共和国个人信息保护法", "PIPL"),
        ("《中华人民共和国个人信息保护法》", "PIPL"),
        ("个保法", "PIPL"),
        ("数安法", "DSL"),
        ("Data Security Law", "DSL"),
        ("暂行办法", "IM"),
        ("Interim Measures", "IM"),
        ("gb/t 45654", "GBT-45654"),
        ("GB／T 45654", "GBT-45654"),
        ("深度合成", "DS"),
    ],
)
def test_an_instrument_is_found_by_every_name_it_goes_by(rulebook, name, identifier):
    assert instrument_named(rulebook, name).id == identifier


def test_every_instrument_is_found_by_its_identifier_and_titles(rulebook):
    for instrument in rulebook.instruments:
        names = (instrument.id, instrument.title.zh, instrument.title.en)
        assert {instrument_named(rulebook, name).id for name in names} == {instrument.id}


@pytest.mark.parametrize(
    "name", ["CSL", "网络安全法", "网安法", "Cybersecurity Law", "中华人民共和国网络安全法"]
)
def test_a_name_that_editions_share_means_the_one_in_force(rulebook, name):
    assert instrument_named(rulebook, name, on=BEFORE).id == "CSL-2017"
    assert instrument_named(rulebook, name, on=AFTER).id == "CSL"
    assert instrument_named(rulebook, name).id == "CSL"


def test_before_there_was_any_edition_the_first_is_meant(rulebook):
    assert instrument_named(rulebook, "CSL", on=dt.date(2010, 1, 1)).id == "CSL-2017"


def test_the_identifier_of_an_earlier_edition_means_it_on_every_day(rulebook):
    assert instrument_named(rulebook, "CSL-2017", on=AFTER).id == "CSL-2017"


def test_a_draft_never_stands_for_the_law_it_would_amend(rulebook):
    law = rulebook.instrument("PIPL")
    draft = msgspec.structs.replace(
        rulebook.instrument("IM-DRAFT"),
        title=BilingualText(zh=f"{law.title.zh}（修订草案）", en="Draft revision"),
        clauses=(),
    )
    book = Rulebook(Book(instruments=(law, draft)), digest="")
    assert [edition.id for edition in editions(book, law)] == ["PIPL", "IM-DRAFT"]
    assert instrument_named(book, "个人信息保护法", on=AFTER).id == "PIPL"
    assert instrument_named(book, "个人信息保护法").id == "PIPL"
    assert instrument_named(book, "IM-DRAFT").id == "IM-DRAFT"
    alone = Rulebook(Book(instruments=(draft,)), digest="")
    assert instrument_named(alone, "IM-DRAFT", on=AFTER).id == "IM-DRAFT"


def test_a_name_that_several_answer_to_is_refused_with_their_identifiers(rulebook):
    with pytest.raises(AmbiguousName, match="use one of these identifiers") as caught:
        instrument_named(rulebook, "数据安全")
    assert {"DSL", "NDSR"} <= set(caught.value.candidates)
    assert caught.value.name == "数据安全"
    assert "DSL" in caught.value.text.zh


@pytest.mark.parametrize(
    ("name", "cure"),
    [("IMM", "did you mean IM?"), ("zzz", "see hegui law list"), ("", "see hegui")],
)
def test_an_unknown_name_is_not_found_with_the_nearest(rulebook, name, cure):
    with pytest.raises(NotFound) as caught:
        instrument_named(rulebook, name)
    assert cure in caught.value.text.en


def test_the_bare_title_leaves_out_what_tells_editions_apart(rulebook):
    assert bare_title(rulebook.instrument("CSL")) == bare_title(rulebook.instrument("CSL-2017"))
