import struct

import pytest

from hegui.marking import Carrier, Fault, ImplicitLabel, MalformedFile
from hegui.marking.formats import comments, ogg
from hegui.marking.formats.ogg import OGG
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

OGGS = recordings(".ogg", ".oga", ".opus", ".ogv", ".spx")
HEAD = b"\x01vorbis" + bytes(23)


def embed(data: bytes, label) -> bytes:
    result = spliced(data, OGG.write(data, label))
    prove(OGG, before=data, after=result, label=label)
    pages(result)
    return result


def read(data: bytes):
    items = list(OGG.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def remainder(value: int) -> int:
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


TABLE = [remainder(byte << 24) for byte in range(256)]


def checksum(data: bytes) -> int:
    """The checksum of the specification, byte by byte."""
    value = 0
    for byte in data:
        value = (value << 8 ^ TABLE[value >> 24 ^ byte]) & 0xFFFFFFFF
    return value


def page(
    lacing: bytes, body: bytes, *, number: int, serial: int = 7, flags: int = 0, granule: int = 0
) -> bytes:
    head = struct.pack("<4sBBqII", b"OggS", 0, flags, granule, serial, number)
    tail = bytes((len(lacing),)) + lacing + body
    return head + struct.pack("<I", checksum(head + bytes(4) + tail)) + tail


def pages(data: bytes) -> list[tuple[int, int, int, int, bytes, bytes]]:
    """Flags, granule position, serial, number, lacing and content, by an independent walk that checks all."""
    result, position = [], 0
    while position < len(data):
        capture, _, flags, granule, serial, number, told, count = struct.unpack_from(
            "<4sBBqIIIB", data, position
        )
        assert capture == b"OggS"
        lacing = data[position + 27 : position + 27 + count]
        end = position + 27 + count + sum(lacing)
        assert checksum(data[position : position + 22] + bytes(4) + data[position + 26 : end]) == told
        result.append((flags, granule, serial, number, lacing, data[end - sum(lacing) : end]))
        position = end
    return result


def laced(*packets: bytes) -> tuple[bytes, bytes]:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
    return lacing, b"".join(packets)


def stream(tags: bytes, *, serial: int = 7, sound: int = 3) -> bytes:
    """A Vorbis stream with its comments and its setup on one page, and some pages of sound."""
    parts = [
        page(*laced(HEAD), number=0, serial=serial, flags=2),
        page(*laced(b"\x03vorbis" + tags, b"\x05vorbis setup"), number=1, serial=serial),
    ]
    parts += [
        page(*laced(b"sound"), number=2 + index, serial=serial, granule=index, flags=4 * (index == sound - 1))
        for index in range(sound)
    ]
    return b"".join(parts)


TAGS = comments.updated(comments.Comments(b"maker", (b"TITLE=kept",), b"\1"), None)


def long_tags(size: int) -> bytes:
    return comments.updated(comments.Comments(b"maker", (b"PICTURE=" + bytes(size),), b"\1"), None)


@pytest.mark.parametrize("name", OGGS)
def test_every_stream_keeps_its_pages_of_sound(name, label):
    before, after = pages(OGGS[name]), pages(embed(OGGS[name], label))
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_the_first_stream_takes_the_label_and_the_others_keep_none(label, other_label):
    tagged = comments.updated(comments.Comments(b"maker", (b"TITLE=kept",), b"\1"), other_label.bare())
    data = stream(TAGS) + stream(tagged, serial=8) + stream(TAGS, serial=9)
    assert [item.strict() for item in read(data)[0]] == [other_label]
    result = embed(data, label)
    ((item,), faults) = read(result)
    assert (item.strict(), item.carrier, item.offset, faults) == (label, Carrier.VORBIS_COMMENT, 58, [])
    assert result.endswith(stream(TAGS, serial=8) + stream(TAGS, serial=9))


def test_what_else_is_on_the_page_of_the_comments_follows_them(label):
    _, (_, _, _, _, _, content), *_ = pages(embed(stream(TAGS), label))
    assert content.startswith(b"\x03vorbis\5\0\0\0maker\2\0\0\0")
    assert content.endswith(b"\1\x05vorbis setup")


def test_comments_that_grow_beyond_a_page_renumber_the_pages_behind(label):
    data = stream(long_tags(64_700))
    assert len(pages(data)) == 5
    for size, growing in ((1, [(0, 0), (0, 0)]), (400, [(0, -1), (1, 0)])):
        long = ImplicitLabel.first(producer=label.content_producer, produce_id="x" * size)
        result = embed(data, long)
        first, *rest = pages(result)
        assert [number for _, _, _, number, _, _ in rest] == [1, 2, 3, 4, 5]
        assert [(flags, granule) for flags, granule, *_ in rest] == [*growing, (0, 0), (0, 1), (4, 2)]
        assert [item.strict() for item in read(result)[0]] == [long]
        assert first == pages(data)[0]


def test_comments_that_shrink_below_a_page_renumber_too(label, other_label):
    data = stream(long_tags(64_700))
    assert spliced(embed(data, other_label), OGG.write(embed(data, other_label), label)) == embed(data, label)
    packet = b"\x03vorbis" + long_tags(70_000)
    lacing, body = laced(packet)
    parts = (
        page(*laced(HEAD), number=0, flags=2),
        page(lacing[:255], body[: 255 * 255], number=1, granule=-1),
        page(lacing[255:] + b"\5", body[255 * 255 :] + b"setup", number=2, flags=1),
        page(*laced(b"sound"), number=3),
    )
    small = comments.updated(comments.Comments(b"maker", (), b"\1"), None)
    assert len(pages(embed(b"".join(parts), label))) == 4
    # The same file with its picture taken out again by hand would need a page less.
    assert len(pages(stream(small, sound=1))) == 3


def test_only_pages_of_the_same_stream_in_the_same_link_are_renumbered(label):
    other = stream(TAGS, serial=8)
    data = stream(long_tags(64_700)) + other + stream(TAGS)
    assert embed(data, label).endswith(other + stream(TAGS))


def test_a_packet_that_ends_where_a_page_does_stays_so(label):
    # A label that makes the comments a multiple of 255 bytes long needs an empty segment at their end.
    free = 255 - len(b"\x03vorbis" + long_tags(0)) % 255
    for size in range(free - 2, free + 3):
        base = len(label.bare()) + len(b"AIGC=") + 4
        data = stream(long_tags((size - base) % 255))
        assert [item.strict() for item in read(embed(data, label))[0]] == [label]


def test_a_page_whose_checksum_does_not_fit_is_named_and_not_written_into(label):
    data = bytearray(embed(stream(TAGS), label))
    data[data.index(b"A-17")] ^= 1
    (labels, (fault,)) = read(bytes(data))
    assert (len(labels), fault.text.en) == (1, "the checksum of a page does not fit")
    with pytest.raises(MalformedFile, match="the checksum of a page does not fit"):
        OGG.write(bytes(data), label)
    later = bytearray(stream(long_tags(64_700)))
    later[later.rindex(b"sound")] ^= 1
    with pytest.raises(MalformedFile, match="the checksum of a page does not fit"):
        OGG.write(bytes(later), label)


def test_a_stream_of_flac_says_how_long_its_comments_are(label):
    result = embed(OGGS["flac.oga"], label)
    packet = pages(result)[1][5]
    assert packet[:1] == b"\x84"
    assert int.from_bytes(packet[1:4], "big") == len(packet) - 4


@pytest.mark.parametrize("tags", [b"\xff\0\0\0", b""])
def test_damaged_comments_are_a_fault_and_are_not_written_into(label, tags):
    (labels, (fault,)) = read(stream(tags))
    assert (labels, fault.text.en) == ([], "the comments are damaged")
    with pytest.raises(MalformedFile, match="the comments are damaged"):
        OGG.write(stream(tags), label)


def test_a_packet_without_its_name_is_no_comments():
    data = page(*laced(HEAD), number=0, flags=2) + page(*laced(b"\x04vorbis" + TAGS), number=1)
    assert [fault.text.en for fault in read(data)[1]] == ["the comments are damaged"]


def test_comments_of_any_length_are_not_read(monkeypatch):
    monkeypatch.setattr(ogg, "LARGEST_PACKET", 20)
    assert [fault.text.en for fault in read(stream(TAGS))[1]] == ["comments too long to be read"]


def test_a_file_without_a_stream_of_sound_is_not_written_into(label):
    data = page(*laced(b"fishead\0"), number=0, flags=2) + page(*laced(b"bones"), number=1)
    assert read(data) == ([], [])
    with pytest.raises(MalformedFile, match="no stream with comments"):
        OGG.write(data, label)


@pytest.mark.parametrize("cut", [20, 27, 50, 70, 100])
def test_a_file_cut_off_is_a_fault_and_is_not_written_into(label, cut):
    labels, faults = read(stream(TAGS)[:cut])
    assert labels == []
    assert faults
    with pytest.raises(MalformedFile):
        OGG.write(stream(TAGS)[:cut], label)


def test_a_file_that_ends_before_its_comments_says_so():
    labels, (fault,) = read(page(*laced(HEAD), number=0, flags=2))
    assert (labels, fault.text.en) == ([], "the file ends before its comments")


def test_more_pages_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr(ogg, "MOST_PARTS", 3)
    labels, (fault,) = read(stream(TAGS))
    assert (labels, "more than" in fault.text.en) == ([], True)


def test_damage_behind_renumbered_pages_ends_their_renumbering(label, monkeypatch):
    data = stream(long_tags(64_700))
    (first, *_) = (item for item in ogg._streams(data) if not isinstance(item, Fault))
    assert len(list(ogg._renumbered(data + b"rest", first.pages[-1], 1))) == 3


def test_it_is_told_by_its_first_bytes():
    assert all(OGG.recognises(data) for data in OGGS.values())
    assert not OGG.recognises(b"fLaC")
