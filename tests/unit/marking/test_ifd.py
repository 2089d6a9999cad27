import struct

import pytest
from PIL import Image

from hegui.marking import ifd
from simulators import samples


def first(data: bytes, start: int = 0) -> ifd.Directory:
    block = ifd.layout(data, start, len(data))
    return ifd.directory(data, block, ifd.linked(data, block, block.first_link))


def classic(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


@pytest.mark.parametrize("kind", ["RGB", "big-endian", "64-bit"])
def test_values_are_found_where_pillow_put_them(kind):
    data = samples.tiffs()[kind]
    width = first(data).entry(0x100)
    order = "big" if kind == "big-endian" else "little"
    assert int.from_bytes(data[width.start : width.start + width.size], order) == 23
    assert first(data).entry(0x9999) is None


@pytest.mark.parametrize("kind", ["several pages", "64-bit, several pages"])
def test_pages_follow_one_another(kind):
    data = samples.tiffs()[kind]
    assert len(list(ifd.directories(data, ifd.layout(data, 0, len(data))))) == 3


def test_a_block_may_stand_anywhere_in_a_file():
    exif = Image.Exif()
    exif[0x0131] = "software of a name that is long"
    data = b"in front" + exif.tobytes().removeprefix(b"Exif\0\0")
    entry = first(data, 8).entry(0x0131)
    assert data[entry.start : entry.start + entry.size] == b"software of a name that is long\0"


def test_a_type_that_is_not_known_has_no_size():
    entry = first(classic((1, 99, 5, 0xFFFFFFFF))).entries[0]
    assert (entry.size, entry.start) == (0, 18)


@pytest.mark.parametrize("data", [b"", b"II*", b"XX*\0", b"II+\0\x04\0\0\0", b"II+\0\x08\0\1\0"])
def test_what_does_not_begin_so_is_no_block(data):
    assert ifd.layout(data, 0, len(data)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"II*\0\x08\0",  # the pointer is cut off
        b"II*\0\x08\0\0\0",  # nothing is there
        b"II*\0\0\0\0\0" + bytes(20),  # it points nowhere
        b"II*\0\xff\xff\xff\xff" + bytes(20),  # it points beyond the end
        classic()[:8] + b"\x05\0" + bytes(12),  # five entries, and room for one
        b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 60) + bytes(40),
    ],
)
def test_a_directory_that_is_not_all_there_is_broken(data):
    with pytest.raises(ifd.BrokenDirectory):
        first(data)


def test_a_last_directory_may_end_without_a_pointer():
    assert first(classic((1, 3, 1, 7))[:-4]).next == 0


def test_directories_that_go_round_in_circles_are_broken():
    data = classic((1, 3, 1, 7), following=8)
    with pytest.raises(ifd.BrokenDirectory):
        list(ifd.directories(data, ifd.layout(data, 0, len(data))))


def test_numbers_are_read_and_anything_else_is_none():
    data = samples.tiffs()["big-endian"]
    block = ifd.layout(data, 0, len(data))
    page = first(data)
    assert ifd.numbers(data, block, page.entry(0x100)) == (23,)
    words = classic((1, 2, 3, 8), (2, 3, 9, 1 << 20))
    block = ifd.layout(words, 0, len(words))
    assert [ifd.numbers(words, block, entry) for entry in first(words).entries] == [(), ()]
