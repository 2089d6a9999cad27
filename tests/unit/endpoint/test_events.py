"""Server-sent events."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.endpoint import EventStream

STREAM = (
    '\ufeffdata: {"a": "你好"}\n\n: a comment\nevent: message\ndata:second\r\n\r\n'
    "data: two\ndata: lines\n\n\n\nid: 7\n\ndata: [DONE]\r\rdata: never finished"
).encode()
EVENTS = ('{"a": "你好"}', "second", "two\nlines", "[DONE]")


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=30))
@settings(max_examples=200)
def test_any_split_into_chunks_gives_the_same_events(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    events = EventStream()
    pieces = [STREAM[start:end] for start, end in itertools.pairwise(edges)]
    assert tuple(event for piece in pieces for event in events.feed(piece)) == EVENTS


def test_an_event_is_given_as_soon_as_it_is_complete():
    events = EventStream()
    assert events.feed(b"data: one\n") == ()
    assert events.feed(b"\ndata: t") == ("one",)
    assert events.feed(b"wo\n\n") == ("two",)


def test_a_field_without_a_colon_is_an_empty_line_of_data():
    assert EventStream().feed(b"data\ndata: x\n\n") == ("\nx",)
