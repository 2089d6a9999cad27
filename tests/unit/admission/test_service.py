"""Keys of clients and minors' time of use, on both databases."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from hegui.admission import (
    Admissions,
    Age,
    AlertKind,
    AlertMissing,
    KeyMissing,
    MinorPolicy,
    MinorTimeUsedUp,
    key_digest,
)
from hegui.core import Conflict, InvalidInput

UNDER = Age.UNDER_SIXTEEN


@pytest.fixture
def make(database, ledger, rulebook, clock):
    return lambda: Admissions(database=database, ledger=ledger, rulebook=rulebook, clock=clock)


@pytest.fixture
def admissions(make):
    return make()


def tenant_of(admissions, key):
    admissions.refresh()
    return admissions.tenant_of(key_digest(key))


def test_an_issued_key_names_its_tenant_and_is_kept_nowhere(admissions, ledger):
    admissions.refresh()
    assert not admissions.has_keys
    issued = admissions.issue_key(" my app ")
    assert tenant_of(admissions, issued.text) == "my app"
    assert tenant_of(admissions, issued.text + "x") is None
    assert admissions.has_keys
    assert issued.text not in repr(admissions.keys()) + repr(list(ledger.entries()))
    assert ledger.latest("gateway.key_issued").content == {
        "key": issued.key.id,
        "tenant": "my app",
        "expires": None,
    }


def test_a_revoked_key_opens_no_replica_any_more(admissions, make, ledger, monkeypatch):
    issued = admissions.issue_key("a")
    other = make()
    assert tenant_of(other, issued.text) == "a"
    admissions.revoke_key(issued.key.id, reason="leaked")
    assert tenant_of(other, issued.text) == "a"
    monkeypatch.setattr("hegui.admission.service.FRESH_SECONDS", 0)
    assert tenant_of(other, issued.text) is None
    assert other.has_keys
    assert ledger.latest("gateway.key_revoked").content["reason"] == "leaked"
    with pytest.raises(Conflict, match="was revoked on 2026-11-22"):
        admissions.revoke_key(issued.key.id, reason="again")
    with pytest.raises(KeyMissing, match="00"):
        admissions.revoke_key("00", reason="?")


def test_a_key_expires(admissions, clock):
    issued = admissions.issue_key("a", expires=clock() + dt.timedelta(hours=1))
    assert tenant_of(admissions, issued.text) == "a"
    clock.advance(hours=1)
    assert tenant_of(admissions, issued.text) is None
    assert admissions.keys()[0].expires == issued.key.expires


@pytest.mark.parametrize(("tenant", "hours"), [(" ", 1), ("a", 0), ("a", -1)])
def test_a_key_without_tenant_or_future_is_refused(admissions, clock, tenant, hours):
    with pytest.raises(InvalidInput, match="name a tenant, and a day of expiry"):
        admissions.issue_key(tenant, expires=clock() + dt.timedelta(hours=hours))


def test_numbers_for_minors_are_those_of_the_day(admissions, clock):
    policy = MinorPolicy()
    numbers = admissions.minor_numbers(policy)
    assert admissions.minor_numbers(policy) is numbers
    assert admissions.minor_numbers(MinorPolicy(reminder_minutes=7)).reminder_minutes == 7
    clock.advance(days=1)
    assert admissions.minor_numbers(policy) == numbers


def test_a_minor_has_so_many_minutes_a_day(admissions, make, clock):
    numbers = admissions.minor_numbers(MinorPolicy(minutes_under_sixteen=10))
    replicas = [admissions, make()]
    for turn in range(10):
        _, use = replicas[turn % 2].see_minor("u", UNDER, numbers)
        assert use.minutes == turn + 1
        clock.advance(minutes=1)
    with pytest.raises(MinorTimeUsedUp, match=r"10 minutes\) is used up") as refused:
        admissions.see_minor("u", UNDER, numbers)
    clock.advance(seconds=refused.value.wait_seconds)
    assert admissions.see_minor("u", UNDER, numbers)[1].minutes == 1


def test_what_was_used_is_forgotten_after_a_day(admissions, clock):
    numbers = admissions.minor_numbers(MinorPolicy())
    admissions.see_minor("u", UNDER, numbers)
    clock.advance(days=1)
    assert admissions.forget_minors(overview_days=3) == 0
    clock.advance(days=1)
    assert admissions.forget_minors(overview_days=3) == 1
    assert admissions.see_minor("u", UNDER, numbers)[0] is None


def test_guardians_see_how_much_was_used_by_day_for_as_long_as_is_declared(admissions, clock):
    numbers = admissions.minor_numbers(MinorPolicy())
    for paid in (False, True):
        admissions.see_minor("u", UNDER, numbers, paid=paid)
        clock.advance(minutes=4)
    clock.advance(days=1)
    admissions.see_minor("u", UNDER, numbers)
    admissions.see_minor("v", UNDER, numbers)
    later, earlier = admissions.overview("u")
    assert (later.minutes, later.requests, later.paid) == (1, 1, 0)
    assert (earlier.minutes, earlier.requests, earlier.paid) == (5, 2, 1)
    clock.advance(days=3)
    admissions.forget_minors(overview_days=3)
    assert [day.day for day in admissions.overview("u")] == [later.day]
    clock.advance(days=1)
    admissions.forget_minors(overview_days=3)
    assert admissions.overview("u") == ()


def test_a_guardian_is_told_of_each_kind_of_risk_once_a_day(admissions, clock, ledger):
    for kind in (AlertKind.CONTENT, AlertKind.CONTENT, AlertKind.CRISIS):
        admissions.alert(kind, user="u", tenant="a")
    admissions.alert(AlertKind.CONTENT, user="v", tenant=None)
    clock.advance(days=1)
    admissions.alert(AlertKind.CONTENT, user="u", tenant="a")
    alerts = admissions.alerts()
    assert sorted((alert.user, alert.kind) for alert in alerts) == [
        ("u", "content"), ("u", "content"), ("u", "crisis"), ("v", "content"),
    ]  # fmt: skip
    assert len(list(ledger.entries("gateway.guardian_alert"))) == 4

    told = admissions.told_guardian(alerts[0].id)
    assert told.told == clock()
    assert ledger.latest("gateway.guardian_told").content["id"] == told.id
    assert told not in admissions.alerts()
    assert told in admissions.alerts(open_only=False)
    with pytest.raises(Conflict, match="was told of"):
        admissions.told_guardian(told.id)
    with pytest.raises(AlertMissing, match="no alert nowhere"):
        admissions.told_guardian("nowhere")
    clock.advance(days=31)
    admissions.forget_minors(overview_days=30)
    assert admissions.alerts(open_only=False) == ()


def test_tokens_issued_up_to_now_are_revoked_for_one_user_or_for_all(admissions, make, clock, ledger):
    other = make()
    other.refresh()
    assert not other.has_revoked_tokens
    issued = clock().timestamp()
    admissions.revoke_tokens("a", user="u", reason="lost")
    admissions.refresh()
    assert admissions.has_revoked_tokens
    assert admissions.is_revoked("a", "u", issued=issued)
    # The tenant's clock may run five seconds ahead.
    assert admissions.is_revoked("a", "u", issued=issued + 5)
    assert not admissions.is_revoked("a", "u", issued=issued + 6)
    assert not admissions.is_revoked("a", "v", issued=issued)
    assert not admissions.is_revoked("b", "u", issued=issued)
    clock.advance(minutes=1)
    admissions.revoke_tokens("a", user=None, reason="leaked")
    admissions.refresh()
    assert admissions.is_revoked("a", "v", issued=issued)
    assert not admissions.is_revoked("b", "v", issued=issued)
    reasons = [entry.content["reason"] for entry in ledger.entries("gateway.tokens_revoked")]
    assert reasons == ["lost", "leaked"]


@pytest.mark.parametrize("reason", ["", " \n"])
def test_nothing_is_revoked_without_a_reason(admissions, ledger, reason):
    key = admissions.issue_key("a").key
    with pytest.raises(InvalidInput, match="say why"):
        admissions.revoke_tokens("a", user=None, reason=reason)
    with pytest.raises(InvalidInput, match="say why"):
        admissions.revoke_key(key.id, reason=reason)
    assert not {"gateway.tokens_revoked", "gateway.key_revoked"} & {entry.kind for entry in ledger.entries()}


def test_what_is_revoked_while_keys_are_read_holds_at_once(admissions):
    writers = []

    def revoke_meanwhile(_connection, _cursor, statement, *_others):
        if statement.startswith("SELECT") and "admission_token_revocation" in statement and not writers:
            given = {"user": None, "reason": "leaked"}
            writers.append(threading.Thread(target=admissions.revoke_tokens, args=("a",), kwargs=given))
            writers[0].start()
            writers[0].join(1)  # it waits for the reading to end

    sa.event.listen(sa.Engine, "after_cursor_execute", revoke_meanwhile)
    try:
        admissions.refresh()
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", revoke_meanwhile)
    writers[0].join()
    admissions.refresh()

    assert admissions.has_revoked_tokens


def test_revocations_are_forgotten_when_the_tokens_have_expired(admissions, clock):
    admissions.revoke_tokens("a", user="u", reason="lost")
    clock.advance(hours=1)
    assert admissions.forget_revocations(longest_seconds=3600) == 0
    clock.advance(hours=2)
    assert admissions.forget_revocations(longest_seconds=3600) == 1
    admissions.refresh()
    assert not admissions.has_revoked_tokens
