"""How often the same, and nearly the same, document comes: counted in constant memory. Pure.

A document has a 64-bit hash, and one key for each band of a MinHash over its runs of five characters; texts
that share nine runs in ten share the key of a band with a chance of about three in four. The sketch keeps
the documents with the least hashes and, for each band, the least keys. What is kept in the end was among
the least of every part, so its count is exact, and parts merge in any order.
"""

import hashlib
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hegui.core import Record
from hegui.corpus.joining import Joined

KEPT_HASHES = 8_192
"""Up to so many distinct documents the share of duplicates is exact."""
KEPT_KEYS = 2_048

_WAITING = 32_768
"""So many documents are put into the sketch at once."""

GRAM = 5
BANDS = 4
ROWS = 3

_Array: TypeAlias = npt.NDArray[Any]

# Fixed odd numbers: fractional parts of square roots, as in SHA-2. Changing them changes every sketch.
_MIX = np.array(
    [
        *(0x6A09E667, 0xBB67AE85, 0x3C6EF373, 0xA54FF53B, 0x510E527F, 0x9B05688B),
        *(0x1F83D9AB, 0x5BE0CD19, 0xCBBB9D5D, 0x629A292B, 0x9159015B, 0x152FECD9),
    ],
    dtype=np.uint32,
)
_PLACES = np.array([0x67332667, 0x8EB44A87, 0xDB0C2E0D, 0x47B5481D, 0xAE5F9157], dtype=np.uint32)
_FOLD = np.uint64(0x9E3779B97F4A7C15)


class Band(Record):
    """What is kept of one band; four columns of equal length.

    Attributes:
        keys: unsigned 64-bit numbers, ascending.
        counts: how many documents have each key; 32 bits.
        least: the least of their hashes, its upper 32 bits.
        most: the greatest. Where both are equal all of the documents are the same.
    """

    keys: bytes = b""
    counts: bytes = b""
    least: bytes = b""
    most: bytes = b""

    def merge(self, other: "Band") -> "Band":
        """The band over both."""
        return _band(*(left + right for left, right in zip(self.columns, other.columns, strict=True)))

    @property
    def near(self) -> Fraction:
        """The share of documents that have a key in common with another text."""
        counts = np.frombuffer(self.counts, np.uint32).astype(np.int64)
        differ = np.frombuffer(self.least, np.uint32) != np.frombuffer(self.most, np.uint32)
        total = int(counts.sum())
        return Fraction(int(counts[differ].sum()), total) if total else Fraction(0)

    @property
    def columns(self) -> tuple[bytes, bytes, bytes, bytes]:
        """The four columns."""
        return self.keys, self.counts, self.least, self.most


class DuplicateSketch(Record):
    """What is kept of all documents.

    Attributes:
        documents: how many there were.
        hashes: the least of their distinct hashes; unsigned 64-bit numbers, ascending.
        counts: how many documents have each; 32 bits.
        bands: of the documents that are long enough to compare.
    """

    documents: int = 0
    hashes: bytes = b""
    counts: bytes = b""
    bands: tuple[Band, ...] = (Band(),) * BANDS

    def merge(self, other: "DuplicateSketch") -> "DuplicateSketch":
        """The sketch over both; associative and commutative."""
        hashes = np.frombuffer(self.hashes + other.hashes, np.uint64)
        kept, counts = _counted(hashes, np.frombuffer(self.counts + other.counts, np.uint32))
        return DuplicateSketch(
            documents=self.documents + other.documents,
            hashes=kept.tobytes(),
            counts=counts.tobytes(),
            bands=tuple(left.merge(right) for left, right in zip(self.bands, other.bands, strict=True)),
        )

    @property
    def exact(self) -> bool:
        """Whether :attr:`repeated` is no estimate: every distinct document is kept."""
        return len(self.hashes) < KEPT_HASHES * np.dtype(np.uint64).itemsize

    @property
    def repeated(self) -> Fraction:
        """The share of documents that are the same as an earlier one."""
        counts = np.frombuffer(self.counts, np.uint32)
        total = int(counts.sum(dtype=np.int64))
        return 1 - Fraction(len(counts), total) if total else Fraction(0)

    @property
    def near(self) -> Fraction:
        """At least this share of documents is nearly the same as another text.

        Estimated where a band has more than :data:`KEPT_KEYS` distinct keys.
        """
        return max(band.near for band in self.bands)


class Sketching:
    """Makes the sketch of documents that come a few at a time."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sketch = DuplicateSketch()
        self._hashes: list[_Array] = []
        self._keys: list[_Array] = []
        self._compared: list[_Array] = []
        self._waiting = 0

    def add(self, joined: Joined) -> None:
        """Take some documents in."""
        hashes = np.frombuffer(b"".join(map(text_hash, joined.texts)), "<u8")
        self._hashes.append(hashes)
        self._compared.append(hashes[joined.lengths >= GRAM])
        self._keys.append(band_keys(joined))
        self._waiting += len(hashes)
        if self._waiting >= _WAITING:
            self._settle()

    def sketch(self) -> DuplicateSketch:
        """The sketch of all that was taken in."""
        self._settle()
        return self._sketch

    def _settle(self) -> None:
        if not self._waiting:
            return
        hashes, keys = np.concatenate(self._hashes), np.concatenate(self._keys)
        tops = (np.concatenate(self._compared) >> np.uint64(32)).astype(np.uint32).tobytes()
        ones = np.ones(len(keys), np.uint32).tobytes()
        kept, counts = _counted(hashes, np.ones(len(hashes), np.uint32))
        these = DuplicateSketch(
            documents=len(hashes),
            hashes=kept.tobytes(),
            counts=counts.tobytes(),
            bands=tuple(_band(keys[:, band].tobytes(), ones, tops, tops) for band in range(BANDS)),
        )
        self._sketch = self._sketch.merge(these)
        self._hashes, self._keys, self._compared, self._waiting = [], [], [], 0


def text_hash(text: str) -> bytes:
    """The hash of a document, 64 bits, the least significant first."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def band_keys(joined: Joined) -> _Array:
    """One key for each band of each text that has at least :data:`GRAM` characters; 64 bits.

    Returns:
        An array of as many rows and :data:`BANDS` columns.
    """
    long = joined.lengths >= GRAM
    begins = joined.begins[long]
    if not len(begins):
        return np.empty((0, BANDS), np.uint64)
    points = joined.points
    count = len(points) - GRAM + 1
    grams = np.zeros(count + 1, np.uint32)
    for place, factor in enumerate(_PLACES):
        grams[:count] += points[place : place + count] * factor
    grams ^= grams >> np.uint32(15)
    grams *= np.uint32(0x2C1B3C6D)
    grams ^= grams >> np.uint32(13)
    # Runs that cross from one text into the next belong to neither.
    edges = np.empty(2 * len(begins), np.intp)
    edges[0::2] = begins
    edges[1::2] = begins + joined.lengths[long] - GRAM + 1
    keys = np.empty((len(begins), BANDS), np.uint64)
    for band in range(BANDS):
        key = np.full(len(begins), band, np.uint64)
        for mix in _MIX[band * ROWS : (band + 1) * ROWS]:
            row = np.minimum.reduceat((grams ^ mix) * (mix | np.uint32(1)), edges)[::2]
            key = (key ^ row) * _FOLD
            key ^= key >> np.uint64(29)
        keys[:, band] = key
    return keys


def _counted(hashes: _Array, counts: _Array) -> tuple[_Array, _Array]:
    """The least distinct hashes, and how often each comes."""
    distinct, inverse = np.unique(hashes, return_inverse=True)
    sums = np.zeros(len(distinct), np.uint32)
    np.add.at(sums, inverse, counts)
    return distinct[:KEPT_HASHES], sums[:KEPT_HASHES]


def _band(keys: bytes, counts: bytes, least: bytes, most: bytes) -> Band:
    distinct, inverse = np.unique(np.frombuffer(keys, np.uint64), return_inverse=True)
    sums = np.zeros(len(distinct), np.uint32)
    np.add.at(sums, inverse, np.frombuffer(counts, np.uint32))
    lows = np.full(len(distinct), np.iinfo(np.uint32).max, np.uint32)
    np.minimum.at(lows, inverse, np.frombuffer(least, np.uint32))
    highs = np.zeros(len(distinct), np.uint32)
    np.maximum.at(highs, inverse, np.frombuffer(most, np.uint32))
    kept = slice(KEPT_KEYS)
    return Band(
        keys=distinct[kept].tobytes(),
        counts=sums[kept].tobytes(),
        least=lows[kept].tobytes(),
        most=highs[kept].tobytes(),
    )
