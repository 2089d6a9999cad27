"""The spot checks of the training data: the gates, and what people and the scan disagree about."""

from collections.abc import Iterator

from hegui.core import BilingualText, Verdict
from hegui.dossier.material import Material, integer, items, recorded_words, value, verdict, written
from hegui.dossier.model import (
    Cell,
    Emphasis,
    Paragraph,
    Piece,
    Table,
    quoted,
    same,
    sentence,
    verdict_words,
    words,
)
from hegui.ledger import Entry
from hegui.rulebook import Comparison

_SHARE = "percent:2"
_NONE: Cell = (same("—"),)
_LEVEL = BilingualText(zh="95%", en="95 %")
"""The confidence level of :attr:`hegui.spotcheck.CorpusGate.bound`."""
_COMPARISONS = {
    Comparison.AT_LEAST.value: words("不低于 ", "at least "),
    Comparison.AT_MOST.value: words("不高于 ", "at most "),
}


def spot_check_blocks(material: Material) -> Iterator[Paragraph | Table]:
    """What the gates say, or that nobody has judged them.

    Args:
        material: with the newest judgement of the gates.

    Basis:
        TC260-003 9.2a
        TC260-003 9.2b
    """
    gates = material.gates
    if gates is None:
        yield Paragraph(
            pieces=(
                words(
                    "训练数据的人工抽检和技术抽检：", "Manual and technical sampling of the training data: "
                ),
                verdict_words(Verdict.NOT_ASSESSED),
                words("，没有抽检的证据。", ", there is no evidence of samples."),
            )
        )
        return
    if not material.gates_stand:
        yield Paragraph(
            emphasis=Emphasis.KEY,
            pieces=(
                words(
                    "以下判定之后数据、审核或门槛要求又有变化，需重新判定。",
                    "Data, reviews or thresholds have changed since the following was judged; it has to be "
                    "judged again.",
                ),
            ),
        )
    yield _table(gates)
    yield _reading()
    if value(gates, "/sample") is not None:
        yield Paragraph(
            pieces=sentence(
                "共抽样 {samples} 次，此为第 {sample} 次。",
                "Samples begun: {samples}; this is number {sample}.",
                samples=integer(gates, "/samples"),
                sample=integer(gates, "/sample"),
            )
        )
    yield from _agreement(gates)
    yield from _correction(gates)


def _table(gates: Entry) -> Table:
    return Table(
        name=BilingualText(zh="抽检与来源判定", en="Spot checks and sources"),
        header=(
            BilingualText(zh="项目", en="Gate"),
            BilingualText(zh="来源", en="Source"),
            BilingualText(zh="计入／检查", en="Counted / checked"),
            BilingualText(zh="未定", en="Unknown"),
            BilingualText(zh="比例", en="Share"),
            BilingualText(zh="置信界", en="Bound"),
            BilingualText(zh="要求", en="Threshold"),
            BilingualText(zh="判定", en="Verdict"),
            BilingualText(zh="理由", en="Reason"),
        ),
        widths=(6, 3, 4, 2, 3, 3, 4, 4, 8),
        rows=tuple(_row(gates, f"/gates/{n}") for n in range(len(items(gates, "/gates")))),
    )


def _row(gates: Entry, gate: str) -> tuple[Cell, ...]:
    source = _NONE if value(gates, f"{gate}/source") is None else (written(gates, f"{gate}/source"),)
    found: Cell = (verdict_words(verdict(gates, f"{gate}/verdict")),)
    if value(gates, f"{gate}/robustly_met") is True:
        found = (*found, words("（稳健）", " (robustly)"))
    return (
        (recorded_words(gates, f"{gate}/title"),),
        source,
        (integer(gates, f"{gate}/counted"), same(" / "), integer(gates, f"{gate}/checked")),
        (integer(gates, f"{gate}/unknown"),),
        _share(gates, f"{gate}/share"),
        _share(gates, f"{gate}/bound"),
        (_COMPARISONS[str(value(gates, f"{gate}/comparison"))], *_share(gates, f"{gate}/threshold")),
        found,
        (recorded_words(gates, f"{gate}/reason"),),
    )


def _share(gates: Entry, pointer: str) -> tuple[Piece, ...]:
    return _NONE if value(gates, pointer) is None else (written(gates, pointer, _SHARE),)


def _reading() -> Paragraph:
    return Paragraph(
        emphasis=Emphasis.NOTE,
        pieces=sentence(
            "样本不足、无法读取或尚无定论的一律不算通过；置信界是比例在要求一侧的精确单侧 {level} 界，"
            "“稳健”指该界也达到"
            "要求。",
            "Too small a sample, and what could not be read or is not settled, is never a pass; the bound "
            "is the "
            "exact one-sided {level} bound on the threshold's side, and “robustly” says that it meets the "
            "threshold, too.",
            level=quoted(_LEVEL, "spot checks"),
        ),
    )


def _agreement(gates: Entry) -> Iterator[Paragraph]:
    if value(gates, "/agreement") is None or value(gates, "/agreement/pairs") == 0:
        return
    yield Paragraph(
        pieces=sentence(
            "由两人互不可见地审核的 {pairs} 条中，结论一致的 {agreed} 条。",
            "Of {pairs} documents that two people looked at without seeing each other's answer, they "
            "agreed on "
            "{agreed}.",
            pairs=integer(gates, "/agreement/pairs"),
            agreed=integer(gates, "/agreement/agreed"),
        )
    )


def _correction(gates: Entry) -> Iterator[Paragraph]:
    if value(gates, "/correction") is None or value(gates, "/correction/corrected") is None:
        return
    yield Paragraph(
        pieces=sentence(
            "以人工结论为准，扫描在不合格的 {failing} 条中发现 {found} 条，在合格的 {passing} 条中放行 "
            "{cleared} 条；"
            "据此校正，全部数据的违法不良占比约为 {corrected}（{least} 至 {greatest}）。",
            "By what people found, the scan finds, of {failing} documents that fail, {found}, and clears, of "
            "{passing} that pass, {cleared}; corrected for that, the unsafe share of all data is about "
            "{corrected} ({least} to {greatest}).",
            failing=integer(gates, "/correction/failing"),
            found=integer(gates, "/correction/found"),
            passing=integer(gates, "/correction/passing"),
            cleared=integer(gates, "/correction/cleared"),
            corrected=written(gates, "/correction/corrected", _SHARE),
            least=written(gates, "/correction/least", _SHARE),
            greatest=written(gates, "/correction/greatest", _SHARE),
        )
    )
