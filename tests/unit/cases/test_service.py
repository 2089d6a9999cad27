"""Incidents from their beginning to their end."""

import datetime as dt

import pytest

from hegui.cases.model import DeedKind, Discovery, IncidentKind, IncidentLevel, IncidentState, OperatorKind
from hegui.cases.service import IncidentMissing, IncidentOver, Incidents, NotDone
from hegui.core import Conflict, InvalidInput, NotFound
from hegui.rulebook import Rulebook
from hegui.screening import Direction

RULEBOOK = Rulebook.load()
NO_EXCHANGES = ("", "a b", "a\x01b", "a\udcff", "对话", "x" * 65)
STEPS = (DeedKind.STOPPED, DeedKind.REMOVED, DeedKind.RECTIFIED, DeedKind.REPORTED)


@pytest.fixture
def incidents(database, ledger, clock):
    return Incidents(
        database=database,
        ledger=ledger,
        rulebook=RULEBOOK,
        clock=clock,
        actor="test@hegui",
        operators=lambda: (OperatorKind.OTHER,),
    )


def illegal(incidents, **said):
    given = {"title": "违法回答", "exchanges": ("hegui-1",), "risks": ("A.1.f",)}
    return incidents.open(IncidentKind.ILLEGAL_CONTENT, **{**given, **said})


def propose(incidents, occasion="rule/2026-11-22T04"):
    return incidents.propose(
        occasion=occasion,
        title="found",
        exchanges=("hegui-1",),
        risks=("A.1.f", "unmapped"),
        direction=Direction.OUTPUT,
    )


def test_what_is_opened_is_kept_with_its_clock_and_its_evidence(incidents, ledger, clock):
    found_at = clock() - dt.timedelta(hours=2)
    opened = illegal(incidents, found_at=found_at)

    assert incidents.incident(opened.id) == opened
    assert incidents.incidents() == (opened,)
    assert (opened.state, opened.found_at, opened.operators) == (
        IncidentState.OPEN,
        found_at,
        (OperatorKind.OTHER,),
    )
    (deed,) = opened.deeds
    assert (deed.kind, deed.by, deed.text) == (DeedKind.OPENED, "test@hegui", "违法回答")
    entry = ledger.latest("cases.incident_opened")
    assert str(entry.ref) == deed.entry
    assert entry.content["incident"] == opened.id
    assert entry.content["exchanges"] == ["hegui-1"]
    assert {each.duty for each in incidents.deadlines(opened)} == {*STEPS, DeedKind.FINALLY_REPORTED}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"title": "  "}, InvalidInput),
        ({"title": "甲\x07"}, InvalidInput),
        ({"title": "甲\ud800"}, InvalidInput),
        ({"found_at": dt.datetime(2026, 11, 22, 4, 1, tzinfo=dt.UTC)}, InvalidInput),
        ({"risks": ("A.9.z",)}, NotFound),
        *(({"exchanges": ("hegui-1", name)}, InvalidInput) for name in NO_EXCHANGES),
    ],
)
def test_what_cannot_be_is_not_opened(incidents, ledger, said, error):
    with pytest.raises(error):
        illegal(incidents, **said)
    assert incidents.incidents() == ()
    assert ledger.latest("cases.incident_opened") is None


def test_one_occasion_proposes_one_incident_whoever_meets_it_first(incidents, ledger):
    first = propose(incidents)

    assert propose(incidents) is None
    assert propose(incidents, "rule/2026-11-22T05") is not None
    assert first.state is IncidentState.CANDIDATE
    assert len(list(ledger.entries("cases.incident_proposed"))) == 2
    assert first in incidents.incidents()


def test_a_person_confirms_what_was_proposed_and_its_clock_has_been_running(incidents, clock):
    proposed = propose(incidents)
    clock.advance(hours=1)
    confirmed = incidents.confirm(proposed.id, reason="it is so")

    assert confirmed.state is IncidentState.OPEN
    assert confirmed.found_at == proposed.found_at
    with pytest.raises(IncidentOver, match="confirmed before"):
        incidents.confirm(proposed.id, reason="again")


def test_nothing_is_done_about_what_nobody_confirmed(incidents):
    proposed = propose(incidents)
    for do in (
        lambda: incidents.note(proposed.id, text="t"),
        lambda: incidents.assess(proposed.id, level=IncidentLevel.LARGER, reason="r"),
        lambda: incidents.close(proposed.id, summary="s"),
    ):
        with pytest.raises(IncidentOver, match="confirm it first"):
            do()


def test_a_level_is_judged_and_judged_again_by_a_person(incidents, ledger):
    opened = illegal(incidents)
    incidents.assess(opened.id, level=IncidentLevel.LARGER, reason="so many saw it")
    assessed = incidents.assess(
        opened.id,
        level=IncidentLevel.MAJOR,
        operators=(OperatorKind.CRITICAL_INFRASTRUCTURE,),
        reason="more than that",
    )

    assert assessed.level is IncidentLevel.MAJOR
    assert assessed.operators == (OperatorKind.CRITICAL_INFRASTRUCTURE,)
    assert [entry.content["level"] for entry in ledger.entries("cases.incident_assessed")] == [
        "larger",
        "major",
    ]


def test_what_people_did_elsewhere_is_noted_with_its_time(incidents, clock):
    opened = illegal(incidents)
    clock.advance(hours=3)
    at = clock() - dt.timedelta(hours=1)
    noted = incidents.note(opened.id, text="by telephone", did=DeedKind.REPORTED, at=at)

    assert noted.done(DeedKind.REPORTED) == at
    with pytest.raises(InvalidInput, match="future"):
        incidents.note(opened.id, text="t", at=clock() + dt.timedelta(seconds=1))
    with pytest.raises(InvalidInput, match="own command"):
        incidents.note(opened.id, text="t", did=DeedKind.CLOSED)
    with pytest.raises(InvalidInput, match="empty"):
        incidents.note(opened.id, text=" ")


def test_more_exchanges_are_found_to_be_part_of_an_incident(incidents):
    opened = illegal(incidents)
    found = Discovery(exchange="hegui-2", risk="A.1.f", direction=Direction.INPUT)
    more = incidents.record(opened.id, DeedKind.NOTED, text="t", discovery=found)

    assert more.exchanges == ("hegui-1", "hegui-2")
    assert more.discoveries[-1] == found
    assert incidents.about("hegui-2") == more
    assert incidents.about("hegui-3") is None


@pytest.mark.parametrize("name", NO_EXCHANGES)
def test_what_is_no_exchange_is_no_part_of_an_incident(incidents, name):
    opened = illegal(incidents)
    found = Discovery(exchange=name, risk="A.1.f", direction=Direction.INPUT)
    with pytest.raises(InvalidInput, match="hegui-"):
        incidents.record(opened.id, DeedKind.NOTED, text="t", discovery=found)
    assert incidents.incident(opened.id) == opened


def test_an_incident_is_closed_when_all_is_done_that_the_law_asks_for(incidents, clock):
    opened = illegal(incidents)
    with pytest.raises(Conflict, match="assess it first"):
        incidents.close(opened.id, summary="s")
    incidents.assess(opened.id, level=IncidentLevel.LARGER, reason="r")
    for did in STEPS[:-1]:
        incidents.note(opened.id, text="t", did=did)
    with pytest.raises(NotDone) as refused:
        incidents.close(opened.id, summary="s")
    assert {each.clause for each in refused.value.missing} == {"IM 14.1", "INCIDENT 4.4"}
    incidents.note(opened.id, text="t", did=DeedKind.REPORTED)
    closed = incidents.close(opened.id, summary="all done")

    assert (closed.state, closed.handled_at) == (IncidentState.CLOSED, clock())
    assert incidents.incidents() == (closed,)  # the final report is still to be handed in
    assert incidents.about("hegui-1") is None
    with pytest.raises(IncidentOver, match="open another"):
        incidents.note(opened.id, text="t", did=DeedKind.STOPPED)
    handed_in = incidents.note(opened.id, text="t", did=DeedKind.FINALLY_REPORTED)
    assert incidents.deadlines(handed_in)[-1].done == clock()
    assert incidents.incidents() == ()
    assert incidents.incidents(everything=True) == (handed_in,)


def test_what_need_not_be_done_is_closed_with_the_reason(incidents, ledger):
    opened = illegal(incidents)
    incidents.assess(opened.id, level=IncidentLevel.NONE, reason="r")
    with pytest.raises(InvalidInput):
        incidents.close(opened.id, summary=" ", despite="never shown to anybody")
    incidents.close(opened.id, summary="nothing left", despite="never shown to anybody")

    assert incidents.incidents() == ()
    assert "never shown to anybody" in ledger.latest("cases.incident_closed").content["text"]


@pytest.mark.parametrize("begin", [illegal, propose])
def test_a_false_alarm_is_overturned_with_a_reason(incidents, begin):
    begun = begin(incidents)
    overturned = incidents.overturn(begun.id, reason="a quotation from the law")

    assert overturned.state is IncidentState.OVERTURNED
    assert incidents.incidents() == ()
    with pytest.raises(IncidentOver):
        incidents.overturn(begun.id, reason="again")


def test_an_incident_that_is_not_there_is_not_found(incidents):
    for ask in (incidents.incident, lambda name: incidents.overturn(name, reason="r")):
        with pytest.raises(IncidentMissing, match="cases incident list"):
            ask("nowhere")


def test_candidates_are_one_per_occasion_in_the_evidence_too(incidents, ledger):
    propose(incidents)
    assert ledger.latest("cases.incident_proposed").content["occasion"] == "rule/2026-11-22T04"
