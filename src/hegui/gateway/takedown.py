"""Illegal content was found: it is stopped, removed and kept from coming again, and the model can be mended.

Each step is a use case of its own room, recorded there and in the incident. Whoever repeats a takedown that
was interrupted repeats nothing that was done.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hegui.admission import Training
from hegui.archive import Conversations, KeptExchange
from hegui.cases import (
    DeedKind,
    Discovery,
    Incident,
    IncidentKind,
    IncidentOver,
    Incidents,
    IncidentState,
    said,
)
from hegui.conduct import Conduct, ViolationMissing
from hegui.core import Conflict, Json, NotFound, Record, digest_bytes
from hegui.screening import Direction, RecurrenceRule, Screens
from hegui.store import write_once

_TELLING = 6
"""How many letters a question has at least to be blocked without being named: “go on” is everybody's."""


class ExampleForTraining(Record):
    """What a model said, or was asked, and should not have; for whoever trains it.

    Attributes:
        exchange: the exchange it is from.
        risk: what is wrong with it, as ``A.1.f``; ``None`` where nobody said.
        direction: whether the answer is wrong or what was asked.
        asked: the texts of the request.
        answered: the text that left.
        correct: what should have been answered; people fill it in.
    """

    exchange: str
    risk: str | None
    direction: Direction
    asked: tuple[str, ...]
    answered: str
    correct: str | None = None


class ExampleExport(Record):
    """What was handed over for training, and what was not.

    Attributes:
        file: where it was written.
        digest: of the file.
        examples: how many it holds.
        not_kept: exchanges of which nothing is kept, or not any more.
        opted_out: exchanges of users who do not let their texts be used for training.
    """

    file: str
    digest: str
    examples: int
    not_kept: tuple[str, ...]
    opted_out: tuple[str, ...]


class NothingToExport(NotFound):
    """Of no exchange of an incident are the texts to be had for training."""

    def __init__(self, incident: str, *, not_kept: Sequence[str], opted_out: Sequence[str]) -> None:
        """Say why, and of how many."""
        super().__init__(
            zh=f"事件 {incident} 没有可导出的样例：{len(not_kept)} 次对话没有留存（或已到期删除），"
            f"{len(opted_out)} 次的用户不同意用于训练",
            en=f"incident {incident} has no example to export: {len(not_kept)} exchanges are not kept (any "
            f"more), the users of {len(opted_out)} do not let their texts be used for training",
        )


class Takedown:
    """What is done about illegal content, from one hand."""

    def __init__(
        self, *, incidents: Incidents, screens: Screens, archive: Conversations, conduct: Conduct
    ) -> None:
        """Prepare.

        Args:
            incidents: keeps what was done.
            screens: keep things from coming again.
            archive: keeps what was said, and shows it no more.
            conduct: counted what was asked.
        """
        self._incidents = incidents
        self._screens = screens
        self._archive = archive
        self._conduct = conduct

    def found(
        self,
        exchange: str,
        *,
        risk: str,
        reason: str,
        direction: Direction = Direction.OUTPUT,
        words: Sequence[str] = (),
        texts: Sequence[str] = (),
        incident: str | None = None,
    ) -> Incident:
        """A person found illegal content in an exchange.

        An incident is opened, or the one that a machine proposed is confirmed, unless one is named. What the
        user asked, where it is kept and says enough, and whatever is named besides is blocked in every
        gateway within a second. The answer is withdrawn.

        Args:
            exchange: the exchange, as its evidence and its labels name it.
            risk: what is wrong with it, as ``A.1.f``.
            reason: what was found, for the incident.
            direction: whether the answer is illegal or what was asked.
            words: what neither requests nor answers may hold from now on.
            texts: what must not be asked again, besides what was asked here.
            incident: the incident that the exchange belongs to, too.

        Raises:
            InvalidInput: nobody says what was found, or no exchange is called so.
            NotFound: there is no such risk, or no such incident.
            IncidentOver: the incident that is named is over.
            UnusableRecurrence: a word is too short.
            UnusableKeyword: a word cannot be looked for.
            Unopenable: what is kept of the exchange cannot be opened.

        Basis:
            IM 14.1
        """
        reason = said(reason)
        discovery = Discovery(exchange=exchange, risk=risk, direction=direction)
        self._incidents.check(discovery)
        known = self._known(incident, exchange)
        kept = self._archive.exchange(exchange, reason=reason)
        blocked = (*(() if kept is None else _question(kept)), *texts)
        if words or blocked:
            # Made before anything is opened: what cannot be blocked leaves no incident behind.
            self._screens.recurrence_rule(incident="", risk=risk, words=words, texts=blocked)
        begun = self._begun(known, discovery, reason=reason)
        if words or blocked:
            rule = self._screens.block(incident=begun.id, risk=risk, words=words, texts=blocked)
            begun = self._blocked(begun, exchange, rule)
        is_kept = self._archive.withdraw(exchange, reason=reason)
        if is_kept and begun.done(DeedKind.REMOVED, exchange=exchange) is None:
            text = f"{exchange} 的回答不再提供 / answer withdrawn"
            begun = self._incidents.record(begun.id, DeedKind.REMOVED, text=text, exchange=exchange)
        return begun

    def lift(self, rule: str, *, reason: str) -> Incident:
        """A person lifts a recurrence rule; every gateway lets it go within a second.

        Raises:
            InvalidInput: nobody says why.
            RecurrenceMissing: no such rule is in force.
            IncidentOver: nobody has confirmed the incident it belongs to.
        """
        # Looked at before the rule is gone: nothing is lifted that cannot be recorded.
        reason = said(reason)
        self._incidents.ready(self._screens.recurrence(rule).incident, DeedKind.UNBLOCKED)
        lifted = self._screens.unblock(rule)
        return self._incidents.record(
            lifted.incident, DeedKind.UNBLOCKED, text=reason, facts={"rule": lifted.id}
        )

    def overturn(self, incident: str, *, reason: str) -> Incident:
        """A person finds that it was a false alarm: what followed from it is undone.

        Its rules are lifted, its answers shown again, and what was counted against users for it no longer
        counts. What another incident is about, which is no false alarm, stays as it is.

        Raises:
            InvalidInput: nobody says why.
            IncidentMissing: there is no such incident.
            IncidentOver: it is over.
        """
        reason = said(reason)
        found = self._incidents.incident(incident)
        if found.state.is_over:
            raise IncidentOver(found)
        for rule in self._screens.recurrences():
            if rule.incident == incident:
                self.lift(rule.id, reason=reason)
        held = {
            exchange
            for other in self._incidents.incidents(everything=True)
            if other.id != incident and other.state is not IncidentState.OVERTURNED
            for exchange in other.exchanges
        }
        for exchange in found.exchanges:
            if exchange in held:
                continue
            self._archive.restore(exchange, reason=reason)
            try:
                self._conduct.overturn(exchange, reason=reason)
            except ViolationMissing:
                continue  # most exchanges were never counted against anybody
        return self._incidents.overturn(incident, reason=reason)

    def export(self, incident: str, out: Path, *, reason: str) -> ExampleExport:
        """Write the exchanges of an incident as JSON Lines, for whoever trains the model.

        Only what is still kept, and whose users have not said no, is handed over.

        Args:
            incident: the incident.
            out: the file; it must not exist.
            reason: who is to train what.

        Raises:
            IncidentMissing: there is no such incident.
            InvalidInput: nobody says why.
            IncidentOver: it was overturned, or nobody has confirmed it.
            NothingToExport: of no exchange are the texts to be had.
            Conflict: the file exists, or cannot be written.

        Basis:
            IM 14.1
        """
        reason = said(reason)
        found = self._incidents.ready(incident, DeedKind.EXPORTED)
        if out.exists():
            raise _taken(out)
        if not out.parent.is_dir():
            raise Conflict(
                zh=f"没有目录 {out.parent}；请先创建", en=f"there is no folder {out.parent}; make it first"
            )
        kept = {name: self._archive.exchange(name, reason=reason) for name in found.exchanges}
        not_kept = tuple(name for name, each in kept.items() if each is None)
        there = [each for each in kept.values() if each is not None]
        opted_out = tuple(each.exchange for each in there if each.training == Training.OPTED_OUT)
        examples = [_example(found, each) for each in there if each.exchange not in opted_out]
        if not examples:
            raise NothingToExport(incident, not_kept=not_kept, opted_out=opted_out)
        data = b"".join(msgspec.json.encode(example) + b"\n" for example in examples)
        exported = ExampleExport(
            file=str(out),
            digest=digest_bytes(data),
            examples=len(examples),
            not_kept=not_kept,
            opted_out=opted_out,
        )
        # Recorded before it is written: nobody holds examples of which there is no evidence.
        facts: dict[str, Json] = msgspec.to_builtins(exported)
        self._incidents.record(incident, DeedKind.EXPORTED, text=reason, facts=facts)
        try:
            write_once(out, data, mode=0o600)
        except FileExistsError as error:
            raise _taken(out) from error
        except OSError as error:
            raise Conflict(
                zh=f"无法写入 {out}：{error.strerror}", en=f"cannot write {out}: {error.strerror}"
            ) from error
        return exported

    def _known(self, identifier: str | None, exchange: str) -> Incident | None:
        """The incident that is named, or is under way about an exchange; more can be recorded of it."""
        about = self._incidents.about(exchange)
        incident = self._incidents.incident(identifier) if identifier else about
        if incident is None or incident.state is IncidentState.CANDIDATE:
            return incident
        return self._incidents.ready(incident.id, DeedKind.BLOCKED)

    def _begun(self, incident: Incident | None, discovery: Discovery, *, reason: str) -> Incident:
        """An incident that is known, confirmed and about a discovery; or else a new one."""
        if incident is None:
            return self._incidents.open(
                IncidentKind.ILLEGAL_CONTENT,
                title=reason,
                exchanges=(discovery.exchange,),
                risks=(discovery.risk,),
                direction=discovery.direction,
            )
        if incident.state is IncidentState.CANDIDATE:
            incident = self._incidents.confirm(incident.id, reason=reason)
        if discovery in incident.discoveries:
            return incident
        text = f"{discovery.exchange}：{reason}"
        return self._incidents.record(incident.id, DeedKind.NOTED, text=text, discovery=discovery)

    def _blocked(self, incident: Incident, exchange: str, rule: RecurrenceRule) -> Incident:
        """The incident with what a rule does about an exchange on record, unless it is there already."""
        if any(
            rule.id in deed.text and deed.exchange in {exchange, None}
            for deed in incident.deeds
            if deed.kind is DeedKind.BLOCKED
        ):
            return incident
        text = f"{rule.id}：{len(rule.words)} 个词 / words，{len(rule.texts)} 段原文 / texts"
        facts: dict[str, Json] = {"rule": rule.id, "words": len(rule.words), "texts": len(rule.texts)}
        self._incidents.record(
            incident.id,
            DeedKind.STOPPED,
            text="再次提出即被拒绝 / refused when asked again",
            exchange=exchange,
        )
        return self._incidents.record(
            incident.id, DeedKind.BLOCKED, text=text, facts=facts, exchange=exchange
        )


def _taken(out: Path) -> Conflict:
    return Conflict(zh=f"{out} 已存在；请换一个文件名", en=f"{out} exists already; choose another name")


def _question(kept: KeptExchange) -> tuple[str, ...]:
    """What was asked last, as the one text of the request that gateways will see again.

    A short one says something only with what was said before, and others say it too.
    """
    parts = [text for text in kept.asked if text in kept.question]
    longest = max(parts, key=len, default="")
    return (longest,) if sum(map(str.isalnum, longest)) >= _TELLING else ()


def _example(incident: Incident, kept: KeptExchange) -> ExampleForTraining:
    # Whoever looked last at an exchange said best what is wrong with it.
    found = next((each for each in reversed(incident.discoveries) if each.exchange == kept.exchange), None)
    return ExampleForTraining(
        exchange=kept.exchange,
        risk=next(iter(incident.risks), None) if found is None else found.risk,
        direction=(incident.direction if found is None else found.direction) or Direction.OUTPUT,
        asked=kept.asked,
        answered=kept.answered,
    )
