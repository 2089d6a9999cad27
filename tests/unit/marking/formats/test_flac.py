import struct

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats import comments, flac, id3
from hegui.marking.formats.flac import FLAC, CommentsTooLong
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

FLACS = recordings(".flac")
INFORMATION = bytes(34)
SOUND = b"\xff\xf8sound"


def embed(data: bytes, label) -> bytes:
    result = spliced(data, FLAC.write(data, label))
    prove(FLAC, before=data, after=result, label=label)
    return result


def read(data: bytes):
    items = list(FLAC.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def made(*blocks: tuple[int, bytes]) -> bytes:
    parts = [
        struct.pack(">I", (kind | (0x80 if index == len(blocks) else 0)) << 24 | len(body)) + body
        for index, (kind, body) in enumerate(blocks, start=1)
    ]
    return b"fLaC" + b"".join(parts) + SOUND


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    result, position, last = [], 4, False
    while not last:
        (head,) = struct.unpack_from(">I", data, position)
        last = bool(head >> 31)
        size = head & 0xFFFFFF
        result.append((head >> 24 & 0x7F, data[position + 4 : position + 4 + size]))
        position += 4 + size
    result.append((-1, data[position:]))
    return result


@pytest.mark.parametrize("name", FLACS)
def test_every_other_block_and_the_sound_stay_as_they_are(name, label):
    before, after = blocks(FLACS[name]), blocks(embed(FLACS[name], label))
    assert [pair for pair in after if pair[0] != 4] == [pair for pair in before if pair[0] != 4]
    assert [kind for kind, _ in after] == [kind for kind, _ in before]


@pytest.mark.parametrize("others", [(), ((1, bytes(4)),)])
def test_a_file_without_comments_gets_a_block_behind_the_first(label, others):
    result = embed(made((0, INFORMATION), *others), label)
    assert blocks(result) == [
        (0, INFORMATION),
        (4, comments.new_block(label.bare())),
        *others,
        (-1, SOUND),
    ]


def test_labels_in_a_tag_and_in_further_comments_are_read_and_replaced(label, other_label):
    block = comments.new_block(other_label.bare())
    data = id3.new_tag(other_label.bare()) + made((0, INFORMATION), (4, block), (4, block))
    labels, faults = read(data)
    assert faults == []
    assert [item.strict() for item in labels] == [other_label] * 3
    assert [item.carrier for item in labels] == [Carrier.ID3_TEXT, *[Carrier.VORBIS_COMMENT] * 2]
    result = embed(data, label)
    assert FLAC.recognises(result)
    assert [item.strict() for item in read(result)[0]] == [label]


def test_further_comments_and_tags_without_a_label_stay_as_they_are(label):
    tag = b"ID3\3\0\0\0\0\0\0"
    block = comments.updated(comments.Comments(b"maker", (b"TITLE=kept",), b""), None)
    result = embed(tag + made((0, INFORMATION), (4, block), (4, block)), label)
    assert result.startswith(tag)
    assert blocks(result[len(tag) :])[2] == (4, block)


def test_damaged_comments_are_a_fault_and_are_not_written_into(label):
    data = made((0, INFORMATION), (4, b"\xff\0\0\0"))
    (labels, (fault,)) = read(data)
    assert (labels, fault.offset) == ([], 42)
    with pytest.raises(MalformedFile, match="a block of comments is damaged"):
        FLAC.write(data, label)


@pytest.mark.parametrize(
    "data", [b"fLaC", b"fLaC\0\0\0", b"fLaC\0\0\0\x09short", b"fLaC\x7f\0\0\0", b"fLaC\xff\0\0\0"]
)
def test_a_file_cut_off_or_broken_is_a_fault_and_is_not_written_into(label, data):
    (labels, (fault,)) = read(data)
    assert (labels, fault.offset) == ([], 4)
    with pytest.raises(MalformedFile, match="the length of a metadata block is wrong"):
        FLAC.write(data, label)


def test_more_blocks_than_a_file_has_are_not_followed(label, monkeypatch):
    monkeypatch.setattr(flac, "MOST_PARTS", 2)
    (labels, (fault,)) = read(made((0, INFORMATION), (1, b""), (1, b"")))
    assert (labels, fault.offset) == ([], 46)


def test_comments_that_no_block_can_hold_are_refused(label, monkeypatch):
    monkeypatch.setattr(flac, "_LARGEST_BLOCK", 99)
    with pytest.raises(CommentsTooLong, match="holds 99") as refused:
        FLAC.write(FLACS["plain.flac"], label)
    assert refused.value.size > 99


def test_it_is_told_by_its_first_bytes_behind_any_tag():
    assert all(FLAC.recognises(data) for data in FLACS.values())
    assert FLAC.recognises(id3.new_tag("{}") + b"fLaC")
    assert not FLAC.recognises(id3.new_tag("{}"))
    assert not FLAC.recognises(b"OggS")
