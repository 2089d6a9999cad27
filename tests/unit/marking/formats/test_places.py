import struct

import pytest

from hegui.marking import Fault
from hegui.marking.formats import places
from hegui.marking.formats.boxes import OffsetTooLarge, boxes, made
from hegui.marking.splices import Splice, spliced

BY = 1000


def moved(data: bytes, by: int = BY, **options) -> list[Splice | Fault]:
    tops = list(boxes(data, 0, len(data)))
    movie = next(box for box in tops if box.kind == b"moov")
    return list(places.moved_places(data, tops, movie, lambda place: place + by, widen=False, **options))


def changed(data: bytes, by: int = BY) -> bytes:
    return spliced(data, moved(data, by))


def in_table(box: bytes) -> bytes:
    for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        box = made(outer, box)
    return box


MOVIE = made(b"moov", b"")


def auxiliary(*offsets: int, version: int = 0, named: bool = False) -> bytes:
    width = "Q" if version else "I"
    head = struct.pack(">I", version << 24 | named) + (b"cenc\0\0\0\0" if named else b"")
    return made(b"saio", head + struct.pack(f">I{len(offsets)}{width}", len(offsets), *offsets))


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("named", [False, True])
def test_places_of_auxiliary_information_move(version, named):
    data = in_table(auxiliary(10, 20, version=version, named=named))
    assert changed(data) == in_table(auxiliary(10 + BY, 20 + BY, version=version, named=named))


def fragment(flags: int, base: int) -> bytes:
    return made(b"moof", made(b"traf", made(b"tfhd", struct.pack(">IIQ", flags, 1, base))))


def test_the_place_that_a_fragment_counts_from_moves_where_it_names_one():
    assert changed(MOVIE + fragment(1, 50)) == MOVIE + fragment(1, 50 + BY)
    assert moved(MOVIE + fragment(0x20000, 50)) == []


def test_places_of_auxiliary_information_in_a_fragment_stay():
    assert moved(MOVIE + made(b"moof", made(b"traf", auxiliary(10)))) == []


def fragments(*entries: int, version: int = 1) -> bytes:
    width = "QQ" if version else "II"
    body = b"".join(struct.pack(f">{width}BHI", 7, place, 1, 2, 3) for place in entries)
    head = struct.pack(">IIII", version << 24, 1, 0b000111, len(entries))
    return made(b"mfra", made(b"tfra", head + body) + made(b"mfro", bytes(8)))


@pytest.mark.parametrize("version", [0, 1])
def test_the_index_of_fragments_moves(version):
    data = MOVIE + fragments(100, 200, version=version)
    assert changed(data) == MOVIE + fragments(100 + BY, 200 + BY, version=version)


def index(first: int, version: int = 0) -> bytes:
    return made(b"sidx", struct.pack(f">III{'QQ' if version else 'II'}", version << 24, 1, 8, 0, first))


@pytest.mark.parametrize("version", [0, 1])
def test_the_first_fragment_counts_from_the_end_of_its_index(version):
    data = MOVIE + index(12, version) + made(b"free", b"four") + made(b"moof", b"")
    assert moved(data) == []
    tops = list(boxes(data, 0, len(data)))
    within = places.after([Splice(tops[2].body, tops[2].body, bytes(BY))])
    corrected = spliced(data, places.moved_places(data, tops, tops[0], within, widen=False))
    assert corrected == data.replace(index(12, version), index(12 + BY, version))


def test_pictures_kept_beside_a_movie_are_a_fault():
    data = MOVIE + made(b"meta", bytes(4) + made(b"hdlr", b"") + made(b"iloc", b""))
    (fault,) = moved(data)
    assert "their places cannot be corrected" in fault.text.en
    assert moved(MOVIE + made(b"meta", bytes(4) + made(b"hdlr", b""))) == []


@pytest.mark.parametrize(
    "data",
    [
        in_table(made(b"saio", struct.pack(">II", 0, 2) + bytes(4))),
        MOVIE + made(b"moof", made(b"traf", made(b"tfhd", struct.pack(">II", 1, 1)))),
        MOVIE + made(b"mfra", made(b"tfra", struct.pack(">IIII", 0, 1, 0, 9))),
        MOVIE + made(b"sidx", bytes(8)),
        in_table(b"\0\0\0\x01saio"),
        MOVIE + made(b"moof", b"\0\0\0\x01traf"),
        MOVIE + made(b"mfra", b"\0\0\0\x01tfra"),
    ],
)
def test_a_damaged_table_is_a_fault(data):
    assert all(isinstance(item, Fault) for item in moved(data))
    assert moved(data)


def test_a_place_beyond_what_its_number_can_say_is_refused():
    with pytest.raises(OffsetTooLarge):
        moved(MOVIE + fragments(100, version=0), by=1 << 32)


def test_a_byte_moves_by_what_changes_before_it():
    where = places.after([Splice(10, 10, b"1234"), Splice(20, 24, b""), Splice(30, 31, b"x")])
    assert [where(place) for place in (0, 9, 10, 19, 24, 30, 31, 40)] == [0, 9, 14, 23, 24, 30, 31, 40]
