import struct

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking import xmp as packets
from hegui.marking.formats import mp4
from hegui.marking.formats.boxes import XMP_UUID, Box, boxes, inside, made
from hegui.marking.formats.itemlist import new_list
from hegui.marking.formats.mp4 import M4A, MOV, MP4, MovieTooLarge
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".mp4", ".mov", ".m4a")
HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"moof", b"traf", b"mfra"}
FTYP = made(b"ftyp", b"isom\0\0\2\0isom")
ITUNES = made(
    b"meta",
    bytes(4)
    + made(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    + made(b"ilst", made(b"\xa9nam", made(b"data", b"\0\0\0\1\0\0\0\0kept"))),
)


def embed(data: bytes, label) -> bytes:
    result = spliced(data, MP4.write(data, label))
    prove(
        next(item for item in (MP4, MOV, M4A) if item.recognises(data)),
        before=data,
        after=result,
        label=label,
    )
    assert spliced(result, MP4.write(result, label)) == result
    return result


def read(data: bytes):
    items = list(MP4.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def ways(data: bytes, *, start: int = 0, end: int | None = None, way: str = "") -> list[tuple[str, Box]]:
    """Every box with the way to it, by an independent walk."""
    result, position, end = [], start, len(data) if end is None else end
    while position + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, position)
        body = position + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        box = Box(kind, position, body, position + size if size else end)
        here = f"{way}/{kind.decode('latin-1')}"
        result.append((here, box))
        if kind in HOLDERS:
            result += ways(data, start=body, end=box.end, way=here)
        position = box.end
    return result


def track(*offsets: int, kind: bytes = b"stco") -> bytes:
    width = "Q" if kind == b"co64" else "I"
    box = made(kind, struct.pack(f">II{len(offsets)}{width}", 0, len(offsets), *offsets))
    for outer in (b"stbl", b"minf", b"mdia", b"trak"):
        box = made(outer, box)
    return box


def movie(*parts: bytes, pictures: bytes = b"picture", first: bool = True) -> bytes:
    """A movie of one chunk; ``first`` says whether its ``moov`` box is before the pictures."""
    length = len(made(b"moov", track(0) + b"".join(parts)))
    place = len(FTYP) + (length if first else 0) + 8
    header = made(b"moov", track(place) + b"".join(parts))
    data = made(b"mdat", pictures)
    return FTYP + (header + data if first else data + header)


def chunks(data: bytes) -> list[bytes]:
    """What the tables lead to, seven bytes of each."""
    result = []
    for way, box in ways(data):
        if way.endswith(("/stco", "/co64")):
            width = "Q" if way.endswith("/co64") else "I"
            (count,) = struct.unpack_from(">I", data, box.body + 4)
            places = struct.unpack_from(f">{count}{width}", data, box.body + 8)
            result += [data[place : place + 7] for place in places]
    return result


@pytest.mark.parametrize("name", FILES)
def test_the_label_is_where_the_guide_says_and_every_table_leads_where_it_did(name, label):
    data = FILES[name]
    result = embed(data, label)
    ((item,), faults) = read(result)
    assert (item.strict(), item.carrier, item.deviations, faults) == (label, Carrier.MP4_KEYS, (), [])
    assert chunks(result) == chunks(data)
    assert len([way for way, _ in ways(result) if way == "/moov/udta/meta"]) >= 1


@pytest.mark.parametrize("first", [True, False])
def test_user_data_are_made_where_there_are_none(label, first):
    result = embed(movie(first=first), label)
    assert chunks(result) == [b"picture"]
    assert made(b"udta", new_list(label.bare())) in result


def test_a_list_of_itunes_stays_before_the_new_one(label):
    result = embed(movie(made(b"udta", made(b"\xa9too", b"x") + ITUNES)), label)
    assert ITUNES + new_list(label.bare()) in result
    assert chunks(result) == [b"picture"]


def test_a_list_with_keys_takes_the_label(label, other_label):
    once = embed(movie(), other_label)
    assert embed(once, label) == embed(movie(), label)


def test_four_zeros_at_the_end_of_old_user_data_stay_there(label):
    data = movie(made(b"udta", ITUNES + bytes(4)))
    assert read(data) == ([], [])
    result = embed(data, label)
    udta = next(box for way, box in ways(result) if way == "/moov/udta")
    assert result[udta.end - 4 : udta.end] == bytes(4)
    assert [item.strict() for item in read(result)[0]] == [label]


def elsewhere(text: str) -> dict[str, bytes]:
    listed = new_list(text)
    return {
        "in the movie": movie(listed),
        "in a track": movie(made(b"trak", listed)),
        "in a track's user data": movie(made(b"trak", made(b"udta", listed))),
        "beside the movie": movie() + listed,
        "in a box of its own": movie(made(b"udta", made(b"AIGC", text.encode()))),
    }


@pytest.mark.parametrize("place", elsewhere(""))
def test_labels_elsewhere_are_read_as_misplaced_and_replaced(label, other_label, place):
    data = elsewhere(other_label.bare())[place]
    ((item,), faults) = read(data)
    assert (item.strict(), item.carrier, faults) == (other_label, Carrier.MP4_ELSEWHERE, [])
    assert [deviation.clause for deviation in item.deviations] == [""]
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert chunks(result) == [b"picture"]


def test_labels_in_items_without_a_key_are_read_as_misplaced_and_replaced(label, other_label):
    text = other_label.wrapped().encode()
    item = made(b"\xa9cmt", made(b"data", b"\0\0\0\1\0\0\0\0" + text))
    handler = made(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    data = movie(made(b"udta", made(b"meta", bytes(4) + handler + made(b"ilst", item))))
    ((item,), _) = read(data)
    assert (item.strict(), item.carrier, len(item.deviations)) == (other_label, Carrier.MP4_ITEM, 1)
    assert [item.strict() for item in read(embed(data, label))[0]] == [label]


def in_xmp(text: str, *, outside: bool) -> bytes:
    packet = packets.new_packet(text)
    if outside:
        return FTYP + made(b"uuid", XMP_UUID + packet) + movie()[len(FTYP) :]
    return movie(made(b"udta", made(b"XMP_", packet)))


@pytest.mark.parametrize("outside", [True, False])
def test_labels_in_xmp_are_read_and_replaced_and_the_packet_stays(label, other_label, outside):
    data = in_xmp(other_label.bare(), outside=outside)
    ((item,), faults) = read(data)
    assert (item.strict(), item.carrier, faults) == (other_label, Carrier.XMP, [])
    result = spliced(data, MP4.write(data, label))
    assert [item.strict() for item in read(result)[0]] == [label]
    assert b"<?xpacket" in result


def test_xmp_without_a_label_and_other_boxes_stay(label):
    packet = made(b"XMP_", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    other = made(b"uuid", bytes(16) + b"AIGC")
    result = embed(movie(made(b"udta", packet)) + other, label)
    assert packet in result
    assert result.endswith(other)


def far(by: int) -> bytes:
    """A movie whose chunk is just below what 32 bits can say: only its table is that long."""
    return made(b"moov", track((1 << 32) - by)) + made(b"mdat", b"picture")


def test_a_table_of_32_bits_becomes_one_of_64_where_it_must(label):
    result = spliced(far(9), MP4.write(far(9), label))
    table = next(box for way, box in ways(result) if way.endswith("/co64"))
    growth = len(result) - len(far(9))
    assert struct.unpack_from(">Q", result, table.body + 8) == ((1 << 32) - 9 + growth,)
    assert [way for way, _ in ways(result)][-1] == "/mdat"
    assert [item.strict() for item in read(result)[0]] == [label]
    near = spliced(far(9999), MP4.write(far(9999), label))
    assert b"co64" not in near


def test_an_index_of_32_bits_that_would_have_to_say_more_is_refused(label):
    entry = struct.pack(">IIIIIIBBB", 0, 1, 0, 1, 0, (1 << 32) - 9, 1, 1, 1)
    data = FTYP + made(b"moov", b"") + made(b"mfra", made(b"tfra", entry))
    with pytest.raises(MovieTooLarge, match="beyond 4 GiB"):
        MP4.write(data, label)


def test_a_movie_box_that_reaches_to_the_end_keeps_doing_so(label):
    data = movie(first=False)
    place = data.rindex(b"moov") - 4
    data = data[:place] + bytes(4) + data[place + 4 :]
    result = embed(data, label)
    assert result[place : place + 4] == bytes(4)


def test_a_movie_box_of_64_bits_says_its_new_length(label):
    body = track(0)
    long = struct.pack(">I4sQ", 1, b"moov", 16 + len(body)) + body
    result = embed(FTYP + long, label)
    assert struct.unpack_from(">Q", result, len(FTYP) + 8) == (len(result) - len(FTYP),)


def test_a_second_movie_box_stays(label):
    extra = made(b"moov", track(1))
    assert embed(movie() + extra, label).endswith(extra)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FTYP, "it has no moov box"),
        (FTYP + made(b"moov", b"\0\0\0\x09trak"), "the length of a box is wrong"),
        (movie()[:-1], "the length of a box is wrong"),
        (movie(made(b"udta", b"\0\0\0\x09AIGC")), "the length of a box is wrong"),
        (movie(made(b"udta", made(b"meta", bytes(4) + b"\0\0\0\x09ilst"))), "the length of a box is wrong"),
        (movie(made(b"cmov", b"")), "a compressed movie header was not read"),
    ],
)
def test_a_damaged_file_is_a_fault_and_is_not_written_into(label, data, reason):
    labels, faults = read(data)
    assert labels == []
    assert [fault.text.en for fault in faults] == ([reason] if reason != "it has no moov box" else [])
    with pytest.raises(MalformedFile, match=reason):
        MP4.write(data, label)


def test_damage_where_places_are_is_found_before_anything_is_written(label):
    broken = made(b"trak", made(b"mdia", b"\0\0\0\x09minf"))
    with pytest.raises(MalformedFile, match="the length of a box is wrong"):
        MP4.write(movie(broken), label)
    last = movie(broken, first=False)  # nothing moves, and so nobody looks there
    assert [item.strict() for item in read(spliced(last, MP4.write(last, label)))[0]] == [label]


def test_a_list_whose_item_has_no_key_is_not_written_into(label):
    listed = new_list("{}")
    place = listed.index(b"ilst") + 8
    data = movie(made(b"udta", listed[:place] + b"\0\0\0\2" + listed[place + 4 :]))
    with pytest.raises(MalformedFile, match="an item of the metadata has no key"):
        MP4.write(data, label)


def test_a_label_of_any_length_in_a_box_of_its_own_is_not_read(monkeypatch):
    monkeypatch.setattr(mp4, "LARGEST_VALUE", 3)
    (fault,) = read(movie(made(b"udta", made(b"AIGC", b"long"))))[1]
    assert fault.text.en == "the value of a label is too long"


def test_boxes_within_boxes_without_end_are_not_followed(label):
    deep = b""
    for _ in range(3000):
        deep = made(b"udta", deep)
    assert read(movie(deep)) == ([], [])
    for _ in range(3000):
        deep = made(b"trak", deep)
    assert read(movie(deep)) == ([], [])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (made(b"ftyp", b"isom"), MP4),
        (made(b"ftyp", b"mp42"), MP4),
        (made(b"ftyp", b"qt  "), MOV),
        (made(b"ftyp", b"M4A "), M4A),
        (made(b"moov", b""), MOV),
        (made(b"wide", b""), MOV),
        (made(b"free", b""), MOV),
        (made(b"ftyp", b"avif"), None),
        (made(b"ftyp", b"heic"), None),
        (b"stayfree and read", None),
        (b"text", None),
    ],
)
def test_it_is_told_by_its_brand_or_its_first_box(data, told):
    assert [item for item in (MP4, MOV, M4A) if item.recognises(data)] == ([told] if told else [])


def test_every_box_is_inside_its_own(label):
    result = embed(FILES["keyed.mp4"], label)
    for way, box in ways(result):
        if way.rsplit("/", 1)[1].encode() in HOLDERS:
            assert all(isinstance(item, Box) for item in inside(result, box)), way
    assert all(isinstance(item, Box) for item in boxes(result, 0, len(result)))
