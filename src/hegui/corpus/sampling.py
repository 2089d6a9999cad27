"""Lots: which documents are drawn. Whoever has the seed and the files draws the same ones. Pure.

A document's lot is a keyed hash of everything that makes it the one it is, and those with the least lots are
drawn. So the sample is a simple random one of all that is read, the same however files are cut and in
whatever order, and the beginning of every larger one under the same seed.
"""

import hashlib
from collections.abc import Iterable
from operator import attrgetter

import msgspec

from hegui.core import Record, digest_value, to_json
from hegui.corpus.account import LineFault, PartFault
from hegui.corpus.formats.document import CorpusDocument, FileReading

_NUMBER_BYTES = 12
"""Among a million million documents two have the same lot with a chance of one in a hundred thousand."""
_TEXT_BYTES = 32
_OFFSET_BYTES = 8


class Lot(Record):
    """A document and the number it drew.

    Attributes:
        number: 24 hexadecimal digits; the documents with the least are drawn.
        source: the source's id.
        file: as the source declares it.
        line: counted from 1 at the beginning of what was read; of tables, the row.
        offset: of its first byte in the file, unpacked where it is packed; of tables, the row.
        fault: why it cannot be read; ``None`` where it can.
    """

    number: str
    source: str
    file: str
    line: int
    offset: int
    fault: LineFault | None = None


_IN_ORDER = attrgetter("number", "source", "file", "offset")


class ShardLots(Record):
    """What was drawn from a part of a file, and how much there was.

    Attributes:
        read: lines met.
        empty: those with nothing in them; they draw no lot.
        lots: the least ones, in order of their places.
        faults: what could not be read at all.
    """

    read: int = 0
    empty: int = 0
    lots: tuple[Lot, ...] = ()
    faults: tuple[PartFault, ...] = ()

    def shifted(self, lines: int) -> "ShardLots":
        """The same, its lines counted from ``lines`` lines before."""
        moved = tuple(msgspec.structs.replace(lot, line=lot.line + lines) for lot in self.lots)
        return msgspec.structs.replace(self, lots=moved)


class PopulationFile(Record):
    """One file that documents were drawn from.

    Attributes:
        source: the source's id.
        path: as the source declares it.
        digest: of its bytes; empty where they cannot be read.
        size_bytes: of the file.
        reading: how it is read; with the bytes it decides what every document is.
        read: lines met.
        empty: those with nothing in them.
        faults: the parts that could not be read.
    """

    source: str
    path: str
    digest: str
    size_bytes: int
    reading: FileReading | None
    read: int = 0
    empty: int = 0
    faults: tuple[PartFault, ...] = ()


class Population(Record):
    """Everything that a sample is drawn from.

    Attributes:
        files: in order of source and name, whatever order they are given in.
    """

    files: tuple[PopulationFile, ...]

    def __post_init__(self) -> None:
        """Put the files in order."""
        ordered = tuple(sorted(self.files, key=attrgetter("source", "path")))
        msgspec.structs.force_setattr(self, "files", ordered)

    @property
    def documents(self) -> int:
        """How many documents there are: lines that hold something, readable or not."""
        return sum(file.read - file.empty for file in self.files)

    @property
    def by_source(self) -> dict[str, int]:
        """Documents by source."""
        counts: dict[str, int] = {}
        for file in self.files:
            counts[file.source] = counts.get(file.source, 0) + file.read - file.empty
        return counts

    @property
    def faults(self) -> int:
        """How many parts of files could not be read: nobody knows how many documents they hold."""
        return sum(len(file.faults) for file in self.files)

    @property
    def digest(self) -> str:
        """Of the digests of all files and how each is read, which together decide every document."""
        return digest_value(to_json(self.files))


def sampling_key(seed: str) -> bytes:
    """The key that lots are hashed with."""
    return hashlib.blake2b(seed.encode(), digest_size=32, person=b"hegui.sample").digest()


class Urn:
    """Draws lots for the documents of one file."""

    def __init__(self, *, key: bytes, source: str, file: str, digest: str) -> None:
        """Prepare what all of its documents share.

        Args:
            key: of the sample.
            source: the source's id.
            file: as the source declares it; two files with the same bytes are two.
            digest: of its bytes.
        """
        self._source = source
        self._file = file
        self._state = hashlib.blake2b(key=key, digest_size=_NUMBER_BYTES)
        self._state.update(digest_value([source, file, digest]).encode())

    def number(self, document: CorpusDocument) -> str:
        """The number a document draws."""
        text = document.text
        data = b"" if isinstance(text, LineFault) else text.encode("utf-8", "surrogatepass")
        state = self._state.copy()
        state.update(document.offset.to_bytes(_OFFSET_BYTES, "big"))
        state.update(hashlib.blake2b(data, digest_size=_TEXT_BYTES).digest())
        return state.hexdigest()

    def lot(self, number: str, document: CorpusDocument, *, line: int) -> Lot:
        """The lot of a document that may be drawn."""
        fault = document.text if isinstance(document.text, LineFault) else None
        return Lot(
            number=number,
            source=self._source,
            file=self._file,
            line=line,
            offset=document.offset,
            fault=fault,
        )


def least(lots: Iterable[Lot], size: int) -> tuple[Lot, ...]:
    """The ``size`` least lots, in order."""
    return tuple(sorted(lots, key=_IN_ORDER)[:size])


class Drawing:
    """Keeps the least lots of all that come, in any order and grouping.

    Attributes:
        whole: the least of all: a simple random sample of the whole.
        strata: for each source the least of its own: a simple random sample of that source.
    """

    def __init__(self, *, size: int, per_source: int = 0) -> None:
        """Begin with none.

        Args:
            size: how many are drawn from the whole.
            per_source: how many of each source are drawn at least.
        """
        self._size = size
        self._per_source = per_source
        self.whole: tuple[Lot, ...] = ()
        self.strata: dict[str, tuple[Lot, ...]] = {}

    def add(self, source: str, lots: Iterable[Lot]) -> None:
        """Take in lots of one source."""
        lots = tuple(lots)
        self.whole = least((*self.whole, *lots), self._size)
        self.strata[source] = least((*self.strata.get(source, ()), *lots), self._per_source)

    def ceiling(self, source: str) -> str | None:
        """The number above which nothing of ``source`` can be drawn any more; ``None`` where anything can."""
        stratum = self.strata.get(source, ())
        if len(self.whole) < self._size or len(stratum) < self._per_source:
            return None
        return max(lots[-1].number for lots in (self.whole, stratum) if lots)
