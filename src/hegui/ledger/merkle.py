"""Growing RFC 6962 Merkle trees and finding proofs in them. No I/O.

A tree is kept as its *frontier*: the hashes of the complete subtrees it is made of, largest first,
one for each bit set in its size. That is all it takes to append and to know the root. Proofs need
inner nodes as well: of those, the ones at every :data:`STEP`-th level are kept as they are completed,
and the rest are recomputed from at most ``2**STEP`` of them.

The other side, checking proofs, is in :mod:`hegui.ledger.verify`.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from hegui.core import InvalidInput

STEP = 4
"""Inner nodes are kept at levels 4, 8, 12, …; measured in ``benchmarks/ledger.py``."""

HASH_BYTES = 32
"""The length of a SHA-256 and of an SM3 digest."""

Digest = Callable[[bytes], bytes]
"""From bytes to their hash."""


class Node(NamedTuple):
    """The root of one complete subtree of ``2**level`` leaves, the ``position``-th of its level."""

    level: int
    position: int
    hash: bytes


class Place(NamedTuple):
    """Where a complete subtree stands: the key of kept nodes."""

    level: int
    position: int


class Run(NamedTuple):
    """Complete subtrees of one level that stand side by side, ``stop`` excluded."""

    level: int
    start: int
    stop: int


Range = tuple[int, int]
"""Leaves from the first up to but not including the second."""


def sha256(data: bytes) -> bytes:
    """The SHA-256 of ``data``."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """The SM3 of ``data``.

    Raises:
        InvalidInput: this machine's OpenSSL has no SM3.
    """
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError as error:
        raise InvalidInput(
            zh="本机的 OpenSSL 不提供 SM3；请关闭 SM3 第二摘要，或换用带 SM3 的 OpenSSL（1.1.1 以上）",
            en="this machine's OpenSSL has no SM3; switch the second digest off, or use an OpenSSL that has "
            "SM3 (1.1.1 or newer)",
        ) from error


def grow(
    size: int, frontier: tuple[bytes, ...], leaves: Iterable[bytes], digest: Digest = sha256
) -> tuple[tuple[bytes, ...], list[Node]]:
    """Append leaf hashes to a tree.

    Args:
        size: how many leaves the tree has.
        frontier: its complete subtrees, largest first.
        leaves: the leaf hashes to append.
        digest: the hash of the tree.

    Returns:
        The new frontier, and the nodes worth keeping that were completed.
    """
    nodes = list(frontier)
    kept = []
    for leaf in leaves:
        node, level, bits = leaf, 0, size
        while bits & 1:
            node = digest(b"\x01" + nodes.pop() + node)
            level += 1
            bits >>= 1
            if level % STEP == 0:
                kept.append(Node(level, bits, node))
        nodes.append(node)
        size += 1
    return tuple(nodes), kept


def root_of(frontier: tuple[bytes, ...], digest: Digest = sha256) -> bytes:
    """The Merkle tree hash of a frontier; of no leaves, the hash of nothing."""
    if not frontier:
        return digest(b"")
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = digest(b"\x01" + left + node)
    return node


def pack(hashes: Iterable[bytes]) -> bytes:
    """Hashes as one string of bytes."""
    return b"".join(hashes)


def unpack(data: bytes) -> tuple[bytes, ...]:
    """The hashes in one string of bytes."""
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """The subtrees whose hashes are the audit path of leaf ``index``, leaf upwards (RFC 6962 2.1.1)."""
    start, stop = 0, size
    ranges = []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def consistency_ranges(old: int, size: int) -> tuple[Range, ...]:
    """The subtrees whose hashes prove that the first ``old`` leaves still stand (RFC 6962 2.1.2)."""
    if old == 0:
        return ()
    start, stop = 0, size
    ranges = []
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        # The verifier knows the old root, but not the hash of this part of the old tree.
        ranges.append((start, stop))
    return tuple(reversed(ranges))


def stored_runs(ranges: Iterable[Range]) -> list[Run]:
    """Which of the kept nodes (level 0: the leaves) must be read to hash ``ranges``."""
    runs: list[Run] = []
    for run in sorted(_kept_below(place) for start, stop in ranges for place in _cover(start, stop)):
        if runs and runs[-1].level == run.level and runs[-1].stop >= run.start:
            runs[-1] = Run(run.level, runs[-1].start, max(runs[-1].stop, run.stop))
        else:
            runs.append(run)
    return runs


def hash_ranges(
    ranges: Iterable[Range], kept: dict[tuple[int, int], bytes], digest: Digest = sha256
) -> tuple[bytes, ...]:
    """The Merkle tree hash of each range, from the nodes that :func:`stored_runs` asked for."""
    return tuple(
        root_of(tuple([_complete(place, kept, digest) for place in _cover(start, stop)]), digest)
        for start, stop in ranges
    )


def encode_path(path: Iterable[bytes]) -> tuple[str, ...]:
    """A path in base64, as proofs are written."""
    return tuple(base64.b64encode(node).decode("ascii") for node in path)


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return int(1 << ((count - 1).bit_length() - 1))


def _cover(start: int, stop: int) -> list[Place]:
    """The complete subtrees that make up a range which a Merkle tree splits off, largest first."""
    places = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
    return places


def _kept_below(place: Place) -> Run:
    below = place.level % STEP
    return Run(place.level - below, place.position << below, (place.position + 1) << below)


def _complete(place: Place, kept: dict[tuple[int, int], bytes], digest: Digest) -> bytes:
    if place.level % STEP == 0:
        return kept[place]
    run = _kept_below(place)
    row = [kept[run.level, position] for position in range(run.start, run.stop)]
    while len(row) > 1:
        row = [digest(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
