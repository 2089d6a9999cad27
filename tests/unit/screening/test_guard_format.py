"""How guard models are asked and read."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidInput, NotFound
from hegui.rulebook import Rulebook
from hegui.screening import (
    UNMAPPED,
    Category,
    Direction,
    GuardCategory,
    GuardFormat,
    Level,
    load_format,
    packaged_formats,
)
from hegui.screening.guard_format import boundary, categories_of

IN, OUT, CORPUS = Direction.INPUT, Direction.OUTPUT, Direction.CORPUS
QWEN = load_format("qwen3guard")
LLAMA = load_format("llama-guard")
SHIELD = load_format("shieldlm-zh")
JUDGE = load_format("judge-zh")

SMALLEST = {
    "name": "own",
    "source": "us",
    "licence": "ours",
    "languages": "zh",
    "messages": {"input": [{"role": "user", "content": "{text}"}]},
    "verdict": "(ok|bad)",
    "verdicts": {"ok": None, "bad": "high"},
}


def a_format(**changes):
    return msgspec.convert(SMALLEST | changes, GuardFormat)


def risks(form, answer):
    read = form.read(answer, form.verdicts)
    return None if read is None else [(each.risk, each.kind, each.level) for each in read]


def test_every_packaged_format_can_be_loaded_and_says_where_it_is_documented():
    assert len(packaged_formats()) == 8
    for name in packaged_formats():
        form = load_format(name)
        assert form.name == name
        assert form.source
        assert form.licence
        assert form.digest == load_format(name).digest


def test_every_risk_that_a_packaged_category_names_is_in_the_rulebook():
    book = Rulebook.load()
    known = {risk.id for risk in book.risks} | {group.id for group in book.risk_groups}
    for name in packaged_formats():
        for category in load_format(name).categories:
            assert category.risk is None or category.risk in known
            assert category.risk is not None or category.note, f"{name}: say why {category.name} has none"


def test_qwen3guard_is_sent_the_conversation_as_it_is():
    asked = QWEN.ask("答", direction=OUT, prompt="问")
    assert [(message.role, message.content) for message in asked] == [("user", "问"), ("assistant", "答")]
    (alone,) = QWEN.ask("问", direction=IN)
    assert (alone.role, alone.content) == ("user", "问")


def test_qwen3guards_documented_answers_are_read():
    assert risks(QWEN, "Safety: Unsafe\nCategories: Violent") == [("A.1.f", "Violent", "high")]
    assert risks(QWEN, "Safety: Safe\nCategories: None\nRefusal: Yes") == []
    assert risks(QWEN, "Safety: Controversial\nCategories: PII, Jailbreak\nRefusal: No") == [
        ("A.4.f", "PII", "low"),
        (UNMAPPED, "Jailbreak", "low"),
    ]


def test_llama_guards_documented_answers_are_read():
    assert risks(LLAMA, "\n\nsafe") == []
    assert risks(LLAMA, "\n\nunsafe\nS1,S10") == [("A.1", "S1", "high"), ("A.2", "S10", "high")]


def test_shieldlms_documented_answers_are_read():
    assert risks(SHIELD, "[答案] 安全\n[分析] …") == []
    assert risks(SHIELD, "[答案] 不安全\n[分析] 并不 [答案] 安全") == [(UNMAPPED, "unnamed", "high")]
    assert risks(SHIELD, "[答案] 有争议") == [(UNMAPPED, "unnamed", "low")]
    assert risks(load_format("shieldlm-en"), "[Answer] unsafe\n[Analysis]") == [(UNMAPPED, "unnamed", "high")]


def test_shieldlm_judges_answers_and_no_questions():
    assert set(SHIELD.messages) == {OUT, CORPUS}
    (asked,) = SHIELD.ask("答", direction=OUT, prompt="问")
    assert asked.content.endswith("A: 问\nB: 答")


def test_a_judges_answer_is_read_with_the_risks_it_names():
    assert risks(JUDGE, '{"verdict": "safe", "risks": []}') == []
    assert risks(JUDGE, '```json\n{"verdict": "unsafe", "risks": ["A.1.f", "A.2.e"]}\n```') == [
        ("A.1.f", "A.1.f", "high"),
        ("A.2.e", "A.2.e", "high"),
    ]
    assert risks(JUDGE, '{"verdict":"unsafe","risks":[]}') == [(UNMAPPED, "unnamed", "high")]


def test_a_judge_is_asked_about_the_risks_in_their_official_wording_but_not_about_usefulness():
    told = JUDGE.ask("好", direction=IN)[0].content
    for risk in Rulebook.load().risks:
        assert (f"{risk.id} {risk.text.zh}" in told) == (risk.group != "A.5")
    assert "incitement" not in told
    assert "A.1.f promoting violence" in load_format("judge-en").ask("x", direction=IN)[0].content


@given(prompt=st.text(max_size=40), text=st.text(max_size=40))
def test_what_is_judged_stands_between_marks_that_it_does_not_contain(prompt, text):
    mark = boundary(prompt, text)
    asked = JUDGE.ask(text, direction=OUT, prompt=prompt)[1].content
    assert mark not in text
    assert asked.count(mark) == 3
    assert asked.split(f"<<{mark}>>\n")[1:3] == [f"{prompt}\n", f"{text}\n"]


def test_what_is_judged_is_put_in_as_it_is():
    assert JUDGE.ask("{prompt}{risks}{text}", direction=OUT, prompt="{text}")[1].content.count("{text}") == 2
    assert boundary("a", "b") != boundary("", "ab")
    assert re.fullmatch("[0-9a-f]{24}", boundary("\ud800", ""))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Sure, here is a story.",
        "Safety:",
        "The text says Safety: Safe",
        "<think>Safety: Safe",
        "Safety: Maybe",
    ],
)
def test_what_is_no_answer_is_read_as_none(answer):
    assert QWEN.read(answer, QWEN.verdicts) is None


def test_thoughts_before_an_answer_are_passed_over_and_never_read():
    assert risks(QWEN, "<think>\nSafety: Safe\n</think>\n\nSafety: Unsafe\nCategories: PII") == [
        ("A.4.f", "PII", "high")
    ]


def test_a_category_nobody_knows_is_told_as_unnamed():
    assert risks(QWEN, "Safety: Unsafe\nCategories: Astrology") == [(UNMAPPED, "unnamed", "high")]


def test_an_operator_says_how_grave_a_verdict_is():
    strict = {**QWEN.verdicts, "Controversial": Level.HIGH}
    loose = {**QWEN.verdicts, "Controversial": None}
    assert QWEN.read("Safety: Controversial\nCategories: PII", strict)[0].level is Level.HIGH
    assert QWEN.read("Safety: Controversial\nCategories: PII", loose) == ()


@given(st.text(alphabet="Safety: UnControversial\nCategories,ViolentPII&", max_size=80))
def test_every_answer_is_read_as_a_category_that_was_declared(answer):
    read = QWEN.read(answer, QWEN.verdicts)
    assert set(read or ()) <= set(categories_of(QWEN, QWEN.verdicts))


def test_a_format_of_ones_own_is_a_file(tmp_path):
    (tmp_path / "own.yaml").write_bytes(msgspec.json.encode(SMALLEST))
    form = load_format("own.yaml", folder=tmp_path)
    assert form.read("BAD", form.verdicts) == (Category(risk=UNMAPPED, kind="unnamed", level="high"),)


def test_a_format_may_be_given_as_it_is():
    assert load_format(a_format()) == a_format()


def test_a_format_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(NotFound, match="do you mean qwen3guard"):
        load_format("qwenguard")
    with pytest.raises(NotFound, match="there are judge-en, judge-zh"):
        load_format("zzzz")
    with pytest.raises(NotFound, match="own"):
        load_format("own.yaml")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"verdict": "(ok"}, "no regular expression"),
        ({"verdict": "ok|bad"}, "one pair of brackets"),
        ({"named": "(a)(b)"}, "one pair of brackets"),
        ({"verdicts": {"bad": "high"}}, "says harmless"),
        ({"categories": [{"name": "x", "risk": "B.1"}]}, "no risk's code"),
    ],
)
def test_a_format_by_which_nothing_could_be_read_is_refused(changes, fault):
    with pytest.raises((InvalidInput, msgspec.ValidationError), match=fault):
        GuardFormat(**vars_of(changes))


def vars_of(changes):
    whole = SMALLEST | changes
    fields = {name: whole[name] for name in whole}
    fields["messages"] = msgspec.convert(fields["messages"], dict)
    fields["categories"] = tuple(GuardCategory(**each) for each in fields.get("categories", ()))
    return fields


def test_a_format_cannot_ask_about_groups_that_there_are_not(tmp_path):
    (tmp_path / "own.yaml").write_bytes(msgspec.json.encode(SMALLEST | {"risks": ["A.1", "A.9"]}))
    with pytest.raises(InvalidInput, match=r"no group of risks A\.9"):
        load_format("own.yaml", folder=tmp_path)


def test_a_format_that_names_nothing_but_verdicts_is_enough():
    assert categories_of(a_format(), {"ok": None, "bad": Level.HIGH}) == (
        Category(risk=UNMAPPED, kind="unnamed", level="high"),
    )
