"""A clock that stands still until a test moves it."""

import datetime as dt


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
