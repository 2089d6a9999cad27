"""How a canary compares with the screen beside it, by what evidence keeps of every exchange. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from hegui.core import Record, lower_bound, upper_bound
from hegui.gateway.model import SCREENED, Outcome, Trial
from hegui.ledger import Entry
from hegui.screening import Canary


class SideRate(Record):
    """How often something became of the exchanges of one side.

    Attributes:
        count: how often.
        share: of the exchanges that ended by what the screen said, as decimal text.
        low: the share that the true one exceeds with a confidence of 95 % (Clopper and Pearson).
        high: the share that it stays under, likewise; both hold together with 90 %.
    """

    count: int
    share: str
    low: str
    high: str


class CanarySide(Record):
    """One side of a trial.

    Attributes:
        screen: the digest of what acts there.
        exchanges: how many ended by what the screen said.
        others: how many ended otherwise: nobody waited, the model failed, nobody could judge.
        users: of how many known users they were; exchanges of one user are alike, so that the bounds are
            too narrow where there are few.
        refused: requests that were refused.
        stopped: answers that were ended early.
        masked: answers in which something was covered.
    """

    screen: str
    exchanges: int
    others: int
    users: int
    refused: SideRate
    stopped: SideRate
    masked: SideRate


class CanaryComparison(Record):
    """A canary and the screen beside it, over the same time."""

    canary: Canary
    taken: CanarySide
    """Those for whom the canary acts."""
    beside: CanarySide
    """The others."""


def compare_sides(canary: Canary, entries: Iterable[Entry]) -> CanaryComparison:
    """Compare the two sides of a trial.

    Args:
        canary: the canary.
        entries: evidence of exchanges; those outside its time are left out.
    """
    outcomes: dict[str, Counter[str]] = {Trial.CANARY: Counter(), Trial.CONTROL: Counter()}
    users: dict[str, set[str]] = {Trial.CANARY: set(), Trial.CONTROL: set()}
    for entry in entries:
        exchanged = cast("dict[str, Any] | None", entry.content)
        within = canary.at <= entry.time and (canary.until is None or entry.time <= canary.until)
        side = exchanged.get("trial") if exchanged and within else None
        if exchanged and side in outcomes:
            outcomes[side][exchanged["outcome"]] += 1
            users[side] |= {exchanged["user"]} - {None}

    def of(side: str, screen: str) -> CanarySide:
        counted = outcomes[side]
        exchanges = sum(counted[outcome] for outcome in SCREENED)
        return CanarySide(
            screen=screen,
            exchanges=exchanges,
            others=counted.total() - exchanges,
            users=len(users[side]),
            refused=_rate(counted[Outcome.REFUSED], exchanges),
            stopped=_rate(counted[Outcome.STOPPED], exchanges),
            masked=_rate(counted[Outcome.MASKED], exchanges),
        )

    return CanaryComparison(
        canary=canary, taken=of(Trial.CANARY, canary.screen), beside=of(Trial.CONTROL, canary.replaces)
    )


def _rate(count: int, exchanges: int) -> SideRate:
    if exchanges == 0:
        return SideRate(count=0, share="0", low="0", high="1")
    return SideRate(
        count=count,
        share=f"{count / exchanges:.4f}",
        low=str(lower_bound(count, exchanges)),
        high=str(upper_bound(count, exchanges)),
    )
