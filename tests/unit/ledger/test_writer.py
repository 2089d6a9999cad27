"""Group commits: durable when said, failing whole, surviving a kill."""

import asyncio
import signal
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from hegui.core import Conflict, InvalidInput
from hegui.ledger import EntryRef, Ledger, WriterClosed, verify_directory
from hegui.ledger.stream import SALT_BYTES, Stream
from hegui.ledger.writer import (
    BATCH_ENTRIES,
    BUSY_ENTRIES,
    BUSY_LINGER_SECONDS,
    LINGER_SECONDS,
    GroupWriter,
)
from hegui.store import Database, StorageFull


def committed(database):
    with database.read() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM ledger_entry")).scalar_one()


def test_entries_from_many_threads_all_arrive_in_one_stream(ledger, database, tmp_path):
    futures = []
    with ledger.writer() as writer:

        def append_some(name):
            futures.extend(
                writer.append(kind="gateway.exchanged", content={"number": number}, actor=name)
                for number in range(50)
            )

        threads = [threading.Thread(target=append_some, args=(f"thread {n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert {future.result() for future in futures} == {
        EntryRef(stream=writer.stream_id, seq=seq) for seq in range(200)
    }
    ledger.export(tmp_path / "out")
    assert verify_directory(tmp_path / "out").problems == []
    assert {entry.actor for entry in ledger.entries()} == {f"thread {n}" for n in range(4)}


def test_an_entry_is_durable_when_its_future_resolves(ledger, database):
    with ledger.writer() as writer:
        assert committed(database) == 0
        writer.append(kind="gateway.exchanged", content={}).result()
        assert committed(database) == 1


def test_a_writer_that_wrote_nothing_leaves_no_stream(ledger, tmp_path):
    with ledger.writer():
        pass

    ledger.export(tmp_path / "out")
    assert verify_directory(tmp_path / "out").streams == {}


def test_nobody_can_cancel_an_entry_that_was_handed_over(ledger):
    with ledger.writer() as writer:
        future = writer.append(kind="gateway.exchanged", content={})
        assert not future.cancel()

    assert future.result().seq == 0


def test_a_bad_entry_is_refused_where_it_is_handed_over(ledger, database):
    with ledger.writer() as writer:
        with pytest.raises(InvalidInput):
            writer.append(kind="gateway.exchanged", content={"share": 0.5})
        with pytest.raises(InvalidInput):
            writer.append(kind="exchange", content={})

    assert committed(database) == 0


def test_closing_drains_and_a_closed_writer_says_so(ledger, database):
    writer = ledger.writer()
    futures = [writer.append(kind="gateway.exchanged", content={}) for _ in range(10)]
    writer.close()
    writer.close()

    assert all(future.done() for future in futures)
    assert committed(database) == 10
    with pytest.raises(WriterClosed):
        writer.append(kind="gateway.exchanged", content={})


class Store:
    """Stores in memory; refuses while told to, waits while told to."""

    def __init__(self):
        self.groups = []
        self.error = None
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Event()

    def __call__(self, stream, drafts):
        self.entered.set()
        self.go.wait()
        if self.error is not None:
            raise self.error
        self.groups.append(len(drafts))
        return stream.extend(drafts, salt=bytes(SALT_BYTES * len(drafts)))


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def writer(store, ledger):
    with GroupWriter(stream=Stream("w-test"), draft=ledger._draft, store=store, actor="me") as writer:
        yield writer


@pytest.mark.parametrize("error", [StorageFull("disk"), sa.exc.InvalidRequestError("broken")])
def test_a_group_that_fails_fails_whole_and_leaves_no_gap(writer, store, error):
    first = writer.append(kind="gateway.exchanged", content={})
    assert first.result().seq == 0
    store.error = error
    lost = [writer.append(kind="gateway.exchanged", content={}) for _ in range(3)]
    assert all(future.exception() is error for future in lost)
    store.error = None

    assert writer.append(kind="gateway.exchanged", content={}).result().seq == 1


def test_what_waits_is_committed_in_groups(writer, store):
    store.go.clear()
    futures = [writer.append(kind="gateway.exchanged", content={}) for _ in range(3 * BATCH_ENTRIES)]
    store.go.set()

    assert [future.result().seq for future in futures] == list(range(3 * BATCH_ENTRIES))
    assert max(store.groups) == BATCH_ENTRIES
    assert len(store.groups) <= 4


class Impatience(threading.Event):
    """Waits for nothing, and remembers for how long it should have."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def wait(self, timeout=None):
        self.asked.append(timeout)
        return self.is_set()


def test_a_group_that_follows_a_large_one_waits_longer_for_more(writer, store):
    writer._enough = Impatience()
    store.go.clear()
    writer.append(kind="gateway.exchanged", content={})
    store.entered.wait()
    many = [writer.append(kind="gateway.exchanged", content={}) for _ in range(BUSY_ENTRIES)]
    store.go.set()
    many[-1].result()
    for _ in range(2):
        writer.append(kind="gateway.exchanged", content={}).result()

    assert store.groups == [1, BUSY_ENTRIES, 1, 1]
    assert writer._enough.asked == [LINGER_SECONDS, LINGER_SECONDS, BUSY_LINGER_SECONDS, LINGER_SECONDS]


def test_a_defect_in_storing_strands_no_caller(store, ledger):
    store.error = ZeroDivisionError("a defect")
    failures = []
    hook, threading.excepthook = threading.excepthook, failures.append
    try:
        writer = GroupWriter(stream=Stream("w-test"), draft=ledger._draft, store=store, actor="me")
        store.go.clear()
        stored = writer.append(kind="gateway.exchanged", content={})
        store.entered.wait()
        queued = writer.append(kind="gateway.exchanged", content={})
        store.go.set()
        assert isinstance(stored.exception(timeout=60), WriterClosed)
        assert isinstance(queued.exception(timeout=60), WriterClosed)
        writer.close()
    finally:
        threading.excepthook = hook

    assert len(failures) == 1
    with pytest.raises(WriterClosed):
        writer.append(kind="gateway.exchanged", content={})


@pytest.fixture
def sqlite_ledger(tmp_path, clock, _sqlite_template):
    url = f"sqlite:///{tmp_path / 'one.db'}"
    (tmp_path / "one.db").write_bytes(_sqlite_template.read_bytes())
    database = Database(url)
    ledger = Ledger(
        database=database,
        keys=tmp_path / "keys",
        checkpoints=tmp_path / "checkpoints",
        clock=clock,
        origin="hegui.example/test",
        actor="test@hegui",
    )
    yield ledger, database, url
    database.close()


def test_a_full_disk_fails_the_group_clearly_and_the_log_still_verifies(sqlite_ledger, tmp_path):
    ledger, database, _ = sqlite_ledger
    big = {"text": "x" * 40_000}
    with ledger.writer() as writer:
        kept = writer.append(kind="gateway.exchanged", content=big)
        kept.result()
        with database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        limited = sa.event.listens_for(database._engine, "begin")(
            lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        )
        lost = writer.append(kind="gateway.exchanged", content=big)
        assert isinstance(lost.exception(), StorageFull)
        sa.event.remove(database._engine, "begin", limited)
        sa.event.listen(
            database._engine,
            "begin",
            lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000"),
        )
        assert writer.append(kind="gateway.exchanged", content=big).result().seq == 1

    assert committed(database) == 2
    ledger.export(tmp_path / "out")
    assert verify_directory(tmp_path / "out").problems == []


APPEND_UNTIL_KILLED = """
import sys
from pathlib import Path
from hegui.core import system_clock
from hegui.ledger import Ledger
from hegui.store import Database

url, root = sys.argv[1:]
ledger = Ledger(database=Database(url), keys=Path(root) / "keys", checkpoints=Path(root) / "checkpoints",
                clock=system_clock, origin="hegui.example/test", actor="doomed")
writer = ledger.writer()
waiting = []
while True:
    waiting.append(writer.append(kind="gateway.exchanged", content={"number": len(waiting)}))
    if len(waiting) % 100 == 0:
        print(waiting[-50].result(), flush=True)
"""


def test_after_a_kill_everything_that_was_promised_is_there(ledger, database, database_url, tmp_path):
    script = [sys.executable, "-c", APPEND_UNTIL_KILLED, database_url, str(tmp_path)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        promised = [process.stdout.readline().strip() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        promised += process.stdout.read().split()

    last = EntryRef.parse(promised[-1])
    assert ledger.entry(last).actor == "doomed"
    assert [entry.ref.seq for entry in ledger.entries()][: last.seq + 1] == list(range(last.seq + 1))
    ledger.export(tmp_path / "out")
    report = verify_directory(tmp_path / "out")
    assert report.problems == []
    assert report.streams[last.stream] > last.seq


def test_closing_while_a_defect_ends_the_thread_harms_nobody(store, ledger):
    store.error = ZeroDivisionError("a defect")
    failures = []
    hook, threading.excepthook = threading.excepthook, failures.append
    try:
        writer = GroupWriter(stream=Stream("w-test"), draft=ledger._draft, store=store, actor="me")
        store.go.clear()
        future = writer.append(kind="gateway.exchanged", content={})
        store.entered.wait()
        closing = threading.Thread(target=writer.close)
        closing.start()
        while writer._queue.empty():
            pass
        store.go.set()
        closing.join()
    finally:
        threading.excepthook = hook

    assert isinstance(future.exception(), WriterClosed)


def test_a_closed_writer_is_a_conflict():
    assert issubclass(WriterClosed, Conflict)


def test_who_waits_on_an_event_loop_is_told_when_the_entry_is_durable(ledger, database):
    async def entering(writer):
        refs = await asyncio.gather(
            *(writer.enter(kind="gateway.exchanged", content={"number": n}) for n in range(5))
        )
        return refs, committed(database)

    with ledger.writer() as writer:
        refs, durable = asyncio.run(entering(writer))
    assert refs == [EntryRef(stream=writer.stream_id, seq=seq) for seq in range(5)]
    assert durable == 5


def test_who_waits_on_an_event_loop_is_told_why_nothing_was_stored(writer, store):
    store.error = StorageFull("sqlite:///full.db")

    async def entering():
        return await asyncio.gather(
            *(writer.enter(kind="gateway.exchanged", content={}) for _ in range(3)), return_exceptions=True
        )

    assert asyncio.run(entering()) == [store.error] * 3


def test_an_entry_nobody_waits_for_any_more_is_written_all_the_same(ledger, database):
    async def giving_up(writer):
        given_up = writer.enter(kind="gateway.exchanged", content={})
        given_up.cancel()
        await writer.enter(kind="gateway.exchanged", content={})

    async def leaving(writer):
        writer.enter(kind="gateway.exchanged", content={})

    with ledger.writer() as writer:
        asyncio.run(giving_up(writer))
        asyncio.run(leaving(writer))
    assert committed(database) == 3
