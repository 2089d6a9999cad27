import openpyxl
import pytest

from hegui.core import InvalidDocument
from hegui.screening import bank_table
from hegui.screening.bank_table import Row, read_table


def no_heading(cell):
    return False


@pytest.fixture
def read(tmp_path):
    def written(name, data, is_heading=no_heading):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_table(path, is_heading=is_heading)

    return written


def test_rows_keep_their_place_in_the_file_and_empty_ones_are_left_out(read):
    assert read("a.csv", '\n"a\nb",c\n \nd\n').rows == [Row(3, ["a\nb", "c"]), Row(5, ["d"])]
    assert read("a.txt", "# no\n\na\tb\r\n").rows == [Row(3, ["a", "b"])]
    assert read("a.json", '["a", {"b": 1, "c": ["d", "e"], "f": 1.5}]').rows == [
        Row(1, ["a", "", "", ""]),
        Row(2, ["", "1", "d|e", "1.5"]),
    ]


def test_the_first_row_is_the_heading_where_a_cell_of_it_is_known(read):
    table = read("a.csv", "x,word\n1,a\n", is_heading=lambda cell: cell == "word")
    assert (table.headings, table.rows) == (["x", "word"], [Row(2, ["1", "a"])])
    assert read("a.csv", "x,word\n").headings is None
    assert read("a.csv", "").rows == []


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(bank_table, "_MOST_UNPACKED", 100)
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(InvalidDocument, match="more than 100; split it"):
        read_table(tmp_path / "a.xlsx", is_heading=no_heading)
