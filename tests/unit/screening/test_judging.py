import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import Action, Category, Direction, Rule, Screen
from hegui.screening.judging import Failure, not_judged
from hegui.screening.passages import Passages
from hegui.screening.screen import SameName
from simulators.judges import AskingJudge, CountingJudge

ASKING = AskingJudge(passages=Passages(longest=8, context=3))
SCREEN = Screen(keywords=None, judges=[ASKING])
OPEN = Rule(direction=Direction.OUTPUT, risk="unscreened", kind="asking", action=Action.ALLOW)


def answers(inquiries):
    return {inquiry: ASKING.counted(inquiry.text) for inquiry in inquiries}


@given(st.lists(st.text("好坏。", max_size=5), max_size=6))
def test_answers_that_are_there_before_the_piece_hold_nothing_more_than_a_judge_that_knows(pieces):
    known = {}
    asked = SCREEN.stream(known=known)
    knows = Screen(keywords=None, judges=[CountingJudge(name="asking", passages=ASKING.passages)]).stream()
    for piece in pieces:
        known.update(answers(asked.inquiries(piece)))
        assert asked.feed(piece) == knows.feed(piece)
        assert asked.held == knows.held
    known.update(answers(asked.inquiries(complete=True)))
    assert asked.finish() == knows.finish()


@given(st.lists(st.text("好坏。", max_size=5), max_size=6))
def test_text_that_is_not_answered_for_is_held_until_it_is(pieces):
    known = {}
    stream = SCREEN.stream(known=known)
    released = "".join(stream.feed(piece).text for piece in pieces)
    text = "".join(pieces)
    assert released == ""
    assert stream.held == len(text)
    known.update(answers(stream.inquiries(complete=True)))
    assert (
        stream.finish().text
        == text[: min((f.start for f in SCREEN.scan(text, known=known)), default=len(text))]
    )


def test_what_is_not_answered_in_the_end_is_unscreened_and_stays():
    stream = SCREEN.stream()
    stream.feed("很好。很好")
    finished = stream.finish()
    assert finished.text == ""
    assert finished.blocked
    (finding,) = finished.findings
    assert (finding.risk, finding.kind, finding.level) == ("unscreened", "asking", "not_asked")


def test_asking_ahead_takes_nothing_in():
    stream = SCREEN.stream()
    assert [inquiry.text for inquiry in stream.inquiries("很好。很好")] == ["很好。"]
    assert [inquiry.text for inquiry in stream.inquiries("很好。很好", complete=True)] == [
        "很好。",
        "很好。很好",
    ]
    assert stream.held == 0


def test_a_blocked_stream_asks_nothing():
    known = answers(SCREEN.inquiries("坏"))
    stream = SCREEN.stream(known=known)
    stream.feed("坏")
    assert stream.finish().blocked
    assert stream.inquiries("好。好") == ()


def test_a_whole_text_is_asked_about_through_the_given_way():
    asked = []

    def ask(inquiries):
        asked.extend(inquiries)
        return answers(inquiries)

    screen = Screen(keywords=None, judges=[ASKING], ask=ask)
    assert [finding.kind for finding in screen.scan("很坏。很坏。很好。", prompt="问")] == [
        "counted",
        "counted",
        "counted",
    ]
    assert [(inquiry.text, inquiry.prompt) for inquiry in asked] == [
        ("很坏。", "问"),
        ("很坏。很坏。", "问"),
        ("很坏。很好。", "问"),
    ]
    asked.clear()
    assert [len(found) for found in screen.scan_many(["很坏。", "很好。", "很坏。"])] == [1, 0, 1]
    assert [inquiry.text for inquiry in asked] == ["很坏。", "很好。"]  # once for each different text
    assert screen.scan("很坏。", known={})[0].risk == "unscreened"


def test_many_texts_are_judged_as_each_alone():
    screen = Screen(keywords=None, judges=[CountingJudge()])
    texts = ["坏\n坏", "很好", "13812345678坏", ""]
    assert list(screen.scan_many(texts)) == [screen.scan(text) for text in texts]


def test_without_a_rule_what_could_not_be_judged_may_not_pass():
    for rules in ([], [Rule(direction=Direction.OUTPUT, risk="*", action=Action.ALLOW)]):
        screen = Screen(keywords=None, judges=[ASKING], rules=rules)
        assert screen.examine("很好", known={}).action is Action.BLOCK


def test_a_gate_is_open_only_where_a_rule_says_so():
    screen = Screen(keywords=None, judges=[ASKING], rules=[OPEN])
    screening = screen.examine("很好", known={})
    assert screening.action is Action.ALLOW
    assert [finding.risk for finding in screening.findings] == ["unscreened"]


def test_a_judge_is_used_where_it_is_declared():
    judge = CountingJudge(directions=frozenset({Direction.INPUT}))
    screen = Screen(keywords=None, judges=[judge])
    assert screen.scan("坏", Direction.OUTPUT) == ()
    assert len(screen.scan("坏", Direction.INPUT)) == 1


def test_a_finding_of_a_judge_is_explained_and_has_its_score():
    screen = Screen(keywords=None, judges=[CountingJudge()])
    (finding,) = screen.scan("很坏")
    explanation = screen.explain(finding, "很坏")
    assert (finding.score, explanation.matched, explanation.source) == (100, "很坏", "counting")


def test_two_detectors_of_one_name_are_refused():
    with pytest.raises(SameName, match="'counting'"):
        Screen(keywords=None, judges=[CountingJudge(), CountingJudge(sign="好")])


def test_every_reason_for_not_judging_has_words():
    for failure in Failure:
        assert failure.text.zh
        assert not_judged("guard", failure).category == Category(
            risk="unscreened", kind="guard", level=failure
        )
