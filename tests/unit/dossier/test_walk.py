"""Numbers that no figure answers for are found, in what was really written."""

import io

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.dossier.spreadsheet import write_spreadsheet
from hegui.dossier.walk import spreadsheet_text, uncited_numbers, word_text
from hegui.dossier.word import write_word


def cited(set_document):
    return [run.text for run in set_document.runs if run.cited]


@pytest.fixture
def word(set_document, composed_at):
    return write_word(set_document, composed=composed_at)


@pytest.fixture
def spreadsheet(set_document, composed_at):
    return write_spreadsheet(set_document, composed=composed_at)


def test_every_number_that_is_cited_passes():
    assert uncited_numbers("共 1,234 篇，占 5.12%，2026年11月22日", ["1,234", "5.12%", "2026-11-22"]) == []


def test_a_number_that_nobody_cites_is_found_with_its_surroundings():
    [found] = uncited_numbers("共 12 篇，合格率 97 %", ["12"])

    assert found.number == "97"
    assert "合格率" in found.context


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("12 和 12", ["12"]),
        ("20.51%", ["51.20%"]),
        ("12", ["1", "2"]),
        ("１２", ["1"]),
        ("①", []),
        ("5.1", ["5", "1"]),
    ],
)
def test_no_number_hides_behind_others(text, figures):
    assert uncited_numbers(text, figures) != []


def test_separators_between_thousands_do_not_matter():
    assert uncited_numbers("1234", ["1,234"]) == uncited_numbers("1,234", ["1234"]) == []


@given(st.lists(st.integers(0, 10**6)), st.integers(0, 10**6), st.data())
def test_a_number_planted_anywhere_is_found(numbers, planted, data):
    figures = [f"{number:,}" for number in numbers]
    position = data.draw(st.integers(0, len(numbers)))
    text = "，".join([*figures[:position], str(planted), *figures[position:]])

    assert len(uncited_numbers(text, figures)) == 1


def test_a_word_file_holds_only_cited_numbers(word, set_document):
    assert uncited_numbers(word_text(word), cited(set_document)) == []
    assert uncited_numbers("\n".join(cited(set_document)), [word_text(word)]) == []


@pytest.mark.parametrize("place", ["paragraph", "cell", "header", "footer"])
def test_a_number_planted_in_a_word_file_is_found(word, set_document, place):
    file = docx.Document(io.BytesIO(word))
    paragraph = {
        "paragraph": file.paragraphs[-1],
        "cell": file.tables[0].cell(1, 1).paragraphs[0],
        "header": file.sections[0].header.paragraphs[0],
        "footer": file.sections[0].footer.paragraphs[0],
    }[place]
    paragraph.add_run("合格率 97 %")
    file.save(changed := io.BytesIO())

    [found] = uncited_numbers(word_text(changed.getvalue()), cited(set_document))

    assert found.number == "97"


def test_a_number_split_over_runs_is_one_number(word):
    file = docx.Document(io.BytesIO(word))
    for part in ("1", "2"):
        file.paragraphs[-1].add_run(part)
    file.save(changed := io.BytesIO())

    assert "12" in word_text(changed.getvalue())


def test_a_spreadsheet_holds_only_cited_numbers(spreadsheet, set_document):
    assert uncited_numbers(spreadsheet_text(spreadsheet), cited(set_document)) == []
    assert uncited_numbers("\n".join(cited(set_document)), [spreadsheet_text(spreadsheet)]) == []


@pytest.mark.parametrize("planted", [97, 0.97, "合格率 97 %"])
def test_a_number_planted_in_a_spreadsheet_is_found(spreadsheet, set_document, planted):
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet))
    book.worksheets[-1]["D9"] = planted
    book.save(changed := io.BytesIO())

    assert len(uncited_numbers(spreadsheet_text(changed.getvalue()), cited(set_document))) == 1


def test_the_name_of_a_sheet_is_walked_too(spreadsheet, set_document):
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet))
    book.worksheets[-1].title = "97"
    book.save(changed := io.BytesIO())

    assert len(uncited_numbers(spreadsheet_text(changed.getvalue()), cited(set_document))) == 1
