"""The manual and the technical inspection of the training data as a whole. Pure."""

import math
from decimal import Decimal

from hegui.core import BilingualText, Verdict, counted
from hegui.corpus import Modality, joined, percent_text
from hegui.rulebook import Count, stand
from hegui.spotcheck.gates import CorpusGate, GateKind, Inspected, Thresholds, citation
from hegui.spotcheck.model import Sample
from hegui.spotcheck.reviewing import ReviewOutcome


def judge_manual(inspected: Inspected, asked: Thresholds) -> CorpusGate:
    """Whether enough of the documents that people looked at pass.

    Basis:
        TC260-003 9.2a
    """
    outcomes = [each.outcome for each in inspected.whole]
    passes, failures = outcomes.count(ReviewOutcome.PASS), outcomes.count(ReviewOutcome.FAIL)
    sample = inspected.sample
    draw = None if sample is None else sample.draw
    names = [each.registered.source.id for each in inspected.trained]
    population = sum(draw.by_source.get(name, 0) for name in names) if draw else None
    count = Count(counted=passes, of=len(outcomes), unknown=len(outcomes) - passes - failures)
    standing = stand(count, rate=asked.rate, population=population)
    verdict, reason = _manual_verdict(inspected, count, standing.verdict, asked)
    return CorpusGate(
        kind=GateKind.MANUAL,
        title=GateKind.MANUAL.text,
        source=None,
        counted=count.counted,
        checked=count.of,
        unknown=count.unknown,
        population=population,
        required=int(asked.size.value),
        comparison=asked.rate.comparison.value,
        threshold=Decimal(asked.rate.value),
        share=standing.share,
        bound=standing.bound,
        verdict=verdict,
        robustly_met=verdict is Verdict.MET and standing.robustly_met,
        reason=reason,
        caveat=None,
        citation=citation(asked.rate, asked.size),
        entries=(draw.entry,) if draw else (),
    )


def _manual_verdict(
    inspected: Inspected, count: Count, standing: Verdict, asked: Thresholds
) -> tuple[Verdict, BilingualText]:
    sample = inspected.sample
    if sample is None:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh="没有抽样；运行 hegui corpus sample draw",
            en="no sample was drawn; run hegui corpus sample draw",
        )
    if not inspected.items:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh="没有人审核；运行 hegui corpus review plan",
            en="nobody has reviewed; run hegui corpus review plan",
        )
    # What was drawn and nobody has looked at yet is no inspection, even if it could not turn the verdict.
    settled = sum(each.outcome is not None for each in inspected.whole)
    if not asked.size.holds(settled):
        return _short_of(count, settled, standing, asked)
    counts = BilingualText(
        zh=f"抽检 {count.of} 条，合格 {count.counted} 条",
        en=f"{count.counted} of {count.of} documents pass",
    )
    if standing is Verdict.NOT_MET:
        return standing, counts
    doubt = _manual_doubt(inspected, sample)
    if standing is Verdict.NOT_ASSESSED:
        doubt = BilingualText(
            zh=f"{count.unknown} 条尚无定论或无法读取，足以改变结论",
            en=f"{count.unknown} are not settled or cannot be read, enough to turn the verdict",
        )
    if doubt is not None:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"{counts.zh}；{doubt.zh}", en=f"{counts.en}; {doubt.en}"
        )
    return Verdict.MET, counts


def _short_of(
    count: Count, settled: int, standing: Verdict, asked: Thresholds
) -> tuple[Verdict, BilingualText]:
    """What is said where fewer are settled than have to be: nothing, unless the rest could turn nothing."""
    if standing is Verdict.NOT_MET and asked.size.holds(count.of):
        failures = count.of - count.counted - count.unknown
        return standing, BilingualText(
            zh=f"抽取 {count.of} 条，已有 {failures} 条不合格，其余 {count.unknown} 条无论如何都不能改变结论",
            en=f"{failures} of {count.of} documents fail, too many whatever the {count.unknown} are that are "
            "not settled",
        )
    return Verdict.NOT_ASSESSED, BilingualText(
        zh=f"条数不足：抽取 {count.of} 条，审定 {settled} 条，至少需要 {asked.size.value} 条",
        en=f"too few documents: {settled} settled of {count.of} drawn, and at least {asked.size.value} "
        "are needed",
    )


def _manual_doubt(inspected: Inspected, sample: Sample) -> BilingualText | None:
    """Why the sample may not stand for all that is trained on."""
    trained = [each.registered for each in inspected.trained]
    missing = [each.source.id for each in trained if sample.sources.get(each.source.id) != each.content]
    if missing:
        names = ", ".join(missing)
        return BilingualText(
            zh=f"没有从现在登记的这些来源抽取：{names}；请用 hegui corpus sample draw --new 重新抽样",
            en=f"it was not drawn from these sources as they are registered now: {names}; draw again by "
            "hegui corpus sample draw --new",
        )
    altered = [
        each.registered.source.id
        for each in inspected.trained
        if each.scanned is not None
        and {file.path: file.digest for file in each.scanned.scan.files}
        != inspected.files.get(each.registered.source.id)
    ]
    if altered:
        names = ", ".join(altered)
        return BilingualText(
            zh=f"抽样与扫描时文件不同：{names}；请重新扫描，并用 --new 重新抽样",
            en=f"the files were others when they were drawn from than when they were scanned: {names}; "
            "scan again and draw again by --new",
        )
    if sample.draw is not None and sample.draw.faults:
        return BilingualText(
            zh=f"{sample.draw.faults} 处文件内容无法读取，不在总体之内；请修复后重新抽样",
            en=f"{counted(sample.draw.faults, 'part of a file', 'parts of files')} could not be read and not "
            "drawn from; repair what is broken and draw again",
        )
    return _unseen(inspected)


def _unseen(inspected: Inspected) -> BilingualText | None:
    unseen = [each.registered.source for each in inspected.trained]
    names = ", ".join(each.id for each in unseen if each.modality is not Modality.TEXT)
    if not names:
        return None
    return BilingualText(
        zh=f"这些来源只看了文字，图像、音频、视频本身没有看：{names}",
        en=f"of these sources only texts were looked at, not the images, sounds or films themselves: {names}",
    )


def _unassessed(inspected: Inspected) -> BilingualText | None:
    """What was looked at without seeing enough to tell: as without a keyword bank."""
    names = ", ".join(
        each.registered.source.id
        for each in inspected.trained
        if each.scanned is not None
        and each.scanned.verdict.verdict is Verdict.NOT_ASSESSED
        and each.scanned.verdict.scanned + each.scanned.verdict.unscreened
    )
    if not names:
        return None
    return BilingualText(
        zh=f"这些来源的扫描本身未能作出评估：{names}",
        en=f"of these sources the scan by itself could not tell: {names}",
    )


def judge_technical(inspected: Inspected, asked: Thresholds) -> CorpusGate:
    """Whether the scan found nothing in enough of the documents; it looks at all of them.

    Basis:
        TC260-003 9.2b
    """
    scans = [each.scanned for each in inspected.trained if each.scanned is not None]
    tallies = [each.scan.tally for each in scans]
    checked = sum(each.scanned + each.unscreened for each in tallies)
    unknown = sum(each.unscreened + each.unjudged for each in tallies)
    unsafe = sum(each.unsafe for each in tallies)
    count = Count(counted=checked - unknown - unsafe, of=checked, unknown=unknown)
    standing = stand(count, rate=asked.technical, population=checked)
    verdict, reason = _technical_verdict(inspected, count, standing.verdict, asked)
    caveats = {each.verdict.caveat.zh: each.verdict.caveat for each in scans if each.verdict.caveat}
    return CorpusGate(
        kind=GateKind.TECHNICAL,
        title=GateKind.TECHNICAL.text,
        source=None,
        counted=count.counted,
        checked=count.of,
        unknown=count.unknown,
        population=checked,
        required=math.ceil(Decimal(asked.share.value) * checked),
        comparison=asked.technical.comparison.value,
        threshold=Decimal(asked.technical.value),
        share=standing.share,
        bound=standing.bound,
        verdict=verdict,
        robustly_met=verdict is Verdict.MET and standing.robustly_met and not caveats,
        reason=reason,
        caveat=joined(list(caveats.values())),
        citation=citation(asked.technical, asked.share),
        entries=tuple(each.entry for each in scans),
    )


def _technical_verdict(
    inspected: Inspected, count: Count, standing: Verdict, asked: Thresholds
) -> tuple[Verdict, BilingualText]:
    unscanned = [each.registered.source.id for each in inspected.trained if each.scanned is None]
    if unscanned:
        names = ", ".join(unscanned)
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"尚未扫描的来源：{names}；运行 hegui corpus scan",
            en=f"sources not scanned yet: {names}; run hegui corpus scan",
        )
    if not count.of:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh="没有可用于训练的文档", en="there is nothing to train on"
        )
    share = percent_text(asked.share)
    counts = BilingualText(
        zh=f"检查了全部 {count.of} 条（要求不少于 {share}），未发现问题的 {count.counted} 条",
        en=f"all {count.of} documents were inspected (at least {share} are asked for), {count.counted} "
        "without a finding",
    )
    if standing is Verdict.NOT_MET:
        return standing, counts
    unread = sum(each.scanned.scan.faults for each in inspected.trained if each.scanned is not None)
    doubt = joined([each for each in (_unseen(inspected), _unassessed(inspected)) if each is not None])
    if unread:
        doubt = BilingualText(
            zh=f"另有 {unread} 处文件内容无法读取",
            en=f"{counted(unread, 'part of a file', 'parts of files')} could not be read",
        )
    if standing is Verdict.NOT_ASSESSED:
        doubt = BilingualText(
            zh=f"{count.unknown} 条无法检查或判断，足以改变结论",
            en=f"{count.unknown} could not be inspected or judged, enough to turn the verdict",
        )
    if doubt is not None:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"{counts.zh}；{doubt.zh}", en=f"{counts.en}; {doubt.en}"
        )
    return Verdict.MET, counts
