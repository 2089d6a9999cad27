import struct

import pytest
from PIL import Image

from hegui.marking import Carrier, Fault
from hegui.marking.candidates import Allowance
from hegui.marking.exif import blanked, candidates
from hegui.marking.reading import found
from hegui.marking.splices import spliced

DESCRIPTION = 0x010E
EXIF_DIRECTORY = 0x8769
USER_COMMENT = 0x9286


def block(description: str | None = None, comment: bytes | None = None, *, big: bool = False) -> bytes:
    """An EXIF block as Pillow writes one."""
    exif = Image.Exif()
    if big:
        exif.endian = ">"
    exif[0x0131] = "software, kept"
    if description is not None:
        exif[DESCRIPTION] = description
    if comment is not None:
        exif.get_ifd(EXIF_DIRECTORY)[USER_COMMENT] = comment
    return exif.tobytes().removeprefix(b"Exif\0\0")


def read(data: bytes):
    return [found(item) for item in candidates(data, 0, len(data), Allowance(), offset=33)]


@pytest.mark.parametrize("big", [False, True])
def test_labels_are_read_from_both_places(label, big):
    wrapped = label.wrapped()
    data = block(wrapped, b"ASCII\0\0\0" + wrapped.encode(), big=big)
    assert [(item.carrier, item.strict(), item.offset) for item in read(data)] == [
        (Carrier.EXIF_IMAGE_DESCRIPTION, label, 33),
        (Carrier.EXIF_USER_COMMENT, label, 33),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        lambda text: b"\0" * 8 + text.encode() + b"\0  ",
        lambda text: b"UNICODE\0" + text.encode("utf-16-le"),
        lambda text: b"UNICODE\0" + text.encode("utf-16-be"),
    ],
)
def test_user_comments_are_read_in_every_encoding_in_use(label, comment):
    (item,) = read(block(comment=comment(label.wrapped())))
    assert item.strict() == label


def test_text_in_another_encoding_is_still_looked_at():
    (item,) = read(block(comment=b"ASCII\0\0\0" + '{"AIGC":{"Label":"1","X":"é"}}'.encode("latin-1")))
    assert item.value("X") == "é"


def test_what_does_not_speak_of_labels_is_left_alone():
    data = block("a picture", b"ASCII\0\0\0a comment")
    assert (read(data), blanked(data, 0, len(data), Allowance())) == ([], ())


def test_blanking_empties_both_places_and_moves_nothing(label):
    data = block(label.wrapped(), b"ASCII\0\0\0" + label.wrapped().encode())
    result = spliced(data, blanked(data, 0, len(data), Allowance()))
    assert len(result) == len(data)
    assert read(result) == []
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + result)
    assert exif[0x0131] == "software, kept"
    assert exif[DESCRIPTION].strip("\0") == ""
    assert exif.get_ifd(EXIF_DIRECTORY)[USER_COMMENT].startswith(b"ASCII\0\0\0\0")


@pytest.mark.parametrize("data", [b"", b"neither order", b"II*", b"XX*\0" + bytes(40)])
def test_what_is_no_exif_holds_nothing(data):
    assert (read(data), blanked(data, 0, len(data), Allowance())) == ([], ())


def test_a_directory_that_is_cut_off_is_a_fault(label):
    data = block(comment=label.wrapped().encode())
    for cut in (data[:6], data[:12], b"II*\0" + struct.pack("<I", 1 << 31)):
        (fault,) = candidates(cut, 0, len(cut), Allowance(), offset=33)
        assert isinstance(fault, Fault)
        assert blanked(cut, 0, len(cut), Allowance()) == ()


def test_directories_that_point_at_each_other_end():
    entry = struct.pack("<HHII", EXIF_DIRECTORY, 4, 1, 8)
    assert read(b"II*\0" + struct.pack("<IH", 8, 1) + entry) == []


def test_a_value_that_claims_to_be_huge_is_not_read():
    entry = struct.pack("<HHII", DESCRIPTION, 2, 0xFFFFFFFF, 8)
    assert read(b"II*\0" + struct.pack("<IH", 8, 1) + entry) == []


def test_no_more_is_read_than_is_allowed(monkeypatch):
    data = block('{"AIGC":{"Label":"1"}}', b"ASCII\0\0\0" + b'{"AIGC":{"Label":"1"}}')
    assert len(read(data)) == 2
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 40)
    one, fault = candidates(data, 0, len(data), Allowance(), offset=0)
    assert not isinstance(one, Fault)
    assert isinstance(fault, Fault)
