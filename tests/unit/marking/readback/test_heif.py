import io

import pytest

from hegui.marking.formats.boxes import XMP_UUID, made
from hegui.marking.formats.heif import HEIF
from hegui.marking.readback.heif import read_back
from hegui.marking.splices import spliced
from hegui.marking.xmp import new_packet
from simulators.samples import heifs

# Bytes of the tables of places and of what lists metadata, which are no part of the digest; so are the
# version and flags of meta, and box headers where what they hold is looked up otherwise.
UNSEEN = {
    "alpha.heic": 520,
    "avif": 30,
    "avif sequence": 60,
    "grid.heic": 60,
    "several.heic": 70,
    "single.avif": 30,
}


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", UNSEEN)
def test_it_reads_the_label_and_notices_every_change_to_anything_but_metadata(kind, label):
    data = heifs()[kind]
    result = back(spliced(data, HEIF.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    unseen = []
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        if coded == result.coded:
            unseen.append(place)
    assert len(unseen) <= UNSEEN[kind], unseen


def test_it_notices_that_a_picture_is_looked_for_elsewhere(label):
    data = heifs()["single.heic"]
    table = data.index(b"iloc")
    moved = bytearray(data)
    moved[table + 19] += 1
    assert back(bytes(moved)).coded != back(data).coded


def test_it_counts_labels_in_boxes_of_the_other_kind(label):
    data = heifs()["single.heic"] + made(b"uuid", XMP_UUID + new_packet(label.bare()))
    assert back(data).labels == (label.bare(),)


def test_it_reads_only_so_much_of_what_items_share(monkeypatch):
    data = heifs()["single.heic"]
    whole = back(data).coded
    monkeypatch.setattr("hegui.marking.readback.heif._MOST_TIMES", 0)
    assert back(data).coded != whole
