import struct

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats import avi, riff
from hegui.marking.formats.avi import AVI
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

AVIS = recordings(".avi")


def embed(data: bytes, label) -> bytes:
    result = spliced(data, AVI.write(data, label))
    prove(AVI, before=data, after=result, label=label)
    return result


def read(data: bytes):
    items = list(AVI.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def listed(form: bytes, *parts: bytes) -> bytes:
    return riff.made(b"LIST", form + b"".join(parts))


def new_index(
    kind: int, entries: bytes, *, count: int, name: bytes = b"indx", rest: bytes = bytes(12)
) -> bytes:
    return riff.made(name, struct.pack("<HBBI4s", 4, 0, kind, count, b"00dc") + rest + entries)


PICTURE = riff.made(b"00dc", b"picture!")


def headers(index: bytes) -> bytes:
    stream = listed(b"strl", riff.made(b"strh", bytes(8)), index)
    return listed(b"hdrl", riff.made(b"avih", bytes(56)), stream, listed(b"odml"))


def film(*, between: bytes = b"", behind: bytes = b"", index: bytes = b"", old: bytes | None = None) -> bytes:
    """A film of one picture with an old index, whose place counts from the name of the list of pictures."""
    old = riff.made(b"idx1", struct.pack("<4sIII", b"00dc", 16, 4, 8) if old is None else old)
    body = headers(index) + between + listed(b"movi", PICTURE) + old + behind
    return riff.made(b"RIFF", b"AVI " + body)


def place_in_old_index(data: bytes) -> int:
    return struct.unpack_from("<I", data, data.index(b"idx1") + 16)[0]


@pytest.mark.parametrize("name", AVIS)
def test_the_label_is_in_the_list_of_information_before_the_pictures(name, label):
    result = embed(AVIS[name], label)
    chunk = riff.made(b"AIGC", label.bare().encode() + b"\0")
    assert result.index(b"LIST") < result.index(chunk) < result.index(b"movi")
    assert struct.unpack_from("<I", result, 4) == (len(result) - 8,)


def test_what_else_is_in_the_list_of_information_stays(label):
    result = embed(AVIS["titled.avi"], label)
    assert result.count(b"INFO") == 1
    assert b"INAM\x05\0\0\0kept\0" in result


def test_an_index_that_counts_from_the_pictures_stays(label):
    data = film()
    assert place_in_old_index(embed(data, label)) == place_in_old_index(data) == 4


def test_an_index_that_counts_from_the_start_of_the_file_is_moved_along(label):
    place = film().index(PICTURE)
    data = film(old=struct.pack("<4sIII", b"00dc", 16, place, 8))
    result = embed(data, label)
    for film_data in (data, result):
        place = place_in_old_index(film_data)
        assert film_data[place : place + len(PICTURE)] == PICTURE


def test_an_index_that_leads_nowhere_or_is_empty_stays(label):
    assert embed(film(old=b""), label).endswith(riff.made(b"idx1", b""))
    assert place_in_old_index(embed(film(old=struct.pack("<4sIII", b"01wb", 16, 4, 8)), label)) == 4


def inner_index(base: int) -> bytes:
    return new_index(1, struct.pack("<II", 12, 8), count=1, name=b"ix00", rest=struct.pack("<QI", base, 0))


def long_film() -> bytes:
    """A film of OpenDML: an index of indexes in the header, and an index of chunks in each of two lists."""
    index = new_index(0, bytes(32), count=2)
    first = 12 + len(headers(index)) + 8  # the place of the list's name, from which its index counts
    pictures = listed(b"movi", PICTURE, inner_index(first))
    second = first - 8 + len(pictures) + 8 + 4 + 8
    places = [base + 4 + len(PICTURE) for base in (first, second)]
    index = new_index(0, b"".join(struct.pack("<QII", place, 40, 1) for place in places), count=2)
    more = riff.made(b"RIFF", b"AVIX" + listed(b"movi", PICTURE, inner_index(second)))
    return riff.made(b"RIFF", b"AVI " + headers(index) + pictures) + more


def led_to(data: bytes) -> list[bytes]:
    """What the indexes of OpenDML lead to."""
    entries = data.index(b"indx") + 8
    result = []
    for number in range(struct.unpack_from("<I", data, entries + 4)[0]):
        (place,) = struct.unpack_from("<Q", data, entries + 24 + 16 * number)
        base, _, offset, size = struct.unpack_from("<QIII", data, place + 8 + 12)
        result.append(data[place : place + 4] + data[base : base + 4] + data[base + offset :][:size])
    return result


def test_indexes_of_opendml_are_moved_along_in_every_part_of_the_file(label):
    data = long_film()
    assert led_to(data) == led_to(embed(data, label)) == [b"ix00movipicture!"] * 2


def test_indexes_that_two_entries_lead_to_are_moved_once(label):
    data = bytearray(long_film())
    entries = data.index(b"indx") + 8 + 24
    data[entries + 16 : entries + 32] = data[entries : entries + 16]
    assert led_to(embed(bytes(data), label)) == [b"ix00movipicture!"] * 2


def test_an_index_of_chunks_in_the_header_is_moved_along(label):
    data = film(index=new_index(1, struct.pack("<II", 12, 8), count=1, rest=struct.pack("<QI", 300, 0)))
    result = embed(data, label)
    (base,) = struct.unpack_from("<Q", result, result.index(b"indx") + 8 + 12)
    assert base == 300 + len(result) - len(data)


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (riff.made(b"indx", bytes(8)), "an index is cut off"),
        (new_index(0, bytes(16), count=2), "an index is cut off"),
        (new_index(0, struct.pack("<QII", 12, 40, 1), count=1), "an index leads astray"),
        (new_index(0, struct.pack("<QII", 1 << 40, 40, 1), count=1), "an index leads astray"),
    ],
)
def test_a_damaged_index_is_not_written_into(label, index, reason):
    with pytest.raises(MalformedFile, match=reason):
        AVI.write(film(index=index), label)


def test_an_index_of_chunks_that_the_file_ends_in_is_left(label):
    index = new_index(0, struct.pack("<QII", 0, 8, 1), count=1)
    data = film(index=index) + b"ix00\x08\0\0\0short"
    place = struct.pack("<QII", data.index(b"ix00"), 8, 1)
    data = data.replace(struct.pack("<QII", 0, 8, 1), place)
    assert spliced(data, AVI.write(data, label)).endswith(b"short")


def test_labels_elsewhere_are_read_as_misplaced_and_replaced(label, other_label):
    text = other_label.bare().encode()
    behind = riff.information(riff.made(b"AIGC", text) + riff.made(b"INAM", b"kept"))
    data = film(between=riff.made(b"AIGC", text), behind=behind)
    labels, faults = read(data)
    assert faults == []
    assert [item.strict() for item in labels] == [other_label] * 2
    assert [item.carrier for item in labels] == [Carrier.RIFF_ELSEWHERE, Carrier.AVI_INFO]
    assert [len(item.deviations) for item in labels] == [1, 0]
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.endswith(riff.information(riff.made(b"INAM", b"kept")))


def test_information_behind_the_pictures_without_a_label_stays(label):
    behind = riff.information(riff.made(b"INAM", b"kept"))
    assert embed(film(behind=behind), label).endswith(behind)


def test_damage_in_information_is_a_fault(label):
    data = film(between=riff.made(b"LIST", b"INFOINAM\x09\0\0\0kept"))
    (labels, (fault,)) = read(data)
    assert (labels, fault.text.en) == ([], "a chunk reaches beyond the end of the file")


@pytest.mark.parametrize("name", [b"hdrl", b"movi"])
def test_a_file_without_headers_or_pictures_is_not_written_into(label, name):
    with pytest.raises(MalformedFile, match=f"no list {name.decode()}"):
        AVI.write(film().replace(name, b"none"), label)


def test_a_file_shorter_than_it_says_is_a_fault_and_is_not_written_into(label):
    data = AVIS["plain.avi"][:-9]
    labels, faults = read(data)
    assert labels == []
    assert faults[-1].text.en == "the file is shorter than its header says"
    with pytest.raises(MalformedFile):
        AVI.write(data, label)


def test_a_recording_of_unknown_length_is_read_to_its_end(label):
    data = film()
    data = data[:4] + bytes(4) + data[8:]
    assert [item.strict() for item in read(spliced(data, AVI.write(data, label)))[0]] == [label]


def test_an_index_with_too_many_entries_is_not_followed(label, monkeypatch):
    monkeypatch.setattr(avi, "MOST_PARTS", 1)
    with pytest.raises(MalformedFile, match="an index is cut off"):
        AVI.write(long_film(), label)


def test_it_is_told_by_its_first_bytes():
    assert all(AVI.recognises(data) for data in AVIS.values())
    assert not AVI.recognises(b"RIFF\0\0\0\0WAVE")
