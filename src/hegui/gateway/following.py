"""Following what is adopted: a running gateway takes up another screen without dropping anything."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from hegui.core import HeguiError
from hegui.gateway.service import Gateway
from hegui.screening import Screens

_LOG = logging.getLogger(__name__)


class ScreenFollower:
    """Lets a running gateway take up whatever bank, classifier or declaration is adopted, or tried.

    It looks at the ledger twice a second, with one quick query: that works between processes on
    one SQLite file and between replicas on one PostgreSQL alike. Whoever hears of an adoption earlier, say
    from a message bus, calls :meth:`wake`.

    A screen that cannot be used here never takes effect: the gateway reads on with the one it has, says so
    in its log, its metrics and the ledger, and tries again every ten seconds.
    """

    def __init__(
        self, gateway: Gateway, screens: Screens, *, every_seconds: float = 0.5, again_seconds: float = 10.0
    ) -> None:
        """Follow for ``gateway`` what is adopted among ``screens``.

        Args:
            gateway: takes screens up.
            screens: of the workspace.
            every_seconds: between two looks.
            again_seconds: until a screen that could not be used is tried again.
        """
        self._gateway = gateway
        self._screens = screens
        self._every_seconds = every_seconds
        self._again_seconds = again_seconds
        self._woken = asyncio.Event()
        self._settled: object = None
        self._again_at: float | None = None
        self._told = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow for as long as the context lasts; what was adopted before is looked at first."""
        await self._look()
        task = asyncio.create_task(self._follow())
        task.add_done_callback(_tell_of_end)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    def wake(self) -> None:
        """Look at once; to be called on the event loop that the gateway runs on."""
        self._woken.set()

    async def _follow(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes as it is woken, for good.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_seconds):
                    await self._woken.wait()
            self._woken.clear()
            await self._look()

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        await self._gateway.let_go()
        try:
            mark = await asyncio.to_thread(self._screens.mark)
            if mark == self._settled and (self._again_at is None or now < self._again_at):
                return
            self._settled = mark
            # Whatever becomes of a canary, the screen in force comes first.
            await self._gateway.take_up(await asyncio.to_thread(self._screens.current))
            await self._take_up_canary()
        except HeguiError as error:
            self._again_at = now + self._again_seconds
            await self._decline(error)
        else:
            self._again_at, self._told = None, ""
            self._gateway.metrics.screen_declined = False

    async def _take_up_canary(self) -> None:
        try:
            canary = await asyncio.to_thread(self._screens.canary)
        except HeguiError:
            await self._gateway.take_up_canary(None)
            raise
        await self._gateway.take_up_canary(canary)

    async def _decline(self, error: HeguiError) -> None:
        self._gateway.metrics.screen_declined = True
        if str(error) == self._told:
            return
        self._told = str(error)
        _LOG.warning("%s / %s", error.text.zh, error.text.en)
        # Where not even this can be recorded, the log and the metrics have it.
        with suppress(HeguiError):
            await self._gateway.decline(error)


def _tell_of_end(task: asyncio.Task[None]) -> None:
    """A mistake of our own must not end the following in silence."""
    if not task.cancelled():
        _LOG.critical("screens are no longer followed; start the gateway again", exc_info=task.exception())
