"""The end of a report."""

from hegui.dossier.model import Figure, RecordedWords
from hegui.dossier.sections.closing import evidence_content, evidence_section, signature_section


def test_three_people_have_room_to_sign(rulebook):
    table = signature_section(rulebook).blocks[0]

    assert len(table.rows) == 3
    assert table.room > 0
    assert all(row[1:] == ((), (), ()) for row in table.rows)


def test_the_evidence_table_shows_what_the_own_entry_records(make_entry):
    entries = [make_entry("scope.judged", {}, 3), make_entry("corpus.scanned", {}, 17)]

    table = evidence_section(entries).blocks[1]
    content = evidence_content(entries)

    *rows, own = table.rows
    assert [[cell[0].text for cell in row[1:]] for row in rows] == [list(each.values()) for each in content]
    assert content[1]["entry"] == "main/17"
    assert [row[0][0].text.zh for row in table.rows] == ["a", "b", "c"]
    assert not any(isinstance(piece, Figure | RecordedWords) for cell in own for piece in cell)
    assert not table.marked


def test_every_cell_of_it_points_at_the_own_entry(make_entry):
    [row, _own] = evidence_section([make_entry("scope.judged", {}, 3)]).blocks[1].rows

    assert [(cell[0].entry, cell[0].pointer) for cell in row[1:]] == [
        (None, f"/evidence/0/{name}") for name in ("entry", "kind", "time", "leaf")
    ]
