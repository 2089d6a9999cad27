"""What people say of documents, and what that comes to. Pure.

Some documents are looked at twice, by people who do not see one another's answers. Where they disagree a
third person decides. What nobody could tell is unknown, and unknown is never a pass.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from hegui.core import BilingualText, Conflict, InvalidInput, Record, nearest
from hegui.spotcheck.model import SampledDocument

_HASH_BYTES = 8
_NAMED_FLAWS = 10
_BETWEEN_RISKS = re.compile(r"[\s,;、，；]+")


class ReviewOutcome(StrEnum):
    """What somebody says of a document."""

    PASS = "pass"  # noqa: S105 - a word of the field, and no password
    FAIL = "fail"
    UNCLEAR = "unclear"

    @property
    def text(self) -> BilingualText:
        """The outcome in the words of a reviewer."""
        return _OUTCOMES[self]


_OUTCOMES = {
    ReviewOutcome.PASS: BilingualText(zh="合格", en="pass"),
    ReviewOutcome.FAIL: BilingualText(zh="不合格", en="fail"),
    ReviewOutcome.UNCLEAR: BilingualText(zh="无法判断", en="unclear"),
}


class ReviewRoute(StrEnum):
    """The way an opinion came in."""

    TERMINAL = "terminal"
    EXCEL = "excel"
    LABEL_STUDIO = "label_studio"


class InvalidOpinion(InvalidInput):
    """An opinion that says too little or too much."""


class Opinion(Record):
    """What somebody says of one document.

    Attributes:
        lot: the document.
        outcome: whether it passes: it holds none of the 31 risks.
        risks: those it holds; a document that fails holds at least one.
        note: why, in the reviewer's words.
    """

    lot: str
    outcome: ReviewOutcome
    risks: tuple[str, ...] = ()
    note: str = ""


class ItemReview(Record):
    """An opinion with who gave it, when and how.

    Attributes:
        opinion: what was said.
        reviewer: who said it.
        reviewed_at: instant, UTC.
        via: the way it came in.
        adjudicates: whether it decides where others disagreed.
        entry: the ledger entry that holds it.
    """

    opinion: Opinion
    reviewer: str
    reviewed_at: str
    via: ReviewRoute
    adjudicates: bool = False
    entry: str = ""


class ItemState(StrEnum):
    """How far the review of a document has come."""

    OPEN = "open"
    SECOND = "second"
    DISPUTED = "disputed"
    SETTLED = "settled"
    UNREADABLE = "unreadable"

    @property
    def text(self) -> BilingualText:
        """The state, for people."""
        return _STATES[self]


_STATES = {
    ItemState.OPEN: BilingualText(zh="待审", en="open"),
    ItemState.SECOND: BilingualText(zh="待复审", en="waiting for a second review"),
    ItemState.DISPUTED: BilingualText(zh="意见不一，待裁定", en="disputed, to be adjudicated"),
    ItemState.SETTLED: BilingualText(zh="已定", en="settled"),
    ItemState.UNREADABLE: BilingualText(zh="无法读取", en="unreadable"),
}


class ReviewedItem(Record):
    """A document and all that was said of it.

    Attributes:
        item: the document.
        twice: whether two people have to look at it.
        reviews: in the order in which they were given, an adjudication last.
    """

    item: SampledDocument
    twice: bool
    reviews: tuple[ItemReview, ...] = ()

    @property
    def blind(self) -> tuple[ItemReview, ...]:
        """The reviews of people who did not see one another's."""
        return tuple(each for each in self.reviews if not each.adjudicates)

    @property
    def state(self) -> ItemState:
        """How far it has come."""
        if self.item.text is None:
            return ItemState.UNREADABLE
        if any(each.adjudicates for each in self.reviews):
            return ItemState.SETTLED
        if len(self.reviews) <= self.twice:
            return ItemState.SECOND if self.reviews else ItemState.OPEN
        agreed = len({each.opinion.outcome for each in self.reviews}) == 1
        return ItemState.SETTLED if agreed else ItemState.DISPUTED

    @property
    def outcome(self) -> ReviewOutcome | None:
        """What was settled; ``None`` where nothing is."""
        return self.reviews[-1].opinion.outcome if self.state is ItemState.SETTLED else None

    @property
    def risks(self) -> frozenset[str]:
        """The risks that were found, as settled: by the adjudicator, else by anybody."""
        if self.outcome is not ReviewOutcome.FAIL:
            return frozenset()
        decided = [each for each in self.reviews if each.adjudicates] or self.reviews
        return frozenset(risk for each in decided for risk in each.opinion.risks)

    def is_reviewed_by(self, name: str) -> bool:
        """Whether this person has said something of it."""
        return any(each.reviewer == name for each in self.reviews)

    def wants(self, reviewer: str) -> bool:
        """Whether this reviewer should look at it."""
        return self.state in {ItemState.OPEN, ItemState.SECOND} and not self.is_reviewed_by(reviewer)


class ReviewReceipt(Record):
    """What was taken in.

    Attributes:
        reviewer: whose opinions.
        given: new ones.
        corrected: in place of earlier ones by the same person.
        unchanged: given before.
        entry: the ledger entry; ``None`` where nothing was new.
    """

    reviewer: str
    given: int
    corrected: int = 0
    unchanged: int = 0
    entry: str | None = None


class NoReviewPlan(Conflict):
    """Nobody has said how a sample is looked at.

    Attributes:
        number: of the sample.
    """

    def __init__(self, number: int) -> None:
        """Say how to say it."""
        super().__init__(
            zh=f"第 {number} 次抽样还没有审核方案；先运行 hegui corpus review plan",
            en=f"there is no plan for the review of sample {number} yet; run hegui corpus review plan first",
        )
        self.number = number


class ReviewBegun(Conflict):
    """The plan of a review cannot be changed any more.

    Attributes:
        number: of the sample.
    """

    def __init__(self, number: int) -> None:
        """Say what can be done."""
        super().__init__(
            zh=f"第 {number} 次抽样已有人审核，不能再改方案；要换方案，"
            "请用 hegui corpus sample draw --new 重新抽样",
            en=f"somebody has reviewed sample {number} already, so its plan stays; for another one draw a "
            "new sample by hegui corpus sample draw --new",
        )
        self.number = number


class NotInSample(InvalidInput):
    """A document is none of the present sample, or one that cannot be read.

    Attributes:
        lot: what names it.
    """

    def __init__(self, lot: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"签号 {lot!r} 不在当前抽样可审核的文档里；用 hegui corpus sample export 查看",
            en=f"no readable document of the present sample has lot {lot!r}; hegui corpus sample export "
            "lists them",
        )
        self.lot = lot


class ReviewClosed(Conflict):
    """An opinion comes too late: others have looked since.

    Attributes:
        lot: the document.
    """

    def __init__(self, lot: str) -> None:
        """Say who decides now."""
        super().__init__(
            zh=f"{lot}：此后已有他人审核或裁定，不能再改；意见不一时由裁定人决定",
            en=f"{lot}: somebody else has reviewed or decided it since, so it stays; where opinions differ "
            "the adjudicator decides",
        )
        self.lot = lot


class NotDisputed(Conflict):
    """There is nothing to decide about a document.

    Attributes:
        lot: the document.
        state: how its review stands.
    """

    def __init__(self, lot: str, state: ItemState) -> None:
        """Name its state."""
        super().__init__(
            zh=f"{lot} 没有待裁定的分歧（{state.text.zh}）", en=f"{lot}: nothing to decide ({state.text.en})"
        )
        self.lot = lot
        self.state = state


class NotImpartial(Conflict):
    """Whoever decides has reviewed the document.

    Attributes:
        lot: the document.
        adjudicator: who wanted to decide.
    """

    def __init__(self, lot: str, adjudicator: str) -> None:
        """Ask for somebody else."""
        super().__init__(
            zh=f"{lot}：{adjudicator} 审核过这条，须由他人裁定",
            en=f"{lot}: {adjudicator} has reviewed it; somebody else has to decide",
        )
        self.lot = lot
        self.adjudicator = adjudicator


def is_new(opinion: Opinion, *, by: str, item: ReviewedItem | None) -> bool:
    """Whether an opinion says something that was not said before.

    Args:
        opinion: what is said.
        by: who says it.
        item: what it is about; ``None`` where there is no such document.

    Raises:
        NotInSample: the document is none of the sample, or cannot be read.
        ReviewClosed: it comes too late.
    """
    if item is None or item.state is ItemState.UNREADABLE:
        raise NotInSample(opinion.lot)
    mine = next((each for each in item.reviews if each.reviewer == by), None)
    if mine is not None and mine.opinion == opinion:
        return False
    decided = any(each.adjudicates for each in item.reviews)
    if decided or (mine is not None and len(item.reviews) > 1):
        raise ReviewClosed(opinion.lot)
    return True


def disputed(lot: str, items: Mapping[str, ReviewedItem], *, adjudicator: str) -> ReviewedItem:
    """The document that somebody may decide about.

    Args:
        lot: which one.
        items: the sample, by lot.
        adjudicator: who wants to decide.

    Raises:
        NotInSample: the document is none of the sample.
        NotDisputed: nobody disagrees about it.
        NotImpartial: the adjudicator has reviewed it.
    """
    item = items.get(lot)
    if item is None:
        raise NotInSample(lot)
    if item.state is not ItemState.DISPUTED:
        raise NotDisputed(lot, item.state)
    if item.is_reviewed_by(adjudicator):
        raise NotImpartial(lot, adjudicator)
    return item


def reviewed_twice(lot: str, *, seed: str, share: Decimal) -> bool:
    """Whether a document is among those that two people look at: nobody's choice, and the same in every draw.

    Args:
        lot: the document's.
        seed: of the sample.
        share: of all documents, about.
    """
    digest = hashlib.blake2b(
        f"{seed}\n{lot}".encode(), digest_size=_HASH_BYTES, person=b"hegui.twice"
    ).digest()
    return Decimal(int.from_bytes(digest, "big")) < share * (1 << 8 * _HASH_BYTES)


class FlawedReviews(InvalidInput):
    """A file with opinions that cannot be taken in; nothing of it is.

    Attributes:
        flaws: the place and the reason of each.
    """

    def __init__(self, path: Path, flaws: Sequence[tuple[str, BilingualText]]) -> None:
        """Name the first flaws with their places."""
        more = len(flaws) - _NAMED_FLAWS
        shown = flaws[:_NAMED_FLAWS]
        super().__init__(
            zh="\n".join(f"{path}：{place}：{reason.zh}" for place, reason in shown)
            + (f"\n另有 {more} 处" if more > 0 else "")
            + "\n改正后重新导入；现在什么也没有导入",
            en="\n".join(f"{path}: {place}: {reason.en}" for place, reason in shown)
            + (f"\nand {more} more" if more > 0 else "")
            + "\ncorrect them and import it again; nothing was taken in",
        )
        self.flaws = tuple(flaws)


def read_outcome(written: str) -> ReviewOutcome:
    """The outcome that a reviewer's word stands for, in either language.

    Raises:
        InvalidOpinion: it stands for none.
    """
    for outcome in ReviewOutcome:
        if written.strip().lower() in {outcome.value, outcome.text.zh, outcome.text.en}:
            return outcome
    raise InvalidOpinion(
        zh=f"{written!r} 不是结论；请写合格、不合格或无法判断",
        en=f"{written!r} is no outcome; write pass, fail or unclear",
    )


def read_risks(written: str) -> tuple[str, ...]:
    """The identifiers of risks in what a reviewer wrote, each once: ``A.1.f, a.2.e``."""
    words = _BETWEEN_RISKS.split(written.strip())
    return tuple(dict.fromkeys(word[:1].upper() + word[1:].lower() for word in words if word))


def check_opinion(opinion: Opinion, *, risks: Collection[str]) -> None:
    """Refuse what cannot be: a failure for no risk, a pass with one, a risk there is not.

    Args:
        opinion: what was said.
        risks: the identifiers of the 31 risks.

    Raises:
        InvalidOpinion: it cannot be.
    """
    unknown = next((risk for risk in opinion.risks if risk not in risks), None)
    if unknown is not None:
        close = nearest(unknown, risks)
        raise InvalidOpinion(
            zh=f"没有风险 {unknown!r}" + (f"；是不是 {close}？" if close else "；编号如 A.1.f"),
            en=f"there is no risk {unknown!r}" + (f"; did you mean {close}?" if close else "; write A.1.f"),
        )
    if opinion.outcome is ReviewOutcome.FAIL and not opinion.risks:
        raise InvalidOpinion(
            zh="不合格必须写明至少一项风险，如 A.1.f", en="a failure names at least one risk, as A.1.f"
        )
    if opinion.outcome is ReviewOutcome.PASS and opinion.risks:
        raise InvalidOpinion(
            zh=f"合格却写了风险 {'、'.join(opinion.risks)}；合格是指不含任何一项风险",
            en=f"it passes, and yet holds {', '.join(opinion.risks)}; to pass is to hold none of the risks",
        )


def add_answer(opinion: Opinion, answers: dict[str, Opinion]) -> None:
    """Add an opinion to the answers, by lot, that one person gives at once; the same answer twice is one.

    Raises:
        InvalidOpinion: the person says something else of the same document, too.
    """
    if answers.setdefault(opinion.lot, opinion) != opinion:
        raise InvalidOpinion(
            zh=f"{opinion.lot} 答了两次，前后不一；请只留一个答案",
            en=f"{opinion.lot} is answered twice, and differently; leave one answer",
        )


def states(items: Iterable[ReviewedItem]) -> dict[ItemState, int]:
    """How many documents are in each state; every state is named."""
    counts = dict.fromkeys(ItemState, 0)
    for item in items:
        counts[item.state] += 1
    return counts
