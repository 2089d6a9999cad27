"""Each source by itself: how much of it is illegal or unhealthy, before collection and after. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hegui.core import BilingualText, Verdict, lower_bound, upper_bound
from hegui.corpus import SourceReport, after_collection, before_collection
from hegui.rulebook import Comparison, Count, Parameter
from hegui.spotcheck.gates import CorpusGate, GateKind, Inspected, citation, rounded_down
from hegui.spotcheck.reviewing import ReviewOutcome


def judge_gates_of_source(each: SourceReport, inspected: Inspected, limit: Parameter) -> Iterator[CorpusGate]:
    """The share of a source that is unsafe: as it was sampled before, as it was scanned, as people see it.

    Basis:
        TC260-003 5.1a1
        TC260-003 5.1a2
    """
    source, registered = each.registered.source, each.registered
    prior = source.assessed_before
    before = before_collection(source, limit)
    yield _limited(
        GateKind.BEFORE,
        source.id,
        Count(counted=prior.unsafe, of=prior.sampled) if prior else Count(counted=0, of=0),
        _Found(before.verdict, before.reason, registered.entry),
        limit=limit,
    )
    after = after_collection(source, each.scanned)
    if each.scanned is None:
        found, count = _Found(after.verdict, after.reason, registered.entry), Count(counted=0, of=0)
    else:
        tally, scanned = each.scanned.scan.tally, each.scanned.verdict
        checked = scanned.scanned + scanned.unscreened
        count = Count(counted=scanned.unsafe, of=checked, unknown=scanned.unscreened + tally.unjudged)
        found = _Found(after.verdict, after.reason, each.scanned.entry, scanned.caveat, population=checked)
    yield _limited(GateKind.AFTER, source.id, count, found, limit=limit)
    yield from _sampled(source.id, inspected, limit)


def _sampled(name: str, inspected: Inspected, limit: Parameter) -> Iterator[CorpusGate]:
    """What people found in the sample of a source: only what is proven, for no rule says how many to see."""
    draw = None if inspected.sample is None else inspected.sample.draw
    items = inspected.of(name)
    if draw is None or not items:
        return
    outcomes = [each.outcome for each in items]
    failures, passes = outcomes.count(ReviewOutcome.FAIL), outcomes.count(ReviewOutcome.PASS)
    count = Count(counted=failures, of=len(items), unknown=len(items) - failures - passes)
    population = draw.by_source[name]
    least = lower_bound(failures, count.of, population=population)
    greatest = upper_bound(failures + count.unknown, count.of, population=population)
    verdict = Verdict.NOT_ASSESSED
    if limit.holds(least):
        verdict = Verdict.NOT_MET
    elif not limit.holds(greatest):
        verdict = Verdict.MET
    waiting = sum(each.outcome is None and each.item.text is not None for each in items)
    told = {
        Verdict.NOT_MET: BilingualText(zh="可以断定超过限值", en="proven to be over the limit"),
        Verdict.MET: BilingualText(zh="可以断定未超过限值", en="proven to be within the limit"),
        Verdict.NOT_ASSESSED: BilingualText(
            zh="样本太小，不能断定；审核开始前可用 --per-source 补抽，之后请用 --new 另抽",
            en="too few to tell; draw more by --per-source, once anybody has reviewed with --new",
        ),
    }[verdict]
    if verdict is Verdict.NOT_ASSESSED and waiting:
        told = BilingualText(
            zh=f"其中 {waiting} 条尚待审核", en=f"{waiting} of them are still to be reviewed"
        )
    yield _limited(
        GateKind.SAMPLED,
        name,
        count,
        _Found(
            verdict=verdict,
            reason=BilingualText(
                zh=f"抽样 {count.of} 条，不合格 {failures} 条，尚无定论 {count.unknown} 条；{told.zh}",
                en=f"{failures} of {count.of} fail, {count.unknown} not settled; {told.en}",
            ),
            entry=draw.entry,
            population=population,
        ),
        limit=limit,
    )


class _Found(NamedTuple):
    """What is said of a count, and what it rests on."""

    verdict: Verdict
    reason: BilingualText
    entry: str
    caveat: BilingualText | None = None
    population: int | None = None


def _limited(kind: GateKind, source: str, count: Count, found: _Found, *, limit: Parameter) -> CorpusGate:
    worst = count.counted + count.unknown
    share = bound = None
    if count.of:
        share = rounded_down(Fraction(worst, count.of))
        bound = upper_bound(worst, count.of, population=found.population)
    return CorpusGate(
        kind=kind,
        title=kind.text,
        source=source,
        counted=count.counted,
        checked=count.of,
        unknown=count.unknown,
        population=found.population,
        required=0,
        comparison=Comparison.AT_MOST.value,
        threshold=Decimal(limit.value),
        share=share,
        bound=bound,
        verdict=found.verdict,
        robustly_met=found.verdict is Verdict.MET
        and found.caveat is None
        and bound is not None
        and not limit.holds(bound),
        reason=found.reason,
        caveat=found.caveat,
        citation=citation(limit),
        entries=(found.entry,),
    )
