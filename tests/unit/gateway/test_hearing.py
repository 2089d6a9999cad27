"""What is remembered of an exchange while it goes on."""

import pytest

from hegui.gateway.hearing import Hearing, Overheard, is_reheard

BODY = {"model": "m", "messages": [{"role": "user", "content": "你好"}]}


def test_a_stream_is_heard_event_by_event_and_the_request_as_it_was_before_anything_was_masked():
    body = {"messages": [{"role": "user", "content": "我的手机号是13812345678"}]}
    hearing = Hearing(body, most_bytes=1000)
    body["messages"][0]["content"] = "[手机号]"
    hearing.was_asked = True
    for event in (b'{"a": 1}', b'{"b": 2}'):
        hearing.event(event)

    heard = hearing.heard("POST", "chat/completions", has_ended=True)

    assert heard.request["messages"][0]["content"] == "我的手机号是13812345678"
    assert heard.told == ('{"a": 1}', '{"b": 2}')
    assert (heard.is_stream, heard.was_asked, heard.has_ended) == (True, True, True)


def test_a_whole_answer_is_heard_as_one_and_every_reader_gets_a_request_of_its_own():
    hearing = Hearing(BODY, most_bytes=1000)
    hearing.whole('{"说": "好"}'.encode())

    heard = hearing.heard("POST", "chat/completions", has_ended=False)
    heard.request["model"] = "another"

    assert (heard.told, heard.is_stream, heard.was_asked) == (('{"说": "好"}',), False, False)
    assert heard.request == BODY


@pytest.mark.parametrize("most", [10, 80])
def test_what_is_too_long_is_forgotten_and_said_to_be(most):
    hearing = Hearing(BODY, most_bytes=most)
    hearing.event(b"x" * 50)
    hearing.event(b"y")

    assert hearing.is_too_long
    assert hearing.heard("POST", "chat/completions", has_ended=True).told == ()


@pytest.mark.parametrize("note", [Hearing.event, Hearing.whole])
@pytest.mark.parametrize("text", ["好" * 20, "x" * 60, "😀" * 15])
def test_its_length_is_counted_in_bytes(note, text):
    hearing = Hearing(BODY, most_bytes=1000)
    before = hearing.size
    note(hearing, text.encode())
    assert hearing.size - before == 60


@pytest.mark.parametrize(
    ("method", "path", "is_text"),
    [
        ("POST", "chat/completions", True),
        ("POST", "responses", True),
        ("POST", "embeddings", True),
        ("POST", "images/generations", False),
        ("POST", "audio/transcriptions", False),
        ("POST", "files", False),
    ],
)
def test_only_text_that_came_as_json_can_be_heard_again(method, path, is_text):
    assert is_reheard(method, path) is is_text


def test_what_is_kept_is_small_and_names_no_user():
    body = {**BODY, "user": "li.lei", "safety_identifier": "li.lei"}
    hearing = Hearing(body, most_bytes=100_000)
    for _ in range(100):
        hearing.event('{"id": "c", "choices": [{"index": 0, "delta": {"content": "字"}}]}'.encode())
    heard = hearing.heard("POST", "chat/completions", has_ended=True)

    packed = heard.packed()

    again = Overheard.unpacked(packed)
    assert again.request == BODY
    assert (again.told, again.has_ended) == (heard.told, True)
    assert len(packed) < 600
