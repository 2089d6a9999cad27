"""Clocks that stand still until a test moves them."""

import asyncio
import datetime as dt

_TURNS = 20


class SteppableClock:
    """A :data:`hegui.core.Clock` that returns the same instant until it is moved."""

    def __init__(self, instant: dt.datetime) -> None:
        """Stand at ``instant``, which must be timezone-aware."""
        self._instant = instant.astimezone(dt.UTC)

    def __call__(self) -> dt.datetime:
        """The instant the clock stands at, in UTC."""
        return self._instant

    def advance(self, **step: float) -> dt.datetime:
        """Move by a :class:`datetime.timedelta` given as its arguments, as ``advance(days=7)``."""
        self._instant += dt.timedelta(**step)
        return self._instant

    def move_to(self, instant: dt.datetime) -> None:
        """Stand at ``instant`` from now on, earlier or later than before."""
        self._instant = instant.astimezone(dt.UTC)


class LoopClock:
    """The clock of the running event loop of the standard library, by which its timers go.

    It stands still until it is moved, so that no timer comes before an answer because the machine is busy.
    """

    def __init__(self) -> None:
        """Take it over, for as long as the loop lives."""
        loop = asyncio.get_running_loop()
        self._seconds = loop.time()
        loop.time = self  # type: ignore[method-assign]  # what is wanted

    def __call__(self) -> float:
        """Where it stands, in seconds."""
        return self._seconds

    async def advance(self, seconds: float) -> None:
        """Move it at one stroke, as where the process was paused, and let happen what is due then."""
        await self._settle()
        self._seconds += seconds
        await self._settle()

    async def _settle(self) -> None:
        """Let go on whatever need not wait."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
