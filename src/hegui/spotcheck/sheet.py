"""Documents to review as a spreadsheet, and the spreadsheet that comes back.

All but the answers is locked. Since protection is easily taken off, what comes back is compared with what was
sent: an answer that stands beside another text, as after sorting one column alone, is refused.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hegui.core import BilingualText, Conflict, InvalidInput, NotFound, Record
from hegui.rulebook import Risk
from hegui.spotcheck.model import SampledDocument
from hegui.spotcheck.reviewing import (
    FlawedReviews,
    Opinion,
    ReviewOutcome,
    add_answer,
    check_opinion,
    read_outcome,
    read_risks,
)

_REVIEW = "抽检 Review"
_RISKS = "风险 Risks"
_ORIGIN = "hegui"
_HEADINGS = ("签号 Lot", "来源 Source", "位置 Place", "文本 Text", "结论 Verdict", "风险 Risks", "备注 Note")
_WIDTHS = (28, 16, 30, 90, 14, 18, 40)
_LOT, _TEXT, _VERDICT, _RISK, _NOTE = 0, 3, 4, 5, 6
_LONGEST = 16_000
"""A cell holds 32,767 UTF-16 units, and a character may take two."""
_UNWRITABLE = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_UNPACKED = 1 << 30


class SheetOrigin(Record):
    """Which sample a spreadsheet is about, and whose answers it holds.

    Attributes:
        sample: the number of the sample.
        reviewer: whose answers it holds.
    """

    sample: int
    reviewer: str


class NoReviewSheet(InvalidInput):
    """A file is no spreadsheet that was made here."""

    def __init__(self, path: Path, reason: str) -> None:
        """Say where one comes from."""
        super().__init__(
            zh=f"{path}：不是 hegui corpus review export 生成的表格（{reason}）",
            en=f"{path}: it is no spreadsheet made by hegui corpus review export ({reason})",
        )


class OtherSample(Conflict):
    """A spreadsheet is about another sample than the present one.

    Attributes:
        given: the sample it is about.
        present: the present one.
    """

    def __init__(self, path: Path, given: int, present: int) -> None:
        """Name both."""
        super().__init__(
            zh=f"{path} 属于第 {given} 次抽样，当前是第 {present} 次；请重新导出",
            en=f"{path} is about sample {given}, the present one is {present}; export it again",
        )
        self.given = given
        self.present = present


class ReadSheet(NamedTuple):
    """What came back.

    Attributes:
        origin: what it is about.
        opinions: the answers, in order of the rows.
    """

    origin: SheetOrigin
    opinions: tuple[Opinion, ...]


def write_sheet(
    documents: Iterable[tuple[SampledDocument, str]],
    *,
    origin: SheetOrigin,
    risks: Iterable[Risk],
    created: dt.datetime,
) -> bytes:
    """The spreadsheet.

    Args:
        documents: with their texts.
        origin: what it is about.
        risks: the 31, to choose from.
        created: when, as the file's properties say.
    """
    import xlsxwriter  # noqa: PLC0415 - only who exports pays for it

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"author": "Hegui", "created": created.astimezone(dt.UTC).replace(tzinfo=None)})
    locked = book.add_format({"text_wrap": True, "valign": "top"})
    free = book.add_format({"text_wrap": True, "valign": "top", "locked": False, "bg_color": "#FFF8E1"})
    bold = book.add_format({"bold": True})
    sheet, listed, hidden = (book.add_worksheet(name) for name in (_REVIEW, _RISKS, _ORIGIN))
    _head(sheet, bold)
    row = 0
    for row, (document, text) in enumerate(documents, start=1):
        lot = document.lot
        for column, value in enumerate((lot.number, lot.source, f"{lot.file}:{lot.line}", shown(text))):
            sheet.write_string(row, column, value, locked)
        for column in (_VERDICT, _RISK, _NOTE):
            sheet.write_blank(row, column, None, free)
    last = _list_risks(listed, risks, bold)
    verdicts = [each.text.zh for each in ReviewOutcome]
    sheet.data_validation(1, _VERDICT, max(row, 1), _VERDICT, {"validate": "list", "source": verdicts})
    # Several risks may be written, so what is not in the list is no error here.
    choices = {"validate": "list", "source": f"='{_RISKS}'!$A$2:$A${last}", "show_error": False}
    sheet.data_validation(1, _RISK, max(row, 1), _RISK, choices)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    hidden.write_string(0, 0, msgspec.json.encode(origin).decode())
    hidden.very_hidden()
    book.close()
    return buffer.getvalue()


def _head(sheet: Any, bold: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    for column, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)


def _list_risks(sheet: Any, risks: Iterable[Risk], bold: Any) -> int:  # noqa: ANN401 - xlsxwriter has no types
    """Write the risks, and return the last row as a spreadsheet counts it."""
    sheet.set_column(1, 2, 60)
    for column, heading in enumerate(("编号 Id", "风险", "Risk")):
        sheet.write_string(0, column, heading, bold)
    row = 0
    for row, risk in enumerate(risks, start=1):
        for column, value in enumerate((risk.id, risk.text.zh, risk.text.en)):
            sheet.write_string(row, column, value)
    return row + 1


def read_sheet(path: Path, *, sample: int, texts: Mapping[str, str], risks: Iterable[Risk]) -> ReadSheet:
    """The answers in a spreadsheet that was written here.

    Args:
        path: the file.
        sample: the number of the sample that answers are wanted to.
        texts: of the sample's documents, by lot.
        risks: the 31.

    Raises:
        NotFound: there is no such file.
        NoReviewSheet: it was not made here.
        OtherSample: it is about another sample.
        FlawedReviews: rows that cannot be taken in, each with sheet, row and reason.
    """
    origin, rows = _rows(path)
    if origin.sample != sample:
        raise OtherSample(path, origin.sample, sample)
    known = frozenset(risk.id for risk in risks)
    answers: dict[str, Opinion] = {}
    flaws: list[tuple[str, BilingualText]] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [str(cell) for cell in row] + [""] * len(_HEADINGS)
        if not cells[_VERDICT].strip() and not cells[_RISK].strip():
            continue
        try:
            add_answer(_opinion(cells, texts, known), answers)
        except InvalidInput as flaw:
            flaws.append((f"{_REVIEW} {number}", flaw.text))
    if flaws:
        raise FlawedReviews(path, flaws)
    return ReadSheet(origin, tuple(answers.values()))


def _rows(path: Path) -> tuple[SheetOrigin, list[list[Any]]]:
    import python_calamine  # noqa: PLC0415 - only who imports pays for it

    if not path.exists():
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}")
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise NoReviewSheet(path, "> 1 GB")
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            told = book.get_sheet_by_name(_ORIGIN).to_python(skip_empty_area=False)
            rows = book.get_sheet_by_name(_REVIEW).to_python(skip_empty_area=False)
        origin = msgspec.json.decode(str(told[0][0]), type=SheetOrigin)
    except (zipfile.BadZipFile, python_calamine.CalamineError, msgspec.DecodeError, IndexError) as error:
        raise NoReviewSheet(path, str(error)) from error
    headings = [str(cell) for cell in rows[0]] if rows else []
    if tuple(headings[: len(_HEADINGS)]) != _HEADINGS:
        raise NoReviewSheet(path, ", ".join(headings))
    return origin, rows


def _opinion(cells: list[str], texts: Mapping[str, str], known: frozenset[str]) -> Opinion:
    lot = cells[_LOT].strip()
    text = texts.get(lot)
    if text is None:
        raise InvalidInput(
            zh=f"签号 {lot!r} 不在这次抽样里；请恢复该列", en=f"no document of the sample has lot {lot!r}"
        )
    if _likeness(cells[_TEXT]) != _likeness(shown(text)):
        raise InvalidInput(
            zh="文本与签号不符，可能只排序了部分列；请重新导出，把结论填回",
            en="the text is not the one of that lot, as after sorting some columns only; export it again and "
            "fill the answers in",
        )
    opinion = Opinion(
        lot=lot,
        outcome=read_outcome(cells[_VERDICT]),
        risks=read_risks(cells[_RISK]),
        note=cells[_NOTE].strip(),
    )
    check_opinion(opinion, risks=known)
    return opinion


def shown(text: str) -> str:
    """A text as a cell can hold it; the end of a very long one is left out, and that is said."""
    clean = _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) <= _LONGEST:
        return clean
    return clean[:_LONGEST] + f"…（{len(clean) - _LONGEST} more characters: hegui corpus review text）"


def _likeness(text: str) -> str:
    """What of a text no spreadsheet program alters: they rewrite spaces, line ends and escapes."""
    while _ESCAPE.search(text):
        # Some programs escape what looks like an escape, and some undo it twice.
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return "".join(character for character in text if character.isalnum())
