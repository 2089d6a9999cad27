"""ZIP archives: their directory, read without trust, and the changes that put files into them.

What is not changed is neither unpacked nor packed again: its bytes stay, only where they stand may move.
"""

import itertools
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_IN_ALL, LARGEST_PACKET, Allowance, fault
from hegui.marking.formats.format import NoRoom
from hegui.marking.formats.places import after
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer, Splice

MOST_ENTRIES = 1 << 16
"""Files of one archive that are looked at at most; a large presentation has some thousand."""

STORED, DEFLATED = 0, 8

_LOCAL = struct.Struct("<4s5H3L2H")
_RECORD = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_DESCRIPTORS = (struct.Struct("<3L"), struct.Struct("<L2Q"))
_NUMBERS, _NUMBERS_IN_END = struct.Struct("<2H2L"), 8
_WIDE_NUMBERS, _NUMBERS_IN_WIDE = struct.Struct("<4Q"), 24
_FULL = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
_LOCAL_MARK, _RECORD_MARK, _END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_WIDE_END_MARK, _LOCATOR_MARK, _DESCRIPTOR_MARK = b"PK\6\6", b"PK\6\7", b"PK\7\x08"
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED, _DESCRIBED, _UNICODE = 0x0001, 0x0008, 0x0800
_FLAGS_IN_LOCAL = 6
_PLACE_IN_RECORD = 42
_SHORT_BYTES, _WIDE_BYTES = 4, 8
_WIDE_EXTRA = 1
_VERSION = 20
_NEW_YEAR_1980 = 0x0021


class ArchivedFile(NamedTuple):
    """A file in an archive.

    Attributes:
        name: its name.
        start: where its own header begins.
        body: where its bytes begin.
        end: where they end.
        method: how they are packed.
        checksum: the CRC-32 of its content.
        size: how many bytes its content has.
        record: where its record in the directory begins.
        record_end: where that ends.
        place: where in the record stands where it begins, and in how many bytes.
    """

    name: str
    start: int
    body: int
    end: int
    method: int
    checksum: int
    size: int
    record: int
    record_end: int
    place: tuple[int, int]


class Archive(NamedTuple):
    """An archive whose parts are where its directory says, none over another.

    Attributes:
        entries: its files in the order of the directory, by their names in small letters.
        start: where the directory begins.
        end: where it ends.
        wide: where the directory's end in 64 bits begins, where it has one.
        close: where its end does.
        allowance: how much more may be unpacked of it.
    """

    entries: Mapping[str, ArchivedFile]
    start: int
    end: int
    wide: int | None
    close: int
    allowance: Allowance


class _Unsound(Exception):
    """What is wrong with an archive, and where."""

    def __init__(self, offset: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = fault(offset, zh=zh, en=en)


def archive_in(data: Buffer) -> Archive | Fault:
    """The archive that a file is, or why it is none that can be relied on."""
    try:
        return _archive(data)
    except _Unsound as error:
        return error.fault


def content(data: Buffer, archive: Archive, entry: ArchivedFile) -> bytes | Fault:
    """What is in a file of an archive, or why it cannot be unpacked; never more than allowed."""
    if max(entry.size, entry.end - entry.body) > LARGEST_PACKET:
        return fault(
            entry.start, zh=f"{entry.name} 过大，没有读取", en=f"{entry.name} is too large, and was not read"
        )
    if not archive.allowance.covers(entry.size):
        return fault(
            entry.start,
            zh=f"{entry.name} 没有读取：一个压缩包最多解开 {LARGEST_IN_ALL} 字节",
            en=f"{entry.name} was not read: of one archive {LARGEST_IN_ALL} bytes are unpacked at most",
        )
    packed = data[entry.body : entry.end]
    if entry.method == STORED:
        result, whole = packed, archive.allowance.takes(len(packed))
    else:
        result, whole = archive.allowance.begun(packed, most=entry.size, wbits=-zlib.MAX_WBITS)
    if not whole or len(result) != entry.size or zlib.crc32(result) != entry.checksum:
        return fault(
            entry.start,
            zh=f"{entry.name} 无法解开，或校验值不符",
            en=f"{entry.name} cannot be unpacked, or its checksum does not fit",
        )
    return result


def with_files(
    data: Buffer, archive: Archive, files: Mapping[str, bytes], *, name: str
) -> tuple[Splice, ...]:
    """The changes that put files into an archive, in place of those that have the same names.

    Args:
        data: the archive.
        archive: its parts; there is one file at least.
        files: contents by name; new ones go behind all others, packed as the first file is.
        name: what the archive is called in messages.

    Raises:
        NoRoom: the archive has not enough bits for its places.
    """
    method = next(iter(archive.entries.values())).method
    changed: dict[int, _Packed] = {}
    added: list[_Packed] = []
    bodies: list[Splice] = []
    for path, file in files.items():
        entry = archive.entries.get(path.casefold())
        if entry is None:
            added.append(_packed(path.encode(), file, method=method))
        else:
            changed[entry.record] = _packed_like(data, entry, file)
            bodies.append(Splice(entry.start, _behind(data, archive, entry), changed[entry.record].local()))
    bodies.append(Splice(archive.start, archive.start, b"".join(item.local() for item in added)))
    moved = after(bodies)
    directory = [
        splice
        for entry in archive.entries.values()
        for splice in _record_splices(entry, moved(entry.start), changed.get(entry.record), name=name)
    ]
    place = moved(archive.start) - len(bodies[-1].data)
    records = b""
    for item in added:
        records += item.record(_short(place, name=name))
        place += len(item.local())
    directory.append(Splice(archive.end, archive.end, records))
    numbers = (len(archive.entries) + len(added), _growth(directory), moved(archive.start))
    return (*bodies, *directory, *_end_splices(data, archive, *numbers, name=name))


def is_safe(name: str) -> bool:
    """Whether a name stays within the archive and means the same everywhere."""
    odd = name.startswith("/") or any(character in name for character in "\\:\0\ufffd")
    return bool(name) and not odd and ".." not in name.split("/")


class _Packed(NamedTuple):
    """A file as it stands in an archive, with what its two headers say of it.

    Attributes:
        path: its name.
        data: its bytes as they are packed.
        method: how.
        checksum: the CRC-32 of its content.
        size: how many bytes that has.
        flags: what its name is written in.
        when: time and date, as DOS writes them.
        made: who made the record, and for which system.
        attributes: its attributes within and without.
        comment: what is said of it.
    """

    path: bytes
    data: bytes
    method: int
    checksum: int
    size: int
    flags: int = 0
    when: tuple[int, int] = (0, _NEW_YEAR_1980)
    made: int = _VERSION
    attributes: tuple[int, int] = (0, 0)
    comment: bytes = b""

    def local(self) -> bytes:
        """Its own header and its bytes."""
        head = _LOCAL.pack(_LOCAL_MARK, _VERSION, *self._measures(), len(self.path), 0)
        return head + self.path + self.data

    def record(self, place: int) -> bytes:
        """Its record in the directory; ``place`` is where its own header begins."""
        lengths = (len(self.path), 0, len(self.comment))
        head = (_RECORD_MARK, self.made, _VERSION, *self._measures(), *lengths, 0, *self.attributes, place)
        return _RECORD.pack(*head) + self.path + self.comment

    def _measures(self) -> tuple[int, ...]:
        return (self.flags, self.method, *self.when, self.checksum, len(self.data), self.size)


def _packed(path: bytes, file: bytes, *, method: int) -> _Packed:
    data = file
    if method == DEFLATED:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        data = packer.compress(file) + packer.flush()
    return _Packed(path, data, method, zlib.crc32(file), len(file))


def _packed_like(data: Buffer, entry: ArchivedFile, file: bytes) -> _Packed:
    """A file in place of another, which keeps everything but its content."""
    raw = data[entry.record : entry.record_end]
    fields = _RECORD.unpack_from(raw)
    behind_name = _RECORD.size + fields[10]
    return _packed(raw[_RECORD.size : behind_name], file, method=entry.method)._replace(
        flags=fields[3] & _UNICODE,
        when=(fields[5], fields[6]),
        made=fields[1],
        attributes=(fields[14], fields[15]),
        comment=raw[behind_name + fields[11] :],
    )


def _behind(data: Buffer, archive: Archive, entry: ArchivedFile) -> int:
    """Where an entry ends, with the description of itself that may follow its bytes."""
    if not data[entry.start + _FLAGS_IN_LOCAL] & _DESCRIBED:
        return entry.end
    mark = len(_DESCRIPTOR_MARK) * (data[entry.end : entry.end + 4] == _DESCRIPTOR_MARK)
    numbers = (entry.checksum, entry.end - entry.body, entry.size)
    for sizes in _DESCRIPTORS:
        end = entry.end + mark + sizes.size
        if end <= archive.start and sizes.unpack(data[entry.end + mark : end]) == numbers:
            return end
    return entry.end


def _record_splices(
    entry: ArchivedFile, start: int, changed: _Packed | None, *, name: str
) -> Iterator[Splice]:
    if changed is not None:
        yield Splice(entry.record, entry.record_end, changed.record(_short(start, name=name)))
    elif start != entry.start:
        place, width = entry.place
        value = start if width > _SHORT_BYTES else _short(start, name=name)
        yield Splice(place, place + width, value.to_bytes(width, "little"))


def _end_splices(
    data: Buffer, archive: Archive, count: int, growth: int, start: int, *, name: str
) -> Iterator[Splice]:
    """What the end says of the directory; numbers of all ones there stand in the wide end only."""
    numbers = (count, count, archive.end - archive.start + growth, start)
    if archive.wide is not None:
        first, locator = archive.wide + _NUMBERS_IN_WIDE, archive.wide + _WIDE_END.size
        yield Splice(first, first + _WIDE_NUMBERS.size, _WIDE_NUMBERS.pack(*numbers))
        wide = start + numbers[2]
        yield Splice(locator + 8, locator + 16, wide.to_bytes(8, "little"))
    first = archive.close + _NUMBERS_IN_END
    told = _NUMBERS.unpack(data[first : first + _NUMBERS.size])
    kept = [
        full if archive.wide is not None and old == full else number
        for old, full, number in zip(told, _FULL, numbers, strict=True)
    ]
    if any(number > full for number, full in zip(kept, _FULL, strict=True)):
        raise NoRoom(name)
    yield Splice(first, first + _NUMBERS.size, _NUMBERS.pack(*kept))


def _growth(splices: list[Splice]) -> int:
    return sum(len(splice.data) - (splice.end - splice.start) for splice in splices)


def _short(place: int, *, name: str) -> int:
    if place >= _FULL[-1]:
        raise NoRoom(name)
    return place


def _archive(data: Buffer) -> Archive:
    close, count, size, start, wide = _end(data)
    end = close if wide is None else wide
    if start + size != end or count > MOST_ENTRIES:
        raise _Unsound(
            close, zh="目录的位置不符，或文件过多", en="the directory is not where it should be, or too large"
        )
    entries: dict[str, ArchivedFile] = {}
    position = start
    for _ in range(count):
        entry = _entry(data, position, start=start, end=end)
        if entries.setdefault(entry.name.casefold(), entry) is not entry:
            raise _Unsound(position, zh=f"{entry.name} 出现两次", en=f"{entry.name} occurs twice")
        position = entry.record_end
    if position != end or not entries:
        raise _Unsound(position, zh="目录与其长度不符", en="the directory does not have its length")
    in_order = sorted(entries.values(), key=lambda entry: entry.start)
    for one, next_one in itertools.pairwise(in_order):
        if one.end > next_one.start:
            raise _Unsound(next_one.start, zh="文件互相重叠", en="files lie over one another")
    return Archive(entries, start=start, end=end, wide=wide, close=close, allowance=Allowance())


def _end(data: Buffer) -> tuple[int, int, int, int, int | None]:
    """Where the directory's end is; its count, length and start; and where its wide end is."""
    first = max(0, len(data) - _LONGEST_COMMENT - _END.size)
    close = first + data[first:].rfind(_END_MARK)
    raw = data[close : close + _END.size] if close >= first else b""
    if len(raw) < _END.size or close + _END.size + _END.unpack(raw)[7] != len(data):
        raise _Unsound(len(data), zh="没有目录的结尾", en="the end of its directory is missing")
    _, disk, first_disk, here, count, size, start, _ = _END.unpack(raw)
    wide = None
    if data[max(0, close - _LOCATOR.size) : close][:4] == _LOCATOR_MARK:
        wide = close - _LOCATOR.size - _WIDE_END.size
        place = _LOCATOR.unpack(data[close - _LOCATOR.size : close])[2]
        raw = data[max(0, wide) : max(0, wide) + _WIDE_END.size]
        if place != wide or raw[:4] != _WIDE_END_MARK:
            raise _Unsound(close, zh="64 位目录的结尾不在其位", en="the wide end of its directory is missing")
        _, _, _, _, disk, first_disk, here, count, size, start = _WIDE_END.unpack(raw)
    if (disk, first_disk, here) != (0, 0, count):
        raise _Unsound(close, zh="压缩包分为几卷", en="the archive is in several volumes")
    return close, count, size, start, wide


def _entry(data: Buffer, position: int, *, start: int, end: int) -> ArchivedFile:
    raw = data[position : min(position + _RECORD.size, end)]
    if raw[:4] != _RECORD_MARK or len(raw) < _RECORD.size:
        raise _Unsound(position, zh="目录中的记录损坏", en="a record of the directory is damaged")
    fields = _RECORD.unpack(raw)
    name_end = position + _RECORD.size + fields[10]
    record_end = name_end + fields[11] + fields[12]
    raw_name = data[position + _RECORD.size : name_end]
    name = raw_name.decode("utf-8" if fields[3] & _UNICODE else "cp437", "replace")
    if record_end > end or not is_safe(name):
        raise _Unsound(position, zh=f"文件名 {name!r} 不允许", en=f"the name {name!r} is not allowed")
    packed, size, here, place = _wide(data, position, fields)
    if fields[3] & _ENCRYPTED or fields[4] not in {STORED, DEFLATED}:
        raise _Unsound(
            position,
            zh=f"{name} 已加密，或用了不允许的压缩方法",
            en=f"{name} is encrypted, or packed in a way that is not allowed",
        )
    local = data[here : here + _LOCAL.size]
    if here + _LOCAL.size > start or local[:4] != _LOCAL_MARK:
        raise _Unsound(position, zh=f"{name} 不在其位", en=f"{name} is not where it should be")
    told = _LOCAL.unpack(local)
    behind_head = here + _LOCAL.size
    body = behind_head + told[9] + told[10]
    if body + packed > start or data[behind_head : behind_head + told[9]] != raw_name or told[3] != fields[4]:
        raise _Unsound(
            here, zh=f"{name} 的两处记录不符", en=f"what is said of {name} in two places does not agree"
        )
    return ArchivedFile(
        name, here, body, body + packed, fields[4], fields[7], size, position, record_end, place
    )


def _wide(data: Buffer, position: int, fields: tuple[int, ...]) -> tuple[int, int, int, tuple[int, int]]:
    """Packed size, size and place of a file, and where in its record the place stands.

    A number of all ones stands in an extra field instead, in 64 bits.
    """
    start = position + _RECORD.size + fields[10]
    extra = data[start : start + fields[11]]
    numbers = {"size": fields[9], "packed": fields[8], "here": fields[16]}
    place = (position + _PLACE_IN_RECORD, _SHORT_BYTES)
    offset = 0
    while offset + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, offset)
        inside = offset + 4
        offset = inside + length
        if kind != _WIDE_EXTRA:
            continue
        for key, value in numbers.items():
            if value == _FULL[-1] and inside + _WIDE_BYTES <= min(offset, len(extra)):
                numbers[key] = int.from_bytes(extra[inside : inside + _WIDE_BYTES], "little")
                if key == "here":
                    place = (start + inside, _WIDE_BYTES)
                inside += _WIDE_BYTES
    return numbers["packed"], numbers["size"], numbers["here"], place
