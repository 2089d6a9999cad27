"""What another screen would have done is exactly what the gateway would have done with it."""

import asyncio
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import to_json
from hegui.gateway import AnswerPolicy, Outcome, Overheard, TooDeep, once_more, rehear
from hegui.screening import (
    DEFAULT_RULES,
    Direction,
    GuardDeclaration,
    Guards,
    Keyword,
    KeywordBank,
    Screen,
)

WORD = "雷管制作方法"
TEXTS = st.lists(
    st.sampled_from([WORD, WORD[:3], "13812345678", "。", "你好", "雷", "1381234", "\n", " ", "say"]),
    max_size=8,
).map("".join)
CHAT = {"method": "POST", "path": "chat/completions"}


def screen(*words, rules=DEFAULT_RULES, judges=()):
    keywords = [Keyword(text=text, risk="A.1.h", kind="weapons", source="test") for text in words]
    bank = KeywordBank(keywords, name="test") if words else None
    return Screen(keywords=bank, rules=rules, judges=judges)


def request(text):
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}, ensure_ascii=False)


def event(text, reason=None, index=0):
    choice = {"index": index, "delta": {"content": text} if text else {}, "finish_reason": reason}
    return json.dumps(
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    )


def streamed(text, *pieces, was_asked=True, has_ended=True, **where):
    told = (*map(event, pieces), *([event("", "stop")] if has_ended else []))
    return Overheard(
        body=request(text),
        told=told,
        is_stream=True,
        was_asked=was_asked,
        has_ended=has_ended,
        **{**CHAT, **where},
    )


def whole(text, answer):
    said = {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}
        ]
    }
    return Overheard(
        body=request(text), told=(json.dumps(said),), is_stream=False, was_asked=True, has_ended=True, **CHAT
    )


def hindsight(heard, watching, *, guards=None):
    async def asking():
        if guards is None:
            return await rehear(heard, once_more(heard, watching, policy=AnswerPolicy()))
        async with guards.open() as line:
            return await rehear(heard, once_more(heard, watching, policy=AnswerPolicy(), line=line))

    return asyncio.run(asking())


@pytest.mark.parametrize(
    ("heard", "outcome", "characters", "is_complete"),
    [
        (streamed("你好", "你", "好"), Outcome.ANSWERED, 2, True),
        (streamed(WORD, "你", "好"), Outcome.REFUSED, 0, True),
        (streamed("你好", "先说", WORD[:2], WORD[2:], "后说"), Outcome.STOPPED, 2, True),
        (streamed("你好", "电话138", "12345678。"), Outcome.MASKED, 8, True),
        (streamed("你好", was_asked=False, has_ended=False), Outcome.ANSWERED, 0, False),
        (streamed("你好", "说了", "一半", has_ended=False), Outcome.ANSWERED, 4, False),
        (streamed("你好", "说了", WORD, has_ended=False), Outcome.STOPPED, 2, True),
        (whole("你好", "答完"), Outcome.ANSWERED, 2, True),
        (whole("你好", f"答{WORD}"), Outcome.STOPPED, 0, True),
        (whole("你好", "电话13812345678"), Outcome.MASKED, 7, True),
    ],
)
def test_it_tells_how_it_would_have_ended_and_how_much_would_have_left(
    heard, outcome, characters, is_complete
):
    would = hindsight(heard, screen(WORD))

    assert (would.outcome, would.characters, would.is_complete) == (outcome, characters, is_complete)


@pytest.mark.parametrize("told", [("garbage",), ("[1]",), ('{"choices": 3}',)])
def test_an_answer_that_cannot_be_read_is_not_known_to_its_end(told):
    heard = msgspec.structs.replace(streamed("你好", "好"), told=(event("好"), *told))

    assert hindsight(heard, screen(WORD)).is_complete is False


def test_a_request_that_nests_too_deep_is_refused_as_the_gateway_refuses_it():
    deep = msgspec.structs.replace(
        streamed("x"), body='{"messages": [{"role": "user"}], "a": ' + "[" * 80 + "]" * 80 + "}"
    )

    with pytest.raises(TooDeep):
        hindsight(deep, screen(WORD))


@given(st.lists(TEXTS, max_size=6), TEXTS, st.booleans())
def test_whatever_was_said_the_same_screen_does_the_same_once_more(pieces, question, is_stream):
    watching = screen(WORD)
    answer = "".join(pieces)
    heard = streamed(question, *pieces) if is_stream else whole(question, answer)

    acting = once_more(heard, watching, policy=AnswerPolicy())
    outcome = Outcome.ANSWERED
    if not acting.admits():
        outcome = Outcome.REFUSED
    elif is_stream:
        for data in heard.told:
            (part,) = acting.together([data.encode()])
            if isinstance(part, bytes):
                list(acting.event(json.loads(data)))
            else:
                acting.tell(part)
            if acting.stopped:
                break
    else:
        acting.whole(json.loads(heard.told[0]))
    record = acting.record(outcome)

    would = hindsight(heard, watching)
    assert (would.outcome, would.input, would.output) == (record.outcome, record.input, record.output)
    assert would.characters == record.characters_released


@given(st.lists(TEXTS, max_size=6), st.data())
def test_how_an_answer_was_cut_makes_no_difference(pieces, data):
    answer = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=5)))
    other = [answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    watching = screen(WORD, "say")

    one, another = (hindsight(streamed("你好", *cut), watching) for cut in (pieces, other))

    assert to_json(one) == to_json(another)


@pytest.mark.parametrize("in_stream", [True, False])
def test_a_guard_model_that_nobody_can_reach_is_a_failure_of_the_screen(in_stream):
    guards = Guards.declared(
        [
            GuardDeclaration(
                name="g", url="http://127.0.0.1:9/v1", model="g", format="qwen3guard", timeout_seconds=0.5
            )
        ],
        folder=None,
        secret=str,
    )
    asking = Screen(keywords=None, judges=guards.judges)
    heard = streamed("你好", "好。", "好") if in_stream else whole("你好", "好。")

    would = hindsight(heard, asking, guards=guards)

    assert would.outcome is Outcome.SCREEN_FAILED
    assert would.guards[0].failed


@pytest.mark.parametrize("in_stream", [True, False])
def test_where_only_answers_are_judged_it_is_the_answer_that_the_screen_fails_at(in_stream):
    declaration = GuardDeclaration(
        name="g",
        url="http://127.0.0.1:9/v1",
        model="g",
        format="qwen3guard",
        timeout_seconds=0.5,
        directions=(Direction.OUTPUT,),
    )
    guards = Guards.declared([declaration], folder=None, secret=str)
    heard = streamed("你好", "好。", "好") if in_stream else whole("你好", "好。")

    would = hindsight(heard, Screen(keywords=None, judges=guards.judges), guards=guards)

    assert would.outcome is Outcome.SCREEN_FAILED
