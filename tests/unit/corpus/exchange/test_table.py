"""The register as a table."""

import datetime as dt
import io

import openpyxl
import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus.exchange.table import read_table, write_filing_table, write_table
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import (
    PersonalContent,
    PersonalInformationStatement,
    Rights,
    SourceKind,
    SourceSize,
)

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_a_table_is_read_by_chinese_and_english_columns():
    text = (
        "\ufeff编号,name,来源类型,origin,数据类型,许可证,notes,数量（条）\n"
        "news,News,商业,foreign,图像,mit,x,many\n\n,,,,,,,\n"
    )
    (found,) = read_table(text)
    assert (found.identifier, found.name, found.license) == ("news", "News", "MIT")
    assert (found.kind, found.origin, found.modality) == (
        SourceKind.COMMERCIAL,
        Origin.FOREIGN,
        Modality.IMAGE,
    )
    assert set(found.left) == {"row 2.notes", "row 2.items"}


def test_what_is_taken_and_left_is_told_in_order_of_the_columns():
    text = "url,language,origin,name,identifier,kind,modality\nhttps://a.example,zh,abroad,A,a,bought,smell\n"
    (found,) = read_table(text)
    assert [each.field for each in found.taken] == ["identifier", "name", "language", "url"]
    assert found.left == ("row 2.kind", "row 2.modality", "row 2.origin")


@pytest.mark.parametrize(
    ("text", "left"), [("kind\nbought\n", ("row 2.kind",)), ("kind\n\n", None), ("", None)]
)
def test_a_word_that_is_none_is_left_and_empty_rows_are_none(text, left):
    assert [each.left for each in read_table(text)] == ([] if left is None else [left])


def test_a_form_of_the_data_provenance_standards_is_known_below_its_groups():
    text = "Source,,Use\nDataset title/name,Data issue date,License to use\nNews,2026,MIT\n"
    (found,) = read_table(text)
    assert (found.name, found.license, found.left) == ("News", "MIT", ("row 3.Data issue date",))


@pytest.fixture
def reports(corpus, make_source, root, write_texts):
    write_texts(["风和日丽"] * 3)
    holds = PersonalInformationStatement(holds=PersonalContent.PERSONAL)
    for source in (
        make_source(name=BilingualText(zh="=SUM(1)", en="'quoted"), personal_information=holds),
        make_source(id="told", files=(), size=SourceSize(items=7, size_bytes=70), url="https://a.example"),
        make_source(id="bare", files=(), rights=None),
        make_source(id="vague", files=(), rights=Rights(vouched_by="a"), size=SourceSize(items=2)),
    ):
        corpus.register_source(source, root=root)
    corpus.scan("wiki")
    return corpus.report().sources


def test_what_is_written_is_read_again(reports):
    bare, told, vague, wiki = read_table(write_table(reports))
    assert (wiki.name_zh, wiki.name, wiki.items) == ("=SUM(1)", "'quoted", 3)
    assert (wiki.kind, wiki.origin, wiki.modality) == (SourceKind.OPEN_SOURCE, Origin.DOMESTIC, Modality.TEXT)
    assert (wiki.license, wiki.holds) == ("CC0-1.0", PersonalContent.PERSONAL)
    assert wiki.left == ("row 5.documents", "row 5.vouched_by", "row 5.share", "row 5.use")
    assert (told.items, told.size_bytes, told.url) == (7, 70, "https://a.example")
    assert (bare.license, bare.items, bare.size_bytes) == (None, None, None)
    assert (vague.items, vague.size_bytes) == (2, None)


def test_no_cell_begins_like_a_formula(reports):
    assert ",'=SUM(1)," in write_table(reports)


def test_the_spreadsheet_of_a_filing_holds_texts_and_numbers(reports):
    book = openpyxl.load_workbook(io.BytesIO(write_filing_table(reports, created=NOON)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:4] == ("编号", "名称", "英文名称", "来源类型")
    wiki = dict(zip(rows[0], rows[4], strict=True))
    assert (wiki["名称"], wiki["数量（条）"], wiki["结论"]) == ("=SUM(1)", 3, "可用于训练")
    assert wiki["证明文件"].startswith("开源许可或授权文件：proof.txt（sha256:")
    assert book.active.cell(5, 2).data_type == "s"
    assert reports[3].verdict is Verdict.MET
