import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from hegui.companion import Companion, CompanionPolicy, ContactMissing, CrisisKind
from hegui.core import Conflict, InvalidInput
from hegui.rulebook import Rulebook


@pytest.fixture
def make(database, ledger, clock):
    def making(**fields):
        return Companion(
            database=database,
            ledger=ledger,
            rulebook=Rulebook.load(),
            clock=clock,
            policy=CompanionPolicy(**fields),
        )

    return making


def met(companion, kind=CrisisKind.SELF_HARM, user="5f2d", exchange="e1"):
    return companion.met_crisis(kind, exchange=exchange, user=user, tenant="app")


def test_use_is_shared_by_all_that_hold_the_database(make, clock):
    one, other = make(), make()
    before = one.seen("5f2d")
    clock.advance(minutes=10)
    after = other.seen("5f2d")
    assert (after.since, after.last - after.since) == (before.since, dt.timedelta(minutes=10))


def test_whoever_left_begins_anew(make, clock):
    companion = make()
    companion.seen("5f2d")
    companion.left("5f2d")
    clock.advance(minutes=1)
    assert companion.seen("5f2d").since == clock()


def test_what_was_told_is_known_to_all_and_in_that_use_alone(make, clock):
    one, other = make(), make()
    use = one.seen("5f2d")
    one.told("5f2d", use, in_words=False)
    seen = other.seen("5f2d")
    assert (seen.told, seen.said) == (use.last, None)
    clock.advance(minutes=31)
    later = other.seen("5f2d")
    one.told("5f2d", use, in_words=True)
    one.left("1c3b")
    one.told("1c3b", use, in_words=True)
    assert other.seen("5f2d") == later
    assert other.seen("1c3b").said is None


def test_the_interval_of_reminders_is_the_rulebooks_unless_declared(make):
    assert make().reminder_hours == 2
    assert make(reminder_hours=1.5).reminder_hours == 1.5


def test_a_crisis_puts_whom_to_contact_into_the_queue_once(make, ledger):
    companion = make()
    first, again = met(companion), met(companion, exchange="e2")
    assert (first.is_new, again.is_new, again.contact) == (True, False, first.contact)
    assert met(companion, CrisisKind.PROPERTY_LOSS).is_new
    assert {contact.kind for contact in companion.contacts()} == {"self_harm", "property_loss"}
    assert [entry.content["exchange"] for entry in ledger.entries("companion.crisis_met")] == [
        "e1",
        "e2",
        "e1",
    ]


def test_two_replicas_that_meet_a_crisis_at_once_queue_it_once(make):
    one, other = make(), make()
    meeting = []

    def meet_meanwhile(_connection, _cursor, statement, *_others):
        if statement.startswith("SELECT") and "companion_contact" in statement and not meeting:
            meeting.append(threading.Thread(target=met, args=(other,), kwargs={"exchange": "e2"}))
            meeting[0].start()
            meeting[0].join(1)  # it waits for the first to end

    sa.event.listen(sa.Engine, "after_cursor_execute", meet_meanwhile)
    try:
        met(one)
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", meet_meanwhile)
    meeting[0].join()
    assert [contact.exchange for contact in one.contacts()] == ["e1"]


@pytest.mark.parametrize(
    ("kind", "user"), [(CrisisKind.EXTREME_EMOTION, "5f2d"), (CrisisKind.SELF_HARM, None)]
)
def test_where_nobody_is_to_be_contacted_there_is_evidence_alone(make, ledger, kind, user):
    crisis = met(make(), kind, user)
    assert (crisis.contact, crisis.is_new) == (None, False)
    assert make().contacts() == ()
    assert len(list(ledger.entries("companion.crisis_met"))) == 1


def test_a_person_says_what_came_of_a_contact(make, ledger):
    companion = make()
    contact = met(companion).contact
    closed = companion.close(contact, outcome=" reached the guardian ")
    assert (closed.outcome, closed.is_open) == ("reached the guardian", False)
    assert companion.contacts() == ()
    assert companion.contacts(open_only=False) == (closed,)
    assert [entry.content["outcome"] for entry in ledger.entries("companion.contact_closed")] == [
        closed.outcome
    ]
    assert met(companion, exchange="e3").is_new, "a later crisis is another one"


def test_a_contact_is_closed_once_and_with_a_word(make):
    companion = make()
    contact = met(companion).contact
    with pytest.raises(InvalidInput, match="what came of it"):
        companion.close(contact, outcome=" ")
    with pytest.raises(ContactMissing, match="no contact nowhere"):
        companion.close("nowhere", outcome="?")
    companion.close(contact, outcome="reached")
    with pytest.raises(Conflict, match="closed before: reached"):
        companion.close(contact, outcome="again")


def test_nothing_is_kept_longer_than_it_is_needed(make, clock):
    companion = make(keep_days=30)
    companion.seen("5f2d")
    closed = met(companion).contact
    companion.close(closed, outcome="reached")
    met(companion, CrisisKind.PROPERTY_LOSS)
    assert companion.forget() == 0
    clock.advance(minutes=31)
    assert companion.forget() == 1, "the use that is over"
    clock.advance(days=31)
    assert companion.forget() == 1, "the contact that was closed"
    assert [contact.kind for contact in companion.contacts(open_only=False)] == ["property_loss"]
