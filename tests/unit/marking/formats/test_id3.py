import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier, Fault
from hegui.marking import xmp as packets
from hegui.marking.candidates import Allowance
from hegui.marking.formats import id3
from hegui.marking.formats.id3 import TagUnusable

VERSIONS = (2, 3, 4)
NAMES = {2: (b"TXX", b"TT2"), 3: (b"TXXX", b"TIT2"), 4: (b"TXXX", b"TIT2")}


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes, version: int = 3, *, flags: int = 0) -> bytes:
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = syncsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    return name + size + struct.pack(">H", flags) + body


def tag(*frames: bytes, version: int = 3, flags: int = 0, padding: int = 0, extended: bytes = b"") -> bytes:
    body = extended + b"".join(frames) + bytes(padding)
    footer = b"3DI" + bytes((version, 0, flags)) + syncsafe(len(body)) if flags & 0x10 else b""
    return b"ID3" + bytes((version, 0, flags)) + syncsafe(len(body)) + body + footer


def label_frame(
    text: str, version: int = 3, *, name: str = "AIGC", flags: int = 0, encoding: str = "latin-1"
) -> bytes:
    number = {"latin-1": 0, "utf-16": 1, "utf-16-be": 2, "utf-8": 3}[encoding]
    body = bytes((number,)) + f"{name}\0{text}".encode(encoding)
    if encoding == "utf-16":
        body = b"\1" + f"{name}\0".encode(encoding) + text.encode(encoding)
    return frame(NAMES[version][0], body, version, flags=flags)


def title(version: int = 3) -> bytes:
    return frame(NAMES[version][1], b"\0kept", version)


def read(data: bytes) -> list:
    return list(id3.candidates(data, id3.tag_at(data, 0), Allowance()))


def values(data: bytes) -> list[str]:
    return [item.value for item in read(data)]


def updated(data: bytes, text: str | None) -> bytes:
    return id3.updated(data, id3.tag_at(data, 0), text, Allowance())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_label_is_added_to_a_tag_of_any_version_and_replaces_another(version):
    data = tag(title(version), label_frame("old", version), version=version, padding=20)
    assert values(data) == ["old"]
    result = updated(data, "new")
    assert result == tag(title(version), label_frame("new", version), version=version, padding=20)
    assert updated(result, "new") == result
    assert updated(data, None) == tag(title(version), version=version, padding=20)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_what_a_new_tag_holds_is_what_is_read_from_it(text):
    assert values(id3.new_tag(text)) == [text]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("name", ["AIGC", "aigc", "TC260:AIGC"])
def test_labels_are_read_in_every_encoding_and_case(encoding, name):
    (found,) = read(tag(title(), label_frame('{"Label":"1"}', name=name, encoding=encoding)))
    assert (found.value, found.carrier, found.offset) == ('{"Label":"1"}', Carrier.ID3_TEXT, 0)


@pytest.mark.parametrize("body", [b"", b"\0", b"\0no end", b"\1A\0", b"\x09AIGC\0text"])
def test_a_text_without_an_end_or_of_an_unknown_encoding_is_none_or_read_as_latin(body):
    assert values(tag(frame(b"TXXX", body))) == (["text"] if b"text" in body else [])


def test_texts_of_other_names_and_other_frames_stay():
    kept = (frame(b"TXXX", b"\0other\0AIGC"), frame(b"APIC", b"\0AIGC\0"), frame(b"PRIV", b"owner\0AIGC"))
    assert values(tag(*kept)) == []
    assert updated(tag(*kept), None) == tag(*kept)


def test_a_tag_protected_against_false_synchronisation_stays_so():
    picture = frame(b"APIC", b"\xff\xe0\xff\0\xff")
    protected = tag(picture).replace(b"\xff\xe0\xff\0\xff", b"\xff\0\xe0\xff\0\0\xff\0")
    protected = protected[:5] + b"\x80" + syncsafe(len(protected) - 10) + protected[10:]
    result = updated(protected, "label")
    assert result[5] == 0x80
    assert b"\xff\0\xe0\xff\0\0\xff" in result
    assert values(result) == ["label"]
    assert updated(result, "label") == result


def test_frames_of_version_4_are_protected_one_by_one():
    plain = label_frame("{\xff}", 4)
    body = plain[10:].replace(b"\xff", b"\xff\0")
    assert values(tag(frame(b"TXXX", body, 4, flags=0x02), version=4)) == ["{\xff}"]


@pytest.mark.parametrize(
    ("version", "flags", "before"),
    [
        (3, 0x80, struct.pack(">I", 99)),
        (3, 0x80 | 0x20, struct.pack(">I", 99) + b"g"),
        (4, 0x08 | 0x01, syncsafe(99)),
        (4, 0x08 | 0x01 | 0x40, syncsafe(99) + b"g"),
    ],
)
def test_a_compressed_label_is_expanded_and_replaced(version, flags, before):
    text = label_frame("packed", version)[10:]
    data = tag(frame(b"TXXX", before + zlib.compress(text), version, flags=flags), version=version)
    assert values(data) == ["packed"]
    assert updated(data, "new") == tag(label_frame("new", version), version=version)


@pytest.mark.parametrize("packed", [b"no zlib", zlib.compress(bytes(99))[:-4]])
def test_what_cannot_be_expanded_or_is_encrypted_is_a_fault_and_stays(packed):
    kept = (
        frame(b"TXXX", bytes(4) + packed, flags=0x80),
        frame(b"TXXX", b"m" + label_frame("secret")[10:], flags=0x40),
    )
    assert [item.text.en for item in read(tag(*kept))] == [
        "a frame of text is encrypted, wrongly compressed or too large, and was not read"
    ] * 2
    assert updated(tag(*kept), None) == tag(*kept)


def test_no_more_is_expanded_than_is_allowed(monkeypatch):
    packed = frame(b"TXXX", bytes(4) + zlib.compress(label_frame("x" * 900)[10:]), flags=0x80)
    assert values(tag(packed, packed)) == ["x" * 900] * 2
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 1000)
    first, second = read(tag(packed, packed))
    assert first.value == "x" * 900
    assert isinstance(second, Fault)


def test_a_label_in_xmp_is_read_and_replaced(label):
    packet = packets.new_packet(label.bare())
    data = tag(frame(b"PRIV", b"XMP\0" + packet), title())
    (found,) = read(data)
    assert (found.value, found.carrier) == (label.bare(), Carrier.XMP)
    result = updated(data, "new")
    assert values(result) == ["new"]
    assert b"XMP\0<?xpacket" in result
    untouched = tag(frame(b"PRIV", b"XMP\0<no packet"))
    assert updated(untouched, None) == untouched


@pytest.mark.parametrize(
    ("version", "extended"), [(3, struct.pack(">IHI", 6, 0, 0)), (4, syncsafe(6) + b"\1\0")]
)
def test_an_extended_header_is_read_past_and_left_out_in_writing(version, extended):
    data = tag(label_frame("old", version), version=version, flags=0x40, extended=extended)
    assert values(data) == ["old"]
    assert updated(data, "new") == tag(label_frame("new", version), version=version)


def test_a_footer_is_kept_and_found_from_the_end():
    data = tag(title(4), version=4, flags=0x10)
    result = updated(data, "new")
    assert result == tag(title(4), label_frame("new", 4), version=4, flags=0x10)
    behind = b"sound" * 9 + result
    found = id3.trailing_tag(behind, len(behind))
    assert (found.start, found.end) == (45, len(behind))
    assert [item.offset for item in id3.candidates(behind, found, Allowance())] == [45]
    assert [item.offset for item in id3.candidates(behind, found, Allowance(), offset=100)] == [145]


@pytest.mark.parametrize(
    "data",
    [b"", b"sound", b"3DI\4\0\x10\0\0\0\xff", b"3DI\4\0\x10\0\0\0\0", b"ID3\4\0\0\0\0\0\03DI\4\0\0\0\0\0\0"],
)
def test_no_tag_is_found_from_the_end_where_none_is(data):
    assert id3.trailing_tag(data, len(data)) is None


@pytest.mark.parametrize(
    "data", [b"", b"ID3", b"ID3\1\0\0\0\0\0\0", b"ID3\3\0\0\0\0\0\x80", b"TAG" + bytes(9)]
)
def test_no_tag_is_found_where_none_is(data):
    assert id3.tag_at(data, 0) is None


def test_tags_that_follow_one_another_are_found_but_not_without_end():
    data = tag(title()) + tag(title(4), version=4) + b"sound"
    assert [item.version for item in id3.leading_tags(data)] == [3, 4]
    assert len(list(id3.leading_tags(tag() * 100))) == 16


def test_a_plain_length_where_version_4_wants_seven_bits_in_each_byte_is_read_all_the_same():
    body = b"\0AIGC\0" + b"x" * 200
    plain = b"TXXX" + struct.pack(">I", len(body)) + b"\0\0" + body
    assert values(tag(plain, title(4), version=4)) == ["x" * 200]
    high = b"\0AIGC\0" + b"x" * 300  # whose plain length looks like seven bits in each byte
    plain = b"TXXX" + struct.pack(">I", len(high)) + b"\0\0" + high
    assert values(tag(plain, title(4), version=4)) == ["x" * 300]
    assert values(tag(frame(b"TXXX", high, 4), title(4), version=4)) == ["x" * 300]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tag(title())[:-1], "reaches beyond the end"),
        (tag(b"TIT2\0\0\0\x09\0\0kept"), "a frame of an ID3 tag is damaged"),
        (tag(b"tit2\0\0\0\x01\0\0k"), "a frame of an ID3 tag is damaged"),
        (tag(b"TIT"), "a frame of an ID3 tag is damaged"),
        (tag(flags=0x40, extended=struct.pack(">I", 99)), "the extended header of an ID3 tag is damaged"),
        (tag(version=4, flags=0x40, extended=b"\xff\0\0\0"), "the extended header of an ID3 tag is damaged"),
        (tag(version=2, flags=0x40), "the ID3 2.2 tag is compressed"),
    ],
)
def test_a_damaged_tag_is_a_fault_and_is_not_written_into(data, reason):
    (fault,) = read(data)
    assert isinstance(fault, Fault)
    assert reason in fault.text.en
    with pytest.raises(TagUnusable, match=reason):
        updated(data, "new")


def test_a_tag_too_long_or_with_too_many_frames_is_not_followed(monkeypatch):
    data = tag(title(), title(), title())
    monkeypatch.setattr(id3, "MOST_PARTS", 2)
    assert [item.text.en for item in read(data)] == ["an ID3 tag has too many frames"]
    monkeypatch.setattr(id3, "LARGEST_TAG", 20)
    assert [item.text.en for item in read(data)] == ["an ID3 tag is too long and was not read"]
    with pytest.raises(TagUnusable, match="with the label the tag is too long"):
        updated(tag(), "x" * 20)


def test_a_label_of_any_length_is_not_read(monkeypatch):
    monkeypatch.setattr(id3, "LARGEST_VALUE", 3)
    (fault,) = read(tag(label_frame("long")))
    assert fault.text.en == "the value of a label is too long"
