"""Judging a service against the rulebook."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from hegui.core import Clock, Json, canonical_json, digest_value, legal_day, to_json
from hegui.ledger import Ledger
from hegui.rulebook import LiveObligation, Overlay, Rulebook
from hegui.scope.model import (
    JUDGEMENT_OF,
    Applicability,
    FactValue,
    Finding,
    Judgement,
    OverlayFinding,
    Reason,
    ScopeReport,
    ServiceProfile,
    check_facts,
    conjuncts,
    find,
    join,
    open_questions,
    opposite,
)
from hegui.scope.profile import read_profile
from hegui.scope.route import filing_routes
from hegui.store import Blobs, Database


class Scope:
    """Says which obligations apply to a service, and records what it said."""

    def __init__(
        self, *, database: Database, blobs: Blobs, ledger: Ledger, rulebook: Rulebook, clock: Clock
    ) -> None:
        """Judge by ``rulebook`` and leave evidence in ``ledger``."""
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock

    def read(self, path: Path) -> ServiceProfile:
        """The profile that a file states.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it cannot be read, or states a fact or value that the rulebook does not know.
        """
        return read_profile(path, self._rulebook)

    def judge(self, profile: ServiceProfile, *, on: dt.date) -> ScopeReport:
        """What applies to ``profile`` on a legal day. Only reads.

        Raises:
            InvalidFact: the profile states a fact or value that the rulebook does not know.
        """
        check_facts(profile.facts, self._rulebook.facts)
        docket = _Docket(self._rulebook, profile.facts, on)
        applicabilities = docket.applicabilities()
        return ScopeReport(
            name=profile.name,
            provider=profile.provider,
            on=on,
            profile=digest_value(to_json(profile)),
            rulebook=self._rulebook.digest,
            applicabilities=applicabilities,
            routes=filing_routes(applicabilities),
            overlays=docket.overlays(),
            open_questions=open_questions(applicabilities, self._rulebook.facts),
        )

    def decide(self, profile: ServiceProfile | Path, *, on: dt.date | None = None) -> ScopeReport:
        """Judge a profile and record the outcome as ``scope.judged``.

        Args:
            profile: a profile, or the path of its file.
            on: a legal day; today in China where it is left out.

        Raises:
            NotFound: there is no such file.
            InvalidInput: the profile states a fact or value that the rulebook does not know.
        """
        stated = self.read(profile) if isinstance(profile, Path) else profile
        report = self.judge(stated, on=on or legal_day(self._clock()))
        self._blobs.put(canonical_json(to_json(stated)))
        with self._database.write() as connection:
            entry = self._ledger.record(connection, kind="scope.judged", content=_evidence(stated, report))
        return msgspec.structs.replace(report, entry=str(entry))

    def newest(self) -> Mapping[str, Judgement]:
        """What the newest judgement on record says of each obligation; nothing where none was recorded."""
        entry = self._ledger.latest("scope.judged")
        if entry is None or not isinstance(entry.content, dict):
            return {}
        return {item["id"]: Judgement(item["judgement"]) for item in entry.content["obligations"]}


def judge_all(
    rulebook: Rulebook, facts: Mapping[str, FactValue], *, on: dt.date
) -> tuple[Applicability, ...]:
    """Whether each obligation in force or proposed on a legal day applies, in the rulebook's order."""
    return _Docket(rulebook, facts, on).applicabilities()


def special_rules(
    rulebook: Rulebook, facts: Mapping[str, FactValue], *, on: dt.date
) -> tuple[OverlayFinding, ...]:
    """Whether each set of special rules of a legal day is laid over the general ones."""
    return _Docket(rulebook, facts, on).overlays()


_HOLDS = Finding(value=True, facts=frozenset())
_NOTHING_GIVEN: Mapping[int, Finding] = MappingProxyType({})


class _Docket:
    """The obligations of one day, judged for one set of facts, each condition once."""

    def __init__(self, rulebook: Rulebook, facts: Mapping[str, FactValue], on: dt.date) -> None:
        self._rulebook = rulebook
        self._facts = facts
        self._on = on
        self._live = {live.obligation.id: live for live in rulebook.live_on(on)}
        self._found: dict[int, Finding] = {}
        self._reasons: dict[frozenset[str], tuple[Reason, ...]] = {}

    def applicabilities(self) -> tuple[Applicability, ...]:
        return tuple(map(self._applicability, self._live.values()))

    def overlays(self) -> tuple[OverlayFinding, ...]:
        return tuple(map(self._overlay, self._rulebook.overlays_on(self._on)))

    def _overlay(self, overlay: Overlay) -> OverlayFinding:
        finding = find(self._rulebook.condition(overlay), self._facts, self._found)
        return OverlayFinding(
            overlay=overlay.id,
            text=overlay.text,
            effect=overlay.effect,
            judgement=JUDGEMENT_OF[finding.value],
            clauses=overlay.clauses,
            over=overlay.over,
            by=overlay.by,
            reasons=self._reasons_of(finding.facts),
        )

    def _applicability(self, live: LiveObligation) -> Applicability:
        finding, obligation = self._finding(live), live.obligation
        return Applicability(
            obligation=obligation.id,
            text=obligation.text,
            clauses=obligation.clauses,
            modal=obligation.modal,
            force=live.force,
            judgement=JUDGEMENT_OF[finding.value],
            reasons=self._reasons_of(finding.facts),
            prevailed_by=self._prevailing(live) if obligation.unless else (),
            verified=live.verified,
            evidence=live.evidence,
            penalties=live.penalties,
            parameters=live.parameters,
        )

    def _own(self, live: LiveObligation, given: Mapping[int, Finding] = _NOTHING_GIVEN) -> Finding:
        return find(live.condition, self._facts, dict(given) if given else self._found)

    def _finding(self, live: LiveObligation, given: Mapping[int, Finding] = _NOTHING_GIVEN) -> Finding:
        """Whether an obligation applies and no other prevails, where the conditions ``given`` hold."""
        own = self._own(live, given)
        if not live.obligation.unless:
            return own
        # Where the own condition fails, nothing turns on the exceptions; so they are judged as if it held.
        held = {id(part): _HOLDS for part in conjuncts(live.condition)}
        others = [self._finding(other, {**given, **held}) for other in self._exceptions(live)]
        return join([own, *map(opposite, others)], decisive=False)

    def _prevailing(self, live: LiveObligation) -> tuple[str, ...]:
        if self._own(live).value is False:
            return ()
        return tuple(o.obligation.id for o in self._exceptions(live) if self._finding(o).value)

    def _exceptions(self, live: LiveObligation) -> list[LiveObligation]:
        names = live.obligation.unless
        return [self._live[name] for name in names if name in self._live]

    def _reasons_of(self, names: frozenset[str]) -> tuple[Reason, ...]:
        if names not in self._reasons:
            self._reasons[names] = tuple(
                Reason(fact=name, value=self._facts.get(name)) for name in sorted(names)
            )
        return self._reasons[names]


def _evidence(profile: ServiceProfile, report: ScopeReport) -> Json:
    return {
        "service": to_json(profile.name),
        "provider": to_json(profile.provider),
        "profile": report.profile,
        "facts": to_json(profile.facts),
        "on": report.on.isoformat(),
        "rulebook": report.rulebook,
        "counts": report.counts,
        "obligations": [
            {
                "id": item.obligation,
                "clauses": list(item.clauses),
                "force": item.force.value,
                "judgement": item.judgement.value,
                "facts": [reason.fact for reason in item.reasons],
                "prevailed_by": list(item.prevailed_by),
                "verified": item.verified,
            }
            for item in report.applicabilities
        ],
        "routes": [
            {
                "route": finding.route.value,
                "judgement": finding.judgement.value,
                "obligations": list(finding.obligations),
            }
            for finding in report.routes
        ],
        "overlays": [
            {"id": finding.overlay, "judgement": finding.judgement.value} for finding in report.overlays
        ],
        "open": [question.fact for question in report.open_questions],
    }
