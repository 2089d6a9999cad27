"""``hegui corpus gate``: whether the training data as a whole, and each source, meets what is asked."""

from collections.abc import Iterator

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Verdict
from hegui.rulebook import Rulebook
from hegui.screening import risk_wording
from hegui.spotcheck import CorpusGate, ErrorCorrection, GateReport

_ROBUST = BilingualText(zh="稳健符合", en="robustly met")


@click.command(
    help=phrase(
        zh="判定门槛：人工抽检、技术抽检，以及每个来源采集前后的违法不良占比；附精确置信界。样本不足一律为"
        "“未评估”，绝不算通过。结论写入台账。\n\n\b\n示例：\n  hegui corpus gate\n  hegui corpus gate --json",
        en="Judge the gates: the manual inspection, the technical one, and the unsafe share of every source "
        "before and after collection, with exact bounds. Too small a sample is “not assessed” and never a "
        "pass. The result goes on record.\n\n\b\nExamples:\n  hegui corpus gate\n  hegui corpus gate --json",
    )
)
@pass_terminal
def gate(terminal: Terminal) -> None:
    """Judge and print every gate."""
    report = terminal.workspace.spotchecks.judge()
    terminal.result(report, lambda: "\n".join(gate_lines(terminal, report)))


def judged_lines(terminal: Terminal, judged: GateReport | None, *, outdated: bool) -> Iterator[str]:
    """The gates as they were judged last, for a report; it says where something has changed since."""
    if judged is None:
        return
    yield ""
    yield from gate_lines(terminal, judged)
    if outdated:
        yield terminal.text(
            BilingualText(
                zh="  此后数据、抽样、审核或门槛要求又有变化；请重新运行 hegui corpus gate",
                en="  data, samples, reviews or thresholds have changed since; run hegui corpus gate again",
            )
        )


def gate_lines(terminal: Terminal, report: GateReport) -> Iterator[str]:
    """Every gate, for people."""
    label = terminal.text(BilingualText(zh="门槛", en="gates"))
    yield f"{label} [{report.entry}]"
    for each in report.gates:
        yield from _gate(terminal, each)
    if report.excluded:
        names = ", ".join(report.excluded)
        yield terminal.text(
            BilingualText(
                zh=f"  不得用于训练、不计入总体的来源：{names}",
                en=f"  not to be trained on, and no part of the whole: {names}",
            )
        )
    if report.samples > 1:
        yield terminal.text(
            BilingualText(
                zh=f"  共抽样 {report.samples} 次，此为第 {report.sample} 次",
                en=f"  {report.samples} samples were begun, this is number {report.sample}",
            )
        )
    if report.weighted is not None:
        yield terminal.text(
            BilingualText(
                zh=f"  按来源大小加权的合格率：{report.weighted}",
                en=f"  pass rate with every source weighed by its size: {report.weighted}",
            )
        )
    if report.risks:
        yield _risks(terminal, report, terminal.workspace.rulebook)
    if report.correction is not None:
        yield _correction(terminal, report.correction)


def _gate(terminal: Terminal, each: CorpusGate) -> Iterator[str]:
    verdict = _ROBUST if each.robustly_met else each.verdict.text
    source = f" · {each.source}" if each.source else ""
    yield f"  {terminal.text(each.title)}{source}: {terminal.text(verdict)} — {terminal.text(each.reason)}"
    verified = (
        "" if each.citation.verified else terminal.text(BilingualText(zh="；未核实", en="; unverified"))
    )
    numbers = BilingualText(
        zh=f"要求 {each.comparison} {each.threshold}", en=f"asked {each.comparison} {each.threshold}"
    )
    if each.share is not None:
        numbers = BilingualText(
            zh=f"比例 {each.share}，95 % 单侧界 {each.bound}，{numbers.zh}",
            en=f"share {each.share}, one-sided 95 % bound {each.bound}, {numbers.en}",
        )
    entries = f" [{', '.join(each.entries)}]" if each.entries else ""
    yield f"    {terminal.text(numbers)} ({each.citation.clause}{verified}){entries}"
    if each.caveat is not None and each.verdict is Verdict.MET:
        label = terminal.text(BilingualText(zh="    注意：", en="    caution: "))
        yield label + terminal.text(each.caveat)


def _risks(terminal: Terminal, report: GateReport, rulebook: Rulebook) -> str:
    label = terminal.text(BilingualText(zh="  人工发现的风险（条）：", en="  risks found by people: "))
    return label + ", ".join(
        f"{risk} {terminal.text(risk_wording(risk, rulebook))} {count}"
        for risk, count in report.risks.items()
    )


def _correction(terminal: Terminal, found: ErrorCorrection) -> str:
    errors = BilingualText(
        zh=f"  扫描的误差（以人工为准）：不合格的 {found.failing} 条中发现 {found.found} 条，合格的 "
        f"{found.passing} 条中放行 {found.cleared} 条；全量扫描的不良占比 {found.apparent}",
        en=f"  errors of the scan, by what people found: of {found.failing} that fail it finds "
        f"{found.found}, of {found.passing} that pass it clears {found.cleared}; unsafe in the scan of "
        f"everything: {found.apparent}",
    )
    if found.corrected is None:
        return terminal.text(
            BilingualText(zh=f"{errors.zh}，无法校正", en=f"{errors.en}, which cannot be corrected")
        )
    return terminal.text(
        BilingualText(
            zh=f"{errors.zh}，校正后 {found.corrected}（{found.least}–{found.greatest}）",
            en=f"{errors.en}, corrected {found.corrected} ({found.least}–{found.greatest})",
        )
    )
