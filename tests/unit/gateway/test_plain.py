"""Embeddings, pictures and transcripts, as dialogues."""

import datetime as dt
import json

from hegui.admission import ANYBODY
from hegui.gateway import AnswerPolicy, Asked, Exchange, Outcome, surface_at
from hegui.screening import Keyword, KeywordBank, Screen

FORBIDDEN = "雷管制作方法"
STOPPED = AnswerPolicy().wording.stopped.zh
REFUSAL = AnswerPolicy().wording.refusal.zh
SCREEN = Screen(
    keywords=KeywordBank(
        [Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))],
        name="test",
    )
)


def an_exchange(path, **body):
    surface = surface_at("POST", path)
    return Exchange(
        exchange_id="hegui-1",
        question=Asked(surface=surface, body={"model": "m", **body}, path=path),
        admission=ANYBODY,
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={"AIGC": {"Label": "1"}},
    )


def test_an_embedding_is_data_and_carries_no_label():
    answer = {"object": "list", "data": [{"embedding": [0.1], "index": 0}, {"embedding": "AAA="}]}

    assert an_exchange("embeddings").whole(dict(answer)) == answer


def test_a_refusal_without_words_is_an_error():
    exchange = an_exchange("embeddings", input=FORBIDDEN)

    assert not exchange.admits()
    error = {"message": REFUSAL, "type": "invalid_request_error", "param": None, "code": "content_filter"}
    assert exchange.refusal(created=1) == {"error": error}
    assert list(exchange.refusal_events(created=1)) == [{"error": error}]
    assert exchange.refusal_status == 400


def test_the_prompt_that_a_picture_was_made_of_is_read():
    exchange = an_exchange("images/generations", prompt="p")

    leaving = exchange.whole({"created": 1, "data": [{"revised_prompt": FORBIDDEN}]})

    assert leaving["error"]["code"] == "content_filter"
    assert exchange.stop_status == 400


def test_a_picture_that_was_not_labelled_does_not_leave():
    exchange = an_exchange("images/generations", prompt="p")

    leaving = exchange.whole({"created": 1, "data": [{"b64_json": "AAAA"}]})

    assert leaving == {"created": 1, "data": [{"b64_json": ""}], "AIGC": {"Label": "1"}}


def test_a_transcript_is_masked_and_its_pieces_are_left_out_then():
    answer = {"text": "打13812345678", "words": [{"word": "138"}, {"word": "12345678"}], "segments": [{}]}
    exchange = an_exchange("audio/transcriptions")

    assert exchange.whole(answer) == {"text": "打[手机号]", "words": [], "segments": []}
    assert exchange.record(Outcome.ANSWERED).outcome is Outcome.MASKED


def test_a_forbidden_transcript_is_replaced():
    exchange = an_exchange("audio/transcriptions")

    assert exchange.whole({"text": FORBIDDEN, "words": [{"word": "雷管"}]}) == {"text": STOPPED}
    assert exchange.stop_status == 200


def deltas(*pieces):
    yield from ({"type": "transcript.text.delta", "delta": piece} for piece in pieces)
    yield {"type": "transcript.text.done", "text": "".join(pieces)}


def left(exchange, events):
    leaving = []
    for event in events:
        leaving.extend(exchange.event(event))
        if exchange.stopped:
            break
    return leaving


def test_a_streamed_transcript_is_masked_across_events():
    exchange = an_exchange("audio/transcriptions", stream=True)

    leaving = left(exchange, deltas("打138", "12345678"))

    assert "".join(event.get("delta", "") for event in leaving) == "打[手机号]"
    assert leaving[-1] == {"type": "transcript.text.done", "text": "打[手机号]"}
    assert not exchange.is_open


def test_a_streamed_transcript_ends_at_what_is_forbidden():
    exchange = an_exchange("audio/transcriptions", stream=True)

    leaving = left(exchange, deltas("听", "雷管制", "作方法"))

    assert leaving[-1] == {"type": "transcript.text.done", "text": STOPPED}
    assert FORBIDDEN not in json.dumps(leaving, ensure_ascii=False)


def test_a_forbidden_end_of_a_transcript_does_not_leave():
    exchange = an_exchange("audio/transcriptions", stream=True)

    leaving = left(exchange, [{"type": "transcript.text.done", "text": FORBIDDEN}])

    assert leaving[-1]["text"] == STOPPED
