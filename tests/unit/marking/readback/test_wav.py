import pytest

from hegui.marking.formats import id3, riff
from hegui.marking.readback.wav import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".wav")
back, changed_at = second_parser(read_back)


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
