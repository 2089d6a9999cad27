"""Three-valued judgement of conditions and obligations, with the facts that decided it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias, cast

from hegui.core import BilingualText, InvalidInput, Record, nearest
from hegui.rulebook import (
    Chosen,
    Condition,
    Defined,
    Either,
    Every,
    FactDefinition,
    FactType,
    Force,
    Included,
    Measured,
    Modal,
    Negated,
    OverlayEffect,
    Stated,
)

FactValue: TypeAlias = bool | int | str | tuple[str, ...]


class InvalidFact(InvalidInput):
    """A profile states what is no fact, or a value that the fact cannot have.

    Attributes:
        fact: the name in the profile.
    """

    def __init__(self, fact: str, *, zh: str, en: str) -> None:
        """Keep the name beside the message."""
        super().__init__(zh=zh, en=en)
        self.fact = fact


class ServiceProfile(Record):
    """What is known about a service.

    Attributes:
        facts: by name; a fact that is not here is unknown.
    """

    name: BilingualText
    provider: BilingualText
    facts: dict[str, FactValue]


def check_facts(facts: Mapping[str, object], definitions: Mapping[str, FactDefinition]) -> None:
    """Refuse facts that the rulebook does not define.

    Raises:
        InvalidFact: a name is not known, or a value is not of its type.
    """
    for name, value in facts.items():
        if name not in definitions:
            close = nearest(name, definitions)
            raise InvalidFact(
                name,
                zh=f"没有名为 {name} 的事实"
                + (f"；是不是 {close}？" if close else "；hegui law facts 列出全部"),
                en=f"there is no fact {name}"
                + (f"; did you mean {close}?" if close else "; hegui law facts lists them all"),
            )
        _check_value(definitions[name], value)


def _check_value(definition: FactDefinition, value: object) -> None:
    name = definition.name
    if definition.type is FactType.BOOL and not isinstance(value, bool):
        raise InvalidFact(
            name,
            zh=f"{name} 的值 {value!r} 不是 true 或 false；不知道就删去这一行",
            en=f"{name} is {value!r}, not true or false; leave the line out where you do not know",
        )
    if definition.type is FactType.INTEGER and (type(value) is not int or value < 0):
        raise InvalidFact(
            name,
            zh=f"{name} 的值 {value!r} 不是非负整数；不知道就删去这一行",
            en=f"{name} is {value!r}, not a whole number from 0 on; leave the line out where you do not know",
        )
    if definition.type is FactType.CHOICE:
        _check_choices(definition, (value,))
    if definition.type is FactType.CHOICES:
        if not isinstance(value, tuple | list):
            example = definition.choices[0].value
            raise InvalidFact(
                name,
                zh=f"{name} 的值 {value!r} 不是列表；写成例如 [{example}]，没有则写 []",
                en=f"{name} is {value!r}, not a list; write, say, [{example}], or [] for none",
            )
        _check_choices(definition, value)


def _check_choices(definition: FactDefinition, values: Iterable[object]) -> None:
    known = [choice.value for choice in definition.choices]
    for value in values:
        if value not in known:
            close = nearest(str(value), known)
            raise InvalidFact(
                definition.name,
                zh=f"{definition.name} 没有选项 {value!r}"
                + (f"；是不是 {close}？" if close else f"；可选：{', '.join(known)}"),
                en=f"{definition.name} has no choice {value!r}"
                + (f"; did you mean {close}?" if close else f"; the choices are {', '.join(known)}"),
            )


class Finding(NamedTuple):
    """Whether a condition holds, and by which facts.

    Attributes:
        value: ``None`` where the known facts do not settle it.
        facts: the facts that settle it; where nothing does, the facts that are open.
    """

    value: bool | None
    facts: frozenset[str]


_NO_FACTS: frozenset[str] = frozenset()


def find(
    condition: Condition, facts: Mapping[str, FactValue], found: dict[int, Finding] | None = None
) -> Finding:
    """Judge ``condition`` by Kleene's strong logic.

    True and false hold for every completion of the unknown facts.

    Args:
        condition: parsed by one vocabulary, so that equal conditions are one object.
        facts: what is known.
        found: findings of conditions met before with the same facts; it grows.
    """
    found = {} if found is None else found
    known = found.get(id(condition))
    if known is None:
        known = found[id(condition)] = _find(condition, facts, found)
    return known


def _find(condition: Condition, facts: Mapping[str, FactValue], found: dict[int, Finding]) -> Finding:
    match condition:
        case Defined(means=means):
            return find(means, facts, found)
        case Negated(of=of):
            return opposite(find(of, facts, found))
        case Every(of=of):
            return join([find(part, facts, found) for part in of], decisive=False)
        case Either(of=of):
            return join([find(part, facts, found) for part in of], decisive=True)
        case _:
            value = facts.get(condition.fact)
            return Finding(None if value is None else _holds(condition, value), frozenset({condition.fact}))


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """A condition and whatever holds wherever it holds: the parts of what has to hold together."""
    match condition:
        case Defined(means=means):
            parts = conjuncts(means)
        case Every(of=of):
            parts = tuple(inner for part in of for inner in conjuncts(part))
        case _:
            parts = ()
    return (condition, *parts)


def _holds(condition: Stated | Measured | Chosen | Included, value: FactValue) -> bool:
    """Whether a known value meets the condition; check_facts has seen that it is of the fact's type."""
    match condition:
        case Stated():
            return value is True
        case Measured(comparison=comparison, value=threshold):
            return comparison.holds(cast("int", value), threshold)
        case Chosen(values=values):
            return value in values
    return condition.value in cast("tuple[str, ...]", value)


def opposite(finding: Finding) -> Finding:
    """The finding of the negated condition, for the same reasons."""
    return Finding(None if finding.value is None else not finding.value, finding.facts)


def join(findings: list[Finding], *, decisive: bool) -> Finding:
    """The finding over several together.

    Args:
        findings: of the parts.
        decisive: the value that one part alone is enough to give the whole: false for "every", true
            for "either".
    """
    deciding = [finding for finding in findings if finding.value is decisive]
    if deciding:
        # The fewest facts make the clearest reason; the names make the choice independent of order.
        return min(deciding, key=lambda finding: (len(finding.facts), sorted(finding.facts)))
    value = None if any(finding.value is None for finding in findings) else not decisive
    return Finding(value, _NO_FACTS.union(*(finding.facts for finding in findings if finding.value is value)))


class Judgement(StrEnum):
    """Whether an obligation applies."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    CANNOT_TELL = "cannot_tell"

    @property
    def text(self) -> BilingualText:
        """The judgement in words."""
        return _JUDGEMENTS[self]


_JUDGEMENTS = {
    Judgement.APPLIES: BilingualText(zh="适用", en="applies"),
    Judgement.DOES_NOT_APPLY: BilingualText(zh="不适用", en="does not apply"),
    Judgement.CANNOT_TELL: BilingualText(zh="尚不能确定", en="cannot tell yet"),
}


JUDGEMENT_OF = {
    True: Judgement.APPLIES,
    False: Judgement.DOES_NOT_APPLY,
    None: Judgement.CANNOT_TELL,
}
"""The judgement that a finding's value means."""


class Reason(Record):
    """One fact behind a judgement; its value is ``None`` where it is open."""

    fact: str
    value: FactValue | None


class Applicability(Record):
    """Whether one obligation applies, by which clauses, and why.

    Attributes:
        reasons: the facts that decided it, or those still open.
        prevailed_by: identifiers of obligations that apply instead of this one.
        verified: whether every cited clause was checked against a source.
        evidence: what whoever is bound keeps to show that it is met.
        penalties: identifiers of the penalties for a breach that stand on the day.
        parameters: identifiers of the thresholds and time limits it works with that are set on the day.
    """

    obligation: str
    text: BilingualText
    clauses: tuple[str, ...]
    modal: Modal
    force: Force
    judgement: Judgement
    reasons: tuple[Reason, ...]
    prevailed_by: tuple[str, ...]
    verified: bool
    evidence: tuple[BilingualText, ...] = ()
    penalties: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class OpenQuestion(Record):
    """A fact that is unknown and on which obligations wait.

    Attributes:
        obligations: identifiers of the obligations that wait on it.
    """

    fact: str
    question: BilingualText
    obligations: tuple[str, ...]


class FilingRoute(StrEnum):
    """A procedure before the authorities that a service may have to go through."""

    LLM_FILING = "llm_filing"
    REGISTRATION = "registration"
    ALGORITHM_FILING = "algorithm_filing"
    SECURITY_ASSESSMENT = "security_assessment"

    @property
    def text(self) -> BilingualText:
        """The procedure as the authorities call it."""
        return _ROUTES[self]


_ROUTES = {
    FilingRoute.LLM_FILING: BilingualText(zh="大模型上线备案", en="filing of the large language model"),
    FilingRoute.REGISTRATION: BilingualText(zh="服务登记", en="registration of the service"),
    FilingRoute.ALGORITHM_FILING: BilingualText(zh="算法备案", en="algorithm filing"),
    FilingRoute.SECURITY_ASSESSMENT: BilingualText(zh="安全评估", en="security assessment"),
}


class RouteFinding(Record):
    """Whether a service has to go through a procedure, and by which obligations.

    Attributes:
        obligations: identifiers of those that decide it; none where nobody had such a duty on the day.
        reasons: the facts that decided them, or those still open.
    """

    route: FilingRoute
    judgement: Judgement
    obligations: tuple[str, ...]
    clauses: tuple[str, ...]
    reasons: tuple[Reason, ...]


class OverlayFinding(Record):
    """Whether special rules are laid over general ones for a service, and by which facts.

    Attributes:
        over: identifiers of the instruments that the special rules are laid over.
        by: identifiers of the instruments that hold the special rules, as far as the rulebook has them.
        reasons: the facts that decided it, or those still open.
    """

    overlay: str
    text: BilingualText
    effect: OverlayEffect
    judgement: Judgement
    clauses: tuple[str, ...]
    over: tuple[str, ...]
    by: tuple[str, ...]
    reasons: tuple[Reason, ...]


class ScopeReport(Record):
    """What applies to a service on a legal day.

    Attributes:
        profile: the digest of the profile.
        rulebook: the digest of the rulebook's data.
        applicabilities: of every obligation in force or proposed on the day.
        routes: every procedure before the authorities, whether needed or not.
        overlays: the special rules of the day, whether laid over the service's general ones or not.
        open_questions: those on which most obligations wait first.
        entry: the ledger entry that records it, ``main/17``; ``None`` where it was only asked.
    """

    name: BilingualText
    provider: BilingualText
    on: dt.date
    profile: str
    rulebook: str
    applicabilities: tuple[Applicability, ...]
    routes: tuple[RouteFinding, ...]
    overlays: tuple[OverlayFinding, ...]
    open_questions: tuple[OpenQuestion, ...]
    entry: str | None = None

    def judged(self, judgement: Judgement, force: Force | None = None) -> tuple[Applicability, ...]:
        """The obligations so judged, of one force or of every one."""
        return tuple(
            item
            for item in self.applicabilities
            if item.judgement is judgement and (force is None or item.force is force)
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many obligations were judged how."""
        counted = Counter(item.judgement for item in self.applicabilities)
        return {judgement.value: counted[judgement] for judgement in Judgement}


def open_questions(
    applicabilities: Iterable[Applicability], definitions: Mapping[str, FactDefinition]
) -> tuple[OpenQuestion, ...]:
    """The questions that are open, ranked by how many obligations wait on each.

    Obligations that are only proposed ask no questions.
    """
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for item in applicabilities:
        if item.judgement is Judgement.CANNOT_TELL and item.force is not Force.PROPOSED:
            for reason in item.reasons:
                waiting[reason.fact].append(item.obligation)
    ranked = sorted(waiting.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(
        OpenQuestion(fact=fact, question=definitions[fact].question, obligations=tuple(obligations))
        for fact, obligations in ranked
    )
