import io

import pytest

from hegui.marking.formats.flv import FLV
from hegui.marking.readback.flv import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".flv")


def back(data: bytes):
    return read_back(io.BytesIO(data))


def changed_at(data: bytes, place: int) -> str:
    """The digest of the file with one bit turned, or how the second parser ends."""
    damaged = bytearray(data)
    damaged[place] ^= 1
    try:
        return back(bytes(damaged)).coded
    except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
        return repr(error)


@pytest.mark.parametrize("name", FILES)
def test_it_reads_what_was_written_and_finds_the_coded_data_unchanged(name, label):
    result = back(spliced(FILES[name], FLV.write(FILES[name], label)))
    assert result.labels == (label.bare(),)
    assert result.coded == back(FILES[name]).coded


def test_it_notices_every_change_but_to_the_number_of_properties():
    data = FILES["plain.flv"]
    number = data.index(b"onMetaData") + 11
    whole = back(data).coded
    places = [*range(300), *range(300, len(data), 7)]
    unnoticed = [place for place in places if changed_at(data, place) == whole]
    assert unnoticed == list(range(number, number + 4))


def test_places_count_by_how_far_they_lead(label):
    data = FILES["indexed.flv"]
    for name in (b"filesize\0", b"filepositions\x0a\0\0\0\3\0", b"lastkeyframelocation\0"):
        place = data.index(name) + len(name) + 7
        assert changed_at(data, place) != back(data).coded
