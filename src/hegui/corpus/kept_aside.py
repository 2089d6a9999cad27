"""Lines that were not screened, copied aside so that somebody can look at them and repair them."""

import base64
from pathlib import Path

import msgspec

from hegui.core import Record
from hegui.corpus.model import SetAside
from hegui.store import Blobs

_PART_BYTES = 8 << 20


class KeptLine(Record):
    """One line of the kept-aside file.

    Attributes:
        file: as the source declares it.
        line: counted from 1.
        offset: of the first byte in the file.
        length: in bytes.
        fault: why it was not screened.
        base64: the line's bytes; ``None`` where it is over-long.
    """

    file: str
    line: int
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

    def add(self, path: Path, *, name: str, lines: tuple[SetAside, ...]) -> None:
        """Copy ``lines`` of the file at ``path``, which the source calls ``name``.

        Raises:
            StorageFull: the disk is full.
        """
        if not lines:
            return
        with path.open("rb") as file:
            for each in lines:
                data = None
                if each.length <= self._longest_bytes:
                    file.seek(each.offset)
                    data = base64.b64encode(file.read(each.length)).decode()
                kept = KeptLine(
                    file=name,
                    line=each.line,
                    offset=each.offset,
                    length=each.length,
                    fault=each.fault,
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
