import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.formats.characters import TextTooLarge, characters, check_size, too_long

MARKS = {"utf-8": b"", "utf-8-sig": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "gb18030": b""}


@given(st.sampled_from(sorted(MARKS)), st.text(st.characters(exclude_categories=["Cs"])), st.text())
def test_a_place_in_the_text_is_a_place_in_the_file(encoding, before, after):
    behind = after.encode("utf-16", "ignore").decode("utf-16")
    data = MARKS[encoding] + f"{before}<here>{behind}".encode(encoding)
    text = characters(data)
    found = [text.place(index) for index in range(len(text.text)) if text.text.startswith("<here>", index)]
    mark = len(MARKS[encoding] + before.encode(encoding))
    assert mark in found
    assert text.encoded("<here>") == data[mark : mark + 6 * text.width]


def test_half_a_unit_at_the_end_is_left_out():
    text = characters(b"\xff\xfea\0b\0c")
    assert (text.text, text.start, text.width) == ("ab", 2, 2)
    assert characters("\ufeff\U00020000x".encode("utf-16-le")).text == "\ufffd\ufffdx"


def test_no_more_is_looked_at_than_asked_for():
    assert characters(b"abcdef", most=3).text == "abc"
    assert too_long(3).offset == 3
    check_size(b"abc", "X", most=3)
    with pytest.raises(TextTooLarge, match="the X file has 4 bytes, more than 3"):
        check_size(b"abcd", "X", most=3)
