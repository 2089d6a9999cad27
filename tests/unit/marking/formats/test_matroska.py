import zlib

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats import ebml, matroska
from hegui.marking.formats.ebml import made, void
from hegui.marking.formats.matroska import MATROSKA
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".mkv", ".webm")
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
SEEK_HEAD, SEEK, SEEK_ID, SEEK_POSITION = b"\x11\x4d\x9b\x74", b"\x4d\xbb", b"\x53\xab", b"\x53\xac"
CLUSTER, CUES, INFO = b"\x1f\x43\xb6\x75", b"\x1c\x53\xbb\x6b", b"\x15\x49\xa9\x66"
TAGS, TAG, SIMPLE, NAME, STRING = b"\x12\x54\xc3\x67", b"\x73\x73", b"\x67\xc8", b"\x45\xa3", b"\x44\x87"
UNKNOWN = b"\x01" + b"\xff" * 7


def embed(data: bytes, label) -> bytes:
    result = spliced(data, MATROSKA.write(data, label))
    prove(MATROSKA, before=data, after=result, label=label)
    assert spliced(result, MATROSKA.write(result, label)) == result
    return result


def read(data: bytes):
    items = list(MATROSKA.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def simple(name: str, text: str, inner: bytes = b"") -> bytes:
    return made(SIMPLE, made(NAME, name.encode()) + made(STRING, text.encode()) + inner)


def tag(*items: bytes) -> bytes:
    return made(TAG, made(b"\x63\xc0", b"") + b"".join(items))


def seek(name: bytes, place: int, width: int = 8) -> bytes:
    return made(SEEK, made(SEEK_ID, name) + made(SEEK_POSITION, place.to_bytes(width, "big")))


def film(*parts: bytes, size: bytes | None = None) -> bytes:
    body = b"".join(parts)
    return made(EBML, b"\x42\x82\x88matroska") + SEGMENT + (size or ebml.length(len(body), 8)) + body


INFORMATION = made(INFO, b"\x2a\xd7\xb1\x81\1")
PICTURES = made(CLUSTER, made(b"\xe7", b"\0") + made(b"\xa3", b"picture"))
OTHERS = tag(simple("TITLE", "kept"))


def parts(data: bytes) -> list[bytes]:
    """The names of what the segment consists of."""
    segment = next(item for item in ebml.elements(data, 0, len(data)) if item.name == SEGMENT)
    end = segment.end if segment.known else len(data)
    return [item.name for item in ebml.elements(data, segment.body, end)]


def led_to(data: bytes) -> list[tuple[bytes, bytes]]:
    """What each entry of each list says, and what is there."""
    start = data.index(SEGMENT) + 12
    result = []
    position = 0
    while (position := data.find(SEEK_ID, position)) >= 0:
        name = data[position + 3 : position + 7]
        width = data[position + 9] & 0x7F
        place = int.from_bytes(data[position + 10 : position + 10 + width], "big")
        result.append((name, data[start + place : start + place + 4]))
        position += 1
    return result


@pytest.mark.parametrize("name", FILES)
def test_nothing_moves_in_a_file_that_can_be_searched(name, label):
    data, result = FILES[name], embed(FILES[name], label)
    searchable = SEEK_HEAD in data
    place = data.index(CLUSTER)
    assert (result[place : place + 100] == data[place : place + 100]) is searchable
    if searchable:
        assert (TAGS, TAGS) in led_to(result)
        assert all(name == there for name, there in led_to(result))


def test_tags_at_the_end_take_the_label_where_they_are(label):
    data = film(INFORMATION, PICTURES, made(TAGS, OTHERS))
    result = embed(data, label)
    assert parts(result) == [INFO, CLUSTER, TAGS]
    assert OTHERS in result
    (item,) = read(result)[0]
    assert (item.strict(), item.carrier) == (label, Carrier.MATROSKA_TAG)


def test_the_segment_says_its_new_length_in_more_bytes_where_it_must(label):
    body = INFORMATION + PICTURES + made(TAGS, b"")
    result = embed(film(body, size=ebml.length(len(body), 1)), label)
    place = result.index(SEGMENT) + 4
    assert result[place : place + 8] == ebml.length(len(result) - place - 8, 8)
    same = embed(film(body, size=ebml.length(len(body), 2)), label)
    assert same[same.index(SEGMENT) + 4] >> 6 == 1


def test_a_live_recording_has_its_tags_before_its_first_cluster(label, other_label):
    data = film(INFORMATION, CLUSTER + UNKNOWN + made(b"\xe7", b"\0"), PICTURES, size=UNKNOWN)
    result = embed(data, label)
    assert parts(result)[:3] == [INFO, TAGS, CLUSTER]
    assert embed(embed(data, other_label), label) == result
    tagged = film(INFORMATION, made(TAGS, OTHERS), PICTURES, size=UNKNOWN)
    assert parts(embed(tagged, label)) == [INFO, TAGS, CLUSTER]


def test_a_recording_without_pictures_yet_has_them_at_its_end(label):
    assert parts(embed(film(INFORMATION, size=UNKNOWN), label)) == [INFO, TAGS]


def test_with_cues_but_without_a_list_they_are_at_the_end(label):
    assert parts(embed(film(INFORMATION, PICTURES, made(CUES, b"")), label))[-1] == TAGS


def test_the_list_at_the_head_leads_to_new_tags_within_the_space_behind_it(label):
    head = made(SEEK_HEAD, seek(INFO, 100))
    data = film(head, void(100 - len(head)), INFORMATION, PICTURES)
    result = embed(data, label)
    assert led_to(result) == [(INFO, INFO), (TAGS, TAGS)]
    assert parts(result) == [SEEK_HEAD, ebml.VOID, INFO, CLUSTER, TAGS]


@pytest.mark.parametrize("slack", range(24))
def test_an_entry_takes_as_few_bytes_as_there_are(label, slack):
    head = made(SEEK_HEAD, seek(INFO, 33 + slack))
    space = void(slack) if slack >= 2 else b""
    data = film(head, space, made(INFO, bytes(300)), PICTURES)
    data = data.replace(seek(INFO, 33 + slack), seek(INFO, len(head) + len(space)))
    result = embed(data, label)
    assert all(name == there for name, there in led_to(result))
    assert (TAGS, TAGS) in led_to(result)


def test_a_list_without_space_leads_to_a_second_list_before_the_tags(label, other_label):
    head = made(SEEK_HEAD, seek(INFO, 26, 8))
    data = film(head, INFORMATION, PICTURES)
    data = data.replace(seek(INFO, 26, 8), seek(INFO, len(head), 8))
    result = embed(data, label)
    assert led_to(result) == [(SEEK_HEAD, SEEK_HEAD), (INFO, INFO), (TAGS, TAGS)]
    assert parts(result)[-2:] == [SEEK_HEAD, TAGS]
    assert embed(embed(data, other_label), label) == result


def test_a_list_without_room_for_a_single_entry_stays_and_the_tags_are_found_without_it(label):
    head = made(SEEK_HEAD, b"")
    result = embed(film(head, INFORMATION, PICTURES), label)
    assert parts(result) == [SEEK_HEAD, INFO, CLUSTER, TAGS]
    assert led_to(result) == []


def test_a_list_with_a_checksum_gets_a_new_one(label):
    entries = seek(INFO, 100)
    head = made(SEEK_HEAD, made(ebml.CHECKSUM, zlib.crc32(entries).to_bytes(4, "little")) + entries)
    result = embed(film(head, void(100 - len(head)), INFORMATION, PICTURES), label)
    place = result.index(SEEK_HEAD)
    (element, *_) = ebml.elements(result, place, len(result))
    body = ebml.content(result, element)
    assert body[:2] == b"\xbf\x84"
    assert body[2:6] == zlib.crc32(body[6:]).to_bytes(4, "little")


def test_a_list_that_leads_there_already_stays(label, other_label):
    head = made(SEEK_HEAD, seek(TAGS, 100))
    cut = 100 - len(head) - len(PICTURES)
    data = film(head, void(cut), PICTURES, made(TAGS, OTHERS))
    result = embed(data, label)
    assert result[: result.index(TAGS, result.index(CLUSTER))][40:] == data[: data.rindex(TAGS)][40:]


def test_labels_in_other_tags_give_way_to_empty_space_and_nothing_moves(label, other_label):
    old = tag(simple("aigc", other_label.bare()))
    head = made(SEEK_HEAD, seek(TAGS, 200) + seek(TAGS, 200 + len(made(TAGS, old))))
    data = film(
        head,
        void(200 - len(head)),
        made(TAGS, old),
        made(TAGS, OTHERS + old),
        INFORMATION,
        PICTURES,
    )
    assert [item.strict() for item in read(data)[0]] == [other_label] * 2
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.index(INFO + INFORMATION[4:]) == data.index(INFO + INFORMATION[4:])
    assert led_to(result) == [(TAGS, TAGS), (TAGS, TAGS)]
    assert OTHERS in result


def test_a_label_within_a_tag_is_read_and_only_it_is_taken_out(label, other_label):
    nested = tag(simple("TITLE", "kept", inner=simple("AIGC", other_label.bare())))
    both = tag(simple("TITLE", "kept"), simple("AIGC", other_label.bare()))
    data = film(INFORMATION, PICTURES, made(TAGS, nested + both))
    assert [item.strict() for item in read(data)[0]] == [other_label] * 2
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.count(b"kept") == 2


def test_tags_nested_without_end_are_not_followed(label):
    inner = b""
    for _ in range(50):
        inner = simple("TITLE", "kept", inner=inner)
    data = film(INFORMATION, PICTURES, made(TAGS, tag(inner)))
    assert read(data) == ([], [])
    assert inner in embed(data, label)


def test_tags_with_a_checksum_get_a_new_one_and_a_wrong_one_is_not_written_over(label):
    def checked(number: int) -> bytes:
        return film(PICTURES, made(TAGS, made(ebml.CHECKSUM, number.to_bytes(4, "little")) + OTHERS))

    result = embed(checked(zlib.crc32(OTHERS)), label)
    (*_, last) = ebml.elements(result, result.index(CLUSTER), len(result))
    body = ebml.content(result, last)
    assert body[2:6] == zlib.crc32(body[6:]).to_bytes(4, "little")
    with pytest.raises(MalformedFile, match="the checksum of the tags does not fit"):
        MATROSKA.write(checked(0), label)


def test_a_label_without_text_is_read_as_one_and_one_of_any_length_is_not(monkeypatch):
    data = film(made(TAGS, tag(made(SIMPLE, made(NAME, b"AIGC")))))
    ((item,), _) = read(data)
    assert item.raw == ""
    monkeypatch.setattr(matroska, "LARGEST_VALUE", 3)
    (fault,) = read(film(made(TAGS, tag(simple("AIGC", "long")))))[1]
    assert fault.text.en == "the value of a label is too long"


def test_tags_of_any_length_are_not_read(label, monkeypatch):
    monkeypatch.setattr(matroska, "LARGEST_PACKET", 10)
    data = film(PICTURES, made(TAGS, OTHERS))
    assert [fault.text.en for fault in read(data)[1]] == ["tags too long to be read"]
    with pytest.raises(MalformedFile, match="the tags are too long"):
        MATROSKA.write(data, label)


def test_damage_in_tags_is_a_fault_and_is_not_written_into(label):
    data = film(PICTURES, made(TAGS, b"\x73\x73\xff"))
    assert (
        read(film(PICTURES, made(TAGS, b"\x73\x73\x85")))[1][0].text.en == "the length of an element is wrong"
    )
    assert read(data) == ([], [])
    with pytest.raises(MalformedFile):
        MATROSKA.write(film(PICTURES, made(TAGS, b"\x73\x73\x85")), label)


@pytest.mark.parametrize("cut", [3, 20, 40, -1])
def test_a_file_cut_off_is_a_fault_and_is_not_written_into(label, cut):
    data = film(INFORMATION, PICTURES)[:cut]
    assert read(data)[1]
    with pytest.raises(MalformedFile):
        MATROSKA.write(data, label)


@pytest.mark.parametrize("data", [made(EBML, b""), film()])
def test_a_file_with_nothing_in_it_is_not_written_into(label, data):
    with pytest.raises(MalformedFile, match="no segment, or nothing in it"):
        MATROSKA.write(data, label)


def test_it_is_told_by_its_first_bytes():
    assert all(MATROSKA.recognises(data) for data in FILES.values())
    assert not MATROSKA.recognises(b"RIFF")
