"""The texts that were drawn, many in one blob: a file for each would take a second for every two hundred."""

from collections.abc import Iterable, Iterator

import msgspec

from hegui.core import digest_bytes
from hegui.spotcheck.model import KeptText
from hegui.store import Blobs

_PART_BYTES = 1 << 20


def keep_texts(
    blobs: Blobs, texts: Iterable[tuple[str, str]], *, part_bytes: int = _PART_BYTES
) -> Iterator[tuple[str, KeptText]]:
    """Keep texts, in memory bounded by the longest of them.

    Args:
        blobs: where.
        texts: names and texts.
        part_bytes: how much is kept in one blob, the last text excepted.

    Returns:
        The names, and where each text is kept.

    Raises:
        StorageFull: the disk is full.
    """
    part = bytearray()
    waiting: list[tuple[str, KeptText]] = []
    for name, text in texts:
        data = text.encode("utf-8", "surrogatepass")
        kept = KeptText(
            digest=digest_bytes(data), blob="", start=len(part), length=len(data), characters=len(text)
        )
        waiting.append((name, kept))
        part += data
        if len(part) >= part_bytes:
            yield from _flushed(blobs, part, waiting)
            part.clear()
            waiting.clear()
    if waiting:
        yield from _flushed(blobs, part, waiting)


def read_text(blobs: Blobs, kept: KeptText) -> str:
    """The text that was kept.

    Raises:
        NotFound: it is no longer there.
    """
    data = blobs.get(kept.blob, start=kept.start, length=kept.length)
    return data.decode("utf-8", "surrogatepass")


def _flushed(
    blobs: Blobs, part: bytearray, waiting: list[tuple[str, KeptText]]
) -> Iterator[tuple[str, KeptText]]:
    blob = blobs.put(bytes(part))
    for name, kept in waiting:
        yield name, msgspec.structs.replace(kept, blob=blob)
