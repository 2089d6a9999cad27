"""What is done while the service runs: screening, labels; and what nobody has assessed."""

from hegui.core import BilingualText, Verdict
from hegui.dossier.material import Material
from hegui.dossier.model import Cell, Figure, Paragraph, Section, Table, sentence, verdict_words, words
from hegui.gateway import Outcome

_TITLE = BilingualText(zh="安全措施", en="Safety measures")
_OUTCOMES = {
    Outcome.ANSWERED: BilingualText(zh="照常回答", en="answered"),
    Outcome.MASKED: BilingualText(zh="遮盖个人信息后回答", en="answered with personal information masked"),
    Outcome.REFUSED: BilingualText(zh="拒绝", en="refused"),
    Outcome.UNREADABLE: BilingualText(zh="无法审查，未转发", en="unreadable to the screen, not passed on"),
    Outcome.STOPPED: BilingualText(zh="中途停止生成", en="stopped while generating"),
    Outcome.UPSTREAM_FAILED: BilingualText(zh="模型故障", en="the model failed"),
    Outcome.ABANDONED: BilingualText(zh="用户中途离开", en="the user went away"),
}
_NOT_KEPT = (
    BilingualText(zh="投诉举报的受理与反馈", en="handling of complaints"),
    BilingualText(zh="个人信息权利请求的办理", en="requests about personal information"),
    BilingualText(zh="未成年人保护", en="protection of minors"),
    BilingualText(zh="违规使用者的处置", en="measures against users who break the rules"),
    BilingualText(zh="供应链、环境隔离、备份与连续性", en="supply chain, isolation, backup and continuity"),
)


def measures_section(material: Material) -> Section:
    """The section on measures in operation.

    Basis:
        TC260-003 7
    """
    return Section(title=_TITLE, blocks=(*_gateway(material), _labels(material), _rest(), *_erased(material)))


def _gateway(material: Material) -> tuple[Paragraph | Table, ...]:
    total = sum(material.exchanges.values())
    if total == 0:
        nothing = words("网关没有记录任何问答：", "The gateway has recorded no exchange: ")
        return (Paragraph(pieces=(nothing, verdict_words(Verdict.NOT_ASSESSED), words("。", "."))),)
    rows: list[tuple[Cell, ...]] = [
        (
            (words(text.zh, text.en),),
            (_own(f"/totals/outcomes/{outcome.value}", material.exchanges[outcome]),),
        )
        for outcome, text in _OUTCOMES.items()
    ]
    return (
        Paragraph(
            pieces=sentence(
                "网关审查并记录了 {n} 次问答。",
                "The gateway screened and recorded {n} exchanges.",
                n=_own("/totals/exchanges", total),
            )
        ),
        Table(
            name=BilingualText(zh="问答的处理结果", en="How exchanges ended"),
            header=(BilingualText(zh="结果", en="Outcome"), BilingualText(zh="次数", en="Exchanges")),
            widths=(9, 3),
            rows=tuple(rows),
        ),
    )


def _labels(material: Material) -> Paragraph:
    return Paragraph(
        pieces=sentence(
            "已添加人工智能生成标识并留证的文件和文本：{n} 件。",
            "Files and texts labelled as generated, on record: {n}.",
            n=_own("/totals/labelled", material.labelled),
        )
    )


def _rest() -> Table:
    return Table(
        name=BilingualText(zh="台账不反映的措施", en="Measures of which the ledger holds nothing"),
        header=(BilingualText(zh="措施", en="Measure"), BilingualText(zh="判定", en="Verdict")),
        widths=(9, 3),
        rows=tuple(((words(t.zh, t.en),), (verdict_words(Verdict.NOT_ASSESSED),)) for t in _NOT_KEPT),
    )


def _erased(material: Material) -> tuple[Paragraph, ...]:
    if material.erased == 0:
        return ()
    return (
        Paragraph(
            pieces=sentence(
                "另有 {n} 条相关记录的内容已依法删除，未计入本报告。",
                "The content of {n} more entries was erased, and they are not counted in this report.",
                n=_own("/totals/erased", material.erased),
            )
        ),
    )


def _own(pointer: str, count: int) -> Figure:
    return Figure(entry=None, pointer=pointer, value=count, form="integer")
