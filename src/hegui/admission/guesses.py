"""How often somebody may guess at a key."""

from collections.abc import Callable

from hegui.admission.refusals import TooManyWrongKeys

_MOST_ADDRESSES = 10_000
_WINDOW_SECONDS = 60.0


class Guesses:
    """Counts the wrong keys and tokens that each address presents."""

    def __init__(self, *, most: int, monotonic: Callable[[], float]) -> None:
        """Begin with none.

        Args:
            most: how many an address may present in a minute.
            monotonic: seconds that never go back.
        """
        self._most = most
        self._monotonic = monotonic
        self._wrong: dict[str, tuple[float, int]] = {}

    def listen(self, address: str) -> None:
        """Listen to an address once more.

        Raises:
            TooManyWrongKeys: it has guessed too often; even a right key is not looked at.
        """
        _, count = self._counted(address)
        if count >= self._most:
            raise TooManyWrongKeys

    def wrong(self, address: str) -> None:
        """Count a wrong key."""
        since, count = self._counted(address)
        self._wrong.pop(address, None)
        if len(self._wrong) >= _MOST_ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[address] = (since, count + 1)

    def _counted(self, address: str) -> tuple[float, int]:
        now = self._monotonic()
        since, count = self._wrong.get(address, (now, 0))
        return (since, count) if now - since < _WINDOW_SECONDS else (now, 0)
