"""OpenAI's JSON."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hegui.endpoint import Delta, Message, Reply, wire

ASKED = [Message(role="user", content="你好")]


def completion(**choice) -> bytes:
    return msgspec.json.encode({"choices": [choice]})


def test_a_request_names_everything_asked_for():
    body = wire.request_body(ASKED, model="m", max_tokens=8, temperature=0.5, seed=7)
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "你好"}],
        "max_tokens": 8,
        "temperature": 0.5,
        "seed": 7,
    }


def test_a_request_without_seed_does_not_mention_one():
    assert "seed" not in wire.request_body(ASKED, model="m", max_tokens=8, temperature=0, seed=None)


def test_a_reply_is_read_with_what_the_endpoint_counts():
    body = msgspec.json.encode(
        {
            "id": "x",
            "model": "m-2026",
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "好"}, "finish_reason": "stop"}
            ],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
        }
    )
    assert wire.read_reply(body, model="m") == Reply(
        text="好", finish_reason="stop", model="m-2026", prompt_tokens=3, completion_tokens=1
    )


def test_a_refusal_field_is_the_answer():
    reply = wire.read_reply(completion(message={"content": None, "refusal": "I can't help."}), model="m")
    assert (reply.text, reply.model, reply.finish_reason) == ("I can't help.", "m", "")


def test_no_content_is_an_empty_answer():
    assert wire.read_reply(completion(message={"content": None}), model="m").text == ""


def test_a_block_inside_a_good_status_is_a_block():
    body = b'{"base_resp": {"status_code": 1026, "status_msg": "input sensitive"}, "choices": null}'
    assert wire.read_reply(body, model="m").finish_reason == "content_filter"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"choices": []}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": {"content": 1}}]}',
    ],
)
def test_what_is_no_completion_is_refused(body):
    with pytest.raises(ValueError):
        wire.read_reply(body, model="m")


def test_a_piece_of_a_stream_is_read():
    assert wire.read_delta(completion(delta={"content": "好"})) == Delta(text="好")
    assert wire.read_delta(completion(delta={}, finish_reason="sensitive")) == Delta(
        text="", finish_reason="content_filter"
    )


def test_an_event_with_only_counts_brings_nothing():
    assert wire.read_delta(b'{"choices": [], "usage": {"prompt_tokens": 1}}') is None


def test_a_block_in_the_middle_of_a_stream_is_a_block():
    assert wire.read_delta(b'{"error": {"code": "data_inspection_failed"}}') == Delta(
        text="", finish_reason="content_filter"
    )


def test_an_error_shows_its_message_or_its_beginning():
    assert wire.error_text(b'{"error": {"message": "too\\nlong"}}') == "too long"
    assert wire.error_text(b'{"detail": "no such model"}') == "no such model"
    assert wire.error_text(b'{"error": "overloaded"}') == "overloaded"
    assert wire.error_text(b'{"error": null}') == '{"error": null}'
    assert wire.error_text(b"\xff" * 500) == "\ufffd" * 200 + "…"


@given(st.binary())
@example(b"\x1b[2J")
def test_any_bytes_can_be_shown_as_an_error_and_command_no_terminal(body):
    shown = wire.error_text(body)
    assert len(shown) <= 201
    assert shown.isprintable()


def test_pictures_are_shown_behind_what_is_said():
    def content(said):
        asked = Message(role="user", content=said, pictures=("data:image/png;base64,AA==",))
        body = wire.request_body([asked], model="m", max_tokens=8, temperature=0, seed=None)
        return body["messages"][0]["content"]

    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    assert content("看") == [{"type": "text", "text": "看"}, picture]
    assert content("") == [picture]


def test_a_transcript_is_read():
    assert wire.read_transcript('{"text": "你好", "usage": {}}'.encode()) == "你好"
    with pytest.raises(ValueError, match="text"):
        wire.read_transcript(b"{}")
