"""Incidents that a running gateway proposes by itself; a person confirms them or finds them to be none."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import msgspec

from hegui.cases import Incidents
from hegui.core import Clock, Record
from hegui.gateway.exchange import Exchange
from hegui.screening import Action, Category, Direction, Level, Rule

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class IncidentTrigger(Record):
    """Findings upon which a gateway proposes an incident, as its operator declares them.

    Attributes:
        name: what people call it; of each, one incident an hour is proposed at most.
        risk: a risk or a group of risks, as ``A.1.f`` or ``A.1``.
        direction: where it is found.
        level: how grave it is found to be; whatever it is where left out.
    """

    name: _Name
    risk: str
    direction: Direction = Direction.OUTPUT
    level: Level | None = None

    def fits(self, category: Category) -> bool:
        """Whether a finding of this category, in its direction, is one of those."""
        rule = Rule(direction=self.direction, risk=self.risk, action=Action.BLOCK)
        return rule.fits(category) and self.level in {None, category.level}


class IncidentWatch:
    """Holds one exchange after another against the triggers."""

    def __init__(self, triggers: Sequence[IncidentTrigger], *, incidents: Incidents, clock: Clock) -> None:
        """Watch.

        Args:
            triggers: what is watched for.
            incidents: where candidates are kept; replicas that share them propose one together.
            clock: the time.
        """
        self._triggers = tuple(triggers)
        self._incidents = incidents
        self._clock = clock
        self._proposed: dict[str, str] = {}
        self._proposing = asyncio.Lock()

    async def look(self, exchange: Exchange) -> None:
        """Propose an incident for each trigger that an exchange sets off, unless there is one of this hour.

        Raises:
            Conflict: it cannot be kept.
        """
        for trigger in self._triggers:
            found = {each.risk for each in exchange.found(trigger.direction) if trigger.fits(each)}
            if found:
                await self._propose(trigger, exchange, sorted(found))

    async def _propose(self, trigger: IncidentTrigger, exchange: Exchange, risks: Sequence[str]) -> None:
        hour = f"{self._clock():%Y-%m-%dT%H}"
        # Of a flood of exchanges one asks the database, and the others wait for it.
        async with self._proposing:
            if self._proposed.get(trigger.name) == hour:
                return
            await asyncio.to_thread(
                self._incidents.propose,
                occasion=f"{trigger.name}/{hour}",
                title=f"{trigger.name}：{', '.join(risks)}",
                exchanges=(exchange.produce_id,),
                risks=tuple(risks),
                direction=trigger.direction,
            )
            self._proposed[trigger.name] = hour
