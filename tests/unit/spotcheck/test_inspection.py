"""The manual and the technical inspection: who passes, who does not, and who cannot say."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Verdict
from hegui.corpus import Modality, RecommendedUse
from hegui.spotcheck.gates import GateKind
from hegui.spotcheck.inspection import judge_manual, judge_technical

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_ASSESSED
ORDER = [NOT_MET, OPEN, MET]


@pytest.mark.parametrize(
    ("passes", "fails", "verdict", "robust"),
    [
        (3_839, 161, NOT_MET, False),
        (3_840, 160, MET, False),
        (3_860, 140, MET, False),
        (3_861, 139, MET, True),
        (3_999, 0, OPEN, False),
        (0, 3_999, OPEN, False),
    ],
)
def test_the_rules_own_numbers_decide(inspected, source_report, asked, passes, fails, verdict, robust):
    gate = judge_manual(inspected(source_report(), passes=passes, fails=fails), asked)
    assert (gate.kind, gate.verdict, gate.robustly_met) == (GateKind.MANUAL, verdict, robust)
    assert (gate.required, gate.threshold, gate.comparison) == (4_000, Decimal("0.96"), ">=")
    assert (gate.checked, gate.counted, gate.entries) == (passes + fails, passes, ("main/7",))


def test_what_was_drawn_and_not_looked_at_is_no_inspection(inspected, source_report, asked):
    gate = judge_manual(inspected(source_report(), passes=3_990, waiting=10), asked)
    assert gate.verdict is OPEN
    assert "3990 settled of 4000 drawn" in gate.reason.en


@pytest.mark.parametrize("unknown", ["waiting", "unread"])
def test_what_fails_whatever_the_rest_may_be_is_a_failure(inspected, source_report, asked, unknown):
    gate = judge_manual(inspected(source_report(), passes=38, fails=161, **{unknown: 3_801}), asked)
    assert (gate.verdict, gate.robustly_met) == (NOT_MET, False)
    assert gate.reason.en == "161 of 4000 documents fail, too many whatever the 3801 are that are not settled"
    one_less = judge_manual(inspected(source_report(), passes=39, fails=160, **{unknown: 3_801}), asked)
    assert one_less.verdict is OPEN


@pytest.mark.parametrize("unknown", ["unclear", "unread"])
def test_what_nobody_can_tell_is_held_against_the_provider(inspected, source_report, asked, unknown):
    many = judge_manual(inspected(source_report(), passes=4_000, **{unknown: 200}), asked)
    assert many.verdict is OPEN
    assert "200 are not settled or cannot be read" in many.reason.en
    few = judge_manual(inspected(source_report(), passes=4_000, **{unknown: 20}), asked)
    assert (few.verdict, few.unknown) == (MET, 20)
    assert few.share == Decimal("0.9950")


@given(
    passes=st.integers(3_600, 4_100),
    fails=st.integers(0, 200),
    unclear=st.integers(0, 60),
    waiting=st.integers(0, 2),
)
@settings(max_examples=25)
def test_one_more_good_record_never_hurts(inspected, source_report, asked, passes, fails, unclear, waiting):
    before, after = (
        judge_manual(
            inspected(source_report(), passes=passes + more, fails=fails, unclear=unclear, waiting=waiting),
            asked,
        )
        for more in (0, 1)
    )
    # Where too few were looked at nothing is said, so a failure may come to light with the last of them.
    if before.verdict is not OPEN or after.verdict is not NOT_MET:
        assert ORDER.index(before.verdict) <= ORDER.index(after.verdict)
    assert before.robustly_met <= after.robustly_met
    if passes + fails + unclear < 4_000:
        assert before.verdict is OPEN


def test_documents_for_single_sources_do_not_enter_the_rate(inspected, source_report, asked):
    gate = judge_manual(inspected(source_report(), passes=3_900, fails=99, extra=500), asked)
    assert (gate.checked, gate.verdict) == (3_999, OPEN)


def test_documents_of_sources_that_must_not_be_trained_on_do_not_enter_the_rate(
    inspected, source_report, asked
):
    good, bad = source_report("good"), source_report("bad", use=RecommendedUse.EXCLUDE)
    gate = judge_manual(inspected(good, bad, passes=8_000), asked)
    assert (gate.checked, gate.population, gate.verdict) == (4_000, 100_000, MET)


def test_without_a_sample_or_a_review_nothing_is_said(inspected, source_report, asked):
    made = inspected(source_report(), passes=4_000)
    assert "no sample" in judge_manual(made._replace(sample=None, items=()), asked).reason.en
    assert "nobody has reviewed" in judge_manual(made._replace(items=()), asked).reason.en


def doubts(inspected, source_report):
    made = inspected(source_report(), passes=4_000)
    sample = made.sample
    other = msgspec.structs.replace(sample, sources={"wiki": "sha256:other"})
    faulty = msgspec.structs.replace(sample, draw=msgspec.structs.replace(sample.draw, faults=2))
    (known,) = made.report.sources
    pictures = msgspec.structs.replace(known.registered.source, modality=Modality.IMAGE)
    registered = msgspec.structs.replace(known.registered, source=pictures)
    seen = msgspec.structs.replace(known, registered=registered)
    return {
        "not drawn from these sources as they are registered now: wiki": made._replace(sample=other),
        "others when they were drawn from": made._replace(files={"wiki": {"a.jsonl": "sha256:01"}}),
        "2 parts of files could not be read": made._replace(sample=faulty),
        "only texts were looked at": made._replace(
            report=msgspec.structs.replace(made.report, sources=(seen,))
        ),
    }


def test_a_sample_that_may_not_stand_for_everything_is_no_pass(inspected, source_report, asked):
    for message, made in doubts(inspected, source_report).items():
        gate = judge_manual(made, asked)
        assert (gate.verdict, gate.robustly_met) == (OPEN, False)
        assert message in gate.reason.en


def test_a_doubt_does_not_excuse_a_failure(inspected, source_report, asked):
    made = inspected(source_report(), passes=3_000, fails=1_000)._replace(files={})
    assert judge_manual(made, asked).verdict is NOT_MET


def test_a_source_that_was_not_scanned_leaves_the_manual_inspection_alone(inspected, source_report, asked):
    assert judge_manual(inspected(source_report(known=False), passes=4_000), asked).verdict is MET


@pytest.mark.parametrize(
    ("counts", "verdict", "robust"),
    [
        ({"unsafe": 20}, MET, True),
        ({"unsafe": 21}, NOT_MET, False),
        ({"unsafe": 15, "unjudged": 6}, OPEN, False),
        ({"scanned": 990, "unparsable": 10, "unsafe": 10}, MET, True),
        ({"scanned": 980, "unparsable": 10, "over_long": 10, "unsafe": 1}, OPEN, False),
        ({"scanned": 900, "empty": 100, "unsafe": 18}, MET, True),
    ],
)
def test_the_scan_is_a_technical_inspection_of_everything(
    inspected, source_report, asked, counts, verdict, robust
):
    gate = judge_technical(inspected(source_report(**counts)), asked)
    assert (gate.kind, gate.verdict, gate.robustly_met) == (GateKind.TECHNICAL, verdict, robust)
    assert gate.checked == gate.population == 1_000 - counts.get("empty", 0)
    assert gate.required == gate.checked // 10
    assert f"all {gate.checked} documents were inspected (at least 10 % are asked for)" in gate.reason.en


@given(unsafe=st.integers(0, 40), unjudged=st.integers(0, 20))
@settings(max_examples=40)
def test_one_more_clean_document_never_hurts(inspected, source_report, asked, unsafe, unjudged):
    before, after = (
        judge_technical(
            inspected(
                source_report(read=1_000 + more, scanned=1_000 + more, unsafe=unsafe, unjudged=unjudged)
            ),
            asked,
        )
        for more in (0, 1)
    )
    assert ORDER.index(before.verdict) <= ORDER.index(after.verdict)


def test_what_was_not_scanned_or_not_read_is_no_pass(inspected, source_report, asked):
    gate = judge_technical(inspected(source_report("a"), source_report("b", known=False)), asked)
    assert (gate.verdict, "not scanned yet: b" in gate.reason.en) == (OPEN, True)
    gate = judge_technical(inspected(source_report(faults=3)), asked)
    assert (gate.verdict, "3 parts of files" in gate.reason.en) == (OPEN, True)
    gate = judge_technical(inspected(source_report(use=RecommendedUse.EXCLUDE)), asked)
    assert (gate.verdict, gate.share, "nothing to train on" in gate.reason.en) == (OPEN, None, True)


def test_a_pass_with_a_caveat_is_not_robust(inspected, source_report, asked):
    caveat = BilingualText(zh="词库小", en="small bank")
    gate = judge_technical(inspected(source_report(caveat=caveat), source_report("b", caveat=caveat)), asked)
    assert (gate.verdict, gate.robustly_met, gate.caveat) == (MET, False, caveat)
    assert not gate.citation.verified


def test_a_source_that_nobody_could_assess_is_no_pass(inspected, source_report, asked):
    # As where no keyword bank was there to look with, or a guard model objected to half of the few it saw.
    blind, empty = (
        source_report("blind", assessed=False),
        source_report("empty", assessed=False, read=0, scanned=0),
    )
    gate = judge_technical(inspected(source_report("good"), blind, empty), asked)
    assert (gate.verdict, gate.robustly_met) == (OPEN, False)
    assert gate.reason.en.endswith("of these sources the scan by itself could not tell: blind")
    assert judge_technical(inspected(source_report("good"), empty), asked).verdict is MET
    bad = source_report("bad", assessed=False, unsafe=100)
    assert judge_technical(inspected(bad), asked).verdict is NOT_MET
