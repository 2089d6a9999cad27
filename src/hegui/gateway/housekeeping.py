"""What a running gateway erases by itself, hour by hour: whatever was kept long enough."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from hegui.core import HeguiError

_LOG = logging.getLogger(__name__)
HOUR_SECONDS = 3600.0


class Housekeeping:
    """Erases at the start, and then again and again."""

    def __init__(
        self, erasures: Sequence[Callable[[], object]], *, every_seconds: float = HOUR_SECONDS
    ) -> None:
        """Prepare.

        Args:
            erasures: each erases what was kept long enough.
            every_seconds: between two rounds.
        """
        self._erasures = tuple(erasures)
        self._every_seconds = every_seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Erase for as long as the context lasts; the first round is over when it begins.

        Raises:
            HeguiError: the first round could not be done.
        """
        await self._round()
        task = asyncio.create_task(self._rounds())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _rounds(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            try:
                await self._round()
            except HeguiError as error:
                # The next round makes up for it; until then it is said.
                _LOG.warning("%s / %s", error.text.zh, error.text.en)

    async def _round(self) -> None:
        for erase in self._erasures:
            await asyncio.to_thread(erase)
