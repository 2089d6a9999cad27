"""Verify evidence that Hegui exported. One file; needs Python and the ``cryptography`` package only.

::

    python verify.py DIRECTORY [--key VKEY] [--checkpoint NOTE] [--json] [--lang zh]

DIRECTORY is an export (``heads.jsonl``, ``streams/`` …) or a sealed bundle (``manifest.json``, documents,
and an export in ``evidence/``). Exit status: 0 everything agrees, 4 something does not, 2 there is nothing
here that could be verified.

What is checked, in this order, and all of it even where something fails:

1. a bundle's ``manifest.note`` is signed and holds the digest of ``manifest.json``, which lists exactly the
   files that are there, each with its digest;
2. every checkpoint is signed by the key; give ``--key`` to say which key you trust, for the key inside
   the directory is only what its maker says it is;
3. the log of heads (``heads.jsonl``) has the Merkle root that each checkpoint signed;
4. each stream of entries has, at each size the log of heads remembers, the Merkle root it remembers, and
   not one entry more or less than its last head covers;
5. each entry is in its place, and its content is what its commitment committed to; content that was
   erased is accounted for by an entry that says so; content that a figure or an erasure depends on is
   canonical JSON, with one reading only;
6. a checkpoint you kept from earlier (``--checkpoint``) still holds: nothing it covered was rewritten or cut;
7. every figure of ``figures.json`` is what the cited entry says, as rendered.

The formats: RFC 6962 (Merkle trees), RFC 8785 (canonical JSON), C2SP signed-note and tlog-checkpoint.
An entry's leaf is SHA-256(00 || header || commitment), its commitment SHA-256(salt || content); a stream is
a file of lines ``commitment TAB salt TAB header TAB content``, in hexadecimal and canonical JSON, with
``-`` for salt and content where they were erased.

The functions that check proofs (:func:`check_inclusion`, :func:`check_consistency`, :func:`check_proof`)
are here too.
"""

import argparse
import base64
import binascii
import datetime as dt
import hashlib
import itertools
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Digest = Callable[[bytes], bytes]

# --- What is reported ----------------------------------------------------------------------------


class Finding(NamedTuple):
    """Something to say about a place: a file, a line of it, an entry."""

    place: str
    zh: str
    en: str


class Unusable(Exception):
    """There is nothing that could be verified."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say why, in both languages."""
        super().__init__(en)
        self.zh = zh
        self.en = en


class Refused(Exception):
    """One thing that was looked at is not what it must be."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong, in both languages."""
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass
class Report:
    """What verification found.

    Attributes:
        origin: the name of the ledger, once a signature has vouched for it.
        key: the verifier key used.
        pinned: whether that key was given by whoever verifies; if not, it came with the evidence.
        time: the time of the newest checkpoint.
        streams: the number of entries, by stream.
        erased: how many entries had their content erased, with a reason on record.
        files: how many files of a bundle were checked.
        figures: how many figures were checked.
        stamps: how many time stamps by a third party are present.
        problems: what does not agree. Empty means verified.
        remarks: what one should know besides.
    """

    origin: str = ""
    key: str = ""
    pinned: bool = False
    time: str = ""
    streams: dict[str, int] = field(default_factory=dict)
    erased: int = 0
    files: int = 0
    figures: int = 0
    stamps: int = 0
    problems: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.problems

    def problem(self, place: str, *, zh: str, en: str) -> None:
        """Report something that does not agree."""
        self.problems.append(Finding(place, zh, en))

    def remark(self, place: str, *, zh: str, en: str) -> None:
        """Report something worth knowing."""
        self.remarks.append(Finding(place, zh, en))

    def as_json(self) -> dict[str, object]:
        """The report for machines."""
        values = {**self.__dict__, "ok": self.ok}
        for name in ("problems", "remarks"):
            values[name] = [finding._asdict() for finding in values[name]]
        return values


# --- Merkle trees (RFC 6962, section 2.1) --------------------------------------------------------


def sha256(data: bytes) -> bytes:
    """The SHA-256 of ``data``."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """The SM3 of ``data``.

    Raises:
        Unusable: this machine has no SM3.
    """
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError as error:
        raise Unusable(
            zh="这份证据带有 SM3 第二摘要，而本机的 OpenSSL 不提供 SM3",
            en="this evidence has a second digest in SM3, which this machine's OpenSSL does not have",
        ) from error


class Tree:
    """A Merkle tree that grows: the complete subtrees it is made of, largest first."""

    def __init__(self, digest: Digest = sha256) -> None:
        """Begin with no leaves."""
        self.digest = digest
        self.size = 0
        self.nodes: list[bytes] = []

    def append(self, node: bytes, *, leaves: int = 1) -> None:
        """Append a leaf hash, or a complete subtree of ``leaves`` leaves (a power of two)."""
        bits = self.size // leaves
        while bits & 1:
            node = self.digest(b"\x01" + self.nodes.pop() + node)
            bits >>= 1
        self.nodes.append(node)
        self.size += leaves

    def root(self, beyond: Sequence[bytes] = ()) -> bytes:
        """The Merkle tree hash, with the complete subtrees ``beyond`` appended for the occasion."""
        nodes = [*self.nodes, *beyond]
        if not nodes:
            return self.digest(b"")
        node = nodes.pop()
        while nodes:
            node = self.digest(b"\x01" + nodes.pop() + node)
        return node


def check_inclusion(
    *, index: int, size: int, leaf: bytes, path: Iterable[bytes], root: bytes, digest: Digest = sha256
) -> bool:
    """Whether ``path`` proves that ``leaf`` stands at ``index`` in the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = digest(b"\x01" + sibling + node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = digest(b"\x01" + node + sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def check_consistency(
    *,
    old_size: int,
    new_size: int,
    old_root: bytes,
    new_root: bytes,
    path: Sequence[bytes],
    digest: Digest = sha256,
) -> bool:
    """Whether ``path`` proves that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == digest(b"")
    if not 0 < old_size < new_size or not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    # The old tree may be one of the new tree's subtrees; its root then is not repeated in the proof.
    siblings = list(path) if position else [old_root, *path]
    old = new = siblings[0]
    for sibling in siblings[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = digest(b"\x01" + sibling + old), digest(b"\x01" + sibling + new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = digest(b"\x01" + new + sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# --- Canonical JSON (RFC 8785, without floating-point numbers) -----------------------------------


def canonical(value: object) -> str:
    """The canonical form of a JSON value."""
    return _encode(_in_order(value))


def parse_canonical(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a canonical JSON text.

    Raises:
        Refused: it is not JSON, or not in its one canonical form.
    """
    try:
        value, end = _scan(text)
        agrees = end == len(text) and canonical(value) == text
    except (ValueError, RecursionError) as error:
        raise Refused(zh=f"不是 JSON（{error}）", en=f"not JSON ({error})") from error
    if not agrees:
        raise Refused(
            zh="不是规范 JSON（RFC 8785）：次序、空白或写法不同",
            en="not canonical JSON (RFC 8785): order, white space or spelling differ",
        )
    return value


def _in_order(value: object) -> object:
    # RFC 8785 sorts names by UTF-16 code units, which is not Python's order of text.
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _in_order(value[name]) for name in names}
    return [_in_order(member) for member in value] if isinstance(value, list) else value


def _refuse_number(text: str) -> None:
    message = f"{text} is not allowed; shares are decimal text"
    raise ValueError(message)


_scan = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number).raw_decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# --- Signed notes (C2SP signed-note) -------------------------------------------------------------

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VERIFIER_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_ED25519_KEY_BYTES = 33


class VerifierKey(NamedTuple):
    """The public key of a ledger and the name it signs under."""

    text: str
    name: str
    key_id: bytes
    public: Ed25519PublicKey


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a vkey, ``name+key id+base64``.

    Raises:
        Refused: it is not the vkey of an Ed25519 key.
    """
    match = _VERIFIER_KEY.fullmatch(text)
    material = strict_base64(match[3]) if match else b""
    if not match or len(material) != _ED25519_KEY_BYTES or material[:1] != _ED25519:
        raise Refused(
            zh=f"{text!r} 不是 Ed25519 验证钥（形如 名称+8位编号+base64）",
            en=f"{text!r} is not an Ed25519 verifier key (name+key id+base64)",
        )
    key_id = sha256(match[1].encode() + b"\n" + material)[:4]
    if key_id.hex() != match[2]:
        raise Refused(zh="验证钥的编号与钥不符", en="the verifier key does not match its key id")
    return VerifierKey(text, match[1], key_id, Ed25519PublicKey.from_public_bytes(material[1:]))


def open_note(note: str, key: VerifierKey) -> list[str]:
    """The lines that a note's signature by ``key`` vouches for.

    Raises:
        Refused: it is not a signed note, or carries no valid signature by ``key``.
    """
    body, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or any(sign < " " and sign != "\n" for sign in note):
        raise Refused(zh="不是签名文书（signed note）", en="not a signed note")
    text = f"{body}\n"
    signed = False
    for line in signatures[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise Refused(zh=f"签名行格式不对：{line!r}", en=f"malformed signature line: {line!r}")
        signature = strict_base64(match[2])
        if match[1] == key.name and signature[:4] == key.key_id:
            _check_signature(key, signature[4:], text)
            signed = True
    if not signed:
        raise Refused(
            zh=f"没有 {key.name}（编号 {key.key_id.hex()}）的签名",
            en=f"no signature by {key.name} (key id {key.key_id.hex()})",
        )
    return body.split("\n")


def strict_base64(text: str) -> bytes:
    """The bytes of a base64 text, in its one canonical spelling.

    Raises:
        Refused: it is not base64, or spelt otherwise.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(zh=f"{text!r} 不是 base64", en=f"{text!r} is not base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise Refused(zh=f"{text!r} 不是规范的 base64", en=f"{text!r} is not canonical base64")
    return data


def _check_signature(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        key.public.verify(signature, text.encode())
    except InvalidSignature as error:
        raise Refused(
            zh=f"{key.name} 的签名无效：文字或签名被改动", en=f"the signature by {key.name} is not valid"
        ) from error


# --- Checkpoints (C2SP tlog-checkpoint) and proofs -----------------------------------------------

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class Checkpoint(NamedTuple):
    """What a checkpoint says of the log of heads."""

    size: int
    root: bytes
    sm3_root: bytes | None
    time: str


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint signed by ``key``.

    Raises:
        Refused: it is no checkpoint, or not signed by ``key``.
    """
    lines = open_note(note, key)
    if len(lines) < 3 or lines[0] != key.name or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - origin, size, root
        raise Refused(zh="已签名，但不是该台账的检查点", en="signed, but not a checkpoint of this ledger")
    extensions = dict(line.partition(" ")[::2] for line in lines[3:])
    second = extensions.get("sm3")
    return Checkpoint(
        size=int(lines[1]),
        root=strict_base64(lines[2]),
        sm3_root=None if second is None else strict_base64(second),
        time=extensions.get("time", ""),
    )


def check_proof(proof: Mapping[str, Any], key: VerifierKey) -> Checkpoint:
    """Check an inclusion proof as ``hegui ledger prove --json`` prints it.

    Returns:
        The checkpoint that the entry is proved by.

    Raises:
        Refused: it proves nothing.
    """
    checkpoint = open_checkpoint(proof["checkpoint"], key)
    head = parse_canonical(proof["head"])
    stands = head["stream"] == proof["ref"]["stream"] and check_inclusion(
        index=proof["ref"]["seq"],
        size=head["size"],
        leaf=bytes.fromhex(proof["leaf"]),
        path=[strict_base64(node) for node in proof["path"]],
        root=bytes.fromhex(head["root"]),
    )
    if not stands:
        raise Refused(zh="记录不在该流的这一状态中", en="the entry is not in the stream at that head")
    covered = check_inclusion(
        index=proof["head_index"],
        size=checkpoint.size,
        leaf=sha256(b"\x00" + proof["head"].encode()),
        path=[strict_base64(node) for node in proof["head_path"]],
        root=checkpoint.root,
    )
    if not covered:
        raise Refused(zh="检查点没有涵盖该流的这一状态", en="the checkpoint does not cover that head")
    return checkpoint


# --- The streams of entries ----------------------------------------------------------------------

_CHUNK_ENTRIES = 1 << 14
_PARALLEL_FROM_BYTES = 32 << 20
_BLOCK_BYTES = 1 << 17
_DIGEST_BYTES = 32
_SALT_BYTES = 16
_ERASED_KIND = b"ledger.content_erased"
_STREAM_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HEADER_BEGINS = rb'\{"actor":"(?:[^"\\\x00-\x1f]+|\\["\\])+","kind":"([a-z_.]+)"'
_BEGIN = re.compile(_HEADER_BEGINS)
_LINE = re.compile(
    rb"([0-9a-f]{64})\t(-|[0-9a-f]{32,128})\t(" + _HEADER_BEGINS + rb',"seq":(0|[1-9][0-9]{0,15}),'
    rb'"stream":"([a-z0-9-]+)","time":"[0-9TZ:.-]+"\})\t([^\t]+)'
)

Ref = tuple[str, int]


class Chunk(NamedTuple):
    """Consecutive lines of a stream's file, to be checked by themselves.

    Attributes:
        path: the file.
        place: the file's name in the report.
        stream_id: the stream.
        first: the position of the first entry, a multiple of the chunk size.
        offset: where in the file its line begins.
        length: how many bytes the lines have.
        cuts: the sizes, counted from ``first``, at which the state of the tree is wanted.
        wanted: the positions of entries whose content is wanted.
        with_sm3: whether the stream has a second tree.
    """

    path: str
    place: str
    stream_id: str
    first: int
    offset: int
    length: int
    cuts: tuple[int, ...]
    wanted: frozenset[int]
    with_sm3: bool


@dataclass
class Checked:
    """What checking a chunk found.

    Attributes:
        size: how many entries it has.
        states: the complete subtrees at each size that was asked for, and at the chunk's own.
        sm3_states: likewise in the second tree.
        contents: the contents that were wanted.
        erased: the positions of entries without content.
        erasures: the entries whose erasure is recorded here.
        problems: what does not agree.
    """

    size: int = 0
    states: dict[int, list[bytes]] = field(default_factory=dict)
    sm3_states: dict[int, list[bytes]] = field(default_factory=dict)
    contents: dict[int, str] = field(default_factory=dict)
    erased: list[int] = field(default_factory=list)
    erasures: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


CheckAll = Callable[[Iterable[Chunk]], Iterator[Checked]]


def check_chunk(chunk: Chunk) -> Checked:
    """Check the lines of one chunk: format, place, commitment, content; and hash them."""
    if chunk.with_sm3:
        sm3(b"")  # says so where this machine has none
    checked = Checked()
    hashes: list[bytes] = []
    seconds: list[bytes] = []
    for batch in _batches(chunk):
        first = chunk.first + len(hashes)
        leaves = _check_lines(checked, chunk, first, batch)
        hashes += [hashlib.sha256(leaf).digest() for leaf in leaves]
        if chunk.with_sm3:
            seconds += [hashlib.new("sm3", leaf).digest() for leaf in leaves]
        if len(leaves) < len(batch):
            _add(
                checked,
                chunk,
                chunk.first + len(hashes),
                zh="这一行不是记录（被截断或改写？）；其后的行无法核验",
                en="this line is no entry (cut off or rewritten?); the lines after it cannot be verified",
            )
            break
    checked.size = len(hashes)
    cuts = {*chunk.cuts, checked.size}
    checked.states = _states(hashes, cuts, hashlib.sha256)
    if chunk.with_sm3:
        checked.sm3_states = _states(seconds, cuts, lambda data: hashlib.new("sm3", data))
    return checked


def _check_lines(checked: Checked, chunk: Chunk, first: int, lines: list[bytes]) -> list[bytes]:
    """The leaves of the lines, as they are hashed, up to the first that is no entry."""
    leaves = _check_together(checked, chunk, first, lines)
    return _check_singly(checked, chunk, first, lines) if leaves is None else leaves


def _check_together(checked: Checked, chunk: Chunk, first: int, lines: list[bytes]) -> list[bytes] | None:
    """The leaves of lines that are all as they must be; where any is not, nothing, and nothing is noted.

    This decides as :func:`_check_singly` does, column by column instead of line by line: a large log is
    read at several times its speed.
    """
    rows = [line.split(b"\t") for line in lines]
    if {*map(len, rows)} != {4}:
        return None
    commitments, salts, headers, contents = zip(*rows, strict=True)
    digests = _from_hex(commitments, 2 * _DIGEST_BYTES)
    erasures = _places_of_erasures(chunk, first, headers)
    if digests is None or erasures is None or not all(contents):
        return None
    erased = _places_of_erased(salts, contents)
    if not _are_committed_to(erased, digests, salts, contents):
        return None
    checked.erased += [first + place for place in erased]
    wanted = {seq - first for seq in chunk.wanted if first <= seq < first + len(lines)}
    for place in sorted((wanted | erasures) - erased):
        _read_content(checked, chunk, first + place, contents[place], erasure=place in erasures)
    return [b"\x00" + header + digest for header, digest in zip(headers, digests, strict=True)]


def _from_hex(texts: Sequence[bytes], width: int) -> list[bytes] | None:
    """What texts of ``width`` lower-case hexadecimal digits stand for; nothing where one is no such text."""
    together = b"".join(texts)
    try:
        data = binascii.unhexlify(together)
    except ValueError:
        return None
    if not {*map(len, texts)} <= {width} or data.hex().encode() != together:
        return None
    return [data[start : start + width // 2] for start in range(0, len(data), width // 2)]


def _places_of_erasures(chunk: Chunk, first: int, headers: Sequence[bytes]) -> set[int] | None:
    """Which entries record an erasure; nothing where a header is not what must stand in its place.

    Quotes inside JSON text are escaped, so what separates the fields cannot occur within one.
    """
    rest = f',"stream":"{chunk.stream_id}","time":"'.encode()
    parts = [header.partition(b',"seq":%d%b' % (seq, rest)) for seq, header in enumerate(headers, first)]
    begins, _, times = zip(*parts, strict=True)
    kinds = {begin: _BEGIN.fullmatch(begin) for begin in {*begins}}
    if b'"}' in times or {time.lstrip(b"0123456789TZ:.-") for time in times} != {b'"}'}:
        return None
    if None in kinds.values():
        return None
    erasing = {begin for begin, match in kinds.items() if match and match[1] == _ERASED_KIND}
    return {place for place, begin in enumerate(begins) if begin in erasing} if erasing else set()


def _places_of_erased(salts: Sequence[bytes], contents: Sequence[bytes]) -> set[int]:
    if b"-" not in salts:
        return set()
    return {place for place, pair in enumerate(zip(salts, contents, strict=True)) if pair == (b"-", b"-")}


def _are_committed_to(
    erased: set[int], digests: Sequence[bytes], salts: Sequence[bytes], contents: Sequence[bytes]
) -> bool:
    """Whether every content that was not erased is what its commitment, with its salt, committed to."""
    if erased:
        kept = [place not in erased for place in range(len(digests))]
        digests, salts, contents = (
            list(itertools.compress(column, kept)) for column in (digests, salts, contents)
        )
    grains = _from_hex(salts, 2 * _SALT_BYTES)
    if grains is None or b"-" in contents:
        return False
    pairs = zip(grains, contents, strict=True)
    return [hashlib.sha256(salt + content).digest() for salt, content in pairs] == digests


def _check_singly(checked: Checked, chunk: Chunk, first: int, lines: list[bytes]) -> list[bytes]:
    """The leaves of the lines up to the first that is no entry; whatever is wrong with any is noted."""
    leaves: list[bytes] = []
    stream_id = chunk.stream_id.encode()
    for seq, line in enumerate(lines, first):
        match = _LINE.fullmatch(line)
        if match is None:
            break
        commitment, salt, header, kind, number, stream, content = match.groups()
        if int(number) != seq or stream != stream_id:
            _report_misplaced(checked, chunk, seq, f"{stream.decode()}/{number.decode()}")
        raw = bytes.fromhex(commitment.decode())
        leaves.append(b"\x00" + header + raw)
        if content == b"-" or salt == b"-":
            _check_erased(checked, chunk, seq, whole=content == salt)
            continue
        altered = hashlib.sha256(bytes.fromhex(salt.decode()) + content).digest() != raw
        if altered:
            _report_altered(checked, chunk, seq)
        erasure = kind == _ERASED_KIND
        if altered or erasure or seq in chunk.wanted:
            _read_content(checked, chunk, seq, content, erasure=erasure)
    return leaves


def _batches(chunk: Chunk) -> Iterator[list[bytes]]:
    """The lines, some hundreds at a time: so few stay in the processor's cache while they are checked."""
    left, rest = chunk.length, b""
    with Path(chunk.path).open("rb") as file:
        file.seek(chunk.offset)
        while block := file.read(min(left, max(_BLOCK_BYTES, 2 * len(rest)))):
            left -= len(block)
            *lines, rest = (rest + block).split(b"\n")
            if lines:
                yield lines
    if rest:
        # What is left after the last line break is no line, and an empty one will be refused.
        yield [b""]


def _report_altered(checked: Checked, chunk: Chunk, seq: int) -> None:
    _add(
        checked,
        chunk,
        seq,
        zh="内容与其承诺值不符：内容、盐或承诺值被改动",
        en="the content is not what was committed to: content, salt or commitment was changed",
    )


def _states(
    leaves: list[bytes], cuts: Iterable[int], new: Callable[[bytes], "hashlib._Hash"]
) -> dict[int, list[bytes]]:
    """The complete subtrees, largest first, of the tree over the first leaves, for each size in ``cuts``."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([new(b"\x01" + left + right).digest() for left, right in zip(below[::2], below[1::2])])  # noqa: B905 - an odd one waits
    return {
        size: [
            levels[level][(size >> level) - 1] for level in reversed(range(len(levels))) if size >> level & 1
        ]
        for size in cuts
        if size <= len(leaves)
    }


def _report_misplaced(checked: Checked, chunk: Chunk, seq: int, found: str) -> None:
    _add(
        checked,
        chunk,
        seq,
        zh=f"这里应是 {chunk.stream_id}/{seq}，却写着 {found}：记录被调换、插入或删去",
        en=f"{chunk.stream_id}/{seq} belongs here, but the line says {found}: entries were moved, inserted "
        "or dropped",
    )


def _check_erased(checked: Checked, chunk: Chunk, seq: int, *, whole: bool) -> None:
    if whole:
        checked.erased.append(seq)
    else:
        _add(
            checked,
            chunk,
            seq,
            zh="盐和内容必须同时保留或同时删除",
            en="salt and content must both stand or both be erased",
        )


def _read_content(checked: Checked, chunk: Chunk, seq: int, content: bytes, *, erasure: bool) -> None:
    """Check and note a content that something depends on, or that was changed."""
    try:
        parse_canonical(content.decode())
    except Refused as error:
        _add(checked, chunk, seq, zh=f"内容{error.zh}", en=f"the content is {error.en}")
    except UnicodeDecodeError:
        _add(checked, chunk, seq, zh="内容不是 UTF-8", en="the content is not UTF-8")
    if erasure:
        checked.erasures.append(_erased_entry(content))
    if seq in chunk.wanted:
        checked.contents[seq] = content.decode("utf-8", "replace")


def _erased_entry(content: bytes) -> str:
    try:
        value = parse_canonical(content.decode("utf-8", "replace"))
    except Refused:
        return ""
    return str(value.get("entry")) if isinstance(value, dict) else ""


def _add(checked: Checked, chunk: Chunk, seq: int, *, zh: str, en: str) -> None:
    place = f"{chunk.place}:{seq + 1} ({chunk.stream_id}/{seq})"
    checked.problems.append(Finding(place, zh, en))


# --- An export -----------------------------------------------------------------------------------


class _Head(NamedTuple):
    """One line of the log of heads."""

    line: int
    stream_id: str
    size: int
    root: bytes
    sm3_root: bytes | None


class _Export:
    """One exported ledger and the report on it."""

    def __init__(
        self, directory: Path, report: Report, *, wanted: Iterable[Ref], prefix: str, processes: int
    ) -> None:
        self._directory = directory
        self._processes = processes
        self._report = report
        self._prefix = prefix
        self._wanted: dict[str, set[int]] = {}
        for stream_id, seq in wanted:
            self._wanted.setdefault(stream_id, set()).add(seq)
        self._log = Tree()
        self._sm3_log = Tree(sm3)
        self._log_roots: dict[int, bytes] = {}
        self._sm3_log_roots: dict[int, bytes] = {}
        self.contents: dict[Ref, str] = {}
        self.present: dict[str, int] = {}

    def verify(self, key: VerifierKey, pinned: str | None) -> None:
        """Check everything, in the order of the module's description."""
        report = self._report
        notes = self._open_checkpoints(key)
        heads = self._read_heads({checkpoint.size for checkpoint in notes.values()}, with_sm3=_has_sm3(notes))
        for place, checkpoint in notes.items():
            self._compare_log(place, checkpoint)
        newest = notes.get(f"{self._prefix}checkpoint.note")
        if newest is not None:
            report.origin, report.time = key.name, newest.time
            if newest.size < self._log.size:
                report.problem(
                    f"{self._prefix}heads.jsonl:{newest.size + 1}",
                    zh=f"第 {newest.size + 1} 行起没有检查点涵盖",
                    en=f"no checkpoint covers the lines from {newest.size + 1} on",
                )
        self._check_streams(heads)
        self._check_stamps()
        if pinned is not None:
            self._compare_pinned(key, pinned)

    # Checkpoints and the log of heads.

    def _open_checkpoints(self, key: VerifierKey) -> dict[str, Checkpoint]:
        opened: dict[str, Checkpoint] = {}
        folder = self._directory / "checkpoints"
        earlier = sorted(folder.glob("*")) if folder.is_dir() else []
        for path in [self._directory / "checkpoint.note", *earlier]:
            place = self._prefix + path.relative_to(self._directory).as_posix()
            try:
                opened[place] = checkpoint = open_checkpoint(_read(path), key)
            except Refused as error:
                self._report.problem(place, zh=error.zh, en=error.en)
                continue
            if path.parent == folder and path.name != f"{checkpoint.size:012d}.note":
                self._report.problem(
                    place,
                    zh=f"该检查点涵盖 {checkpoint.size} 行，文件名却不是",
                    en=f"this checkpoint covers {checkpoint.size} lines, its name says otherwise",
                )
        return opened

    def _read_heads(self, sizes: set[int], *, with_sm3: bool) -> list[_Head]:
        place = f"{self._prefix}heads.jsonl"
        heads: list[_Head] = []
        try:
            text = _read(self._directory / "heads.jsonl")
        except Refused as error:
            self._report.problem(place, zh=error.zh, en=error.en)
            text = ""
        *lines, rest = text.split("\n")
        if rest:
            self._report.problem(
                f"{place}:{len(lines) + 1}", zh="最后一行不完整", en="the last line is incomplete"
            )
        self._note_log_roots(sizes)
        last: dict[str, int] = {}
        for number, line in enumerate(lines, 1):
            try:
                head = _parse_head(number, line, last)
            except Refused as error:
                self._report.problem(f"{place}:{number}", zh=error.zh, en=error.en)
            else:
                heads.append(head)
            self._log.append(sha256(b"\x00" + line.encode()))
            if with_sm3:
                self._sm3_log.append(sm3(b"\x00" + line.encode()))
            self._note_log_roots(sizes)
        return heads

    def _note_log_roots(self, sizes: set[int]) -> None:
        if self._log.size in sizes:
            self._log_roots[self._log.size] = self._log.root()
            if self._sm3_log.size == self._log.size and self._log.size:
                self._sm3_log_roots[self._log.size] = self._sm3_log.root()

    def _compare_log(self, place: str, checkpoint: Checkpoint) -> None:
        report = self._report
        if checkpoint.size > self._log.size:
            report.problem(
                f"{self._prefix}heads.jsonl:{self._log.size + 1}",
                zh=f"{place} 涵盖 {checkpoint.size} 行，这里只有 {self._log.size} 行：末尾被截去",
                en=f"{place} covers {checkpoint.size} lines, here are {self._log.size}: the tail was cut",
            )
        elif self._log_roots.get(checkpoint.size) != checkpoint.root:
            report.problem(
                f"{self._prefix}heads.jsonl:1-{checkpoint.size}",
                zh=f"与 {place} 签署的根不符：这些行中有改动",
                en=f"not the root that {place} signed: one of these lines was changed",
            )
        elif checkpoint.sm3_root and self._sm3_log_roots.get(checkpoint.size) != checkpoint.sm3_root:
            report.problem(
                f"{self._prefix}heads.jsonl:1-{checkpoint.size}",
                zh=f"与 {place} 签署的 SM3 根不符",
                en=f"not the SM3 root that {place} signed",
            )

    def _compare_pinned(self, key: VerifierKey, pinned: str) -> None:
        try:
            checkpoint = open_checkpoint(pinned, key)
        except Refused as error:
            self._report.problem("--checkpoint", zh=error.zh, en=error.en)
            return
        if checkpoint.size > self._log.size:
            self._report.problem(
                f"{self._prefix}heads.jsonl:{self._log.size + 1}",
                zh=f"您持有的检查点涵盖 {checkpoint.size} 行，这里只有 {self._log.size} 行："
                "末尾被截去，或这份导出早于该检查点",
                en=f"the checkpoint you hold covers {checkpoint.size} lines, here are {self._log.size}: "
                "the tail was cut, or this export is older than the checkpoint",
            )
            return
        tree = Tree()
        for line in _read(self._directory / "heads.jsonl").split("\n")[: checkpoint.size]:
            tree.append(sha256(b"\x00" + line.encode()))
        if tree.root() != checkpoint.root:
            self._report.problem(
                f"{self._prefix}heads.jsonl:1-{checkpoint.size}",
                zh="与您持有的检查点签署的根不符：其涵盖的历史被改写",
                en="not the root that the checkpoint you hold signed: history it covers was rewritten",
            )

    # Streams.

    def _check_streams(self, heads: list[_Head]) -> None:
        by_stream: dict[str, list[_Head]] = {}
        for head in heads:
            by_stream.setdefault(head.stream_id, []).append(head)
        folder = self._directory / "streams"
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            if path.suffix != ".tsv" or path.stem not in by_stream:
                self._report.problem(
                    f"{self._prefix}streams/{path.name}",
                    zh="没有检查点涵盖这个文件",
                    en="no checkpoint covers this file",
                )
        erased: list[Ref] = []
        erasures: set[str] = set()
        size = sum(path.stat().st_size for path in folder.glob("*.tsv"))
        with _workers(self._processes if size >= _PARALLEL_FROM_BYTES else 1) as check:
            for stream_id, states in by_stream.items():
                self._check_stream(stream_id, states, check, erased, erasures)
        self._account_for_erased(erased, erasures)

    def _check_stream(
        self, stream_id: str, heads: list[_Head], check: CheckAll, erased: list[Ref], erasures: set[str]
    ) -> None:
        place = f"{self._prefix}streams/{stream_id}.tsv"
        path = self._directory / "streams" / f"{stream_id}.tsv"
        if not path.is_file() or path.is_symlink():
            self._report.problem(place, zh="文件缺失", en="the file is missing")
            return
        tree, second = Tree(), Tree(sm3)
        roots: dict[int, tuple[bytes, bytes]] = {}
        chunks = list(_chunks(path, place, stream_id, heads, frozenset(self._wanted.get(stream_id, ()))))
        for chunk, checked in zip(chunks, check(chunks), strict=False):
            self._report.problems += checked.problems
            self.contents.update({(stream_id, seq): text for seq, text in checked.contents.items()})
            erased += [(stream_id, seq) for seq in checked.erased]
            erasures.update(checked.erasures)
            for size, nodes in checked.states.items():
                seconds = checked.sm3_states.get(size, [])
                roots[chunk.first + size] = (tree.root(nodes), second.root(seconds) if seconds else b"")
            _advance(tree, checked.size, checked.states)
            if chunk.with_sm3:
                _advance(second, checked.size, checked.sm3_states)
            if checked.size < _CHUNK_ENTRIES:
                break
        self._report.streams[stream_id] = self.present[stream_id] = tree.size
        self._compare_heads(place, heads, roots, tree.size)

    def _compare_heads(
        self, place: str, heads: list[_Head], roots: dict[int, tuple[bytes, bytes]], size: int
    ) -> None:
        good = 0
        for head in heads:
            if head.size > size:
                self._report.problem(
                    f"{place}:{size + 1}",
                    zh=f"检查点涵盖 {head.size} 条记录，这里只有 {size} 条：末尾被截去",
                    en=f"a checkpoint covers {head.size} entries, here are {size}: the tail was cut",
                )
                return
            root, second = roots[head.size]
            if root != head.root or (head.sm3_root and second != head.sm3_root):
                entries = f"{head.stream_id}/{good} … {head.stream_id}/{head.size - 1}"
                self._report.problem(
                    f"{place}:{good + 1}-{head.size} ({entries})",
                    zh="与检查点签署的根不符：这些记录中有被改动、调换、插入或删去的",
                    en="not the root a checkpoint signed: among these entries some were changed, moved, "
                    "inserted or dropped",
                )
                return
            good = head.size
        if size > good:
            self._report.problem(
                f"{place}:{good + 1}-{size}",
                zh=f"{size - good} 条记录没有检查点涵盖",
                en=f"no checkpoint covers these {size - good} entries",
            )

    def _account_for_erased(self, erased: list[Ref], erasures: set[str]) -> None:
        for stream_id, seq in erased:
            if f"{stream_id}/{seq}" in erasures:
                self._report.erased += 1
            else:
                self._report.problem(
                    f"{self._prefix}streams/{stream_id}.tsv:{seq + 1} ({stream_id}/{seq})",
                    zh="内容缺失，而没有任何记录说明它为何被删除",
                    en="the content is missing, and no entry says why it was erased",
                )

    # Time stamps.

    def _check_stamps(self) -> None:
        folder = self._directory / "stamps"
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            place = f"{self._prefix}stamps/{path.name}"
            note = self._directory / "checkpoints" / f"{path.stem}.note"
            # The digest that was stamped stands in the reply as it is; the signature around it is for
            # tools that know the authority's certificate.
            if not note.is_file() or sha256(note.read_bytes()) not in path.read_bytes():
                self._report.problem(
                    place, zh="时间戳对应的不是这里的检查点", en="the time stamp is not for a checkpoint here"
                )
                continue
            self._report.stamps += 1
            self._report.remark(
                place,
                zh=f"有时间戳；其签名请用 openssl ts -verify -data checkpoints/{path.stem}.note "
                f"-in stamps/{path.name} -CAfile <时间戳服务的证书> 核验",
                en=f"time stamp present; verify its signature with openssl ts -verify -data "
                f"checkpoints/{path.stem}.note -in stamps/{path.name} -CAfile <the authority's certificate>",
            )


def _has_sm3(notes: Mapping[str, Checkpoint]) -> bool:
    return any(checkpoint.sm3_root for checkpoint in notes.values())


def _parse_head(number: int, line: str, last: dict[str, int]) -> _Head:
    head = parse_canonical(line)
    well_formed = (
        isinstance(head, dict)
        and {"root", "size", "stream"} <= head.keys() <= {"root", "size", "sm3", "stream"}
        and type(head["size"]) is int
        and _STREAM_ID.fullmatch(str(head["stream"]))
        and all(re.fullmatch("[0-9a-f]{64}", str(head.get(name, "0" * 64))) for name in ("root", "sm3"))
    )
    if not well_formed or head["size"] <= last.get(head["stream"], 0):
        raise Refused(zh="不是某个流的下一个状态", en="not the next state of a stream")
    last[head["stream"]] = head["size"]
    second = bytes.fromhex(head["sm3"]) if "sm3" in head else None
    return _Head(number, head["stream"], head["size"], bytes.fromhex(head["root"]), second)


def _chunks(
    path: Path, place: str, stream_id: str, heads: list[_Head], wanted: frozenset[int]
) -> Iterator[Chunk]:
    """The file in pieces of :data:`_CHUNK_ENTRIES` lines."""
    with_sm3 = any(head.sm3_root for head in heads)
    offset = first = 0
    for end in _ends(path):
        stop = first + _CHUNK_ENTRIES
        cuts = tuple(head.size - first for head in heads if first < head.size <= stop)
        inside = wanted & {*range(first, stop)} if wanted else wanted
        yield Chunk(str(path), place, stream_id, first, offset, end - offset, cuts, inside, with_sm3)
        offset, first = end, stop


def _ends(path: Path) -> Iterator[int]:
    """Where in the file each piece of :data:`_CHUNK_ENTRIES` lines ends, and the file itself."""
    offset = end = lines = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            start = 0
            while lines + block.count(b"\n", start) >= _CHUNK_ENTRIES:
                for _ in range(_CHUNK_ENTRIES - lines):
                    start = block.index(b"\n", start) + 1
                lines, end = 0, offset + start
                yield end
            lines += block.count(b"\n", start)
            offset += len(block)
    if end < offset:
        yield offset


@contextmanager
def _workers(processes: int) -> Iterator[CheckAll]:
    """What checks chunks: this process, or several others."""
    if processes == 1:
        yield lambda chunks: map(check_chunk, chunks)
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield lambda chunks: pool.map(check_chunk, chunks)


def _advance(tree: Tree, size: int, states: Mapping[int, list[bytes]]) -> None:
    """Append a chunk's complete subtrees, largest first."""
    for node, level in zip(
        states.get(size, []),
        (bit for bit in reversed(range(size.bit_length())) if size >> bit & 1),
        strict=True,
    ):
        tree.append(node, leaves=1 << level)


def _read(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise Refused(zh="文件缺失", en="the file is missing")
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Refused(
            zh=f"第 {error.start} 字节起不是 UTF-8", en=f"not UTF-8 from byte {error.start} on"
        ) from error


# --- A bundle ------------------------------------------------------------------------------------

_MANIFEST = "manifest.json"
_NOTE = "manifest.note"
_EVIDENCE = "evidence"
_FIGURES = "figures.json"
_FORMAT = "hegui-bundle/1"


class _Bundle:
    """A sealed directory and the report on it."""

    def __init__(self, directory: Path, report: Report) -> None:
        self._directory = directory
        self._report = report
        self.figures = self._read_figures()

    def verify(self, key: VerifierKey) -> None:
        """Check the signature, the list and the files it lists."""
        text = self._checked_text(_MANIFEST)
        self._check_note(key, text)
        self._check_files(self._listed(text))

    def check_figures(self, contents: Mapping[Ref, str], present: Mapping[str, int]) -> None:
        """Check that every figure is what the entry it cites says."""
        # Thousands of figures may cite one long entry, which is read once.
        content = cache(lambda ref: parse_canonical(contents[ref]))
        for number, figure in enumerate(self.figures):
            try:
                _check_figure(figure, contents, present, content)
                _check_document(self._directory, figure["document"])
                self._report.figures += 1
            except Refused as error:
                self._report.problem(f"{_FIGURES}: /{number}", zh=error.zh, en=error.en)

    def _checked_text(self, name: str) -> str:
        try:
            return _read(self._directory / name)
        except Refused as error:
            self._report.problem(name, zh=error.zh, en=error.en)
            return ""

    def _check_note(self, key: VerifierKey, manifest: str) -> None:
        try:
            lines = open_note(self._checked_text(_NOTE), key)
        except Refused as error:
            self._report.problem(_NOTE, zh=error.zh, en=error.en)
            return
        if lines[:2] != [_FORMAT, key.name] or len(lines) < 3:  # noqa: PLR2004 - format, origin, digest
            self._report.problem(_NOTE, zh="已签名，但不是清单的签名", en="signed, but not for a manifest")
        elif lines[2] != f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}":
            self._report.problem(
                _MANIFEST,
                zh=f"与 {_NOTE} 签署的摘要不符：清单被改动",
                en=f"not the digest that {_NOTE} signed: the manifest was changed",
            )

    def _listed(self, text: str) -> dict[str, str]:
        try:
            return _parse_manifest(text)
        except Refused as error:
            self._report.problem(_MANIFEST, zh=error.zh, en=error.en)
            return {}

    def _check_files(self, listed: Mapping[str, str]) -> None:
        report = self._report
        found = {
            path.relative_to(self._directory).as_posix(): path
            for path in sorted(self._directory.rglob("*"))
            if path.is_symlink() or not path.is_dir()
        }
        for name in sorted(found.keys() - listed.keys() - {_MANIFEST, _NOTE}):
            report.problem(name, zh="清单中没有这个文件", en="this file is not in the manifest")
        for name, digest in listed.items():
            path = found.get(name)
            if path is None:
                report.problem(
                    name, zh="清单列有这个文件，但它不在", en="the manifest lists this file; it is missing"
                )
            elif path.is_symlink() or not path.is_file():
                report.problem(name, zh="不是普通文件", en="not an ordinary file")
            elif _file_digest(path) != digest:
                report.problem(
                    name,
                    zh="文件被改动：摘要与清单不符",
                    en="the file was changed: its digest is not the manifest's",
                )
            else:
                report.files += 1

    def _read_figures(self) -> list[dict[str, Any]]:
        if not (self._directory / _FIGURES).is_file():
            return []
        try:
            figures = json.loads(_read(self._directory / _FIGURES))
            canonical(figures)  # what is nested too deeply to be compared is refused here
        except (Refused, ValueError, RecursionError):
            figures = None
        if isinstance(figures, list) and all(map(_is_figure, figures)):
            return figures
        self._report.problem(_FIGURES, zh="不是数据出处表", en="not a list of figures")
        return []


def _parse_manifest(text: str) -> dict[str, str]:
    """The digest of each file that the manifest lists."""
    manifest = parse_canonical(text.removesuffix("\n"))
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or manifest.get("format") != _FORMAT:
        raise Refused(zh="不是清单", en="not a manifest")
    return {name: str(file.get("sha256") if isinstance(file, dict) else file) for name, file in files.items()}


_FIGURE_FIELDS = {"document", "text", "value", "format", "entry", "pointer"}
_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,62})/(0|[1-9][0-9]{0,15})")


def _is_figure(figure: object) -> bool:
    return (
        isinstance(figure, dict)
        and figure.keys() == _FIGURE_FIELDS
        and all(isinstance(figure[name], str) for name in _FIGURE_FIELDS - {"value"})
    )


def _cited(figure: Mapping[str, Any]) -> Ref | None:
    match = _REFERENCE.fullmatch(figure["entry"])
    return (match[1], int(match[2])) if match else None


def _check_figure(
    figure: Mapping[str, Any],
    contents: Mapping[Ref, str],
    present: Mapping[str, int],
    content: Callable[[Ref], Any],
) -> None:
    entry = figure["entry"]
    ref = _cited(figure)
    if ref is None or ref[1] >= present.get(ref[0], 0):
        raise Refused(zh=f"引用的记录 {entry} 不存在", en=f"cites {entry}, which does not exist")
    if ref not in contents:
        raise Refused(zh=f"引用的记录 {entry} 的内容已删除", en=f"cites {entry}, whose content was erased")
    value = resolve_pointer(content(ref), figure["pointer"])
    # Compared as text: Python holds true and 1 for equal.
    if canonical(value) != canonical(figure["value"]):
        raise Refused(
            zh=f"文中写 {canonical(figure['value'])}，{entry} {figure['pointer']} 却是 {canonical(value)}",
            en=f"says {canonical(figure['value'])}, but {entry} {figure['pointer']} is {canonical(value)}",
        )
    if figure["text"] not in renderings(value, figure["format"]):
        raise Refused(
            zh=f"{figure['text']!r} 不是 {canonical(value)} 按 {figure['format']} 的写法",
            en=f"{figure['text']!r} is not {canonical(value)} rendered as {figure['format']}",
        )


def _check_document(directory: Path, name: str) -> None:
    if not (directory / name).is_file():
        raise Refused(zh=f"没有文件 {name}", en=f"there is no document {name}")


def resolve_pointer(value: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value that a JSON pointer (RFC 6901) names.

    Raises:
        Refused: there is none.
    """
    if pointer and not pointer.startswith("/"):
        raise Refused(zh=f"{pointer!r} 不是 JSON 指针", en=f"{pointer!r} is not a JSON pointer")
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _SIZE.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise Refused(zh=f"记录中没有 {pointer}", en=f"the entry has nothing at {pointer}")
    return value


_CHINA = dt.timezone(dt.timedelta(hours=8))
_PERCENT = re.compile(r"percent:([0-6])")


def renderings(value: object, form: str) -> tuple[str, ...]:
    """How a document may write a value; the first is how Hegui writes it.

    Args:
        value: an integer; a share as decimal text; a date, or an instant; any text.
        form: ``integer``, ``percent:N`` with N decimals, ``date`` or ``text``. An instant's date is the day
            in China.

    Returns:
        The renderings; none where the value is not of that form.
    """
    percent = _PERCENT.fullmatch(form)
    if form == "integer" and type(value) is int:
        return f"{value:,}", str(value)
    if not isinstance(value, str):
        return ()
    if percent:
        return _percent(value, int(percent[1]))
    if form == "date":
        return _date(value)
    return (value,) if form == "text" else ()


def _percent(share: str, decimals: int) -> tuple[str, ...]:
    try:
        hundredths = Decimal(share) * 100
        rounded = hundredths.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return ()
    return (f"{rounded}%", f"{rounded} %") if rounded.is_finite() else ()


def _date(text: str) -> tuple[str, ...]:
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        return ()
    day = (instant.astimezone(_CHINA) if instant.tzinfo else instant).date()
    return day.isoformat(), f"{day.year}年{day.month}月{day.day}日"


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Putting it together -------------------------------------------------------------------------


def verify_directory(
    directory: Path, *, key: str | None = None, checkpoint: Path | None = None, processes: int = 1
) -> Report:
    """Verify an export or a sealed bundle.

    Args:
        directory: where it is.
        key: the verifier key you trust; without it, the key in the directory is used, and said so.
        checkpoint: a signed checkpoint that you kept from earlier.
        processes: how many processes may share the work where there is much of it. More than one needs a main
            module that can be imported, as :mod:`multiprocessing` explains.

    Returns:
        The report; its ``problems`` are empty where everything agrees.

    Raises:
        Unusable: there is nothing to verify, or ``key`` or ``checkpoint`` cannot be read.
    """
    is_bundle = any((directory / name).exists() for name in (_MANIFEST, _NOTE, _EVIDENCE))
    if not is_bundle and not any((directory / name).exists() for name in ("checkpoint.note", "heads.jsonl")):
        raise Unusable(
            zh=f"{directory} 中没有可核验的证据（应有 manifest.json 或 checkpoint.note）",
            en=f"nothing in {directory} can be verified (there should be manifest.json or checkpoint.note)",
        )
    pinned = None if checkpoint is None else _read_pinned(checkpoint)
    report = Report(pinned=key is not None)
    prefix = f"{_EVIDENCE}/" if is_bundle else ""
    chosen = _choose_key(directory / prefix, report, key, prefix)
    if chosen is None:
        return report
    report.key = chosen.text
    bundle = _Bundle(directory, report) if is_bundle else None
    if bundle is not None:
        bundle.verify(chosen)
    figures = bundle.figures if bundle is not None else []
    wanted = filter(None, map(_cited, figures))
    export = _Export(directory / prefix, report, wanted=wanted, prefix=prefix, processes=processes)
    export.verify(chosen, pinned)
    if bundle is not None:
        bundle.check_figures(export.contents, export.present)
    return report


def _read_pinned(path: Path) -> str:
    try:
        return _read(path)
    except Refused as error:
        raise Unusable(zh=f"{path}：{error.zh}", en=f"{path}: {error.en}") from error


def _read_key(path: Path) -> VerifierKey:
    text = _read(path)
    if not text.endswith("\n"):
        raise Refused(zh="不完整", en="incomplete")
    return parse_verifier_key(text[:-1])


def _choose_key(directory: Path, report: Report, given: str | None, prefix: str) -> VerifierKey | None:
    place = f"{prefix}key.vkey"
    found = None
    try:
        found = _read_key(directory / "key.vkey")
    except Refused as error:
        report.problem(place, zh=error.zh, en=error.en)
    if given is None:
        report.remark(
            place,
            zh="使用的是证据自带的验证钥，它只能说明证据前后一致；请用 --key 指定您另行取得的验证钥",
            en="verified with the key that came with the evidence, which only shows that the evidence agrees "
            "with itself; give --key with a key you obtained otherwise",
        )
        return found
    try:
        trusted = parse_verifier_key(given.strip())
    except Refused as error:
        raise Unusable(zh=error.zh, en=error.en) from error
    if found is not None and found.text != trusted.text:
        report.problem(
            place,
            zh="证据自带的验证钥不是您指定的那一把",
            en="the key in the evidence is not the one you gave",
        )
    return trusted


def summary(report: Report, *, chinese: bool) -> str:
    """The report for people."""
    lines = [_finding(finding, chinese=chinese) for finding in (*report.remarks, *report.problems)]
    entries = sum(report.streams.values())
    if report.ok:
        lines.append(
            f"核验通过：{report.origin}，检查点 {report.time}，"
            f"{len(report.streams)} 个流 {entries} 条记录"
            f"（其中 {report.erased} 条内容已删除并有记录），{report.files} 个文件，{report.figures} 个数据。"
            if chinese
            else f"Verified: {report.origin}, checkpoint of {report.time}. Entries: {entries}, "
            f"content erased on record: {report.erased}, streams: {len(report.streams)}, "
            f"files: {report.files}, figures: {report.figures}."
        )
    else:
        count = len(report.problems)
        lines.append(f"核验不通过：{count} 处不符。" if chinese else f"NOT VERIFIED. Problems: {count}.")
    return "\n".join(lines)


def _finding(finding: Finding, *, chinese: bool) -> str:
    return f"{finding.place}：{finding.zh}" if chinese else f"{finding.place}: {finding.en}"


EXIT_OK, EXIT_UNUSABLE, EXIT_NOT_VERIFIED = 0, 2, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Verify evidence exported by Hegui, offline."
    )
    parser.add_argument("directory", type=Path, help="an export or a sealed bundle")
    parser.add_argument("--key", help="the verifier key (vkey) that you trust")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint (note file) that you kept from earlier")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--lang", choices=["zh", "en"], default="en", help="language of the report")
    options = parser.parse_args(arguments)
    chinese = options.lang == "zh"
    try:
        report = verify_directory(
            options.directory, key=options.key, checkpoint=options.checkpoint, processes=os.cpu_count() or 1
        )
    except Unusable as error:
        sys.stderr.write(f"{error.zh if chinese else error.en}\n")
        return EXIT_UNUSABLE
    if options.json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(summary(report, chinese=chinese) + "\n")
    return EXIT_OK if report.ok else EXIT_NOT_VERIFIED


if __name__ == "__main__":
    sys.exit(main())
