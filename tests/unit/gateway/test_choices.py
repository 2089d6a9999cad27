"""Text completions; chats are in test_exchange."""

import copy
import datetime as dt
import itertools
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.admission import ANYBODY
from hegui.gateway import (
    AnswerPolicy,
    Asked,
    Exchange,
    ExplicitPlacement,
    Outcome,
    choices,
    surface_at,
)
from hegui.gateway.choices import Flow, is_readable
from hegui.screening import Keyword, KeywordBank, Screen
from simulators.leaving import read

FORBIDDEN = "雷管制作方法"
WORDS = AnswerPolicy().wording
LABEL, REFUSAL, STOPPED = WORDS.explicit_label.zh, WORDS.refusal.zh, WORDS.stopped.zh
SCREEN = Screen(
    keywords=KeywordBank(
        [Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))],
        name="test",
    )
)


@pytest.fixture
def exchange():
    surface = surface_at("POST", "completions")
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", "prompt": "你好"}, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={"AIGC": {"Label": "1"}},
    )


def left(exchange, *pieces):
    leaving = []
    for number, piece in enumerate(pieces, start=1):
        reason = "stop" if number == len(pieces) else None
        choice = {"index": 0, "text": piece, "logprobs": {"tokens": ["leak"]}, "finish_reason": reason}
        leaving += exchange.event({"id": "c", "object": "text_completion", "choices": [choice]})
        if exchange.stopped:
            break
    assert "leak" not in repr(leaving)
    return [choice for event in leaving for choice in event["choices"]]


def test_a_streamed_completion_is_masked_and_labelled(exchange):
    choices = left(exchange, "电话138", "12345678", "。", "")

    assert "".join(choice["text"] for choice in choices) == "电话[手机号]。" + LABEL
    assert choices[-1]["finish_reason"] == "stop"


def test_a_forbidden_completion_is_stopped(exchange):
    choices = left(exchange, "先", "雷管", "制作方法", "后")

    assert "".join(choice["text"] for choice in choices) == "先" + STOPPED
    assert choices[-1]["finish_reason"] == "content_filter"


def test_a_whole_completion_is_masked_and_labelled_or_replaced(exchange):
    answer = {"object": "text_completion", "choices": [
        {"index": 0, "text": "打13812345678", "finish_reason": "stop"},
        {"index": 1, "text": FORBIDDEN, "finish_reason": "stop"},
    ]}  # fmt: skip

    first, second = exchange.whole(answer)["choices"]

    assert first["text"] == "打[手机号]" + LABEL
    assert second == {"index": 1, "text": STOPPED, "logprobs": None, "finish_reason": "content_filter"}
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.STOPPED


def test_a_refusal_has_the_form_of_a_completion(exchange):
    assert exchange.refusal(created=1)["object"] == "text_completion"
    assert exchange.refusal(created=1)["choices"][0]["text"] == REFUSAL
    said = [event["choices"][0] for event in exchange.refusal_events(created=1)]
    assert [(choice["text"], choice["finish_reason"]) for choice in said] == [
        (REFUSAL, None),
        ("", "content_filter"),
    ]


@pytest.mark.parametrize(
    ("body", "readable"),
    [
        ({}, True),
        ({"choices": None}, True),
        ({"choices": [{"delta": {"tool_calls": [{"index": 0}]}}]}, True),
        ({"choices": {"a": 1}}, False),
        ({"choices": ["x"]}, False),
        ({"choices": [{"index": "0"}]}, False),
        ({"choices": [{"delta": "x"}]}, False),
        ({"choices": [{"delta": {"tool_calls": ["x"]}}]}, False),
    ],
)
def test_an_answer_of_another_shape_is_told_apart(body, readable):
    assert is_readable(body) is readable


# --- the short way of an ordinary event -------------------------------------------------------------

FRAME = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "service_tier": None}


def a_chat():
    surface = surface_at("POST", "chat/completions")
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", "stream": True}, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={"AIGC": {"Label": "1"}},
    )


def events_of(*pieces):
    for number, piece in enumerate(pieces, start=1):
        delta = {"content": piece} | ({"role": "assistant"} if number == 1 else {})
        yield FRAME | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]}
    yield FRAME | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def written(event):
    return json.dumps(event).encode()


def told_shortly(exchange, data):
    """What leaves upon an event that is only a piece of a text; ``None`` for any other."""
    (part,) = exchange.together([data])
    return None if isinstance(part, bytes) else [*read(exchange.tell(part))]


def left_both_ways(events):
    """What leaves when every event is read in full, and when ordinary ones go the short way."""
    long, short, shortened = a_chat(), a_chat(), 0
    leaving: tuple[list, list] = ([], [])
    for event in events:
        leaving[0].extend([] if long.stopped else long.event(copy.deepcopy(event)))
        if not short.stopped:
            plain = told_shortly(short, written(event))
            shortened += plain is not None
            leaving[1].extend(short.event(copy.deepcopy(event)) if plain is None else plain)
    assert long.record(Outcome.ANSWERED) == short.record(Outcome.ANSWERED)
    return *leaving, shortened


@given(cuts=st.lists(st.integers(0, 40), max_size=6), forbidden=st.booleans())
def test_the_short_way_lets_out_the_same(cuts, forbidden):
    text = f"联系电话13812345678，或者看{FORBIDDEN if forbidden else '别的'}，完毕"
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]

    long, short, _ = left_both_ways(events_of(*[text[a:b] for a, b in itertools.pairwise(bounds)]))

    assert long == short


@given(
    cuts=st.lists(st.integers(0, 40), max_size=6),
    arrivals=st.lists(st.integers(1, 4), min_size=8, max_size=8),
    forbidden=st.booleans(),
)
def test_what_arrives_together_leaves_as_it_would_one_by_one(cuts, arrivals, forbidden):
    text = f"联系电话13812345678，或者看{FORBIDDEN if forbidden else '别的'}，完毕"
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    events = [*events_of(*[text[a:b] for a, b in itertools.pairwise(bounds)])]
    arriving = map(written, events)
    together, leaving = a_chat(), []
    for count in arrivals:
        for part in together.together(itertools.islice(arriving, count)):
            if not together.stopped:
                upon = together.event(json.loads(part)) if isinstance(part, bytes) else together.tell(part)
                leaving += read(upon)

    one_by_one = left_both_ways(events)[0]
    alone = a_chat()
    for event in events:
        if not alone.stopped:
            list(alone.event(copy.deepcopy(event)))

    assert said(leaving) == said(one_by_one)
    assert [event for event in leaving if ended(event)] == [event for event in one_by_one if ended(event)]
    assert together.record(Outcome.ANSWERED) == alone.record(Outcome.ANSWERED)


def said(events):
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"])


def ended(event):
    return any(choice["finish_reason"] for choice in event["choices"])


def test_pieces_of_one_text_that_arrive_together_leave_as_one():
    chat = a_chat()
    first, *others = map(written, events_of("你好", "，", "世", "界"))
    list(chat.event(json.loads(first)))

    parts = [*chat.together([*others, b"[DONE]"])]

    assert [part if isinstance(part, bytes) else part.text for part in parts] == [
        "，世界",
        others[-1],
        b"[DONE]",
    ]


def test_pieces_of_two_texts_leave_apart():
    chat = a_chat()
    begun = {"delta": {"role": "assistant", "content": "好"}, "finish_reason": None}
    list(chat.event(FRAME | {"choices": [{"index": 0, **begun}, {"index": 1, **begun}]}))
    pieces = [FRAME | {"choices": [{"index": i, "delta": {"content": "x"}}]} for i in (0, 0, 1, 0)]

    parts = [*chat.together(map(written, pieces))]

    assert [(part.flow.choice, part.text) for part in parts] == [(0, "xx"), (1, "x"), (0, "x")]


def test_ordinary_events_go_the_short_way():
    assert left_both_ways(events_of("你好", "，", "世", "界"))[2] == 3


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"note": "n"},
        {"model": FORBIDDEN},
        {"usage": {"total_tokens": 1}},
        {"choices": []},
        {"choices": [{"index": 1, "delta": {"content": "x"}}]},
        {"choices": [{"index": 0, "delta": {"content": "x", "refusal": FORBIDDEN}}]},
        {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}]},
        {"choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": {"content": []}}]},
        {"choices": [{"index": 0, "delta": {"content": ["x"]}}]},
    ],
)
def test_any_other_event_is_read_in_full(change):
    chat = a_chat()
    for event in itertools.islice(events_of("你好", "世"), 2):
        list(chat.event(event))
    event = next(iter(events_of("x", "y"))) | {"choices": [{"index": 0, "delta": {"content": "x"}}]} | change

    assert told_shortly(chat, written(event)) is None


HEAD = '{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, '
CONTENTS = [
    "好",
    "",
    "a b",
    r"\u597d",
    r"\n",
    r"\"",
    "\t",
    '"',
    '", "content": "y',
    '"}, "x": {"content": "',
    "\u3000",
]
EVENTS = [
    *(f'{HEAD}"delta": {{"content": "{content}"}}}}]}}' for content in CONTENTS),
    *(f'{HEAD}"delta": {{"content":"{content}"}}, "finish_reason": null}}]}}' for content in CONTENTS),
    f'{HEAD}"delta": {{"content": "好", "content": "x"}}}}]}}',
    f'{HEAD}"delta": {{"cont\\u0065nt": "好"}}}}]}}',
    f'{HEAD}"delta": {{"content": "好"}}}}], "obfuscation": "content"}}',
    f'{HEAD.replace("c", "d", 1)}"delta": {{"content": "好"}}}}]}}',
    f'{HEAD}"delta": {{"content": "好", "content',
]


@given(st.lists(st.sampled_from([each.encode() for each in EVENTS] + [EVENTS[0].encode("gb18030")])))
def test_how_the_events_before_it_were_written_changes_nothing_about_an_event(events):
    chat = a_chat()
    first = next(iter(events_of("你好", "世")))
    list(chat.event(first))
    for data in events:
        unprepared = a_chat()
        list(unprepared.event(first))
        ((told,), (alone,)) = ([*each.together([data])] for each in (chat, unprepared))
        assert told == alone


def test_an_event_that_differs_from_the_one_before_in_its_text_alone_is_not_parsed(monkeypatch):
    chat = a_chat()
    list(chat.event(next(iter(events_of("你好", "世")))))
    list(chat.together([EVENTS[0].encode()]))
    monkeypatch.setattr(choices, "_PLAIN", None)

    parts = [
        *chat.together([EVENTS[0].replace("好", piece).encode() for piece in ("世", "界", r"\"\u597d\n")])
    ]

    assert [part.text for part in parts] == ['世界"好\n']


def test_the_first_piece_of_a_text_goes_the_short_way_with_what_is_said_before_it():
    surface = surface_at("POST", "chat/completions")
    chat = Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", "stream": True}, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(placement=ExplicitPlacement.START),
        implicit={},
    )
    list(chat.event(next(iter(events_of("", "世")))))

    (told,) = told_shortly(chat, EVENTS[0].encode())

    assert told["choices"][0]["delta"]["content"] == LABEL.strip() + "好"
    assert chat.has_announced


def test_a_model_that_writes_every_event_differently_is_not_learned_from_for_ever():
    chat = a_chat()
    list(chat.event(next(iter(events_of("你好", "世")))))
    for number in range(30):
        list(chat.together([EVENTS[0].replace("1", f"{number}", 1).encode()]))

    assert chat._speech._lessons == choices._MOST_LESSONS


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_event_that_is_written_from_parts_is_written_as_any_other(text):
    frame = {"id": 'a "content":""', "created": {"content": ""}, "system_fingerprint": None}
    outgoing = {"index": 1, "delta": {"content": text}, "finish_reason": None}

    assert Flow.of(frame, 1).written(text) == msgspec.json.encode({**frame, "choices": [outgoing]})


def test_what_is_no_json_is_left_to_the_full_way():
    assert told_shortly(a_chat(), b"garbage") is None
    assert told_shortly(a_chat(), b'{"id": [[[') is None
