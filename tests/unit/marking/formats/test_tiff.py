import io
import mmap
import struct

import pytest
from PIL import Image

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats.format import NoRoom
from hegui.marking.formats.tiff import TIFF
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable, new_packet
from simulators import samples

TIFFS = samples.tiffs()
PACKET = 700


def embed(data: bytes, label) -> bytes:
    return spliced(data, TIFF.write(data, label))


def read(data: bytes):
    items = list(TIFF.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes):
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


def tiff(*pages: list[tuple[int, int, bytes]]) -> bytes:
    """A classic little-endian TIFF without pictures; values stand right behind their directory."""
    result = bytearray(b"II*\0\x08\0\0\0")
    for number, page in enumerate(pages):
        place = len(result) + 2 + 12 * len(page) + 4
        values = b""
        result += struct.pack("<H", len(page))
        for tag, kind, value in page:
            result += struct.pack("<HHII", tag, kind, len(value), place + len(values))
            values += value
        values += bytes(len(values) % 2)
        result += struct.pack("<I", 0 if number == len(pages) - 1 else place + len(values)) + values
    return bytes(result)


@pytest.mark.parametrize("kind", TIFFS)
def test_pillow_sees_the_same_pages_and_the_packet(kind, label):
    with (
        Image.open(io.BytesIO(TIFFS[kind])) as before,
        Image.open(io.BytesIO(embed(TIFFS[kind], label))) as after,
    ):
        assert after.info["xmp"].count(b"<TC260:AIGC") == 1
        assert after.n_frames == before.n_frames
        for frame in range(before.n_frames):
            before.seek(frame)
            after.seek(frame)
            assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())
            kept, now = dict(before.tag_v2), dict(after.tag_v2)
            assert {**now, PACKET: None} == {**kept, PACKET: None} if frame == 0 else now == kept


@pytest.mark.parametrize("kind", TIFFS)
def test_everything_that_was_in_the_file_stays_where_it_was(kind, label):
    before, after = TIFFS[kind], embed(TIFFS[kind], label)
    changed = [place for place in range(len(before)) if before[place] != after[place]]
    if kind == "with metadata":  # the packet stood in the middle: its place is empty now, its entry points on
        assert after.count(b"kept &amp; kept") == 1
        return
    link = range(8, 16) if kind.startswith("64") else range(4, 8)
    assert set(changed) <= set(link)


def test_directories_begin_at_even_places_and_are_in_order(label):
    for data in TIFFS.values():
        with Image.open(io.BytesIO(embed(data, label))) as picture:
            assert picture.tag_v2._offset % 2 == 0
            tags = list(picture.tag_v2)
            assert PACKET in tags
    result = embed(TIFFS["RGB"], label)
    (start,) = struct.unpack_from("<I", result, 4)
    (count,) = struct.unpack_from("<H", result, start)
    tags = [struct.unpack_from("<H", result, start + 2 + 12 * index)[0] for index in range(count)]
    assert tags == sorted(tags)


def test_a_packet_behind_a_last_tag_or_before_a_first_is_in_order(label):
    for tag in (256, 40000):
        result = embed(tiff([(tag, 2, b"kept kept")]), label)
        assert extract(result) == label


@pytest.mark.parametrize("kind", [1, 2, 7])
def test_a_packet_in_the_middle_moves_to_the_end_and_leaves_nothing_behind(label, other_label, kind):
    data = tiff([(PACKET, kind, new_packet(other_label.bare()))], [(256, 2, b"kept kept")])
    assert extract(data) == other_label
    result = embed(data, label)
    assert extract(result) == label
    assert other_label.produce_id.encode() not in result
    assert embed(result, label) == result


def test_labels_in_exif_are_read_and_blanked(label, other_label):
    comment = b"ASCII\0\0\0" + other_label.wrapped().encode()
    tags = samples.tags({0x010E: '{"AIGC":{"ServiceProvider":"x"}}', 0x8769: {0x9286: comment}})
    data = samples.saved(samples.gradient(), "TIFF", tiffinfo=tags)
    (labels, _) = read(data)
    assert {item.carrier for item in labels} == {Carrier.EXIF_IMAGE_DESCRIPTION, Carrier.EXIF_USER_COMMENT}
    assert extract(embed(data, label)) == label


def test_the_packet_of_another_page_gives_up_its_label_and_keeps_its_length(label, other_label):
    packet = new_packet(other_label.bare())
    data = tiff([(256, 2, b"kept kept")], [(PACKET, 1, packet)])
    assert extract(data) == other_label
    assert extract(embed(data, label)) == label


def test_a_packet_that_two_pages_share_is_given_up_by_the_second_only(label, other_label):
    packet = new_packet(other_label.bare())
    data = bytearray(tiff([(PACKET, 1, packet)], [(PACKET, 1, packet)]))
    first = struct.unpack_from("<I", data, 10 + 8)[0]
    second = data.index(struct.pack("<HH", PACKET, 1), 30)
    struct.pack_into("<I", data, second + 8, first)
    assert [item.strict() for item in read(bytes(data))[0]] == [other_label] * 2
    result = embed(bytes(data), label)
    assert extract(result) == label
    assert embed(result, label) == result


def test_a_packet_that_many_pages_share_is_not_read_for_ever(label, monkeypatch):
    packet = new_packet(label.bare())
    data = tiff([(PACKET, 1, packet)], [(PACKET, 1, packet)], [(PACKET, 1, packet)])
    assert len(read(data)[0]) == 3
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 2 * len(packet))
    (labels, (fault,)) = read(data)
    assert len(labels) == 2
    assert "more metadata" in fault.text.en


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"XX*\0", "no TIFF header"),
        (b"II*\0\0\0\0\0", "a directory is cut off"),
        (TIFFS["RGB"][:60], "a directory is cut off"),
        (tiff([(0x8769, 4, b"nowhere near")]), "a directory is cut off"),
        (tiff([(PACKET, 1, new_packet("x"))])[:-9], "a page reaches beyond the end"),
    ],
)
def test_a_file_without_a_sound_structure_is_not_written_into(label, data, reason):
    with pytest.raises(MalformedFile, match=reason):
        embed(data, label)
    assert len(read(data)[1]) == 1


def test_a_picture_that_is_cut_off_is_not_written_into(label):
    for kind in ("RGB", "in JPEG", "in strips, LZW"):
        with pytest.raises(MalformedFile, match="a page reaches beyond the end"):
            embed(TIFFS[kind][:-40], label)


def test_a_packet_that_is_not_well_formed_is_a_fault_and_is_not_written_into(label):
    data = tiff([(PACKET, 1, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>")])
    assert len(read(data)[1]) == 1
    with pytest.raises(PacketUnusable):
        embed(data, label)


@pytest.mark.parametrize("kind", ["RGB", "64-bit"])
def test_a_file_of_more_than_four_gibibytes_needs_the_64_bit_kind(label, tmp_path, kind):
    path = tmp_path / "large.tif"
    path.write_bytes(TIFFS[kind])
    with path.open("r+b") as file:
        file.truncate((1 << 32) + 6)  # a hole: it takes no room on the disk
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if kind == "RGB":
                with pytest.raises(NoRoom, match="too large"):
                    TIFF.write(data, label)
                return
            (_, added) = TIFF.write(data, label)
            assert added.start == len(data)
            assert added.data[:2] == b"\0\0"  # a directory begins at a multiple of eight
