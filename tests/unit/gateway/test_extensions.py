"""The screen as a plug-in of other platforms."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.gateway import AnswerPolicy, Unread, UnreadableRequest
from hegui.gateway.extensions import consult_for_dify, consult_for_litellm, inquiries, judge
from hegui.screening import (
    DEFAULT_RULES,
    PERSONAL_INFORMATION,
    Action,
    Direction,
    Keyword,
    KeywordBank,
    Rule,
    Screen,
)

FORBIDDEN = "雷管制作方法"
WORD = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
SCREEN = Screen(keywords=KeywordBank([WORD], name="test"))
PHONE = "13812345678"
PASSING = AnswerPolicy(unread_input=Unread.PASS, unread_output=Unread.PASS)


def answered(consultation, policy=PASSING):
    assert inquiries(consultation, SCREEN) == ()
    return consultation.tell(judge(consultation, SCREEN, policy, known={}))


def dify(point, policy=PASSING, **params):
    return answered(consult_for_dify({"point": f"app.moderation.{point}", "params": params}), policy)


def litellm(side, policy=PASSING, **body):
    return answered(consult_for_litellm({"input_type": side, "request_data": {}, **body}), policy)


def test_dify_is_told_that_somebody_is_there():
    assert consult_for_dify({"point": "ping"}) == {"result": "pong"}


def test_dify_is_told_what_passes_what_is_blocked_and_how_it_reads_masked():
    assert dify("input", inputs={"v": "你好"}, query="好")["flagged"] is False
    assert dify("input", inputs={}, query=None)["flagged"] is False
    for params in ({"inputs": {"v": FORBIDDEN}, "query": "好"}, {"inputs": {}, "query": FORBIDDEN}):
        blocked = dify("input", **params)
        assert (blocked["flagged"], blocked["action"]) == (True, "direct_output")
        assert blocked["preset_response"].startswith("抱歉")
    assert dify("output", text=f"电话{PHONE}。") == {
        "flagged": True,
        "action": "overridden",
        "text": "电话[手机号]。",
    }


def test_what_users_ask_is_read_by_the_rules_for_asking():
    found = consult_for_dify(
        {"point": "app.moderation.input", "params": {"inputs": {"a": PHONE, "b": 3}, "query": "好"}}
    )
    assert found.direction is Direction.INPUT
    judgement = judge(found, SCREEN, PASSING, known={})
    assert judgement.action is SCREEN.examine(PHONE, Direction.INPUT).action
    assert judgement.held == ()


def test_variables_that_dify_takes_back_masked_keep_their_names_and_other_values():
    found = consult_for_dify(
        {"point": "app.moderation.input", "params": {"inputs": {"id": "x", "n": 3}, "query": "好"}}
    )
    judgement = judge(found, SCREEN, PASSING, known={})._replace(action=Action.MASK)
    told = found.tell(judgement)
    assert (told["inputs"], told["query"]) == ({"id": "x", "n": 3}, "好")


def test_an_answer_with_variables_beside_it_is_judged_by_its_text():
    assert dify("output", text=FORBIDDEN, inputs={"n": 3})["flagged"] is True
    assert dify("output", text="好", inputs={"n": 3})["flagged"] is False


def test_files_are_refused_unless_the_operator_lets_them_pass():
    inputs = {"file": {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}}
    assert dify("input", AnswerPolicy(), inputs=inputs, query="好")["flagged"] is True
    assert dify("input", inputs=inputs, query="好")["flagged"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"point": "app.moderation.input"},
        {"point": "app.external_data_tool.query", "params": {}},
        {"point": "app.moderation.input", "params": {"inputs": ["a"]}},
        {"point": ["app.moderation.input"], "params": {}},
        {"point": "app.moderation.input", "params": {"query": {"text": "a"}}},
        {"point": "app.moderation.output", "params": {"text": 5}},
    ],
)
def test_what_dify_does_not_document_is_refused(body):
    with pytest.raises(UnreadableRequest):
        consult_for_dify(body)


def test_litellm_is_told_what_passes_what_is_blocked_and_how_it_reads_masked():
    assert litellm("request", texts=["你好"]) == {"action": "NONE"}
    assert litellm("request") == {"action": "NONE"}
    assert litellm("request", texts=["你好", FORBIDDEN])["action"] == "BLOCKED"
    told = litellm("response", texts=[f"电话{PHONE}。", "好"])
    assert told == {
        "action": "GUARDRAIL_INTERVENED",
        "texts": ["电话[手机号]。", "好"],
        "stream_holdback_chars": [0, 0],
    }
    assert litellm("response", texts=[FORBIDDEN])["action"] == "BLOCKED"


def test_what_is_masked_in_questions_is_taken_back_masked():
    rules = (Rule(direction=Direction.INPUT, risk=PERSONAL_INFORMATION, action=Action.MASK), *DEFAULT_RULES)
    screen = Screen(keywords=KeywordBank([WORD], name="test"), rules=rules)
    consultation = consult_for_litellm({"input_type": "request", "texts": [f"电话{PHONE}。"]})
    told = consultation.tell(judge(consultation, screen, PASSING, known={}))
    assert told == {"action": "GUARDRAIL_INTERVENED", "texts": ["电话[手机号]。"]}


def test_what_litellm_does_not_take_back_masked_is_blocked():
    call = {"function": {"name": "dial", "arguments": f'{{"number": "{PHONE}"}}'}}
    assert litellm("response", texts=[], tool_calls=[call])["action"] == "BLOCKED"
    call["function"]["arguments"] = "{}"
    assert litellm("response", texts=[], tool_calls=[call])["action"] == "GUARDRAIL_INTERVENED"
    tool = {"type": "function", "function": {"name": "f", "description": FORBIDDEN}}
    assert litellm("request", texts=["好"], tools=[tool])["action"] == "BLOCKED"


def test_pictures_are_refused_unless_the_operator_lets_them_pass():
    assert litellm("request", AnswerPolicy(), texts=["好"], images=["data:x"])["action"] == "BLOCKED"
    assert litellm("request", texts=["好"], images=["data:x"])["action"] == "NONE"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input_type": "neither"},
        {"input_type": ["request"]},
        {"input_type": "request", "texts": [1]},
        {"input_type": "request", "texts": "a"},
        {"input_type": "request", "images": 1},
    ],
)
def test_what_litellm_does_not_document_is_refused(body):
    with pytest.raises(UnreadableRequest):
        consult_for_litellm(body)


@given(
    st.lists(st.sampled_from([FORBIDDEN, FORBIDDEN[:3], FORBIDDEN[3:], PHONE, PHONE[:6], "，", "a", "我"]))
)
def test_a_platform_that_shows_all_but_what_is_held_shows_nothing_forbidden(pieces):
    """As LiteLLM does with ``streaming_transform_mode: incremental_diff``: it asks again as a text grows."""
    text = shown = ""
    for piece in pieces:
        text += piece
        told = litellm("response", texts=[text])
        if told["action"] == "BLOCKED":
            assert FORBIDDEN not in shown
            return
        (reads,), (held,) = told["texts"], told["stream_holdback_chars"]
        end = max(len(shown), len(reads) - held)
        assert reads.startswith(shown), "what was shown cannot be taken back"
        shown = reads[:end]
    if text:
        shown = litellm("response", texts=[text])["texts"][0]
    assert shown == SCREEN.examine(text, Direction.OUTPUT).masked
    assert FORBIDDEN not in shown
