"""Tables and queries of the ledger."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hegui.core import Json
from hegui.ledger.merkle import Node, Run, pack, unpack
from hegui.ledger.model import ERASED_KIND, HEADS, MAIN, Checkpoint, Entry, EntryRef, Header
from hegui.ledger.stream import Extension, Stream, Written, extend_sm3
from hegui.store import hand_over, metadata

_PAGE = 2_000

streams = sa.Table(
    "ledger_stream",
    metadata,
    sa.Column("stream_id", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("sm3_frontier", sa.LargeBinary),
    sa.Column("headed", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
entries = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("stream_id", sa.String(64), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(100), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("header", sa.Text, nullable=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Index("ix_ledger_entry_kind_stream_id_seq", "kind", "stream_id", "seq"),
    sqlite_with_rowid=False,
)
contents = sa.Table(
    "ledger_content",
    metadata,
    sa.Column("stream_id", sa.String(64), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
nodes = sa.Table(
    "ledger_node",
    metadata,
    sa.Column("stream_id", sa.String(64), primary_key=True),
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
heads = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream_id", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Index("ix_ledger_head_stream_id_position", "stream_id", "position"),
)
checkpoints = sa.Table(
    "ledger_checkpoint",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)


class StoredHead(NamedTuple):
    """One leaf of the log of heads."""

    position: int
    stream_id: str
    size: int
    text: str
    leaf: bytes


class StoredEntry(NamedTuple):
    """One entry with everything its verification needs; salt and content are gone once erased."""

    seq: int
    header: str
    commitment: bytes
    leaf: bytes
    salt: bytes | None
    content: str | None


# --- Streams -------------------------------------------------------------------------------------


def locked_stream(connection: sa.Connection, stream_id: str) -> Stream:
    """The state of a stream, held until the transaction ends.

    SQLite's write transactions exclude each other anyway; elsewhere the row is locked.
    """
    query = sa.select(streams).where(streams.c.stream_id == stream_id).with_for_update()
    row = connection.execute(query).one()
    return _stream(row)


def changed_streams(connection: sa.Connection) -> list[Stream]:
    """The streams that have grown since the last head was taken of them, by name."""
    query = (
        sa.select(streams)
        .where(streams.c.size > streams.c.headed, streams.c.stream_id != HEADS)
        .order_by(streams.c.stream_id)
    )
    return [_stream(row) for row in connection.execute(query)]


def create_stream(connection: sa.Connection, stream: Stream) -> None:
    """Remember a stream that is still empty."""
    connection.execute(streams.insert(), [{**_state(stream), "stream_id": stream.stream_id, "headed": 0}])


def store_extension(connection: sa.Connection, extension: Extension) -> None:
    """Store new entries, the nodes they completed and the new state of their stream."""
    stream_id = extension.stream.stream_id
    _insert(connection, entries, [_entry_row(stream_id, entry) for entry in extension.entries])
    _insert(connection, contents, [_content_row(stream_id, entry) for entry in extension.entries])
    store_state(connection, extension.stream, extension.nodes)


def store_state(connection: sa.Connection, stream: Stream, completed: Sequence[Node]) -> None:
    """Store a stream's new state and the nodes that were completed on the way."""
    if completed:
        _insert(connection, nodes, [(stream.stream_id, *node) for node in completed])
    mark = _mark(connection)
    statement = f"UPDATE ledger_stream SET size = {mark}, frontier = {mark}, sm3_frontier = {mark}"  # noqa: S608 - marks only
    state = (*_state(stream).values(), stream.stream_id)
    hand_over(connection, f"{statement} WHERE stream_id = {mark}", state)


def rehash_with_sm3(connection: sa.Connection, stream: Stream) -> Stream:
    """The stream with its second tree, hashed from what is stored of its entries (or heads)."""
    if stream.stream_id == HEADS:
        texts = connection.execute(sa.select(heads.c.text).order_by(heads.c.position)).scalars()
        leaves: Iterable[bytes] = (text.encode() for text in texts)
    else:
        query = (
            sa.select(entries.c.header, entries.c.commitment)
            .where(entries.c.stream_id == stream.stream_id)
            .order_by(entries.c.seq)
        )
        leaves = (row.header.encode() + row.commitment for row in connection.execute(query))
    return stream._replace(sm3_frontier=extend_sm3(0, (), leaves))


def _state(stream: Stream) -> dict[str, object]:
    second = stream.sm3_frontier
    return {
        "size": stream.size,
        "frontier": pack(stream.frontier),
        "sm3_frontier": None if second is None else pack(second),
    }


def _stream(row: sa.Row[Any]) -> Stream:
    second = row.sm3_frontier
    return Stream(
        row.stream_id,
        row.size,
        unpack(bytes(row.frontier)),
        None if second is None else unpack(bytes(second)),
    )


def _entry_row(stream_id: str, entry: Written) -> tuple[object, ...]:
    draft = entry.draft
    return (
        stream_id,
        entry.seq,
        draft.time,
        draft.kind,
        draft.actor,
        entry.header.decode(),
        entry.commitment,
        entry.leaf,
    )


def _content_row(stream_id: str, entry: Written) -> tuple[object, ...]:
    return stream_id, entry.seq, entry.salt, entry.draft.content.decode()


def _mark(connection: sa.Connection) -> str:
    """Where a value goes in a statement that is handed to the driver as it is."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given in the order of the table's columns, in one statement.

    Every exchange through the gateway takes this path, and the SQLite driver lets go of the interpreter at
    each row it inserts by itself: in a busy process it would queue for it again a hundred times a group.
    """
    mark = _mark(connection)
    one = f"({', '.join([mark] * len(table.columns))})"
    statement = f"INSERT INTO {table.name} VALUES {', '.join([one] * len(rows))}"  # noqa: S608 - our own table's name
    hand_over(connection, statement, tuple(chain.from_iterable(rows)))


# --- Entries -------------------------------------------------------------------------------------

_ENTRY = sa.select(
    entries.c.stream_id, entries.c.seq, entries.c.header, entries.c.leaf, contents.c.content
).select_from(
    entries.outerjoin(
        contents, sa.and_(contents.c.stream_id == entries.c.stream_id, contents.c.seq == entries.c.seq)
    )
)


def entry(connection: sa.Connection, ref: EntryRef) -> Entry | None:
    """The entry at ``ref``."""
    row = connection.execute(
        _ENTRY.where(entries.c.stream_id == ref.stream, entries.c.seq == ref.seq)
    ).one_or_none()
    return None if row is None else _entry(*row)


def latest(connection: sa.Connection, kind: str) -> Entry | None:
    """The newest entry of a kind: the last in the main stream, or else the last by time elsewhere."""
    of_kind = _ENTRY.where(entries.c.kind == kind).limit(1)
    row = connection.execute(
        of_kind.where(entries.c.stream_id == MAIN).order_by(entries.c.seq.desc())
    ).one_or_none()
    if row is None:
        row = connection.execute(
            of_kind.order_by(entries.c.time.desc(), entries.c.stream_id.desc(), entries.c.seq.desc())
        ).one_or_none()
    return None if row is None else _entry(*row)


def last_places(connection: sa.Connection, kinds: Sequence[str]) -> tuple[int | None, ...]:
    """The position of the last entry of each kind in the main stream; one statement, on the index alone."""
    last = (
        sa.select(sa.func.max(entries.c.seq))
        .where(entries.c.kind == kind, entries.c.stream_id == MAIN)
        .scalar_subquery()
        for kind in kinds
    )
    return tuple(connection.execute(sa.select(*last)).one())


def page(
    connection: sa.Connection,
    *,
    kind: str | None,
    since: str | None = None,
    until: str | None = None,
    after: EntryRef | None,
) -> list[Entry]:
    """The next entries after ``after``, by stream and position, recorded from ``since`` to ``until``."""
    query = _ENTRY.order_by(entries.c.stream_id, entries.c.seq).limit(_PAGE)
    if kind is not None:
        query = query.where(entries.c.kind == kind)
    if since is not None:
        query = query.where(entries.c.time >= since)
    if until is not None:
        query = query.where(entries.c.time <= until)
    if after is not None:
        later = sa.and_(entries.c.stream_id == after.stream, entries.c.seq > after.seq)
        query = query.where(sa.or_(entries.c.stream_id > after.stream, later))
    return [_entry(*row) for row in connection.execute(query)]


def stored_entries(connection: sa.Connection, stream_id: str, size: int) -> Iterator[StoredEntry]:
    """The first ``size`` entries of a stream, page by page."""
    query = (
        sa.select(
            entries.c.seq,
            entries.c.header,
            entries.c.commitment,
            entries.c.leaf,
            contents.c.salt,
            contents.c.content,
        )
        .select_from(_ENTRY.get_final_froms()[0])
        .where(
            entries.c.stream_id == stream_id,
            entries.c.seq >= sa.bindparam("start"),
            entries.c.seq < sa.bindparam("stop"),
        )
        .order_by(entries.c.seq)
    )
    for start in range(0, size, _PAGE):
        for row in connection.execute(query, {"start": start, "stop": min(start + _PAGE, size)}):
            yield StoredEntry(*row)


def erase_content(connection: sa.Connection, ref: EntryRef) -> bool:
    """Forget salt and content of an entry; whether there was anything to forget."""
    if connection.dialect.name == "sqlite":
        # Overwrite what is deleted: a free page would keep it readable.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    result = connection.execute(
        contents.delete().where(contents.c.stream_id == ref.stream, contents.c.seq == ref.seq)
    )
    return result.rowcount == 1


def _entry(stream_id: str, seq: int, header: str, leaf: bytes, content: str | None) -> Entry:
    # The header is what the leaf commits to; the columns beside it only serve to search.
    fixed = msgspec.json.decode(header, type=Header)
    recorded: Json = None if content is None else msgspec.json.decode(content)
    return Entry(
        ref=EntryRef(stream=stream_id, seq=seq),
        time=fixed.time,
        kind=fixed.kind,
        actor=fixed.actor,
        content=recorded,
        leaf=leaf.hex(),
    )


# --- Heads and checkpoints -----------------------------------------------------------------------


def add_heads(connection: sa.Connection, new: Sequence[StoredHead]) -> None:
    """Append to the log of heads, and remember for each stream that it was taken."""
    connection.execute(heads.insert(), [head._asdict() for head in new])
    update = (
        streams.update()
        .where(streams.c.stream_id == sa.bindparam("name"))
        .values(headed=sa.bindparam("covered"))
    )
    connection.execute(update, [{"name": head.stream_id, "covered": head.size} for head in new])


def heads_up_to(connection: sa.Connection, size: int) -> list[StoredHead]:
    """The first ``size`` leaves of the log of heads."""
    query = sa.select(heads).where(heads.c.position < size).order_by(heads.c.position)
    return [StoredHead(*row) for row in connection.execute(query)]


def has_uncovered_erasure(connection: sa.Connection) -> bool:
    """Whether an erasure is recorded that no checkpoint covers yet."""
    query = (
        sa.select(entries.c.seq)
        .join(streams, streams.c.stream_id == entries.c.stream_id)
        .where(entries.c.kind == ERASED_KIND, entries.c.stream_id == MAIN, entries.c.seq >= streams.c.headed)
        .limit(1)
    )
    return connection.execute(query).first() is not None


class Standing(NamedTuple):
    """An entry's leaf with the newest checkpoint and the newest head under it that covers the entry.

    Of the latter two nothing is known where the entry was recorded since, or nothing was signed yet.
    """

    leaf: bytes
    checkpoint_size: int | None
    note: str | None
    head_position: int | None
    head_size: int | None
    head_text: str | None


def standing(connection: sa.Connection, ref: EntryRef) -> Standing | None:
    """How the entry at ``ref`` stands; nothing where there is none."""
    statement = _STANDING.replace("?", _mark(connection))
    bounds = (ref.stream, ref.seq, ref.stream, ref.seq)
    row = connection.exec_driver_sql(statement, bounds).one_or_none()
    return None if row is None else Standing(bytes(row[0]), *row[1:])


# One statement: a proof must take less than a millisecond, and each costs a tenth of one to hand over.
_STANDING = (
    "SELECT e.leaf, c.size, c.note, h.position, h.size, h.text FROM ledger_entry e "
    "LEFT JOIN ledger_checkpoint c ON c.size = (SELECT max(size) FROM ledger_checkpoint) "
    "LEFT JOIN ledger_head h ON h.position = (SELECT max(position) FROM ledger_head "
    "WHERE stream_id = ? AND size > ? AND position < c.size) "
    "WHERE e.stream_id = ? AND e.seq = ?"
)
_LATEST_CHECKPOINT = sa.select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)


def add_checkpoint(connection: sa.Connection, checkpoint: Checkpoint) -> None:
    """Remember a checkpoint."""
    connection.execute(
        checkpoints.insert(),
        [
            {
                "size": checkpoint.size,
                "root": checkpoint.root,
                "time": checkpoint.time,
                "origin": checkpoint.origin,
                "note": checkpoint.note,
            }
        ],
    )


def latest_checkpoint(connection: sa.Connection) -> Checkpoint | None:
    """The newest checkpoint."""
    row = connection.execute(_LATEST_CHECKPOINT).mappings().one_or_none()
    return None if row is None else Checkpoint(**row)


def checkpoints_up_to(connection: sa.Connection, size: int) -> list[Checkpoint]:
    """All checkpoints over at most ``size`` heads, oldest first."""
    query = sa.select(checkpoints).where(checkpoints.c.size <= size).order_by(checkpoints.c.size)
    return [Checkpoint(**row) for row in connection.execute(query).mappings()]


# --- Nodes ---------------------------------------------------------------------------------------


def kept_nodes(
    connection: sa.Connection, stream_id: str, runs: Sequence[Run]
) -> dict[tuple[int, int], bytes]:
    """The hashes at the given places; those at level 0 are the leaves themselves.

    All in one statement: a proof needs some ten runs, and each statement costs more than its rows.
    """
    if not runs:
        return {}
    mark = _mark(connection)
    leaves = _HEAD_LEAVES if stream_id == HEADS else _LEAVES
    statement = " UNION ALL ".join(_NODES if run.level else leaves for run in runs).replace("?", mark)
    bounds = [value for run in runs for value in _bounds(stream_id, run)]
    rows = connection.exec_driver_sql(statement, tuple(bounds)).all()
    return {(level, position): bytes(value) for level, position, value in rows}


def _bounds(stream_id: str, run: Run) -> tuple[str | int, ...]:
    if run.level:
        return stream_id, run.level, run.start, run.stop
    return (run.start, run.stop) if stream_id == HEADS else (stream_id, run.start, run.stop)


_NODES = (
    "SELECT level, position, hash FROM ledger_node "
    "WHERE stream_id = ? AND level = ? AND position >= ? AND position < ?"
)
_LEAVES = "SELECT 0, seq, leaf FROM ledger_entry WHERE stream_id = ? AND seq >= ? AND seq < ?"
_HEAD_LEAVES = "SELECT 0, position, leaf FROM ledger_head WHERE position >= ? AND position < ?"
