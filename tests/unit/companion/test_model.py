import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.companion import CompanionPolicy, CompanionSession, CrisisKind, CrisisPolicy, Duty, FindingSort
from hegui.companion.model import continued
from hegui.core import BilingualText
from hegui.screening import Category

NOW = dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC)
PAUSE = 30


def after(minutes):
    return NOW + dt.timedelta(minutes=minutes)


def uses(*minutes):
    """The sessions after each of these moments."""
    session, seen = None, []
    for minute in minutes:
        session = continued(session, after(minute), pause_minutes=PAUSE)
        seen.append(session)
    return seen


def test_use_goes_on_over_a_pause_and_begins_anew_behind_a_longer_one():
    assert [session.since for session in uses(0, 30, 61)] == [NOW, NOW, after(61)]


def test_a_clock_set_back_does_not_shorten_use():
    assert uses(10, 0)[-1] == CompanionSession(since=after(10), last=after(10))


def test_a_reminder_is_due_after_each_stretch_until_it_is_said():
    sessions = uses(*range(0, 271, 30))
    heard = [NOW, *(session.last for session in sessions)]
    due = [use.owes(before, every_hours=2) for before, use in zip(heard, sessions, strict=False)]
    assert [30 * index for index, owed in enumerate(due) if owed] == [120, 240]
    assert {use.owes(after(119), every_hours=2) for use in sessions[4:]} == {Duty.REMINDER}


def test_whoever_begins_is_told_what_this_is_and_not_reminded():
    first, behind = uses(0, 500)
    assert first.owes(first.said, every_hours=2) == behind.owes(behind.said, every_hours=2) == Duty.NOTICE


def test_what_was_said_is_told_too_and_nothing_is_taken_back():
    use, later = uses(0, 20)
    told = later.settled(later.last, in_words=False)
    assert (told.told, told.said) == (after(20), None)
    said = told.settled(use.last, in_words=True)
    assert (said.told, said.said) == (after(20), NOW)
    assert uses(0)[-1].settled(NOW, in_words=True) == CompanionSession(
        since=NOW, last=NOW, said=NOW, told=NOW
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_nobody_goes_on_for_an_interval_and_a_pause_without_a_reminder(steps):
    minute, session, last = 0, None, NOW
    for step in steps:
        minute += step
        session = continued(session, after(minute), pause_minutes=PAUSE)
        if session.owes(session.said, every_hours=1):
            session = session.settled(session.last, in_words=True)
            last = session.last
        assert session.last - last <= dt.timedelta(minutes=60 + PAUSE)


@pytest.mark.parametrize("kind", CrisisKind)
def test_every_kind_of_crisis_has_words_and_a_script_with_a_number_to_call(kind):
    assert kind.text.zh != kind.text.en
    numbers = {number for number in ("12356", "110") if number in kind.script.zh}
    assert numbers
    assert all(number in kind.script.en for number in numbers)


def test_the_operators_script_comes_before_ours():
    script = BilingualText(zh="我们在。", en="We are here.")
    assert CrisisPolicy(kind=CrisisKind.SELF_HARM, script=script).said == script
    assert CompanionPolicy(crises=()).crisis(CrisisKind.SELF_HARM) is None


def test_a_finding_is_meant_by_risk_kind_and_level():
    category = Category(risk="unmapped", kind="Suicide & Self-Harm", level="high")
    assert FindingSort(risk="unmapped", kind="Suicide & Self-Harm").fits(category)
    assert not FindingSort(risk="unmapped", kind="Violent").fits(category)
    assert not FindingSort(risk="A.1").fits(category)
    assert not FindingSort(risk="unmapped", level="low").fits(category)
