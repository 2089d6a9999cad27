"""The rules that each source is held against. Pure."""

from collections.abc import Iterator
from fractions import Fraction

from hegui.core import BilingualText, Record, Verdict, counted
from hegui.corpus.crawling import CrawlAccount
from hegui.corpus.gate import PARAMETER, percent_text
from hegui.corpus.model import Modality, RegisteredSource, ScannedSource, Source, SourceVerdict
from hegui.corpus.provenance import DocumentKind, LawfulGround, PersonalContent, SourceKind
from hegui.corpus.rights import judge_rights, rights_clause
from hegui.corpus.rules import Law, Measure, Observation, RegisterRule, RuleVerdict
from hegui.rulebook import Parameter
from hegui.screening import PersonalInformationKind


class KnownSource(Record):
    """All that is known of a source when it is held against the rules.

    Attributes:
        registered: the source; of its documents only those that are still what they were.
        scanned: the last scan of what is registered now; ``None`` where there is none.
        crawl: what the log of its collection amounts to; ``None`` where there is no log that can be read.
        listed: whether a block list was there to compare pages with.
    """

    registered: RegisteredSource
    scanned: ScannedSource | None = None
    crawl: CrawlAccount | None = None
    listed: bool = False

    @property
    def source(self) -> Source:
        """What is declared."""
        return self.registered.source

    @property
    def documents(self) -> frozenset[DocumentKind]:
        """What kinds of document prove something of it."""
        rights = self.source.rights
        return frozenset(each.kind for each in rights.documents) if rights else frozenset()


def judge_source_rules(known: KnownSource, law: Law) -> Iterator[RuleVerdict]:
    """Every rule about ``known``, in the order of the clauses.

    Basis:
        TC260-003 5.1a1
        TC260-003 5.1a2
        TC260-003 5.1c2
        TC260-003 5.1d
        TC260-003 5.2c1
        TC260-003 5.2c2
        PIPL 31
    """
    source = known.source
    clause = rights_clause(source)
    observed = {
        RegisterRule.BEFORE_COLLECTION: before_collection(source, law.limit(PARAMETER)),
        RegisterRule.AFTER_COLLECTION: after_collection(source, known.scanned),
        RegisterRule.RIGHTS: _rights(known, law),
        RegisterRule.COLLECTION_ALLOWED: _allowed(known),
        RegisterRule.BLOCKED_INFORMATION: _blocked(known),
        RegisterRule.PERSONAL_INFORMATION: _personal(known, sensitive=False),
        RegisterRule.SENSITIVE_INFORMATION: _personal(known, sensitive=True),
        RegisterRule.CHILDREN_INFORMATION: _of_children(known),
    }
    for rule, observation in observed.items():
        yield law.judged(
            rule, observation, source=source.id, clause_id=clause if rule is RegisterRule.RIGHTS else None
        )


def _said(verdict: Verdict, zh: str, en: str) -> Observation:
    return Observation(verdict=verdict, reason=BilingualText(zh=zh, en=en))


def _lacking(verdict: Verdict, zh: str, en: str, *missing: BilingualText) -> Observation:
    return Observation(verdict=verdict, reason=BilingualText(zh=zh, en=en), missing=missing)


def before_collection(source: Source, limit: Parameter) -> Observation:
    """What was found of a source before it was collected, held against the share that is too much.

    Basis:
        TC260-003 5.1a1
    """
    assessment = source.assessed_before
    if source.kind is SourceKind.SYNTHETIC:
        return _said(
            Verdict.NOT_APPLICABLE, "自行生成，不从来源采集", "made by oneself, collected from nowhere"
        )
    if assessment is None:
        return _lacking(
            Verdict.NOT_MET,
            "没有采集前的评估",
            "nothing says that it was assessed before collection",
            BilingualText(
                zh="在 assessed_before 写明抽样数、不合格数、日期和评估人",
                en="write in assessed_before how many were sampled and unsafe, the day, and who assessed",
            ),
        )
    over = limit.holds(Fraction(assessment.unsafe, assessment.sampled))
    percent = percent_text(limit)
    counts_zh = f"{assessment.day} {assessment.by}抽样 {assessment.sampled} 条，{assessment.unsafe} 条不合格"
    counts_en = (
        f"on {assessment.day} {assessment.by} sampled {counted(assessment.sampled, 'item')}, "
        f"{assessment.unsafe} unsafe"
    )
    return Observation(
        verdict=Verdict.NOT_MET if over else Verdict.MET,
        reason=BilingualText(
            zh=f"{counts_zh}，" + (f"超过 {percent}，不得采集" if over else f"未超过 {percent}"),
            en=f"{counts_en}, " + (f"over {percent}: do not collect" if over else f"not over {percent}"),
        ),
        measure=Measure.SAMPLE,
    )


def after_collection(source: Source, scanned: ScannedSource | None) -> Observation:
    """What a scan found in a source.

    Args:
        source: as it is declared.
        scanned: the last scan of what is declared now; ``None`` where there is none.

    Basis:
        TC260-003 5.1a2
    """
    if not source.files:
        return _said(Verdict.NOT_APPLICABLE, "尚未采集", "not collected yet")
    if scanned is None:
        return _lacking(
            Verdict.NOT_ASSESSED,
            "尚未扫描",
            "not scanned yet",
            BilingualText(zh=f"运行 hegui corpus scan {source.id}", en=f"run hegui corpus scan {source.id}"),
        )
    verdict = scanned.verdict
    ban = BilingualText(zh="", en="")
    if verdict.verdict is Verdict.NOT_MET:
        ban = BilingualText(zh="：不得用于训练", en=": do not train on it")
    reason = BilingualText(zh=verdict.reason.zh + ban.zh, en=verdict.reason.en + ban.en)
    return Observation(
        verdict=verdict.verdict, reason=reason, missing=_weaknesses(verdict), measure=Measure.SCAN
    )


def _weaknesses(verdict: SourceVerdict) -> tuple[BilingualText, ...]:
    return () if verdict.caveat is None else (verdict.caveat,)


def _rights(known: KnownSource, law: Law) -> Observation:
    judged = judge_rights(known.source, citation=law.cite(rights_clause(known.source)))
    missing = [each.text for each in judged.missing]
    if judged.caveat is not None:
        missing.append(judged.caveat)
    return Observation(verdict=judged.verdict, reason=judged.reason, missing=tuple(missing))


def _allowed(known: KnownSource) -> Observation:
    source = known.source
    collected = source.kind is SourceKind.SELF_COLLECTED or source.links
    if not collected:
        return _said(Verdict.NOT_APPLICABLE, "不是自行采集", "not collected by the provider")
    if source.rights is not None and source.rights.self_made:
        return _said(Verdict.NOT_APPLICABLE, "自行制作，无人可拒绝", "made by the provider: nobody to refuse")
    account = known.crawl
    if account is None:
        return _lacking(
            Verdict.NOT_ASSESSED,
            "没有可读的采集日志和 robots.txt 快照",
            "there is no readable log of the collection with the robots.txt of its time",
            BilingualText(
                zh="在 rights.crawl 写明 agent、log 和 robots；自行制作的写 self_made: true",
                en="name agent, log and robots in rights.crawl; what the provider made itself says "
                "self_made: true",
            ),
        )
    counts = BilingualText(zh=f"日志有 {account.pages} 页", en=f"{counted(account.pages, 'page')} in the log")
    if account.refused:
        shown = ", ".join(account.first_refused)
        return _lacking(
            Verdict.NOT_MET,
            f"{counts.zh}，其中 {account.refused} 页被当时的 robots.txt 拒绝：{shown}",
            f"{counts.en}, {account.refused} of them refused by the robots.txt of the time: {shown}",
            BilingualText(zh="删去这些页面后重新登记", en="remove these pages and register again"),
        )
    if account.untold or account.unreadable or not account.pages:
        shown = ", ".join(account.first_untold)
        return _lacking(
            Verdict.NOT_ASSESSED,
            f"{counts.zh}，{account.untold} 页没有当时的 robots.txt，{account.unreadable} 行无法读取",
            f"{counts.en}, {account.untold} without the robots.txt of the time, "
            f"{counted(account.unreadable, 'line')} unreadable",
            BilingualText(
                zh=f"补充采集前 24 小时内的快照或修正日志 {shown}".rstrip(),
                en=f"supply snapshots of the 24 hours before, or mend the log {shown}".rstrip(),
            ),
        )
    return _said(
        Verdict.MET,
        f"{counts.zh}，当时的 robots.txt 均允许",
        f"{counts.en}, each allowed by the robots.txt of the time",
    )


def _blocked(known: KnownSource) -> Observation:
    account = known.crawl
    if account is not None and account.blocked:
        shown = ", ".join(account.first_blocked)
        return _lacking(
            Verdict.NOT_MET,
            f"{account.blocked} 页在阻断清单上，来自：{shown}",
            f"{counted(account.blocked, 'page is', 'pages are')} on the block list, of: {shown}",
            BilingualText(zh="删去这些页面后重新登记", en="remove these pages and register again"),
        )
    if DocumentKind.BLOCK_CHECK in known.documents:
        return _said(Verdict.MET, "有筛查记录", "there is a record of the screening")
    if account is not None and known.listed:
        if account.pages and not account.unreadable:
            return _said(
                Verdict.MET,
                f"{account.pages} 页均不在阻断清单上",
                f"none of {counted(account.pages, 'page')} is on the block list",
            )
        return _lacking(
            Verdict.NOT_ASSESSED,
            f"日志 {account.pages} 页均不在阻断清单上，但有 {account.unreadable} 行无法读取",
            f"none of {counted(account.pages, 'page')} in the log is on the block list, and "
            f"{counted(account.unreadable, 'line is', 'lines are')} unreadable",
            BilingualText(zh="修正采集日志", en="mend the crawl's log"),
        )
    return _lacking(
        Verdict.NOT_ASSESSED,
        "没有与阻断清单比对",
        "nothing was compared with a block list",
        BilingualText(
            zh="提供 block_check 记录，或在 provider.documents 提供 block_list 并登记采集日志",
            en="supply a block_check record, or a block_list in provider.documents and the crawl's log",
        ),
    )


def _personal(known: KnownSource, *, sensitive: bool) -> Observation:
    stated = known.source.personal_information
    found = _found(known, sensitive=sensitive)
    if stated is None:
        return _unstated(found)
    holds = (
        stated.holds is PersonalContent.SENSITIVE if sensitive else stated.holds is not PersonalContent.NONE
    )
    if not holds:
        return _denied(found)
    if stated.ground is None:
        return _lacking(
            Verdict.NOT_MET,
            "没有写明依据",
            "no ground is stated",
            BilingualText(zh="写明 personal_information.ground", en="state personal_information.ground"),
        )
    needed = DocumentKind.GROUND_RECORD
    if stated.ground is LawfulGround.CONSENT:
        needed = DocumentKind.SEPARATE_CONSENT_RECORD if sensitive else DocumentKind.CONSENT_RECORD
    if needed not in known.documents:
        return _lacking(
            Verdict.NOT_MET,
            f"依据为{stated.ground.text.zh}，但没有证明",
            f"the ground is {stated.ground.text.en}, and nothing proves it",
            needed.text,
        )
    return _said(
        Verdict.MET, f"依据：{stated.ground.text.zh}，有证明", f"ground: {stated.ground.text.en}, with proof"
    )


def _of_children(known: KnownSource) -> Observation:
    """No scan tells how old people are: what is stated counts."""
    stated = known.source.personal_information
    if stated is not None and stated.holds is PersonalContent.NONE:
        return _denied(_found(known, sensitive=False))
    if stated is None or stated.children is None:
        return _lacking(
            Verdict.NOT_ASSESSED,
            "没有写明是否涉及不满十四周岁的未成年人",
            "nobody said whether it is of children under fourteen, too",
            BilingualText(
                zh="写明 personal_information.children: true 或 false",
                en="state personal_information.children: true or false",
            ),
        )
    if not stated.children:
        return _said(Verdict.NOT_APPLICABLE, "声明不涉及", "said to hold none of them")
    needed = (DocumentKind.GUARDIAN_CONSENT_RECORD, DocumentKind.CHILDREN_RULES)
    missing = [each.text for each in needed if each not in known.documents]
    if missing:
        return _lacking(
            Verdict.NOT_MET,
            "涉及不满十四周岁的未成年人，证明不全",
            "it is of children under fourteen, too, and the proof is incomplete",
            *missing,
        )
    return _said(
        Verdict.MET, "有监护人同意和专门规则", "there are the guardians' consent and dedicated rules"
    )


def _found(known: KnownSource, *, sensitive: bool) -> int | None:
    """How many findings of personal information a scan counted; ``None`` where not all was looked at."""
    scanned = known.scanned
    if scanned is None or known.source.modality is not Modality.TEXT:
        return None
    tally = scanned.scan.tally
    levels = {"sensitive"} if sensitive else {"sensitive", "personal"}
    count = sum(
        number
        for name, number in tally.personal_information.items()
        if PersonalInformationKind(name).level in levels
    )
    return None if not count and (tally.unscreened or scanned.scan.faults or not tally.scanned) else count


def _unstated(found: int | None) -> Observation:
    statement = BilingualText(
        zh="在 personal_information 写明有无个人信息和依据，或用 hegui corpus clean 遮盖",
        en="state in personal_information what it holds and on what ground, or mask it by hegui corpus clean",
    )
    if found:
        return _lacking(
            Verdict.NOT_MET,
            f"扫描发现 {found} 处篇次，没有写明依据",
            f"the scan counted {found} findings in documents, and no ground is stated",
            statement,
        )
    return _lacking(
        Verdict.NOT_ASSESSED,
        "没有写明有无个人信息" if found is None else "没有写明；扫描未发现",
        "nobody said whether it holds any" if found is None else "nobody said; the scan found none",
        statement,
    )


def _denied(found: int | None) -> Observation:
    if found is None:
        return _lacking(
            Verdict.NOT_ASSESSED,
            "声明没有，但没有全部审查",
            "said to hold none, but not all of it was screened",
            BilingualText(zh="扫描全部文字", en="scan all texts"),
        )
    if found:
        return _lacking(
            Verdict.NOT_ASSESSED,
            f"声明没有，而扫描发现 {found} 处篇次",
            f"said to hold none, and the scan counted {found} findings in documents",
            BilingualText(
                zh="核对 hegui corpus report 的例子：更正声明，或用 hegui corpus clean 遮盖",
                en="look at the examples in hegui corpus report: correct the statement, or mask by hegui "
                "corpus clean",
            ),
        )
    return _said(
        Verdict.NOT_APPLICABLE, "声明没有，扫描也未发现", "said to hold none, and the scan found none"
    )
