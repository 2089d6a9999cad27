"""Every gate together, and what the errors of the scan make of its count. Pure."""

from collections.abc import Callable

from hegui.spotcheck.agreement import agreement
from hegui.spotcheck.correction import ErrorCorrection, correct
from hegui.spotcheck.gates import GateReport, Inspected, Thresholds, risks_found, weighted
from hegui.spotcheck.inspection import judge_manual, judge_technical
from hegui.spotcheck.reviewing import ReviewedItem, ReviewOutcome
from hegui.spotcheck.source_gates import judge_gates_of_source

_TOLD = {ReviewOutcome.PASS, ReviewOutcome.FAIL}


def judge_gates(
    inspected: Inspected,
    *,
    samples: int,
    asked: Thresholds,
    correction: ErrorCorrection | None,
    rulebook: str,
    judged_at: str,
) -> GateReport:
    """Hold what was inspected against every gate.

    Args:
        inspected: what gates are judged by.
        samples: how many were begun.
        asked: what the rulebook asks.
        correction: what the screen's errors make of its count.
        rulebook: the digest of the one that asks.
        judged_at: instant, UTC.

    Basis:
        TC260-003 9.2a
        TC260-003 9.2b
        TC260-003 5.1a
    """
    gates = [judge_manual(inspected, asked), judge_technical(inspected, asked)]
    for each in inspected.report.sources:
        gates += judge_gates_of_source(each, inspected, asked.limit)
    return GateReport(
        sources=tuple(each.registered.source.id for each in inspected.trained),
        excluded=inspected.excluded,
        sample=None if inspected.sample is None else inspected.sample.number,
        samples=samples,
        gates=tuple(gates),
        weighted=weighted(inspected),
        risks=risks_found(inspected),
        agreement=agreement(inspected.items) if inspected.items else None,
        correction=correction,
        rulebook=rulebook,
        judged_at=judged_at,
        asked=asked.asked,
    )


def correction_of(
    inspected: Inspected, *, screen: str, flags: Callable[[ReviewedItem], bool]
) -> ErrorCorrection | None:
    """What the errors of a screen make of its count; ``None`` unless it is the one that scanned everything.

    Args:
        inspected: the scans, and what people have settled.
        screen: the digest of the screen.
        flags: whether that screen finds a document unsafe.
    """
    scans = [each.scanned.scan for each in inspected.trained if each.scanned is not None]
    scanned = sum(scan.tally.scanned for scan in scans)
    settled = [each for each in inspected.whole if each.outcome in _TOLD]
    complete = len(scans) == len(inspected.trained) and all(
        scan.screen == screen and not scan.profile.asked for scan in scans
    )
    if not complete or not scanned or not settled:
        return None
    return correct(
        ((each.outcome is ReviewOutcome.FAIL, flags(each)) for each in settled),
        unsafe=sum(scan.tally.unsafe for scan in scans),
        scanned=scanned,
    )
