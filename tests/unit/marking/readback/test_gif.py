import io

import pytest

from hegui.marking.formats.gif import GIF
from hegui.marking.readback.gif import read_back
from hegui.marking.splices import spliced
from simulators.samples import gifs


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", gifs())
def test_it_reads_the_label_and_notices_every_change_to_anything_but_metadata(kind, label):
    data = gifs()[kind]
    result = back(spliced(data, GIF.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    for place in range(6, len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        assert coded != result.coded, place


def test_a_picture_may_have_colours_of_its_own(label):
    data = bytearray(gifs()["plain"])
    place = data.index(b"\x2c", 13)
    data[place + 9] |= 0x80
    data[place + 10 : place + 10] = b"\xff\0\0\0\xff\0"
    changed = bytearray(data)
    changed[place + 12] = 9
    assert back(bytes(data)).coded != back(bytes(changed)).coded
