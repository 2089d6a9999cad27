"""The draft of a report on an incident: what is on record, and room for what only people can say. Pure.

Basis:
    IM 14.1
    INCIDENT 7
"""

import datetime as dt
from collections.abc import Sequence

from hegui.cases import Deadline, Incident, IncidentKind
from hegui.core import CHINA, BilingualText, Json
from hegui.dossier.material import recorded_words
from hegui.dossier.model import (
    Cell,
    Document,
    Emphasis,
    Figure,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    quoted,
    words,
)
from hegui.dossier.sections.closing import evidence_table
from hegui.dossier.sections.scope import citation_text
from hegui.ledger import Entry
from hegui.rulebook import Rulebook
from hegui.screening import risk_wording

DRAFTED = "dossier.incident_report_drafted"
"""The kind of the ledger entry that a draft leaves."""

_TITLES = {
    IncidentKind.ILLEGAL_CONTENT: BilingualText(
        zh="违法内容发现与处置情况报告", en="Report on Illegal Content Found and Dealt With"
    ),
    IncidentKind.NETWORK_SECURITY: BilingualText(
        zh="网络安全事件报告", en="Report on a Network Security Incident"
    ),
}
_NOTICE = BilingualText(
    zh="草稿，由人审阅、决定和报送", en="Draft: people review it, decide on it and send it"
)
_ITEM = BilingualText(zh="事项", en="Item")
_CONTENT = BilingualText(zh="内容", en="Content")
_FOR_PEOPLE = (
    BilingualText(zh="已造成的影响和危害", en="Effect and harm so far"),
    BilingualText(zh="发展趋势和可能的进一步影响", en="Trend and possible further effect"),
    BilingualText(zh="原因初步分析", en="First analysis of the cause"),
    BilingualText(zh="溯源线索", en="Clues to the origin"),
    BilingualText(zh="拟进一步采取的措施和请求支援的事项", en="Next steps and help asked for"),
    BilingualText(zh="现场保护情况", en="Protection of the scene"),
    BilingualText(zh="其他应当报告的情况", en="Anything else to be reported"),
)
"""What the report says besides, in the order of the measures."""
_CONTENTS = "INCIDENT 7"
_POSTS = (
    BilingualText(zh="经办人", en="Prepared by"),
    BilingualText(zh="审核人", en="Reviewed by"),
    BilingualText(zh="批准人", en="Approved by"),
    BilingualText(zh="报送机关、渠道和时间", en="Authority, channel and time of sending"),
)
_AT_ONCE = (words("及时，未规定时数", "promptly; no hours are fixed"),)


def report_content(
    incident: Incident, *, deadlines: Sequence[Deadline], drafted: dt.datetime
) -> dict[str, Json]:
    """What the draft's own entry records: the times in it, as people in China say them."""
    return {
        "incident": incident.id,
        "drafted": _moment(drafted),
        "found_at": _moment(incident.found_at),
        "deadlines": [
            {
                "clause": each.clause,
                "until": None if each.until is None else _moment(each.until),
                "done": None if each.done is None else _moment(each.done),
            }
            for each in deadlines
        ],
        "deeds": [{"at": _moment(deed.at), "by": deed.by} for deed in incident.deeds],
    }


def incident_report(
    incident: Incident,
    *,
    deadlines: Sequence[Deadline],
    drafted: dt.datetime,
    entries: Sequence[Entry],
    scope: Entry | None,
    rulebook: Rulebook,
) -> Document:
    """The draft, all but the table of its evidence.

    Args:
        incident: what happened.
        deadlines: what the law asks for about it.
        drafted: the present moment.
        entries: the entry of each of its deeds, in their order.
        scope: the newest judgement of the scope, which names the service.
        rulebook: whose texts are quoted.
    """
    return Document(
        title=_TITLES[incident.kind],
        notice=_NOTICE,
        subtitle=(
            words("起草时间（北京时间）：", "drafted (time in China): "),
            _own("/drafted", _moment(drafted)),
        ),
        sections=(
            _operator_section(scope),
            _incident_section(incident, entries[-1], rulebook),
            _duties_section(deadlines, rulebook),
            _deeds_section(incident, entries),
            _open_section(rulebook),
            _sending_section(),
        ),
    )


def report_evidence_section(entries: Sequence[Entry]) -> Section:
    """The table of what the draft cites.

    Args:
        entries: the cited entries, in the order of their marks.
    """
    return Section(
        title=BilingualText(zh="证据", en="Evidence"),
        blocks=(
            Paragraph(
                pieces=(
                    words(
                        "上标字母指向下表中的台账记录；时间和所引条款的文字记于本草稿自身的记录。",
                        "The raised letters name the ledger entries below; times and the clauses quoted are "
                        "held by this draft's own entry.",
                    ),
                )
            ),
            evidence_table(entries, own=DRAFTED),
        ),
    )


def _operator_section(scope: Entry | None) -> Section:
    """Who reports, about which service."""
    known: tuple[Cell, Cell] = ((), ())
    if scope is not None:
        known = (recorded_words(scope, "/provider"),), (recorded_words(scope, "/service"),)
    provider, service = known
    return _table_section(
        BilingualText(zh="涉事单位和系统", en="Unit and system"),
        [
            (words("单位名称", "Unit"), provider),
            (words("服务（系统）名称", "Service (system)"), service),
            (words("备案或者登记编号", "Filing or registration number"), ()),
            (words("联系人和电话", "Contact and telephone"), ()),
        ],
    )


def _incident_section(incident: Incident, entry: Entry, rulebook: Rulebook) -> Section:
    """What happened, as the newest entry about it says."""
    level = incident.level
    risks: list[Cell] = [
        (_recorded(entry, f"/risks/{number}", risk), words("　", " "), *_risk(risk, rulebook))
        for number, risk in enumerate(incident.risks)
    ]
    exchanges: list[Cell] = [
        (_recorded(entry, f"/exchanges/{number}", exchange),)
        for number, exchange in enumerate(incident.exchanges)
    ]
    rows: list[tuple[Piece, Cell]] = [
        (words("事件编号", "Incident"), (_recorded(entry, "/incident", incident.id),)),
        (words("类型", "Kind"), (Words(text=incident.kind.text),)),
        (words("概述", "What happened"), (_recorded(entry, "/title", incident.title),)),
        (
            words("发现时间（北京时间）", "Found (time in China)"),
            (_own("/found_at", _moment(incident.found_at)),),
        ),
        (
            words("级别（由人判定）", "Level (judged by a person)"),
            (words("未定级", "not judged") if level is None else Words(text=level.text),),
        ),
        *((words("风险", "Risk"), risk) for risk in risks),
        *(
            (words("对话（内容）编号", "Exchange (number of the content)"), exchange)
            for exchange in exchanges
        ),
    ]
    return _table_section(BilingualText(zh="事件情况", en="What happened"), rows)


def _duties_section(deadlines: Sequence[Deadline], rulebook: Rulebook) -> Section:
    """What the law asks for, and what of it is done."""
    rows = []
    for number, each in enumerate(deadlines):
        until: list[Piece] = []
        if each.until is not None:
            until.append(_own(f"/deadlines/{number}/until", _moment(each.until)))
        if each.remark is not None:
            until.append(Words(text=each.remark))
        done: Cell = (words("未做", "not done"),)
        if each.done is not None:
            done = (_own(f"/deadlines/{number}/done", _moment(each.done)),)
        clause = quoted(citation_text(rulebook, each.clause), each.clause)
        rows.append(((quoted(each.text, each.clause),), (clause,), tuple(until) or _AT_ONCE, done))
    return Section(
        title=BilingualText(zh="法定要求与完成情况", en="What the law asks for and what is done"),
        blocks=(
            Table(
                name=BilingualText(zh="要求", en="Duties"),
                header=(
                    BilingualText(zh="要求", en="Duty"),
                    BilingualText(zh="依据", en="Clause"),
                    BilingualText(zh="时限（北京时间）", en="Until (time in China)"),
                    BilingualText(zh="完成（北京时间）", en="Done (time in China)"),
                ),
                widths=(7, 6, 5, 5),
                rows=tuple(rows),
            ),
        ),
    )


def _deeds_section(incident: Incident, entries: Sequence[Entry]) -> Section:
    """What was done, line by line, each with its entry."""
    rows: list[tuple[Cell, ...]] = [
        (
            (_own(f"/deeds/{number}/at", _moment(deed.at)),),
            (Words(text=deed.kind.text),),
            (_recorded(entry, "/text", deed.text),),
            (_own(f"/deeds/{number}/by", deed.by),),
        )
        for number, (deed, entry) in enumerate(zip(incident.deeds, entries, strict=True))
    ]
    return Section(
        title=BilingualText(zh="处置经过", en="What was done"),
        blocks=(
            Table(
                name=BilingualText(zh="经过", en="Deeds"),
                header=(
                    BilingualText(zh="时间（北京时间）", en="Time (in China)"),
                    BilingualText(zh="事项", en="Deed"),
                    BilingualText(zh="说明", en="What is said of it"),
                    BilingualText(zh="记录人", en="By"),
                ),
                widths=(5, 5, 9, 4),
                rows=tuple(rows),
            ),
        ),
    )


def _open_section(rulebook: Rulebook) -> Section:
    """Room for what a machine cannot know.

    Basis:
        INCIDENT 7
    """
    note = Paragraph(
        emphasis=Emphasis.NOTE,
        pieces=(
            words(
                "以下由人填写；规定时间内不能判定的，可以先报前两部分，其他及时补报。依据：",
                "To be filled in by people. What is not known in time may follow the first two parts. By ",
            ),
            quoted(citation_text(rulebook, _CONTENTS), _CONTENTS),
            words("。", "."),
        ),
    )
    section = _table_section(
        BilingualText(zh="影响、原因与下一步", en="Effect, cause and next steps"),
        [(Words(text=item), ()) for item in _FOR_PEOPLE],
        room=2,
    )
    return Section(title=section.title, blocks=(note, *section.blocks))


def _sending_section() -> Section:
    """Room for those who read it, decide on it and send it."""
    return _table_section(
        BilingualText(zh="审阅与报送", en="Review and sending"),
        [(Words(text=post), ()) for post in _POSTS],
        room=1,
    )


def _table_section(title: BilingualText, rows: Sequence[tuple[Piece, Cell]], *, room: int = 0) -> Section:
    """A section with one table of two columns."""
    return Section(
        title=title,
        blocks=(
            Table(
                name=title,
                header=(_ITEM, _CONTENT),
                widths=(6, 15),
                rows=tuple(((item,), content) for item, content in rows),
                room=room,
            ),
        ),
    )


def _risk(risk: str, rulebook: Rulebook) -> Cell:
    return (quoted(risk_wording(risk, rulebook), risk),)


def _recorded(entry: Entry, pointer: str, text: str) -> Figure:
    return Figure(entry=entry.ref, pointer=pointer, value=text, form="text")


def _own(pointer: str, text: str) -> Figure:
    return Figure(entry=None, pointer=pointer, value=text, form="text")


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
