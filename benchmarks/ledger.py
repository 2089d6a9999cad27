"""How fast the ledger writes, proves and verifies, beside the plain alternatives, in one run.

Run: ``python benchmarks/ledger.py [ENTRIES]`` (default 20,000; the proof always uses a million entries).
Absolute rates are those of the machine it runs on; the ratios are what carries over. Each rate is given by
the clock and by the processor time it took: on a machine that others use too, the second says what the first
would be without them, apart from the disk.
"""

import datetime as dt
import hashlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import msgspec
import rfc8785

from hegui.core import canonical_json, system_clock
from hegui.ledger import EntryRef, Ledger, verify_directory
from hegui.ledger.canonical import canonical_record
from hegui.ledger.merkle import grow, pack, sha256
from hegui.ledger.model import Header
from hegui.store import Database, migrate

MILLION = 1_000_000
CALLERS = 1_024
_SAMPLE = bytes(64)


def exchange(number: int) -> dict[str, object]:
    """What the gateway records of one exchange, more or less."""
    return {
        "decision": "released",
        "findings": [],
        "model": "example-model",
        "number": number,
        "reply_digest": f"sha256:{number:064x}",
        "request_digest": f"sha256:{number + 1:064x}",
        "tokens": 211,
    }


class Pace(NamedTuple):
    """How many a second, by the clock and by processor time."""

    clock: float
    processor: float


def pace(count: int, work: Callable[[], object]) -> Pace:
    """How fast ``work`` does ``count`` things; the processes it starts and ends are counted too."""
    spent, begin = os.times(), time.perf_counter()
    work()
    clock, now = time.perf_counter() - begin, os.times()
    return Pace(count / clock, count / max(0.01, sum(now[:4]) - sum(spent[:4])))


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second, by the clock."""
    return pace(count, work).clock


def report(name: str, value: float, unit: str, *, beside: float | None = None, target: str = "") -> None:
    ratio = "" if beside is None else f"   x{value / beside:,.1f}"
    print(f"{name:<58} {value:>12,.2f} {unit:<18}{ratio:<12} {target}")


def report_pace(name: str, found: Pace, *, beside: Pace | None = None, target: str = "") -> None:
    report(name, found.clock, "entries/s", beside=None if beside is None else beside.clock, target=target)
    report("  … by processor time", found.processor, "entries/s", beside=beside and beside.processor)


def make(folder: Path) -> tuple[Database, Ledger]:
    database = Database(f"sqlite:///{folder / 'hegui.db'}")
    migrate(database)
    ledger = Ledger(
        database=database,
        keys=folder / "keys",
        checkpoints=folder / "checkpoints",
        clock=system_clock,
        origin="hegui.example/benchmark",
        actor="benchmark",
    )
    return database, ledger


def bare_fsync(folder: Path, count: int) -> float:
    """What the disk itself allows: one small append and fsync at a time."""
    with (folder / "raw").open("wb") as file:

        def write() -> None:
            for _ in range(count):
                file.write(bytes(512))
                file.flush()
                os.fsync(file.fileno())

        return rate(count, write)


def hash_chain(folder: Path, count: int) -> Pace:
    """The simplest rival: a hash chain in bare sqlite3, committed 64 at a time, synchronous FULL."""
    connection = sqlite3.connect(folder / "chain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE chain (seq INTEGER PRIMARY KEY, entry TEXT, hash BLOB)")

    def write() -> None:
        last = b""
        for first in range(0, count, 64):
            rows = []
            for number in range(first, min(first + 64, count)):
                entry = rfc8785.dumps(exchange(number))
                last = hashlib.sha256(last + entry).digest()
                rows.append((number, entry.decode(), last))
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO chain VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

    result = pace(count, write)
    connection.close()
    return result


def writing(folder: Path, entries: int) -> None:
    disk = bare_fsync(folder, 300)
    report("disk: append and fsync, one at a time", disk, "/s")
    database, ledger = make(folder)

    def one_by_one(count: int) -> None:
        for number in range(count):
            with database.write() as connection:
                ledger.record(connection, kind="gateway.exchanged", content=exchange(number))

    single = pace(500, lambda: one_by_one(500))
    report_pace("commit per entry (the alternative)", single)
    report_pace("hash chain in bare sqlite3, 64 per commit", hash_chain(folder, entries), beside=single)
    with ledger.writer() as writer:

        def grouped() -> None:
            """As a busy gateway: so many callers at a time wait for their entry."""
            waiting: deque[Future[EntryRef]] = deque()
            for number in range(entries):
                waiting.append(writer.append(kind="gateway.exchanged", content=exchange(number)))
                if len(waiting) > CALLERS:
                    waiting.popleft().result()
            waiting[-1].result()

        group = pace(entries, grouped)
        report_pace(f"group commit, {CALLERS} callers", group, beside=single, target="target 15,000")
        waits = []
        for number in range(50):
            begin = time.perf_counter()
            writer.append(kind="gateway.exchanged", content=exchange(number)).result()
            waits.append((time.perf_counter() - begin) * 1000)
        report("a lone entry's wait for its commit (median)", statistics.median(waits), "ms")
    verifying(ledger, folder, entries)
    database.close()


def verifying(ledger: Ledger, folder: Path, entries: int) -> None:
    ledger.export(folder / "export")
    path = max((folder / "export" / "streams").iterdir(), key=lambda file: file.stat().st_size)

    def naive() -> None:
        for line in path.read_bytes().splitlines():
            commitment, salt, header, content = line.split(b"\t")
            assert rfc8785.dumps(msgspec.json.decode(content)) == content
            assert rfc8785.dumps(msgspec.json.decode(header)) == header
            assert hashlib.sha256(bytes.fromhex(salt.decode()) + content).hexdigest() == commitment.decode()
            hashlib.sha256(b"\x00" + header + bytes.fromhex(commitment.decode())).digest()

    slow = pace(entries, naive)
    report_pace("verify with rfc8785, entry by entry (the alternative)", slow)
    verified: list[bool] = []
    runs = [pace(entries, lambda: verified.append(verify_directory(folder / "export").ok)) for _ in range(5)]
    fast = max(runs, key=lambda run: run.processor)
    assert all(verified)
    report_pace("verify an export, one process (best of five)", fast, beside=slow, target="target 200,000")
    many = folder / "many"
    repeat_export(folder, many, max(1, 500_000 // entries))
    size = sum(1 for _ in (many / "streams" / path.name).open("rb"))
    large = pace(size, lambda: verify_directory(many, processes=os.cpu_count() or 1))
    report_pace(f"verify {size:,} entries, all processors", large, beside=slow, target="target 200,000")


def repeat_export(folder: Path, many: Path, times: int) -> None:
    """The same lines over and over: not a valid ledger, but every line costs what a valid one costs."""
    (many / "streams").mkdir(parents=True)
    for name in ("heads.jsonl", "checkpoint.note", "key.vkey"):
        (many / name).write_bytes((folder / "export" / name).read_bytes())
    for path in (folder / "export" / "streams").iterdir():
        lines = path.read_bytes().splitlines(keepends=True)
        with (many / "streams" / path.name).open("wb") as file:
            for seq in range(len(lines) * (times if path.name.startswith("w-") else 1)):
                line = lines[seq % len(lines)]
                file.write(line.replace(b'"seq":%d,' % (seq % len(lines)), b'"seq":%d,' % seq, 1))


def proving(folder: Path) -> None:
    """A proof in a log of a million entries, whose rows are written in bulk."""
    (folder / "million").mkdir()
    database, ledger = make(folder / "million")
    stamp = dt.datetime.now(dt.UTC).isoformat()
    leaves = []
    with database.write() as connection:
        rows = []
        for seq in range(MILLION):
            leaf = sha256(b"%d" % seq)
            leaves.append(leaf)
            header = f'{{"actor":"b","kind":"a.b","seq":{seq},"stream":"main","time":"{stamp}"}}'
            rows.append(("main", seq, stamp, "a.b", "b", header, leaf, leaf))
            if len(rows) == 10_000:
                connection.exec_driver_sql("INSERT INTO ledger_entry VALUES (?,?,?,?,?,?,?,?)", rows)
                rows = []
        begin = time.perf_counter()
        frontier, nodes = grow(0, (), leaves)
        report("grow the tree", MILLION / (time.perf_counter() - begin), "leaves/s")
        connection.exec_driver_sql(
            "INSERT INTO ledger_node VALUES (?,?,?,?)", [("main", *node) for node in nodes]
        )
        connection.exec_driver_sql(
            "UPDATE ledger_stream SET size = ?, frontier = ? WHERE stream_id = 'main'",
            (MILLION, pack(frontier)),
        )
    ledger.checkpoint()
    times = []
    spent = []
    longest = 0
    for number in range(300):
        ref = EntryRef(stream="main", seq=number * 7919 % MILLION)
        begin, used = time.perf_counter(), time.process_time()
        proof = ledger.prove(ref)
        times.append((time.perf_counter() - begin) * 1000)
        spent.append((time.process_time() - used) * 1000)
        longest = max(longest, len(msgspec.json.encode(proof)))
    begin = time.perf_counter()
    grow(0, (), leaves)
    rehash = (time.perf_counter() - begin) * 1000
    report("prove by hashing a million leaves (the alternative)", rehash, "ms")
    median = statistics.median(times)
    report("prove one of a million (median of 300)", median, "ms", target="target 1")
    report("  … by processor time (median)", statistics.median(spent), "ms")
    report("  … the fastest", min(times), "ms")
    print(f"{'':<58} {rehash / median:>12,.0f} times faster")
    report("size of the whole proof, checkpoint included", longest, "bytes", target="target 2,000")
    database.close()


def encoding() -> None:
    header = Header(
        actor="a", kind="gateway.exchanged", seq=17, stream="main", time="2026-11-22T04:00:00.000Z"
    )
    content = exchange(17)
    plain = {"actor": "a", "kind": "gateway.exchanged", "seq": 17, "stream": "main", "time": header.time}
    for name, fast, slow in (
        ("header", lambda: canonical_record(header), lambda: rfc8785.dumps(plain)),
        ("content", lambda: canonical_json(content), lambda: rfc8785.dumps(content)),
    ):
        alternative = rate(20_000, lambda slow=slow: [slow() for _ in range(20_000)])
        report(f"canonical {name} by rfc8785 (the alternative)", alternative, "/s")
        quick = rate(20_000, lambda fast=fast: [fast() for _ in range(20_000)])
        report(f"canonical {name}, fast path", quick, "/s", beside=alternative)


def hashing() -> None:
    for _ in range(100_000):
        hashlib.sha256(_SAMPLE).digest()


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f}: a busy machine shows less")
    report("SHA-256 of 64 bytes, to compare machines by", pace(100_000, hashing).processor, "/s of processor")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        encoding()
        writing(folder, entries)
        proving(folder)


if __name__ == "__main__":
    main()
