"""What the data files must be together: every reference leads somewhere, no exception runs in a circle.

Each fault names file, line and field, and says what to do.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from hegui.core import Period, nearest
from hegui.rulebook.conditions import InvalidCondition, Vocabulary
from hegui.rulebook.files import Located, Reading
from hegui.rulebook.model import Clause, Obligation, Parameter, Severity, Verification

T = TypeVar("T")


def check(reading: Reading) -> None:
    """Refuse a folder of data files that do not fit together.

    Raises:
        InvalidDocument: a name is given twice, a reference leads nowhere, a condition is malformed,
            two versions are in force on one day, or exceptions run in a circle.
    """
    _check_names(reading)
    _check_verifications(reading)
    _check_instruments(reading)
    _check_citations(reading)
    _check_changes(reading)
    _check_penalties(reading)
    _check_risks(reading)
    _check_frameworks(reading)
    _check_renumberings(reading)
    _check_overlays(reading)
    _check_conditions(reading)
    _check_versions(reading)
    _check_exceptions(reading)


def _check_names(reading: Reading) -> None:
    _refuse_repeated(reading.sources, lambda source: source.code, "code")
    _refuse_repeated(reading.instruments, lambda instrument: instrument.id, "id")
    _refuse_repeated(reading.clauses, lambda clause: clause.citation, "id")
    _refuse_repeated([*reading.facts], lambda fact: fact.name, "name")
    _refuse_repeated(reading.terms, lambda term: term.id, "id")
    _refuse_repeated(reading.risk_groups, lambda group: group.id, "id")
    _refuse_repeated(reading.risks, lambda risk: risk.id, "id")
    _refuse_repeated(reading.aspects, lambda aspect: aspect.id, "id")
    _refuse_repeated(reading.changes, lambda change: change.id, "id")
    _refuse_repeated(reading.penalties, lambda penalty: penalty.id, "id")
    _refuse_repeated(reading.categories, lambda category: category.id, "id")
    _refuse_repeated(reading.frameworks, lambda framework: framework.id, "id")
    _refuse_repeated(reading.milestones, lambda milestone: milestone.id, "id")
    _refuse_repeated(reading.crosswalks, lambda crosswalk: crosswalk.id, "id")
    _refuse_repeated(reading.overlays, lambda overlay: overlay.id, "id")
    facts = {fact.value.name for fact in reading.facts}
    for term in reading.terms:
        if term.value.id in facts:
            raise term.fault(
                "id",
                zh=f"{term.value.id} 已是事实的名字；请给术语换一个",
                en=f"{term.value.id} is the name of a fact already; give the term another",
            )


def _refuse_repeated(items: Iterable[Located[T]], name: Callable[[T], str], field: str) -> None:
    seen: dict[str, Located[T]] = {}
    for item in items:
        identifier = name(item.value)
        if identifier in seen:
            first = seen[identifier]
            place = f"{first.path.name} {first.field}".strip()
            raise item.fault(
                field,
                zh=f"{identifier} 已在 {place} 出现；请改名或删去一个",
                en=f"{identifier} stands in {place} already; rename or remove one",
            )
        seen[identifier] = item


def _check_verifications(reading: Reading) -> None:
    codes = {source.value.code for source in reading.sources}
    checked: list[tuple[Located[Any], Verification]] = [
        *((item, item.value.verification) for item in reading.instruments),
        *((item, item.value.verification) for item in reading.clauses),
        *((item, item.value.verification) for item in reading.parameters),
        *((item, item.value.verification) for item in reading.risk_groups),
        *((item, item.value.verification) for item in reading.risks),
        *((item, item.value.verification) for item in reading.aspects),
        *((item, item.value.verification) for item in reading.changes),
        *((item, item.value.verification) for item in reading.penalties),
        *((item, item.value.verification) for item in reading.categories),
        *((item, item.value.verification) for item in reading.frameworks),
        *((item, item.value.verification) for item in reading.milestones),
        *((item, item.value.verification) for item in reading.crosswalks),
        *((item, item.value.verification) for item in reading.renumberings),
    ]
    for item, verification in checked:
        for code in filter(None, verification.source.split(", ")):
            if code not in codes:
                _refuse_unknown(item, "verification.source", code, codes, zh="来源", en="source")


def _check_instruments(reading: Reading) -> None:
    known = {instrument.value.id for instrument in reading.instruments}
    for instrument in reading.instruments:
        for index, identifier in enumerate(instrument.value.supersedes):
            if identifier not in known:
                field = f"supersedes[{index}]"
                _refuse_unknown(instrument, field, identifier, known, zh="文件", en="instrument")
    for parameter in reading.parameters:
        if parameter.value.instrument not in known:
            wanted = parameter.value.instrument
            _refuse_unknown(parameter, "instrument", wanted, known, zh="文件", en="instrument")


def _check_citations(reading: Reading) -> None:
    clauses = {clause.value.citation: clause for clause in reading.clauses}
    for clause in reading.clauses:
        _refuse_uncited(clause, "same_as", clause.value.same_as, clauses)
    for term in reading.terms:
        _refuse_uncited(term, "clauses", term.value.clauses, clauses)
    for aspect in reading.aspects:
        _refuse_uncited(aspect, "clause", (aspect.value.clause,), clauses)
    for parameter in reading.parameters:
        _refuse_uncited(parameter, "same_as", parameter.value.same_as, clauses)
        _refuse_uncited(parameter, "clause", (parameter.value.citation,), clauses)
    for category in reading.categories:
        _refuse_uncited(category, "clauses", category.value.clauses, clauses)
    for crosswalk in reading.crosswalks:
        _refuse_uncited(crosswalk, "clauses", crosswalk.value.clauses, clauses)
    for overlay in reading.overlays:
        _refuse_uncited(overlay, "clauses", overlay.value.clauses, clauses)
    _check_obligations(reading, clauses)


def _check_obligations(reading: Reading, clauses: Mapping[str, Located[Clause]]) -> None:
    parameters = {parameter.value.id for parameter in reading.parameters}
    periods = {instrument.value.id: instrument.value.period for instrument in reading.instruments}
    for obligation in reading.obligations:
        value = obligation.value
        if not value.clauses:
            raise obligation.fault(
                "clauses",
                zh="义务没有引用任何条款；没有条款就没有义务",
                en="the obligation cites no clause; without a clause there is no obligation",
            )
        _refuse_uncited(obligation, "clauses", value.clauses, clauses)
        for index, citation in enumerate(value.clauses):
            clause = clauses[citation].value
            within = clause.period or periods[clause.instrument]
            _refuse_outside(obligation, f"clauses[{index}]", citation, within)
        for index, identifier in enumerate(value.parameters):
            if identifier not in parameters:
                field = f"parameters[{index}]"
                _refuse_unknown(obligation, field, identifier, parameters, zh="参数", en="parameter")


def _refuse_outside(obligation: Located[Obligation], field: str, citation: str, within: Period) -> None:
    period = obligation.value.period
    early = period.since < within.since
    late = within.until is not None and (period.until is None or period.until > within.until)
    if early or late:
        raise obligation.fault(
            field,
            zh=f"{citation} 的有效期是 {_span(within)}，没有盖住义务的 {_span(period)}；请分成两个版本",
            en=f"{citation} is in force {_span(within)}, which does not cover the obligation's"
            f" {_span(period)}; make two versions of it",
        )


def _span(period: Period) -> str:
    return f"[{period.since}, {period.until or '…'})"


def _check_changes(reading: Reading) -> None:
    clauses = {clause.value.citation for clause in reading.clauses}
    for change in reading.changes:
        for field in ("earlier", "later", "survives_in"):
            _refuse_uncited(change, field, getattr(change.value, field), clauses)


def _check_penalties(reading: Reading) -> None:
    clauses = {clause.value.citation for clause in reading.clauses}
    breached = clauses | {instrument.value.id for instrument in reading.instruments}
    penalties = {penalty.value.id for penalty in reading.penalties}
    for penalty in reading.penalties:
        for index, identifier in enumerate(penalty.value.first):
            if identifier not in penalties:
                _refuse_unknown(penalty, f"first[{index}]", identifier, penalties, zh="罚则", en="penalty")
        _refuse_uncited(penalty, "clause", (penalty.value.clause,), clauses)
        _refuse_uncited(penalty, "breaches", penalty.value.breaches, breached)
        severities = [sanction.severity for sanction in penalty.value.sanctions]
        if severities != sorted(set(severities), key=list(Severity).index) or not severities:
            raise penalty.fault(
                "sanctions",
                zh="处罚应当按 base、serious、grave、especially_serious 的次序，每档至多一项，至少有一档",
                en="sanctions stand in the order base, serious, grave, especially_serious, at most one"
                " of each and at least one in all",
            )


def _check_risks(reading: Reading) -> None:
    groups = {group.value.id for group in reading.risk_groups}
    for risk in reading.risks:
        if risk.value.group not in groups:
            _refuse_unknown(risk, "group", risk.value.group, groups, zh="风险类", en="risk group")
    risks = {risk.value.id for risk in reading.risks}
    for category in reading.categories:
        for index, identifier in enumerate(category.value.risks):
            if identifier not in risks:
                _refuse_unknown(category, f"risks[{index}]", identifier, risks, zh="风险", en="risk")


def _check_frameworks(reading: Reading) -> None:
    known = {framework.value.id for framework in reading.frameworks}
    named: list[tuple[Located[Any], str, str]] = [
        *((item, "framework", item.value.framework) for item in reading.milestones),
        *(
            (item, f"counterparts[{index}].framework", counterpart.framework)
            for item in reading.crosswalks
            for index, counterpart in enumerate(item.value.counterparts)
        ),
    ]
    for item, field, framework in named:
        if framework not in known:
            _refuse_unknown(item, field, framework, known, zh="框架", en="framework")


def _check_renumberings(reading: Reading) -> None:
    instruments = {instrument.value.id for instrument in reading.instruments}
    for renumbering in reading.renumberings:
        for field in ("earlier", "later"):
            identifier = getattr(renumbering.value, field)
            if identifier not in instruments:
                _refuse_unknown(renumbering, field, identifier, instruments, zh="文件", en="instrument")
            numbers: list[str] = []
            for index, article in enumerate(renumbering.value.articles):
                number = getattr(article, field)
                if number is not None and number in numbers:
                    raise renumbering.fault(
                        f"articles[{index}]",
                        zh=f"{identifier} 第 {number} 条出现了两次；请删去一个",
                        en=f"article {number} of {identifier} stands here twice; remove one",
                    )
                numbers.append(number)


def _check_overlays(reading: Reading) -> None:
    instruments = {instrument.value.id for instrument in reading.instruments}
    for overlay in reading.overlays:
        for field in ("over", "by"):
            for index, identifier in enumerate(getattr(overlay.value, field)):
                if identifier not in instruments:
                    place = f"{field}[{index}]"
                    _refuse_unknown(overlay, place, identifier, instruments, zh="文件", en="instrument")


def _refuse_uncited(item: Located[T], field: str, citations: tuple[str, ...], known: Iterable[str]) -> None:
    for citation in citations:
        if citation not in known:
            _refuse_unknown(item, field, citation, known, zh="条款", en="clause")


def _refuse_unknown(
    item: Located[T], field: str, name: str, known: Iterable[str], *, zh: str, en: str
) -> None:
    close = nearest(name, known)
    raise item.fault(
        field,
        zh=f"没有{zh} {name}" + (f"；是不是 {close}？" if close else "；请先录入，或删去这个引用"),
        en=f"there is no {en} {name}"
        + (f"; did you mean {close}?" if close else "; enter it first, or remove the reference"),
    )


def _check_conditions(reading: Reading) -> None:
    vocabulary = Vocabulary((fact.value for fact in reading.facts), (term.value for term in reading.terms))
    for term in reading.terms:
        # By its name, so that a term defined by itself is found.
        _refuse_malformed(term, "means", term.value.id, vocabulary)
    for obligation in reading.obligations:
        _refuse_malformed(obligation, "when", obligation.value.when, vocabulary)
    for overlay in reading.overlays:
        _refuse_malformed(overlay, "when", overlay.value.when, vocabulary)


def _refuse_malformed(item: Located[T], field: str, condition: str, vocabulary: Vocabulary) -> None:
    try:
        vocabulary.parse(condition)
    except InvalidCondition as error:
        raise item.fault(field, zh=error.text.zh, en=error.text.en) from error


def _check_versions(reading: Reading) -> None:
    _refuse_overlapping(reading.obligations)
    _refuse_overlapping(reading.parameters)


def _refuse_overlapping(
    items: tuple[Located[Obligation], ...] | tuple[Located[Parameter], ...],
) -> None:
    versions: dict[str, list[Located[Obligation] | Located[Parameter]]] = {}
    for item in items:
        for other in versions.setdefault(item.value.id, []):
            if item.value.period.overlaps(other.value.period):
                raise item.fault(
                    "period",
                    zh=f"{item.value.id} 的两个版本都在 {_span(item.value.period)} 与"
                    f" {_span(other.value.period)} 内有效；请给较早的一个写上 until",
                    en=f"two versions of {item.value.id} are in force together, {_span(item.value.period)}"
                    f" and {_span(other.value.period)}; give the earlier one an `until`",
                )
        versions[item.value.id].append(item)


def _check_exceptions(reading: Reading) -> None:
    known = {obligation.value.id for obligation in reading.obligations}
    prevailing: dict[str, set[str]] = {identifier: set() for identifier in known}
    for obligation in reading.obligations:
        for index, identifier in enumerate(obligation.value.unless):
            if identifier not in known:
                _refuse_unknown(obligation, f"unless[{index}]", identifier, known, zh="义务", en="obligation")
            prevailing[obligation.value.id].add(identifier)
    finished: set[str] = set()
    for obligation in reading.obligations:
        circle = _circle(obligation.value.id, prevailing, [], finished)
        if circle:
            written = " → ".join(circle)
            raise obligation.fault(
                "unless",
                zh=f"优先关系成环：{written}；请断开一处",
                en=f"exceptions run in a circle: {written}; cut it somewhere",
            )


def _circle(
    identifier: str, prevailing: Mapping[str, set[str]], path: list[str], finished: set[str]
) -> list[str]:
    """The identifiers along a circle reached from ``identifier``; empty where there is none."""
    if identifier in path:
        return [*path[path.index(identifier) :], identifier]
    if identifier in finished:
        return []
    for prevailer in sorted(prevailing[identifier]):
        circle = _circle(prevailer, prevailing, [*path, identifier], finished)
        if circle:
            return circle
    finished.add(identifier)
    return []
