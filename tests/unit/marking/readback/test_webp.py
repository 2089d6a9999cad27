import io

import pytest

from hegui.marking.formats.webp import WEBP
from hegui.marking.readback.webp import read_back
from hegui.marking.splices import spliced
from simulators.samples import webps


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["simple lossy", "simple lossless", "animated"])
def test_it_notices_every_change_to_anything_but_metadata(kind):
    data = webps()[kind]
    for place in range(4, len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        if place in range(8, 12):
            continue  # the format's name
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        assert coded != back(data).coded, place


def test_it_notices_a_canvas_or_an_alpha_flag_that_the_bitstream_does_not_have(label):
    data = webps()["simple lossless with alpha"]
    labelled = spliced(data, WEBP.write(data, label))
    assert back(labelled).coded == back(data).coded
    for place in (20, 24, 27):
        changed = bytearray(labelled)
        changed[place] ^= 0x10
        assert back(bytes(changed)).coded != back(data).coded, place


def test_it_reads_every_label(label):
    data = webps()["with metadata"] + b"behind"
    assert back(spliced(data, WEBP.write(data, label))).labels == (label.bare(),)
