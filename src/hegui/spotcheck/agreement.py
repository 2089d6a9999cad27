"""How far a review has come, and how often two people who looked at the same document said the same. Pure.

Kappa alone misleads where almost everything passes: two people who are both right 98 times in 100 reach a
kappa of 0.3 where one document in a hundred fails. So the plain share, the AC1 of Gwet, which does not suffer
from that, and the agreement on what fails stand beside it.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from hegui.core import Record
from hegui.spotcheck.model import Sample
from hegui.spotcheck.reviewing import ItemState, ReviewedItem, ReviewOutcome, states

_DIGITS = Decimal("0.0001")
_TWO = 2


class Agreement(Record):
    """Agreement over the documents that two people looked at; decimal text, ``None`` where it has no meaning.

    Attributes:
        pairs: how many documents.
        agreed: of how many both said the same.
        share: agreed of pairs.
        kappa: Cohen's, between first and second reviews.
        ac1: Gwet's first coefficient.
        on_failures: of all opinions that a document fails, the share that the other one shared.
    """

    pairs: int
    agreed: int
    share: str | None
    kappa: str | None
    ac1: str | None
    on_failures: str | None


class ReviewProgress(Record):
    """How far a review has come.

    Attributes:
        sample: the number of the sample.
        double_share: about which share two people look at.
        states: documents by state.
        twice: how many two people look at.
        reviewers: opinions by reviewer.
        agreement: between people who looked at the same.
    """

    sample: int
    double_share: str
    states: dict[ItemState, int]
    twice: int
    reviewers: dict[str, int]
    agreement: Agreement


def agreement(items: Iterable[ReviewedItem]) -> Agreement:
    """The agreement between the first two reviews of every document that has as many."""
    pairs = [
        (item.blind[0].opinion.outcome, item.blind[1].opinion.outcome)
        for item in items
        if len(item.blind) >= _TWO
    ]
    if not pairs:
        return Agreement(pairs=0, agreed=0, share=None, kappa=None, ac1=None, on_failures=None)
    agreed = sum(first is second for first, second in pairs)
    share = Fraction(agreed, len(pairs))
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    failures = firsts[ReviewOutcome.FAIL] + seconds[ReviewOutcome.FAIL]
    both = sum(first is second is ReviewOutcome.FAIL for first, second in pairs)
    return Agreement(
        pairs=len(pairs),
        agreed=agreed,
        share=_decimal(share),
        kappa=_beyond(share, _by_chance(firsts, seconds, len(pairs))),
        ac1=_beyond(share, _by_chance_of_gwet(firsts + seconds, len(pairs))),
        on_failures=_decimal(Fraction(_TWO * both, failures)) if failures else None,
    )


def progress_of(sample: Sample, items: Iterable[ReviewedItem]) -> ReviewProgress:
    """How far the review of ``sample``, whose documents ``items`` are, has come."""
    items = tuple(items)
    reviewers = Counter(review.reviewer for each in items for review in each.reviews)
    return ReviewProgress(
        sample=sample.number,
        double_share="0" if sample.plan is None else sample.plan.double_share,
        states=states(items),
        twice=sum(each.twice for each in items),
        reviewers=dict(sorted(reviewers.items())),
        agreement=agreement(items),
    )


def _by_chance(firsts: Counter[ReviewOutcome], seconds: Counter[ReviewOutcome], pairs: int) -> Fraction:
    return sum((Fraction(firsts[each] * seconds[each], pairs**2) for each in ReviewOutcome), Fraction(0))


def _by_chance_of_gwet(opinions: Counter[ReviewOutcome], pairs: int) -> Fraction:
    shares = [Fraction(opinions[each], _TWO * pairs) for each in ReviewOutcome]
    return sum((share * (1 - share) for share in shares), Fraction(0)) / (len(shares) - 1)


def _beyond(share: Fraction, by_chance: Fraction) -> str | None:
    return None if by_chance == 1 else _decimal((share - by_chance) / (1 - by_chance))


def _decimal(value: Fraction) -> str:
    return str((Decimal(value.numerator) / value.denominator).quantize(_DIGITS, ROUND_HALF_EVEN))
