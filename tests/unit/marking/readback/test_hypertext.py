import io

import pytest

from hegui.marking.formats.hypertext import HTML
from hegui.marking.readback.hypertext import read_back
from hegui.marking.splices import spliced
from simulators.samples import htmls


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", htmls())
def test_it_reads_the_label_and_finds_the_rest_unchanged(label, kind):
    data = htmls()[kind]
    result = back(spliced(data, HTML.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    assert back(data).labels == ()


@pytest.mark.parametrize("kind", ["whole", "in GBK", "with a comment before the head"])
def test_it_notices_every_change(kind):
    data = htmls()[kind]
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        assert back(bytes(changed)).coded != back(data).coded, place


def test_it_counts_every_label_and_none_in_asides():
    page = (
        b"<meta name=AIGC content='1'><!-- <meta name=AIGC> --><META content=\"2\" Name='aigc'/>"
        b"<title><meta name=AIGC></title><meta name=AIGC><meta name=other><!--><meta name=AIGC content=''>"
    )
    assert back(page).labels == ("1", "2", "", "")
    wide = "\ufeff<meta name=AIGC content='1'>".encode("utf-16-be")
    assert back(wide).labels == ("1",)
