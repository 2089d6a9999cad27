"""Lines that were not screened, copied aside so that somebody can look at them and repair them."""

import base64
from contextlib import suppress

import msgspec

from hegui.core import Record
from hegui.corpus.account import SetAside
from hegui.corpus.opening import open_bytes
from hegui.corpus.shard import read_errors
from hegui.store import Blobs

_PART_BYTES = 8 << 20


class KeptLine(Record):
    """One line of the kept-aside file: lines that follow one another and have the same fault.

    Attributes:
        file: as the source declares it.
        line: the first of them, counted from 1.
        lines: how many.
        offset: of the first byte in the file.
        length: in bytes.
        fault: why they were not screened.
        base64: their bytes; ``None`` where they are over-long, or packed.
    """

    file: str
    line: int
    lines: int
    offset: int
    length: int
    fault: str
    base64: str | None


class KeptAside:
    """The kept-aside file of one scan: JSON Lines, in blobs of a few megabytes."""

    def __init__(self, blobs: Blobs, *, longest_bytes: int) -> None:
        """Write into ``blobs``; lines over ``longest_bytes`` are named without their bytes."""
        self._blobs = blobs
        self._longest_bytes = longest_bytes
        self._part = bytearray()
        self._digests: list[str] = []

    def add(self, lines: SetAside, *, name: str, place: str | None) -> None:
        """Copy lines of a file.

        Args:
            lines: where they stand.
            name: what the source calls the file.
            place: where it lies; ``None`` where the lines do not lie in it as they are counted.

        Raises:
            StorageFull: the disk is full.
        """
        data = None
        # What cannot be read any more is named all the same.
        with suppress(*read_errors()):
            if place is not None and lines.length <= self._longest_bytes:
                with open_bytes(place) as file:
                    file.seek(lines.offset)
                    data = base64.b64encode(file.read(lines.length)).decode()
        kept = KeptLine(
            file=name,
            line=lines.line,
            lines=lines.lines,
            offset=lines.offset,
            length=lines.length,
            fault=lines.fault,
            base64=data,
        )
        self._part += msgspec.json.encode(kept) + b"\n"
        if len(self._part) >= _PART_BYTES:
            self._flush()

    def close(self) -> tuple[str, ...]:
        """Write what is left and return the digests of the parts, in order.

        Raises:
            StorageFull: the disk is full.
        """
        if self._part:
            self._flush()
        return tuple(self._digests)

    def _flush(self) -> None:
        self._digests.append(self._blobs.put(bytes(self._part)))
        self._part.clear()
