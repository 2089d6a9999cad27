"""The ledger's use cases, on both databases."""

import json
import subprocess
import sys
import threading

import msgspec
import pytest
import sqlalchemy as sa

from hegui.core import InvalidInput, timestamp
from hegui.ledger import (
    DirectoryNotEmpty,
    EntryMissing,
    EntryRef,
    Ledger,
    LedgerRolledBack,
    NotErasable,
    verify_directory,
)
from hegui.ledger.merkle import root_of, sha256
from hegui.ledger.model import HEADS, MAIN
from hegui.ledger.repository import contents, locked_stream
from hegui.ledger.stream import SALT_BYTES
from hegui.ledger.verify import Refused, check_proof, open_checkpoint, parse_verifier_key
from hegui.store import Database


def record(ledger, database, number=0, kind="corpus.scanned"):
    with database.write() as connection:
        return ledger.record(connection, kind=kind, content={"number": number})


def fill(ledger, database, count):
    with database.write() as connection:
        return [
            ledger.record(connection, kind="corpus.scanned", content={"number": number})
            for number in range(count)
        ]


def make(database, tmp_path, clock, **options):
    given = {"origin": "hegui.example/test", "actor": "test@hegui", **options}
    return Ledger(
        database=database, keys=tmp_path / "keys", checkpoints=tmp_path / "checkpoints", clock=clock, **given
    )


def verified(ledger, directory):
    ledger.export(directory)
    report = verify_directory(directory, key=ledger.verifier_key)
    assert report.problems == []
    return report


def test_each_entry_of_a_group_has_a_salt_of_its_own(ledger, database):
    with ledger.writer() as writer:
        for promise in [writer.append(kind="gateway.exchanged", content={}) for _ in range(50)]:
            promise.result()
    with database.read() as connection:
        salts = [bytes(salt) for salt in connection.execute(sa.select(contents.c.salt)).scalars()]
    assert {len(salt) for salt in salts} == {SALT_BYTES}
    assert len(set(salts)) == 50


def test_an_entry_reads_back_as_it_was_recorded(ledger, database):
    ref = record(ledger, database, 7)
    entry = ledger.entry(ref)

    assert str(ref) == "main/0"
    assert (entry.kind, entry.actor, entry.content) == ("corpus.scanned", "test@hegui", {"number": 7})
    assert entry.time == "2026-11-22T04:00:00.000Z"


def test_an_entry_says_who_acted(ledger, database):
    ref = record(ledger.acting_as("王芳"), database)

    assert ledger.entry(ref).actor == "王芳"


def test_an_entry_goes_with_the_transaction_it_was_recorded_in(ledger, database, tmp_path):
    def fail():
        with database.write() as connection:
            ledger.record(connection, kind="corpus.scanned", content={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert list(ledger.entries()) == []
    assert record(ledger, database).seq == 0
    assert verified(ledger, tmp_path / "out").streams == {"main": 1}


@pytest.mark.parametrize("content", [{"share": 0.5}, "\ud800"])
def test_content_without_one_spelling_is_refused_and_nothing_is_recorded(ledger, database, content):
    with pytest.raises(InvalidInput), database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content=content)

    assert list(ledger.entries()) == []


def test_the_latest_of_a_kind_is_the_last_recorded(ledger, database, clock):
    record(ledger, database, 1)
    clock.advance(hours=-1)
    record(ledger, database, 2)
    record(ledger, database, 3, kind="scope.judged")

    assert ledger.latest("corpus.scanned").content == {"number": 2}
    assert ledger.latest("gateway.exchanged") is None


def test_the_latest_of_a_kind_outside_the_main_stream_is_the_last_by_time(ledger, clock):
    with ledger.writer() as one:
        one.append(kind="gateway.exchanged", content={"number": 1}).result()
    clock.advance(hours=1)
    with ledger.writer() as two:
        two.append(kind="gateway.exchanged", content={"number": 2}).result()

    assert ledger.latest("gateway.exchanged").content == {"number": 2}


def test_entries_come_by_stream_and_place_whatever_the_page(ledger, database, monkeypatch):
    monkeypatch.setattr("hegui.ledger.repository._PAGE", 3)
    fill(ledger, database, 8)
    with ledger.writer() as writer:
        writer.append(kind="gateway.exchanged", content={}).result()

    refs = [entry.ref for entry in ledger.entries()]
    assert refs == sorted(refs)
    assert len(refs) == 9
    assert len(list(ledger.entries("gateway.exchanged"))) == 1


def test_entries_of_a_while_are_those_recorded_in_it(ledger, clock):
    times = []
    with ledger.writer() as writer:
        for number in range(4):
            writer.append(kind="gateway.exchanged", content={"number": number}).result()
            times.append(timestamp(clock()))
            clock.advance(hours=1)

    found = ledger.entries("gateway.exchanged", since=times[1], until=times[2])
    assert [entry.content["number"] for entry in found] == [1, 2]


def test_a_missing_entry_is_said_to_be_missing(ledger):
    nowhere = EntryRef(stream="main", seq=0)
    for ask in (ledger.entry, ledger.prove, lambda ref: ledger.erase(ref, reason="none")):
        with pytest.raises(EntryMissing, match="main/0"):
            ask(nowhere)


def test_a_checkpoint_signs_all_streams(ledger, database, tmp_path):
    fill(ledger, database, 3)
    with ledger.writer() as writer:
        writer.append(kind="gateway.exchanged", content={}).result()
    checkpoint = ledger.checkpoint()

    opened = open_checkpoint(checkpoint.note, parse_verifier_key(ledger.verifier_key))
    assert (opened.size, opened.root.hex(), opened.time) == (2, checkpoint.root, checkpoint.time)
    assert (tmp_path / "checkpoints" / "000000000002.note").read_text() == checkpoint.note


def test_where_nothing_happened_the_last_checkpoint_still_says_it_all(ledger, database, clock, tmp_path):
    record(ledger, database)
    first = ledger.checkpoint()
    clock.advance(days=1)
    (tmp_path / "checkpoints" / "000000000001.note").unlink()

    assert ledger.checkpoint() == first
    assert (tmp_path / "checkpoints" / "000000000001.note").exists()


def test_an_empty_ledger_can_be_signed_exported_and_verified(ledger, tmp_path):
    assert ledger.checkpoint().size == 0
    assert verified(ledger, tmp_path / "out").streams == {}


def test_a_database_older_than_its_checkpoints_is_refused(ledger, database, tmp_path):
    record(ledger, database)
    ledger.checkpoint()
    newer = tmp_path / "checkpoints" / "000000000002.note"
    newer.write_text("signed in a future that was rolled back")

    with pytest.raises(LedgerRolledBack, match="000000000002"):
        ledger.checkpoint()


def test_a_database_that_says_otherwise_than_its_checkpoints_is_refused(ledger, database, tmp_path):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "000000000001.note").write_text("of another database")
    with pytest.raises(LedgerRolledBack):
        ledger.checkpoint()

    (tmp_path / "checkpoints" / "000000000001.note").unlink()
    record(ledger, database)
    ledger.checkpoint()
    (tmp_path / "checkpoints" / "000000000001.note").write_text("rewritten")
    with pytest.raises(LedgerRolledBack):
        ledger.checkpoint()


def test_a_lost_newest_checkpoint_file_is_no_rollback(ledger, database, tmp_path):
    record(ledger, database)
    ledger.checkpoint()
    record(ledger, database)
    ledger.checkpoint()
    (tmp_path / "checkpoints" / "000000000002.note").unlink()
    record(ledger, database)

    assert ledger.checkpoint().size == 3


def test_a_proof_holds_by_itself_and_for_its_entry_only(ledger, database):
    refs = fill(ledger, database, 70)
    with ledger.writer() as writer:
        other = [writer.append(kind="gateway.exchanged", content={"n": n}) for n in range(40)]
    key = parse_verifier_key(ledger.verifier_key)

    for ref in (refs[0], refs[33], refs[69], other[39].result()):
        proof = json.loads(msgspec.json.encode(ledger.prove(ref)))
        assert check_proof(proof, key).size == 2
        for wrong in (
            {"ref": {**proof["ref"], "seq": proof["ref"]["seq"] + 1}},
            {"ref": {**proof["ref"], "stream": "elsewhere"}},
            {"leaf": "00" * 32},
            {"head_index": 1 - proof["head_index"]},
        ):
            with pytest.raises(Refused):
                check_proof({**proof, **wrong}, key)


def test_a_new_entry_is_proved_by_a_new_checkpoint(ledger, database):
    record(ledger, database)
    ledger.checkpoint()
    ref = record(ledger, database)

    proof = ledger.prove(ref)

    assert proof.checkpoint == ledger.checkpoint().note
    assert proof.head_index == 1


def test_erased_content_is_gone_and_the_proof_stands(ledger, database, tmp_path):
    refs = fill(ledger, database, 3)
    before = ledger.prove(refs[1])

    recorded = ledger.erase(refs[1], reason="ticket 88")

    assert ledger.entry(refs[1]).content is None
    assert ledger.entry(recorded).content == {"entry": "main/1", "reason": "ticket 88"}
    assert ledger.prove(refs[1]).leaf == before.leaf
    report = verified(ledger, tmp_path / "out")
    assert report.erased == 1
    assert '"number":1' not in (tmp_path / "out" / "streams" / "main.tsv").read_text()


class Interrupted(Ledger):
    """Somebody erases content right after the first checkpoint."""

    to_erase = ()

    def checkpoint(self):
        made = super().checkpoint()
        refs, self.to_erase = self.to_erase, ()
        for ref in refs:
            self.erase(ref, reason="ticket 89")
        return made


def test_an_erasure_in_the_middle_of_an_export_is_accounted_for(database, tmp_path, clock):
    ledger = Interrupted(
        database=database,
        keys=tmp_path / "keys",
        checkpoints=tmp_path / "checkpoints",
        clock=clock,
        origin="hegui.example/test",
        actor="test@hegui",
    )
    ledger.to_erase = (record(ledger, database),)

    assert verified(ledger, tmp_path / "out").erased == 1


def test_content_is_erased_once_and_the_reason_never(ledger, database):
    ref = record(ledger, database)
    recorded = ledger.erase(ref, reason="ticket 88")

    with pytest.raises(NotErasable, match="erased before"):
        ledger.erase(ref, reason="again")
    with pytest.raises(NotErasable, match="must stay"):
        ledger.erase(recorded, reason="cover up")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET actor = 'somebody else'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_head SET size = 0",
        "DELETE FROM ledger_head",
    ],
)
def test_the_database_itself_refuses_to_change_entries(ledger, database, statement):
    record(ledger, database)
    ledger.checkpoint()

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(sa.text(statement))


def test_evidence_is_not_mixed_with_other_files(ledger, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")

    with pytest.raises(DirectoryNotEmpty):
        ledger.export(tmp_path / "out")
    with pytest.raises(DirectoryNotEmpty):
        ledger.export(tmp_path / "out" / "mine.txt")


def test_a_second_tree_in_sm3_can_be_switched_on_later_and_stays(database, tmp_path, clock):
    plain = make(database, tmp_path, clock)
    with_sm3 = make(database, tmp_path, clock, sm3=True)
    fill(plain, database, 5)
    assert "sm3" not in plain.checkpoint().note
    record(with_sm3, database)
    with with_sm3.writer() as writer:
        writer.append(kind="gateway.exchanged", content={}).result()
    assert "\nsm3 " in with_sm3.checkpoint().note
    record(plain, database)

    report = verified(plain, tmp_path / "out")

    assert report.streams["main"] == 7
    heads = (tmp_path / "out" / "heads.jsonl").read_text().splitlines()
    assert [("sm3" in json.loads(line)) for line in heads] == [False, True, True, True]


RECORD_MANY = """
import sys
from pathlib import Path
from hegui.core import system_clock
from hegui.ledger import Ledger
from hegui.store import Database

url, root, count = sys.argv[1:]
database = Database(url)
ledger = Ledger(database=database, keys=Path(root) / "keys", checkpoints=Path(root) / "checkpoints",
                clock=system_clock, origin="hegui.example/test", actor="other")
for number in range(int(count)):
    with database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content={"number": number})
"""


def test_two_processes_recording_at_once_leave_no_gap(ledger, database_url, tmp_path):
    script = [sys.executable, "-c", RECORD_MANY, database_url, str(tmp_path), "60"]
    processes = [subprocess.Popen(script) for _ in range(2)]

    assert [process.wait(60) for process in processes] == [0, 0]
    assert [entry.ref.seq for entry in ledger.entries()] == list(range(120))
    assert verified(ledger, tmp_path / "out").streams == {"main": 120}


def test_checkpoints_taken_while_entries_arrive_cover_what_they_say(ledger, database, tmp_path):
    done = threading.Event()

    def keep_recording():
        with ledger.writer() as writer:
            while not done.is_set():
                writer.append(kind="gateway.exchanged", content={"x": "y"}).result()

    thread = threading.Thread(target=keep_recording)
    thread.start()
    for number in range(5):
        record(ledger, database, number)
        ledger.checkpoint()
    done.set()
    thread.join()

    verified(ledger, tmp_path / "out")


def test_the_kept_state_is_the_tree_over_what_is_kept(ledger, database):
    fill(ledger, database, 9)
    ledger.checkpoint()
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT leaf FROM ledger_entry ORDER BY seq")).scalars().all()
        text = connection.execute(sa.text("SELECT text FROM ledger_head")).scalar_one()
    with database.write() as connection:
        stream, log = locked_stream(connection, MAIN), locked_stream(connection, HEADS)

    assert stream.size == len(rows) == 9
    assert json.loads(text)["root"] == root_of(stream.frontier).hex()
    assert root_of(log.frontier) == sha256(b"\x00" + text.encode())


def test_reopening_goes_on_where_it_stopped(ledger, database, database_url, tmp_path, clock):
    fill(ledger, database, 3)
    database.close()
    again = Database(database_url)
    reopened = make(again, tmp_path, clock)

    assert record(reopened, again).seq == 3
    verified(reopened, tmp_path / "out")
    again.close()


def test_the_last_place_of_each_kind_tells_whether_any_is_new(ledger, database):
    assert ledger.last_places("corpus.scanned", "scope.judged") == (None, None)
    record(ledger, database)
    record(ledger, database, kind="scope.judged")
    record(ledger, database)
    with ledger.writer() as writer:
        writer.append(kind="corpus.scanned", content={}).result()
    assert ledger.last_places("corpus.scanned", "scope.judged") == (2, 1)


def test_who_holds_the_main_stream_decides_by_what_stands_there(ledger, database):
    counted = []

    def count():
        with database.write() as connection:
            ledger.hold(connection)
            counted.append(sum(1 for _ in ledger.entries()))
            ledger.record(connection, kind="corpus.scanned", content={})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [0, 1, 2, 3]
