"""Which text is read."""

import pytest

from hegui.gateway import TooDeep, UnreadableRequest
from hegui.gateway.passages import check_messages, contents, without_token_values


def texts(*messages):
    return [passage.text for passage in contents({"messages": list(messages)}).passages]


def test_text_is_read_wherever_a_message_carries_it():
    assert texts(
        {"role": "system", "content": "s"},
        {"role": "user", "name": "n", "content": [{"type": "text", "text": "u"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "a"}}]},
        {"role": "tool", "content": [{"type": "refusal", "refusal": "r"}]},
    ) == ["s", "n", "u", "f", "a", "r"]


def test_the_parts_of_a_message_are_read_as_one_text():
    parts = [{"type": "text", "text": "雷管"}, {"type": "text", "text": "制作"}, "方法"]

    (passage,) = contents({"messages": [{"role": "user", "content": parts}]}).passages

    assert passage.text == "雷管制作方法"
    passage.replace("*")
    assert parts == [{"type": "text", "text": "*"}, {"type": "text", "text": ""}, ""]


def test_fields_nobody_knows_and_keys_that_are_no_names_are_read():
    body = {"brand_new": {"deep": ["一", {"二": 2}]}, "id": "a name", "user": "hegui-1"}

    assert sorted(passage.text for passage in contents(body).passages) == ["a name", "一", "二"]


def test_numbers_and_names_are_no_text():
    assert (
        contents({"n": 3, "b": True, "x": None, "id": "call_13812345678", "model": "qwen/7b"}).passages == []
    )


@pytest.mark.parametrize(
    ("part", "place", "address"),
    [
        ({"type": "image_url", "image_url": {"url": "https://h/x"}}, ".image_url.url", "https://h/x"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}, ".image_url.url", None),
        ({"type": "input_image", "image_url": "file:///etc/passwd"}, ".image_url", "file:///etc/passwd"),
        (
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            ".input_audio.data",
            None,
        ),
        ({"type": "file", "file": {"file_id": "file-1"}}, ".file.file_id", None),
        ({"data": "AAAA"}, ".data", None),
    ],
)
def test_what_is_no_text_is_told_with_its_place_and_address(part, place, address):
    media = contents({"messages": [{"content": [part]}]}).media

    assert (f"messages[0].content[0]{place}", address) in [(m.place, m.address) for m in media]


def test_a_part_that_says_it_is_a_picture_is_one_whatever_it_holds():
    (medium,) = contents({"content": [{"type": "image_url"}]}).media

    assert medium.place == "content[0]"
    assert medium.address is None


@pytest.mark.parametrize("make", [lambda v: {"a": v}, lambda v: [v], lambda v: {"image_url": v}])
def test_a_body_that_nests_beyond_reason_is_refused(make):
    value = "x"
    for _ in range(70):
        value = make(value)

    with pytest.raises(TooDeep):
        contents({"a": value})


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"content": 3}]}, "messages[0].content"),
    ],
)
def test_what_is_no_chat_is_refused_with_its_place(body, place):
    with pytest.raises(UnreadableRequest) as refused:
        check_messages(body)

    assert place in refused.value.text.zh
    assert place in refused.value.text.en


def test_nothing_tells_an_answer_token_by_token():
    body = {"choices": [{"logprobs": {"content": ["x"]}, "delta": {"token_ids": [1]}}], "n": 1}

    assert without_token_values(body) == {"choices": [{"logprobs": None, "delta": {"token_ids": []}}], "n": 1}
