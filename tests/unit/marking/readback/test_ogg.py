import pytest

from hegui.marking.readback import ogg
from hegui.marking.readback.ogg import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".ogg", ".oga", ".opus", ".ogv", ".spx")
back, changed_at = second_parser(read_back)


@pytest.mark.parametrize("name", ["opus.opus", "flac.oga", "speex.spx"])
def test_it_notices_every_change(name):
    data = FILES[name]
    assert all(changed_at(data, place) != back(data).coded for place in range(len(data)))


def renumbered(page: bytes, number: int) -> bytes:
    head = page[:18] + number.to_bytes(4, "little") + bytes(4) + page[26:27]
    table = page[27 : 27 + page[26]]
    body = page[27 + page[26] :]
    return head[:22] + ogg._checksum(head, table, body).to_bytes(4, "little") + page[26:]


def test_a_gap_between_pages_and_pages_of_a_stream_without_a_beginning_count():
    data = FILES["vorbis.ogg"]
    last = data.rindex(b"OggS")
    assert renumbered(data[last:], 2) == data[last:]
    assert back(data[:last] + renumbered(data[last:], 3)).coded != back(data).coded
    assert back(data[data.index(b"OggS", 4) :]).labels == ()


def test_a_stream_of_another_kind_has_no_comments():
    data = FILES["opus.opus"].replace(b"OpusHead", b"NoneHead")
    assert back(data).labels == ()
