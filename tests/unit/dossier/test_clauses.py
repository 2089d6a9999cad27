"""A result for each clause, and no pass that evidence does not carry."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import Verdict
from hegui.dossier.clauses import Conclusion, assess, conclude, requirements, tally
from hegui.dossier.material import gather
from hegui.dossier.model import Figure, RecordedWords

V = Verdict


@pytest.mark.parametrize(
    ("verdicts", "conclusion"),
    [
        ((), Conclusion.OPEN),
        ((V.MET,), Conclusion.ALL_MET),
        ((V.NOT_APPLICABLE,), Conclusion.ALL_MET),
        ((V.MET, V.NOT_APPLICABLE), Conclusion.ALL_MET),
        ((V.NOT_MET,), Conclusion.NONE_MET),
        ((V.NOT_MET, V.MET), Conclusion.PARTLY_MET),
        ((V.NOT_MET, V.NOT_APPLICABLE), Conclusion.PARTLY_MET),
        ((V.NOT_ASSESSED,), Conclusion.OPEN),
        ((V.MET, V.NOT_ASSESSED), Conclusion.OPEN),
        ((V.NOT_MET, V.NOT_ASSESSED), Conclusion.OPEN),
    ],
)
def test_the_conclusion_follows_the_standard(verdicts, conclusion):
    assert conclude(verdicts) is conclusion


@given(st.lists(st.sampled_from(V)))
def test_nothing_unassessed_is_ever_part_of_a_conclusion(verdicts):
    assert conclude([*verdicts, V.NOT_ASSESSED]) is Conclusion.OPEN


@given(st.lists(st.sampled_from(V), min_size=1), st.randoms())
def test_the_order_of_results_does_not_matter(verdicts, random):
    shuffled = random.sample(verdicts, len(verdicts))

    assert conclude(shuffled) is conclude(verdicts)


def test_every_conclusion_has_its_words():
    assert all(conclusion.text.zh and conclusion.text.en for conclusion in Conclusion)


def test_the_clauses_assessed_are_the_requirements_and_not_their_headings(rulebook):
    found = [clause.id for clause in requirements(rulebook)]

    assert {"5.1a1", "5.1d", "6b2", "8.3b", "8.3b3", "8.4", "9.2a", "9.4c"} <= set(found)
    assert {"5", "5.1", "5.1a", "6b", "8.3", "9", "9.1", "9.1d", "9.2", "A", "A.1"}.isdisjoint(found)


def verdicts(entries, rulebook):
    return {result.clause.id: result for result in assess(gather(entries), rulebook)}


def test_without_evidence_nothing_is_assessed(rulebook):
    results = assess(gather([]), rulebook)

    assert {result.verdict for result in results} == {V.NOT_ASSESSED}
    assert all(result.reason for result in results)


def test_recommendations_do_not_count(rulebook):
    results = assess(gather([]), rulebook)
    shall = [result for result in results if result.counts]

    assert 0 < len(shall) < len(results)
    assert tally(results)[V.NOT_ASSESSED] == len(shall)
    assert {result.clause.modal.value for result in shall} == {"shall"}


def test_sources_within_the_limit_meet_the_clause_on_collected_material(rulebook, registration, scan):
    found = verdicts([registration(), scan()], rulebook)

    assert found["5.1a2"].verdict is V.MET


def test_a_scan_after_collection_is_no_assessment_before_it(rulebook, registration, scan):
    found = verdicts([registration(), scan()], rulebook)

    assert found["5.1a1"].verdict is V.NOT_ASSESSED


def test_a_pass_with_a_caveat_is_no_pass(rulebook, registration, scan):
    caveat = {"zh": "词库小", "en": "small bank"}

    found = verdicts([registration(), scan(caveat=caveat)], rulebook)["5.1a2"]

    assert found.verdict is V.NOT_ASSESSED
    assert any(isinstance(piece, RecordedWords) and piece.text.zh == "词库小" for piece in found.reason)


def test_a_source_over_the_limit_is_named_and_never_passes(rulebook, registration, scan):
    entries = [registration("a"), scan("a"), registration("b", seq=2), scan("b", seq=3, verdict="not_met")]

    found = verdicts(entries, rulebook)["5.1a2"]

    assert found.verdict is V.NOT_ASSESSED
    assert [p.text.en for p in found.reason if isinstance(p, RecordedWords)] == ["source b"]


def test_a_source_without_a_scan_leaves_the_clause_open(rulebook, registration, scan):
    entries = [registration("a"), scan("a"), registration("b", seq=2), registration("c", seq=3)]

    found = verdicts(entries, rulebook)

    names = [p.text.en for p in found["5.1a2"].reason if isinstance(p, RecordedWords)]
    assert (found["5.1a2"].verdict, names) == (V.NOT_ASSESSED, ["source b", "source c"])
    assert "尚未扫描" in found["5.2a"].reason[0].text.zh


def test_filtering_by_keywords_alone_is_not_the_filtering_asked_for(rulebook, registration, scan):
    found = verdicts([registration(), scan()], rulebook)["5.2a"]

    assert found.verdict is V.NOT_ASSESSED
    assert "分类模型" in found.reason[0].text.zh


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("open_source", "5.1c1"),
        ("self_collected", "5.1c2"),
        ("synthetic", "5.1c2"),
        ("commercial", "5.1c3"),
        ("user_input", "5.1c4"),
    ],
)
def test_each_kind_of_source_has_its_clause_on_rights(rulebook, registration, kind, clause):
    met = verdicts([registration(kind=kind)], rulebook)
    lacking = verdicts([registration(kind=kind, rights="not_met"), registration("b", kind=kind)], rulebook)
    others = {"5.1c1", "5.1c2", "5.1c3", "5.1c4"} - {clause}

    assert met[clause].verdict is V.MET
    assert lacking[clause].verdict is V.NOT_MET
    assert [p.text.en for p in lacking[clause].reason if isinstance(p, RecordedWords)] == [
        "source wiki",
        "rights not_met",
    ]
    assert {met[other].verdict for other in others} == {V.NOT_APPLICABLE}


GATES = {
    "9.3b": "output.manual",
    "9.3c": "output.keyword",
    "9.3d": "output.classifier",
    "9.4b": "refusal",
    "9.4c": "non_refusal",
}


@pytest.mark.parametrize(("clause", "verdict"), list(itertools.product(GATES, V)))
def test_a_gate_decides_its_clause(rulebook, run, clause, verdict):
    gates = [
        gate | {"verdict": verdict.value if gate["name"] == GATES[clause] else "met"}
        for gate in run.content["gates"]
    ]
    changed = msgspec.structs.replace(run, content={**run.content, "gates": gates})

    found = verdicts([changed], rulebook)

    assert found[clause].verdict is verdict
    assert {found[other].verdict for other in set(GATES) - {clause}} == {V.MET}
    assert found[clause].reason[0].pointer.endswith("/reason")


def test_a_gate_that_the_run_lacks_is_not_assessed(rulebook, run):
    changed = msgspec.structs.replace(run, content={**run.content, "gates": []})

    assert verdicts([changed], rulebook)["9.4b"].verdict is V.NOT_ASSESSED


def test_what_was_recorded_in_part_is_told_and_not_passed(rulebook, run, make_entry):
    entries = [
        run,
        make_entry("gateway.exchanged", {"outcome": "masked"}, 0, "w-1"),
        make_entry("marking.labelled", {}, 8),
    ]

    found = verdicts(entries, rulebook)

    for clause, number in (("6b2", 1), ("7d", 1), ("8.2a", 30), ("8.3a", 30), ("8.3b", 30)):
        figures = [piece for piece in found[clause].reason if isinstance(piece, Figure)]
        assert (found[clause].verdict, [figure.value for figure in figures]) == (V.NOT_ASSESSED, [number])
