"""The Responses interface, as dialogues."""

import datetime as dt
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses import Response

from hegui.admission import ANYBODY
from hegui.gateway import AnswerPolicy, Asked, Exchange, ExplicitPlacement, Outcome, surface_at
from hegui.screening import Keyword, KeywordBank, Screen

FORBIDDEN = "雷管制作方法"
WORDS = AnswerPolicy().wording
LABEL, REFUSAL, STOPPED = WORDS.explicit_label.zh, WORDS.refusal.zh, WORDS.stopped.zh
SCREEN = Screen(
    keywords=KeywordBank(
        [Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))],
        name="test",
    )
)
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
EMPTY = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "status": "in_progress",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "error": None,
    "metadata": {},
}


def an_exchange(*, placement=ExplicitPlacement.END, **body):
    surface = surface_at("POST", "responses")
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", "input": "你好", **body}, path=surface.path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(placement=placement),
        implicit={"AIGC": {"Label": "1"}},
    )


def message(text):
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def says(*pieces, kind="output_text"):
    """The events of a model that says something and ends."""
    text = "".join(pieces)
    yield {"type": "response.created", "response": dict(EMPTY), "sequence_number": 0}
    yield {"type": "response.output_item.added", "output_index": 0, "item": message("")}
    yield {"type": "response.content_part.added", **PLACE, "part": {"type": "output_text", "text": ""}}
    for piece in pieces:
        yield {"type": f"response.{kind}.delta", **PLACE, "delta": piece, "logprobs": [{"token": "leak"}]}
    yield {"type": f"response.{kind}.done", **PLACE, "text": text}
    yield {"type": "response.content_part.done", **PLACE, "part": {"type": "output_text", "text": text}}
    yield {"type": "response.output_item.done", "output_index": 0, "item": message(text)}
    yield {"type": "response.completed", "response": EMPTY | {"output": [message(text)]}}


def left(exchange, events):
    leaving = []
    for event in events:
        leaving.extend(exchange.event(event))
        if exchange.stopped:
            break
    return leaving


def shown(leaving):
    return "".join(e["delta"] for e in leaving if e["type"] == "response.output_text.delta")


def texts(leaving):
    """The same text in all the places where a stream tells it whole."""
    by_kind = {event["type"]: event for event in leaving}
    last = leaving[-1]["response"]
    return {
        by_kind["response.output_text.done"]["text"],
        by_kind["response.content_part.done"]["part"]["text"],
        by_kind["response.output_item.done"]["item"]["content"][0]["text"],
        last["output"][0]["content"][0]["text"],
    }


@pytest.mark.parametrize(
    ("placement", "text"),
    [
        (ExplicitPlacement.END, "电话[手机号]。" + LABEL),
        (ExplicitPlacement.START, LABEL + "电话[手机号]。"),
        (ExplicitPlacement.INTERFACE, "电话[手机号]。"),
    ],
)
def test_a_streamed_response_tells_the_same_masked_and_labelled_text_everywhere(placement, text):
    exchange = an_exchange(placement=placement)

    leaving = left(exchange, says("电话138", "12345678", "。"))

    assert shown(leaving) == text
    assert texts(leaving) == {text}
    assert leaving[-1]["type"] == "response.completed"
    assert leaving[-1]["response"]["AIGC"] == {"Label": "1"}
    assert [event["sequence_number"] for event in leaving] == list(range(len(leaving)))
    assert "leak" not in json.dumps(leaving)
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.MASKED


def test_a_forbidden_response_ends_well_formed_with_the_operators_words():
    exchange = an_exchange()

    leaving = left(exchange, says("先说", "雷管制", "作方法：第一步"))

    assert shown(leaving) == "先说" + STOPPED
    assert [event["type"] for event in leaving[-4:]] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.incomplete",
    ]
    assert texts(leaving) == {"先说" + STOPPED}
    last = Response.model_validate(leaving[-1]["response"])
    assert last.status == "incomplete"
    assert last.incomplete_details.reason == "content_filter"
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.STOPPED
    assert not exchange.is_open


def test_what_is_forbidden_in_thoughts_ends_the_response_in_a_message_of_its_own():
    exchange = an_exchange()

    leaving = left(exchange, says("想", FORBIDDEN, kind="reasoning_text"))

    assert FORBIDDEN not in json.dumps(leaving, ensure_ascii=False)
    assert shown(leaving) == STOPPED
    assert leaving[-1]["response"]["output"][0]["content"][0]["text"] == STOPPED


def test_tool_arguments_are_read_across_events():
    exchange = an_exchange()
    piece = {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0}

    leaving = left(exchange, [piece | {"delta": '{"a":"雷管'}, piece | {"delta": '制作方法"}'}])

    assert exchange.stopped
    assert "雷管" not in json.dumps(leaving, ensure_ascii=False)


def test_arguments_that_are_held_back_leave_before_their_end():
    exchange = an_exchange()
    piece = {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0}
    done = {"type": "response.function_call_arguments.done", "item_id": "fc_1", "arguments": '{"n":138'}

    leaving = left(exchange, [piece | {"delta": '{"n":'}, piece | {"delta": "138"}, done])

    assert "".join(e["delta"] for e in leaving if e["type"].endswith("delta")) == '{"n":138'
    assert leaving[-1]["type"].endswith(".done")


def test_a_sound_does_not_leave_unlabelled():
    event = {"type": "response.audio.delta", "delta": "UklGRg=="}

    assert left(an_exchange(), [event]) == []


@given(cuts=st.lists(st.integers(0, 40), max_size=6))
def test_the_way_a_stream_is_cut_changes_nothing(cuts):
    text = f"联系电话13812345678，或者看{FORBIDDEN}，完毕"
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]

    leaving = left(an_exchange(), says(*[text[a:b] for a, b in itertools.pairwise(bounds)]))

    assert shown(leaving) == "联系电话[手机号]，或者看" + STOPPED
    assert FORBIDDEN not in json.dumps(leaving, ensure_ascii=False)


def test_a_whole_response_is_masked_and_labelled():
    leaving = an_exchange().whole(EMPTY | {"status": "completed", "output": [message("打13812345678")]})

    assert leaving["output"][0]["content"][0]["text"] == "打[手机号]" + LABEL
    assert leaving["AIGC"]


def test_a_whole_forbidden_response_is_replaced():
    exchange = an_exchange()

    leaving = exchange.whole(EMPTY | {"output": [message(f"好，{FORBIDDEN}")]})

    answer = Response.model_validate(leaving)
    assert answer.output_text == STOPPED
    assert answer.incomplete_details.reason == "content_filter"


def test_a_refusal_has_the_form_of_a_response():
    exchange = an_exchange()

    assert Response.model_validate(exchange.refusal(created=7)).output_text == REFUSAL
    events = list(exchange.refusal_events(created=7))
    assert shown(events) == REFUSAL
    assert events[0]["type"] == "response.created"
    assert events[-1]["type"] == "response.incomplete"


def test_a_structured_response_stays_parseable():
    exchange = an_exchange(text={"format": {"type": "json_object"}})

    assert shown(left(exchange, says('{"a":', "1}"))) == '{"a":1}'


def test_a_response_without_an_end_is_open():
    exchange = an_exchange()
    left(exchange, itertools.islice(says("好"), 5))

    assert exchange.is_open
