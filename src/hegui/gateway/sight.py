"""What exchanges are read with: a screen, and lines to whoever answers what it asks."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from weakref import WeakSet

from hegui.admission import Age
from hegui.gateway.exchange import Exchange
from hegui.screening import Assembly, OpenGuards, OpenMediaScreen, Rule, Screen


class Sight:
    """A screen with open lines, for as long as an exchange is read with it.

    An exchange ends with what it began with, whatever was adopted meanwhile: findings, masks and evidence of
    one answer come from one screen.
    """

    def __init__(self, assembly: Assembly, *, minor_rules: Sequence[Rule]) -> None:
        """Prepare; nobody can be asked before :meth:`open`.

        Args:
            assembly: the screen and its models.
            minor_rules: what holds for minors before the screen's own rules.
        """
        self.screen = assembly.screen
        self.minors = assembly.screen.under(minor_rules)
        """What reads for minors."""
        self.line: OpenGuards | None = None
        """Answers what the screen asks; ``None`` where no guard model is declared."""
        self.media: OpenMediaScreen | None = None
        """Judges pictures, sounds and films."""
        self.readers: WeakSet[Exchange] = WeakSet()
        """The exchanges that are read with it; each leaves by being forgotten."""
        self._assembly = assembly
        self._stack = AsyncExitStack()

    def screen_for(self, age: Age | None) -> Screen:
        """What reads for users of an age, as far as it is known."""
        return self.minors if age is not None and age.is_minor else self.screen

    async def open(self) -> None:
        """Open the lines."""
        if self._assembly.guards.models:
            self.line = await self._stack.enter_async_context(self._assembly.guards.open())
        self.media = await self._stack.enter_async_context(self._assembly.media.open())

    async def close(self) -> None:
        """Close them."""
        self.line = self.media = None
        await self._stack.aclose()
