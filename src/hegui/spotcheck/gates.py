"""The gates of the training data: what they are, and what they are judged by. Pure.

What is to be trained on is every registered source but those that must not be. Too small a sample is never a
pass, and neither is what nobody could read, tell or reach.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import msgspec

from hegui.core import BilingualText, Json, Record, Verdict, to_json
from hegui.corpus import Citation, CorpusReport, RecommendedUse, SourceReport
from hegui.ledger import Entry
from hegui.rulebook import Parameter, Rulebook
from hegui.spotcheck.agreement import Agreement
from hegui.spotcheck.correction import ErrorCorrection
from hegui.spotcheck.model import Sample
from hegui.spotcheck.reviewing import ReviewedItem, ReviewOutcome

SAMPLE_SIZE = "manual-sample-size"
"""The name in the rulebook of how many documents people look at."""

JUDGED_BY = (
    "corpus.source_registered",
    "corpus.scanned",
    "corpus.sample_begun",
    "corpus.sample_drawn",
    "corpus.review_planned",
    "corpus.reviewed",
    "corpus.review_adjudicated",
)
"""The kinds of the ledger entries that the gates are judged by."""

_DIGITS = Decimal("0.0001")


class GateKind(StrEnum):
    """What a gate asks."""

    MANUAL = "manual"
    TECHNICAL = "technical"
    BEFORE = "source.before"
    AFTER = "source.after"
    SAMPLED = "source.sampled"

    @property
    def text(self) -> BilingualText:
        """What it asks, for people."""
        return _KINDS[self]


_KINDS = {
    GateKind.MANUAL: BilingualText(zh="人工抽检合格率", en="pass rate of the manual inspection"),
    GateKind.TECHNICAL: BilingualText(zh="技术抽检合格率", en="pass rate of the technical inspection"),
    GateKind.BEFORE: BilingualText(zh="来源采集前违法不良占比", en="unsafe share before collection"),
    GateKind.AFTER: BilingualText(
        zh="来源采集后违法不良占比（全量扫描）", en="unsafe share after collection, by the scan of everything"
    ),
    GateKind.SAMPLED: BilingualText(
        zh="来源采集后违法不良占比（人工抽样）", en="unsafe share after collection, by the sample"
    ),
}


class CorpusGate(Record):
    """One requirement on the training data, and how it stands.

    Attributes:
        kind: what it asks.
        title: the same for people.
        source: of which source; ``None`` where of all together.
        counted: documents that count towards the share: those that pass, or of a source the unsafe ones.
        checked: documents looked at.
        unknown: those of them that nobody could tell.
        population: documents there are.
        required: how many have to be looked at; 0 where no rule says.
        comparison: how the share is held against the threshold, ``>=`` or ``<=``.
        threshold: the share that decides.
        share: counted of checked, the unknown held against the provider; ``None`` of nothing.
        bound: the exact one-sided 95 % confidence bound on the threshold's side; the share itself where
            everything was looked at.
        verdict: whether the requirement is met.
        robustly_met: whether the bound meets the threshold, too, and nothing weakens the verdict.
        reason: why the verdict is what it is.
        caveat: what weakens it; ``None`` where nothing does.
        citation: the clause that sets the threshold.
        entries: the ledger entries that it rests on.
    """

    kind: GateKind
    title: BilingualText
    source: str | None
    counted: int
    checked: int
    unknown: int
    population: int | None
    required: int
    comparison: str
    threshold: Decimal
    share: Decimal | None
    bound: Decimal | None
    verdict: Verdict
    robustly_met: bool
    reason: BilingualText
    caveat: BilingualText | None
    citation: Citation
    entries: tuple[str, ...]


class GateReport(Record):
    """Every gate, and what helps to read them.

    Attributes:
        sources: what is to be trained on.
        excluded: registered sources that must not be.
        sample: the number of the sample; ``None`` where none was drawn.
        samples: how many were begun: the last is shown, and nobody can hide the others.
        gates: the manual inspection, the technical one, then each source.
        weighted: the pass rate with every source weighed by its size, its own additional documents included;
            decimal text, ``None`` where a source has none that are settled.
        risks: documents of the manual inspection by the risk found in them.
        agreement: between people who looked at the same; ``None`` where nobody has reviewed.
        correction: what the screen's errors make of its count; ``None`` where they cannot be told.
        rulebook: the digest of the one whose thresholds were asked.
        judged_at: instant, UTC.
        entry: the ledger entry.
        asked: what it asked, by the names of the parameters; nothing where an earlier version judged.
    """

    sources: tuple[str, ...]
    excluded: tuple[str, ...]
    sample: int | None
    samples: int
    gates: tuple[CorpusGate, ...]
    weighted: str | None
    risks: dict[str, int]
    agreement: Agreement | None
    correction: ErrorCorrection | None
    rulebook: str
    judged_at: str
    entry: str = ""
    asked: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def evidence(self) -> Json:
        """What the ledger holds of it."""
        return to_json(msgspec.structs.replace(self, entry=""))

    def says_the_same(self, other: "GateReport") -> bool:
        """Whether nothing but time and entry differs."""
        return self == msgspec.structs.replace(other, judged_at=self.judged_at, entry=self.entry)


def gates_stand(judged: Entry | None, changed: Iterable[int | None], *, asked: Mapping[str, str]) -> bool:
    """Whether gates that were judged say how things are now.

    Nothing that they are judged by came later, and they were asked what is asked now.

    Args:
        judged: the newest judgement; ``None`` where nobody has judged them.
        changed: where the newest entry of each of the kinds :data:`JUDGED_BY` stands.
        asked: :attr:`Thresholds.asked` of now.
    """
    return (
        judged is not None
        and isinstance(judged.content, dict)
        and judged.content.get("asked") == asked
        and all(place is None or place < judged.ref.seq for place in changed)
    )


class Thresholds(NamedTuple):
    """What the rulebook asks on a day.

    Attributes:
        size: how many documents people look at.
        rate: the share of them that passes.
        share: the share of everything that is inspected technically.
        technical: the share of it that passes.
        limit: the share of a source that is too much.
    """

    size: Parameter
    rate: Parameter
    share: Parameter
    technical: Parameter
    limit: Parameter

    @property
    def asked(self) -> dict[str, str]:
        """Each of them as evidence holds it, by its name: ``>= 0.96``."""
        return {each.id: f"{each.comparison.value} {each.value}" for each in self}


def thresholds(rulebook: Rulebook, *, day: dt.date) -> Thresholds:
    """What the rulebook asks on ``day``."""
    return Thresholds(
        size=rulebook.parameter(SAMPLE_SIZE, on=day),
        rate=rulebook.parameter("manual-pass-rate", on=day),
        share=rulebook.parameter("technical-sample-share", on=day),
        technical=rulebook.parameter("technical-pass-rate", on=day),
        limit=rulebook.parameter("source-unsafe-share", on=day),
    )


class Inspected(NamedTuple):
    """All that the gates are judged by.

    Attributes:
        report: of the register and the scans.
        sample: the present one; ``None`` where none was drawn.
        items: its documents with what was said of them; none where nobody has said how they are looked at.
        files: of each source that was drawn from, its files and their digests.
    """

    report: CorpusReport
    sample: Sample | None
    items: tuple[ReviewedItem, ...]
    files: Mapping[str, Mapping[str, str]]

    @property
    def trained(self) -> tuple[SourceReport, ...]:
        """What is to be trained on."""
        return tuple(each for each in self.report.sources if each.use is not RecommendedUse.EXCLUDE)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The ids of the sources that must not be trained on."""
        return tuple(
            each.registered.source.id for each in self.report.sources if each.use is RecommendedUse.EXCLUDE
        )

    @property
    def whole(self) -> tuple[ReviewedItem, ...]:
        """The sample of the whole, without the documents of sources that must not be trained on."""
        names = {each.registered.source.id for each in self.trained}
        return tuple(each for each in self.items if each.item.rank and each.item.lot.source in names)

    def of(self, source: str) -> tuple[ReviewedItem, ...]:
        """The sample of one source."""
        return tuple(each for each in self.items if each.item.lot.source == source)


def weighted(inspected: Inspected) -> str | None:
    """The pass rate with every source weighed by its size; decimal text."""
    draw = None if inspected.sample is None else inspected.sample.draw
    names = [each.registered.source.id for each in inspected.trained]
    sizes = {name: draw.by_source.get(name, 0) for name in names} if draw else {}
    total = sum(sizes.values())
    rate = Fraction(0)
    for name, size in sizes.items():
        settled = [each.outcome for each in inspected.of(name) if each.outcome is not None]
        if size and not settled:
            return None
        if size:
            rate += Fraction(size, total) * Fraction(settled.count(ReviewOutcome.PASS), len(settled))
    if not total:
        return None
    return str(rounded_down(rate))


def risks_found(inspected: Inspected) -> dict[str, int]:
    """Documents of the manual inspection by the risk found in them."""
    return dict(sorted(Counter(risk for each in inspected.whole for risk in each.risks).items()))


def rounded_down(share: Fraction) -> Decimal:
    """A share as it is shown."""
    return (Decimal(share.numerator) / share.denominator).quantize(_DIGITS, ROUND_FLOOR)


def citation(*parameters: Parameter) -> Citation:
    """Where the first parameter stands; verified only where all of them are."""
    first = parameters[0]
    return Citation(
        clause=first.citation,
        same_as=first.same_as,
        verified=all(each.verification.verified for each in parameters),
    )
