"""Users who keep asking for illegal content, as the gateway meets them."""

import asyncio

from hegui.conduct import Conduct, Rung
from hegui.core import Clock
from hegui.gateway.exchange import Exchange
from hegui.gateway.refreshing import Refreshing
from hegui.store import Draw, Quota, Quotas

_HOUR_SECONDS = 3600.0


class LadderWatch:
    """Holds one exchange after another against what is known of its user.

    The database is asked in a thread, and only where what is known here is old or something happened.
    """

    def __init__(self, conduct: Conduct | None, quotas: Quotas, clock: Clock) -> None:
        """Watch.

        Args:
            conduct: counts and takes steps; without it nobody is counted.
            quotas: counts the requests of those who are restricted, for all replicas.
            clock: the time.
        """
        self._conduct = conduct
        self._refreshing = Refreshing(self._refresh)
        self._quotas = quotas
        self._clock = clock

    def _refresh(self) -> None:
        assert self._conduct is not None  # noqa: S101 - without it nobody asks
        self._conduct.refresh()

    async def serves(self, exchange: Exchange) -> bool:
        """Whether the user may ask; where not, the exchange refuses with the notice of the step in force.

        Raises:
            DatabaseUnavailable: nobody can tell.
            SharedStateLost: nobody can tell how many requests a restricted user has left.
        """
        if self._conduct is None or exchange.user is None:
            return True
        if not self._conduct.is_fresh:
            await self._refreshing.refresh()
        standing = self._conduct.standing(exchange.user)
        current = standing.current
        if current is None or not (standing.closed or await self._has_none_left(exchange, current)):
            return True
        exchange.refuse_with(current.notice)
        return False

    async def _has_none_left(self, exchange: Exchange, rung: Rung) -> bool:
        """Whether a restricted user has asked as often as they may within an hour; else this is one more."""
        assert exchange.user is not None  # noqa: S101 - whoever stands on a rung is known
        assert rung.requests_per_hour is not None  # noqa: S101 - a rung that closes nothing restricts
        quota = Quota("restricted", exchange.user, rung.requests_per_hour, _HOUR_SECONDS)
        taken = await self._quotas.take(
            [Draw(quota)], holder=exchange.produce_id, at=self._clock().timestamp()
        )
        return taken.refused is not None

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
