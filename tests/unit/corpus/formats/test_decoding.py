"""A line is UTF-8, or GB18030 where that is plausible, or neither."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import decoded


@given(st.text())
def test_whatever_is_utf_8_is_read_as_such(text):
    data = text.encode("utf-8", "replace")
    assert decoded(data) == (data.decode(), "utf-8")


@pytest.mark.parametrize(
    "text", ["你好，世界", "合规：生成式人工智能服务安全基本要求。", "a中", "【公告】AI"]
)
def test_ordinary_chinese_in_gb18030_is_read(text):
    assert decoded(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b'{"text": "\xff"}',
        "café crème brûlée à la carte".encode("latin-1"),
        "Привет, как дела".encode("koi8-r"),
        b"\x81\x40\x82\x50\x83\x60",  # rare characters only
        "好".encode()[:2],
    ],
)
def test_what_is_neither_is_named(data):
    assert decoded(data) is LineFault.UNKNOWN_ENCODING


EVERYDAY = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")


@given(st.binary(max_size=12) | st.text("中。龘€éa𠀀", max_size=8).map(lambda text: text.encode("gb18030")))
def test_it_is_gb18030_where_at_least_every_second_character_beyond_ascii_is_an_everyday_one(data):
    found = decoded(data)
    if found == LineFault.UNKNOWN_ENCODING or found[1] == "gb18030":
        assert (found != LineFault.UNKNOWN_ENCODING) == plausible(data)


def plausible(data):
    try:
        characters = [each for each in data.decode("gb18030") if not each.isascii()]
    except UnicodeDecodeError:
        return False
    everyday = [each for each in characters if EVERYDAY.fullmatch(each.encode("gb18030"))]
    return 2 * len(everyday) >= len(characters)
