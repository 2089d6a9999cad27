"""The rules that the register is held against as a whole, and the provider with it. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hegui.core import BilingualText, Verdict, counted
from hegui.corpus.model import Origin
from hegui.corpus.provenance import DocumentKind, ProviderStatement
from hegui.corpus.rules import Law, Observation, RegisterRule, RuleVerdict
from hegui.corpus.source_rules import KnownSource

_PROOFS = {
    RegisterRule.IP_RESPONSIBLE: (DocumentKind.IP_APPOINTMENT, DocumentKind.IP_STRATEGY),
    RegisterRule.IP_RISKS: (DocumentKind.IP_RISK_RECORD,),
    RegisterRule.IP_CHANNEL: (),
    RegisterRule.IP_NOTICE: (DocumentKind.IP_NOTICE,),
    RegisterRule.IP_UPDATES: (DocumentKind.IP_STRATEGY_CHANGES,),
    RegisterRule.IP_SUMMARY: (DocumentKind.IP_SUMMARY,),
}


def judge_provider_rules(
    sources: Sequence[KnownSource], provider: ProviderStatement | None, law: Law
) -> Iterator[RuleVerdict]:
    """Every rule about all sources together, in the order of the clauses.

    Args:
        sources: the whole register.
        provider: what the provider says of itself; of its documents only those that are still what they
            were. ``None`` where it has said nothing.
        law: of the day.

    Basis:
        TC260-003 5.1b
        TC260-003 5.2b1
        TC260-003 5.2b2
        TC260-003 5.2b3
        TC260-003 5.2b4
        TC260-003 5.2b5
        TC260-003 5.2b6
    """
    used = [each for each in sources if _is_used(each)]
    yield law.judged(RegisterRule.SEVERAL_SOURCES, _several(used))
    yield law.judged(RegisterRule.FOREIGN_WITH_DOMESTIC, _mixed(used, provider))
    for rule in _PROOFS:
        yield law.judged(rule, _proven(rule, provider))


def _is_used(known: KnownSource) -> bool:
    """Whether a source can add to what is trained on: it is there, and not known to be over the limit."""
    over = known.scanned is not None and known.scanned.verdict.verdict is Verdict.NOT_MET
    return bool(known.source.files) and not over


def _several(sources: Sequence[KnownSource]) -> Observation:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in sources:
        language = each.source.language.partition("-")[0].lower()
        groups[language, each.source.modality.value].append(each.source.id)
    alone = {group: names[0] for group, names in groups.items() if len(names) == 1}
    missing = tuple(
        BilingualText(
            zh=f"{language} {modality} 只有 {name} 一个来源",
            en=f"{language} {modality} comes from {name} only",
        )
        for (language, modality), name in sorted(alone.items())
    )
    if alone or not groups:
        return Observation(
            verdict=Verdict.NOT_MET,
            reason=BilingualText(
                zh=f"{len(groups)} 种语言与类型的组合中，{len(alone)} 种没有多个可用来源",
                en=f"of {len(groups)} pairs of language and type, {len(alone)} lack several usable sources",
            ),
            missing=missing,
        )
    return Observation(
        verdict=Verdict.MET,
        reason=BilingualText(
            zh=f"{len(groups)} 种语言与类型的组合均有多个来源",
            en=f"each of {len(groups)} pairs of language and type has several sources",
        ),
    )


def _mixed(sources: Sequence[KnownSource], provider: ProviderStatement | None) -> Observation:
    sizes = {origin: [each for each in sources if each.source.origin is origin] for origin in Origin}
    foreign, domestic = sizes[Origin.FOREIGN], sizes[Origin.DOMESTIC]
    if not foreign:
        return Observation(
            verdict=Verdict.NOT_APPLICABLE,
            reason=BilingualText(zh="没有境外来源", en="there is no foreign source"),
        )
    counts = BilingualText(
        zh=f"境外 {len(foreign)} 个来源 {_bytes(foreign)} 字节，"
        f"境内 {len(domestic)} 个 {_bytes(domestic)} 字节",
        en=f"foreign: {counted(len(foreign), 'source')}, {_bytes(foreign)} bytes; domestic: {len(domestic)}, "
        f"{_bytes(domestic)} bytes",
    )
    if not domestic:
        return Observation(
            verdict=Verdict.NOT_MET,
            reason=counts,
            missing=(BilingualText(zh="加入境内来源", en="add domestic sources"),),
        )
    if provider is None or not provider.origin_mix:
        return Observation(
            verdict=Verdict.NOT_ASSESSED,
            reason=counts,
            missing=(
                BilingualText(
                    zh="条款没有给出比例；在 provider.origin_mix 说明搭配为何合理",
                    en="the clause names no share; say in provider.origin_mix why the mix is reasonable",
                ),
            ),
        )
    return Observation(
        verdict=Verdict.MET,
        reason=BilingualText(
            zh=f"{counts.zh}；说明：{provider.origin_mix}", en=f"{counts.en}; stated: {provider.origin_mix}"
        ),
    )


def _bytes(sources: Sequence[KnownSource]) -> int:
    """What lies there, or what is said to where nothing does."""
    total = 0
    for each in sources:
        size = each.source.size
        measured = sum(file.size_bytes for file in each.registered.files)
        total += measured or (size.size_bytes or 0 if size else 0)
    return total


def _proven(rule: RegisterRule, provider: ProviderStatement | None) -> Observation:
    present = {each.kind for each in provider.documents} if provider else set()
    missing = [each.text for each in _PROOFS[rule] if each not in present]
    if rule is RegisterRule.IP_RESPONSIBLE and not (provider and provider.ip_responsible):
        missing.insert(0, BilingualText(zh="provider.ip_responsible", en="provider.ip_responsible"))
    if rule is RegisterRule.IP_CHANNEL and not (provider and provider.ip_channel):
        missing.append(BilingualText(zh="provider.ip_channel", en="provider.ip_channel"))
    if provider is None:
        return Observation(
            verdict=Verdict.NOT_ASSESSED,
            reason=BilingualText(
                zh="提供者尚未作任何说明；在声明文件里写 provider",
                en="the provider has stated nothing; write provider in the declaration",
            ),
            missing=tuple(missing),
        )
    if missing:
        return Observation(
            verdict=Verdict.NOT_MET,
            reason=BilingualText(zh="说明不完整", en="the statement is incomplete"),
            missing=tuple(missing),
        )
    named = {
        RegisterRule.IP_RESPONSIBLE: provider.ip_responsible,
        RegisterRule.IP_CHANNEL: provider.ip_channel,
    }.get(rule)
    return Observation(
        verdict=Verdict.MET,
        reason=BilingualText(zh=named or "有证明文件", en=named or "proven by documents"),
    )
