import io

import pytest

from hegui.marking.formats import id3
from hegui.marking.formats.flac import FLAC
from hegui.marking.readback.flac import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".flac")


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
    result = back(spliced(FILES[name], FLAC.write(FILES[name], label)))
    assert result.labels == (label.bare(),)
    assert result.coded == back(FILES[name]).coded


def test_it_notices_every_change_to_the_stream_and_to_other_comments():
    data = FILES["seekable.flac"]
    places = [
        *range(4, 42),
        *range(data.index(b"refer"), data.index(b"refer") + 20),
        *range(len(data) - 900, len(data)),
    ]
    assert all(changed_at(data, place) != back(data).coded for place in places)


def test_a_label_in_a_tag_before_the_file_counts():
    assert back(id3.new_tag("{}") + FILES["plain.flac"]).labels == ("{}",)


def test_a_new_block_of_comments_is_no_more_than_its_label(label):
    data = b"fLaC\x80\0\0\x22" + bytes(34) + b"sound"
    assert back(spliced(data, FLAC.write(data, label))) == (((label.bare(),)), back(data).coded)
