"""What of a streamed answer leaves without waking anybody, beside what would leave one event by one."""

import copy
import datetime as dt
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.admission import ANYBODY
from hegui.endpoint import EventTooLong
from hegui.gateway import AnswerPolicy, Asked, Exchange, Limits, Outcome, UpstreamFailed, surface_at
from hegui.gateway.choices import Piece
from hegui.gateway.exchange import DONE
from hegui.gateway.relay import Relay, waits
from hegui.screening import Keyword, KeywordBank, Screen
from simulators.leaving import read

FORBIDDEN = "雷管制作方法"
STOPPED = AnswerPolicy().wording.stopped.zh
SCREEN = Screen(
    keywords=KeywordBank(
        [Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))],
        name="test",
    )
)
FRAME = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def a_chat(**more):
    surface = surface_at("POST", "chat/completions")
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", "stream": True}, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={"AIGC": {"Label": "1"}},
        **more,
    )


def events_of(*pieces):
    """The events that tell an answer."""
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    for delta in deltas:
        yield FRAME | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield FRAME | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def sent(*events):
    return b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)


class Client:
    """Takes what is sent to it, unless it would have to be waited for."""

    def __init__(self, *, takes=True):
        self._takes = itertools.cycle(takes if isinstance(takes, list) else [takes])
        self.got = []
        self.woken = 0

    def send(self, events):
        takes = next(self._takes)
        if takes:
            self.got += read(events)
        return takes


def relayed(exchange, client, chunks):
    """Relay an answer to a client as the gateway does."""
    relay = Relay(exchange, limits=Limits(), send=client.send)
    for chunk in chunks:
        if relay.take(chunk):
            continue
        client.woken += 1
        for part in relay.take_parts():
            if part == DONE or exchange.stopped:
                break
            upon = exchange.tell(part) if isinstance(part, Piece) else exchange.event(json.loads(part))
            relay.leaving += upon
        client.got += read(relay.leaving)
        relay.leaving = []
        if exchange.stopped:
            break


def said(events):
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"])


def ends(events):
    return [
        choice["finish_reason"] for event in events for choice in event["choices"] if choice["finish_reason"]
    ]


@given(
    pieces=st.lists(st.integers(0, 40), max_size=8),
    packets=st.lists(st.integers(0, 1500), max_size=12),
    takes=st.lists(st.booleans(), min_size=1, max_size=4),
    forbidden=st.booleans(),
)
def test_the_same_leaves_as_one_event_after_another_however_it_comes(pieces, packets, takes, forbidden):
    text = f"联系电话13812345678，或者看{FORBIDDEN if forbidden else '别的'}，完毕"
    bounds = [0, *sorted(min(cut, len(text)) for cut in pieces), len(text)]
    events = [*events_of(*(text[a:b] for a, b in itertools.pairwise(bounds)))]
    data = sent(*events) + b"data: [DONE]\n\n"
    bounds = [0, *sorted(min(cut, len(data)) for cut in packets), len(data)]
    relaying, alone = a_chat(), a_chat()
    client = Client(takes=takes)

    relayed(relaying, client, [data[a:b] for a, b in itertools.pairwise(bounds)])

    leaving = []
    for event in events:
        if not alone.stopped:
            leaving += alone.event(copy.deepcopy(event))
    assert said(client.got) == said(leaving)
    assert ends(client.got) == ends(leaving)
    assert relaying.record(Outcome.ANSWERED) == alone.record(Outcome.ANSWERED)


def test_nobody_is_woken_for_the_pieces_of_a_text():
    client = Client()

    relayed(a_chat(), client, map(sent, events_of("你好", "，", "世", "界")))

    assert client.woken == 2  # for the first event, which says who speaks, and for the last
    assert said(client.got).startswith("你好，世界")


def test_nobody_is_woken_for_half_an_event():
    client = Client()
    first, second, end = map(sent, events_of("你好"))

    relayed(a_chat(), client, [first, second[:30], second[30:], end])

    assert client.woken == 2
    assert said(client.got).startswith("你好")


def test_somebody_is_woken_where_the_client_has_to_be_waited_for():
    exchange = a_chat()
    relay = Relay(exchange, limits=Limits(), send=waits)
    first, second, *_ = map(sent, events_of("你好"))

    assert not relay.take(first)
    list(exchange.event(json.loads(relay.take_parts()[0])))

    assert not relay.take(second)
    assert said(read(relay.leaving)) == "你好"
    assert relay.take_parts() == []


def test_what_stops_an_answer_is_not_sent_before_somebody_has_seen_to_it():
    client = Client()
    exchange = a_chat()
    relay = Relay(exchange, limits=Limits(), send=client.send)
    first, second, *_ = map(sent, events_of(FORBIDDEN))
    relay.take(first)
    list(exchange.event(json.loads(relay.take_parts()[0])))

    assert not relay.take(second)

    assert exchange.stopped
    assert client.got == []
    assert said(read(relay.leaving)) == STOPPED


def test_pieces_about_which_a_guard_has_to_be_asked_wait_for_it():
    exchange = a_chat(line=object())
    relay = Relay(exchange, limits=Limits(), send=Client().send)
    first, second, *_ = map(sent, events_of("你好"))
    relay.take(first)
    list(exchange.event(json.loads(relay.take_parts()[0])))

    assert not relay.take(second)

    assert [part.text for part in relay.take_parts()] == ["你好"]


@pytest.mark.parametrize(
    ("limits", "error"),
    [(Limits(answer_bytes=1 << 20), UpstreamFailed), (Limits(event_bytes=1 << 20), EventTooLong)],
)
def test_no_more_is_taken_than_is_declared(limits, error):
    relay = Relay(a_chat(), limits=limits, send=waits)

    with pytest.raises(error):
        relay.take(b"data: " + b"x" * (1 << 20))
