"""Server-sent events."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.endpoint import EventStream, EventTooLong

STREAM = (
    '\ufeffdata: {"a": "你好"}\n\n: a comment\nevent: message\ndata:second\r\n\r\n'
    "data: two\ndata: lines\n\n\n\nid: 7\n\ndata: [DONE]\r\rdata: never finished"
).encode()
EVENTS = ('{"a": "你好"}'.encode(), b"second", b"two\nlines", b"[DONE]")


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=30))
@settings(max_examples=200)
def test_any_split_into_chunks_gives_the_same_events(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    events = EventStream()
    pieces = [STREAM[start:end] for start, end in itertools.pairwise(edges)]
    assert tuple(event for piece in pieces for event in events.feed(piece)) == EVENTS


PIECES = [
    b"",
    b"\r",
    b"\n",
    b"\n\n",
    b"data: ",
    b"data: a",
    b"data: b\n\n",
    b"data: \n\n",
    b"data: c\rd\n\n",
    b"data: e\n\ndata: f\n\n",
    b"data: g\n\ndata: \n\n",
    b"data: h\nid: i\n\ndata: j\n\n",
    b"data: k\n\n\ndata: l\n\n",
    b"\xe4",
]


@given(chunks=st.lists(st.sampled_from(PIECES), max_size=8))
@settings(max_examples=300)
def test_whole_events_are_read_as_if_they_came_byte_by_byte(chunks):
    whole, bytewise = EventStream(), EventStream()
    assert [event for chunk in chunks for event in whole.feed(chunk)] == [
        event for byte in b"".join(chunks) for event in bytewise.feed(bytes([byte]))
    ]


def test_an_event_is_given_as_soon_as_it_is_complete():
    events = EventStream()
    assert events.feed(b"data: one\n") == ()
    assert events.feed(b"\ndata: t") == (b"one",)
    assert events.feed(b"wo\n\n") == (b"two",)


def test_a_line_end_of_two_signs_may_come_in_two_pieces():
    events = EventStream()
    assert events.feed(b"data: a\r") == ()
    assert events.feed(b"\ndata: b\r\n\r") == (b"a\nb",)
    assert events.feed(b"\ndata: c\n\n") == (b"c",)


def test_a_field_without_a_colon_is_an_empty_line_of_data():
    assert EventStream().feed(b"data\ndata: x\n\n") == (b"\nx",)


@pytest.mark.parametrize("line", [b"data\n", b"data:\n", b"data: a\n"])
def test_an_event_of_ever_more_lines_is_too_long(line):
    events = EventStream(longest_bytes=1000)
    with pytest.raises(EventTooLong):
        events.feed(line * 2000)


def test_an_event_may_be_as_long_as_the_limit():
    events = EventStream(longest_bytes=3)
    assert events.feed(b"data: abc\n\ndata: a\ndata: b\n\n") == (b"abc", b"a\nb")
