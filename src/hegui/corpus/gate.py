"""The gate every source passes: how much illegal or unhealthy information it may hold."""

from decimal import Decimal
from fractions import Fraction

from hegui.core import BilingualText, Verdict
from hegui.corpus.model import Citation, Modality, SourceVerdict, Tally
from hegui.rulebook import Parameter

PARAMETER = "source-unsafe-share"
"""The threshold's name in the rulebook."""

BANK_SIZE = "keyword-bank-size"
"""The name in the rulebook of how many keywords a bank should hold."""

_SHARE_PLACES = Decimal("0.000001")


def judge_source(
    tally: Tally, *, modality: Modality, keywords: int, limit: Parameter, bank_size: Parameter
) -> SourceVerdict:
    """Hold the share of unsafe documents against the limit, exactly.

    What was not screened is unknown, and unknown is never a pass: a source is within the limit only if
    it would still be so were every line unsafe that could not be screened.

    Args:
        tally: over all of the source.
        modality: of the source; only texts are screened.
        keywords: how many the screen looked for. Without any nothing is known; with fewer than the
            standard suggests the verdict says so.
        limit: the parameter :data:`PARAMETER`; its comparison says when a source is over the limit.
        bank_size: the parameter :data:`BANK_SIZE`.

    Returns:
        Not met where the screened documents exceed the limit, not assessed where nobody can tell.

    Basis:
        TC260-003 5.1a
        TC260-003 8.1a
    """
    verdict, reason = _verdict(tally, modality, keywords, limit)
    small = verdict is Verdict.MET and not bank_size.holds(keywords)
    return SourceVerdict(
        verdict=verdict,
        unsafe=tally.unsafe,
        scanned=tally.scanned,
        unscreened=tally.unscreened,
        share=share_text(tally.unsafe, tally.scanned),
        limit=str(limit.value),
        reason=reason,
        caveat=_small_bank(keywords, bank_size) if small else None,
        parameter=limit.id,
        citation=Citation(clause=limit.citation, same_as=limit.same_as, verified=limit.verification.verified),
    )


def share_text(part: int, whole: int) -> str | None:
    """``part / whole`` as decimal text with six places; ``None`` of nothing."""
    if whole == 0:
        return None
    return str((Decimal(part) / whole).quantize(_SHARE_PLACES))


def _small_bank(keywords: int, bank_size: Parameter) -> BilingualText:
    return BilingualText(
        zh=f"只查找了 {keywords} 个关键词，{bank_size.citation} 建议不少于 {bank_size.value} 个；"
        "词库越小，漏检越多",
        en=f"only {keywords} keywords were looked for, {bank_size.citation} suggests {bank_size.value} or "
        "more; a smaller bank misses more",
    )


def _verdict(
    tally: Tally, modality: Modality, keywords: int, limit: Parameter
) -> tuple[Verdict, BilingualText]:
    if keywords == 0:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh="没有关键词库，无从发现违法不良信息",
            en="without a keyword bank nothing illegal or unhealthy can be found",
        )
    if tally.scanned == 0:
        return Verdict.NOT_ASSESSED, BilingualText(zh="没有审查到任何文档", en="no document was screened")
    counts_zh = f"审查 {tally.scanned} 篇，其中 {tally.unsafe} 篇含违法不良信息"
    counts_en = f"{tally.unsafe} of {tally.scanned} screened documents hold illegal or unhealthy information"
    if limit.holds(Fraction(tally.unsafe, tally.scanned)):
        return Verdict.NOT_MET, BilingualText(
            zh=f"{counts_zh}，超过 {_percent(limit)}", en=f"{counts_en}, over {_percent(limit)}"
        )
    if modality is not Modality.TEXT:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"{counts_zh}；但只审查了文字，图像、音频、视频本身尚未审查",
            en=f"{counts_en}; but only texts were screened, not the images, sounds or films themselves",
        )
    if limit.holds(Fraction(tally.unsafe + tally.unscreened, tally.scanned + tally.unscreened)):
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"{counts_zh}；另有 {tally.unscreened} 行无法审查，若其中有问题就可能超过 {_percent(limit)}；"
            "请修复后重新扫描",
            en=f"{counts_en}; {tally.unscreened} more lines could not be screened and might carry it over "
            f"{_percent(limit)}; repair them and scan again",
        )
    return Verdict.MET, BilingualText(
        zh=f"{counts_zh}，未超过 {_percent(limit)}", en=f"{counts_en}, not over {_percent(limit)}"
    )


def _percent(limit: Parameter) -> str:
    return f"{(Decimal(limit.value) * 100).normalize():f} %"
