"""What an operator declares of a guard model."""

import msgspec

from hegui.screening import (
    UNSCREENED,
    Action,
    Direction,
    FailureMode,
    GuardDeclaration,
    OnFailure,
    PassageUnit,
    ReleaseMode,
    Rule,
    failure_rules,
)

DECLARED = {"name": "guard", "url": "http://127.0.0.1:1/v1", "model": "m", "format": "qwen3guard"}


def test_a_guard_holds_and_blocks_what_it_could_not_judge_unless_declared_otherwise():
    declared = msgspec.convert(DECLARED, GuardDeclaration)
    assert declared.release is ReleaseMode.HOLD
    assert declared.passages.unit is PassageUnit.SENTENCE
    assert declared.on_failure == OnFailure(
        input=FailureMode.BLOCK, output=FailureMode.BLOCK, corpus=FailureMode.BLOCK
    )
    assert failure_rules([declared]) == ()


def test_what_may_pass_unjudged_becomes_a_rule_for_that_guard_and_direction_alone():
    declared = msgspec.convert(DECLARED | {"on_failure": {"input": "allow"}}, GuardDeclaration)
    assert failure_rules([declared]) == (
        Rule(direction=Direction.INPUT, risk=UNSCREENED, kind="guard", action=Action.ALLOW),
    )
