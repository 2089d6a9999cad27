"""What the law is made of here: instruments, clauses, obligations, parameters, risks, facts.

Every statement is a paraphrase of our own and carries a :class:`Verification`: where it was checked,
by whom and when, or that it has not been checked, which every place that shows the statement shows too.

A clause is cited by the identifier of its instrument and its own, ``IM 4.1`` for Article 4 item (1) of
the Interim Measures; ``Basis:`` sections in the code use the same form.
"""

import datetime as dt
import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from hegui.core import BilingualText, Period, Record


class Modal(StrEnum):
    """The force of a sentence: 应, 宜, 可. Only 应 decides whether a requirement is met."""

    SHALL = "shall"
    SHOULD = "should"
    MAY = "may"

    @property
    def text(self) -> BilingualText:
        """The modal verb in the words of Chinese standards."""
        return _MODALS[self]


_MODALS = {
    Modal.SHALL: BilingualText(zh="应", en="shall"),
    Modal.SHOULD: BilingualText(zh="宜", en="should"),
    Modal.MAY: BilingualText(zh="可", en="may"),
}


class Party(StrEnum):
    """Whom a clause binds."""

    PROVIDER = "provider"
    TECHNICAL_SUPPORTER = "technical_supporter"
    USER = "user"
    PLATFORM = "platform"
    APP_STORE = "app_store"
    NETWORK_OPERATOR = "network_operator"
    PERSONAL_INFORMATION_PROCESSOR = "personal_information_processor"
    DATA_PROCESSOR = "data_processor"
    AUTHORITY = "authority"
    STATE = "state"

    @property
    def text(self) -> BilingualText:
        """The party in the words of the law."""
        return _PARTIES[self]


_PARTIES = {
    Party.PROVIDER: BilingualText(zh="服务提供者", en="service provider"),
    Party.TECHNICAL_SUPPORTER: BilingualText(zh="技术支持者", en="technical supporter"),
    Party.USER: BilingualText(zh="使用者", en="user"),
    Party.PLATFORM: BilingualText(zh="传播平台", en="propagation platform"),
    Party.APP_STORE: BilingualText(zh="应用分发平台", en="app distribution platform"),
    Party.NETWORK_OPERATOR: BilingualText(zh="网络运营者", en="network operator"),
    Party.PERSONAL_INFORMATION_PROCESSOR: BilingualText(
        zh="个人信息处理者", en="personal-information processor"
    ),
    Party.DATA_PROCESSOR: BilingualText(zh="数据处理者", en="data processor"),
    Party.AUTHORITY: BilingualText(zh="主管部门", en="competent authority"),
    Party.STATE: BilingualText(zh="国家", en="the State"),
}


class Verification(Record):
    """Where a statement was checked, or that it was not.

    Attributes:
        verified: whether a text of the law, or an independent source beside our own recollection, was
            read and says the same.
        by: who checked.
        on: when.
        source: codes of ``sources.yaml``, separated by commas; empty where nothing was read.
        note: what remains doubtful.
    """

    verified: bool
    by: str | None = None
    # YAML reads a bare `on` as true, so the files call it `date`.
    on: dt.date | None = msgspec.field(default=None, name="date")
    source: str = ""
    note: BilingualText | None = None

    def __post_init__(self) -> None:
        """Refuse a check that does not say who, when and against what."""
        if self.verified and not (self.by and self.on and self.source):
            message = "verified, but by, date or source is missing; say who checked, when and against what"
            raise ValueError(message)

    @property
    def mark(self) -> BilingualText | None:
        """The mark that users see beside an unverified statement; ``None`` where it is verified."""
        return None if self.verified else _UNVERIFIED


_UNVERIFIED = BilingualText(zh="未核实", en="unverified")


class Source(Record):
    """Something that was read to check statements."""

    code: str
    title: str
    primary: bool
    url: str | None = None


class Force(StrEnum):
    """How strongly something binds, the strongest first."""

    BINDING = "binding"
    PRACTICE = "practice"
    RECOMMENDED = "recommended"
    PROPOSED = "proposed"

    @property
    def text(self) -> BilingualText:
        """The force in words."""
        return _FORCES[self]


_FORCES = {
    Force.BINDING: BilingualText(zh="有约束力", en="binding"),
    Force.PRACTICE: BilingualText(zh="主管部门的办理要求", en="asked by the authorities"),
    Force.RECOMMENDED: BilingualText(zh="推荐性", en="recommended"),
    Force.PROPOSED: BilingualText(zh="草案，无约束力", en="draft, not binding"),
}


class InstrumentKind(StrEnum):
    """What an instrument is."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    NORMATIVE_DOCUMENT = "normative_document"
    MANDATORY_STANDARD = "mandatory_standard"
    RECOMMENDED_STANDARD = "recommended_standard"
    TECHNICAL_DOCUMENT = "technical_document"
    PRACTICE = "practice"

    @property
    def force(self) -> Force:
        """How strongly an instrument of this kind binds while it is in force."""
        return _KIND_FORCES.get(self, Force.BINDING)

    @property
    def text(self) -> BilingualText:
        """The kind in the words of Chinese law."""
        return _KINDS[self]


_KIND_FORCES = {
    InstrumentKind.RECOMMENDED_STANDARD: Force.RECOMMENDED,
    InstrumentKind.TECHNICAL_DOCUMENT: Force.RECOMMENDED,
    InstrumentKind.PRACTICE: Force.PRACTICE,
}
_KINDS = {
    InstrumentKind.LAW: BilingualText(zh="法律", en="law"),
    InstrumentKind.REGULATION: BilingualText(zh="行政法规", en="administrative regulation"),
    InstrumentKind.RULE: BilingualText(zh="部门规章", en="departmental rule"),
    InstrumentKind.NORMATIVE_DOCUMENT: BilingualText(zh="规范性文件", en="normative document"),
    InstrumentKind.MANDATORY_STANDARD: BilingualText(zh="强制性国家标准", en="mandatory national standard"),
    InstrumentKind.RECOMMENDED_STANDARD: BilingualText(
        zh="推荐性国家标准", en="recommended national standard"
    ),
    InstrumentKind.TECHNICAL_DOCUMENT: BilingualText(zh="技术文件", en="technical document"),
    InstrumentKind.PRACTICE: BilingualText(zh="办理实务", en="practice of the authorities"),
}


class Status(StrEnum):
    """Where an instrument stands on the day the data was made."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    SUPERSEDED = "superseded"
    PENDING = "pending"

    @property
    def text(self) -> BilingualText:
        """The status in words."""
        return _STATUSES[self]


_STATUSES = {
    Status.IN_FORCE: BilingualText(zh="现行", en="in force"),
    Status.DRAFT: BilingualText(zh="征求意见稿", en="draft for comment"),
    Status.SUPERSEDED: BilingualText(zh="已被替代", en="superseded"),
    Status.PENDING: BilingualText(zh="尚未生效", en="not yet in force"),
}


class Clause(Record):
    """One article, paragraph, item or numbered clause, in our own words.

    Attributes:
        id: within the instrument, ``17``, ``4.1``, ``8.2b``.
        instrument: the instrument's identifier; filled in from the file the clause stands in.
        number: as the instrument prints it.
        trigger: what sets it off, where something does.
        evidence: what whoever is bound keeps to show that it is met.
        same_as: citations of the same requirement in other editions.
        period: where it differs from the instrument's.
    """

    id: str
    number: str
    heading: BilingualText
    text: BilingualText
    verification: Verification
    instrument: str = ""
    modal: Modal = Modal.SHALL
    bound: tuple[Party, ...] = ()
    trigger: BilingualText | None = None
    evidence: tuple[BilingualText, ...] = ()
    same_as: tuple[str, ...] = ()
    period: Period | None = None

    @property
    def citation(self) -> str:
        """How the clause is cited, ``IM 17``."""
        return f"{self.instrument} {self.id}"


class Instrument(Record):
    """A law, rule, standard or other document, in one edition.

    Attributes:
        period: the days it is in force; of a draft, the days it stood as the latest text.
        supersedes: identifiers of the instruments it took the place of.
        articles: how many articles the official text has, where that is known; more than stand here.
    """

    id: str
    title: BilingualText
    short: BilingualText
    issuer: BilingualText
    kind: InstrumentKind
    status: Status
    period: Period
    verification: Verification
    issued: dt.date | None = None
    published: dt.date | None = None
    document_number: str | None = None
    url: str | None = None
    supersedes: tuple[str, ...] = ()
    articles: int | None = None
    clauses: tuple[Clause, ...] = ()

    @property
    def force(self) -> Force:
        """How strongly its clauses bind while it stands."""
        if self.status in {Status.DRAFT, Status.PENDING}:
            return Force.PROPOSED
        return self.kind.force


class Obligation(Record):
    """What somebody has to do, when, and by which clauses; one version of it.

    Attributes:
        when: the condition on the facts of a service, in the grammar of
            :mod:`hegui.rulebook.conditions`.
        unless: identifiers of obligations that prevail over this one where they apply.
        period: the days this version is in force. Versions of one obligation share its identifier
            and no day.
        parameters: identifiers of the thresholds and time limits it works with.
    """

    id: str
    clauses: tuple[str, ...]
    text: BilingualText
    bound: tuple[Party, ...]
    when: str
    period: Period
    modal: Modal = Modal.SHALL
    unless: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    evidence: tuple[BilingualText, ...] = ()


class Term(Record):
    """A defined term of the law that conditions may use like a fact.

    Attributes:
        means: the condition it stands for.
    """

    id: str
    text: BilingualText
    clauses: tuple[str, ...]
    means: str


class Comparison(StrEnum):
    """How a measured value is held against a threshold."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE_THAN = ">"
    LESS_THAN = "<"

    def holds(self, measured: Decimal | Fraction | int, threshold: Decimal | int) -> bool:
        """Whether ``measured`` stands in this comparison to ``threshold``, computed exactly."""
        return _HOLDS[self](Fraction(measured), Fraction(threshold))


_HOLDS: dict[Comparison, Callable[[Fraction, Fraction], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE_THAN: operator.gt,
    Comparison.LESS_THAN: operator.lt,
}


class Unit(StrEnum):
    """What a parameter counts."""

    SHARE = "share"
    ITEMS = "items"
    QUESTIONS = "questions"
    KEYWORDS = "keywords"
    TIMES = "times"
    PERSONS = "persons"
    YUAN = "yuan"
    CHARACTERS = "characters"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"

    @property
    def text(self) -> BilingualText:
        """The unit in words."""
        return _UNITS[self]


_UNITS = {
    Unit.SHARE: BilingualText(zh="比例", en="share"),
    Unit.ITEMS: BilingualText(zh="条", en="items"),
    Unit.QUESTIONS: BilingualText(zh="题", en="questions"),
    Unit.KEYWORDS: BilingualText(zh="个关键词", en="keywords"),
    Unit.TIMES: BilingualText(zh="次", en="times"),
    Unit.PERSONS: BilingualText(zh="人", en="persons"),
    Unit.YUAN: BilingualText(zh="元", en="RMB"),
    Unit.CHARACTERS: BilingualText(zh="个字符", en="characters"),
    Unit.SECONDS: BilingualText(zh="秒", en="seconds"),
    Unit.MINUTES: BilingualText(zh="分钟", en="minutes"),
    Unit.HOURS: BilingualText(zh="小时", en="hours"),
    Unit.DAYS: BilingualText(zh="日", en="days"),
    Unit.WORKING_DAYS: BilingualText(zh="个工作日", en="working days"),
    Unit.MONTHS: BilingualText(zh="个月", en="months"),
    Unit.YEARS: BilingualText(zh="年", en="years"),
}


class Parameter(Record):
    """A dated threshold, sample size or time limit.

    Attributes:
        instrument: the edition that sets it.
        clause: the clause within it.
        value: a count, or a share in [0, 1].
        same_as: citations of the clause that sets the same in other editions.
        starts: of a time limit or a time of keeping, what sets the clock going.
        to: of a time limit, who must have received what is due by then.
    """

    id: str
    instrument: str
    clause: str
    text: BilingualText
    value: Decimal | int
    unit: Unit
    comparison: Comparison
    modal: Modal
    period: Period
    verification: Verification
    same_as: tuple[str, ...] = ()
    starts: BilingualText | None = None
    to: BilingualText | None = None

    @property
    def citation(self) -> str:
        """The clause that sets it, ``TC260-003 9.3``."""
        return f"{self.instrument} {self.clause}"

    def holds(self, measured: Decimal | Fraction | int) -> bool:
        """Whether ``measured`` stands in :attr:`comparison` to :attr:`value`, computed exactly."""
        return self.comparison.holds(measured, self.value)


class RiskGroup(Record):
    """One of the five groups of main safety risks, ``A.1`` to ``A.5``."""

    id: str
    text: BilingualText
    verification: Verification


class Risk(Record):
    """One of the 31 main safety risks.

    Attributes:
        id: the official numbering, ``A.1.f``.
        group: the group's identifier, ``A.1``.
        text: the official Chinese wording with our translation.
    """

    id: str
    group: str
    text: BilingualText
    verification: Verification


class Aspect(Record):
    """One of the 13 aspects that the non-refusal question bank covers."""

    id: str
    clause: str
    text: BilingualText
    verification: Verification


class FactType(StrEnum):
    """What kind of answer a fact takes."""

    BOOL = "bool"
    INTEGER = "integer"
    CHOICE = "choice"
    CHOICES = "choices"


class Choice(Record):
    """One answer that may be chosen."""

    value: str
    text: BilingualText


class FactDefinition(Record):
    """Something about a service on which obligations turn.

    Attributes:
        name: as in profiles and conditions.
        unit: what an integer counts.
        label: the fact as the middle of a sentence.
        question: what to ask whoever knows the service.
        choices: the answers, of a ``choice`` or ``choices``.
    """

    name: str
    type: FactType
    label: BilingualText
    question: BilingualText
    unit: Unit | None = None
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a number without unit and a choice without choices."""
        if (self.type is FactType.INTEGER) is (self.unit is None):
            message = "an integer needs a unit, and nothing else has one; give or remove `unit`"
            raise ValueError(message)
        if (self.type in {FactType.CHOICE, FactType.CHOICES}) is not bool(self.choices):
            message = "choice and choices need `choices`, and nothing else has them; give or remove them"
            raise ValueError(message)

    def choice(self, value: str) -> Choice | None:
        """The choice with that value, if it is one."""
        return next((choice for choice in self.choices if choice.value == value), None)


class ChangeKind(StrEnum):
    """What became of a clause between a draft and its final text."""

    KEPT = "kept"
    SOFTENED = "softened"
    NARROWED = "narrowed"
    EXTENDED = "extended"
    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _CHANGES[self]


_CHANGES = {
    ChangeKind.KEPT: BilingualText(zh="保留", en="kept"),
    ChangeKind.SOFTENED: BilingualText(zh="放宽", en="softened"),
    ChangeKind.NARROWED: BilingualText(zh="收窄", en="narrowed"),
    ChangeKind.EXTENDED: BilingualText(zh="扩展", en="extended"),
    ChangeKind.REMOVED: BilingualText(zh="删除", en="removed"),
    ChangeKind.ADDED: BilingualText(zh="新增", en="added"),
    ChangeKind.MOVED: BilingualText(zh="移位", en="moved"),
    ChangeKind.SPLIT: BilingualText(zh="拆分", en="split"),
    ChangeKind.MERGED: BilingualText(zh="并入", en="merged"),
}


class Change(Record):
    """What became of one or more clauses of an earlier text in a later one.

    Attributes:
        earlier: citations of the clauses of the earlier text; none where something was added.
        later: citations of the clauses of the later text; none where something was removed.
        also: further kinds, where one word does not say it all.
        survives_in: citations of clauses elsewhere that still ask what was removed or softened.
    """

    id: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    kind: ChangeKind
    text: BilingualText
    verification: Verification
    also: tuple[ChangeKind, ...] = ()
    survives_in: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a removal that leads somewhere and an addition that comes from somewhere."""
        if (self.kind is ChangeKind.REMOVED) is bool(self.later):
            message = "what is removed has no `later`, and everything else has; give or remove it"
            raise ValueError(message)
        if (self.kind is ChangeKind.ADDED) is bool(self.earlier):
            message = "what is added has no `earlier`, and everything else has; give or remove it"
            raise ValueError(message)


def carried_over(clauses: Iterable[str], changes: Iterable[Change]) -> frozenset[str]:
    """The clauses that a text has after changes to it.

    Args:
        clauses: citations of the earlier text's clauses.
        changes: what became of them.

    Returns:
        Citations: what the changes lead to from clauses that were there, and whatever no change speaks of.
    """
    standing = frozenset(clauses)
    applied = [change for change in changes if standing.issuperset(change.earlier)]
    gone = {citation for change in applied for citation in change.earlier}
    return (standing - gone) | {citation for change in applied for citation in change.later}


class Fine(Record):
    """A fine as the law states it: a range of renminbi, and what may stand in its place.

    Attributes:
        at_least: the least amount, in RMB.
        at_most: the greatest amount, in RMB; ``None`` where the law names none.
        gains_at_least: instead, at least so many times the unlawful gains.
        gains_at_most: instead, at most so many times the unlawful gains.
        turnover_at_most: instead, at most this share of the previous year's turnover.
    """

    at_least: int = 0
    at_most: int | None = None
    gains_at_least: int | None = None
    gains_at_most: int | None = None
    turnover_at_most: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a range that ends before it begins."""
        if self.at_most is not None and self.at_most < self.at_least:
            message = f"the fine ends at {self.at_most} but begins at {self.at_least}; exchange the two"
            raise ValueError(message)


class Severity(StrEnum):
    """How grave a breach is, the least grave first."""

    BASE = "base"
    SERIOUS = "serious"
    GRAVE = "grave"
    ESPECIALLY_SERIOUS = "especially_serious"

    @property
    def text(self) -> BilingualText:
        """The severity in words."""
        return _SEVERITIES[self]


_SEVERITIES = {
    Severity.BASE: BilingualText(zh="一般", en="base"),
    Severity.SERIOUS: BilingualText(zh="拒不改正或者情节严重", en="refusal or serious"),
    Severity.GRAVE: BilingualText(zh="造成严重后果", en="grave consequences"),
    Severity.ESPECIALLY_SERIOUS: BilingualText(zh="后果特别严重", en="especially serious"),
}


class Sanction(Record):
    """What follows a breach of one severity.

    Attributes:
        fine: on the organisation.
        persons: on those directly responsible.
    """

    severity: Severity
    text: BilingualText
    fine: Fine | None = None
    persons: Fine | None = None


class Penalty(Record):
    """What a law threatens a breach with.

    Attributes:
        clause: citation of the clause that threatens it; it stands as long as that clause.
        breaches: citations of the clauses whose breach it punishes, ``CSL 23``, which includes ``CSL 23.3``;
            or the identifier of an instrument, for whatever it asks.
        sanctions: by severity, the least grave first.
        first: identifiers of the penalties to which it sends a breach first; its own follow where those
            are silent. Which of them a breach falls under depends on the breach.
    """

    id: str
    clause: str
    breaches: tuple[str, ...]
    text: BilingualText
    sanctions: tuple[Sanction, ...]
    verification: Verification
    first: tuple[str, ...] = ()

    @property
    def gravest(self) -> Sanction:
        """What it threatens at worst: the last sanction, with the last fines that were named."""
        fines = [sanction.fine for sanction in self.sanctions if sanction.fine]
        persons = [sanction.persons for sanction in self.sanctions if sanction.persons]
        return msgspec.structs.replace(
            self.sanctions[-1],
            fine=fines[-1] if fines else None,
            persons=persons[-1] if persons else None,
        )

    def covers(self, citation: str) -> bool:
        """Whether a breach of the clause that ``citation`` names is punished by it."""
        instrument, _, _ = citation.partition(" ")
        return any(
            breach in {citation, instrument} or citation.startswith(f"{breach}.") for breach in self.breaches
        )


class ContentCategory(Record):
    """A kind of forbidden or harmful content, with where the law forbids it and where tests look for it.

    Attributes:
        clauses: citations of the clauses that forbid it or speak of it.
        risks: identifiers of the main safety risks that it belongs to.
    """

    id: str
    text: BilingualText
    clauses: tuple[str, ...]
    verification: Verification
    risks: tuple[str, ...] = ()


class Framework(Record):
    """A foreign law or an international standard that the crosswalk points to. It binds nobody here."""

    id: str
    title: BilingualText
    verification: Verification
    url: str | None = None


class Milestone(Record):
    """A day from which something of a framework applies.

    Attributes:
        provision: as the framework numbers it.
    """

    id: str
    framework: str
    provision: str
    day: dt.date
    text: BilingualText
    verification: Verification


class Counterpart(Record):
    """What a framework says on the same matter.

    Attributes:
        provisions: as the framework numbers them.
        partly: whether it is known to cover only part of the matter.
    """

    framework: str
    provisions: tuple[str, ...]
    partly: bool = False


class Crosswalk(Record):
    """A matter, where Chinese law speaks of it, and where others do. Indicative: no claim of equivalence."""

    id: str
    text: BilingualText
    clauses: tuple[str, ...]
    counterparts: tuple[Counterpart, ...]
    verification: Verification


class Renumbered(Record):
    """One article of a law under its two numbers.

    Attributes:
        later: the number in the later edition; ``None`` where the article has no single successor.
        earlier: the number in the earlier edition; ``None`` where the article has no single ancestor.
        changed: whether the words changed too.
    """

    later: str | None = None
    earlier: str | None = None
    changed: bool = False


class Renumbering(Record):
    """How two editions of a law number the same articles.

    Attributes:
        earlier: identifier of the earlier edition.
        later: identifier of the later edition.
    """

    earlier: str
    later: str
    articles: tuple[Renumbered, ...]
    verification: Verification


class Numbered(Record):
    """An article as one edition of its law numbers it.

    Attributes:
        citation: in the edition asked for, ``CSL-2017 47``.
        elsewhere: in the other editions, ``("CSL 49",)``; empty where it has no single counterpart.
        changed: whether the words changed between them.
    """

    citation: str
    elsewhere: tuple[str, ...] = ()
    changed: bool = False


class OverlayEffect(StrEnum):
    """What special rules do to general ones."""

    PREVAILS = "prevails"
    ADDS = "adds"
    RELIEVES = "relieves"

    @property
    def text(self) -> BilingualText:
        """The effect in words."""
        return _EFFECTS[self]


_EFFECTS = {
    OverlayEffect.PREVAILS: BilingualText(zh="优先适用", en="prevails"),
    OverlayEffect.ADDS: BilingualText(zh="同时适用", en="applies besides"),
    OverlayEffect.RELIEVES: BilingualText(zh="予以减轻", en="relieves"),
}


class Overlay(Record):
    """Special rules that prevail over, add to or relieve from general ones.

    Attributes:
        clauses: citations of the clauses that say so.
        when: the condition on the facts of a service, as in an obligation.
        over: identifiers of the instruments that the special rules are laid over.
        by: identifiers of the instruments that hold the special rules, as far as they stand here.
    """

    id: str
    clauses: tuple[str, ...]
    text: BilingualText
    when: str
    effect: OverlayEffect
    over: tuple[str, ...]
    by: tuple[str, ...] = ()


class Book(Record):
    """Everything the data files say, as one value."""

    sources: tuple[Source, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    facts: tuple[FactDefinition, ...] = ()
    terms: tuple[Term, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    risk_groups: tuple[RiskGroup, ...] = ()
    risks: tuple[Risk, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    changes: tuple[Change, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    categories: tuple[ContentCategory, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    crosswalks: tuple[Crosswalk, ...] = ()
    renumberings: tuple[Renumbering, ...] = ()
    overlays: tuple[Overlay, ...] = ()


def strongest(forces: Iterable[Force]) -> Force:
    """The strongest of several forces: one binding clause makes an obligation binding."""
    return min(forces, key=list(Force).index)
