"""The conclusion and the clauses behind it, as the report says them."""

import pytest

from hegui.core import Verdict
from hegui.dossier.clauses import ClauseResult, Conclusion, assess
from hegui.dossier.material import gather
from hegui.dossier.model import Figure, Paragraph, words
from hegui.dossier.sections.clause_results import clause_section, conclusion_section


def text(cell, language="zh"):
    return "".join(p.text if isinstance(p, Figure) else getattr(p.text, language) for p in cell)


@pytest.fixture
def results(rulebook):
    return assess(gather([], asked={}), rulebook)


def test_the_conclusion_comes_first_and_alone(results):
    first = conclusion_section(results, Conclusion.PARTLY_MET).blocks[0]

    assert text(first.pieces) == "部分符合要求。"
    assert text(first.pieces, "en") == "The requirements are met in part."
    assert first.emphasis.value == "key"


def test_mandatory_clauses_are_counted_by_result(rulebook):
    clauses = {c.id: c for c in rulebook.instrument("TC260-003").clauses}
    results = [
        ClauseResult(clause=clauses[name], verdict=verdict, reason=(words("因", "why"),))
        for name, verdict in (("5.1a1", Verdict.MET), ("5.1a2", Verdict.NOT_MET), ("8.1a", Verdict.NOT_MET))
    ]

    [row] = conclusion_section(results, Conclusion.OPEN).blocks[1].rows

    assert [(cell[0].value, cell[0].pointer) for cell in row] == [
        (1, "/results/met"),
        (1, "/results/not_met"),
        (0, "/results/not_applicable"),
        (0, "/results/not_assessed"),
    ]


def test_every_clause_has_a_row_with_its_reason_in_the_table_of_its_chapter(results, rulebook):
    tables = [b for b in clause_section(results, rulebook).blocks if not isinstance(b, Paragraph)]

    assert len(tables) == 5
    assert sum(len(table.rows) for table in tables) == len(results)
    assert all(row[4] for table in tables for row in table.rows)


def test_what_was_not_checked_says_so_beside_its_number(results, rulebook):
    tables = [b for b in clause_section(results, rulebook).blocks if not isinstance(b, Paragraph)]
    numbers = [text(row[0]) for row in tables[0].rows]

    assert "5.1d（未核实）" in numbers
    assert "5.1a1" in numbers
