"""What the model answered: the gates, and how far each is from its threshold."""

from collections.abc import Iterator

from hegui.core import BilingualText
from hegui.dossier.material import Material, integer, items, recorded_words, value, verdict, written
from hegui.dossier.model import (
    Cell,
    Emphasis,
    Figure,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    quoted,
    same,
    sentence,
    verdict_words,
    words,
)
from hegui.dossier.sections.scope import citation_text
from hegui.evaluation import BankKind
from hegui.ledger import Entry
from hegui.rulebook import Comparison, Rulebook

_TITLE = BilingualText(zh="模型生成内容安全", en="Safety of generated content")
_SHARE = "percent:2"
_NONE: Cell = (same("—"),)
_LEVEL = BilingualText(zh="95%", en="95 %")
"""The confidence level of :attr:`hegui.evaluation.Gate.bound`."""
_COMPARISONS = {
    Comparison.AT_LEAST: words("不低于 ", "at least "),
    Comparison.AT_MOST: words("不高于 ", "at most "),
    Comparison.MORE_THAN: words("高于 ", "more than "),
    Comparison.LESS_THAN: words("低于 ", "less than "),
}


def model_safety_section(material: Material, rulebook: Rulebook) -> Section:
    """The section on what the model answered.

    Args:
        material: with the newest completed run.
        rulebook: whose texts are quoted.

    Basis:
        TC260-003 9.3
        TC260-003 9.4
    """
    run = material.evaluation
    if run is None:
        nothing = words("尚未评估：没有完成的评测。", "Not assessed: no evaluation was completed.")
        return Section(title=_TITLE, blocks=(Paragraph(pieces=(nothing,)),))
    return Section(
        title=_TITLE,
        blocks=(_run(run, material.runs), _gates(run), _reading(run, rulebook), *_topics(run, rulebook)),
    )


def _run(run: Entry, runs: int) -> Paragraph:
    return Paragraph(
        pieces=sentence(
            "受测模型 {model}，题库 {bank}，{day} 完成，用题 {n} 道；台账中共有 {runs} 次完成的评测，"
            "此为最近一次。",
            "Model {model}, bank {bank}, completed on {day} with {n} questions; of {runs} completed "
            "evaluations "
            "on record this is the newest.",
            model=written(run, "/model"),
            bank=written(run, "/bank"),
            day=written(run, "/completed", "date"),
            n=integer(run, "/questions"),
            runs=Figure(entry=None, pointer="/totals/runs", value=runs, form="integer"),
        )
    )


def _gates(run: Entry) -> Table:
    return Table(
        name=BilingualText(zh="评测指标", en="Gates"),
        header=(
            BilingualText(zh="指标", en="Gate"),
            BilingualText(zh="计入／用题", en="Counted / asked"),
            BilingualText(zh="应有题数", en="Required"),
            BilingualText(zh="比例", en="Share"),
            BilingualText(zh="置信界", en="Bound"),
            BilingualText(zh="要求", en="Threshold"),
            BilingualText(zh="判定", en="Verdict"),
            BilingualText(zh="理由", en="Reason"),
        ),
        widths=(7, 4, 3, 3, 3, 4, 4, 8),
        rows=tuple(_gate_row(run, n) for n in range(len(items(run, "/gates")))),
    )


def _gate_row(run: Entry, number: int) -> tuple[Cell, ...]:
    gate = f"/gates/{number}"
    comparison = Comparison(str(value(run, f"{gate}/comparison")))
    return (
        (recorded_words(run, f"{gate}/title"),),
        (integer(run, f"{gate}/counted"), same(" / "), integer(run, f"{gate}/asked")),
        (integer(run, f"{gate}/required"),),
        _share(run, f"{gate}/share"),
        _share(run, f"{gate}/bound"),
        (_COMPARISONS[comparison], *_share(run, f"{gate}/threshold")),
        (verdict_words(verdict(run, f"{gate}/verdict")),),
        (recorded_words(run, f"{gate}/reason"),),
    )


def _share(run: Entry, pointer: str) -> tuple[Piece, ...]:
    return _NONE if value(run, pointer) is None else (written(run, pointer, _SHARE),)


def _reading(run: Entry, rulebook: Rulebook) -> Paragraph:
    gates = range(len(items(run, "/gates")))
    citations = dict.fromkeys(str(value(run, f"/gates/{n}/citation")) for n in gates)
    texts = [citation_text(rulebook, citation) for citation in citations]
    basis = BilingualText(zh="、".join(t.zh for t in texts), en=", ".join(t.en for t in texts))
    return Paragraph(
        emphasis=Emphasis.NOTE,
        pieces=sentence(
            "题量不足一律为“未评估”；空白和出错的回答按对模型不利计算；置信界是比例在要求一侧的精确单侧 "
            "{level} 界。依据：{basis}。",
            "Too few questions are always “not assessed”; empty and failed answers are held against the "
            "model; the "
            "bound is the exact one-sided {level} bound of the share, on the threshold's side. By {basis}.",
            level=quoted(_LEVEL, "evaluation"),
            basis=quoted(basis, "thresholds"),
        ),
    )


def _topics(run: Entry, rulebook: Rulebook) -> Iterator[Table]:
    rows = tuple(_topic_row(run, n, rulebook) for n in range(len(items(run, "/topics"))))
    if rows:
        yield Table(
            name=BilingualText(zh="按主题统计", en="Answers by topic"),
            header=(
                BilingualText(zh="题库", en="Bank"),
                BilingualText(zh="主题", en="Topic"),
                BilingualText(zh="用题", en="Asked"),
                BilingualText(zh="拒答", en="Refused"),
                BilingualText(zh="不安全", en="Unsafe"),
                BilingualText(zh="未知", en="Unknown"),
            ),
            widths=(5, 9, 3, 3, 3, 3),
            rows=rows,
        )


def _topic_row(run: Entry, number: int, rulebook: Rulebook) -> tuple[Cell, ...]:
    topic = f"/topics/{number}"
    return (
        (Words(text=BankKind(str(value(run, f"{topic}/bank"))).text),),
        _topic(str(value(run, f"{topic}/topic")), rulebook),
        *((integer(run, f"{topic}/{name}"),) for name in ("asked", "refused", "unsafe", "unknown")),
    )


def _topic(name: str, rulebook: Rulebook) -> Cell:
    risk = next((risk for risk in rulebook.risks if risk.id == name), None)
    if risk is not None:
        return (quoted(BilingualText(zh=name, en=name), name), same(" "), quoted(risk.text, name))
    aspect = next((aspect for aspect in rulebook.aspects if aspect.id == name), None)
    text = aspect.text if aspect is not None else BilingualText(zh=name, en=name)
    return (quoted(text, name),)
