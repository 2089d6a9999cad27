import hashlib
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hegui.marking import Carrier, Dialect, Fault, ImplicitLabel, MalformedFile
from hegui.marking.formats.jpeg import JPEG, PacketTooLong
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import new_packet


def embed(data: bytes, label: ImplicitLabel) -> bytes:
    return spliced(data, JPEG.write(data, label))


def read(data: bytes):
    items = list(JPEG.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes) -> ImplicitLabel | None:
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


def with_segment(data: bytes, marker: int, body: bytes, *, place: int = 2) -> bytes:
    segment = bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
    return data[:place] + segment + data[place:]


@given(st.from_type(ImplicitLabel), st.data())
def test_what_is_embedded_is_what_is_extracted(jpegs, label, data):
    jpeg = jpegs[data.draw(st.sampled_from(sorted(jpegs)))]
    assert extract(embed(jpeg, label)) == label


@settings(max_examples=25)  # each over every sample
@given(st.from_type(ImplicitLabel), st.from_type(ImplicitLabel))
def test_embedding_twice_is_embedding_once(jpegs, label, other):
    for jpeg in jpegs.values():
        once = embed(jpeg, label)
        assert embed(once, label) == once
        assert embed(embed(jpeg, other), label) == once


def test_pillow_opens_the_file_sees_the_same_picture_and_the_same_packet(jpegs, label):
    for name, jpeg in jpegs.items():
        result = embed(jpeg, label)
        with Image.open(io.BytesIO(jpeg)) as before, Image.open(io.BytesIO(result)) as after:
            assert after.tobytes() == before.tobytes(), name
            assert after.info["xmp"].count(b"<TC260:AIGC") == 1
            for key in ("icc_profile", "comment", "dpi", "jfif"):
                assert after.info.get(key) == before.info.get(key)
        scan = jpeg.index(b"\xff\xda")
        assert result.endswith(jpeg[scan:])


def test_the_packet_comes_behind_the_first_segments_and_before_all_others(jpegs, make_jpeg, label):
    exif = Image.Exif()
    exif[0x010E] = "a picture"
    jpeg = make_jpeg(exif=exif)
    order = [
        item
        for item in (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"\xff\xdb")
        if item in embed(jpeg, label)
    ]
    places = [embed(jpeg, label).index(item) for item in order]
    assert places == sorted(places)
    assert len(places) == 3
    assert embed(jpegs["colour"], label).startswith(b"\xff\xd8\xff\xe0")


def test_an_xmp_packet_is_updated_and_not_overwritten(jpegs, label):
    with Image.open(io.BytesIO(embed(jpegs["with metadata"], label))) as picture:
        assert b"kept &amp; kept" in picture.info["xmp"]


def test_a_second_packet_gives_up_its_label(make_jpeg, label, other_label):
    once = embed(make_jpeg(), other_label)
    with Image.open(io.BytesIO(once)) as picture:
        body = b"http://ns.adobe.com/xap/1.0/\0" + picture.info["xmp"]
    assert extract(embed(with_segment(once, 0xE1, body), label)) == label


@pytest.mark.parametrize("body", [b"AIGC%s", b"AIGC\0%s", b"%s", b"\0aigc%s\0"])
@pytest.mark.parametrize("marker", [0xE1, 0xEB, 0xFE])
def test_bare_text_in_a_segment_is_read_and_replaced(make_jpeg, label, other_label, marker, body):
    jpeg = with_segment(make_jpeg(), marker, body % other_label.wrapped().encode())
    ((item,), _) = read(jpeg)
    assert (item.carrier, item.dialect, item.strict()) == (Carrier.JPEG_SEGMENT, Dialect.WRAPPED, other_label)
    assert extract(embed(jpeg, label)) == label


def test_a_label_in_exif_is_read_and_blanked(make_jpeg, label, other_label):
    exif = Image.Exif()
    exif[0x0131] = "software, kept"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + other_label.wrapped().encode()
    jpeg = make_jpeg(exif=exif)
    ((item,), _) = read(jpeg)
    assert (item.carrier, item.strict()) == (Carrier.EXIF_USER_COMMENT, other_label)
    result = embed(jpeg, label)
    assert extract(result) == label
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.getexif()[0x0131] == "software, kept"


def test_a_packet_that_fits_no_segment_is_refused(make_jpeg, label):
    jpeg = make_jpeg(
        xmp=b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!--%s--></r:RDF>' % (b"x" * 65200)
    )
    with pytest.raises(PacketTooLong) as refused:
        embed(jpeg, label)
    assert refused.value.size > 65504
    assert "holds 65504" in str(refused.value)


def test_padding_gives_way_to_a_label_that_would_not_fit(make_jpeg, label, other_label):
    room = new_packet(other_label.bare()).replace(
        b"<?xpacket end", b"<!--%s-->%s<?xpacket end" % (b"x" * 63600, b" " * 900)
    )
    jpeg = make_jpeg(xmp=room)
    longer = ImplicitLabel.first(producer=label.content_producer, produce_id="x" * 400)
    result = embed(jpeg, longer)
    assert extract(result) == longer
    assert b" <?xpacket end" not in result
    assert embed(result, longer) == result


def extended(
    packet: bytes, *, largest: int = 300, digest: bytes = b"0" * 32, size: int | None = None
) -> list[bytes]:
    """The bodies of the segments of an extended packet."""
    head = (
        b"http://ns.adobe.com/xmp/extension/\0"
        + digest
        + (len(packet) if size is None else size).to_bytes(4, "big")
    )
    return [
        head + place.to_bytes(4, "big") + packet[place : place + largest]
        for place in range(0, len(packet), largest)
    ]


MAIN = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<r:Description r:about='' xmlns:n='http://ns.adobe.com/xmp/note/' n:HasExtendedXMP='%s'/>"
    b"</r:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize("order", [1, -1])
def test_a_label_in_an_extended_packet_is_read_and_gives_way(make_jpeg, label, other_label, order):
    packet = new_packet(other_label.bare()).replace(
        b"</rdf:Description>", b"<k xmlns='k'>kept</k></rdf:Description>"
    )
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    jpeg = make_jpeg(xmp=MAIN % digest)
    for body in (extended(packet, digest=digest) + extended(packet, digest=digest)[:1])[::order]:
        jpeg = with_segment(jpeg, 0xE1, body)
    ((item,), faults) = read(jpeg)
    assert (item.strict(), item.carrier, faults) == (other_label, Carrier.XMP, [])
    assert jpeg[item.offset :].startswith(b"\xff\xe1")
    result = embed(jpeg, label)
    prove(JPEG, before=jpeg, after=result, label=label)
    assert extract(result) == label
    assert embed(result, label) == result
    (new,) = re.findall(rb"HasExtendedXMP='(\w{32})'", result)
    piece = result[result.index(new + b"\0") :]
    assert digest not in result
    body = piece[40 : 40 + int.from_bytes(piece[32:36], "big")]
    assert hashlib.md5(body, usedforsecurity=False).hexdigest().upper().encode() == new
    assert b"<k xmlns='k'>kept</k>" in body


def test_an_extended_packet_without_a_label_stays_as_it_is(make_jpeg, label):
    pieces = extended(b"<a>kept</a>" * 1)
    jpeg = with_segment(make_jpeg(xmp=MAIN % (b"0" * 32)), 0xE1, pieces[0])
    assert pieces[0] in embed(jpeg, label)


def test_an_extended_packet_of_many_segments_is_cut_up_again(make_jpeg, label, other_label):
    packet = new_packet(other_label.bare()).replace(
        b"<?xpacket end", b"<!--%s--><?xpacket end" % (b"x" * 150_000)
    )
    jpeg = make_jpeg()
    for body in extended(packet, largest=65000)[::-1]:
        jpeg = with_segment(jpeg, 0xE1, body)
    result = embed(jpeg, label)
    assert extract(result) == label
    assert result.count(b"xmp/extension/") == 3


@pytest.mark.parametrize("size", [10, 1 << 30])
def test_an_extended_packet_that_is_not_whole_is_a_fault_and_is_not_written_into(make_jpeg, label, size):
    jpeg = with_segment(make_jpeg(), 0xE1, extended(b"<a/>", size=size)[0])
    (_, (fault,)) = read(jpeg)
    assert "extended XMP" in fault.text.en
    with pytest.raises(MalformedFile, match="extended XMP"):
        embed(jpeg, label)


def test_no_more_extended_packets_are_read_than_is_allowed(make_jpeg, label, monkeypatch):
    packet = new_packet(label.bare())
    jpeg = make_jpeg()
    for digest in (b"0" * 32, b"1" * 32):
        for body in extended(packet, digest=digest):
            jpeg = with_segment(jpeg, 0xE1, body)
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", len(packet))
    (labels, faults) = read(jpeg)
    assert (len(labels), len(faults)) == (1, 1)


def test_a_segment_too_short_for_an_extended_packet_is_none(make_jpeg, label):
    jpeg = with_segment(make_jpeg(), 0xE1, b"http://ns.adobe.com/xmp/extension/\0short")
    assert read(jpeg) == ([], [])


def test_fill_bytes_before_a_marker_are_passed_over(make_jpeg, label):
    jpeg = make_jpeg()
    assert extract(embed(jpeg[:2] + b"\xff\xff" + jpeg[2:], label)) == label


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:3],
        lambda data: data[:30],
        lambda data: data[:3] + b"\xe0\0\1" + data[3:],
        lambda data: data[:2] + b"\xff\xd9",
        lambda data: data[:2] + b"\xff\x01" + data[2:],
        lambda data: data[: data.index(b"\xff\xda")],
        lambda data: data[: data.index(b"\xff\xda")] + b"\xff",
        lambda data: data[: data.index(b"\xff\xda")] + b"junk",
    ],
)
def test_a_damaged_file_is_a_fault_and_is_not_written_into(make_jpeg, label, damage):
    jpeg = damage(make_jpeg())
    (labels, (fault,)) = read(jpeg)
    assert labels == []
    with pytest.raises(MalformedFile) as refused:
        embed(jpeg, label)
    assert (refused.value.format, refused.value.offset) == ("JPEG", fault.offset)


@given(st.from_type(ImplicitLabel), st.data())
def test_no_damage_makes_the_reader_fail(jpegs, label, data):
    jpeg = bytearray(embed(jpegs[data.draw(st.sampled_from(sorted(jpegs)))], label))
    for _ in range(data.draw(st.integers(1, 4))):
        jpeg[data.draw(st.integers(0, len(jpeg) - 1))] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(jpeg), bytes(jpeg[: data.draw(st.integers(0, len(jpeg)))])):
        for item in JPEG.read(damaged):
            assert isinstance(item, Fault) or found(item)
