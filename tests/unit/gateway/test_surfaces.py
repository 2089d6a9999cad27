"""Which text is read."""

import pytest

from hegui.gateway import UnreadableRequest
from hegui.gateway.surfaces import envelope, request_texts


def texts(*messages):
    return list(request_texts({"messages": list(messages)}))


def test_text_is_read_wherever_a_message_carries_it():
    assert texts(
        {"role": "system", "content": "s"},
        {"role": "user", "name": "n", "content": [{"type": "text", "text": "u"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "a"}}]},
        {"role": "tool", "content": [{"type": "refusal", "refusal": "r"}]},
    ) == ["s", "u", "n", "f", "a", "r"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"content": 3}]}, "messages[0].content"),
        ({"messages": [{"content": [{"type": "image_url", "image_url": {}}]}]}, "messages[0].content[0]"),
        ({"messages": [{"content": ["text"]}]}, "messages[0].content[0]"),
        ({"messages": [{"content": [{"type": "text", "text": None}]}]}, "messages[0].content[0]"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(body, place):
    with pytest.raises(UnreadableRequest) as refused:
        list(request_texts(body))

    assert place in refused.value.text.zh
    assert place in refused.value.text.en


def test_a_tool_call_without_a_function_carries_no_text():
    assert texts({"content": "x", "tool_calls": [{"type": "custom"}, "odd"]}) == ["x"]


def test_only_fields_without_generated_text_surround_the_choices():
    assert envelope({"id": "1", "model": "m", "prompt_logprobs": ["secret"], "choices": []}) == {
        "id": "1",
        "model": "m",
    }
