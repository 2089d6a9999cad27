"""A canary: another screen that acts for a share of the users, before it acts for all. Pure."""

import hashlib
import hmac
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from hegui.core import BilingualText, InvalidInput, Record

CANARY_STARTED = "screening.canary_started"
CANARY_STOPPED = "screening.canary_stopped"
CANARY_PROMOTED = "screening.canary_promoted"

_RANGE = 1 << 64


class CanaryState(StrEnum):
    """What became of a canary."""

    RUNNING = "running"
    STOPPED = "stopped"
    PROMOTED = "promoted"
    SUPERSEDED = "superseded"
    """Something else was adopted: what is in force holds for everybody, at once."""

    @property
    def text(self) -> BilingualText:
        """The state in words."""
        return _STATES[self]


_STATES = {
    CanaryState.RUNNING: BilingualText(zh="进行中", en="running"),
    CanaryState.STOPPED: BilingualText(zh="已停止", en="stopped"),
    CanaryState.PROMOTED: BilingualText(zh="已转正", en="promoted"),
    CanaryState.SUPERSEDED: BilingualText(
        zh="已被新采用的方案取代", en="superseded by what was adopted since"
    ),
}


class Canary(Record):
    """A screen that acts for a share of the users.

    Attributes:
        name: what people call what is tried.
        share: of the users, in (0, 1], as decimal text.
        screen: the digest of the screen when it was first begun; users are drawn by it.
        replaces: the digest of the screen that acts for the others.
        declaration: the digest of its declaration; ``None`` for the one in force.
        bank: the digest of its bank; ``None`` for the one that the declaration says.
        bank_name: what people call the bank.
        words: how many it holds.
        beside: the entry of the adoption that was the last when it was started; after another one, what is in
            force holds for everybody.
        state: what became of it.
        until: when it ended, in UTC.
        by: who started it.
        at: when.
        entry: the evidence.
    """

    name: str
    share: str
    screen: str
    replaces: str
    declaration: str | None = None
    bank: str | None = None
    bank_name: str | None = None
    words: int | None = None
    beside: str | None = None
    state: CanaryState = CanaryState.RUNNING
    until: str | None = None
    by: str = ""
    at: str = ""
    entry: str = ""

    def takes(self, whom: str, *, key: bytes) -> bool:
        """Whether it acts for somebody.

        The same for the same screen on every replica and at every time; where the share grows, those for whom
        it acts stay.

        Args:
            whom: the pseudonym of a user, or the name of an exchange whose user is not known.
            key: keeps anybody from choosing a name that it takes; secret bytes of the workspace.
        """
        drawn = hmac.digest(key, f"{self.screen}/{whom}".encode(), hashlib.sha256)
        return int.from_bytes(drawn[:8], "big") < Decimal(self.share) * _RANGE


def parse_share(text: str) -> str:
    """A share as evidence keeps it.

    Raises:
        InvalidInput: it is none.
    """
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal("NaN")
    if not (share.is_finite() and 0 < share <= 1):
        raise InvalidInput(
            zh=f"比例应大于 0、不超过 1，例如 0.05；现在是 {text!r}",
            en=f"a share is above 0 and at most 1, such as 0.05; this is {text!r}",
        )
    return format(share.normalize(), "f")
