import io
import json
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hegui.marking import Carrier, Dialect, Fault, ImplicitLabel, MalformedFile
from hegui.marking.formats.png import PNG
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = "XML:com.adobe.xmp"


def embed(data: bytes, label: ImplicitLabel) -> bytes:
    return spliced(data, PNG.write(data, label))


def read(data: bytes):
    items = list(PNG.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes) -> ImplicitLabel | None:
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks, by an independent walk that checks every checksum."""
    assert data.startswith(SIGNATURE)
    result, position = [], 8
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        assert zlib.crc32(kind + body) == checksum
        result.append((kind, body))
        position += 12 + length
        if kind == b"IEND":
            result.append((b"trailing data", data[position:]))
            break
    return result


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(data: bytes, extra: bytes, *, last: bool = False) -> bytes:
    place = data.index(b"IEND") - 4 if last else 33
    return data[:place] + extra + data[place:]


@given(st.from_type(ImplicitLabel), st.data())
def test_what_is_embedded_is_what_is_extracted(pngs, label, data):
    png = pngs[data.draw(st.sampled_from(sorted(pngs)))]
    assert extract(embed(png, label)) == label


@settings(max_examples=25)  # each over every sample
@given(st.from_type(ImplicitLabel), st.from_type(ImplicitLabel))
def test_embedding_twice_is_embedding_once(pngs, label, other):
    for png in pngs.values():
        once = embed(png, label)
        assert embed(once, label) == once
        assert embed(embed(png, other), label) == once


def test_every_other_chunk_stays_as_it_is_and_where_it_is(pngs, label):
    for name, png in pngs.items():
        before, after = chunks(png), chunks(embed(png, label))
        before_other = [pair for pair in before if not pair[1].startswith(XMP.encode())]
        assert [pair for pair in after if not pair[1].startswith(XMP.encode())] == before_other, name
        assert after[0][0] == b"IHDR"


def test_pillow_opens_the_file_sees_the_same_picture_and_the_same_packet(pngs, label):
    for name, png in pngs.items():
        with Image.open(io.BytesIO(png)) as before, Image.open(io.BytesIO(embed(png, label))) as after:
            assert after.getexif is not None
            for frame in range(getattr(before, "n_frames", 1)):
                before.seek(frame)
                after.seek(frame)
                assert after.tobytes() == before.tobytes(), name
            assert after.info[XMP].count("<TC260:AIGC") == 1


def test_an_interlaced_picture_keeps_its_data(label):
    # Adam7 interlace of a 1 by 1 picture: Pillow reads such files but does not write them.
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1)
    image_data = zlib.compress(b"\0\x10\x20\x30")
    png = SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", image_data) + chunk(b"IEND", b"")
    result = embed(png, label)
    assert (b"IDAT", image_data) in chunks(result)
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.getpixel((0, 0)) == (0x10, 0x20, 0x30)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("keyword", ["AIGC", "aigc"])
def test_labels_under_a_keyword_are_read_and_replaced(
    make_png, label, other_label, keyword, last, compressed
):
    text = other_label.wrapped().encode()
    body = keyword.encode() + (b"\0\0" + zlib.compress(text) if compressed else b"\0" + text)
    png = with_chunk(make_png(), chunk(b"zTXt" if compressed else b"tEXt", body), last=last)
    ((item,), _) = read(png)
    assert (item.carrier, item.dialect, item.strict()) == (Carrier.PNG_TEXT, Dialect.WRAPPED, other_label)
    assert extract(embed(png, label)) == label


@pytest.mark.parametrize("compressed", [False, True])
def test_international_text_under_the_keyword_is_read_too(make_png, other_label, compressed):
    text = other_label.wrapped().encode()
    flag, data = (b"\1\0", zlib.compress(text)) if compressed else (b"\0\0", text)
    png = with_chunk(make_png(), chunk(b"iTXt", b"AIGC\0" + flag + b"zh\0label\0" + data))
    assert extract(png) == other_label


def test_a_label_with_line_breaks_is_read(make_png, other_label):
    text = json.dumps({"AIGC": other_label.fields()}, indent=2)
    assert extract(make_png(text={"AIGC": text + "\n"})) == other_label


def test_a_label_in_exif_is_read_and_blanked(make_png, label, other_label):
    exif = Image.Exif()
    exif[0x010E] = '{"AIGC":{"ServiceProvider":"x"}}'
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + other_label.wrapped().encode()
    png = make_png(exif=exif)
    (labels, _) = read(png)
    assert [item.carrier for item in labels] == [Carrier.EXIF_IMAGE_DESCRIPTION, Carrier.EXIF_USER_COMMENT]
    assert extract(embed(png, label)) == label
    kept = make_png(exif=Image.Exif())
    assert dict(chunks(embed(kept, label))).get(b"eXIf") == dict(chunks(kept)).get(b"eXIf")


def test_exif_without_a_label_stays_as_it_is(make_png, label):
    exif = Image.Exif()
    exif[0x010E] = "a picture"
    png = make_png(exif=exif)
    assert dict(chunks(embed(png, label)))[b"eXIf"] == dict(chunks(png))[b"eXIf"]


@pytest.mark.parametrize("compressed", [False, True])
def test_an_xmp_packet_is_updated_and_not_overwritten(make_png, label, compressed, pngs):
    packet = dict(Image.open(io.BytesIO(pngs["with metadata"])).info)[XMP]
    png = make_png(text={XMP: packet}, compressed=compressed)
    result = embed(png, label)
    assert extract(result) == label
    with Image.open(io.BytesIO(result)) as picture:
        assert "kept &amp; kept" in picture.info[XMP]
        assert "dc:format" in picture.info[XMP]


def test_a_second_packet_gives_up_its_label(make_png, label, other_label):
    once = embed(make_png(), other_label)
    packet = next(body for kind, body in chunks(once) if kind == b"iTXt")
    assert extract(embed(with_chunk(once, chunk(b"iTXt", packet), last=True), label)) == label


def test_a_packet_that_cannot_be_expanded_is_a_fault_and_is_not_written_into(make_png, label):
    for text in (b"no zlib", zlib.compress(b"x" * 99)[:-5]):
        png = with_chunk(make_png(), chunk(b"iTXt", XMP.encode() + b"\0\1\0\0\0" + text))
        (labels, (fault,)) = read(png)
        assert (labels, fault.text.en) == ([], "text cannot be expanded, or is too large to be read")
        with pytest.raises(PacketUnusable, match="cannot be expanded"):
            embed(png, label)


def test_no_more_is_read_than_is_allowed(make_png, label, monkeypatch):
    packed = chunk(b"zTXt", b"AIGC\0\0" + zlib.compress(label.wrapped().encode()))
    png = with_chunk(with_chunk(make_png(), packed), packed)
    assert len(read(png)[0]) == 2
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 2 * len(label.wrapped()))
    (labels, faults) = read(png)
    assert (len(labels), len(faults)) == (1, 1)
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 9)
    (labels, faults) = read(png)
    assert (len(labels), len(faults)) == (0, 2)


def test_a_text_that_expands_without_end_is_not_followed(make_png):
    bomb = zlib.compress(bytes(64 << 20), 9)
    png = with_chunk(make_png(), chunk(b"zTXt", b"AIGC\0\0" + bomb))
    (labels, (fault,)) = read(png)
    assert (labels, fault.offset) == ([], 33)


def test_a_wrong_checksum_is_named_and_the_label_read_all_the_same(make_png, label):
    png = bytearray(embed(make_png(), label))
    png[png.index(b"A-17")] ^= 1
    (labels, (fault,)) = read(bytes(png))
    assert fault.text.en == "the checksum of the chunk does not fit"
    assert len(labels) == 1


@pytest.mark.parametrize("cut", [8, 20, 40, -1, -12])
def test_a_truncated_file_is_a_fault_and_is_not_written_into(make_png, label, cut):
    png = make_png()[:cut]
    (labels, (fault,)) = read(png)
    assert labels == []
    with pytest.raises(MalformedFile) as refused:
        embed(png, label)
    assert (refused.value.format, refused.value.offset) == ("PNG", fault.offset)


def test_a_chunk_that_claims_to_be_huge_is_a_fault(make_png):
    png = make_png()
    (labels, (fault,)) = read(png[:33] + b"\xff\xff\xff\xfftEXt" + png[33:])
    assert (labels, fault.offset) == ([], 33)


@given(st.from_type(ImplicitLabel), st.data())
def test_no_damage_makes_the_reader_fail(pngs, label, data):
    png = bytearray(embed(pngs[data.draw(st.sampled_from(sorted(pngs)))], label))
    for _ in range(data.draw(st.integers(1, 4))):
        png[data.draw(st.integers(0, len(png) - 1))] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(png), bytes(png[: data.draw(st.integers(0, len(png)))])):
        for item in PNG.read(damaged):
            assert isinstance(item, Fault) or found(item)


def test_it_is_told_by_its_first_bytes(pngs):
    assert all(PNG.recognises(png) for png in pngs.values())
    assert not PNG.recognises(b"GIF89a")
