"""Banks as tables: Hegui's own, which can be read again, and the one that goes with a filing."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from hegui.rulebook import Rulebook
from hegui.screening.bank_table import SEVERAL
from hegui.screening.keywords import Keyword

_OWN = ("text", "risk", "kind", "level", "match", "source", "added_on", "pinyin", "initials", "unless")
_FILING = ("关键词", "一级分类", "二级分类")
_WIDTHS = (30, 40, 60)


def write_csv(keywords: Iterable[Keyword]) -> str:
    """The words with everything said of them, as :func:`load_bank` reads it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_OWN)
    for keyword in keywords:
        writer.writerow([_cell(getattr(keyword, name)) for name in _OWN])
    return buffer.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return SEVERAL.join(value)
    return str(value).lower() if value is True else str(value or "")


def filing_rows(keywords: Iterable[Keyword], *, rulebook: Rulebook) -> list[tuple[str, str, str]]:
    """The words as the filing lists them: word, risk group and risk, each once whatever list it is from.

    The filing is about the 31 risks; what may affect minors besides is not in it.

    Args:
        keywords: the words.
        rulebook: how groups and risks are called.
    """
    groups = {group.id: f"{group.id} {group.text.zh}" for group in rulebook.risk_groups}
    risks = {risk.id: (groups[risk.group], f"{risk.id} {risk.text.zh}") for risk in rulebook.risks}
    filed = (keyword for keyword in keywords if keyword.risk in risks)
    return list(dict.fromkeys((keyword.text, *risks[keyword.risk]) for keyword in filed))


def write_filing(rows: Iterable[tuple[str, str, str]], *, created: dt.datetime) -> bytes:
    """The form of the filing's attachment: an .xlsx of :func:`filing_rows`.

    Args:
        rows: the rows.
        created: when, as the file's properties say.
    """
    import xlsxwriter  # noqa: PLC0415 - who screens does not export, and should not pay for it

    buffer = io.BytesIO()
    # A word that looks like a formula or a link is a word.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"author": "Hegui", "created": created.astimezone(dt.UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet("关键词库")
    bold = book.add_format({"bold": True})
    for column, (heading, width) in enumerate(zip(_FILING, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    for row, cells in enumerate(rows, 1):
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
