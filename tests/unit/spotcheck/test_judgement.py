"""All gates at once, and when the errors of a screen can be told."""

import msgspec
import pytest

from hegui.corpus import RecommendedUse
from hegui.spotcheck import GateKind
from hegui.spotcheck.judgement import correction_of, judge_gates


def test_every_gate_of_the_whole_and_of_every_source_is_judged(inspected, source_report, asked):
    made = inspected(source_report("a"), source_report("b", use=RecommendedUse.EXCLUDE), passes=8)
    report = judge_gates(made, samples=2, asked=asked, correction=None, rulebook="sha256:00", judged_at="now")
    of_source = [GateKind.BEFORE, GateKind.AFTER, GateKind.SAMPLED]
    assert [(each.kind, each.source) for each in report.gates] == [
        (GateKind.MANUAL, None),
        (GateKind.TECHNICAL, None),
        *((kind, name) for name in ("a", "b") for kind in of_source),
    ]
    assert (report.sources, report.excluded, report.sample, report.samples) == (("a",), ("b",), 1, 2)
    assert (report.agreement.pairs, report.weighted) == (0, "1.0000")
    bare = judge_gates(
        made._replace(sample=None, items=()),
        samples=0,
        asked=asked,
        correction=None,
        rulebook="",
        judged_at="",
    )
    assert (bare.sample, bare.agreement) == (None, None)


def test_errors_are_those_of_the_screen_that_scanned_everything(inspected, source_report):
    made = inspected(source_report(), passes=8, fails=2, unclear=1)
    found = correction_of(made, screen="", flags=lambda item: "A.1.f" in item.risks)
    assert (found.failing, found.found, found.passing, found.cleared) == (2, 2, 8, 8)


@pytest.mark.parametrize("lacking", ["screen", "scan", "documents", "answers", "guard"])
def test_where_anything_is_lacking_no_errors_are_told(inspected, source_report, lacking):
    counts = {"read": 0, "scanned": 0} if lacking == "documents" else {}
    known = source_report(known=lacking != "scan", **counts)
    made = inspected(known, passes=0 if lacking == "answers" else 8, unclear=1)
    if lacking == "guard":
        profile = msgspec.structs.replace(known.scanned.scan.profile, asked={"guard": 3})
        scan = msgspec.structs.replace(known.scanned.scan, profile=profile)
        scanned = msgspec.structs.replace(known.scanned, scan=scan)
        report = msgspec.structs.replace(
            made.report, sources=(msgspec.structs.replace(known, scanned=scanned),)
        )
        made = made._replace(report=report)
    screen = "sha256:other" if lacking == "screen" else ""
    assert correction_of(made, screen=screen, flags=lambda _item: False) is None
