"""The members that hold text: guessed from usual names, or as declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.account import LineFault
from hegui.corpus.formats.fields import guess, rewritten, spoken, text_of

CHAT = {"id": "7", "messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": "答"}]}
SHARE_GPT = {"conversations": [{"from": "human", "value": "问"}, {"from": "gpt", "value": "答"}]}
PREFERENCE = {
    "prompt": "问",
    "chosen": "好",
    "rejected": [{"role": "assistant", "content": "坏"}],
    "score": 3,
}
INSTRUCTION = {"instruction": "译", "input": "cat", "output": "猫"}
PARTS = {
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "图"}, {"type": "image_url", "image_url": "x"}]}
    ]
}


@pytest.mark.parametrize(
    ("record", "fields", "text"),
    [
        ({"id": "1", "text": "文", "url": "u"}, ("text",), "文"),
        ({"标题": "甲", "正文": "乙"}, ("标题", "正文"), "甲\n乙"),
        ({"Title": "A", "Content": "B"}, ("Title", "Content"), "A\nB"),
        (CHAT, ("messages",), "问\n答"),
        (SHARE_GPT, ("conversations",), "问\n答"),
        (PREFERENCE, ("prompt", "chosen", "rejected"), "问\n好\n坏"),
        (INSTRUCTION, ("instruction", "input", "output"), "译\ncat\n猫"),
        (PARTS, ("messages",), "图"),
        ({"path": "a.png", "caption": "猫", "sha256": "00"}, ("caption",), "猫"),
        ({"a": "one", "b": 2, "c": "three"}, ("a", "c"), "one\nthree"),
    ],
)
def test_usual_forms_are_guessed(record, fields, text):
    assert guess([record]) == fields
    assert text_of(record, fields) == text


def test_members_of_later_records_count_too():
    assert guess([{"text": "a"}, {"summary": "b"}, {"text": "c"}]) == ("text", "summary")
    assert guess([{"n": 1}]) == ()
    assert guess([]) == ()


def test_a_number_under_a_usual_name_is_no_text():
    assert guess([{"text": 1, "other": "words"}]) == ("other",)


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"other": "x"}, LineFault.NO_TEXT_FIELD),
        ({"text": None}, LineFault.TEXT_NOT_A_STRING),
        ({"text": [1, {"role": "user"}]}, LineFault.TEXT_NOT_A_STRING),
        ({"text": " \u3000\n"}, LineFault.EMPTY_TEXT),
        ({"text": ["", {"content": " "}]}, LineFault.EMPTY_TEXT),
    ],
)
def test_a_record_without_text_says_why(record, fault):
    assert text_of(record, ("text",)) is fault


def test_bytes_say_nothing():
    assert list(spoken([b"\xff", {"content": b"x"}, "y"])) == ["y"]
    assert rewritten({"text": [b"x", "y", 1]}, ("text",), str.upper) == {"text": [b"x", "Y", 1]}


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["text", "messages", "other"]), values))
def test_rewriting_meets_the_very_texts_that_are_screened_in_their_order(record):
    seen = []

    def keep(text):
        seen.append(text)
        return text

    fields = tuple(name for name in record if name != "other")
    again = rewritten(record, fields, keep)
    assert again == record
    assert seen == [part for name in fields for part in spoken(record[name])]
    if any(map(str.strip, seen)):
        assert text_of(record, fields) == "\n".join(seen)
