import struct

import pytest

from hegui.marking import Carrier, Fault, ImplicitLabel, MalformedFile
from hegui.marking.formats import flv
from hegui.marking.formats.flv import FLV
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import recordings

FLVS = recordings(".flv")
HEAD = b"FLV\1\5\0\0\0\x09\0\0\0\0"
END = b"\0\0\x09"


def embed(data: bytes, label) -> bytes:
    result = spliced(data, FLV.write(data, label))
    prove(FLV, before=data, after=result, label=label)
    assert spliced(result, FLV.write(result, label)) == result
    return result


def read(data: bytes):
    items = list(FLV.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def tag(body: bytes, kind: int = 18, *, told: int | None = None) -> bytes:
    length = 11 + len(body) if told is None else told
    return (
        bytes((kind,)) + len(body).to_bytes(3, "big") + b"\0\0\7\0\0\0\0" + body + struct.pack(">I", length)
    )


def string(text: str) -> bytes:
    return b"\2" + struct.pack(">H", len(text)) + text.encode()


def named(name: str, value: bytes) -> bytes:
    return struct.pack(">H", len(name)) + name.encode() + value


def number(value: float) -> bytes:
    return b"\0" + struct.pack(">d", value)


def metadata(*properties: bytes, count: int | None = None) -> bytes:
    told = len(properties) if count is None else count
    return tag(string("onMetaData") + b"\x08" + struct.pack(">I", told) + b"".join(properties) + END)


def numbers(data: bytes, name: str) -> list[float]:
    place = data.index(named(name, b"")) + 2 + len(name)
    if data[place] == 0:
        return list(struct.unpack_from(">d", data, place + 1))
    (count,) = struct.unpack_from(">I", data, place + 1)
    return [struct.unpack_from(">d", data, place + 5 + 9 * index + 1)[0] for index in range(count)]


PICTURE = tag(b"\x12picture", 9)
TITLE = named("title", string("kept"))


def test_the_label_is_a_property_of_the_metadata(label):
    data = HEAD + metadata(TITLE) + PICTURE
    text = label.bare()
    assert embed(data, label) == HEAD + metadata(TITLE, named("AIGC", string(text))) + PICTURE


def test_a_file_without_metadata_gets_them_before_its_first_tag(label):
    (item,) = read(embed(HEAD + PICTURE, label))[0]
    assert (item.strict(), item.carrier, item.offset) == (label, Carrier.FLV_METADATA, 13)
    script = tag(string("onCuePoint") + b"\5")
    assert embed(HEAD + script, label).endswith(script)


def test_metadata_in_an_object_take_the_label_too(label):
    data = HEAD + tag(string("onMetaData") + b"\3" + TITLE + END) + PICTURE
    (item,) = read(embed(data, label))[0]
    assert item.strict() == label


def test_a_number_of_properties_that_nobody_filled_in_stays_0(label):
    result = embed(HEAD + metadata(TITLE, count=0) + PICTURE, label)
    assert result[result.index(b"\x08\0\0\0") :][:5] == b"\x08\0\0\0\0"


def test_places_and_the_length_of_the_file_are_corrected(label):
    name = "indexed.flv"
    before, after = FLVS[name], embed(FLVS[name], label)
    growth = len(after) - len(before)
    assert numbers(after, "filesize") == [len(after)]
    for places in ("filepositions", "lastkeyframelocation"):
        old = [value for value in numbers(before, places) if value]
        assert [value for value in numbers(after, places) if value] == [value + growth for value in old]
        assert all(after[int(place) + growth :][:9] == before[int(place) :][:9] for place in old)


def test_places_before_the_metadata_and_what_is_no_number_stay(label):
    frames = named("keyframes", b"\3" + named("filepositions", b"\x0a\0\0\0\2" + number(13) + b"\5") + END)
    data = HEAD + metadata(frames, named("filesize", string("unknown"))) + PICTURE
    assert numbers(embed(data, label), "filepositions")[:1] == [13]


def test_values_of_every_kind_are_read_past(label):
    values = (
        number(1),
        b"\1\1",
        string("kept"),
        b"\3" + TITLE + END,
        b"\5",
        b"\6",
        b"\7\0\1",
        b"\x08\0\0\0\1" + TITLE + END,
        b"\x0a\0\0\0\2" + string("kept") + b"\5",
        b"\x0b" + bytes(10),
        b"\x0c\0\0\0\4kept",
    )
    data = HEAD + metadata(*(named(f"p{index}", value) for index, value in enumerate(values))) + PICTURE
    assert read(data) == ([], [])
    assert [item.strict() for item in read(embed(data, label))[0]] == [label]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\2\0\1x",  # neither object nor array
        b"\x08\0\0\0\1" + named("a", b"\x04"),  # a kind that nobody knows
        b"\x08\0\0\0\1" + named("a", b"\0abc"),  # a number cut off
        b"\x08\0\0\0\1" + named("a", b"\2\xff\xffabc"),  # a text cut off
        b"\x08\0\0\0\1" + named("a", b"\x0a\xff\xff\xff\xff"),  # an array cut off
        b"\x08\0\0\0\1" + TITLE,  # no end
        b"\x08",
        b"\3" + named("a", b"\3") * 30 + END * 31,  # nested too deep
    ],
)
def test_damaged_metadata_are_a_fault_and_are_not_written_into(label, body):
    data = HEAD + tag(string("onMetaData") + body) + PICTURE
    (labels, (fault,)) = read(data)
    assert (labels, fault.offset, fault.text.en) == ([], 13, "the script data is damaged")
    with pytest.raises(MalformedFile, match="the script data is damaged"):
        FLV.write(data, label)


def test_labels_in_further_metadata_are_read_and_replaced(label, other_label):
    text = other_label.bare()
    long = b"\x0c" + struct.pack(">I", len(text)) + text.encode()
    data = (
        HEAD
        + metadata(named("aigc", string(text)), TITLE)
        + PICTURE
        + metadata(named("AIGC", long))
        + metadata(TITLE)
    )
    assert [item.strict() for item in read(data)[0]] == [other_label] * 2
    result = spliced(data, FLV.write(data, label))
    assert [item.strict() for item in read(result)[0]] == [label]
    assert result.endswith(metadata() + metadata(TITLE))


def test_a_label_that_is_no_text_is_a_fault_and_one_of_any_length_is_not_read(monkeypatch):
    data = HEAD + metadata(named("AIGC", number(1)))
    assert [fault.text.en for fault in read(data)[1]] == ["the value of a label is no text"]
    monkeypatch.setattr(flv, "LARGEST_VALUE", 3)
    data = HEAD + metadata(named("AIGC", string("long")))
    assert [fault.text.en for fault in read(data)[1]] == ["the value of a label is too long"]


def test_a_label_within_an_object_is_none(label):
    inner = named("custom", b"\3" + named("AIGC", string("{}")) + END)
    assert read(HEAD + metadata(inner)) == ([], [])


def test_a_label_of_more_than_a_short_text_holds_is_a_long_one():
    long = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id="x" * 40_000)
    (item,) = read(embed(HEAD + PICTURE, long))[0]
    assert item.raw == long.bare()[:4096]
    assert item.strict() == long


def test_script_data_that_no_tag_can_hold_are_refused(label, monkeypatch):
    monkeypatch.setattr(flv, "_LARGEST_TAG", 99)
    with pytest.raises(MalformedFile, match="its script data is too long"):
        FLV.write(HEAD + metadata(TITLE), label)


def test_the_length_behind_a_tag_grows_as_it_was_counted(label):
    data = HEAD + tag(string("onMetaData") + b"\x08\0\0\0\1" + TITLE + END, told=5) + PICTURE
    result = embed(data, label)
    place = result.index(PICTURE) - 4
    assert struct.unpack_from(">I", result, place) == (5 + len(result) - len(data),)


def test_an_encrypted_script_is_none():
    body = string("onMetaData") + b"\x08\0\0\0\1" + named("AIGC", string("{}")) + END
    assert read(HEAD + tag(body, 0x32)) == ([], [])


def test_script_data_of_any_length_are_not_read(monkeypatch):
    monkeypatch.setattr(flv, "LARGEST_PACKET", 5)
    assert [fault.text.en for fault in read(HEAD + metadata(TITLE))[1]] == ["script data too long to be read"]


@pytest.mark.parametrize("cut", [9, 14, 30, -1])
def test_a_file_cut_off_is_a_fault_and_is_not_written_into(label, cut):
    data = (HEAD + metadata(TITLE))[:cut]
    labels, (fault,) = read(data)
    assert (labels, fault.text.en) == ([], "a tag reaches beyond the end of the file")
    with pytest.raises(MalformedFile, match="reaches beyond the end"):
        FLV.write(data, label)


def test_more_tags_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr(flv, "_MOST_TAGS", 2)
    labels, (fault,) = read(HEAD + PICTURE * 3)
    assert (labels, "more than" in fault.text.en) == ([], True)


def test_it_is_told_by_its_first_bytes():
    assert all(FLV.recognises(data) for data in FLVS.values())
    assert not FLV.recognises(b"FLX\1")
