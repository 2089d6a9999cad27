"""Until when what has to be done about incidents."""

import copy
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hegui.cases.deadlines import deadlines
from hegui.cases.model import (
    Deed,
    DeedKind,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentState,
    OperatorKind,
)
from hegui.core import legal_day
from hegui.rulebook import Rulebook

RULEBOOK = Rulebook.load()
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
REPORTED, FINAL = DeedKind.REPORTED, DeedKind.FINALLY_REPORTED


def incident(**said):
    given = {
        "id": "i",
        "kind": IncidentKind.NETWORK_SECURITY,
        "title": "t",
        "found_at": NOON,
        "state": IncidentState.OPEN,
        "level": IncidentLevel.LARGER,
        "operators": (OperatorKind.OTHER,),
    }
    return Incident(**{**given, **said})


def done(kind, at):
    return Deed(kind=kind, at=at, by="a", text="t", entry="main/1")


def reports(of):
    return [each for each in deadlines(of, RULEBOOK) if each.duty is REPORTED and each.clause != "IM 14.1"]


@pytest.mark.parametrize(
    ("operator", "hours", "clause", "to"),
    [
        (OperatorKind.CRITICAL_INFRASTRUCTURE, 1, "INCIDENT 4.2", "police"),
        (OperatorKind.STATE_ORGAN, 2, "INCIDENT 4.3", "their own"),
        (OperatorKind.OTHER, 4, "INCIDENT 4.4", "provincial"),
    ],
)
def test_who_runs_the_service_decides_how_many_hours_there_are(operator, hours, clause, to):
    (due,) = reports(incident(operators=(operator,)))

    assert (due.until, due.clause) == (NOON + dt.timedelta(hours=hours), clause)
    assert to in due.to.en
    assert due.is_certain
    assert due.remark is None
    assert due.is_verified


def test_one_who_is_two_things_has_two_reports_to_make():
    both = (OperatorKind.CRITICAL_INFRASTRUCTURE, OperatorKind.STATE_ORGAN)

    assert [due.clause for due in reports(incident(operators=both))] == ["INCIDENT 4.2", "INCIDENT 4.3"]


def test_where_nobody_knows_who_runs_the_service_the_shortest_limit_is_told():
    (due,) = reports(incident(operators=()))

    assert due.until == NOON + dt.timedelta(hours=1)
    assert due.is_certain
    assert "shortest" in due.remark.en


@pytest.mark.parametrize("level", [IncidentLevel.NONE, IncidentLevel.ORDINARY])
def test_below_the_larger_incidents_no_limit_runs(level):
    assert deadlines(incident(level=level), RULEBOOK) == ()


def test_while_nobody_has_judged_the_level_the_clock_is_told_to_run_from_the_discovery():
    (due,) = reports(incident(level=None))

    assert due.until == NOON + dt.timedelta(hours=4)
    assert not due.is_certain
    assert "not judged" in due.remark.en


def test_the_final_report_is_due_on_the_thirtieth_day_after_handling_ends():
    final = deadlines(incident(), RULEBOOK)[-1]
    assert (final.duty, final.until) == (FINAL, None)
    assert "end of handling" in final.remark.en

    closed = incident(handled_at=dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC))
    final = deadlines(closed, RULEBOOK)[-1]
    # The whole of 30 December in China.
    assert final.until == dt.datetime(2026, 12, 30, 16, tzinfo=dt.UTC)
    assert final.remark is None


def test_an_incident_before_the_measures_were_in_force_has_none_of_their_limits():
    before = incident(found_at=dt.datetime(2025, 10, 31, 4, tzinfo=dt.UTC))
    assert deadlines(before, RULEBOOK) == ()


def test_illegal_content_is_stopped_removed_rectified_and_reported_at_once():
    found = incident(kind=IncidentKind.ILLEGAL_CONTENT, level=IncidentLevel.NONE)
    asked = deadlines(found, RULEBOOK)

    assert [due.duty.value for due in asked] == ["stopped", "removed", "rectified", "reported"]
    assert {(due.clause, due.until, due.remark) for due in asked} == {("IM 14.1", None, None)}
    assert not any(due.is_late(NOON + dt.timedelta(days=99)) for due in asked)


def test_what_was_not_checked_says_so():
    doubtful = copy.copy(RULEBOOK)
    doubtful.parameters = tuple(
        structs.replace(limit, verification=structs.replace(limit.verification, verified=False))
        for limit in RULEBOOK.parameters
    )
    assert not any(due.is_verified for due in deadlines(incident(), doubtful))


def test_what_is_done_in_time_is_not_late_and_what_is_not_is():
    at = NOON + dt.timedelta(hours=4)
    in_time = reports(incident(deeds=(done(REPORTED, at),)))[0]
    too_late = reports(incident(deeds=(done(REPORTED, at + dt.timedelta(seconds=1)),)))[0]
    not_yet = reports(incident())[0]

    assert in_time.done == at
    assert not in_time.is_late(NOON + dt.timedelta(days=9))
    assert too_late.is_late(NOON)
    assert not not_yet.is_late(at)
    assert not_yet.is_late(at + dt.timedelta(seconds=1))


MOMENTS = st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=999)).map(NOON.__add__)
STEPS = st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=9))


@given(MOMENTS, STEPS, st.sampled_from(OperatorKind))
def test_who_finds_or_handles_later_never_has_to_be_done_earlier(moment, step, operator):
    earlier = deadlines(incident(found_at=moment, handled_at=moment, operators=(operator,)), RULEBOOK)
    later = deadlines(
        incident(found_at=moment + step, handled_at=moment + step, operators=(operator,)), RULEBOOK
    )
    for one, other in zip(earlier, later, strict=True):
        assert one.until <= other.until


@given(MOMENTS)
def test_the_final_report_has_thirty_whole_days(moment):
    final = deadlines(incident(found_at=moment, handled_at=moment), RULEBOOK)[-1]
    days = RULEBOOK.parameter("incident-final-report-days", on=legal_day(moment)).value

    assert legal_day(final.until) - legal_day(moment) == dt.timedelta(days=int(days) + 1)
    assert final.until - moment > dt.timedelta(days=int(days))
