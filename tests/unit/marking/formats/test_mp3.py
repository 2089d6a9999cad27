import pytest

from hegui.marking import Fault, MalformedFile
from hegui.marking.candidates import Allowance
from hegui.marking.formats import id3
from hegui.marking.formats.mp3 import MP3
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

MP3S = recordings(".mp3")
SOUND = MP3S["untagged.mp3"]
FOOTED = b"\4\0\x10\0\0\0"


def embed(data: bytes, label) -> bytes:
    result = spliced(data, MP3.write(data, label))
    prove(MP3, before=data, after=result, label=label)
    return result


def read(data: bytes):
    items = list(MP3.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def footed(text: str) -> bytes:
    """A tag of version 2.4 with a footer, as one stands at the end of a file."""
    tag = b"ID3" + FOOTED + b"\0" + b"3DI" + FOOTED + b"\0"
    return id3.updated(tag, id3.tag_at(tag, 0), text, Allowance())


def test_a_file_without_a_tag_gets_one(label):
    assert embed(SOUND, label) == id3.new_tag(label.bare()) + SOUND


@pytest.mark.parametrize("name", MP3S)
def test_a_tag_keeps_its_version_and_its_other_frames(name, label):
    before, after = id3.tag_at(MP3S[name], 0), id3.tag_at(embed(MP3S[name], label), 0)
    if before:
        assert (after.version, after.flags) == (before.version, before.flags)
        frames = MP3S[name][10 : before.end].rstrip(b"\0")
        assert embed(MP3S[name], label)[10 : after.end].startswith(frames)
    assert embed(MP3S[name], label)[after.end :] == MP3S[name][before.end if before else 0 :]


@pytest.mark.parametrize("old", [b"", b"TAG" + bytes(125)])
def test_labels_in_further_tags_are_read_and_replaced(label, other_label, old):
    text = other_label.bare()
    data = id3.new_tag("{}") + id3.new_tag(text) + SOUND + footed(text) + old
    labels, faults = read(data)
    assert faults == []
    assert [item.strict() for item in labels] == [None, other_label, other_label]
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.endswith(old)


def test_further_tags_without_a_label_stay_as_they_are(label):
    empty = b"ID3\3\0\x40\0\0\0\x0a" + b"\0\0\0\6" + bytes(6)  # with an extended header, to see it stay
    data = id3.new_tag("{}") + empty + SOUND
    assert embed(data, label).endswith(empty + SOUND)


def test_a_damaged_tag_is_a_fault_and_is_not_written_into(label):
    data = b"ID3\3\0\0\0\0\0\x0etit2\0\0\0\4\0\0kept" + SOUND
    (labels, (fault,)) = read(data)
    assert (labels, fault.offset) == ([], 0)
    with pytest.raises(MalformedFile, match="a frame of an ID3 tag is damaged"):
        MP3.write(data, label)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SOUND, True),
        (bytes(100) + SOUND, True),
        (b"\xff\xfb\x90\x00", True),  # a frame that the file ends in
        (b"\xff\xfb\x00\x00" + bytes(99), True),  # of a bit rate that is not in the list
        (b"\xff\xfb\x90\x02" + bytes(999), False),  # no other frame where it should be
        (b"\xff\xe3\x18\xc4" + bytes(999), False),
        (b"\xff\xfb\xf0\x00", False),  # no bit rate
        (b"\xff\xfb\x9c\x00", False),  # no sample rate
        (b"\xff\xeb\x90\x00", False),  # no version
        (b"\xff\xfd\x90\x00", False),  # another layer
        (b"\xff\xd8\xff\xe0", False),
        (bytes(9999), False),
        (b"", False),
    ],
)
def test_it_is_told_by_two_frames_of_sound(data, told):
    assert MP3.recognises(data) is told
    assert MP3.recognises(id3.new_tag("{}") + data) is told
