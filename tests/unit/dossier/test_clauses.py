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


def said(result):
    """The reason in Chinese."""
    return "".join(piece.text if isinstance(piece, Figure) else piece.text.zh for piece in result.reason)


def verdicts(entries, rulebook):
    return {result.clause.id: result for result in assess(gather(entries, asked={}), rulebook)}


def test_without_evidence_nothing_is_assessed(rulebook):
    results = assess(gather([], asked={}), rulebook)

    assert {result.verdict for result in results} == {V.NOT_ASSESSED}
    assert all(result.reason for result in results)


def test_recommendations_do_not_count(rulebook):
    results = assess(gather([], asked={}), rulebook)
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
    assert said(found) == (
        "各来源均已按关键词和个人信息规则扫描；没有分类模型的证据；没有人工抽检的证据；"
        "没有已剔除所发现内容的证据：来源wiki"
    )


def test_a_clean_up_is_shown_with_its_counts_and_its_entry(rulebook, registration, scan, cleaning):
    entries = [registration("a", seq=0), scan("a", seq=1), cleaning("a", seq=2)]
    entries += [registration("b", seq=3), scan("b", seq=4, unsafe=0)]
    entries += [registration("c", seq=5), scan("c", seq=6)]

    found = verdicts(entries, rulebook)["5.2a"]

    assert found.verdict is V.NOT_ASSESSED
    assert said(found).endswith(
        "来源a：清理时读入 205 篇，留用 200 篇（其中遮盖个人信息 7 篇），隔离 2 篇，剔除 0 篇，"
        "因未能审查而不收 3 篇；"
        "来源b：扫描未发现违法不良信息；没有已剔除所发现内容的证据：来源c；没有所训练的就是清理后数据的证据"
    )
    assert "没有已剔除所发现内容的证据" not in said(verdicts(entries[:-2], rulebook)["5.2a"])
    figures = [piece for piece in found.reason if isinstance(piece, Figure)]
    assert [figure.pointer for figure in figures] == [
        f"/total/{name}" for name in ("read", "kept", "masked", "quarantined", "dropped", "unscreened")
    ]
    assert {figure.entry.seq for figure in figures} == {2}


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ((200, 200), "全部文档经分类模型审查：classifier:insults；"),
        ((200, 20), "分类模型只审查了一部分文档：classifier:insults；"),
        ((200, None), "分类模型只审查了一部分文档：classifier:insults；"),
        ((0, 0), "没有分类模型的证据；"),
    ],
)
def test_classifiers_are_named_with_how_much_they_judged(rulebook, registration, scan, documents, told):
    entries = []
    for n, count in enumerate(documents):
        judged = [] if count is None else [{"name": "classifier:insults", "digest": "", "documents": count}]
        made = scan(f"s{n}", seq=2 * n + 1)
        entries += [
            registration(f"s{n}", seq=2 * n),
            msgspec.structs.replace(made, content={**made.content, "classifiers": judged}),
        ]
    found = verdicts(entries, rulebook)["5.2a"]
    assert found.verdict is V.NOT_ASSESSED
    assert told in said(found)


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
def test_each_kind_of_source_has_its_clause_on_rights(rulebook, registration, check, kind, clause):
    collected = "met" if clause == "5.1c2" else "not_applicable"
    met = verdicts([registration(kind=kind), check(("5.1c2", "wiki", collected))], rulebook)
    lacking = verdicts([registration(kind=kind, rights="not_met"), registration("b", kind=kind)], rulebook)
    others = {"5.1c1", "5.1c2", "5.1c3", "5.1c4"} - {clause}

    assert met[clause].verdict is V.MET
    assert lacking[clause].verdict is V.NOT_MET
    assert [p.text.en for p in lacking[clause].reason if isinstance(p, RecordedWords)] == [
        "source wiki",
        "rights not_met",
    ]
    assert {met[other].verdict for other in others} == {V.NOT_APPLICABLE}


def test_documents_alone_do_not_show_that_collection_was_allowed(rulebook, registration, check):
    collected = registration(kind="self_collected")
    rules = (("5.1c2", "wiki", "met"), ("5.1c2", "wiki", "not_met"))

    assert verdicts([collected], rulebook)["5.1c2"].verdict is V.NOT_ASSESSED
    assert verdicts([registration(), check(*rules)], rulebook)["5.1c2"].verdict is V.NOT_MET
    refused = verdicts([collected, check(*rules)], rulebook)["5.1c2"]
    assert refused.verdict is V.NOT_MET
    assert [p.text.en for p in refused.reason if isinstance(p, RecordedWords)] == ["5.1c2 not_met"]


CHECKED = ["5.1a1", "5.1b", "5.1d", "5.2b1", "5.2b2", "5.2b3", "5.2b4", "5.2b5", "5.2b6", "5.2c1", "5.2c2"]


@pytest.mark.parametrize(("clause", "said"), list(itertools.product(CHECKED, V)))
def test_the_check_of_the_register_decides_its_clauses(rulebook, registration, check, clause, said):
    rules = ((clause, "wiki", said.value), (clause, None, said.value), ("5.1c1", "wiki", "met"))

    found = verdicts([registration(), check(*rules)], rulebook)[clause]

    assert found.verdict is said
    assert len([p for p in found.reason if isinstance(p, RecordedWords)]) == 2


def test_a_check_of_one_source_or_of_an_earlier_register_says_nothing(rulebook, registration, scan, check):
    rule = ("5.1b", None, "met")
    for entries in (
        [registration(), check(rule, whole=False)],
        [registration(), check(rule, seq=1), scan(seq=2)],
        [registration(), check(rule, seq=1), registration("b", seq=2)],
    ):
        assert verdicts(entries, rulebook)["5.1b"].verdict is V.NOT_ASSESSED
    earlier = check(("5.1b", None, "not_met"), seq=51, whole=False)
    assert verdicts([registration(), check(rule), earlier], rulebook)["5.1b"].verdict is V.MET


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


def test_the_inspections_of_the_training_data_are_the_gates_as_judged(rulebook, judged_gates):
    nothing = verdicts([], rulebook)
    assert nothing["9.2a"].verdict is nothing["9.2b"].verdict is V.NOT_ASSESSED
    gates = judged_gates(manual={"verdict": "not_met"}, technical={"verdict": "met"})
    found = verdicts([gates], rulebook)
    assert (found["9.2a"].verdict, found["9.2b"].verdict) == (V.NOT_MET, V.MET)
    assert isinstance(found["9.2a"].reason[0], RecordedWords)


def test_a_gate_of_which_nothing_was_counted_is_no_evidence(rulebook, judged_gates):
    found = verdicts([judged_gates(manual={"share": None})], rulebook)
    assert found["9.2a"].verdict is found["9.2b"].verdict is V.NOT_ASSESSED


def test_gates_that_were_judged_before_something_changed_say_nothing(rulebook, judged_gates, registration):
    found = verdicts([judged_gates(), registration(seq=12)], rulebook)["9.2a"]
    assert found.verdict is V.NOT_ASSESSED
    assert "重新判定" in found.reason[0].text.zh


def test_a_gate_that_is_met_with_a_caveat_is_not_assessed(rulebook, judged_gates):
    gates = judged_gates(technical={"caveat": {"zh": "词库小", "en": "small bank"}})
    found = verdicts([gates], rulebook)["9.2b"]
    assert found.verdict is V.NOT_ASSESSED
    assert "词库小" in "".join(piece.text.zh for piece in found.reason)


def test_manual_sampling_is_named_as_part_of_the_filtering(rulebook, registration, scan, judged_gates):
    found = verdicts([registration(), scan(), judged_gates()], rulebook)["5.2a"]
    assert found.verdict is V.NOT_ASSESSED
    assert "；有人工抽检；" in said(found)
