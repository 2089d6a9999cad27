"""Two texts side by side."""

import msgspec
import pytest

from hegui.core import NotFound
from hegui.rulebook import (
    Book,
    ChangeKind,
    Ground,
    Renumbered,
    Renumbering,
    Rulebook,
    Verification,
    difference,
)


def test_the_draft_of_2023_is_compared_clause_by_clause(rulebook):
    compared = difference(rulebook, "IM-DRAFT", "IM")
    assert compared.ground is Ground.STATED
    assert compared.counts[ChangeKind.REMOVED] >= 1
    assert list(compared.counts) == [kind for kind in ChangeKind if kind in compared.counts]
    real_name = next(change for change in compared.changes if change.earlier == ("IM-DRAFT 9",))
    assert real_name.kind is ChangeKind.REMOVED
    assert {"CSL 26", "DS 9"} <= set(real_name.survives_in)
    shown = {clause.citation for clause in real_name.clauses}
    assert shown == {"IM-DRAFT 9", *real_name.survives_in}


def test_nothing_of_either_text_is_passed_over_in_silence(rulebook):
    compared = difference(rulebook, "IM-DRAFT", "IM")
    assert (compared.silent_earlier, compared.silent_later) == ((), ())


def test_the_order_of_asking_does_not_matter(rulebook):
    assert difference(rulebook, "IM", "IM-DRAFT") == difference(rulebook, "IM-DRAFT", "IM")


def test_editions_are_compared_by_their_numbers(rulebook):
    compared = difference(rulebook, "CSL", "CSL-2017")
    assert (compared.earlier, compared.later, compared.ground) == ("CSL-2017", "CSL", Ground.NUMBERS)
    by_later = {change.later: change for change in compared.changes}
    assert by_later["CSL 1",].kind is ChangeKind.KEPT
    assert by_later["CSL 49",].earlier == ("CSL-2017 47",)
    assert by_later["CSL 49",].kind is ChangeKind.MOVED
    assert by_later["CSL 20",].kind is None  # without a single ancestor; nothing more is claimed


def test_only_the_table_of_the_two_editions_is_read(rulebook):
    tables = (
        Renumbering(earlier="PIPL", later="CSL", articles=(), verification=Verification(verified=False)),
        Renumbering(
            earlier="CSL-2017",
            later="CSL",
            articles=(Renumbered(earlier="1", later="1", changed=True), Renumbered(earlier="2")),
            verification=Verification(verified=False),
        ),
    )
    book = Book(instruments=tuple(map(rulebook.instrument, ("CSL", "CSL-2017", "PIPL"))), renumberings=tables)
    changes = difference(Rulebook(book, digest=""), "CSL-2017", "CSL").changes
    assert [(change.kind, change.earlier, change.later) for change in changes] == [
        (None, ("CSL-2017 1",), ("CSL 1",)),
        (None, ("CSL-2017 2",), ()),
    ]
    assert not any(change.verified for change in changes)
    assert [change.reworded for change in changes] == [True, None]


def test_standards_are_compared_by_their_links_and_figures(rulebook):
    compared = difference(rulebook, "TC260-003", "GBT-45654")
    assert compared.ground is Ground.LINKS
    assert compared.counts == {}
    assert compared.silent_earlier
    pair = next(pair for pair in compared.parameters if pair.id == "output-pass-rate")
    assert not pair.changed


def test_a_link_counts_in_either_direction(small_book):
    folder = small_book("instruments/law.yaml", "    same_as: [OLD 1]\n", "")
    for stated in ("changes.yaml", "renumberings.yaml"):
        (folder / stated).write_text("[]\n")
    old = folder / "instruments" / "old.yaml"
    old.write_text(old.read_text() + "    same_as: [LAW 2]\n")
    compared = difference(Rulebook.load(folder), "OLD", "LAW")
    assert [(change.earlier, change.later) for change in compared.changes] == [(("OLD 1",), ("LAW 2",))]
    assert compared.silent_later == ("LAW 1",)


def test_a_parameter_that_differs_is_told(small_book):
    folder = small_book()
    parameters = folder / "parameters.yaml"
    limit = parameters.read_text()
    parameters.write_text(
        limit
        + limit.replace("instrument: LAW", "instrument: OLD")
        .replace('"0.05"', '"0.10"')
        .replace("since: 2024-01-01", "since: 2020-01-01, until: 2024-01-01")
    )
    (pair,) = difference(Rulebook.load(folder), "OLD", "LAW").parameters
    assert (pair.changed, pair.earlier, pair.later) == (True, "> 0.10 share", "> 0.05 share")


def test_texts_that_have_nothing_to_do_with_each_other_are_not_compared(rulebook):
    book = Book(
        instruments=tuple(
            msgspec.structs.replace(rulebook.instrument(name), clauses=()) for name in ("PIPL", "DSL")
        )
    )
    with pytest.raises(NotFound, match="in no way"):
        difference(Rulebook(book, digest=""), "PIPL", "DSL")


def test_every_ground_is_said_in_words():
    assert all(ground.text.zh and ground.text.en for ground in Ground)
