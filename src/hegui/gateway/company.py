"""What a companion service owes its users, as the gateway meets them: notices, the way out, help."""

import asyncio
from weakref import WeakKeyDictionary

from hegui.companion import Companion, CompanionSession, CrisisKind, Duty, SignReader
from hegui.core import BilingualText
from hegui.gateway.exchange import Exchange
from hegui.gateway.model import Outcome
from hegui.gateway.surfaces import Manner

DUTY_HEADER = "x-hegui-companion"
"""Tells the application what is due in the operator's name: it may show a pop-up, or call somebody."""

_CONVERSATIONS = frozenset({Manner.CHAT, Manner.COMPLETION, Manner.RESPONSE})
_ARRIVED = frozenset({Outcome.ANSWERED, Outcome.MASKED})


class CompanionWatch:
    """Keeps a companion service's duties in one exchange after another.

    The database is asked in a thread: once for each exchange of a known user, and once more where something
    was due in it.
    """

    def __init__(self, companion: Companion) -> None:
        """Watch over the users of a companion service."""
        self._companion = companion
        self._signs = SignReader(companion.policy)
        self._owing: WeakKeyDictionary[Exchange, CompanionSession] = WeakKeyDictionary()
        """The uses in which something is due, and the exchanges in which it may be said."""

    async def meet(self, exchange: Exchange) -> Outcome | None:
        """See to an exchange whose request has been read; how it ends where the model is not asked.

        Raises:
            DatabaseUnavailable: nobody can tell how long a user has been there, or keep a crisis in evidence.

        Basis:
            ANTHRO 13
            ANTHRO 18
            ANTHRO 19
        """
        if exchange.surface.manner not in _CONVERSATIONS or not exchange.said:
            return None
        if self._signs.wants_to_stop(exchange.said):
            return await self._let_go(exchange)
        found = exchange.found_in_request
        crisis = self._signs.crisis(exchange.said, found)
        if crisis is not None:
            ending = await self._help(exchange, crisis)
            if ending is not None:
                return ending
        if not exchange.is_refused:
            await self._remind(exchange)
            declared = self._companion.policy.dependence
            if declared is not None and self._signs.dependence(exchange.said, found):
                _announce(exchange, "dependence", declared.text)
        return None

    async def settle(self, exchange: Exchange, outcome: Outcome) -> None:
        """See to what was due in an exchange that has ended: whatever nobody read is due still.

        Raises:
            DatabaseUnavailable: it cannot be remembered that it was said; it will be said once more.

        Basis:
            ANTHRO 18
        """
        use, user = self._owing.pop(exchange, None), exchange.user
        if use is None or user is None:
            return
        if exchange.has_announced or outcome in _ARRIVED:
            await asyncio.to_thread(self._companion.told, user, use, in_words=exchange.has_announced)

    async def _let_go(self, exchange: Exchange) -> Outcome:
        """End at once, with the operator's last word and nothing else."""
        if exchange.user is not None:
            await asyncio.to_thread(self._companion.left, exchange.user)
        _do(exchange, "exit")
        exchange.answer_with(self._companion.policy.farewell)
        return Outcome.EXITED

    async def _help(self, exchange: Exchange, kind: CrisisKind) -> Outcome | None:
        """Say the operator's script: before an answer, or in its place where somebody has to be contacted."""
        declared = self._companion.policy
        policy = declared.crisis(kind)
        assert policy is not None  # noqa: S101 - signs are read for what is declared
        met = await asyncio.to_thread(
            self._companion.met_crisis,
            kind,
            exchange=exchange.produce_id,
            user=exchange.user,
            tenant=exchange.admission.tenant,
        )
        duty = f"crisis={kind}"
        if kind.needs_contact or exchange.is_refused:
            _do(exchange, duty)
            exchange.answer_with(policy.said, *(() if met.contact is None else (declared.promise,)))
            return Outcome.HELPED
        _announce(exchange, duty, policy.said)
        return None

    async def _remind(self, exchange: Exchange) -> None:
        """Tell whoever begins that this is an AI, and whoever has been here for long to take a break."""
        policy = self._companion.policy
        if exchange.user is None:
            # Nobody knows whether they began just now: it is said each time.
            _announce(exchange, Duty.NOTICE, policy.notice)
            return
        use = await asyncio.to_thread(self._companion.seen, exchange.user)
        # An application is told once of what it alone can say; the words wait for an answer to stand before.
        duty = use.owes(
            use.told if exchange.is_structured else use.said, every_hours=self._companion.reminder_hours
        )
        if duty is not None:
            self._owing[exchange] = use
            _announce(exchange, duty, policy.notice if duty is Duty.NOTICE else policy.reminder)


def _announce(exchange: Exchange, duty: str, text: BilingualText) -> None:
    """Say what is due before the answer."""
    _do(exchange, duty)
    exchange.announce(duty, text)


def _do(exchange: Exchange, duty: str) -> None:
    """Note what is due, for evidence and for the application."""
    exchange.duties.append(duty)
    exchange.headers[DUTY_HEADER] = ", ".join(exchange.duties)
