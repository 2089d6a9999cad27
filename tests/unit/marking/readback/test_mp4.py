import pytest

from hegui.marking import xmp as packets
from hegui.marking.formats.boxes import XMP_UUID, made
from hegui.marking.readback.mp4 import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".mp4", ".mov", ".m4a")
back, changed_at = second_parser(read_back)


@pytest.mark.parametrize("name", ["first.mp4", "fragments.mp4", "cover.m4a"])
def test_it_notices_every_change_to_samples_and_headers(name):
    data = FILES[name]
    places = [
        *range(data.index(b"moov"), data.index(b"moov") + 300),
        *range(data.index(b"mdat") - 4, data.index(b"mdat") + 400),
    ]
    whole = back(data).coded
    assert [place for place in places if changed_at(data, place) == whole] == []


@pytest.mark.parametrize(
    ("name", "box", "skip"),
    [
        ("first.mp4", b"stco", 4 + 8 + 3),
        ("fragments.mp4", b"tfhd", 4 + 8 + 7),
        ("fragments.mp4", b"tfra", 4 + 12 + 4 + 8 + 7),
        ("dash.mp4", b"sidx", 4 + 4 + 8 + 15),
        ("encrypted.mp4", b"saio", 4 + 8 + 3),
    ],
)
def test_a_place_that_leads_elsewhere_counts(name, box, skip):
    data = FILES[name]
    assert changed_at(data, data.index(box) + skip) != back(data).coded


def test_labels_in_xmp_and_in_boxes_of_their_own_count(label):
    packet = packets.new_packet(label.bare())
    literal = made(b"moov", made(b"udta", made(b"AIGC", b"{}") + made(b"XMP_", packet)))
    assert back(made(b"uuid", XMP_UUID + packet) + literal).labels == (label.bare(), "{}", label.bare())


def test_auxiliary_information_is_read_in_both_widths():
    def table(head: bytes, entry: bytes) -> bytes:
        box = made(b"saio", head + b"\0\0\0\1" + entry)
        for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
            box = made(outer, box)
        return box

    for head, entry in ((b"\0\0\0\1cenc\0\0\0\0", b"\0\0\0\1"), (b"\1\0\0\0", b"\0\0\0\0\0\0\0\1")):
        data = table(head, entry)
        assert changed_at(data, len(data) - 1) != back(data).coded


def test_what_follows_the_last_box_counts():
    data = FILES["plain.mp4"] + b"rest"
    assert changed_at(data, len(data) - 1) != back(data).coded
    assert back(data).coded != back(FILES["plain.mp4"]).coded
    assert back(made(b"free", b"") + b"\0\0\0\7free").coded


def test_a_long_box_is_read():
    data = b"\0\0\0\1mdat\0\0\0\0\0\0\0\x14four"
    assert changed_at(data, 16) != back(data).coded
