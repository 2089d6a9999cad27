import io

import pytest

from hegui.marking.formats.svg import SVG
from hegui.marking.readback.svg import read_back
from hegui.marking.splices import spliced
from simulators.samples import svgs


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", svgs())
def test_it_reads_the_label_and_finds_the_rest_unchanged(label, kind):
    data = svgs()[kind]
    result = back(spliced(data, SVG.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    assert back(data).labels == ()


@pytest.mark.parametrize("kind", ["with a prefix", "with entities", "without anything in it"])
def test_it_notices_every_change_outside_metadata(kind, label):
    data = spliced(svgs()[kind], SVG.write(svgs()[kind], label))
    start, end = data.index(b"metadata>") - 3, data.rindex(b"metadata>") + 9
    for place in (*range(start), *range(end, len(data))):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except ValueError as error:
            coded = str(error)
        assert coded != back(data).coded, place


def test_characters_of_two_bytes_are_read(label):
    data = "\ufeff<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>".encode("utf-16-le")
    result = back(spliced(data, SVG.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)


def test_what_is_not_well_formed_ends_in_a_value_error():
    with pytest.raises(ValueError, match="mismatched"):
        back(b"<svg></g>")
