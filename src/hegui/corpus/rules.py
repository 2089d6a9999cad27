"""The rules that the register is held against, each with its clause."""

import datetime as dt
from enum import StrEnum

from hegui.core import BilingualText, Record, Verdict
from hegui.corpus.model import Citation
from hegui.rulebook import Clause, Modal, Parameter, Rulebook

INSTRUMENT = "TC260-003"
"""The edition whose clauses have numbers; the one in force is cited beside it, as far as it is known."""


class RegisterRule(StrEnum):
    """What a source, or the register as a whole, is asked."""

    BEFORE_COLLECTION = "before_collection"
    AFTER_COLLECTION = "after_collection"
    RIGHTS = "rights"
    COLLECTION_ALLOWED = "collection_allowed"
    BLOCKED_INFORMATION = "blocked_information"
    PERSONAL_INFORMATION = "personal_information"
    SENSITIVE_INFORMATION = "sensitive_information"
    CHILDREN_INFORMATION = "children_information"
    SEVERAL_SOURCES = "several_sources"
    FOREIGN_WITH_DOMESTIC = "foreign_with_domestic"
    IP_RESPONSIBLE = "ip_responsible"
    IP_RISKS = "ip_risks"
    IP_CHANNEL = "ip_channel"
    IP_NOTICE = "ip_notice"
    IP_UPDATES = "ip_updates"
    IP_SUMMARY = "ip_summary"

    @property
    def text(self) -> BilingualText:
        """What is asked, in a few words."""
        return _TEXTS[self]


_TEXTS = {
    RegisterRule.BEFORE_COLLECTION: BilingualText(zh="采集前评估", en="assessed before collection"),
    RegisterRule.AFTER_COLLECTION: BilingualText(zh="采集后核验", en="verified after collection"),
    RegisterRule.RIGHTS: BilingualText(zh="来源依据", en="proof of the right"),
    RegisterRule.COLLECTION_ALLOWED: BilingualText(zh="未采集被拒绝的内容", en="nothing that was refused"),
    RegisterRule.BLOCKED_INFORMATION: BilingualText(zh="无被阻断信息", en="no blocked information"),
    RegisterRule.PERSONAL_INFORMATION: BilingualText(
        zh="个人信息的依据", en="ground for personal information"
    ),
    RegisterRule.SENSITIVE_INFORMATION: BilingualText(
        zh="敏感个人信息的依据", en="ground for sensitive personal information"
    ),
    RegisterRule.CHILDREN_INFORMATION: BilingualText(
        zh="不满十四周岁者的个人信息", en="information of children under fourteen"
    ),
    RegisterRule.SEVERAL_SOURCES: BilingualText(zh="来源多样", en="several sources"),
    RegisterRule.FOREIGN_WITH_DOMESTIC: BilingualText(zh="境内外搭配", en="foreign with domestic"),
    RegisterRule.IP_RESPONSIBLE: BilingualText(zh="知识产权负责人和策略", en="person and strategy for IP"),
    RegisterRule.IP_RISKS: BilingualText(zh="侵权风险识别", en="infringement identified"),
    RegisterRule.IP_CHANNEL: BilingualText(zh="知识产权投诉渠道", en="channel for IP complaints"),
    RegisterRule.IP_NOTICE: BilingualText(zh="用户协议告知", en="notice in the user agreement"),
    RegisterRule.IP_UPDATES: BilingualText(zh="策略更新", en="strategy kept up to date"),
    RegisterRule.IP_SUMMARY: BilingualText(zh="公开摘要", en="published summary"),
}

_CLAUSES = {
    RegisterRule.BEFORE_COLLECTION: "5.1a1",
    RegisterRule.AFTER_COLLECTION: "5.1a2",
    RegisterRule.COLLECTION_ALLOWED: "5.1c2",
    RegisterRule.BLOCKED_INFORMATION: "5.1d",
    RegisterRule.PERSONAL_INFORMATION: "5.2c1",
    RegisterRule.SENSITIVE_INFORMATION: "5.2c2",
    RegisterRule.CHILDREN_INFORMATION: "PIPL 31",
    RegisterRule.SEVERAL_SOURCES: "5.1b",
    RegisterRule.FOREIGN_WITH_DOMESTIC: "5.1b",
    RegisterRule.IP_RESPONSIBLE: "5.2b1",
    RegisterRule.IP_RISKS: "5.2b2",
    RegisterRule.IP_CHANNEL: "5.2b3",
    RegisterRule.IP_NOTICE: "5.2b4",
    RegisterRule.IP_UPDATES: "5.2b5",
    RegisterRule.IP_SUMMARY: "5.2b6",
}
"""The clause of each rule but of :attr:`RegisterRule.RIGHTS`, where the kind of the source decides.

Of :data:`INSTRUMENT` where no other is named.
"""


class Measure(StrEnum):
    """Where the number comes from that a verdict rests on."""

    SCAN = "scan"
    SAMPLE = "sample"

    @property
    def text(self) -> BilingualText:
        """The measure, for people."""
        return _MEASURES[self]


_MEASURES = {
    Measure.SCAN: BilingualText(zh="依据全量扫描", en="by the scan of everything"),
    Measure.SAMPLE: BilingualText(zh="依据抽样", en="by a sample"),
}


class Observation(Record):
    """What was found about one rule, before its clause is added.

    Attributes:
        verdict: what is said of the requirement.
        reason: in a sentence.
        missing: what is still to be supplied.
        measure: where its number comes from; ``None`` where it rests on none.
    """

    verdict: Verdict
    reason: BilingualText
    missing: tuple[BilingualText, ...] = ()
    measure: Measure | None = None


class RuleVerdict(Record):
    """Whether one rule is met.

    Attributes:
        rule: which.
        source: the source it is about; ``None`` where it is about all of them.
        verdict: what is said of the requirement.
        modal: shall, or should: only what shall be done counts in the overall verdict.
        reason: in a sentence.
        missing: what is still to be supplied.
        measure: where its number comes from; ``None`` where it rests on none.
        citation: the clause.
    """

    rule: RegisterRule
    source: str | None
    verdict: Verdict
    modal: Modal
    reason: BilingualText
    missing: tuple[BilingualText, ...]
    measure: Measure | None
    citation: Citation


class Law:
    """The clauses and limits of one legal day."""

    def __init__(self, rulebook: Rulebook, day: dt.date) -> None:
        """Cite ``rulebook`` as it is in force on ``day``."""
        self._rulebook = rulebook
        self._day = day

    def cite(self, clause_id: str) -> Citation:
        """How a clause of :data:`INSTRUMENT` is cited, with the one in force that carries it on."""
        clause = self._clause(clause_id)
        # Later editions name the paragraph where they carry on its items.
        names = {clause.citation, clause.citation.rstrip("0123456789")}
        carrying = (
            each.citation
            for instrument in self._rulebook.instruments
            if instrument.period.contains(self._day)
            for each in instrument.clauses
            if names.intersection(each.same_as)
        )
        same = tuple(dict.fromkeys((*clause.same_as, *carrying)))
        return Citation(clause=clause.citation, same_as=same, verified=clause.verification.verified)

    def limit(self, parameter: str) -> Parameter:
        """The threshold of that name."""
        return self._rulebook.parameter(parameter, on=self._day)

    def judged(
        self,
        rule: RegisterRule,
        observation: Observation,
        *,
        source: str | None = None,
        clause_id: str | None = None,
    ) -> RuleVerdict:
        """``observation`` with the clause that asks.

        Args:
            rule: what was asked.
            observation: what was found.
            source: what it is about; ``None`` for all.
            clause_id: where the rule leaves it open.
        """
        name = clause_id or _CLAUSES[rule]
        return RuleVerdict(
            rule=rule,
            source=source,
            verdict=observation.verdict,
            modal=self._clause(name).modal,
            reason=observation.reason,
            missing=observation.missing,
            measure=observation.measure,
            citation=self.cite(name),
        )

    def _clause(self, clause_id: str) -> Clause:
        return self._rulebook.cited(clause_id if " " in clause_id else f"{INSTRUMENT} {clause_id}")
