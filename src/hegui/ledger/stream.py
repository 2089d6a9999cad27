"""A stream of entries: how drafts become entries and the tree grows. No I/O."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from hegui.ledger.canonical import canonical_record
from hegui.ledger.merkle import Node, grow, root_of, sha256, sm3
from hegui.ledger.model import EntryRef, Head, Header

SALT_BYTES = 16
"""So many random bytes go with each entry, so that nobody guesses a content that was erased."""


class Draft(NamedTuple):
    """An entry before it has a place."""

    time: str
    kind: str
    actor: str
    content: bytes


class Written(NamedTuple):
    """An entry in its place, ready to be stored."""

    seq: int
    draft: Draft
    salt: bytes
    header: bytes
    commitment: bytes
    leaf: bytes


class Stream(NamedTuple):
    """The state of one stream.

    Attributes:
        stream_id: its name.
        size: how many entries it has.
        frontier: the complete subtrees of its Merkle tree, largest first.
        sm3_frontier: those of its second tree, where it has one.
    """

    stream_id: str
    size: int = 0
    frontier: tuple[bytes, ...] = ()
    sm3_frontier: tuple[bytes, ...] | None = None

    def extend(self, drafts: Sequence[Draft], *, salt: bytes) -> "Extension":
        """Give each draft its place; the stream itself stays as it is.

        Args:
            drafts: the entries.
            salt: :data:`SALT_BYTES` for each of them.
        """
        salts = [salt[start : start + SALT_BYTES] for start in range(0, len(salt), SALT_BYTES)]
        headers = [
            canonical_record(
                Header(actor=draft.actor, kind=draft.kind, seq=seq, stream=self.stream_id, time=draft.time)
            )
            for seq, draft in enumerate(drafts, self.size)
        ]
        commitments = [sha256(each + draft.content) for each, draft in zip(salts, drafts, strict=True)]
        leaves = [
            sha256(b"\x00" + header + commitment)
            for header, commitment in zip(headers, commitments, strict=True)
        ]
        written = list(map(Written, count(self.size), drafts, salts, headers, commitments, leaves))
        frontier, nodes = grow(self.size, self.frontier, leaves)
        second = self.sm3_frontier
        if second is not None:
            second = extend_sm3(self.size, second, (entry.header + entry.commitment for entry in written))
        grown = Stream(self.stream_id, self.size + len(written), frontier, second)
        return Extension(grown, written, nodes)

    def head(self) -> Head:
        """The state as the log of heads remembers it."""
        second = None if self.sm3_frontier is None else root_of(self.sm3_frontier, sm3).hex()
        return Head(root=root_of(self.frontier).hex(), size=self.size, sm3=second, stream=self.stream_id)


class Extension(NamedTuple):
    """A stream after drafts were appended, with what must be stored for it."""

    stream: Stream
    entries: list[Written]
    nodes: list[Node]

    @property
    def refs(self) -> tuple[EntryRef, ...]:
        """The places of the new entries, in order."""
        return tuple(EntryRef(stream=self.stream.stream_id, seq=entry.seq) for entry in self.entries)


def extend_sm3(size: int, frontier: tuple[bytes, ...], leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """Append leaves, given as the bytes they hash, to a second tree."""
    grown, _ = grow(size, frontier, (sm3(b"\x00" + leaf) for leaf in leaves), sm3)
    return grown
