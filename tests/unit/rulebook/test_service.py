"""Looking things up in the rulebook."""

import datetime as dt

import pytest

from hegui.core import NotFound
from hegui.rulebook import Force, Numbered, Rulebook
from hegui.rulebook.service import compile_book

DAY = dt.date(2024, 6, 1)


@pytest.fixture
def small(small_book) -> Rulebook:
    return Rulebook.load(small_book())


def test_a_clause_is_found_by_its_citation(small):
    assert small.clause("LAW", "2").text.en == "do b"
    assert small.cited("OLD 1").citation == "OLD 1"


def test_a_risk_is_found_by_its_official_number(small):
    assert small.risk("A.1.a").text.en == "risk"


def test_a_clause_without_period_of_its_own_has_its_instruments(small):
    assert small.period_of(small.cited("OLD 1")) == small.instrument("OLD").period


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (lambda book: book.instrument("LAV"), "no instrument 'LAV'; did you mean LAW?"),
        (lambda book: book.clause("LAV", "1"), "no instrument 'LAV'"),
        (lambda book: book.clause("LAW", "11"), "no clause 'LAW 11'; did you mean LAW 1?"),
        (lambda book: book.risk("A.1.b"), "no risk 'A.1.b'; did you mean A.1.a?"),
        (lambda book: book.risk("zzz"), "no risk 'zzz'; see hegui law list"),
        (lambda book: book.parameter("limits", on=DAY), "no parameter 'limits'; did you mean limit?"),
        (lambda book: book.parameter("limit", on=dt.date(2023, 12, 31)), "the first is from 2024-01-01"),
        (lambda book: book.obligation("a", on=dt.date(2023, 12, 31)), "no obligation 'a'"),
    ],
)
def test_what_is_not_there_is_not_found_with_the_nearest(look_up, message, small):
    with pytest.raises(NotFound) as caught:
        look_up(small)
    assert message in caught.value.text.en


def test_a_version_is_in_force_from_its_first_day_and_no_longer_on_its_last(small):
    eve, day = dt.date(2023, 12, 31), dt.date(2024, 1, 1)
    assert small.obligation("b", on=eve).clauses == ("OLD 1",)
    assert small.obligation("b", on=day).clauses == ("LAW 2",)
    assert [o.id for o in small.obligations_on(eve)] == ["b"]
    assert [o.id for o in small.obligations_on(day)] == ["a", "b"]
    assert small.obligations_on(dt.date(2019, 12, 31)) == ()
    assert small.obligations_on(day) is small.obligations_on(DAY)


def test_an_obligation_is_verified_when_all_its_clauses_are(small):
    assert small.is_verified(small.obligation("a", on=DAY))
    assert not small.is_verified(small.obligation("b", on=DAY))


def test_an_obligation_binds_as_its_clauses_do(small):
    assert small.force(small.obligation("a", on=DAY)) is Force.BINDING


def test_the_compiled_book_is_the_book(small_book):
    folder = small_book()
    from_yaml = Rulebook.load(folder)
    (folder / "book.json").write_bytes(compile_book(folder))
    compiled = Rulebook.load(folder)
    assert compiled.digest == from_yaml.digest
    assert compiled.obligations == from_yaml.obligations
    assert compiled.instruments == from_yaml.instruments
    assert compiled.parameters == from_yaml.parameters
    assert compiled.facts == from_yaml.facts


def test_a_compiled_book_of_other_files_is_not_used(small_book):
    folder = small_book()
    (folder / "book.json").write_bytes(compile_book(folder))
    before = Rulebook.load(folder).digest
    path = folder / "obligations" / "all.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("do a", "do more"), encoding="utf-8")
    after = Rulebook.load(folder)
    assert after.digest != before
    assert after.obligations[0].text.en == "do more"


def test_the_digest_does_not_depend_on_the_place(small_book, tmp_path):
    folder = small_book()
    moved = tmp_path / "elsewhere"
    before = Rulebook.load(folder).digest
    folder.rename(moved)
    assert Rulebook.load(moved).digest == before


def test_changes_are_found_by_the_two_texts_they_lie_between(small):
    assert [change.id for change in small.changes_between("OLD", "LAW")] == ["kept", "new"]


@pytest.mark.parametrize("pair", [("LAW", "OLD"), ("LAW", "LAW"), ("OLD", "OLD")])
def test_texts_that_nobody_compared_are_not_found(pair, small):
    with pytest.raises(NotFound, match="no comparison"):
        small.changes_between(*pair)


def test_a_penalty_is_found_by_the_clause_that_an_obligation_cites(small):
    day = dt.date(2024, 1, 1)
    assert [p.id for p in small.penalties_for(small.obligation("a", on=day))] == ["fine"]
    assert small.penalties_for(small.obligation("b", on=day)) == ()


def test_a_penalty_knows_those_that_come_first_on_a_day(rulebook):
    general = next(penalty for penalty in rulebook.penalties if penalty.id == "im")
    eve, day = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
    assert [p.clause for p in rulebook.first_of(general, on=eve)] == [
        "CSL-2017 68",
        "DSL 45",
        "PIPL 66",
        "STP 112",
    ]
    assert [p.clause for p in rulebook.first_of(general, on=day)] == [
        "CSL 69",
        "DSL 45",
        "PIPL 66",
        "STP 112",
    ]
    assert {p.id for p in rulebook.first_of(general)} == set(general.first)


def test_special_rules_stand_from_the_day_of_their_clause(rulebook):
    eve, day = dt.date(2026, 7, 14), dt.date(2026, 7, 15)
    assert "companion" not in {overlay.id for overlay in rulebook.overlays_on(eve)}
    assert "companion" in {overlay.id for overlay in rulebook.overlays_on(day)}


def test_the_kinds_of_content_of_a_risk_are_found(small):
    assert [category.id for category in small.categories_of("A.1.a")] == ["kind"]
    with pytest.raises(NotFound, match="no risk"):
        small.categories_of("A.1.z")


def test_a_crosswalk_is_found_by_a_clause_and_by_its_items(small):
    assert [c.id for c in small.crosswalks_for("LAW 1")] == ["matter"]
    assert [c.id for c in small.crosswalks_for("LAW 1.2")] == ["matter"]
    assert small.crosswalks_for("LAW 11") == ()


@pytest.mark.parametrize(
    ("citation", "day", "numbered"),
    [
        ("LAW 1", "2023-12-31", Numbered(citation="OLD 1", elsewhere=("LAW 2",))),
        ("LAW 1.3", "2023-12-31", Numbered(citation="OLD 1.3", elsewhere=("LAW 2.3",))),
        ("LAW 1", "2024-01-01", Numbered(citation="LAW 1")),
        ("LAW 2", "2024-01-01", Numbered(citation="LAW 2", elsewhere=("OLD 1",))),
        ("OLD 2", "2024-01-01", Numbered(citation="OLD 2", changed=True)),
    ],
)
def test_an_article_is_numbered_as_its_edition_numbers_it(citation, day, numbered, small):
    assert small.renumbered(citation, on=dt.date.fromisoformat(day)) == numbered


@pytest.mark.parametrize("citation", ["LAW 3", "LAV 1"])
def test_an_article_that_no_edition_has_is_not_found(citation, small):
    with pytest.raises(NotFound):
        small.renumbered(citation, on=DAY)


@pytest.mark.parametrize(
    ("day", "citation", "elsewhere"),
    [
        ("2024-01-01", "CSL-2017 47", ("CSL 49",)),
        ("2025-12-31", "CSL-2017 47", ("CSL 49",)),
        ("2026-01-01", "CSL 47", ("CSL-2017 45",)),
    ],
)
def test_the_cybersecurity_law_is_cited_as_it_was_numbered_on_the_day(day, citation, elsewhere, rulebook):
    numbered = rulebook.renumbered("CSL 47", on=dt.date.fromisoformat(day))
    assert (numbered.citation, numbered.elsewhere) == (citation, elsewhere)


def test_an_instrument_that_was_never_renumbered_is_cited_as_it_stands(rulebook):
    assert rulebook.renumbered("IM 17", on=DAY) == Numbered(citation="IM 17")
