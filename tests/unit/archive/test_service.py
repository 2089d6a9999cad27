"""Conversations that are kept, on both databases."""

import pytest
import sqlalchemy as sa

from hegui.archive import Conversations, KeptExchange, NothingKept, RetentionPolicy, Unopenable


@pytest.fixture
def make(database, ledger, clock):
    return lambda key=b"k" * 32: Conversations(database=database, ledger=ledger, clock=clock, key=key)


@pytest.fixture
def archive(make):
    return make()


def keep(archive, user="u", exchange="e1", asked=("电话13812345678",)):
    archive.keep(user, exchange=exchange, training="opted_out", asked=asked, answered="好")


def test_what_is_kept_can_be_read_and_that_is_on_record(archive, clock, ledger):
    first = clock()
    keep(archive)
    clock.advance(minutes=1)
    keep(archive, exchange="e2", asked=("a", "b"))
    keep(archive, user="v", exchange="e3")
    assert archive.read("u", reason="asked for") == (
        KeptExchange(
            exchange="e1", at=first, training="opted_out", asked=("电话13812345678",), answered="好"
        ),
        KeptExchange(exchange="e2", at=clock(), training="opted_out", asked=("a", "b"), answered="好"),
    )
    assert ledger.latest("archive.read").content == {"user": "u", "exchanges": 2, "reason": "asked for"}


def test_nothing_is_kept_in_the_clear(archive, database):
    keep(archive)
    with database.read() as connection:
        rows = [
            row
            for table in ("archive_key", "archive_item")
            for row in connection.execute(
                sa.select(sa.column("sealed")).select_from(sa.table(table))
            ).scalars()
        ]
    stored = b"".join(map(bytes, rows))
    assert b"13812345678" not in stored
    assert "好".encode() not in stored


def test_erasing_a_user_is_erasing_their_key_and_nobody_elses(archive, ledger):
    keep(archive)
    keep(archive, user="v", exchange="e2")
    assert archive.erase("u", reason="account closed") == 1
    assert ledger.latest("archive.erased").content == {
        "user": "u",
        "exchanges": 1,
        "reason": "account closed",
    }
    for again in (archive.read, archive.erase):
        with pytest.raises(NothingKept, match="hegui gateway pseudonym"):
            again("u", reason="?")
    assert len(archive.read("v", reason="?")) == 1
    keep(archive, exchange="e3")
    assert [kept.exchange for kept in archive.read("u", reason="?")] == ["e3"]


def test_what_was_kept_long_enough_is_erased(archive, clock, ledger):
    policy = RetentionPolicy(days=30)
    keep(archive)
    clock.advance(days=30)
    assert archive.sweep(policy) == 0
    assert ledger.latest("archive.swept") is None
    keep(archive, exchange="e2")
    clock.advance(days=1)
    assert archive.sweep(policy) == 1
    assert ledger.latest("archive.swept").content["days"] == 30
    assert archive.holdings()[:2] == (1, 1)


def test_with_another_key_nothing_opens(archive, make):
    keep(archive)
    other = make(b"l" * 32)
    with pytest.raises(Unopenable, match=r"u cannot be opened.*archive\.key"):
        other.read("u", reason="?")
    with pytest.raises(Unopenable):
        keep(other, exchange="e2")


def test_what_was_put_elsewhere_does_not_open(archive, database):
    keep(archive)
    keep(archive, exchange="e2")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE archive_item SET exchange = 'e9' WHERE exchange = 'e2'"))
    with pytest.raises(Unopenable, match="e9"):
        archive.read("u", reason="?")


def test_an_answer_that_was_withdrawn_is_no_longer_shown_but_kept(archive, ledger, clock):
    keep(archive)
    keep(archive, exchange="e2")
    assert archive.withdraw("e1", reason="illegal") is True
    assert archive.withdraw("e1", reason="again") is True

    withdrawn, shown = archive.read("u", reason="asked for")
    assert (withdrawn.asked, withdrawn.answered, withdrawn.is_withdrawn) == (("电话13812345678",), "", True)
    assert (shown.answered, shown.is_withdrawn) == ("好", False)
    assert [(each.exchange, each.at) for each in archive.withdrawn()] == [("e1", clock())]
    (entry,) = ledger.entries("archive.withdrawn")
    assert entry.content == {"exchange": "e1", "reason": "illegal"}
    # Whoever deals with it reads it, and that is on record.
    kept = archive.exchange("e1", reason="to mend the model")
    assert (kept.answered, kept.is_withdrawn) == ("好", True)
    assert ledger.latest("archive.read").content["exchange"] == "e1"


def test_an_answer_is_shown_again_that_was_withdrawn_by_mistake(archive, ledger):
    keep(archive)
    archive.withdraw("e1", reason="illegal")
    archive.restore("e1", reason="a false alarm")
    archive.restore("e1", reason="again")

    assert archive.read("u", reason="r")[0].answered == "好"
    assert archive.withdrawn() == ()
    assert len(list(ledger.entries("archive.restored"))) == 1


def test_what_is_not_kept_is_withdrawn_all_the_same_for_whoever_shows_it(archive):
    assert archive.withdraw("e9", reason="illegal") is False
    assert [each.exchange for each in archive.withdrawn()] == ["e9"]
    assert archive.exchange("e9", reason="r") is None


def test_the_question_is_kept_with_what_was_asked(archive):
    archive.keep(
        "u", exchange="e1", training="allowed", asked=("规则", "问题"), answered="好", question="问题"
    )
    assert archive.exchange("e1", reason="r").question == "问题"


def test_everything_can_be_read_page_by_page_and_that_is_on_record(archive, clock, ledger, monkeypatch):
    monkeypatch.setattr("hegui.archive.repository._PAGE", 2)
    for number in range(5):
        keep(archive, user=f"u{number % 2}", exchange=f"e{number}")
        clock.advance(minutes=number % 2)
    archive.withdraw("e3", reason="illegal")

    every = archive.every(reason="a new bank is tried")

    assert ledger.latest("archive.read").content == {
        "users": "*",
        "exchanges": 5,
        "since": None,
        "reason": "a new bank is tried",
    }
    found = list(every)
    assert [each.exchange for each in found] == [f"e{number}" for number in range(5)]
    assert [each.exchange for each in found if each.is_withdrawn] == ["e3"]
    assert all(each.answered == "好" for each in found)


def test_only_what_ended_since_a_moment_is_read(archive, clock, ledger):
    keep(archive)
    clock.advance(minutes=1)
    since = clock()
    keep(archive, exchange="e2")

    assert [each.exchange for each in archive.every(reason="r", since=since)] == ["e2"]
    assert ledger.latest("archive.read").content["exchanges"] == 1


def test_the_exchange_as_it_came_is_kept_sealed_and_not_shown_where_it_is_withdrawn(archive):
    archive.keep("u", exchange="e1", training="no", asked=("问",), answered="答", original=b"as it came")
    assert archive.read("u", reason="r")[0].original == b"as it came"
    archive.withdraw("e1", reason="illegal")
    assert archive.read("u", reason="r")[0].original is None
    assert next(archive.every(reason="r")).original == b"as it came"
