"""What an operator declares of the judges of media."""

from hegui.screening import (
    UNSCREENED,
    Action,
    Direction,
    FailureMode,
    GuardDeclaration,
    MediaDeclaration,
    OnFailure,
    Rule,
    TranscriberDeclaration,
)

URL = "http://127.0.0.1:1/v1"


def test_nothing_that_could_not_be_judged_passes_unless_declared():
    sound = TranscriberDeclaration(url=URL, model="asr")
    pictures = GuardDeclaration(name="eye", url=URL, model="v", format="pictures-zh")
    assert MediaDeclaration().rules == ()
    assert MediaDeclaration(pictures=pictures).names == ("eye", "pictures", "sound", "file")
    assert MediaDeclaration(pictures=pictures, sound=sound).rules == ()


def test_what_may_pass_unjudged_becomes_a_rule_for_it_alone():
    open_input = OnFailure(input=FailureMode.ALLOW)
    sound = TranscriberDeclaration(url=URL, model="asr", on_failure=open_input)
    pictures = GuardDeclaration(name="eye", url=URL, model="v", format="pictures-zh", on_failure=open_input)
    assert MediaDeclaration(pictures=pictures, sound=sound).rules == tuple(
        Rule(direction=Direction.INPUT, risk=UNSCREENED, kind=kind, action=Action.ALLOW)
        for kind in ("eye", "sound")
    )
