"""Measures in operation, as the report says them."""

from hegui.dossier.material import gather
from hegui.dossier.model import Figure, Paragraph, Words
from hegui.dossier.sections.measures import measures_section
from hegui.gateway import Outcome


def text(cell):
    return "".join(p.text if isinstance(p, Figure) else p.text.zh for p in cell)


def paragraphs(made):
    return [text(block.pieces) for block in made.blocks if isinstance(block, Paragraph)]


def tables(made):
    return {block.name.zh: block for block in made.blocks if not isinstance(block, Paragraph)}


def test_without_exchanges_the_gateway_is_not_assessed():
    made = measures_section(gather([], asked={}))

    assert paragraphs(made)[0] == "网关没有记录任何问答：未评估。"
    assert list(tables(made)) == ["台账不反映的措施"]


def test_exchanges_are_counted_by_outcome_in_the_documents_own_entry(make_entry):
    outcomes = [*Outcome, Outcome.MASKED]
    entries = [
        make_entry("gateway.exchanged", {"outcome": outcome.value}, n, "w-1")
        for n, outcome in enumerate(outcomes)
    ]

    made = measures_section(gather(entries, asked={}))

    rows = tables(made)["问答的处理结果"].rows
    assert paragraphs(made)[0] == f"网关审查并记录了 {len(outcomes)} 次问答。"
    assert [text(row[1]) for row in rows] == ["1", "2", "1", "1", "1", "1", "1"]
    assert {piece.entry for row in rows for piece in row[1]} == {None}


def test_what_the_ledger_does_not_hold_is_not_assessed():
    rows = tables(measures_section(gather([], asked={})))["台账不反映的措施"].rows

    assert {p.text.zh for row in rows for p in row[1] if isinstance(p, Words)} == {"未评估"}
    assert "投诉" in text(rows[0][0])


def test_erased_entries_are_told(make_entry):
    assert not any("删除" in each for each in paragraphs(measures_section(gather([], asked={}))))

    made = measures_section(gather([make_entry("gateway.exchanged", None)], asked={}))

    assert "另有 1 条" in paragraphs(made)[-1]
