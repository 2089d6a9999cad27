import io
import struct
import wave

import pytest

from hegui.marking import Carrier, Dialect, Fault, MalformedFile
from hegui.marking.candidates import Allowance
from hegui.marking.formats import id3, riff
from hegui.marking.formats.wav import WAV
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

WAVS = recordings(".wav")


def embed(data: bytes, label) -> bytes:
    return spliced(data, WAV.write(data, label))


def read(data: bytes):
    items = list(WAV.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks, by an independent walk; samples of unknown length reach to the end."""
    result, position = [], 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        size = min(size, len(data) - position - 8)
        result.append((kind, data[position + 8 : position + 8 + size]))
        position += 8 + size + size % 2
    return result


def made(*parts: bytes, kind: bytes = b"RIFF") -> bytes:
    return riff.made(kind, b"WAVE" + b"".join(parts))


FORMAT = riff.made(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
SAMPLES = riff.made(b"data", b"\1\2\3\4")


@pytest.mark.parametrize("name", WAVS)
def test_the_label_is_a_chunk_before_the_samples_and_every_other_chunk_stays(name, label):
    before, after = chunks(WAVS[name]), chunks(embed(WAVS[name], label))
    place = [kind for kind, _ in before].index(b"data")
    assert after[place] == (b"AIGC", label.bare().encode())
    lengths = [kind for kind, _ in before if kind == b"ds64"]
    assert after[len(lengths) : place] + after[place + 1 :] == before[len(lengths) :]


def test_the_standard_library_reads_the_same_samples(label):
    with (
        wave.open(io.BytesIO(WAVS["plain.wav"])) as before,
        wave.open(io.BytesIO(embed(WAVS["plain.wav"], label))) as after,
    ):
        assert after.getparams() == before.getparams()
        assert after.readframes(9999) == before.readframes(9999)


def test_the_length_in_the_head_is_that_of_the_file(label):
    result = embed(WAVS["plain.wav"], label)
    assert struct.unpack_from("<I", result, 4) == (len(result) - 8,)


def test_a_long_file_says_its_length_in_64_bits(label):
    result = embed(WAVS["long.wav"], label)
    assert result[:8] == b"RF64\xff\xff\xff\xff"
    assert struct.unpack_from("<Q", result, 20) == (len(result) - 8,)
    assert struct.unpack_from("<Q", result, 28) == struct.unpack_from("<Q", WAVS["long.wav"], 28)


def test_a_recording_of_unknown_length_keeps_it_unknown(label):
    result = embed(WAVS["piped.wav"], label)
    assert result[4:8] == b"\xff\xff\xff\xff"
    assert read(result)[1] == []
    zeroed = WAVS["plain.wav"][:4] + bytes(4) + WAVS["plain.wav"][8:]
    assert [item.strict() for item in read(embed(zeroed, label))[0]] == [label]


def test_labels_elsewhere_are_read_as_misplaced_and_replaced(label, other_label):
    text = other_label.bare().encode()
    information = riff.information(riff.made(b"INAM", b"kept") + riff.made(b"AIGC", text + b"\0"))
    tag = riff.made(b"id3 ", id3.new_tag(other_label.bare()) + b"behind")
    data = made(FORMAT, information, SAMPLES, tag, riff.made(b"AIGC", text))
    labels, faults = read(data)
    assert faults == []
    assert [item.strict() for item in labels] == [other_label] * 3
    assert [item.carrier for item in labels] == [
        Carrier.RIFF_ELSEWHERE,
        Carrier.ID3_TEXT,
        Carrier.WAV_CHUNK,
    ]
    assert [len(item.deviations) for item in labels] == [1, 0, 0]
    assert labels[0].dialect is Dialect.BARE
    result = embed(data, label)
    assert [item.strict() for item in read(result)[0]] == [label]
    kinds = [kind for kind, _ in chunks(result)]
    assert kinds == [b"fmt ", b"LIST", b"AIGC", b"data", b"id3 "]
    assert dict(chunks(result))[b"LIST"] == b"INFOINAM\4\0\0\0kept"
    assert dict(chunks(result))[b"id3 "].endswith(b"behind")


def test_information_and_tags_without_a_label_stay_as_they_are(label, other_label):
    empty = id3.updated(id3.new_tag("x"), id3.tag_at(id3.new_tag("x"), 0), None, Allowance())
    parts = (
        riff.information(riff.made(b"INAM", b"kept")),
        riff.made(b"id3 ", empty),
        riff.made(b"ID3 ", b"no tag"),
    )
    result = embed(made(FORMAT, *parts, SAMPLES), label)
    assert b"".join(parts) in result
    assert [item.strict() for item in read(result)[0]] == [label]


def test_damage_in_information_is_a_fault_and_is_not_written_into(label):
    data = made(FORMAT, riff.made(b"LIST", b"INFOINAM\x09\0\0\0kept"), SAMPLES)
    (labels, (fault,)) = read(data)
    assert (labels, fault.offset) == ([], 48)
    with pytest.raises(MalformedFile):
        embed(data, label)


def test_a_file_shorter_than_it_says_is_a_fault_and_is_not_written_into(label):
    data = WAVS["plain.wav"][:-9]
    labels, faults = read(data)
    assert labels == []
    assert [fault.text.en for fault in faults] == [
        "a chunk reaches beyond the end of the file",
        "the file is shorter than its header says",
    ]
    with pytest.raises(MalformedFile):
        embed(data, label)


def test_a_file_without_samples_is_not_written_into(label):
    with pytest.raises(MalformedFile, match="there are no samples"):
        embed(made(FORMAT), label)


def test_it_is_told_by_its_first_bytes():
    assert all(WAV.recognises(data) for data in WAVS.values())
    assert WAV.recognises(made(kind=b"BW64"))
    assert not WAV.recognises(b"RIFF\0\0\0\0AVI ")
    assert not WAV.recognises(b"RIFX\0\0\0\0WAVE")
