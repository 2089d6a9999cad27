import io

import pytest
from PIL import Image

from hegui.marking import Fault, MalformedFile
from hegui.marking import xmp as packets
from hegui.marking.formats.gif import GIF
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable, new_packet
from simulators import samples

GIFS = samples.gifs()
APPLICATION = b"\x21\xff\x0bXMP DataXMP"


def embed(data: bytes, label) -> bytes:
    return spliced(data, GIF.write(data, label))


def read(data: bytes):
    items = list(GIF.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def before_the_end(data: bytes, extra: bytes) -> bytes:
    return data[:-1] + extra + data[-1:]


def in_sub_blocks(packet: bytes) -> bytes:
    parts = [packet[place : place + 255] for place in range(0, len(packet), 255)]
    return APPLICATION + b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


@pytest.mark.parametrize("kind", GIFS)
def test_pillow_sees_the_same_frames_and_the_packet(kind, label):
    with (
        Image.open(io.BytesIO(GIFS[kind])) as before,
        Image.open(io.BytesIO(embed(GIFS[kind], label))) as after,
    ):
        name, _ = after.info["extension"]
        assert name == b"XMP DataXMP"
        kept = {name: before.info.get(name) for name in ("comment", "duration", "loop", "background")}
        assert {name: after.info.get(name) for name in kept} == kept
        for frame in range(before.n_frames):
            before.seek(frame)
            after.seek(frame)
            assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())


def test_a_file_of_the_older_version_becomes_one_of_the_newer(label):
    assert embed(GIFS["of 1987"], label) == embed(GIFS["plain"], label)


def test_a_repetition_stays_the_first_extension(label):
    result = embed(GIFS["animated"], label)
    assert result.index(b"NETSCAPE2.0") < result.index(b"XMP DataXMP") < result.index(b"\x21\xf9")


def test_a_packet_cut_into_sub_blocks_is_read_and_written_as_it_should_be(label, other_label):
    data = before_the_end(GIFS["plain"], in_sub_blocks(new_packet(other_label.bare())))
    assert [item.strict() for item in read(data)[0]] == [other_label]
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.endswith(b"\x02\x01\0\0\x3b")


def test_a_second_packet_gives_up_its_label(label, other_label):
    once = embed(GIFS["plain"], other_label)
    packet = once[once.index(APPLICATION) : once.index(b"\x01\0\0", once.index(APPLICATION)) + 3]
    data = before_the_end(once, packet)
    assert len(read(data)[0]) == 2
    assert [item.strict() for item in read(embed(data, label))[0]] == [label]


def test_a_packet_that_is_too_large_is_a_fault_and_is_not_written_into(label, other_label, monkeypatch):
    packet = new_packet(other_label.bare())
    monkeypatch.setattr(packets, "LARGEST_PACKET", 300)
    monkeypatch.setattr("hegui.marking.formats.gif.LARGEST_PACKET", 300)
    for data in (embed(GIFS["plain"], label), before_the_end(GIFS["plain"], in_sub_blocks(packet))):
        (labels, (fault,)) = read(data)
        assert (labels, fault.offset) == ([], data.index(APPLICATION))
        with pytest.raises(PacketUnusable):
            embed(data, label)


@pytest.mark.parametrize("cut", [10, 40, -1, -5])
def test_a_file_that_is_cut_off_is_a_fault_and_is_not_written_into(label, cut):
    data = GIFS["animated"][:cut]
    (labels, (fault,)) = read(data)
    assert (labels, fault.text.en) == ([], "the file does not end, or a block is cut off")
    with pytest.raises(MalformedFile, match="does not end"):
        embed(data, label)


@pytest.mark.parametrize("extra", [b"\x21", b"\x21\xfe\x05abc", b"\x2c\0\0\0", b"\x99"])
def test_a_block_of_no_kind_or_no_end_is_a_fault(extra):
    assert len(read(GIFS["plain"][:-1] + extra)[1]) == 1


def test_a_picture_may_have_colours_of_its_own(label):
    data = GIFS["plain"]
    own = bytearray(data)
    place = own.index(b"\x2c", 13)
    own[place + 9] |= 0x80  # a table of two colours
    own[place + 10 : place + 10] = b"\xff\0\0\0\xff\0"
    assert read(bytes(own)) == ([], [])
    result = embed(bytes(own), label)
    assert len(read(result)[0]) == 1
