"""Reading anew what is known from the database: in one thread, however many exchanges want it at once."""

import asyncio
from collections.abc import Callable


class Refreshing:
    """Runs one thing that blocks in a thread; whoever asks meanwhile waits for the same run."""

    def __init__(self, run: Callable[[], None]) -> None:
        """Prepare.

        Args:
            run: reads; called in a thread, never twice at once.
        """
        self._run = run
        self._running: asyncio.Future[None] | None = None

    async def refresh(self) -> None:
        """Wait until it has been read; whoever fails to read fails everybody who waits.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        if self._running is None:
            self._running = asyncio.ensure_future(asyncio.to_thread(self._run))
            self._running.add_done_callback(self._ended)
        # One of those who wait may go away; the others still wait.
        await asyncio.shield(self._running)

    def _ended(self, running: asyncio.Future[None]) -> None:
        self._running = None
        if not running.cancelled():
            running.exception()  # told to whoever waits, and perhaps nobody does any more
