import threading

import pytest
import sqlalchemy as sa

from hegui.conduct.model import LadderPolicy, LadderStep
from hegui.conduct.service import FRESH_SECONDS, AppealMissing, Conduct, ViolationMissing
from hegui.core import Conflict
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.store import Database

RULEBOOK = Rulebook.load()
FRESH = FRESH_SECONDS


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def ledger(database, clock, tmp_path):
    return Ledger(
        database=database,
        keys=tmp_path / "keys",
        checkpoints=tmp_path / "checkpoints",
        clock=clock,
        origin="hegui/test",
        actor="officer@hegui",
    )


@pytest.fixture
def make(database, ledger, clock):
    def another():
        return Conduct(
            database=database, ledger=ledger, rulebook=RULEBOOK, clock=clock, policy=LadderPolicy()
        )

    return another


@pytest.fixture
def conduct(make):
    return make()


def misbehave(conduct, count, *, first=0):
    for number in range(first, first + count):
        last = conduct.violated("u", exchange=f"e{number}")
    return last


def test_who_did_nothing_stands_nowhere_and_is_served(conduct):
    assert conduct.standing("u").rung == 0
    assert not conduct.standing("u").closed
    conduct.behaved("u")
    assert conduct.history("u") == ()


def test_the_third_violation_in_a_row_leads_to_a_step_on_record(conduct, ledger):
    assert misbehave(conduct, 2).because == ""
    assert ledger.latest("conduct.step_taken") is None
    assert misbehave(conduct, 1, first=2).because == "e2"
    content = ledger.latest("conduct.step_taken").content
    assert (content["step"], content["rung"], content["exchange"]) == ("warn", 1, "e2")
    assert content["notice"]["zh"]


def test_a_clean_request_between_breaks_the_row(conduct):
    misbehave(conduct, 2)
    conduct.behaved("u")
    conduct.behaved("u")
    assert misbehave(conduct, 1, first=2).in_a_row == 1
    assert len(conduct.history("u")) == 4


def test_a_restricted_user_has_so_many_requests_an_hour_for_a_while(conduct, clock):
    misbehave(conduct, 6)
    rung = next(rung for rung in LadderPolicy().rungs if rung.step is LadderStep.RESTRICT)
    assert conduct.standing("u").current == rung
    clock.advance(hours=rung.hours)
    assert conduct.standing("u").current is None


def test_a_suspended_user_is_not_served_and_others_are(conduct):
    misbehave(conduct, 9)
    assert conduct.standing("u").closed
    assert not conduct.standing("somebody else").closed


def test_what_is_written_while_the_history_is_read_holds_at_once(conduct, database):
    writers = []

    def write_meanwhile(_connection, _cursor, statement, *_others):
        if statement.startswith("SELECT") and "conduct" in statement and not writers:
            writers.append(threading.Thread(target=conduct.violated, args=("u",), kwargs={"exchange": "e"}))
            writers[0].start()
            writers[0].join(1)  # it waits for the reading to end

    conduct.standing("v")
    sa.event.listen(sa.Engine, "after_cursor_execute", write_meanwhile)
    try:
        conduct._stale()
        conduct.refresh()
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", write_meanwhile)
    writers[0].join()

    assert not conduct.standing("u").is_blank


def test_what_one_process_does_holds_in_another(conduct, make, monkeypatch):
    other = make()
    assert not other.standing("u").closed
    misbehave(conduct, 9)
    monkeypatch.setattr("hegui.conduct.service.FRESH_SECONDS", 0)
    assert other.standing("u").closed


def test_an_overturned_violation_reopens_the_service(conduct, ledger):
    misbehave(conduct, 9)
    assert not conduct.overturn("e8", reason="a false alarm").closed
    assert not conduct.standing("u").closed
    assert ledger.latest("conduct.violation_overturned").content["reason"] == "a false alarm"


def test_what_is_lifted_is_over(conduct, ledger):
    misbehave(conduct, 9)
    assert conduct.lift("u", reason="stolen account").rung == 0
    assert ledger.latest("conduct.lifted").actor == "officer@hegui"


@pytest.mark.parametrize(("exchange", "rung"), [("e8", 2), ("", 0)])
def test_a_granted_appeal_corrects_what_it_is_about(conduct, ledger, exchange, rung):
    misbehave(conduct, 9)
    made = conduct.appeal("u", text="小说情节", exchange=exchange)
    assert conduct.appeals() == (made,)
    decided = conduct.decide(made.id, granted=True, reason="fiction")
    assert (decided.granted, decided.reason) == (True, "fiction")
    assert conduct.appeals() == ()
    assert conduct.appeals(open_only=False) == (decided,)
    assert conduct.standing("u").rung == rung
    assert ledger.latest("conduct.appeal_decided").content["granted"] is True
    with pytest.raises(Conflict, match="before"):
        conduct.decide(made.id, granted=False, reason="again")


def test_a_denied_appeal_changes_nothing(conduct):
    misbehave(conduct, 9)
    made = conduct.appeal("u", text="x" * 5_000)
    assert len(made.text) == 4_000
    conduct.decide(made.id, granted=False, reason="no")
    assert conduct.standing("u").closed


def test_what_is_not_there_is_said_to_be_missing(conduct):
    misbehave(conduct, 1)
    with pytest.raises(ViolationMissing, match="e9"):
        conduct.overturn("e9", reason="?")
    with pytest.raises(ViolationMissing):
        conduct.appeal("somebody else", text="?", exchange="e0")
    with pytest.raises(AppealMissing, match="abc"):
        conduct.decide("abc", granted=True, reason="?")


def test_users_are_told_with_their_standing(conduct):
    misbehave(conduct, 3)
    assert [(user, stands.rung) for user, stands in conduct.users()] == [("u", 1)]


def test_what_no_longer_counts_is_erased(conduct, clock, ledger):
    misbehave(conduct, 9)
    conduct.appeal("u", text="?")
    assert conduct.forget() == 0
    clock.advance(days=LadderPolicy().forget_days)
    assert conduct.forget() == 1
    assert conduct.users() == ()
    assert conduct.appeals(open_only=False) == ()
    assert ledger.latest("conduct.forgotten").content == {"users": 1}


def test_knowledge_is_read_again_only_when_it_is_old(conduct, database, monkeypatch):
    conduct.standing("u")
    monkeypatch.setattr(database, "read", None)
    assert FRESH < 1
    assert conduct.standing("u").rung == 0
