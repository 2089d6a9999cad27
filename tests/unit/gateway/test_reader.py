"""What leaves of an answer."""

import datetime as dt

from hegui.gateway import Unread
from hegui.gateway.reader import AnswerReader
from hegui.screening import Keyword, KeywordBank, Screen

WORD = Keyword(text="雷管", risk="A.1.h", kind="k", source="test", added_on=dt.date(2026, 1, 1))
SCREEN = Screen(keywords=KeywordBank([WORD], name="test"))


def reader(unread=Unread.REFUSE, key=b"k"):
    return AnswerReader(SCREEN, unread=unread, digest_key=key)


def test_channels_do_not_hear_each_other():
    read = reader()

    assert read.piece("a", "雷") == ""
    assert read.piece("b", "管。") + read.rest("b") == "管。"
    assert read.rest("a") == "雷"
    assert read.channels == ()
    assert not read.stopped


def test_nothing_leaves_after_a_stop():
    read = reader()
    read.piece("a", "雷管。")
    read.rest("a")

    assert read.stopped
    assert read.piece("b", "好") == ""
    assert (read.released, read.findings[0].risk) == (0, "A.1.h")


def test_the_digest_is_of_what_left_and_keyed():
    one, cut, other = reader(), reader(), reader(key=b"other")
    one.piece("a", "你好")
    for piece in "你好":
        cut.piece("a", piece)
    other.piece("a", "你好")

    assert one.digest == cut.digest != other.digest
    assert one.released == 2


def test_a_name_in_an_object_is_masked_where_it_stands_and_nothing_is_lost():
    read = AnswerReader(Screen(keywords=None), unread=Unread.REFUSE, digest_key=b"k")
    value = {"a": "13812345678", "打13812345678": "打13912345678", "打13912345678": ["好"], "z": 1}

    assert read.whole(value, leaves=True)
    (asterisked, first), (also, second) = list(value.items())[1:3]
    assert first == "打[手机号]"
    assert second == ["好"]
    assert (asterisked, also) == ("打[手机号]", "打[手机号] (2)")
    assert list(value) == ["a", asterisked, also, "z"]
    assert (value["a"], value["z"]) == ("[手机号]", 1)
    assert read.masked


def test_media_are_blanked_or_passed_and_then_told():
    value = {"data": [{"b64_json": "AAAA"}]}
    assert reader().whole(value)
    assert value == {"data": [{"b64_json": ""}]}

    passing = reader(Unread.PASS)
    value = {"data": [{"b64_json": "AAAA"}]}
    assert passing.whole(value)
    assert value["data"][0]["b64_json"] == "AAAA"
    assert passing.unscreened == ["data[0].b64_json"]


def a_picture():
    return {"parts": [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]}


def test_a_medium_leaves_unread_only_where_that_is_declared():
    refusing, passing = reader(), reader(Unread.PASS)
    emptied, kept = a_picture(), a_picture()

    assert refusing.whole(emptied)
    assert passing.whole(kept)
    assert emptied["parts"][0]["image_url"]["url"] == ""
    assert kept == a_picture()
    assert (refusing.is_passed("audio"), passing.is_passed("audio")) == (False, True)
    assert refusing.unscreened == []
    assert passing.unscreened == ["parts[0]", "parts[0].image_url.url", "audio"]
