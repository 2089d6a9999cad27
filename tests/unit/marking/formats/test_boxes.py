import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Fault
from hegui.marking.formats.boxes import (
    Box,
    OffsetTooLarge,
    boxes,
    encoded,
    inside,
    made,
    moved_chunks,
    resized,
)
from hegui.marking.splices import spliced


def every(data: bytes) -> list[Box | Fault]:
    return list(boxes(data, 0, len(data)))


def movie(kind: bytes, offsets: list[int]) -> bytes:
    width = "I" if kind == b"stco" else "Q"
    box = made(kind, struct.pack(f">II{len(offsets)}{width}", 0, len(offsets), *offsets))
    for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        box = made(outer, made(b"free", b"") + box)
    return box


def moved(data: bytes, by: int) -> list:
    (box,) = every(data)
    return list(moved_chunks(data, box, lambda offset: offset + by))


def test_boxes_follow_one_another_and_hold_boxes():
    data = made(b"ftyp", b"avif") + made(b"meta", b"\0\0\0\0" + made(b"hdlr", b"1") + made(b"idat", b"22"))
    first, second = every(data)
    assert (first.kind, data[first.body : first.end]) == (b"ftyp", b"avif")
    assert [box.kind for box in inside(data, second, full=True)] == [b"hdlr", b"idat"]


def test_a_box_may_say_its_length_in_64_bits_or_reach_to_the_end():
    long = struct.pack(">I4sQ", 1, b"mdat", 18) + b"xy"
    (box, last) = every(long + b"\0\0\0\0mdatrest")
    assert (box.body, box.end, box.endless) == (16, 18, False)
    assert (last.body, last.end, last.endless) == (26, 30, True)


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x09ftyp",  # beyond the end
        b"\0\0\0\x07ftyp",  # shorter than its own header
        b"\0\0\0\x08ft",  # cut off in the header
        b"\0\0\0\x01ftyp\0\0\0\0\0\0\0\x0f",  # likewise, 64 bits
        b"\0\0\0\x01ftyp\0\0",
    ],
)
def test_a_box_of_wrong_length_is_a_fault_and_ends_them(data):
    good = made(b"free", b"")
    assert [type(item) for item in every(good + data)] == [Box, Fault]


def test_only_the_last_box_of_a_file_may_be_without_length():
    data = made(b"moov", b"\0\0\0\0trak") + made(b"free", b"")
    first, _ = every(data)
    assert [type(item) for item in inside(data, first)] == [Fault]


@given(st.binary(max_size=80))
def test_whatever_the_bytes_the_boxes_end_and_stay_within(data):
    position = 0
    for item in every(data):
        if isinstance(item, Box):
            assert position == item.start <= item.body <= item.end <= len(data)
            position = item.end


def test_a_header_follows_the_growth_of_its_box():
    data = made(b"meta", b"1234")
    assert spliced(data, resized(data, every(data)[0], 5))[:4] == b"\0\0\0\x11"
    long = struct.pack(">I4sQ", 1, b"mdat", 18) + b"xy"
    assert spliced(long, resized(long, every(long)[0], -1))[8:16] == b"\0\0\0\0\0\0\0\x11"
    endless = b"\0\0\0\0mdatrest"
    assert resized(endless, every(endless)[0], 7) == ()
    with pytest.raises(OffsetTooLarge):
        resized(data, every(data)[0], 1 << 32)


@pytest.mark.parametrize("kind", [b"stco", b"co64"])
def test_the_tables_of_a_movie_follow_its_chunks(kind):
    data = movie(kind, [100, 200])
    assert spliced(data, moved(data, 7)) == movie(kind, [107, 207])
    assert moved(data, 0) == []


def test_a_table_that_cannot_hold_a_place_says_so():
    data = movie(b"stco", [(1 << 32) - 1])
    with pytest.raises(OffsetTooLarge):
        moved(data, 1)
    assert spliced(movie(b"co64", [(1 << 32) - 1]), moved(movie(b"co64", [(1 << 32) - 1]), 1)) == movie(
        b"co64", [1 << 32]
    )
    assert encoded(255, 1) == b"\xff"


def test_a_table_that_is_cut_off_or_cannot_be_reached_is_a_fault():
    data = movie(b"stco", [1, 2])
    for place, value in ((data.index(b"stco") + 11, 9), (data.index(b"minf") - 1, 0xFF)):
        damaged = bytearray(data)
        damaged[place] = value
        assert [type(item) for item in moved(bytes(damaged), 1)] == [Fault]


def test_tables_of_32_bits_become_tables_of_64_where_that_is_asked_for():
    for kind, wide in ((b"stco", movie(b"co64", [107, 207])), (b"co64", movie(b"co64", [107, 207]))):
        data = movie(kind, [100, 200])
        (box,) = every(data)
        (splice,) = moved_chunks(data, box, lambda offset: offset + 7, widen=True)
        assert splice.data.endswith(wide[-16:])
        grown = 8 if kind == b"stco" else 0
        assert len(splice.data) - (splice.end - splice.start) == grown


def test_more_boxes_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr("hegui.marking.formats.boxes.MOST_PARTS", 3)
    *found, fault = every(made(b"free", b"") * 4)
    assert (len(found), fault.offset) == (3, 24)
