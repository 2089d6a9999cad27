import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Fault, candidates
from hegui.marking.candidates import LARGEST_PACKET
from hegui.marking.formats import archive
from hegui.marking.formats.archive import MOST_ENTRIES, archive_in, content, is_safe, with_files
from hegui.marking.formats.format import NoRoom
from hegui.marking.splices import spliced

FILES = {"one.xml": b"<one/>" * 50, "two/two.bin": bytes(range(256)), "three": b""}


class OneWay(io.RawIOBase):
    """A place to write that cannot be gone back in, so that sizes have to follow what they are of."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.data += bytes(data)
        return len(data)


def made(
    files=FILES, *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"", wide: bool = False
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as result:
        for name, data in files.items():
            information = zipfile.ZipInfo(name, (2020, 2, 2, 2, 2, 2))
            information.compress_type = method
            with result.open(information, "w", force_zip64=wide) as part:
                part.write(data)
        result.comment = comment
    return file.getvalue()


def streamed() -> bytes:
    file = OneWay()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as result:
        for name, data in FILES.items():
            result.writestr(name, data)
    return file.data


def wide_end(data: bytes) -> bytes:
    """The archive with an end of its directory in 64 bits, and places of all ones before it."""
    close = data.rindex(b"PK\5\6")
    count, size, start = struct.unpack_from("<H2L", data, close + 10)
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, close, 1)
    short = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, size, 0xFFFFFFFF, 0)
    return data[:close] + end + locator + short


def wide_places(data: bytes) -> bytes:
    """The archive with all places and sizes of files in extra fields of 64 bits, behind another field."""
    found = archive_in(data)
    records = b""
    for entry in found.entries.values():
        fields = list(struct.unpack_from("<4s6H3L5H2L", data, entry.record))
        sizes = struct.pack("<3Q", fields[9], fields[8], fields[16])
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        extra = struct.pack("<2HL", 0x7777, 4, 7) + struct.pack("<2H", 1, 24) + sizes
        fields[11] = len(extra)
        records += struct.pack("<4s6H3L5H2L", *fields) + entry.name.encode() + extra
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(records), found.start, 0)
    return data[: found.start] + records + end


KINDS = {
    "deflated": made(),
    "stored": made(method=zipfile.ZIP_STORED),
    "with a comment": made(comment=b"kept PK\5"),
    "with sizes behind": streamed(),
    "with a wide end": wide_end(made()),
    "with wide places": wide_places(made()),
    "with a wide end and wide places": wide_end(wide_places(made())),
    "with wide headers": made(wide=True),
}


def changed(data: bytes, files: dict[str, bytes]) -> bytes:
    return spliced(data, with_files(data, archive_in(data), files, name="X"))


def contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as result:
        assert result.testzip() is None
        return {name: result.read(name) for name in result.namelist()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_found_and_unpacked(kind):
    data = KINDS[kind]
    found = archive_in(data)
    assert {entry.name: content(data, found, entry) for entry in found.entries.values()} == FILES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*FILES, "new.xml"])
def test_a_file_takes_the_place_of_another_and_nothing_else_changes(kind, name):
    data = KINDS[kind]
    result = changed(data, {name: b"fresh" * 99})
    assert contents(result) == {**FILES, name: b"fresh" * 99}
    assert changed(result, {name: b"fresh" * 99}) == result
    old, new = archive_in(data), archive_in(result)
    for key in old.entries.keys() - {name}:
        before, after = old.entries[key], new.entries[key]
        assert data[before.start : before.end] == result[after.start : after.end]
    assert zipfile.ZipFile(io.BytesIO(result)).comment == zipfile.ZipFile(io.BytesIO(data)).comment


@given(st.dictionaries(st.sampled_from([*FILES, "a", "b"]), st.binary(max_size=99), min_size=1))
def test_whatever_is_put_in_is_there_and_in_the_same_order(files):
    for data in KINDS.values():
        result = changed(data, files)
        assert contents(result) == {**FILES, **files}
        assert list(contents(result)) == [*FILES, *(name for name in files if name not in FILES)]


def test_a_new_file_is_packed_as_the_first_and_its_time_is_no_secret():
    with zipfile.ZipFile(io.BytesIO(changed(KINDS["stored"], {"new": b"x" * 99}))) as result:
        information = result.getinfo("new")
    assert (information.compress_type, information.date_time) == (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))


def test_a_description_that_fits_nothing_is_left_where_it_is():
    data = bytearray(KINDS["with sizes behind"])
    data[data.index(b"PK\7\x08") + 4] ^= 1
    assert contents(changed(bytes(data), {"one.xml": b"fresh"}))["one.xml"] == b"fresh"


def test_a_description_may_lack_its_mark_and_may_be_wide():
    numbers = (zlib.crc32(b"kept"), 4, 4)
    for sizes in ("<3L", "<L2Q"):
        whole = made({"a": b"kept"}, method=zipfile.ZIP_STORED)
        body = whole[:6] + b"\x08" + whole[7 : whole.index(b"PK\1\2")]
        record = whole[len(body) : whole.rindex(b"PK\5\6")]
        described = body + struct.pack(sizes, *numbers)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(record), len(described), 0)
        data = described + record + end
        assert changed(data, {"a": b"new"}) == changed(whole, {"a": b"new"})


def broken(change) -> bytes:
    data = bytearray(made())
    change(data, data.index(b"PK\1\2"), data.rindex(b"PK\5\6"))
    return bytes(data)


def put(place_of, value: bytes):
    def change(data, directory, close):
        place = {"directory": directory, "close": close, "start": 0}[place_of[0]] + place_of[1]
        data[place : place + len(value)] = value

    return change


UNSOUND = {
    "no end": (made()[:-1], "end of its directory is missing"),
    "nothing": (b"PK\3\4", "end of its directory is missing"),
    "several volumes": (broken(put(("close", 4), b"\1")), "several volumes"),
    "a directory elsewhere": (broken(put(("close", 16), b"\1")), "not where it should be"),
    "more files than are there": (
        broken(put(("close", 8), b"\4\0\4")),
        "a record of the directory is damaged",
    ),
    "fewer files than are there": (broken(put(("close", 8), b"\2\0\2")), "does not have its length"),
    "no file": (made({}), "does not have its length"),
    "a record that is none": (broken(put(("directory", 0), b"XX")), "a record of the directory is damaged"),
    "a long comment": (broken(put(("directory", 32), b"\xff\xff")), "is not allowed"),
    "encryption": (broken(put(("directory", 8), b"\1")), "encrypted"),
    "another method": (broken(put(("directory", 10), b"\x0e")), "packed in a way"),
    "a file elsewhere": (broken(put(("directory", 42), b"\1")), "not where it should be"),
    "a file beyond": (broken(put(("directory", 42), b"\xff\xff")), "not where it should be"),
    "two names": (broken(put(("start", 30), b"X")), "does not agree"),
    "two methods": (broken(put(("start", 8), b"\0")), "does not agree"),
    "a size beyond": (broken(put(("directory", 20), b"\xff\xff\xff")), "does not agree"),
    "a name twice": (made({"a": b"1", "A": b"2"}), "occurs twice"),
    "an absolute name": (made({"/etc/passwd": b""}), "is not allowed"),
    "a wide end elsewhere": (wide_end(made())[:-34] + b"\1" + wide_end(made())[-33:], "wide end"),
    "no wide end": (wide_end(made()).replace(b"PK\6\6", b"PKPK"), "wide end"),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_an_archive_that_cannot_be_relied_on_is_a_fault(kind):
    data, reason = UNSOUND[kind]
    found = archive_in(data)
    assert isinstance(found, Fault)
    assert reason in found.text.en


def test_files_over_one_another_are_a_fault():
    data = bytearray(made({"a": b"1" * 99, "b": b"1" * 99}, method=zipfile.ZIP_STORED))
    second = data.index(b"PK\3\4", 4)
    inner = data[second:][: 31 + 99]
    data[40 : 40 + len(inner) - 60] = inner[:-60]  # a header of b within the bytes of a
    directory = data.index(b"PK\1\2")
    record = data.index(b"PK\1\2", directory + 4)
    struct.pack_into("<L", data, record + 42, 40)
    assert "over one another" in archive_in(bytes(data)).text.en


def test_too_many_files_are_a_fault(monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 2)
    assert MOST_ENTRIES > 2
    assert "too large" in archive_in(made()).text.en


def test_a_wide_field_that_is_too_short_is_not_read():
    data = wide_places(made()).replace(struct.pack("<2H", 1, 24), struct.pack("<2H", 1, 4))
    assert isinstance(archive_in(data), Fault)


@pytest.mark.parametrize("name", ["", "/a", "a\\b", "c:a", "../a", "a/../b", "a\0", "\ufffd"])
def test_a_name_that_leads_out_or_means_different_things_is_not_safe(name):
    assert not is_safe(name)
    assert is_safe("docProps/custom.xml")


def test_a_file_that_becomes_larger_than_it_says_is_a_fault():
    data = made({"bomb": bytes(1 << 24)})
    found = archive_in(data)
    (entry,) = found.entries.values()
    assert content(data, found, entry) == bytes(1 << 24)
    assert "unpacked" in content(data, found, entry._replace(size=10)).text.en
    assert "too large" in content(data, found, entry._replace(size=LARGEST_PACKET + 1)).text.en
    assert "unpacked" in content(data, found, entry._replace(end=entry.end - 9)).text.en
    assert "checksum" in content(data, found, entry._replace(checksum=1)).text.en


def test_a_large_file_that_is_not_read_takes_nothing_from_those_behind_it(monkeypatch):
    monkeypatch.setattr(candidates, "LARGEST_IN_ALL", 100)
    data = made({"one": bytes(80), "two": bytes(80), "three": bytes(20)})
    found = archive_in(data)
    contents = [content(data, found, entry) for entry in found.entries.values()]
    assert [isinstance(each, Fault) for each in contents] == [False, True, False]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_of_one_archive_no_more_is_unpacked_than_is_allowed(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for number in range(5):
            archive.writestr(str(number), bytes(LARGEST_PACKET))
        archive.writestr("5", b"")
    data = out.getvalue()
    found = archive_in(data)
    *unpacked, left, empty = (content(data, found, entry) for entry in found.entries.values())
    assert unpacked == [bytes(LARGEST_PACKET)] * 4
    assert left.text.en == "4 was not read: of one archive 67108864 bytes are unpacked at most"
    assert empty == b""


def test_what_is_no_deflated_data_is_a_fault():
    data = broken(lambda data, *_: data.__setitem__(slice(37, 41), b"\xff" * 4))
    assert "unpacked" in content(data, archive_in(data), archive_in(data).entries["one.xml"]).text.en


def test_a_file_that_would_end_beyond_its_bits_is_refused():
    data = made()
    found = archive_in(data)
    for start in (0xFFFFFFF0, 0xFFFFFFFF):
        far = found._replace(start=start, end=start + found.end - found.start)
        with pytest.raises(NoRoom):
            with_files(data, far, {"new": b"x" * 99}, name="X")
    full = found._replace(entries={str(number): found.entries["one.xml"] for number in range(0xFFFF)})
    with pytest.raises(NoRoom):
        with_files(data, full, {"new": b""}, name="X")
