import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Direction,
    Keyword,
    KeywordBank,
    Rule,
    Screen,
    StreamFinished,
    mask,
)
from hegui.screening.judging import ReleaseMode
from hegui.screening.passages import Passages, PassageUnit
from simulators.judges import AskingJudge, CountingJudge

WORDS = ["炸弹", "炸弹制作", "坏蛋", "13"]
passages = st.builds(
    Passages, unit=st.sampled_from(PassageUnit), longest=st.integers(8, 12), context=st.integers(0, 8)
)


def judges(release=None, kinds=(CountingJudge, AskingJudge)):
    return st.builds(
        lambda kind, name, **settings: kind(name=name, **settings),
        st.sampled_from(kinds),
        st.sampled_from(["first", "second", "third"]),
        sign=st.sampled_from(["坏", "。", "a"]),
        least=st.integers(1, 3),
        level=st.sampled_from(["low", "high"]),
        risk=st.sampled_from(["A.1.f", "A.2.e"]),
        passages=passages,
        release=st.just(release) if release else st.sampled_from(ReleaseMode),
    )


several = st.lists(judges(), min_size=1, max_size=3, unique_by=lambda judge: judge.name)
rules = st.sampled_from(
    [DEFAULT_RULES, [Rule(direction=Direction.OUTPUT, risk="A.2", action=Action.MASK), *DEFAULT_RULES]]
)
words = st.lists(st.sampled_from(WORDS), max_size=2, unique=True)


def screen(words=(), judging=(), rules=DEFAULT_RULES):
    keywords = [Keyword(text=word, risk="A.1.h", kind="test", source="test") for word in words]
    return Screen(keywords=KeywordBank(keywords, name="test"), judges=judging, rules=rules)


screens = st.builds(screen, words, several, rules)
texts = st.lists(
    st.sampled_from(
        ["好", "坏", "坏人", "。", "，", "a", "\u200b", "炸弹", "制作", "13812345678", "很好的一天", "\n"]
    ),
    max_size=14,
).map("".join)


def answers(screen, inquiries):
    named = {judge.name: judge for judge in screen.watch(Direction.OUTPUT).judges}
    return {inquiry: named[inquiry.judge].counted(inquiry.text) for inquiry in inquiries}


def run(screen, pieces, *, late=lambda: False):
    """Feed the pieces, answering what is asked at once, or later where ``late`` says so."""
    known = {}
    stream = screen.retractable_stream(known=known)
    shown, found = "", []

    def show(released):
        nonlocal shown
        assert released.retract <= len(shown)
        shown = shown[: len(shown) - released.retract] + released.text
        found.extend(released.findings)

    for piece in pieces:
        if not late():
            known.update(answers(screen, stream.inquiries(piece)))
        show(stream.feed(piece))
        if not late():
            known.update(answers(screen, stream.inquiries()))
            show(stream.resume())
    known.update(answers(screen, stream.inquiries(complete=True)))
    show(stream.finish())
    while not stream.done:
        known.update(answers(screen, stream.inquiries()))
        show(stream.resume())
    assert list(stream.inquiries()) == []
    return shown, tuple(found), stream.blocked


def cut(text, places):
    bounds = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(bounds)]


def alone(watching, chosen):
    """The same screen with some of its judges only."""
    return Screen(keywords=watching.keywords, judges=chosen, rules=watching.rules)


def scanned(watching, text):
    return watching.scan(text, known=answers(watching, watching.inquiries(text)))


def expected(watching, text):
    """What must remain where one judge retracts, worked out without a stream."""
    every = watching.watch(Direction.OUTPUT).judges
    holding = alone(watching, [judge for judge in every if judge.release is ReleaseMode.HOLD])
    found = scanned(holding, text)
    blocks = [f.start for f in found if holding.action(f, Direction.OUTPUT) is Action.BLOCK]
    shown = text[: min(blocks, default=len(text))]
    following = alone(watching, [judge for judge in every if judge.release is ReleaseMode.RETRACT])
    late = [f for f in scanned(following, shown) if f.detector in {judge.name for judge in every}]
    every_finding = sorted({*found, *late}, key=lambda finding: finding.order)
    actions = {finding: watching.action(finding, Direction.OUTPUT) for finding in every_finding}
    stop = min((f.start for f in every_finding if actions[f] is Action.BLOCK), default=None)
    if stop is None:
        return (
            mask(text, [f for f in every_finding if actions[f] is Action.MASK]),
            tuple(every_finding),
            False,
        )
    reached = tuple(f for f in every_finding if f.start <= stop)
    masked = [f for f in reached if f.start < stop and actions[f] is Action.MASK]
    return mask(text[:stop], masked), reached, True


@given(
    st.builds(
        lambda words, judge, rules: screen(words, [judge], rules), words, judges(ReleaseMode.RETRACT), rules
    ),
    texts,
    st.data(),
)
def test_what_remains_is_what_the_whole_text_gives(watching, text, data):
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    assert run(watching, cut(text, places)) == expected(watching, text)


@given(screens, texts, st.data())
def test_what_remains_depends_neither_on_the_pieces_nor_on_when_answers_come(watching, text, data):
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    at_once = run(watching, [text])
    assert run(watching, text) == at_once
    assert run(watching, cut(text, places), late=lambda: data.draw(st.booleans())) == at_once


@given(
    st.builds(
        screen,
        words,
        st.lists(
            judges(ReleaseMode.RETRACT, kinds=[CountingJudge]),
            min_size=2,
            max_size=3,
            unique_by=lambda judge: judge.name,
        ),
        rules,
    ),
    st.lists(st.sampled_from(["好", "坏", "，", "。", "aa", "炸弹", "很好的一天"]), max_size=20).map("".join),
)
def test_judges_that_retract_agree_on_what_remains_and_have_read_all_of_it(watching, text):
    every = watching.watch(Direction.OUTPUT).judges
    runs = []
    for pieces in (text, [text]):
        for judge in every:
            judge.read.clear()
        runs.append(run(watching, pieces))
        _, found, _ = runs[-1]
        stop = min((f.start for f in found if blocked_by(watching, f)), default=len(text))
        for judge in every:
            ends = dict(judge.read)
            reached = 0
            while reached < stop and reached in ends:
                reached = ends[reached]
            assert reached >= stop, (judge.name, judge.read)
    assert runs[0] == runs[1]


def blocked_by(watching, finding):
    return watching.action(finding, Direction.OUTPUT) is Action.BLOCK


@given(
    st.builds(
        screen,
        words,
        st.lists(judges(ReleaseMode.HOLD), max_size=2, unique_by=lambda judge: judge.name),
        rules,
    ),
    texts,
)
def test_without_judges_that_retract_it_is_the_plain_stream(watching, text):
    shown, found, blocked = run(watching, text)
    known = answers(watching, watching.inquiries(text))
    plain = watching.stream(known=known)
    released = [*map(plain.feed, text), plain.finish()]
    assert "".join(part.text for part in released) == shown
    assert tuple(finding for part in released for finding in part.findings) == found
    assert plain.blocked == blocked


SHOWY = CountingJudge(release=ReleaseMode.RETRACT, passages=Passages(longest=20))


def test_a_passage_is_shown_and_taken_back():
    stream = screen(judging=[SHOWY]).retractable_stream()
    assert stream.feed("好的。很坏").text == "好的。很坏"
    released = stream.feed("。好")
    assert (released.retract, released.text, released.blocked) == (2, "", True)
    assert stream.done
    assert stream.feed("还有").text == ""


def test_a_passage_that_is_masked_is_replaced():
    rules = [Rule(direction=Direction.OUTPUT, risk="A.2", action=Action.MASK)]
    stream = screen(judging=[SHOWY], rules=rules).retractable_stream()
    assert stream.feed("好的。很坏").text == "好的。很坏"
    released = stream.feed("。好")
    assert (released.retract, released.text, released.blocked) == (2, "[已屏蔽]好", False)


def test_where_one_judge_blocks_the_others_judge_what_is_left():
    whole = CountingJudge(
        name="whole", release=ReleaseMode.RETRACT, passages=Passages(unit=PassageUnit.WHOLE)
    )
    other = CountingJudge(name="other", sign="天", release=ReleaseMode.RETRACT, passages=Passages(longest=20))
    for pieces in ("坏人。今天。好", ["坏人。今天。好"]):
        stream = screen(judging=[whole, other]).retractable_stream()
        released = [stream.feed(piece) for piece in pieces]
        assert released[-1].blocked
        assert [(f.detector, f.start, f.end) for part in released for f in part.findings] == [("whole", 0, 3)]
        assert stream.done


def test_text_is_shown_while_somebody_is_asked():
    known = {}
    judge = AskingJudge(release=ReleaseMode.RETRACT, passages=Passages(longest=20))
    stream = screen(judging=[judge]).retractable_stream(prompt="问", known=known)
    assert stream.feed("很坏。好的。还").text == "很坏。好的。还"
    first, second = stream.inquiries()
    assert (first.text, second.text, first.prompt) == ("很坏。", "很坏。好的。", "问")
    known[second] = judge.counted(second.text)
    assert stream.resume().retract == 0  # the second passage waits for the first
    known[first] = judge.counted(first.text)
    assert stream.resume().retract == 7
    assert stream.done


def test_what_is_never_answered_is_unscreened_and_taken_back():
    judge = AskingJudge(release=ReleaseMode.RETRACT)
    stream = screen(judging=[judge]).retractable_stream()
    stream.feed("好的。很好")
    stream.finish()
    assert not stream.done
    released = stream.resume(give_up=True)
    assert (released.retract, released.blocked) == (5, True)
    assert {(f.risk, f.kind, f.level) for f in released.findings} == {("unscreened", "asking", "not_asked")}


def test_an_open_gate_shows_what_was_never_answered_and_says_so():
    judge = AskingJudge(release=ReleaseMode.RETRACT)
    rules = [Rule(direction=Direction.OUTPUT, risk="unscreened", kind="asking", action=Action.ALLOW)]
    stream = screen(judging=[judge], rules=[*rules, *DEFAULT_RULES]).retractable_stream()
    assert stream.feed("好的。很好").text == "好的。很好"
    stream.finish()
    released = stream.resume(give_up=True)
    assert (released.retract, released.blocked, len(released.findings)) == (0, False, 2)


def test_a_finished_stream_takes_no_more_text():
    stream = screen(judging=[SHOWY]).retractable_stream()
    stream.finish()
    with pytest.raises(StreamFinished):
        stream.feed("好")
    with pytest.raises(StreamFinished):
        stream.finish()


def test_a_stream_keeps_no_more_than_what_is_not_judged():
    rules = [Rule(direction=Direction.OUTPUT, risk="A.2", action=Action.ALLOW)]
    stream = screen(judging=[SHOWY], rules=rules).retractable_stream()
    for _ in range(500):
        stream.feed("很好\u200b的一天，很坏。")
        stream.feed("13812345678，")
    assert len(stream._text) < 60
    assert len(stream._found) < 4
