import io

import pytest

from hegui.marking.formats.avi import AVI
from hegui.marking.readback.avi import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".avi")


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
    result = back(spliced(FILES[name], AVI.write(FILES[name], label)))
    assert result.labels == (label.bare(),)
    assert result.coded == back(FILES[name]).coded


def test_it_notices_every_change_to_pictures_and_indexes():
    data = FILES["by-gstreamer.avi"]
    free = data.index(b"idx1") - 8  # nothing before it is free
    places = [*range(300), *range(data.index(b"movi"), data.index(b"movi") + 400), *range(free, free + 60)]
    unnoticed = [place for place in places if changed_at(data, place) == back(data).coded]
    assert [place for place in unnoticed if not data.index(b"idx1") < place < data.index(b"idx1") + 8] == []
