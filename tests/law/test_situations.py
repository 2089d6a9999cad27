"""Situations a lawyer can read: a service on a day, and what applies to it.

Each file in this folder is one situation. A line under ``applies``, ``does_not_apply`` or ``cannot_tell``
names an obligation and may name clauses that must be cited; obligations that are not named are free.
"""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from hegui.core import BilingualText, Record, load_document
from hegui.rulebook import Force, Rulebook
from hegui.scope import FilingRoute, Judgement, ServiceProfile, judge_all, special_rules
from hegui.scope.model import FactValue, check_facts, open_questions
from hegui.scope.route import filing_routes

SITUATIONS = sorted(Path(__file__).parent.glob("*.yaml"))


class Expected(Record):
    """What must hold on one day.

    Attributes:
        because: of an obligation, the facts that decide it or are open, no more and no less.
        not_in_force: obligations that nobody had on that day.
        first_question: the fact on which most obligations wait.
        routes: the procedures that are needed, no more and no less.
        routes_open: the procedures of which it cannot be told yet, no more and no less.
        penalties: of an obligation, the clauses that threaten a breach, no more and no less.
        penalties_first: of an obligation, the clauses to which those send it first, no more and no less.
        special: the special rules that are laid over the general ones, no more and no less.
    """

    day: dt.date
    why: str
    facts: dict[str, FactValue] = msgspec.field(default_factory=dict)
    applies: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    does_not_apply: tuple[str, ...] = ()
    cannot_tell: tuple[str, ...] = ()
    not_in_force: tuple[str, ...] = ()
    because: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    proposed: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    first_question: str | None = None
    routes: frozenset[FilingRoute] | None = None
    routes_open: frozenset[FilingRoute] | None = None
    penalties: dict[str, frozenset[str]] = msgspec.field(default_factory=dict)
    penalties_first: dict[str, frozenset[str]] = msgspec.field(default_factory=dict)
    special: frozenset[str] | None = None


class Situation(Record):
    """A service and what must hold for it, day by day; a day may add or change facts."""

    situation: str
    facts: dict[str, FactValue]
    days: tuple[Expected, ...]


def _profile(rulebook: Rulebook, situation: Situation, day: Expected) -> ServiceProfile:
    profile = ServiceProfile(
        name=BilingualText(zh="情形", en="situation"),
        provider=BilingualText(zh="甲", en="A"),
        facts={**situation.facts, **day.facts},
    )
    check_facts(profile.facts, rulebook.facts)
    return profile


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_the_situation_is_judged_as_the_lawyer_says(path, rulebook):
    situation = load_document(path, Situation)
    known = {obligation.id for obligation in rulebook.obligations}
    for day in situation.days:
        profile = _profile(rulebook, situation, day)
        judged = {item.obligation: item for item in judge_all(rulebook, profile.facts, on=day.day)}
        wrong = [
            *_misjudged(judged, Judgement.APPLIES, day.applies),
            *_misjudged(judged, Judgement.DOES_NOT_APPLY, day.does_not_apply),
            *_misjudged(judged, Judgement.CANNOT_TELL, day.cannot_tell),
            *(f"{name} is in force" for name in day.not_in_force if name in judged or name not in known),
            *_badly_reasoned(judged, day),
            *_misrouted(judged, day),
            *_mispunished(judged, day, rulebook),
            *_misruled(profile, day, rulebook),
        ]
        assert not wrong, f"{situation.situation}, {day.day} ({day.why}): {wrong}"
        if day.first_question:
            assert open_questions(judged.values(), rulebook.facts)[0].fact == day.first_question


def _misjudged(judged, judgement, names):
    for name in names:
        item = judged.get(name)
        if item is None:
            yield f"{name} is not in force"
        elif item.judgement is not judgement:
            yield f"{name} is judged {item.judgement} by {[reason.fact for reason in item.reasons]}"


def _badly_reasoned(judged, day):
    for name, clauses in day.applies.items():
        missing = set(clauses) - set(judged[name].clauses) if name in judged else set()
        if missing:
            yield f"{name} does not cite {sorted(missing)}"
    for name, facts in day.because.items():
        given = {reason.fact for reason in judged[name].reasons}
        if given != set(facts):
            yield f"{name} is reasoned by {sorted(given)}"
    for name in day.proposed:
        if judged[name].force is not Force.PROPOSED:
            yield f"{name} is {judged[name].force}"
    for name in day.unverified:
        if judged[name].verified:
            yield f"{name} counts as verified"


def _misrouted(judged, day):
    found = filing_routes(judged.values())
    for expected, judgement in ((day.routes, Judgement.APPLIES), (day.routes_open, Judgement.CANNOT_TELL)):
        routes = {finding.route for finding in found if finding.judgement is judgement}
        if expected is not None and routes != expected:
            yield f"the procedures judged {judgement} are {sorted(routes)}"


def _mispunished(judged, day, rulebook):
    penalties = {penalty.id: penalty for penalty in rulebook.penalties}
    for name, expected in day.penalties.items():
        given = {penalties[identifier].clause for identifier in judged[name].penalties}
        if given != expected:
            yield f"{name} is threatened by {sorted(given)}"
    for name, expected in day.penalties_first.items():
        threats = [penalties[identifier] for identifier in judged[name].penalties]
        given = {first.clause for threat in threats for first in rulebook.first_of(threat, on=day.day)}
        if given != expected:
            yield f"{name} is first threatened by {sorted(given)}"


def _misruled(profile, day, rulebook):
    if day.special is not None:
        found = special_rules(rulebook, profile.facts, on=day.day)
        given = {finding.overlay for finding in found if finding.judgement is Judgement.APPLIES}
        if given != day.special:
            yield f"the special rules are {sorted(given)}"


def test_there_are_situations_enough():
    assert len(SITUATIONS) >= 60


def test_every_day_on_which_an_obligation_begins_or_ends_has_its_eve_and_its_day(rulebook):
    told = {day.day for path in SITUATIONS for day in load_document(path, Situation).days}
    periods = [obligation.period for obligation in rulebook.obligations]
    turns = {day for period in periods for day in (period.since, period.until) if day}
    silent = sorted(day for day in turns if not {day, day - dt.timedelta(days=1)} <= told)
    assert not silent
