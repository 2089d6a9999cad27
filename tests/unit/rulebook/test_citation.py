"""Citations as people write them."""

import datetime as dt
import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput, NotFound
from hegui.rulebook import (
    ArticlePlace,
    Book,
    ChangeKind,
    Presence,
    Rulebook,
    UnreadableCitation,
    article_number,
    read_citation,
    same_elsewhere,
    within,
)

BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "citation"),
    [
        ("IM 17", "IM 17"),
        ("暂行办法17条", "IM 17"),
        ("暂行办法第十七条", "IM 17"),
        ("《生成式人工智能服务管理暂行办法》第１７条", "IM 17"),
        ("Article 17 of the Interim Measures", "IM 17"),
        ("Interim Measures, Art. 17", "IM 17"),
        ("Interim Measures article 17", "IM 17"),
        ("IM 4(1)", "IM 4.1"),
        ("IM 4.1", "IM 4.1"),
        ("暂行办法第四条第（一）项", "IM 4.1"),
        ("网络安全法 第十三条第二款", "CSL 13.2"),
        ("TC260-003 5.1 a)", "TC260-003 5.1a"),
        ("tc260-003 5.1A", "TC260-003 5.1a"),
        ("PIPL 13", "PIPL 13"),
        ("个保法第五十条", "PIPL 50"),
    ],
)
def test_a_citation_is_read_however_it_is_written(rulebook, written, citation):
    place = read_citation(rulebook, written, on=TODAY)
    assert place.citation == citation
    assert place.presence is Presence.ENTERED
    assert place.clauses[0].citation == citation
    assert place.in_force is (not citation.startswith("TC"))


@pytest.mark.parametrize("written", ["CSL 47", "网络安全法 第四十七条", "网安法47条"])
def test_a_renumbered_article_is_read_by_the_numbering_of_the_day(rulebook, written):
    eve = read_citation(rulebook, written, on=BEFORE)
    assert (eve.citation, eve.in_force) == ("CSL-2017 47", True)
    assert [(e.citation, e.edition, e.in_force) for e in eve.elsewhere] == [("CSL 49", True, False)]
    assert eve.namesakes == ()
    day = read_citation(rulebook, written, on=AFTER)
    assert (day.citation, day.number) == ("CSL 47", "第四十七条")
    assert [e.citation for e in day.elsewhere] == ["CSL-2017 45"]
    assert [(n.then, n.now) for n in day.namesakes] == [("CSL-2017 47", "CSL 49")]


def test_an_article_that_is_not_in_the_book_yet_is_said_to_exist(rulebook):
    place = read_citation(rulebook, "CSL 47", on=AFTER)
    assert place.presence is Presence.NOT_ENTERED
    assert (place.clauses, place.known_articles) == ((), 81)
    assert "尚未录入" in place.presence.text.zh


def test_where_the_count_is_unknown_nothing_is_claimed(rulebook):
    law = msgspec.structs.replace(rulebook.instrument("PIPL"), articles=None, clauses=())
    place = read_citation(Rulebook(Book(instruments=(law,)), digest=""), "PIPL 500", on=TODAY)
    assert place.presence is Presence.UNCERTAIN


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("IM 25", "IM has 24 articles, and no Article 25"),
        ("IM 0", "no Article 0"),
        ("TC260-003 8.9", "TC260-003 has no clause '8.9'; did you mean"),
        ("IM zzzzz", "IM has no clause 'zzzzz'"),
        ("LAV 1", "no instrument 'LAV'"),
    ],
)
def test_what_does_not_exist_is_not_found(rulebook, written, message):
    with pytest.raises(NotFound) as caught:
        read_citation(rulebook, written, on=TODAY)
    assert message in caught.value.text.en


@pytest.mark.parametrize("written", ["", "IM", "第十条", "Interim Measures", "nonsense"])
def test_what_names_no_place_is_refused_with_an_example(rulebook, written):
    with pytest.raises(UnreadableCitation, match="write it like CSL 47") as caught:
        read_citation(rulebook, written, on=TODAY)
    assert caught.value.written == written


def test_a_clause_of_a_superseded_standard_leads_to_the_present_one(rulebook):
    place = read_citation(rulebook, "TC260-003 5.1a", on=TODAY)
    assert not place.in_force
    (other,) = place.elsewhere
    assert other.citation.startswith("GBT-45654 ")
    assert (other.edition, other.in_force) == (False, True)


def test_a_draft_is_never_in_force_and_says_what_became_of_it(rulebook):
    place = read_citation(rulebook, "IM-DRAFT 9", on=dt.date(2023, 5, 1))
    assert not place.in_force
    assert [change.kind for change in place.changes] == [ChangeKind.REMOVED]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("第四十七条", ArticlePlace(article="47")),
        ("47 条", ArticlePlace(article="47")),
        ("第六十七条之一", ArticlePlace(article="67-1")),
        ("第十二条第二款第（三）项", ArticlePlace(article="12", paragraph=2, item=3)),
        ("第１０条", ArticlePlace(article="10")),
        ("第零条", None),
        ("第九万条", None),
        ("第99999条", None),
        ("5.1 a)", None),
    ],
)
def test_places_are_parsed(text, place):
    assert ArticlePlace.parse(text) == place


def test_a_citation_with_an_impossible_number_is_refused(rulebook):
    with pytest.raises(InvalidInput):
        read_citation(rulebook, "第零条", on=TODAY)


def test_places_are_written_as_clauses_write_them():
    assert ArticlePlace(article="12", paragraph=2, item=3).id == "12.2.3"
    assert article_number("47.2") == "第四十七条"
    assert article_number("67-1") == "第六十七条之一"


def test_an_article_is_not_mistaken_for_a_longer_number(rulebook):
    assert {c.id.split(".")[0] for c in within(rulebook.instrument("IM"), "2")} == {"2"}
    below = [clause.id for clause in within(rulebook.instrument("TC260-003"), "5.1a")]
    assert below == ["5.1a", "5.1a1", "5.1a2"]


@settings(max_examples=50)
@given(st.data())
def test_every_printed_number_of_a_law_leads_back_to_its_clause(rulebook, data):
    clauses = [
        clause
        for instrument in rulebook.instruments
        for clause in instrument.clauses
        if ArticlePlace.parse(clause.number) is not None
    ]
    clause = data.draw(st.sampled_from(clauses))
    instrument = rulebook.instrument(clause.instrument)
    printed = Counter(other.number for other in instrument.clauses)
    place = read_citation(rulebook, f"{instrument.id} {clause.number}", on=instrument.period.since)
    assert place.clauses[0] == clause or printed[clause.number] > 1


def test_every_article_keeps_its_link_in_both_directions(rulebook, shared_data):
    table = json.loads((shared_data / "law" / "texts" / "csl_renumbering.json").read_text(encoding="utf-8"))
    for later, earlier in table["new_article_to_2016_article"].items():
        if earlier is not None:
            assert f"CSL-2017 {earlier}" in same_elsewhere(rulebook, f"CSL {later}")
            assert f"CSL {later}" in same_elsewhere(rulebook, f"CSL-2017 {earlier}")
