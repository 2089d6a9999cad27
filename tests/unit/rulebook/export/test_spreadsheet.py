"""The Excel file, read by another library."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest

from hegui.rulebook.export.spreadsheet import rulebook_spreadsheet, rulebook_tables


@pytest.fixture(scope="module")
def data():
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - once for the module

    return rulebook_spreadsheet(Rulebook.load())


@pytest.fixture(scope="module")
def book(data):
    return openpyxl.load_workbook(BytesIO(data))


def rows(book, name):
    sheet = next(sheet for sheet in book.worksheets if sheet.title.endswith(name))
    columns, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(columns, row, strict=True)) for row in found]


def test_every_clause_obligation_and_parameter_has_its_row(book, rulebook):
    assert len(rows(book, "Clauses")) == sum(len(i.clauses) for i in rulebook.instruments)
    assert len(rows(book, "Obligations")) == len(rulebook.obligations)
    assert len(rows(book, "Parameters")) == len(rulebook.parameters)
    assert len(rows(book, "Facts")) == len(rulebook.facts)
    assert len(rows(book, "Risks")) == len(rulebook.risks)


def test_each_severity_of_a_penalty_has_its_row_with_amounts_as_numbers(book, rulebook):
    found = rows(book, "Penalties")
    assert len(found) == sum(len(penalty.sanctions) for penalty in rulebook.penalties)
    personal = [row for row in found if row["条款 clause"] == "PIPL 66"]
    grave = personal[-1]
    assert grave["单位 organisation: 至多 at most"] == 50_000_000
    assert grave["单位 organisation: 营业额占比 share of turnover"] == "0.05"
    assert grave["个人 persons: 至少 at least"] == 100_000
    assert personal[0]["单位 organisation: 营业额占比 share of turnover"] is None
    (endless,) = [r for r in found if r["编号 id"] == "ctl" and r["严重程度 severity"].endswith("serious")]
    assert endless["单位 organisation: 至少 at least"] == 500_000
    assert endless["单位 organisation: 至多 at most"] is None


def test_a_day_is_a_day_and_a_share_is_not_rounded(book):
    interim = next(row for row in rows(book, "Instruments") if row["编号 id"] == "IM")
    assert interim["自 since"] == dt.datetime(2023, 8, 15)  # noqa: DTZ001 - Excel knows no time zones
    share = next(row for row in rows(book, "Parameters") if row["编号 id"] == "source-unsafe-share")
    assert share["值 value"] == "0.05"


def test_what_is_unverified_says_so_and_the_first_sheet_counts(book, rulebook):
    marked = [row for row in rows(book, "Clauses") if row["核对 checked"] == "未核实 unverified"]
    assert len(marked) == sum(not c.verification.verified for i in rulebook.instruments for c in i.clauses)
    about = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert any("unverified and marked so" in str(cell) for cell in about)


def test_no_cell_is_a_formula_or_a_link(book):
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_the_same_rulebook_gives_the_same_bytes(data, rulebook):
    assert rulebook_spreadsheet(rulebook) == data


def test_every_row_has_a_cell_for_each_column(rulebook):
    for table in rulebook_tables(rulebook):
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.name
