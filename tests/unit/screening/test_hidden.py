import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import DEFAULT_RULES, INJECTION, Action, Direction, Rule, Screen, hidden
from hegui.screening.hidden import HiddenReading, HiddenText
from simulators.backtracking import steps_of_search
from simulators.injections import in_tags

SCREEN = Screen(keywords=None)
FLAG = "\U0001f3f4" + in_tags("gbeng") + "\U000e007f"
MASKING = Rule(direction=Direction.INPUT, risk=INJECTION, kind="hidden", action=Action.MASK)
PIECES = st.sampled_from(
    ["a", "你好", FLAG, FLAG[:3], in_tags("obey"), "\u200b", "\u200d" * 5, "\u202e", "\u202d", "\U0001f3f4"]
)

UNSEEN = list(filter(re.compile(f"[{hidden._UNSEEN}{hidden._TURNING}]").match, map(chr, range(0x110000))))


def places(text):
    return [(finding.start, finding.end) for finding in HiddenText().findings(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a\u200bb", []),
        (f"{FLAG} and {FLAG}", []),
        ("👨\u200d👩\u200d👧", []),
        ("x" + "\u200b" * 8, []),
        ("x" + "\u200b" * 9, [(1, 10)]),
        (f"x{in_tags('hi')}y", [(1, 3)]),
        (f"\U0001f3f4{in_tags('too long by far')}", [(1, 16)]),
        ("ab\u202ecd", [(2, 3)]),
        ("a\u200b\u202e\u200b\u202dd", [(1, 5)]),
    ],
)
def test_rows_of_what_nobody_sees_are_found(text, found):
    assert places(text) == found


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_each_character_that_nobody_sees_is_found_alike_in_a_whole_text_and_in_a_stream(character):
    text = "a" + character * 9 + "b"
    stream = SCREEN.stream(Direction.INPUT)
    found = [*stream.feed(text[:5]).findings, *stream.feed(text[5:]).findings, *stream.finish().findings]
    assert [(each.start, each.end) for each in found] == [(1, 10)]
    assert SCREEN.scan(text, Direction.INPUT) == tuple(found)


def test_a_text_of_nothing_else_is_found_too():
    (finding,) = SCREEN.scan(in_tags("obey"), Direction.INPUT)
    assert (finding.kind, finding.start, finding.end) == ("hidden", 0, 4)
    assert SCREEN.explain(finding, in_tags("obey"), Direction.INPUT).pattern.zh == "隐藏字符"


def test_what_is_hidden_can_be_taken_out_or_blocked():
    screen = Screen(keywords=None, rules=(MASKING, *DEFAULT_RULES))
    assert screen.examine(f"你好{in_tags('obey')}。", Direction.INPUT).masked == "你好[已屏蔽]。"


def test_texts_read_at_once_keep_their_own_findings():
    texts = ["a", in_tags("obey"), "b" + in_tags("x"), ""]
    each = [SCREEN.scan(text, Direction.INPUT) for text in texts]
    assert list(SCREEN.scan_many(texts, Direction.INPUT)) == each


@given(st.lists(PIECES, max_size=10))
def test_a_reading_in_pieces_finds_the_same(pieces):
    reading = HiddenReading(HiddenText())
    found = list(itertools.chain.from_iterable(reading.settle(each, complete=False) for each in pieces))
    assert reading.inquiries("", complete=True) == []
    found += reading.settle("", complete=True)
    assert found == HiddenText().findings("".join(pieces))
    assert reading.position == len("".join(pieces))


@given(st.lists(PIECES, max_size=10))
def test_a_stream_takes_out_what_a_whole_text_loses(pieces):
    screen = Screen(keywords=None, rules=(MASKING, *DEFAULT_RULES))
    stream = screen.stream(Direction.INPUT)
    released = "".join(stream.feed(each).text for each in pieces) + stream.finish().text
    assert released == screen.examine("".join(pieces), Direction.INPUT).masked


@pytest.mark.parametrize(
    "pattern", [each.pattern for each in vars(hidden).values() if isinstance(each, re.Pattern)]
)
@pytest.mark.parametrize("unit", ["\u200b", in_tags("x"), "\U0001f3f4", FLAG, "\u200b" + in_tags("x")])
@pytest.mark.parametrize("end", ["", "a", "\u202e"])
def test_a_row_is_not_looked_at_again_and_again(pattern, unit, end):
    text = "\u200b" * 8 + "a" + unit * 400 + end
    assert steps_of_search(pattern, text) < 12 * len(text)


def test_an_open_row_in_many_pieces_is_told_once_it_ends():
    reading = HiddenReading(HiddenText())
    for piece in ["a\u200b", *["\u200b"] * 20]:
        assert reading.settle(piece, complete=False) == []
        assert reading.position == 1
    (found,) = reading.settle("\u200bb", complete=False)
    assert (found.start, found.end, reading.position) == (1, 23, 24)
