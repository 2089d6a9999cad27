"""Who asks, decided before a word of the request is read. Pure.

An :class:`Admission` is made first and travels with the exchange into its evidence. What may be asked of
somebody (limits, agreements, the state of a user) is decided where admissions are made.
"""

from hegui.core import Record


class Admission(Record):
    """Who asks.

    Attributes:
        tenant: whose key was presented; ``None`` where no keys are declared.
        user: the pseudonym of the user, where one is known; never the identifier itself.
    """

    tenant: str | None = None
    user: str | None = None


ANYBODY = Admission()
"""Somebody who presented nothing, where nothing is asked for."""
