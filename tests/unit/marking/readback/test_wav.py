import io

import pytest

from hegui.marking.formats import id3, riff
from hegui.marking.formats.wav import WAV
from hegui.marking.readback.wav import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings

FILES = recordings(".wav")


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
    result = back(spliced(FILES[name], WAV.write(FILES[name], label)))
    assert result.labels == (label.bare(),)
    assert result.coded == back(FILES[name]).coded


@pytest.mark.parametrize("name", ["plain.wav", "long.wav"])
def test_it_notices_every_change_but_to_the_lengths_of_metadata(name):
    data = FILES[name]
    free = range(data.index(b"ISFT") + 4, data.index(b"ISFT") + 8)
    assert [place for place in range(len(data)) if changed_at(data, place) == back(data).coded] == list(free)


def test_labels_elsewhere_count(label):
    text = label.bare().encode()
    tag = id3.new_tag(label.bare())
    parts = (
        riff.information(riff.made(b"aigc", text) + riff.made(b"INAM", b"kept")),
        riff.made(b"id3 ", tag),
        riff.made(b"LIST", b"adtlAIGC"),
        riff.made(b"data", b"samples!"),
    )
    result = back(riff.made(b"RIFF", b"WAVE" + b"".join(parts)) + b"rest")
    assert result.labels == (label.bare(),) * 2
