import io
import struct

import pytest
from PIL import Image

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking import xmp as packets
from hegui.marking.formats.webp import WEBP
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable, new_packet
from simulators import samples

WEBPS = samples.webps()


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def with_chunk(data: bytes, extra: bytes) -> bytes:
    return riff(data[12:], extra)


def embed(data: bytes, label) -> bytes:
    return spliced(data, WEBP.write(data, label))


def read(data: bytes):
    items = list(WEBP.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


@pytest.mark.parametrize("kind", WEBPS)
def test_pillow_sees_the_same_frames_and_the_packet(kind, label):
    with (
        Image.open(io.BytesIO(WEBPS[kind])) as before,
        Image.open(io.BytesIO(embed(WEBPS[kind], label))) as after,
    ):
        for frame in range(getattr(before, "n_frames", 1)):
            before.seek(frame)
            after.seek(frame)
            assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())
        assert after.info["xmp"].count(b"<TC260:AIGC") == 1
        kept = {name: before.info.get(name) for name in ("icc_profile", "exif", "duration", "loop")}
        assert {name: after.info.get(name) for name in kept} == kept


def test_a_simple_file_becomes_an_extended_one_that_says_what_the_bitstream_says(label):
    for kind, alpha in (("simple lossy", 0), ("simple lossless", 0), ("simple lossless with alpha", 0x10)):
        result = embed(WEBPS[kind], label)
        assert result[12:20] == b"VP8X\x0a\0\0\0"
        assert result[20:30] == bytes((0x04 | alpha, 0, 0, 0)) + b"\x16\0\0" + b"\x10\0\0"
        assert result[30:].startswith(WEBPS[kind][12:])


def test_an_extended_file_keeps_its_flags_and_its_packet(label):
    before, after = WEBPS["with metadata"], embed(WEBPS["with metadata"], label)
    assert after[20] == before[20]
    assert b"kept &amp; kept" in after
    animated = embed(WEBPS["animated"], label)
    assert animated[20] == WEBPS["animated"][20] | 0x04


@pytest.mark.parametrize("mark", [b"", b"Exif\0\0"])
def test_a_label_in_exif_is_read_and_blanked(label, other_label, mark):
    exif = Image.Exif()
    exif[0x010E] = other_label.wrapped()
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    data = with_chunk(WEBPS["animated"], chunk(b"EXIF", mark + block))
    ((item,), faults) = read(data)
    assert (item.carrier, item.strict(), faults) == (Carrier.EXIF_IMAGE_DESCRIPTION, other_label, [])
    ((item,), _) = read(embed(data, label))
    assert (item.carrier, item.strict()) == (Carrier.XMP, label)


def test_a_second_packet_gives_up_its_label(label, other_label):
    data = with_chunk(embed(WEBPS["animated"], other_label), chunk(b"XMP ", new_packet(other_label.bare())))
    assert len(read(data)[0]) == 2
    ((item,), _) = read(embed(data, label))
    assert item.strict() == label


def test_a_packet_that_is_too_large_is_a_fault_and_is_not_written_into(label, monkeypatch):
    data = with_chunk(WEBPS["animated"], chunk(b"XMP ", b" " * 100))
    monkeypatch.setattr(packets, "LARGEST_PACKET", 99)
    (labels, (fault,)) = read(data)
    assert (labels, fault.text.en) == ([], "the XMP packet is too large, and was not read")
    with pytest.raises(PacketUnusable, match="100 bytes are too many"):
        embed(data, label)


def test_a_last_chunk_without_its_padding_gets_it(label):
    odd = with_chunk(WEBPS["animated"], b"abcd\3\0\0\0xyz")
    assert read(odd) == ([], [])
    result = embed(odd, label)
    assert b"xyz\0XMP " in result
    assert len(read(result)[0]) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (riff(), "the length of the RIFF does not fit"),
        (riff(chunk(b"VP8X", b"123")), "VP8X chunk is too short"),
        (riff(chunk(b"VP8 ", b"no bitstream")), "no image data"),
        (riff(chunk(b"VP8 ", b"\0\0\0\x9d\x01\x2a\0\0\1\0")), "no image data"),
        (riff(chunk(b"VP8L", b"\x2e\0\0\0\0")), "no image data"),
        (riff(chunk(b"ABCD", b"")), "no image data"),
        (WEBPS["animated"][:-3], "reaches beyond the end"),
        (WEBPS["animated"][:12], "the length of the RIFF does not fit"),
    ],
)
def test_a_file_without_a_sound_structure_is_not_written_into(label, data, reason):
    with pytest.raises(MalformedFile, match=reason):
        embed(data, label)


def test_a_label_is_found_in_a_file_whose_riff_length_is_wrong(label):
    data = embed(WEBPS["simple lossy"], label)
    wrong = data[:4] + b"\xff\xff\xff\0" + data[8:]
    ((item,), (fault,)) = read(wrong)
    assert (item.strict(), fault.offset) == (label, 4)


def test_data_behind_the_file_stays_there(label):
    result = embed(WEBPS["simple lossy"] + b"and more", label)
    assert result == embed(WEBPS["simple lossy"], label) + b"and more"
