import struct

import pytest

from hegui.marking import xmp as packets
from hegui.marking.readback import id3


def tag(body: bytes, version: int = 3, flags: int = 0) -> bytes:
    return b"ID3" + bytes((version, 0, flags, 0, 0, len(body) >> 7, len(body) & 0x7F)) + body


TITLE = b"TIT2\0\0\0\5\0\0\0kept"


@pytest.mark.parametrize(
    ("header", "size"), [(b"no tag at all", 0), (b"ID3\3\0\0\0\0\1\2", 140), (b"ID3\4\0\x10\0\0\0\1", 21)]
)
def test_a_tag_is_as_long_as_its_header_says(header, size):
    assert id3.size_of(header) == size


@pytest.mark.parametrize("name", ["AIGC", "aigc", "TC260:AIGC"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16-be"])
def test_a_label_is_told_by_its_description(name, encoding):
    kind = b"\0" if encoding == "latin-1" else b"\1"
    body = kind + f"{name}\0".encode(encoding) + b"{}"
    frame = b"TXXX" + struct.pack(">I", len(body)) + b"\0\0" + body
    labels, rest = id3.labels_and_rest(tag(frame + TITLE + bytes(9)))
    assert (labels, rest) == (["{}"], TITLE)


def test_version_2_has_shorter_headers():
    labels, rest = id3.labels_and_rest(tag(b"TXX\0\0\x08\0AIGC\0{}TT2\0\0\5\0kept", 2))
    assert (labels, rest) == (["{}"], b"TT2\0\0\5\0kept")


def test_protection_against_false_synchronisation_is_taken_off():
    _, rest = id3.labels_and_rest(tag(b"APIC\0\0\0\2\0\0\xff\0\xe0", flags=0x80))
    assert rest == b"APIC\0\0\0\2\0\0\xff\xe0"


@pytest.mark.parametrize(("version", "extended"), [(3, b"\0\0\0\6" + bytes(6)), (4, b"\0\0\0\6" + bytes(2))])
def test_an_extended_header_is_read_past(version, extended):
    _, rest = id3.labels_and_rest(tag(extended + TITLE, version, 0x40))
    assert rest == TITLE


def test_a_plain_length_where_version_4_wants_seven_bits_in_each_byte_is_told_by_what_follows():
    body = b"\0AIGC\0" + b"x" * 200
    frame = b"TXXX" + struct.pack(">I", len(body)) + b"\0\0" + body
    labels, _ = id3.labels_and_rest(tag(frame, 4))
    assert labels == ["x" * 200]
    body = b"\0AIGC\0" + b"x" * 300
    frame = b"TXXX" + struct.pack(">I", len(body)) + b"\0\0" + body
    labels, _ = id3.labels_and_rest(tag(frame + TITLE, 4))
    assert labels == ["x" * 300]


def test_a_label_in_xmp_is_read(label):
    body = b"XMP\0" + packets.new_packet(label.bare())
    frame = b"PRIV" + struct.pack(">I", len(body)) + b"\0\0" + body
    assert id3.labels_and_rest(tag(frame))[0] == [label.bare()]
    other = b"PRIV\0\0\0\5\0\0owner"
    assert id3.labels_and_rest(tag(other)) == ([], other)
