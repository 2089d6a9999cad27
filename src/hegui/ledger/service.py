"""The ledger: recording, signing, proving, exporting, erasing."""

import base64
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hegui.core import Clock, Conflict, Json, Record, canonical_json, timestamp
from hegui.ledger import repository
from hegui.ledger.anchor import Anchor
from hegui.ledger.canonical import canonical_record
from hegui.ledger.evidence import write_evidence
from hegui.ledger.keys import SigningKey, signing_key
from hegui.ledger.manifest import EVIDENCE, seal_directory
from hegui.ledger.merkle import (
    encode_path,
    grow,
    hash_ranges,
    inclusion_ranges,
    root_of,
    sha256,
    sm3,
    stored_runs,
)
from hegui.ledger.model import (
    ERASED_KIND,
    HEADS,
    MAIN,
    Checkpoint,
    Entry,
    EntryMissing,
    EntryRef,
    InclusionProof,
    Seal,
    check_words,
)
from hegui.ledger.stream import SALT_BYTES, Draft, Extension, Stream, extend_sm3
from hegui.ledger.writer import GroupWriter
from hegui.store import Connection, Database


class NotErasable(Conflict):
    """The content of this entry cannot be erased."""

    def __init__(self, ref: EntryRef, *, zh: str, en: str) -> None:
        """Name the entry and the reason."""
        super().__init__(zh=f"{ref}：{zh}", en=f"{ref}: {en}")
        self.ref = ref


class Ledger:
    """Append-only evidence that anyone can verify without trusting whoever keeps it.

    Every entry becomes a leaf of its stream's RFC 6962 Merkle tree; a checkpoint signs the roots of all
    streams at once. Nothing here decides anything of its own: a room's service records its decision in
    the same transaction that stores it.
    """

    def __init__(
        self,
        *,
        database: Database,
        keys: Path,
        checkpoints: Path,
        clock: Clock,
        origin: str,
        actor: str,
        sm3: bool = False,
    ) -> None:
        """Prepare the ledger; nothing is read or made before the first use.

        Args:
            database: where entries are kept; migrated.
            keys: the folder of the signing key, which is made there on first use.
            checkpoints: the folder where checkpoints are also kept as files, outside the database.
            clock: the time of entries and checkpoints.
            origin: the ledger's name, in every checkpoint and signature; without spaces and plus signs.
            actor: who acts, in every entry.
            sm3: give streams a second tree hashed with SM3. A stream that has one keeps it.
        """
        self._database = database
        self._keys = keys
        self._anchor = Anchor(checkpoints)
        self._clock = clock
        self._origin = origin
        self._actor = actor
        self._sm3 = sm3

    @property
    def verifier_key(self) -> str:
        """The public key (vkey) that verifies this ledger's checkpoints; publish it.

        Raises:
            KeyUnreadable: the key file is damaged or belongs to another ledger.
        """
        return self._key().verifier

    def acting_as(self, actor: str) -> "Ledger":
        """The same ledger, recording in another actor's name."""
        return Ledger(
            database=self._database,
            keys=self._keys,
            checkpoints=self._anchor.folder,
            clock=self._clock,
            origin=self._origin,
            actor=actor,
            sm3=self._sm3,
        )

    # --- Recording ---

    def record(self, connection: Connection, *, kind: str, content: Json) -> EntryRef:
        """Append one entry to the main stream, in the caller's write transaction.

        Args:
            connection: the open transaction; the entry is committed or rolled back with it.
            kind: what happened: dotted nouns and a past participle, as ``corpus.scanned``.
            content: what is recorded; counts as integers, shares as decimal text.

        Raises:
            InvalidInput: kind, actor or content cannot be recorded.
        """
        draft = self._draft(kind=kind, content=content, actor=self._actor)
        stream = self._with_second_tree(connection, repository.locked_stream(connection, MAIN))
        extension = _extended(stream, [draft])
        repository.store_extension(connection, extension)
        return extension.refs[0]

    def hold(self, connection: Connection) -> None:
        """Let nobody else record in the main stream before the caller's write transaction ends.

        For whoever decides by what stands there.
        """
        repository.locked_stream(connection, MAIN)

    def writer(self) -> GroupWriter:
        """A writer with a stream of its own that commits entries in groups; close it, or use ``with``."""
        fresh = Stream(f"w-{secrets.token_hex(8)}", sm3_frontier=() if self._sm3 else None)

        def store(stream: Stream, drafts: list[Draft]) -> Extension:
            with self._database.write() as connection:
                if stream.size == 0:
                    repository.create_stream(connection, stream)
                extension = _extended(stream, drafts)
                repository.store_extension(connection, extension)
            return extension

        return GroupWriter(stream=fresh, draft=self._draft, store=store, actor=self._actor)

    def erase(self, ref: EntryRef, *, reason: str) -> EntryRef:
        """Forget the content of an entry, for good; its leaf stands, and a new entry says why.

        Args:
            ref: the entry.
            reason: why its content must go, kept in the ledger.

        Returns:
            The entry that records the erasure.

        Raises:
            EntryMissing: there is no such entry.
            NotErasable: its content is gone already, or it records an erasure itself.

        Basis:
            IM 11
        """
        with self._database.write() as connection:
            entry = repository.entry(connection, ref)
            if entry is None:
                raise EntryMissing(ref)
            if entry.kind == ERASED_KIND:
                raise NotErasable(
                    ref,
                    zh="这条记录说明另一条记录为何被删除，不能再删",
                    en="this entry says why another was erased; it must stay",
                )
            if not repository.erase_content(connection, ref):
                raise NotErasable(ref, zh="内容此前已删除", en="its content was erased before")
            return self.record(connection, kind=ERASED_KIND, content={"entry": str(ref), "reason": reason})

    # --- Reading ---

    def entry(self, ref: EntryRef) -> Entry:
        """The entry at ``ref``.

        Raises:
            EntryMissing: there is none.
        """
        with self._database.read() as connection:
            entry = repository.entry(connection, ref)
        if entry is None:
            raise EntryMissing(ref)
        return entry

    def latest(self, kind: str) -> Entry | None:
        """The newest entry of a kind: the last in the main stream, or else the last by time elsewhere."""
        with self._database.read() as connection:
            return repository.latest(connection, kind)

    def last_places(self, *kinds: str) -> tuple[int | None, ...]:
        """Where the last entry of each kind stands in the main stream: a cheap look at whether any is new."""
        with self._database.read() as connection:
            return repository.last_places(connection, kinds)

    def entries(
        self, kind: str | None = None, *, since: str | None = None, until: str | None = None
    ) -> Iterator[Entry]:
        """All entries, or all of one kind, by stream and position; read page by page.

        Args:
            kind: only those.
            since: only those recorded from this time on, as entries tell it.
            until: only those recorded up to this time, likewise.
        """
        after: EntryRef | None = None
        while True:
            with self._database.read() as connection:
                page = repository.page(connection, kind=kind, since=since, until=until, after=after)
            if not page:
                return
            yield from page
            after = page[-1].ref

    # --- Signing and proving ---

    def checkpoint(self) -> Checkpoint:
        """Sign the present state of every stream.

        Where nothing was recorded since the last checkpoint, that one is returned: a new signature would
        say nothing new.

        Raises:
            LedgerRolledBack: the checkpoint folder knows more than the database does.
            KeyUnreadable: the key file is damaged or belongs to another ledger.
        """
        key = self._key()
        with self._database.write() as connection:
            log = repository.locked_stream(connection, HEADS)
            last = repository.latest_checkpoint(connection)
            self._anchor.compare(last)
            changed = repository.changed_streams(connection)
            if last is None or changed:
                last = self._sign(connection, key, log, changed)
        self._anchor.keep(last)
        return last

    def prove(self, ref: EntryRef) -> InclusionProof:
        """Prove that an entry stands, by the newest checkpoint; a new one is made where none covers it.

        Raises:
            EntryMissing: there is no such entry.
        """
        proof = self._proof(ref)
        if proof is None:
            self.checkpoint()
            proof = self._proof(ref)
        assert proof is not None  # noqa: S101 - a new checkpoint covers every entry there is
        return proof

    def stamp(self, *, tsa: str) -> Path:
        """Have a time-stamping authority (RFC 3161) stamp the present checkpoint.

        Args:
            tsa: the address of the authority.

        Returns:
            The file with the authority's reply, beside the checkpoint's.

        Raises:
            StampUnavailable: the client is not installed, or the authority gave no valid stamp.
        """
        # Web and ASN.1 libraries are slow to import and only stamping needs them.
        from hegui.ledger.stamp import request_stamp  # noqa: PLC0415

        checkpoint = self.checkpoint()
        reply = request_stamp(checkpoint.note.encode(), tsa=tsa)
        return self._anchor.keep_stamp(checkpoint, reply)

    # --- Handing over ---

    def export(self, directory: Path) -> Checkpoint:
        """Write the evidence as readable files for verification without this software's database.

        Makes a checkpoint first, so that nothing is left uncovered.

        Args:
            directory: a directory that does not exist yet or is empty.

        Raises:
            DirectoryNotEmpty: there is something in it.
            StorageFull: the disk is full.
        """
        while True:
            checkpoint = self.checkpoint()
            with self._database.read() as connection:
                # Content erased since the checkpoint would be missing without the entry that says why.
                if repository.has_uncovered_erasure(connection):
                    continue
                write_evidence(
                    connection,
                    directory=directory,
                    checkpoint=checkpoint,
                    verifier_key=self.verifier_key,
                    stamps=self._anchor.stamps(checkpoint.size),
                )
                return checkpoint

    def seal(self, directory: Path, *, purposes: Mapping[str, str] | None = None) -> Seal:
        """Sign a directory of documents together with their evidence.

        The evidence is exported into ``evidence/`` unless it is there already; then ``manifest.json`` lists
        every file with its digest, and ``manifest.note`` signs it.

        Args:
            directory: the directory.
            purposes: what the files are for, by path inside the directory; ``document`` where not said.

        Raises:
            StorageFull: the disk is full.
        """
        if not (directory / EVIDENCE).exists():
            self.export(directory / EVIDENCE)
        return seal_directory(
            directory, purposes=purposes or {}, key=self._key(), time=timestamp(self._clock())
        )

    # --- Within ---

    def _key(self) -> SigningKey:
        return signing_key(self._keys, name=self._origin)

    def _draft(self, *, kind: str, content: "Json | Record", actor: str) -> Draft:
        check_words(kind=kind, actor=actor)
        return Draft(timestamp(self._clock()), kind, actor, canonical_json(content))

    def _with_second_tree(self, connection: Connection, stream: Stream) -> Stream:
        """The stream, given its SM3 tree now where that is wanted and it has none yet."""
        if self._sm3 and stream.sm3_frontier is None:
            return repository.rehash_with_sm3(connection, stream)
        return stream

    def _sign(
        self, connection: Connection, key: SigningKey, log: Stream, changed: list[Stream]
    ) -> Checkpoint:
        log = self._with_second_tree(connection, log)
        heads = []
        for offset, stream in enumerate(changed):
            text = canonical_record(stream.head())
            leaf = sha256(b"\x00" + text)
            heads.append(
                repository.StoredHead(log.size + offset, stream.stream_id, stream.size, text.decode(), leaf)
            )
        frontier, nodes = grow(log.size, log.frontier, [head.leaf for head in heads])
        second = log.sm3_frontier
        if second is not None:
            second = extend_sm3(log.size, second, [head.text.encode() for head in heads])
        grown = Stream(HEADS, log.size + len(heads), frontier, second)
        if heads:
            repository.add_heads(connection, heads)
        repository.store_state(connection, grown, nodes)
        checkpoint = self._signed(key, grown)
        repository.add_checkpoint(connection, checkpoint)
        return checkpoint

    def _signed(self, key: SigningKey, log: Stream) -> Checkpoint:
        root, time = root_of(log.frontier), timestamp(self._clock())
        lines = [key.name, str(log.size), _base64(root), f"time {time}"]
        if log.sm3_frontier is not None:
            lines.append(f"sm3 {_base64(root_of(log.sm3_frontier, sm3))}")
        note = key.sign("".join(f"{line}\n" for line in lines))
        return Checkpoint(origin=key.name, size=log.size, root=root.hex(), time=time, note=note)

    def _proof(self, ref: EntryRef) -> InclusionProof | None:
        with self._database.read() as connection:
            standing = repository.standing(connection, ref)
            if standing is None:
                raise EntryMissing(ref)
            leaf, log_size, note, position, size, head = standing
            if log_size is None or note is None or position is None or size is None or head is None:
                return None
            ranges = inclusion_ranges(ref.seq, size)
            kept = repository.kept_nodes(connection, ref.stream, stored_runs(ranges))
            head_ranges = inclusion_ranges(position, log_size)
            head_kept = repository.kept_nodes(connection, HEADS, stored_runs(head_ranges))
        return InclusionProof(
            ref=ref,
            leaf=leaf.hex(),
            path=encode_path(hash_ranges(ranges, kept)),
            head=head,
            head_index=position,
            head_path=encode_path(hash_ranges(head_ranges, head_kept)),
            checkpoint=note,
        )


def _extended(stream: Stream, drafts: Sequence[Draft]) -> Extension:
    """The stream with entries whose salts are drawn at once: each draw lets go of the interpreter."""
    return stream.extend(drafts, salt=secrets.token_bytes(SALT_BYTES * len(drafts)))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
