"""The register as a table, one source in a row: CSV, read and written, and the spreadsheet of a filing."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from hegui.core import BilingualText
from hegui.corpus.exchange.data_provenance import TITLE, read_data_provenance_row
from hegui.corpus.exchange.description import DatasetDescription, Reading, license_named
from hegui.corpus.formats.tables import LONGEST_CELL
from hegui.corpus.model import Modality, Origin, SourceReport
from hegui.corpus.provenance import PersonalContent, SourceKind

_ORIGINS = {
    Origin.DOMESTIC: BilingualText(zh="境内", en="domestic"),
    Origin.FOREIGN: BilingualText(zh="境外", en="foreign"),
}
_MODALITIES = {
    Modality.TEXT: BilingualText(zh="文本", en="text"),
    Modality.IMAGE: BilingualText(zh="图像", en="image"),
    Modality.AUDIO: BilingualText(zh="音频", en="audio"),
    Modality.VIDEO: BilingualText(zh="视频", en="video"),
}
_CONTENTS = {
    PersonalContent.NONE: BilingualText(zh="无", en="none"),
    PersonalContent.PERSONAL: BilingualText(zh="有", en="personal"),
    PersonalContent.SENSITIVE: BilingualText(zh="有，含敏感", en="sensitive"),
}


def _spoken(meanings: Iterable[tuple[StrEnum, BilingualText]]) -> dict[str, StrEnum]:
    """What may be written for each meaning."""
    return {said.lower(): meaning for meaning, text in meanings for said in (meaning.value, text.zh, text.en)}


_WORDS: Mapping[str, Mapping[str, StrEnum]] = {
    "kind": _spoken((kind, kind.text) for kind in SourceKind),
    "origin": _spoken(_ORIGINS.items()),
    "modality": _spoken(_MODALITIES.items()),
    "holds": _spoken(_CONTENTS.items()),
}

_COLUMNS = {
    "identifier": "编号",
    "name_zh": "名称",
    "name": "英文名称",
    "kind": "来源类型",
    "language": "语言",
    "modality": "数据类型",
    "origin": "境内外",
    "items": "数量（条）",
    "size_bytes": "存储规模（字节）",
    "url": "来源地址",
    "license": "许可证",
    "statement": "合法来源说明",
    "holds": "个人信息",
    "documents": "证明文件",
    "vouched_by": "责任人",
    "share": "违法不良信息占比",
    "use": "结论",
}
_NUMBERS = frozenset({"items", "size_bytes"})
_TOLD = frozenset({"documents", "vouched_by", "share", "use"})
"""Columns about the provider's own work: they are not taken from strangers."""


class _Row(NamedTuple):
    number: int
    cells: Mapping[str, str]


def read_table(text: str) -> tuple[DatasetDescription, ...]:
    """What each row of a CSV says of a dataset: by the columns of the register, in Chinese or English.

    A table of the Data Provenance Standards is known by its columns.
    """
    return tuple(
        read_data_provenance_row(row.cells, place=f"row {row.number}") if TITLE in row.cells else _read(row)
        for row in _rows(text)
    )


def _rows(text: str) -> Iterator[_Row]:
    csv.field_size_limit(LONGEST_CELL)  # whoever read a table before may have set another
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    # A form may have a line of groups above its headings.
    head = next((index for index, row in enumerate(rows) if TITLE in row), 0)
    headings = [each.strip() for each in rows[head]] if rows else []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if any(cell.strip() for cell in row):
            yield _Row(number, dict(zip(headings, map(str.strip, row), strict=False)))


def _read(row: _Row) -> DatasetDescription:
    names = {zh: name for name, zh in _COLUMNS.items()}
    reading = Reading(
        {names.get(heading, heading): _shown(cell) for heading, cell in row.cells.items()},
        at=f"row {row.number}",
    )
    for name in (each for each in _COLUMNS if each not in _TOLD | _NUMBERS):
        said = reading.text(name)
        words = _WORDS.get(name)
        if said is None or words is None:
            reading.take(name, name, license_named(said) if name == "license" else said)
        elif said.lower() in words:
            reading.take(name, name, words[said.lower()])
        else:
            reading.leave(name)
    for name in sorted(_NUMBERS):
        reading.take(name, name, reading.whole(name))
    return reading.done()


def write_table(reports: Iterable[SourceReport]) -> str:
    """The register as CSV, as :func:`read_table` reads it, with what the provider's own work came to."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS.values())
    for cells in map(_cells, reports):
        writer.writerow([_guarded(cells[name]) for name in _COLUMNS])
    return buffer.getvalue()


def write_filing_table(reports: Iterable[SourceReport], *, created: dt.datetime) -> bytes:
    """The register as the spreadsheet that goes with a filing; its columns are Hegui's own.

    Args:
        reports: what is known of each source.
        created: when, as the file's properties say.
    """
    import xlsxwriter  # noqa: PLC0415 - who scans does not export, and should not pay for it

    buffer = io.BytesIO()
    # Texts that look like formulas or links are texts.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"author": "Hegui", "created": created.astimezone(dt.UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet("训练语料来源")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, len(_COLUMNS) - 1, 18)
    for column, heading in enumerate(_COLUMNS.values()):
        sheet.write_string(0, column, heading, bold)
    for row, cells in enumerate(map(_cells, reports), 1):
        for column, name in enumerate(_COLUMNS):
            if name in _NUMBERS and cells[name]:
                sheet.write_number(row, column, int(cells[name]), wrapped)
            else:
                sheet.write_string(row, column, cells[name], wrapped)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _cells(report: SourceReport) -> dict[str, str]:
    registered = report.registered
    source, rights, size = registered.source, registered.source.rights, registered.source.size
    stated = source.personal_information
    measured = sum(file.size_bytes for file in registered.files)
    items = size.items if size else None
    if report.scanned is not None and items is None:
        items = report.scanned.scan.tally.scanned
    share = report.scanned.verdict.share if report.scanned else None
    documents = rights.documents if rights else ()
    return {
        "identifier": source.id,
        "name_zh": source.name.zh,
        "name": source.name.en,
        "kind": source.kind.text.zh,
        "language": source.language,
        "modality": _MODALITIES[source.modality].zh,
        "origin": _ORIGINS[source.origin].zh,
        "items": "" if items is None else str(items),
        "size_bytes": str(measured or (size.size_bytes if size and size.size_bytes is not None else "")),
        "url": source.url or "",
        "license": (rights.license or "") if rights else "",
        "statement": rights.statement if rights else "",
        "holds": _CONTENTS[stated.holds].zh if stated else "",
        "documents": "\n".join(f"{each.kind.text.zh}：{each.path}（{each.digest}）" for each in documents),
        "vouched_by": rights.vouched_by if rights else "",
        "share": share or "",
        "use": report.use.text.zh,
    }


_FORMULAS = ("=", "+", "-", "@")


def _guarded(cell: str) -> str:
    # What begins like a formula must not become one where the table is opened.
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _shown(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULAS) else cell
