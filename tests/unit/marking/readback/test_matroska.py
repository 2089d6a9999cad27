import zlib

import pytest

from hegui.marking.formats.ebml import CHECKSUM, made
from hegui.marking.formats.matroska import MATROSKA
from hegui.marking.readback.matroska import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".mkv", ".webm")
back, changed_at = second_parser(read_back)


TRACKS, TAGS, CLUSTER = b"\x16\x54\xae\x6b", b"\x12\x54\xc3\x67", b"\x1f\x43\xb6\x75"


@pytest.mark.parametrize("name", ["plain.webm", "live.webm"])
def test_it_notices_every_change_to_pictures_and_tracks(name):
    data, whole = FILES[name], back(FILES[name]).coded
    tracks = data.rindex(TRACKS)
    places = [*range(tracks, tracks + 100), *range(data.index(CLUSTER), len(data) - 80, 7)]
    assert [place for place in places if changed_at(data, place) == whole] == []


def test_the_length_of_the_segment_counts():
    data = FILES["plain.webm"]
    place = data.index(b"\x18\x53\x80\x67") + 11
    assert changed_at(data, place) != back(data).coded


def test_a_cue_and_an_entry_that_lead_astray_count():
    data = FILES["plain.webm"]
    cue = data.rindex(b"\xf1\x82") + 3
    entry = data.index(b"\x53\xac") + 3
    assert changed_at(data, cue) != back(data).coded
    assert changed_at(data, entry) != back(data).coded


def test_a_wrong_checksum_of_tags_counts():
    data = FILES["chapters.mkv"]
    checksum = data.rindex(TAGS) + 8
    assert changed_at(data, checksum) != back(data).coded


def test_a_checksum_is_not_taken_for_an_entry(label):
    # Bytes that would be elements reaching beyond the file, did anybody read them so.
    checksum = made(CHECKSUM, b"\0\0\0\0")
    parts = (
        made(b"\x11\x4d\x9b\x74", checksum),
        made(CLUSTER, b""),
        made(TAGS, made(CHECKSUM, zlib.crc32(b"").to_bytes(4, "little"))),
        made(b"\x1c\x53\xbb\x6b", checksum),
    )
    data = made(b"\x1a\x45\xdf\xa3", b"") + made(b"\x18\x53\x80\x67", b"".join(parts))
    result = back(spliced(data, MATROSKA.write(data, label)))
    assert result == ((label.bare(),), back(data).coded)


def test_a_file_cut_off_in_a_number_ends():
    assert back(FILES["plain.webm"] + b"\x1a").labels == ()
