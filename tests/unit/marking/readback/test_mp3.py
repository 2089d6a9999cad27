import pytest

from hegui.marking.readback.mp3 import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".mp3")
back, changed_at = second_parser(read_back)


def test_it_notices_every_change_to_the_sound():
    data = FILES["untagged.mp3"]
    assert all(changed_at(data, place) != back(data).coded for place in range(len(data)))


def test_it_notices_changes_to_other_frames_but_not_to_padding():
    data = FILES["version-4.mp3"]
    assert changed_at(data, data.index(b"kept")) != back(data).coded
    assert back(data.replace(b"kept", b"lost")).coded != back(data).coded


@pytest.mark.parametrize("behind", [b"", b"TAG" + bytes(125), b"short"])
def test_it_reads_a_tag_behind_the_sound(label, behind):
    body = b"\0AIGC\0" + label.bare().encode()
    size = len(body) + 10
    rest = b"\4\0\x10\0\0" + bytes((size >> 7, size & 0x7F))
    frame = b"TXXX\0\0" + bytes((len(body) >> 7, len(body) & 0x7F)) + b"\0\0" + body
    sound = FILES["untagged.mp3"]
    result = back(sound + b"ID3" + rest + frame + b"3DI" + rest + behind)
    assert result.labels == ((label.bare(),) if behind != b"short" else ())


def test_an_empty_file_holds_nothing():
    assert back(b"").labels == ()
