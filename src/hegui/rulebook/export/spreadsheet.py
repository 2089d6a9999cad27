"""The rulebook as tables, and the tables as an Excel file."""

import datetime as dt
from collections.abc import Callable, Iterable
from io import BytesIO

from hegui.core import BilingualText, Period, Record
from hegui.rulebook.export.edition import NOTE, edition_day, tally
from hegui.rulebook.model import Fine, Verification
from hegui.rulebook.service import Rulebook

Cell = str | int | dt.date | None
_WIDEST = 60  # characters
_UNVERIFIED = "未核实 unverified"


class Sheet(Record):
    """One sheet.

    Attributes:
        columns: the headings.
        rows: one cell for each column.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rulebook_tables(rulebook: Rulebook) -> tuple[Sheet, ...]:
    """Everything a reader looks for, both languages side by side."""
    return tuple(make(rulebook) for make in _TABLES)


def rulebook_spreadsheet(rulebook: Rulebook) -> bytes:
    """The tables as an Excel file, with filters and the headings frozen.

    The same rulebook gives the same bytes.
    """
    import xlsxwriter  # noqa: PLC0415 - 50 ms that only this export pays

    buffer = BytesIO()
    # Links and formulas are switched off: whatever a cell holds is text.
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        day = edition_day(rulebook)
        book.set_properties({"title": "Hegui", "created": dt.datetime.combine(day, dt.time(), dt.UTC)})
        heading = book.add_format({"bold": True, "bg_color": "#E7EDF3", "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for table in rulebook_tables(rulebook):
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns, heading)
            for number, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    sheet.write(number, column, cell, date if isinstance(cell, dt.date) else text)
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
            for column, width in enumerate(_widths(table)):
                sheet.set_column(column, column, width)
    return buffer.getvalue()


def _widths(table: Sheet) -> Iterable[int]:
    columns = zip(table.columns, *table.rows, strict=True)
    # A Chinese character is as wide as two Latin ones.
    return [
        min(_WIDEST, 2 + max(len(str(cell or "").encode("gbk", "replace")) for cell in column))
        for column in columns
    ]


def _about(rulebook: Rulebook) -> Sheet:
    counted = tally(rulebook)
    return Sheet(
        name="说明 About",
        columns=("中文", "English"),
        rows=(
            (NOTE.zh, NOTE.en),
            (counted.text.zh, counted.text.en),
            ("规则库摘要", rulebook.digest),
            ("最近一次核对", f"last checked {edition_day(rulebook)}"),
        ),
    )


def _instruments(rulebook: Rulebook) -> Sheet:
    return Sheet(
        name="文件 Instruments",
        columns=(
            "编号 id",
            "名称",
            "title",
            "发布机关",
            "issuer",
            "类别 kind",
            "状态 status",
            "效力 force",
            *_DAYS,
            "文号 number",
            "网址 url",
            "核对 checked",
        ),
        rows=tuple(
            (
                i.id,
                *_two(i.title),
                *_two(i.issuer),
                _one(i.kind.text),
                _one(i.status.text),
                _one(i.force.text),
                *_days(i.period),
                i.document_number,
                i.url,
                _checked(i.verification),
            )
            for i in rulebook.instruments
        ),
    )


def _clauses(rulebook: Rulebook) -> Sheet:
    return Sheet(
        name="条款 Clauses",
        columns=(
            "引用 citation",
            "条款号 number",
            "标题",
            "heading",
            "内容",
            "text",
            "情态 modal",
            "主体 bound",
            "留存证据",
            "evidence",
            *_DAYS,
            "相当于 same as",
            "核对 checked",
        ),
        rows=tuple(
            (
                c.citation,
                c.number,
                *_two(c.heading),
                *_two(c.text),
                _one(c.modal.text),
                "；".join(_one(party.text) for party in c.bound),
                "；".join(e.zh for e in c.evidence),
                "; ".join(e.en for e in c.evidence),
                *_days(rulebook.period_of(c)),
                ", ".join(c.same_as),
                _checked(c.verification),
            )
            for i in rulebook.instruments
            for c in i.clauses
        ),
    )


def _obligations(rulebook: Rulebook) -> Sheet:
    described = [rulebook.vocabulary.describe(rulebook.condition(o)) for o in rulebook.obligations]
    return Sheet(
        name="义务 Obligations",
        columns=(
            "编号 id",
            "义务",
            "obligation",
            "条款 clauses",
            "情态 modal",
            "效力 force",
            "适用条件",
            "applies when",
            "由其优先 unless",
            *_DAYS,
            "处罚 penalties",
            "核对 checked",
        ),
        rows=tuple(
            (
                o.id,
                *_two(o.text),
                ", ".join(o.clauses),
                _one(o.modal.text),
                _one(rulebook.force(o).text),
                *_two(condition),
                ", ".join(o.unless),
                *_days(o.period),
                ", ".join(dict.fromkeys(p.clause for p in rulebook.penalties_for(o))),
                None if rulebook.is_verified(o) else _UNVERIFIED,
            )
            for o, condition in zip(rulebook.obligations, described, strict=True)
        ),
    )


def _parameters(rulebook: Rulebook) -> Sheet:
    return Sheet(
        name="参数 Parameters",
        columns=(
            "编号 id",
            "条款 clause",
            "参数",
            "parameter",
            "比较 comparison",
            "值 value",
            "单位 unit",
            "情态 modal",
            *_DAYS,
            "核对 checked",
        ),
        rows=tuple(
            (
                p.id,
                p.citation,
                *_two(p.text),
                p.comparison.value,
                # As text: Excel would round a share, and show 0.9600 as 0.96.
                str(p.value),
                _one(p.unit.text),
                _one(p.modal.text),
                *_days(p.period),
                _checked(p.verification),
            )
            for p in rulebook.parameters
        ),
    )


def _penalties(rulebook: Rulebook) -> Sheet:
    """One row for each severity of each penalty; amounts in RMB."""
    return Sheet(
        name="罚则 Penalties",
        columns=(
            "编号 id",
            "条款 clause",
            "针对 for a breach of",
            "罚则",
            "penalty",
            "严重程度 severity",
            "后果",
            "sanction",
            *(f"{whom} {what}" for whom in ("单位 organisation:", "个人 persons:") for what in _FINE),
            "先适用 first",
            "核对 checked",
        ),
        rows=tuple(
            (
                p.id,
                p.clause,
                ", ".join(p.breaches),
                *_two(p.text),
                _one(sanction.severity.text),
                *_two(sanction.text),
                *_fine(sanction.fine),
                *_fine(sanction.persons),
                ", ".join(p.first),
                _checked(p.verification),
            )
            for p in rulebook.penalties
            for sanction in p.sanctions
        ),
    )


def _facts(rulebook: Rulebook) -> Sheet:
    return Sheet(
        name="事实 Facts",
        columns=("名称 name", "类型 type", "单位 unit", "问题", "question", "选项 choices"),
        rows=tuple(
            (
                f.name,
                f.type.value,
                None if f.unit is None else _one(f.unit.text),
                *_two(f.question),
                "；".join(f"{choice.value}: {_one(choice.text)}" for choice in f.choices),
            )
            for f in rulebook.facts.values()
        ),
    )


def _risks(rulebook: Rulebook) -> Sheet:
    return Sheet(
        name="风险 Risks",
        columns=("编号 id", "类别 group", "风险", "risk", "核对 checked"),
        rows=tuple((r.id, r.group, *_two(r.text), _checked(r.verification)) for r in rulebook.risks),
    )


_TABLES: tuple[Callable[[Rulebook], Sheet], ...] = (
    _about,
    _instruments,
    _clauses,
    _obligations,
    _parameters,
    _penalties,
    _facts,
    _risks,
)
_FINE = ("至少 at least", "至多 at most", "违法所得倍数 times the gains", "营业额占比 share of turnover")
_DAYS = ("自 since", "至（不含） until")


def _two(text: BilingualText) -> tuple[str, str]:
    return text.zh, text.en


def _one(text: BilingualText) -> str:
    return f"{text.zh} {text.en}"


def _days(period: Period) -> tuple[dt.date, dt.date | None]:
    return period.since, period.until


def _fine(fine: Fine | None) -> tuple[Cell, ...]:
    if fine is None:
        return (None,) * len(_FINE)
    times = None if fine.gains_at_most is None else f"{fine.gains_at_least or 0}-{fine.gains_at_most}"
    share = None if fine.turnover_at_most is None else str(fine.turnover_at_most)
    return fine.at_least or None, fine.at_most, times, share


def _checked(verification: Verification) -> Cell:
    return verification.on if verification.verified else _UNVERIFIED
