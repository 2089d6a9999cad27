"""The gate every source passes: how much illegal or unhealthy information it may hold."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hegui.core import BilingualText, Verdict, counted
from hegui.corpus.account import Tally
from hegui.corpus.model import Citation, Modality, SourceVerdict
from hegui.corpus.profile import Profile
from hegui.rulebook import Parameter

PARAMETER = "source-unsafe-share"
"""The threshold's name in the rulebook."""

BANK_SIZE = "keyword-bank-size"
"""The name in the rulebook of how many keywords a bank should hold."""

_SHARE_PLACES = Decimal("0.000001")


def judge_source(
    tally: Tally,
    *,
    modality: Modality,
    keywords: int,
    limit: Parameter,
    bank_size: Parameter,
    profile: Profile,
    unread: int = 0,
) -> SourceVerdict:
    """Hold the share of unsafe documents against the limit, exactly.

    What was not screened is unknown, and unknown is never a pass: a source is within the limit only if
    it would still be so were every line unsafe that could not be screened or judged.

    Args:
        tally: over all of the source.
        modality: of the source; only texts are screened.
        keywords: how many the screen looked for. Without any nothing is known; with fewer than the
            standard suggests the verdict says so.
        limit: the parameter :data:`PARAMETER`; its comparison says when a source is over the limit.
        bank_size: the parameter :data:`BANK_SIZE`.
        profile: of all documents; how many of them guard models were asked about, chosen by chance. What the
            others hold they do not know, so that more than the limit among those asked about is a doubt.
        unread: parts of files that could not be read; nobody knows how many documents they hold.

    Returns:
        Not met where the screened documents exceed the limit, not assessed where nobody can tell.

    Basis:
        TC260-003 5.1a
        TC260-003 8.1a
    """
    verdict, reason = _verdict(tally, keywords, limit, _doubt(tally, modality, limit, unread, profile))
    caveats = [_partly_asked(each) for each in _partly(tally, profile)]
    if verdict is Verdict.MET and not bank_size.holds(keywords):
        caveats.insert(0, _small_bank(keywords, bank_size))
    return SourceVerdict(
        verdict=verdict,
        unsafe=tally.unsafe,
        scanned=tally.scanned,
        unscreened=tally.unscreened,
        unread=unread,
        share=share_text(tally.unsafe, tally.scanned),
        limit=str(limit.value),
        reason=reason,
        caveat=joined(caveats),
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
        en=f"only {counted(keywords, 'keyword was', 'keywords were')} looked for, {bank_size.citation} "
        f"suggests {bank_size.value} or more; a smaller bank misses more",
    )


class _PartlyAsked(NamedTuple):
    """A guard model that was not asked about all documents."""

    name: str
    asked: int
    judged: int
    objected: int
    scanned: int


def _partly(tally: Tally, profile: Profile) -> list[_PartlyAsked]:
    return [
        _PartlyAsked(name, asked, profile.judged(name), profile.objected.get(name, 0), tally.scanned)
        for name, asked in profile.asked.items()
        if asked < tally.scanned
    ]


def _partly_asked(guard: _PartlyAsked) -> BilingualText:
    return BilingualText(
        zh=f"审核模型 {guard.name} 只抽查了 {guard.scanned} 篇中的 {guard.asked} 篇，"
        f"其中 {guard.objected} 篇不良；其余的它没有看过",
        en=f"the guard model {guard.name} was asked about {guard.asked} of {guard.scanned} documents and "
        f"found {guard.objected} of those unsafe; it has not seen the others",
    )


def _verdict(
    tally: Tally, keywords: int, limit: Parameter, doubt: BilingualText | None
) -> tuple[Verdict, BilingualText]:
    if keywords == 0:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh="没有关键词库，无从发现违法不良信息",
            en="without a keyword bank nothing illegal or unhealthy can be found",
        )
    counts = BilingualText(
        zh=f"审查 {tally.scanned} 篇，其中 {tally.unsafe} 篇含违法不良信息",
        en=f"{tally.unsafe} of {tally.scanned} screened documents hold illegal or unhealthy information",
    )
    if tally.scanned and limit.holds(Fraction(tally.unsafe, tally.scanned)):
        return Verdict.NOT_MET, BilingualText(
            zh=f"{counts.zh}，超过 {percent_text(limit)}", en=f"{counts.en}, over {percent_text(limit)}"
        )
    if doubt is not None:
        return Verdict.NOT_ASSESSED, BilingualText(
            zh=f"{counts.zh}；{doubt.zh}", en=f"{counts.en}; {doubt.en}"
        )
    return Verdict.MET, BilingualText(
        zh=f"{counts.zh}，未超过 {percent_text(limit)}", en=f"{counts.en}, not over {percent_text(limit)}"
    )


def _doubt(
    tally: Tally, modality: Modality, limit: Parameter, unread: int, profile: Profile
) -> BilingualText | None:
    """Why nobody can tell whether a source is within the limit."""
    if unread:
        return BilingualText(
            zh=f"另有 {unread} 处文件内容无法读取，其中有多少文档无从得知；请修复后重新扫描",
            en=f"{counted(unread, 'part of a file', 'parts of files')} could not be read, and nobody knows "
            "what is there; repair what is broken and scan again",
        )
    if tally.scanned == 0:
        return BilingualText(zh="没有审查到任何文档", en="no document was screened")
    if modality is not Modality.TEXT:
        return BilingualText(
            zh="但只审查了文字，图像、音频、视频本身尚未审查",
            en="but only texts were screened, not the images, sounds or films themselves",
        )
    unknown = tally.unscreened + tally.unjudged
    if limit.holds(Fraction(tally.unsafe + unknown, tally.scanned + tally.unscreened)):
        return BilingualText(
            zh=f"另有 {unknown} 行无法审查或判断，若其中有问题就可能超过 {percent_text(limit)}；"
            "请修复后重新扫描",
            en=f"{counted(unknown, 'more line')} could not be screened or judged and might carry it over "
            f"{percent_text(limit)}; repair what is broken and scan again",
        )
    for guard in _partly(tally, profile):
        if guard.judged and limit.holds(Fraction(guard.objected, guard.judged)):
            return BilingualText(
                zh=f"但审核模型 {guard.name} 抽查的 {guard.judged} 篇中有 {guard.objected} 篇不良，超过 "
                f"{percent_text(limit)}；请把它的 corpus_share 改为 1 后重新扫描",
                en=f"but {guard.objected} of the {guard.judged} documents that the guard model {guard.name} "
                f"judged are unsafe by what it says, over {percent_text(limit)}; set its "
                "corpus_share to 1 and scan again",
            )
    return None


def joined(caveats: Sequence[BilingualText]) -> BilingualText | None:
    """Several caveats as one; ``None`` of none."""
    if not caveats:
        return None
    return BilingualText(zh="；".join(each.zh for each in caveats), en="; ".join(each.en for each in caveats))


def percent_text(limit: Parameter) -> str:
    """A threshold that is a share, for people: ``5 %``."""
    return f"{(Decimal(limit.value) * 100).normalize():f} %"
