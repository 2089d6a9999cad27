"""Data files that do not fit together are refused at the place, with the cure."""

import pytest

from hegui.core import InvalidDocument, NotFound
from hegui.rulebook.service import read_book

FAULTS = {
    "an unknown fact in a condition": (
        ("obligations/all.yaml", "when: open\n  period", "when: opne\n  period"),
        (13, "[1].when", "no fact or term opne; did you mean open?"),
    ),
    "a condition outside the grammar": (
        ("obligations/all.yaml", "when: large", "when: max(users, 3)"),
        (5, "[0].when", "not allowed in a condition"),
    ),
    "an obligation citing a clause that does not exist": (
        ("obligations/all.yaml", "[LAW 1]", "[LAW 11]"),
        (2, "[0].clauses", "there is no clause LAW 11; did you mean LAW 1?"),
    ),
    "an obligation citing nothing": (
        ("obligations/all.yaml", "[LAW 1]", "[]"),
        (2, "[0].clauses", "cites no clause"),
    ),
    "an obligation older than its clause": (
        ("obligations/all.yaml", "period: {since: 2024-01-01}", "period: {since: 2023-12-31}"),
        (2, "[0].clauses[0]", "LAW 1 is in force [2024-01-01, …)"),
    ),
    "an obligation outliving its clause": (
        ("obligations/all.yaml", "until: 2024-01-01}", "until: 2024-01-02}"),
        (10, "[1].clauses[0]", "make two versions of it"),
    ),
    "an open-ended obligation outliving its clause": (
        ("obligations/all.yaml", ", until: 2024-01-01}", "}"),
        (10, "[1].clauses[0]", "make two versions of it"),
    ),
    "two versions in force together": (
        ("obligations/all.yaml", "- id: a\n", "- id: b\n"),
        (22, "[2].period", "give the earlier one an `until`"),
    ),
    "an exception that does not exist": (
        ("obligations/all.yaml", "unless: [a]", "unless: [z]"),
        (21, "[2].unless[0]", "there is no obligation z; enter it first"),
    ),
    "exceptions in a circle": (
        ("obligations/all.yaml", "when: large", "when: large\n  unless: [b]"),
        (6, "[0].unless", "a → b → a; cut it somewhere"),
    ),
    "an unknown parameter": (
        ("obligations/all.yaml", "[limit]", "[limits]"),
        (7, "[0].parameters[0]", "there is no parameter limits; did you mean limit?"),
    ),
    "an obligation whose period is reversed": (
        (
            "obligations/all.yaml",
            "{since: 2020-01-01, until: 2024-01-01}",
            "{since: 2024-01-01, until: 2020-01-01}",
        ),
        (14, "[1].period", "period ends on 2020-01-01 but begins on 2024-01-01"),
    ),
    "a misspelt field": (
        ("obligations/all.yaml", "bound: [provider]", "bounds: [provider]"),
        (4, "[0]", "unknown field `bounds`; did you mean bound?"),
    ),
    "an unknown party": (
        ("obligations/all.yaml", "bound: [provider]", "bound: [supplier]"),
        (4, "[0].bound[0]", "Invalid enum value 'supplier'"),
    ),
    "two clauses of one number": (
        ("instruments/law.yaml", 'id: "2"', 'id: "1"'),
        (18, "clauses[1].id", "LAW 1 stands in law.yaml clauses[0] already"),
    ),
    "two instruments of one name": (
        ("instruments/old.yaml", "id: OLD", "id: LAW"),
        (1, "id", "LAW stands in law.yaml already"),
    ),
    "a clause equated with what does not exist": (
        ("instruments/law.yaml", "[OLD 1]", "[OLD 2]"),
        (22, "clauses[1].same_as", "there is no clause OLD 2; did you mean OLD 1?"),
    ),
    "an instrument superseding what does not exist": (
        ("instruments/law.yaml", "supersedes: [OLD]", "supersedes: [OLDER]"),
        (8, "supersedes[0]", "there is no instrument OLDER; did you mean OLD?"),
    ),
    "an unknown source": (
        ("instruments/law.yaml", "source: TXT", "source: TXTS"),
        (9, "verification.source", "there is no source TXTS; did you mean TXT?"),
    ),
    "a check without checker": (
        ("instruments/law.yaml", "by: somebody, ", ""),
        (9, "verification", "say who checked, when and against what"),
    ),
    "a clause without its source": (
        (
            "instruments/law.yaml",
            "do a}\n    verification: {verified: true, by: somebody, date: 2026-01-01, source: TXT}",
            "do a}\n    verification: {verified: true, by: somebody, date: 2026-01-01}",
        ),
        (16, "clauses[0].verification", "say who checked, when and against what"),
    ),
    "a clause that does not say whether it was checked": (
        (
            "instruments/law.yaml",
            "do a}\n    verification: {verified: true, by: somebody, date: 2026-01-01, source: TXT}",
            "do a}",
        ),
        (12, "clauses[0]", "missing required field `verification`"),
    ),
    "two facts of one name": (
        ("facts.yaml", "name: users", "name: open"),
        (6, "[1].name", "open stands in facts.yaml [0] already"),
    ),
    "a number without unit": (
        ("facts.yaml", "  unit: persons\n", ""),
        (6, "[1]", "an integer needs a unit"),
    ),
    "a choice without choices": (
        ("facts.yaml", "type: bool", "type: choice"),
        (1, "[0]", "need `choices`"),
    ),
    "a term named like a fact": (
        ("terms.yaml", "id: large", "id: open"),
        (1, "[0].id", "open is the name of a fact already"),
    ),
    "a term defined by itself": (
        ("terms.yaml", "means: open", "means: large"),
        (4, "[0].means", "large → large"),
    ),
    "a term without its clause": (
        ("terms.yaml", "[LAW 1]", "[LAW 3]"),
        (3, "[0].clauses", "there is no clause LAW 3; did you mean LAW 2?"),
    ),
    "a parameter of an unknown instrument": (
        ("parameters.yaml", "instrument: LAW", "instrument: LAV"),
        (2, "[0].instrument", "there is no instrument LAV; did you mean LAW?"),
    ),
    "a parameter of an unknown clause": (
        ("parameters.yaml", 'clause: "1"', 'clause: "7"'),
        (3, "[0].clause", "there is no clause LAW 7; did you mean LAW 2?"),
    ),
    "a parameter without unit": (
        ("parameters.yaml", "  unit: share\n", ""),
        (1, "[0]", "missing required field `unit`"),
    ),
    "a risk of an unknown group": (
        ("risks.yaml", "group: A.1", "group: A.9"),
        (1, "[0].group", "there is no risk group A.9; did you mean A.1?"),
    ),
    "an aspect without its clause": (
        ("aspects.yaml", "clause: LAW 1", "clause: nowhere at all"),
        (1, "[0].clause", "there is no clause nowhere at all; enter it first"),
    ),
    "a change from a clause that does not exist": (
        ("changes.yaml", "earlier: [OLD 1]", "earlier: [OLD 2]"),
        (2, "[0].earlier", "there is no clause OLD 2; did you mean OLD 1?"),
    ),
    "a change surviving in a clause that does not exist": (
        ("changes.yaml", "survives_in: [LAW 2]", "survives_in: [LAW 3]"),
        (13, "[1].survives_in", "there is no clause LAW 3; did you mean LAW 2?"),
    ),
    "a removal that leads somewhere": (
        ("changes.yaml", "kind: moved", "kind: removed"),
        (1, "[0]", "what is removed has no `later`"),
    ),
    "an addition that comes from somewhere": (
        ("changes.yaml", "kind: moved", "kind: added"),
        (1, "[0]", "what is added has no `earlier`"),
    ),
    "a penalty by a clause that does not exist": (
        ("penalties.yaml", "clause: LAW 2", "clause: LAW 3"),
        (2, "[0].clause", "there is no clause LAW 3; did you mean LAW 2?"),
    ),
    "a penalty that sends a breach first to none that exists": (
        ("penalties.yaml", "breaches: [LAW 1]", "breaches: [LAW 1]\n  first: [fin]"),
        (4, "[0].first[0]", "there is no penalty fin; did you mean fine?"),
    ),
    "a penalty for a breach of nothing known": (
        ("penalties.yaml", "breaches: [LAW 1]", "breaches: [LAV]"),
        (3, "[0].breaches", "there is no clause LAV; did you mean LAW?"),
    ),
    "a fine that ends before it begins": (
        ("penalties.yaml", "at_least: 10,", "at_least: 30,"),
        (7, "[0].sanctions[1].fine", "ends at 20 but begins at 30"),
    ),
    "sanctions out of order": (
        ("penalties.yaml", "severity: base", "severity: especially_serious"),
        (6, "[0].sanctions", "sanctions stand in the order base, serious"),
    ),
    "a penalty without sanction": (
        (
            "penalties.yaml",
            (
                "sanctions:\n    - {severity: base, text: {zh: 警告, en: warning}}\n    - {severity: serious,"
                " text: {zh: 罚款, en: a fine}, fine: {at_least: 10, at_most: 20}}"
            ),
            "sanctions: []",
        ),
        (5, "[0].sanctions", "at least one in all"),
    ),
    "a category of an unknown risk": (
        ("categories.yaml", "risks: [A.1.a]", "risks: [A.1.b]"),
        (4, "[0].risks[0]", "there is no risk A.1.b; did you mean A.1.a?"),
    ),
    "a category without its clause": (
        ("categories.yaml", "clauses: [LAW 1]", "clauses: [LAW 3]"),
        (3, "[0].clauses", "there is no clause LAW 3"),
    ),
    "a milestone of an unknown framework": (
        ("milestones.yaml", "framework: ABROAD", "framework: ABROAT"),
        (2, "[0].framework", "there is no framework ABROAT; did you mean ABROAD?"),
    ),
    "a crosswalk to an unknown framework": (
        ("crosswalks.yaml", "framework: ABROAD", "framework: ABROAT"),
        (5, "[0].counterparts[0].framework", "there is no framework ABROAT; did you mean ABROAD?"),
    ),
    "a crosswalk without its clause": (
        ("crosswalks.yaml", "clauses: [LAW 1]", "clauses: [LAW 3]"),
        (3, "[0].clauses", "there is no clause LAW 3"),
    ),
    "a renumbering of an unknown instrument": (
        ("renumberings.yaml", "later: LAW", "later: LAV"),
        (2, "[0].later", "there is no instrument LAV; did you mean LAW?"),
    ),
    "an article renumbered twice": (
        ("renumberings.yaml", '{later: "2", earlier: "1"}', '{later: "1", earlier: "1"}'),
        (5, "[0].articles[1]", "article 1 of LAW stands here twice"),
    ),
    "an overlay over an unknown instrument": (
        ("overlays.yaml", "over: [LAW]", "over: [LAV]"),
        (6, "[0].over[0]", "there is no instrument LAV; did you mean LAW?"),
    ),
    "an overlay on an unknown fact": (
        ("overlays.yaml", "when: open", "when: opne"),
        (4, "[0].when", "no fact or term opne; did you mean open?"),
    ),
    "an overlay without its clause": (
        ("overlays.yaml", "clauses: [LAW 2]", "clauses: [LAW 3]"),
        (2, "[0].clauses", "there is no clause LAW 3"),
    ),
}


@pytest.mark.parametrize(("change", "place"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_file_line_field_and_cure(change, place, small_book):
    folder = small_book(*change)
    line, field, message = place
    with pytest.raises(InvalidDocument) as caught:
        read_book(folder)
    assert caught.value.path == folder / change[0]
    assert (caught.value.line, caught.value.field) == (line, field)
    assert message in caught.value.text.en


def test_a_folder_whose_files_fit_together_is_read(small_book):
    book = read_book(small_book())
    assert [obligation.id for obligation in book.obligations] == ["a", "b", "b"]


def test_a_chain_of_exceptions_is_no_circle(small_book):
    folder = small_book("obligations/all.yaml", "when: open\n  unless: [a]", "when: open\n  unless: [a, c]")
    with (folder / "obligations" / "more.yaml").open("w", encoding="utf-8") as file:
        file.write(
            "- {id: c, clauses: [LAW 1], text: {zh: 丙, en: c}, bound: [user], when: always,"
            " unless: [a], period: {since: 2024-01-01}}\n"
        )
    assert len(read_book(folder).obligations) == 4


def test_a_missing_folder_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no such folder"):
        read_book(tmp_path / "nothing")


def test_a_missing_file_is_not_found(small_book):
    folder = small_book()
    (folder / "risks.yaml").unlink()
    with pytest.raises(NotFound, match=r"risks\.yaml"):
        read_book(folder)
