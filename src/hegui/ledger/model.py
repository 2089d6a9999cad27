"""What the ledger speaks of: entries, heads, checkpoints, proofs."""

import re
from functools import lru_cache

from hegui.core import InvalidInput, Json, NotFound, Record

MAIN = "main"
"""The stream whose entries join the caller's own transaction."""

HEADS = "heads"
"""The name under which the log of heads keeps its own tree; no stream of entries may bear it."""

ERASED_KIND = "ledger.content_erased"
"""The entry that explains why the content of another is gone."""

_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,62})/(0|[1-9][0-9]{0,15})")
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*)+")


class EntryRef(Record, order=True):
    """The place of one entry, written ``main/17``.

    Attributes:
        stream: the stream.
        seq: the position in it, counted from 0: the leaf index in the stream's Merkle tree.
    """

    stream: str
    seq: int

    def __str__(self) -> str:
        """As people and figures write it."""
        return f"{self.stream}/{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "EntryRef":
        """Read ``main/17``.

        Raises:
            InvalidInput: that is not how a reference is written.
        """
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise InvalidInput(
                zh=f"{text!r} 不是记录编号；请写成 main/17 的样子（用 hegui ledger list 查看）",
                en=f"{text!r} is not a reference to an entry; write it like main/17 (see hegui ledger list)",
            )
        return cls(stream=match[1], seq=int(match[2]))


class Header(Record):
    """What of an entry stands for ever.

    The fields are declared in alphabetical order: encoding the record as it is gives RFC 8785, and a
    property test holds it to that.
    """

    actor: str
    kind: str
    seq: int
    stream: str
    time: str


class Entry(Record):
    """One entry of the ledger.

    Attributes:
        ref: its place.
        time: when, in UTC.
        kind: what happened, as ``corpus.scanned``.
        actor: who or what did it.
        content: what is recorded; ``None`` once it has been erased.
        leaf: its leaf hash in the stream's Merkle tree, in hexadecimal.
    """

    ref: EntryRef
    time: str
    kind: str
    actor: str
    content: Json
    leaf: str


class Head(Record, kw_only=True, omit_defaults=True):
    """The state of one stream, as the log of heads remembers it; fields in alphabetical order.

    Attributes:
        root: the stream's Merkle root in hexadecimal.
        size: how many entries it covers.
        sm3: the root of the second tree, hashed with SM3, where the stream has one.
        stream: the stream.
    """

    root: str
    size: int
    sm3: str | None = None
    stream: str


class Checkpoint(Record):
    """A signed statement of everything the ledger held at one moment.

    Attributes:
        origin: the name of the ledger, which is also the name of its key.
        size: how many heads the log of heads held.
        root: the Merkle root of the log of heads, in hexadecimal.
        time: when it was signed, in UTC.
        note: the signed note, in the form of C2SP tlog-checkpoint.
    """

    origin: str
    size: int
    root: str
    time: str
    note: str


class InclusionProof(Record):
    """That one entry stands in the ledger, provable with the checkpoint alone.

    Attributes:
        ref: the entry.
        leaf: its leaf hash, in hexadecimal.
        path: the audit path from the leaf to the root of the stream at ``head``, in base64.
        head: the head of the stream, canonical JSON: a leaf of the log of heads.
        head_index: where that head stands in the log of heads.
        head_path: the audit path from the head to the root that the checkpoint signs, in base64.
        checkpoint: the signed note.
    """

    ref: EntryRef
    leaf: str
    path: tuple[str, ...]
    head: str
    head_index: int
    head_path: tuple[str, ...]
    checkpoint: str


class Seal(Record):
    """What was signed over a directory.

    Attributes:
        digest: the digest of ``manifest.json``.
        files: how many files it lists.
        note: the signed note over the digest.
    """

    digest: str
    files: int
    note: str


class EntryMissing(NotFound):
    """No entry stands at that place."""

    def __init__(self, ref: EntryRef) -> None:
        """Name the place."""
        super().__init__(
            zh=f"没有记录 {ref}；用 hegui ledger list 查看现有记录",
            en=f"there is no entry {ref}; hegui ledger list shows those there are",
        )
        self.ref = ref


@lru_cache(maxsize=256)
def check_words(*, kind: str, actor: str) -> None:
    """Refuse a kind or an actor that could not be read back by everyone.

    Raises:
        InvalidInput: the kind is not dotted lower-case words, or the actor is empty or not printable.
    """
    if _KIND.fullmatch(kind) is None:
        raise InvalidInput(
            zh=f"{kind!r} 不是记录种类；请写成 corpus.source_registered 的样子",
            en=f"{kind!r} is not a kind of entry; write it like corpus.source_registered",
        )
    if not actor or not actor.isprintable():
        raise InvalidInput(
            zh=f"操作者 {actor!r} 为空或含有不可显示的字符；请写明是谁",
            en=f"the actor {actor!r} is empty or not printable; say who it is",
        )
