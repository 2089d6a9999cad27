"""Each source by itself, before and after collection."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Verdict
from hegui.corpus import PriorAssessment, RecommendedUse, SourceKind
from hegui.spotcheck.gates import GateKind
from hegui.spotcheck.source_gates import judge_gates_of_source

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_ASSESSED


@pytest.fixture(scope="session")
def gates(asked):
    def gates(known, made):
        return {each.kind: each for each in judge_gates_of_source(known, made, asked.limit)}

    return gates


def assessed(known, sampled, unsafe):
    prior = PriorAssessment(sampled=sampled, unsafe=unsafe, day=dt.date(2026, 1, 5), by="张三")
    source = msgspec.structs.replace(known.registered.source, assessed_before=prior)
    registered = msgspec.structs.replace(known.registered, source=source)
    return msgspec.structs.replace(known, registered=registered)


@pytest.mark.parametrize(
    ("sampled", "unsafe", "verdict", "robust"),
    [(100, 6, NOT_MET, False), (100, 5, MET, False), (100, 1, MET, True), (10, 0, MET, False)],
)
def test_what_was_sampled_before_collection_is_held_against_the_limit(
    gates, inspected, source_report, sampled, unsafe, verdict, robust
):
    known = assessed(source_report(), sampled, unsafe)
    gate = gates(known, inspected(known))[GateKind.BEFORE]
    assert (gate.verdict, gate.robustly_met) == (verdict, robust)
    assert (gate.source, gate.checked, gate.entries) == ("wiki", sampled, ("main/wiki",))
    assert "2026-01-05 张三" in gate.reason.en


def test_the_scan_says_what_it_found_of_everything(gates, inspected, source_report):
    known = source_report(read=1_010, scanned=1_000, unparsable=10, unsafe=30, unjudged=5)
    gate = gates(known, inspected(known))[GateKind.AFTER]
    assert (gate.verdict, gate.robustly_met) == (MET, True)
    assert (gate.counted, gate.checked, gate.unknown) == (30, 1_010, 15)
    assert gate.bound == Decimal("0.0446")
    assert gate.entries == ("main/scan-wiki",)
    bad = source_report(unsafe=60, use=RecommendedUse.EXCLUDE)
    assert gates(bad, inspected(bad))[GateKind.AFTER].verdict is NOT_MET
    weak = source_report(caveat=BilingualText(zh="小", en="small"))
    assert not gates(weak, inspected(weak))[GateKind.AFTER].robustly_met


def test_of_a_source_without_documents_there_is_no_share(gates, inspected, source_report):
    known = source_report(read=0, scanned=0)
    gate = gates(known, inspected(known))[GateKind.AFTER]
    assert (gate.share, gate.bound, gate.robustly_met) == (None, None, False)


def test_what_nobody_assessed_or_scanned_is_a_gate_all_the_same(gates, inspected, source_report):
    known = source_report(known=False)
    made = gates(known, inspected(known))
    assert {kind: (each.verdict, each.checked, each.share) for kind, each in made.items()} == {
        GateKind.BEFORE: (NOT_MET, 0, None),
        GateKind.AFTER: (OPEN, 0, None),
    }
    assert "nothing says that it was assessed before collection" in made[GateKind.BEFORE].reason.en
    assert "not scanned yet" in made[GateKind.AFTER].reason.en
    assert {each.entries for each in made.values()} == {("main/wiki",)}
    assert gates(known, inspected(known)._replace(sample=None)) == made


def test_what_is_made_by_oneself_or_not_collected_yet_is_not_asked(gates, inspected, source_report):
    known = source_report(known=False)
    source = msgspec.structs.replace(known.registered.source, kind=SourceKind.SYNTHETIC, files=())
    registered = msgspec.structs.replace(known.registered, source=source)
    made = gates(msgspec.structs.replace(known, registered=registered), inspected(known))
    assert {each.verdict for each in made.values()} == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("passes", "fails", "waiting", "verdict"),
    [
        (500, 10, 0, MET),
        (500, 10, 20, OPEN),
        (10, 0, 0, OPEN),
        (58, 0, 0, OPEN),
        (59, 0, 0, MET),
        (80, 20, 0, NOT_MET),
        (90, 8, 2, OPEN),
    ],
)
def test_of_the_sample_of_a_source_only_what_is_proven_is_said(
    gates, inspected, source_report, passes, fails, waiting, verdict
):
    known = source_report()
    gate = gates(known, inspected(known, passes=passes, fails=fails, waiting=waiting))[GateKind.SAMPLED]
    assert gate.verdict is verdict
    assert (gate.counted, gate.unknown) == (fails, waiting)


def test_where_nothing_can_be_told_it_is_said_what_would_tell_more(gates, inspected, source_report):
    known = source_report()
    waiting = gates(known, inspected(known, passes=10, waiting=90))[GateKind.SAMPLED]
    assert waiting.reason.en.endswith("90 of them are still to be reviewed")
    small = gates(known, inspected(known, passes=10))[GateKind.SAMPLED]
    assert "too few to tell" in small.reason.en


@given(passes=st.integers(0, 300), fails=st.integers(0, 30))
@settings(max_examples=30)
def test_one_more_good_document_never_hurts_a_source(gates, inspected, source_report, passes, fails):
    known = source_report()
    order = [NOT_MET, OPEN, MET]
    verdicts = [
        each[GateKind.SAMPLED].verdict
        for more in (0, 1)
        if GateKind.SAMPLED in (each := gates(known, inspected(known, passes=passes + more, fails=fails)))
    ]
    assert [order.index(each) for each in verdicts] == sorted(order.index(each) for each in verdicts)
