import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier
from hegui.marking.formats import comments
from hegui.marking.formats.comments import CommentsUnusable, taken_apart


def block(*items: bytes, vendor: bytes = b"maker", rest: bytes = b"") -> bytes:
    parts = [struct.pack("<I", len(item)) + item for item in items]
    return struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(items)) + b"".join(parts) + rest


def read(*items: bytes) -> list:
    return list(comments.candidates(taken_apart(block(*items)), offset=7))


@given(st.binary(), st.lists(st.binary()), st.binary())
def test_what_is_taken_apart_is_put_together_again(vendor, items, rest):
    kept = [item for item in items if not item.lower().startswith(b"aigc=")]
    data = block(*kept, vendor=vendor, rest=rest)
    assert comments.updated(taken_apart(data), None) == data


@pytest.mark.parametrize("name", [b"AIGC", b"aigc", b"tc260:aigc"])
def test_a_label_is_read_whatever_the_case_and_replaced(name):
    (found,) = read(b"TITLE=AIGC=x", name + b"={}\0")
    assert (found.value, found.carrier, found.offset) == ("{}", Carrier.VORBIS_COMMENT, 7)
    parts = taken_apart(block(b"TITLE=kept", name + b"={}", rest=b"\1"))
    assert comments.holds_label(parts)
    assert comments.updated(parts, "new") == block(b"TITLE=kept", b"AIGC=new", rest=b"\1")
    assert comments.updated(parts, None) == block(b"TITLE=kept", rest=b"\1")


def test_what_has_no_name_is_no_label():
    assert read(b"AIGC", b"=AIGC", b"") == []
    assert not comments.holds_label(taken_apart(block(b"AIGC")))


def test_a_new_block_holds_nothing_but_the_label():
    assert comments.new_block("{}") == block(b"AIGC={}", vendor=b"Hegui")


@pytest.mark.parametrize(
    "data", [b"", b"\1", b"\4\0\0\0abc", b"\0\0\0\0", b"\0\0\0\0\1\0\0\0", b"\0\0\0\0\1\0\0\0\2\0\0\0a"]
)
def test_lengths_that_do_not_fit_are_refused(data):
    with pytest.raises(CommentsUnusable):
        taken_apart(data)


def test_more_comments_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr(comments, "MOST_PARTS", 1)
    with pytest.raises(CommentsUnusable):
        taken_apart(block(b"A=1", b"B=2"))


def test_a_label_of_any_length_is_not_read(monkeypatch):
    monkeypatch.setattr(comments, "LARGEST_VALUE", 8)
    (fault,) = read(b"AIGC=long")
    assert fault.text.en == "the value of a label is too long"
