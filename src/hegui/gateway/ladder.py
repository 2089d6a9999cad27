"""Users who keep asking for illegal content, as the gateway meets them."""

import asyncio

from hegui.conduct import Conduct
from hegui.gateway.exchange import Exchange


class LadderWatch:
    """Holds one exchange after another against what is known of its user.

    The database is asked in a thread, and only where what is known here is old or something happened.
    """

    def __init__(self, conduct: Conduct | None) -> None:
        """Watch.

        Args:
            conduct: counts and takes steps; without it nobody is counted.
        """
        self._conduct = conduct

    async def begin(self) -> None:
        """Erase what no longer counts against anybody."""
        if self._conduct is not None:
            await asyncio.to_thread(self._conduct.forget)

    async def serves(self, exchange: Exchange) -> bool:
        """Whether the user may ask; where not, the exchange refuses with the notice of the step in force.

        Raises:
            DatabaseUnavailable: nobody can tell.
        """
        if self._conduct is None or exchange.user is None:
            return True
        if not self._conduct.is_fresh:
            await asyncio.to_thread(self._conduct.refresh)
        if self._conduct.may_ask(exchange.user):
            return True
        current = self._conduct.standing(exchange.user).current
        assert current is not None  # noqa: S101 - a user is turned away by a step that is in force
        exchange.refuse_with(current.notice)
        return False

    async def count(self, exchange: Exchange) -> None:
        """Count a request for something illegal against the user, and tell the step it leads to.

        Basis:
            TC260-003 7g1
        """
        if self._conduct is None or exchange.user is None or not exchange.asks_illegal:
            return
        standing = await asyncio.to_thread(
            self._conduct.violated, exchange.user, exchange=exchange.produce_id
        )
        if standing.because == exchange.produce_id:
            notice = self._conduct.policy.rungs[standing.rung - 1].notice
            exchange.refuse_with(exchange.policy.wording.refusal, notice)

    async def clear(self, exchange: Exchange) -> None:
        """A clean request ends a row of violations."""
        if self._conduct is None or exchange.user is None:
            return
        if not self._conduct.standing(exchange.user).is_blank:
            await asyncio.to_thread(self._conduct.behaved, exchange.user)
