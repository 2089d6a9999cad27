import io
import struct

import pytest

from hegui.marking.formats.tiff import TIFF
from hegui.marking.readback.tiff import read_back
from hegui.marking.splices import spliced
from simulators.samples import tiffs

EVERY = 3


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["L", "big-endian", "in JPEG", "several pages", "64-bit", "with exif"])
def test_it_reads_the_label_and_notices_every_change_to_anything_but_metadata(kind, label):
    data = tiffs()[kind]
    result = back(spliced(data, TIFF.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    unseen = set()
    for place in range(0, len(data), EVERY):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        if coded == result.coded:
            unseen.add(place)
    # What nothing points at is padding, and a description is metadata.
    assert len(unseen) <= 64 // EVERY, unseen


def test_it_counts_labels_in_exif(label):
    text = b"ASCII\0\0\0" + label.wrapped().encode()
    entries = struct.pack("<HHII", 270, 2, len(text), 38) + struct.pack("<HHI4s", 37510, 7, 4, b"AIGC")
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + entries + bytes(4) + text
    assert len(back(data).labels) == 2


def test_pointers_that_go_round_in_circles_end():
    entry = struct.pack("<HHII", 330, 4, 1, 8)
    assert back(b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)).labels == ()


def test_a_pointer_of_a_type_that_holds_none_is_not_followed():
    entry = struct.pack("<HHII", 330, 11, 1, 8)
    assert back(b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)).labels == ()
