"""The use cases of incidents."""

import datetime as dt
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import structs

from hegui.cases import repository
from hegui.cases.deadlines import Deadline, deadlines
from hegui.cases.model import (
    BY_PEOPLE,
    Deed,
    DeedKind,
    Discovery,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentState,
    OperatorKind,
)
from hegui.core import Clock, Conflict, InvalidInput, Json, NotFound, timestamp
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.screening import Direction
from hegui.store import Connection, Database

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no document can hold; lines may end."""
_EXCHANGE = re.compile(r"[!-~]{1,64}")
"""The name of an exchange, as the gateway gives it and the archive can keep it."""
_AFTERWARDS = {
    DeedKind.NOTED,
    DeedKind.UNBLOCKED,
    DeedKind.EXPORTED,
    DeedKind.RECTIFIED,
    DeedKind.DRAFTED,
    DeedKind.FINALLY_REPORTED,
}
"""What may still come when an incident is closed."""
_AFTER_ALARMS = {DeedKind.UNBLOCKED}
"""What may still come when it was overturned: a rule that came in meanwhile must go too."""


class IncidentMissing(NotFound):
    """There is no such incident."""

    def __init__(self, identifier: str) -> None:
        """Name it, and where they are listed."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的事件；见 hegui cases incident list --all",
            en=f"there is no incident {identifier}; see hegui cases incident list --all",
        )


class IncidentOver(Conflict):
    """The incident is not in a state in which this can be done."""

    def __init__(self, incident: Incident) -> None:
        """Name its state, and what would have to be done first."""
        cure = {
            IncidentState.CANDIDATE: ("请先用 confirm 确认", "confirm it first"),
            IncidentState.OPEN: ("它已经确认过", "it was confirmed before"),
        }.get(incident.state, ("如仍需处置，请另行立案", "open another one if something is still to be done"))
        super().__init__(
            zh=f"事件 {incident.id} 的状态是“{incident.state.text.zh}”；{cure[0]}",
            en=f"incident {incident.id} is “{incident.state.text.en}”; {cure[1]}",
        )


class NotDone(Conflict):
    """An incident is to be closed, and something that the law asks for is not done.

    Attributes:
        missing: what.
    """

    def __init__(self, missing: Sequence[Deadline]) -> None:
        """Name each duty with its clause, and how to close all the same."""
        zh = "、".join(f"{each.text.zh}（{each.clause}）" for each in missing)
        en = ", ".join(f"{each.text.en} ({each.clause})" for each in missing)
        super().__init__(
            zh=f"还没有做：{zh}；做了请用 note --did 记录；确无必要的，用 --despite 说明理由",
            en=f"not done yet: {en}; note what was done with note --did, or say with --despite why it "
            "need not be",
        )
        self.missing = tuple(missing)


class Incidents:
    """Keeps incidents, and what was done about each; every line of it is evidence."""

    def __init__(
        self,
        *,
        database: Database,
        ledger: Ledger,
        rulebook: Rulebook,
        clock: Clock,
        actor: str,
        operators: Callable[[], tuple[OperatorKind, ...]],
    ) -> None:
        """Prepare.

        Args:
            database: where they are kept.
            ledger: where everything that is done leaves evidence; it records in the actor's name.
            rulebook: says how long there is.
            clock: the time.
            actor: who acts.
            operators: says who runs the service, as far as that is known.
        """
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock
        self._actor = actor
        self._operators = operators

    # --- Beginning ---

    def open(
        self,
        kind: IncidentKind,
        *,
        title: str,
        found_at: dt.datetime | None = None,
        exchanges: tuple[str, ...] = (),
        risks: tuple[str, ...] = (),
        direction: Direction | None = None,
    ) -> Incident:
        """Open an incident; its clocks run from when it was found.

        Args:
            kind: what happened.
            title: the same in words.
            found_at: when it was discovered or learned of; now if not said.
            exchanges: what it is about.
            risks: likewise, as ``A.1.f``.
            direction: whether what was found is an answer or was asked.

        Raises:
            InvalidInput: nothing is said of it, it is found in the future, or no exchange is called so.
            NotFound: there is no such risk.
        """
        for risk in risks:
            self._rulebook.risk(risk)
        for exchange in exchanges:
            _check_exchange(exchange)
        made = Incident(
            id=secrets.token_hex(8),
            kind=kind,
            title=said(title),
            found_at=self._past(found_at),
            state=IncidentState.OPEN,
            exchanges=exchanges,
            risks=risks,
            direction=direction,
            operators=self._operators(),
            discoveries=_discovered(exchanges, risks, direction),
        )
        opened = self._kept(made, DeedKind.OPENED, occasion=None)
        assert opened is not None  # noqa: S101 - only what has an occasion may be there already
        return opened

    def propose(
        self,
        *,
        occasion: str,
        title: str,
        exchanges: tuple[str, ...],
        risks: tuple[str, ...],
        direction: Direction,
    ) -> Incident | None:
        """A machine proposes an incident, which a person confirms; one only for each occasion.

        Args:
            occasion: what made it do so, and when: whatever has the same is the same incident.
            title: what happened, in words.
            exchanges: what it is about.
            risks: likewise.
            direction: whether what was found is an answer or was asked.

        Returns:
            The candidate; ``None`` where there is one of this occasion already.
        """
        made = Incident(
            id=secrets.token_hex(8),
            kind=IncidentKind.ILLEGAL_CONTENT,
            title=said(title),
            found_at=self._clock(),
            state=IncidentState.CANDIDATE,
            exchanges=exchanges,
            risks=risks,
            direction=direction,
            operators=self._operators(),
            discoveries=_discovered(exchanges, risks, direction),
        )
        return self._kept(made, DeedKind.PROPOSED, occasion=occasion)

    def confirm(self, identifier: str, *, reason: str) -> Incident:
        """A person confirms what a machine proposed; the clocks have been running since it was found.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is no candidate.
        """
        return self._changed(
            identifier,
            DeedKind.CONFIRMED,
            text=reason,
            allowed={IncidentState.CANDIDATE},
            change=lambda incident: structs.replace(incident, state=IncidentState.OPEN),
        )

    # --- Under way ---

    def assess(
        self,
        identifier: str,
        *,
        level: IncidentLevel,
        reason: str,
        operators: tuple[OperatorKind, ...] = (),
    ) -> Incident:
        """A person judges how grave an incident is; the judgement may be changed.

        Args:
            identifier: the incident.
            level: how grave.
            reason: why.
            operators: who runs the service; what was known before if not said.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is closed, or nobody has confirmed it.

        Basis:
            INCIDENT 4
        """
        return self._changed(
            identifier,
            DeedKind.ASSESSED,
            text=reason,
            allowed={IncidentState.OPEN},
            change=lambda incident: structs.replace(
                incident, level=level, operators=operators or incident.operators
            ),
        )

    def note(
        self, identifier: str, *, text: str, did: DeedKind = DeedKind.NOTED, at: dt.datetime | None = None
    ) -> Incident:
        """Note what was found out, or what a person did elsewhere.

        Args:
            identifier: the incident.
            text: what is to be kept.
            did: what was done, if something was that the law asks for.
            at: when; now if not said.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is closed, or nobody has confirmed it.
            InvalidInput: it is done in the future, or is nothing that people note.

        Basis:
            IM 14.1
        """
        if did not in BY_PEOPLE:
            every = "、".join(BY_PEOPLE)
            raise InvalidInput(
                zh=f"{did} 由相应的命令记录；可用：{every}",
                en=f"{did} is recorded by its own command; use one of {', '.join(BY_PEOPLE)}",
            )
        return self.record(identifier, did, text=text, at=at)

    def record(
        self,
        identifier: str,
        kind: DeedKind,
        *,
        text: str,
        at: dt.datetime | None = None,
        facts: dict[str, Json] | None = None,
        exchange: str | None = None,
        discovery: Discovery | None = None,
    ) -> Incident:
        """Record what was done about an incident, by whoever did it.

        Args:
            identifier: the incident.
            kind: what was done.
            text: the same in words.
            at: when; now if not said.
            facts: what evidence keeps besides.
            exchange: about which of its exchanges; about all that are known of now if not said.
            discovery: what the incident is found to be about, too.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is closed, or nobody has confirmed it.
            InvalidInput: it is done in the future, or no exchange is called so.
            NotFound: there is no such risk.
        """
        if discovery is not None:
            self.check(discovery)
            exchange = discovery.exchange
            facts = {**(facts or {}), "risk": discovery.risk, "direction": discovery.direction}
        if exchange is not None:
            facts = {**(facts or {}), "exchange": exchange}
        return self._changed(
            identifier,
            kind,
            text=text,
            at=at,
            facts=facts,
            allowed=_states(kind),
            change=lambda incident: _joined(incident, discovery),
        )

    # --- Ending ---

    def close(self, identifier: str, *, summary: str, despite: str = "") -> Incident:
        """A person ends the handling of an incident.

        Args:
            identifier: the incident.
            summary: what came of it.
            despite: why what is not done need not be.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is closed, or nobody has confirmed it.
            NotDone: something that the law asks for is not done, and nobody says why.
            InvalidInput: nothing is said of what came of it.
        """
        summary, despite = said(summary), despite.strip()

        def closed(incident: Incident) -> Incident:
            if incident.level is None:
                raise Conflict(
                    zh=f"事件 {identifier} 还没有定级；请先用 assess 定级",
                    en=f"nobody has judged the level of incident {identifier}; assess it first",
                )
            missing = [
                each
                for each in deadlines(incident, self._rulebook)
                if each.done is None and each.duty is not DeedKind.FINALLY_REPORTED
            ]
            if missing and not despite:
                raise NotDone(missing)
            return structs.replace(incident, state=IncidentState.CLOSED, handled_at=self._clock())

        text = f"{summary}（{despite}）" if despite else summary
        return self._changed(
            identifier, DeedKind.CLOSED, text=text, allowed={IncidentState.OPEN}, change=closed
        )

    def overturn(self, identifier: str, *, reason: str) -> Incident:
        """A person finds that an incident was none.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is over.
            InvalidInput: nobody says why.
        """
        return self._changed(
            identifier,
            DeedKind.OVERTURNED,
            text=reason,
            allowed={IncidentState.CANDIDATE, IncidentState.OPEN},
            change=lambda incident: structs.replace(incident, state=IncidentState.OVERTURNED),
        )

    # --- Looking ---

    def incident(self, identifier: str) -> Incident:
        """One incident.

        Raises:
            IncidentMissing: there is no such incident.
        """
        with self._database.read() as connection:
            return _found(identifier, repository.incident(connection, identifier))

    def check(self, discovery: Discovery) -> None:
        """Refuse what no incident can be about.

        Raises:
            InvalidInput: no exchange is called so.
            NotFound: there is no such risk.
        """
        _check_exchange(discovery.exchange)
        self._rulebook.risk(discovery.risk)

    def ready(self, identifier: str, kind: DeedKind) -> Incident:
        """An incident, for whoever is about to do something that has to be recorded of it.

        Args:
            identifier: the incident.
            kind: what is to be done.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: it is not in a state in which that can be recorded.
        """
        incident = self.incident(identifier)
        if incident.state not in _states(kind):
            raise IncidentOver(incident)
        return incident

    def incidents(self, *, everything: bool = False) -> tuple[Incident, ...]:
        """The incidents about which something is to be done, or all, the latest found first.

        Of those that are closed, the ones whose final report is to be handed in: its clock runs from there.

        Basis:
            INCIDENT 8
        """
        found = self._in(IncidentState)
        return tuple(each for each in found if everything or not each.state.is_over or self._is_owed(each))

    def about(self, exchange: str) -> Incident | None:
        """The incident that is under way about an exchange, if there is one."""
        under_way = self._in(state for state in IncidentState if not state.is_over)
        return next((each for each in under_way if exchange in each.exchanges), None)

    def deadlines(self, incident: Incident) -> tuple[Deadline, ...]:
        """What has to be done about an incident, by when, and what is done."""
        return deadlines(incident, self._rulebook)

    # --- Within ---

    def _in(self, states: Iterable[IncidentState]) -> list[Incident]:
        with self._database.read() as connection:
            return repository.read(connection, list(states))

    def _is_owed(self, incident: Incident) -> bool:
        """Whether something is to be done about an incident whose handling has ended."""
        return incident.state is IncidentState.CLOSED and any(
            each.done is None and each.duty is DeedKind.FINALLY_REPORTED for each in self.deadlines(incident)
        )

    def _kept(self, incident: Incident, kind: DeedKind, *, occasion: str | None) -> Incident | None:
        with self._database.write() as connection:
            if not repository.add(connection, incident, occasion=occasion):
                return None
            facts: dict[str, Json] = {} if occasion is None else {"occasion": occasion}
            begun = self._deed(connection, incident, kind, incident.title, incident.found_at, facts)
            repository.update(connection, begun)
        return begun

    def _changed(
        self,
        identifier: str,
        kind: DeedKind,
        *,
        text: str,
        allowed: Collection[IncidentState],
        change: Callable[[Incident], Incident],
        at: dt.datetime | None = None,
        facts: dict[str, Json] | None = None,
    ) -> Incident:
        moment, words = self._past(at), said(text)
        with self._database.write() as connection:
            before = _found(identifier, repository.held_incident(connection, identifier))
            if before.state not in allowed:
                raise IncidentOver(before)
            after = self._deed(connection, change(before), kind, words, moment, facts or {})
            repository.update(connection, after)
        return after

    def _deed(
        self,
        connection: Connection,
        incident: Incident,
        kind: DeedKind,
        text: str,
        at: dt.datetime,
        facts: dict[str, Json],
    ) -> Incident:
        content: dict[str, Json] = {
            "incident": incident.id,
            "title": incident.title,
            "kind": incident.kind.value,
            "state": incident.state.value,
            "found_at": timestamp(incident.found_at),
            "exchanges": list(incident.exchanges),
            "risks": list(incident.risks),
            "direction": incident.direction,
            "level": incident.level,
            "operators": [operator.value for operator in incident.operators],
            "at": timestamp(at),
            "text": text,
            **facts,
        }
        ref = self._ledger.record(connection, kind=f"cases.incident_{kind}", content=content)
        about = facts.get("exchange")
        deed = Deed(
            kind=kind,
            at=at,
            by=self._actor,
            text=text,
            entry=str(ref),
            exchange=None if about is None else str(about),
        )
        return structs.replace(incident, deeds=(*incident.deeds, deed))

    def _past(self, at: dt.datetime | None) -> dt.datetime:
        now = self._clock()
        if at is None:
            return now
        if at > now:
            raise InvalidInput(
                zh=f"{timestamp(at)} 还没有到；请写已经发生的时间",
                en=f"{timestamp(at)} is in the future; give the time when it happened",
            )
        return at


def _found(identifier: str, incident: Incident | None) -> Incident:
    if incident is None:
        raise IncidentMissing(identifier)
    return incident


def _discovered(
    exchanges: Iterable[str], risks: Sequence[str], direction: Direction | None
) -> tuple[Discovery, ...]:
    """What is found where an incident begins with several exchanges: all of it in each."""
    if direction is None:
        return ()
    return tuple(
        Discovery(exchange=exchange, risk=risk, direction=direction)
        for exchange in exchanges
        for risk in risks
    )


def _joined(incident: Incident, discovery: Discovery | None) -> Incident:
    """An incident that is about something more."""
    if discovery is None:
        return incident
    return structs.replace(
        incident,
        exchanges=tuple(dict.fromkeys((*incident.exchanges, discovery.exchange))),
        risks=tuple(dict.fromkeys((*incident.risks, discovery.risk))),
        discoveries=tuple(dict.fromkeys((*incident.discoveries, discovery))),
    )


def _states(kind: DeedKind) -> Collection[IncidentState]:
    """The states in which something that was done can be recorded."""
    after = [IncidentState.CLOSED] if kind in _AFTERWARDS else []
    after += [IncidentState.OVERTURNED] if kind in _AFTER_ALARMS else []
    return {IncidentState.OPEN, *after}


def said(text: str) -> str:
    """What people say, as evidence and documents can hold it.

    Raises:
        InvalidInput: it is empty, or holds control characters.
    """
    if not text.strip():
        raise InvalidInput(zh="请写明内容，不能为空", en="say what it is; the text is empty")
    if _UNWRITABLE.search(text):
        raise InvalidInput(
            zh=f"{text!r} 含有控制字符；请去掉", en=f"{text!r} holds control characters; remove them"
        )
    return text.strip()


def _check_exchange(name: str) -> None:
    """Refuse what no exchange is called.

    Raises:
        InvalidInput: it is empty, too long, or holds something other than visible ASCII characters.
    """
    if not _EXCHANGE.fullmatch(name):
        raise InvalidInput(
            zh=f"{name!r} 不是对话编号；请写其标识中的 ProduceID，如 hegui-1f0c…",
            en=f"{name!r} is no exchange; give the ProduceID of its label, as hegui-1f0c…",
        )
