import struct

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats import riff
from hegui.marking.formats.riff import Chunk, RiffTooLarge
from hegui.marking.splices import Splice


def every(data: bytes, **options) -> list[Chunk | Fault]:
    return list(riff.chunks(data, 0, len(data), **options))


def test_chunks_follow_one_another_padded_to_even_lengths():
    data = riff.made(b"odd ", b"abc") + riff.made(b"even", b"abcd")
    assert every(data) == [Chunk(b"odd ", 0, 8, 11, 12), Chunk(b"even", 12, 20, 24, 24)]


def test_the_last_chunk_may_lack_its_padding():
    assert every(riff.made(b"odd ", b"abc")[:-1]) == [Chunk(b"odd ", 0, 8, 11, 11)]


def test_an_unknown_length_is_what_the_caller_knows_or_reaches_to_the_end():
    data = struct.pack("<4sI", b"data", riff.UNKNOWN) + b"samples!" + riff.made(b"more", b"")
    (whole,) = every(data)
    assert (whole.end, whole.stop) == (24, 24)
    assert [item.kind for item in every(data, unknown=8)] == [b"data", b"more"]


@pytest.mark.parametrize("data", [b"data\x09\0\0\0abcdefgh", b"data\x01\0\0\0", b"data\0\0\0", b"d"])
def test_a_chunk_that_reaches_beyond_the_end_is_a_fault(data):
    (fault,) = every(data)
    assert fault.text.en == "a chunk reaches beyond the end of the file"


def test_more_chunks_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr(riff, "MOST_PARTS", 3)
    *chunks, fault = every(riff.made(b"junk", b"") * 4)
    assert (len(chunks), fault.offset) == (3, 24)


def test_a_list_of_information_is_told_by_its_form():
    data = riff.information(riff.made(b"INAM", b"kept"))
    (chunk,) = every(data)
    assert riff.is_information(data, chunk)
    assert [item.kind for item in riff.inside(data, chunk)] == [b"INAM"]
    (other,) = every(riff.made(b"LIST", b"adtl"))
    assert not riff.is_information(riff.made(b"LIST", b"adtl"), other)


def test_what_a_list_of_information_holds_is_kept_without_its_labels():
    kept = riff.made(b"INAM", b"odd") + riff.made(b"ICMT", b"")
    data = riff.information(riff.made(b"AIGC", b"{}") + kept + riff.made(b"aigc", b""))
    (chunk,) = every(data)
    assert riff.without_labels(data, chunk, "WAV") == (kept, True)
    data = riff.information(kept)
    (chunk,) = every(data)
    assert riff.without_labels(data, chunk, "WAV") == (kept, False)


def test_a_damaged_list_is_named_with_its_place():
    data = riff.information(b"INAM\x09\0\0\0kept")
    (chunk,) = every(data)
    with pytest.raises(MalformedFile) as refused:
        riff.without_labels(data, chunk, "WAV")
    assert (refused.value.format, refused.value.offset) == ("WAV", 12)


def test_a_chunk_is_resized_where_it_says_how_long_it_is():
    data = riff.made(b"RIFF", bytes(6))
    assert riff.resized(data, 0, 4) == (Splice(4, 8, struct.pack("<I", 10)),)
    assert riff.resized(data, 0, 0) == ()
    assert riff.resized(struct.pack("<4sI", b"RIFF", riff.UNKNOWN), 0, 4) == ()


def test_a_chunk_cannot_grow_beyond_what_it_can_say():
    data = struct.pack("<4sI", b"RIFF", riff.UNKNOWN - 2)
    with pytest.raises(RiffTooLarge, match="4294967295 bytes") as refused:
        riff.resized(data, 0, 2)
    assert refused.value.size == riff.UNKNOWN


def test_a_value_is_read_without_the_zeros_behind_it_and_not_at_any_length(monkeypatch):
    data = riff.made(b"AIGC", b"{}\0\0")
    (chunk,) = every(data)
    found = riff.candidate(data, chunk, Carrier.AVI_INFO)
    assert (found.value, found.carrier, found.offset) == ("{}", Carrier.AVI_INFO, 0)
    monkeypatch.setattr(riff, "LARGEST_VALUE", 3)
    assert riff.candidate(data, chunk, Carrier.AVI_INFO).text.en == "the value of a label is too long"
