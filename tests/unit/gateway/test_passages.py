"""Which text is read."""

import pytest

from hegui.gateway import TooDeep, UnreadableRequest
from hegui.gateway.passages import Medium, check_messages, contents, question_in
from hegui.gateway.surfaces import TOKEN_VALUES


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


def test_a_list_of_numbers_holds_no_text_and_any_other_is_read():
    assert texts({"embedding": [0.5, 1]}, {"embedding": [0.5, "雷"]}, {"signature": [{"x": "管"}]}) == [
        "雷",
        "管",
    ]


def test_a_schema_may_say_that_something_is_of_several_types():
    schema = {"type": "object", "properties": {"n": {"type": ["string", "null"], "description": "雷"}}}

    assert texts({"tools": [{"type": "function", "function": {"parameters": schema}}]}) == [
        "string",
        "null",
        "雷",
    ]


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


@pytest.mark.parametrize(
    ("body", "passages", "places"),
    [
        ({"image_url": ""}, [], ["image_url"]),
        ({"image_url": "雷\n管"}, [], ["image_url"]),
        ({"data": ""}, [], []),
        ({"data": "雷管"}, ["雷管"], []),
        ({"signature": "AA=="}, [], []),
        ({"signature": "雷管"}, ["雷管"], []),
        ({"role": ""}, [], []),
        ({"role": "a" * 512}, [], []),
        ({"role": "a" * 513}, ["a" * 513], []),
        ({"signature": "a" * 513}, [], []),
        ({"a" * 513: "雷管"}, ["a" * 513, "雷管"], []),
    ],
)
def test_what_a_string_is_follows_from_its_key_and_then_from_its_looks(body, passages, places):
    found = contents(body)

    assert [passage.text for passage in found.passages] == passages
    assert [medium.place for medium in found.media] == places


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

    contents(body, without=TOKEN_VALUES)

    assert body == {"choices": [{"logprobs": None, "delta": {"token_ids": []}}], "n": 1}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("data:image/png;base64,AAEC", b"\0\1\2"),
        ("DATA:image/png;BASE64,AAEC", b"\0\1\2"),
        ("AAEC", b"\0\1\2"),
        ("data:image/png;base64,", None),
        ("data:text/plain,AAEC", None),
        ("https://a.example/AAEC", None),
        ("file-abc", None),
    ],
)
def test_a_medium_is_here_where_it_stands_in_base64(text, data):
    (medium,) = contents({"image_url": {"url": text}}).media
    assert medium.data == data
    assert Medium("place", None).data is None


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ({"messages": [{"role": "user", "content": "一"}, {"role": "user", "content": "二"}]}, "二"),
        ({"messages": [{"role": "user", "content": "一"}, {"role": "assistant", "content": "答"}]}, "一"),
        (
            {"messages": [{"role": "user", "content": [{"text": "二"}, {"image_url": {}}, {"text": "三"}]}]},
            "二三",
        ),
        ({"messages": [{"role": "system", "content": "一"}]}, ""),
        ({"messages": [{"role": "user", "content": None}]}, ""),
        ({"messages": 3}, ""),
        ({"input": "问"}, "问"),
        ({"input": [{"role": "user", "content": [{"type": "input_text", "text": "问"}]}]}, "问"),
        ({"prompt": ["一", "二"]}, "二"),
        ({"prompt": [[1, 2]]}, ""),
        ({}, ""),
    ],
)
def test_the_question_is_the_last_thing_a_user_says(body, question):
    assert question_in(body) == question
