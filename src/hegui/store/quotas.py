"""How much of something is still to be had: so much within so long, or so many at once.

A quota declared as 60 within a minute is never exceeded in any minute, wherever that minute begins: what
was taken is counted in slots of a thirtieth of the time, and the slot that is partly past still counts whole.
The price is that a quota comes back up to one slot late.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from hegui.core import Conflict

SLOTS = 30
"""In how many parts the time of a quota is counted."""

AT_ONCE_WAIT_SECONDS = 1.0
"""When to ask again for a place: nobody knows when one becomes free."""

_SWEEP_EVERY = 4_096


class Quota(NamedTuple):
    """What may be taken.

    Attributes:
        name: what is counted, ``user-requests``.
        of: whose it is, a tenant or a pseudonym.
        most: how much.
        seconds: within how long; of places that are held at once, after how long one that nobody gave back
            is free again.
        at_once: whether places are held and given back.
    """

    name: str
    of: str
    most: int
    seconds: float
    at_once: bool = False

    @property
    def key(self) -> str:
        """What it is counted under."""
        return f"{self.name}:{self.of}"

    def slot(self, at: float) -> int:
        """The number of the slot that ``at`` falls into."""
        return math.floor(at / (self.seconds / SLOTS))

    def wait(self, taken: Iterable[tuple[int, int]], amount: int, *, at: float) -> float:
        """How many seconds to wait until ``amount`` may be taken.

        Args:
            taken: what counts still, by slot, oldest first.
            amount: at most what the quota gives at all.
            at: now.
        """
        entries = list(taken)
        left = sum(count for _, count in entries)
        free_at = at
        for slot, count in entries:
            if left + amount <= self.most:
                break
            left -= count
            free_at = (slot + SLOTS + 1) * (self.seconds / SLOTS)
        return max(free_at - at, 0.0)


class Draw(NamedTuple):
    """What somebody wants of a quota: ``amount`` of it; of 0, only whether there is any left."""

    quota: Quota
    amount: int = 1


class Taken(NamedTuple):
    """What came of it.

    Attributes:
        refused: what was exhausted, and then nothing was taken; the one to wait for longest.
        wait_seconds: when it is worth asking again.
        left: how much of each quota is left, in the order asked.
        alone: whether only this process was counted, because what is shared could not be reached.
    """

    refused: Quota | None
    wait_seconds: float
    left: tuple[int, ...]
    alone: bool = False


class Quotas(Protocol):
    """Counts what was taken."""

    async def take(self, draws: Sequence[Draw], *, holder: str, at: float) -> Taken:
        """Take all of it, or nothing where one of the quotas does not give it.

        Args:
            draws: what is wanted.
            holder: who holds places among it, a name that nobody else uses.
            at: now, in seconds since 1970.
        """

    async def settle(self, draws: Sequence[Draw], *, holder: str, at: float) -> None:
        """Count what was used beyond what was taken, and give places back; nothing is refused."""

    async def close(self) -> None:
        """Give connections back."""


class LocalQuotas:
    """Counts in the memory of one process."""

    def __init__(self) -> None:
        """Begin with nothing taken."""
        self._slots: dict[str, dict[int, int]] = {}
        self._places: dict[str, dict[str, float]] = {}
        self._ends: dict[str, float] = {}
        self._asked = 0

    async def take(self, draws: Sequence[Draw], *, holder: str, at: float) -> Taken:
        """Take all of it, or nothing where one of the quotas does not give it."""
        self._sweep(at)
        left = []
        refused, wait = None, 0.0
        for quota, amount in draws:
            used = self._used(quota, at)
            left.append(max(quota.most - used - amount, 0))
            if used + max(amount, 1) <= quota.most:
                continue
            until = (
                AT_ONCE_WAIT_SECONDS
                if quota.at_once
                else quota.wait(self._taken(quota, at), max(amount, 1), at=at)
            )
            if refused is None or until > wait:
                refused, wait = quota, until
        if refused is None:
            for quota, amount in draws:
                if quota.at_once:
                    self._places.setdefault(quota.key, {})[holder] = at + quota.seconds
                    self._ends[quota.key] = at + quota.seconds
                else:
                    self._add(quota, amount, at)
        return Taken(refused, wait, tuple(left))

    async def settle(self, draws: Sequence[Draw], *, holder: str, at: float) -> None:
        """Count what was used beyond what was taken, and give places back; nothing is refused."""
        for quota, amount in draws:
            if quota.at_once:
                self._places.get(quota.key, {}).pop(holder, None)
            else:
                self._add(quota, amount, at)

    async def close(self) -> None:
        """There are no connections."""

    def _used(self, quota: Quota, at: float) -> int:
        if not quota.at_once:
            return sum(count for _, count in self._taken(quota, at))
        places = self._places.get(quota.key, {})
        for holder in [holder for holder, end in places.items() if end <= at]:
            del places[holder]
        return len(places)

    def _taken(self, quota: Quota, at: float) -> list[tuple[int, int]]:
        slots = self._slots.get(quota.key, {})
        oldest = quota.slot(at) - SLOTS
        for slot in [slot for slot in slots if slot < oldest]:
            del slots[slot]
        return sorted(slots.items())

    def _add(self, quota: Quota, amount: int, at: float) -> None:
        if amount:
            slots = self._slots.setdefault(quota.key, {})
            slot = quota.slot(at)
            slots[slot] = slots.get(slot, 0) + amount
            self._ends[quota.key] = at + quota.seconds * (1 + 1 / SLOTS)

    def _sweep(self, at: float) -> None:
        """Forget, from time to time, whoever took nothing for so long that nothing counts."""
        self._asked += 1
        if self._asked % _SWEEP_EVERY == 0:
            for key in [key for key, end in self._ends.items() if end <= at]:
                del self._ends[key]
                self._slots.pop(key, None)
                self._places.pop(key, None)


class SharedStateLost(Conflict):
    """What replicas share cannot be reached."""

    def __init__(self, url: str) -> None:
        """Name the address, without its password."""
        super().__init__(
            zh=f"各副本共享的状态（{url}）无法访问，因此不予放行；请检查 Redis 服务和 HEGUI_REDIS_URL",
            en=f"what replicas share ({url}) cannot be reached, so nothing passes; check the Redis server "
            "and HEGUI_REDIS_URL",
        )


class AloneWhenLost:
    """Counts together with others, and alone while they cannot be reached; what is counted alone says so."""

    def __init__(self, shared: Quotas) -> None:
        """Prefer ``shared``."""
        self._shared = shared
        self._own = LocalQuotas()

    async def take(self, draws: Sequence[Draw], *, holder: str, at: float) -> Taken:
        """Take all of it, or nothing where one of the quotas does not give it."""
        try:
            return await self._shared.take(draws, holder=holder, at=at)
        except SharedStateLost:
            return (await self._own.take(draws, holder=holder, at=at))._replace(alone=True)

    async def settle(self, draws: Sequence[Draw], *, holder: str, at: float) -> None:
        """Count what was used beyond what was taken, and give places back; nothing is refused."""
        await self._own.settle(draws, holder=holder, at=at)
        try:
            await self._shared.settle(draws, holder=holder, at=at)
        except SharedStateLost:
            return

    async def close(self) -> None:
        """Give connections back."""
        await self._shared.close()
