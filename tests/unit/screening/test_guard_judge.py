"""A guard model as part of a screen."""

import pytest

from hegui.core import InvalidInput
from hegui.screening import (
    UNMAPPED,
    UNSCREENED,
    Action,
    Direction,
    Failure,
    FailureMode,
    GuardDeclaration,
    GuardJudge,
    Inquiry,
    Level,
    OnFailure,
    Passages,
    PassageUnit,
    ReleaseMode,
    Ruling,
    Screen,
    failure_rules,
    load_format,
)
from hegui.screening.judging import not_judged
from hegui.screening.passages import Passage

IN, OUT = Direction.INPUT, Direction.OUTPUT
PASSAGE = Passage(start=3, end=5, text="坏话", context="好。")


def judge(*, form="qwen3guard", **changes):
    declared = GuardDeclaration(name="guard", url="http://127.0.0.1:1/v1", model="m", format=form, **changes)
    return GuardJudge(declared, load_format(form))


def test_every_passage_is_asked_about_with_its_context_and_the_end_of_the_question():
    short = judge(prompt_characters=3)
    assert short.inquiry(PASSAGE, direction=OUT, prompt="今天天气") == Inquiry(
        judge="guard", direction=OUT, text="好。坏话", prompt="天天气"
    )
    assert short.inquiry(PASSAGE, direction=IN, prompt="今天天气").prompt == ""
    assert judge(prompt_characters=0).inquiry(PASSAGE, direction=OUT, prompt="今天").prompt == ""


def test_it_knows_nothing_by_itself():
    assert judge().rule(PASSAGE, OUT) == (not_judged("guard", Failure.NOT_ASKED),)


def test_a_screen_blocks_what_it_objects_to_and_notes_what_is_controversial():
    guard = judge()
    screen = Screen(keywords=None, personal_information=False, judges=[guard])
    (inquiry,) = screen.inquiries("坏话", OUT, prompt="问")
    violent = next(each for each in guard.categories if (each.kind, each.level) == ("Violent", "high"))
    perhaps = next(each for each in guard.categories if (each.kind, each.level) == ("Violent", "low"))

    assert (
        screen.examine("坏话", OUT, prompt="问", known={inquiry: [Ruling(violent, None)]}).action
        is Action.BLOCK
    )
    assert (
        screen.examine("坏话", OUT, prompt="问", known={inquiry: [Ruling(perhaps, None)]}).action
        is Action.ALLOW
    )
    assert screen.examine("坏话", OUT, prompt="问", known={inquiry: []}).findings == ()


@pytest.mark.parametrize("failure", Failure)
def test_what_it_could_not_judge_is_blocked_unless_declared_otherwise(failure):
    open_gate = judge(on_failure=OnFailure(output=FailureMode.ALLOW))
    for guard, action in ((judge(), Action.BLOCK), (open_gate, Action.ALLOW)):
        rules = (*failure_rules([guard.declaration]), *Screen(keywords=None).rules)
        screen = Screen(keywords=None, personal_information=False, judges=[guard], rules=rules)
        (inquiry,) = screen.inquiries("话", OUT)
        examined = screen.examine("话", OUT, known={inquiry: [not_judged("guard", failure)]})
        assert examined.action is action
        assert [(f.risk, f.kind, f.level) for f in examined.findings] == [(UNSCREENED, "guard", failure)]


def test_what_is_none_of_the_risks_is_blocked_until_a_rule_lets_it_pass():
    guard = judge()
    (jailbreak,) = [each for each in guard.categories if (each.kind, each.level) == ("Jailbreak", "high")]
    assert jailbreak.risk == UNMAPPED
    screen = Screen(keywords=None, personal_information=False, judges=[guard])
    (inquiry,) = screen.inquiries("话", IN)
    assert screen.examine("话", IN, known={inquiry: [Ruling(jailbreak, None)]}).action is Action.BLOCK


def test_a_finding_is_explained_by_the_model_and_its_own_word():
    guard = judge()
    said = next(each for each in guard.categories if each.kind == "Violent")
    account = guard.account("坏话", said)
    assert account.pattern.zh == "m 判为 Violent"
    assert account.source == f"qwen3guard, {guard.digest}"
    unknown = not_judged("guard", Failure.TIMED_OUT).category
    assert guard.account("坏话", unknown).pattern.en == "m did not judge: it took too long"


def test_it_judges_where_its_format_can_and_no_further():
    assert judge(form="shieldlm-zh").directions == {OUT, Direction.CORPUS}
    assert judge(directions=(IN,)).directions == {IN}
    with pytest.raises(InvalidInput, match="shieldlm-zh cannot judge input"):
        judge(form="shieldlm-zh", directions=(IN, OUT))


def test_verdicts_can_be_made_graver_but_not_invented():
    grave = judge(levels={"Controversial": Level.MEDIUM})
    assert {each.level for each in grave.categories if each.kind == "Violent"} == {"medium", "high"}
    with pytest.raises(InvalidInput, match="no verdict Perhaps; it has Safe"):
        judge(levels={"Perhaps": Level.LOW})


def test_the_digest_names_all_that_decides_and_nothing_else():
    digests = {
        each.digest
        for each in (
            judge(),
            judge(form="judge-zh"),
            judge(levels={"Controversial": Level.HIGH}),
            judge(levels={"Controversial": None}),
            judge(passages=Passages(unit=PassageUnit.WHOLE)),
            judge(release=ReleaseMode.RETRACT),
            judge(directions=(IN,)),
            judge(prompt_characters=1),
        )
    }
    assert len(digests) == 8
    assert judge(timeout_seconds=1, concurrency=2, key_file="k").digest == judge().digest
