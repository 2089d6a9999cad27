"""H.264 in MP4: two encodings in one stream, as ISO/IEC 14496-15 lets them be. Pure.

Where only the opening pictures are encoded anew, they follow other parameters than the rest. Both sets stand
in the one configuration record of the track, under different numbers.
"""

from typing import NamedTuple

_RECORD = b"avcC"
_SIZE_BYTES = 4
_HEADER_BYTES = 8
# From the file down to the record, with the bytes before the first box inside: a movie of one track.
_WAY = (
    (b"moov", _HEADER_BYTES),
    (b"trak", _HEADER_BYTES),
    (b"mdia", _HEADER_BYTES),
    (b"minf", _HEADER_BYTES),
    (b"stbl", _HEADER_BYTES),
    (b"stsd", _HEADER_BYTES + 8),
    (b"avc1", _HEADER_BYTES + 78),
    (_RECORD, _HEADER_BYTES),
)
_COUNTED = 0x1F
_SEQUENCE_HEAD_BYTES = 4
_PICTURE_HEAD_BYTES = 1
_NUMBERS = 32


class Configuration(NamedTuple):
    """What a decoder has to know before the first picture.

    Attributes:
        head: profile, level, and how many bytes say how long a unit is.
        sequences: the sequence parameter sets.
        pictures: the picture parameter sets.
        rest: what high profiles say behind them.
    """

    head: bytes
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    rest: bytes

    @property
    def encoded(self) -> bytes:
        """The record."""
        return b"".join(
            [
                self.head,
                bytes([~_COUNTED & 0xFF | len(self.sequences)]),
                *map(_sized, self.sequences),
                bytes([len(self.pictures)]),
                *map(_sized, self.pictures),
                self.rest,
            ]
        )

    @property
    def free_number(self) -> int | None:
        """A number that no parameter set has; ``None`` where all are taken."""
        taken = {_number(unit, _SEQUENCE_HEAD_BYTES) for unit in self.sequences}
        taken |= {_number(unit, _PICTURE_HEAD_BYTES) for unit in self.pictures}
        return next((number for number in range(_NUMBERS) if number not in taken), None)


def configuration(movie: bytes) -> Configuration:
    """The record in a movie of one track, as ffmpeg writes it.

    Args:
        movie: the file.
    """
    start, end = _boxes(movie)[-1]
    record = movie[start + _HEADER_BYTES : end]
    sequences, place = _units(record, 5, record[5] & _COUNTED)
    pictures, place = _units(record, place, record[place])
    return Configuration(record[:5], sequences, pictures, record[place:])


def with_both(movie: bytes, other: Configuration) -> bytes:
    """A movie of one track whose record holds the parameters of another encoding, too.

    Args:
        movie: the file, with its ``moov`` box behind the pictures.
        other: the other encoding's, whose profile and level the record names.
    """
    own = configuration(movie)
    both = other._replace(
        sequences=(*other.sequences, *own.sequences), pictures=(*other.pictures, *own.pictures)
    )
    boxes = _boxes(movie)
    start, end = boxes[-1]
    growth = len(both.encoded) - (end - start - _HEADER_BYTES)
    result = bytearray(movie)
    for first, last in boxes:
        result[first : first + _SIZE_BYTES] = (last - first + growth).to_bytes(_SIZE_BYTES, "big")
    result[start + _HEADER_BYTES : end] = both.encoded
    return bytes(result)


def _boxes(movie: bytes) -> list[tuple[int, int]]:
    """Where the boxes on the way to the record begin and end."""
    found = []
    place, stop = 0, len(movie)
    for kind, head in _WAY:
        while place < stop and movie[place + _SIZE_BYTES : place + _HEADER_BYTES] != kind:
            place += int.from_bytes(movie[place : place + _SIZE_BYTES], "big")
        stop = place + int.from_bytes(movie[place : place + _SIZE_BYTES], "big")
        found.append((place, stop))
        place += head
    return found


def _units(record: bytes, place: int, count: int) -> tuple[tuple[bytes, ...], int]:
    units = []
    place += 1
    for _ in range(count):
        length = int.from_bytes(record[place : place + 2], "big")
        units.append(record[place + 2 : place + 2 + length])
        place += 2 + length
    return tuple(units), place


def _sized(unit: bytes) -> bytes:
    return len(unit).to_bytes(2, "big") + unit


def _number(unit: bytes, head_bytes: int) -> int:
    """The number of a parameter set: as many zeros, then so many bits after a one."""
    bits = "".join(f"{byte:08b}" for byte in unit[head_bytes : head_bytes + 4])
    zeros = bits.index("1")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1
