"""Text completions; chats are in test_exchange."""

import datetime as dt

import pytest

from hegui.gateway import ANYBODY, AnswerPolicy, Asked, Exchange, Outcome, surface_at
from hegui.gateway.choices import is_readable
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
