import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.conduct.model import (
    IN_A_DAY,
    IN_A_ROW,
    AbuseLimits,
    ConductEvent,
    ConductEventKind,
    LadderInvalid,
    LadderPolicy,
    LadderStep,
    Rung,
    UserStanding,
    is_forgotten,
    standing,
)
from hegui.core import BilingualText
from hegui.rulebook import Rulebook

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
POLICY = LadderPolicy()
LIMITS = AbuseLimits(
    in_a_row=Rulebook.load().parameter(IN_A_ROW, on=dt.date(2026, 11, 22)),
    in_a_day=Rulebook.load().parameter(IN_A_DAY, on=dt.date(2026, 11, 22)),
)
SAID = BilingualText(zh="说", en="said")


def event(kind, *, minutes=0, exchange="", at=NOON):
    return ConductEvent(
        user="u", kind=ConductEventKind(kind), at=at + dt.timedelta(minutes=minutes), exchange=exchange
    )


def story(text, *, at=NOON, every=dt.timedelta(minutes=1)):
    """``v`` is a violation, ``.`` a clean request; each exchange is named by its place."""
    kinds = {"v": "violation", ".": "clean"}
    return [event(kinds[sign], exchange=f"e{i}", at=at + i * every) for i, sign in enumerate(text)]


def judged(history, *, now=None, policy=POLICY) -> UserStanding:
    return standing(
        history, policy=policy, limits=LIMITS, now=now or max((e.at for e in history), default=NOON)
    )


@pytest.mark.parametrize(
    ("told", "rung"),
    [
        ("", 0),
        ("vv", 0),
        ("vvv", 1),
        ("vv.v", 0),
        ("vv.vv", 0),
        ("vv.vv.v", 1),
        ("vvvvvv", 2),
        ("v.v.v.v.v", 1),
        ("vvvvvvvvv", 3),
        ("v" * 30, 3),
    ],
)
def test_three_in_a_row_or_five_in_a_day_climb_one_rung(told, rung):
    assert judged(story(told)).rung == rung


def test_five_count_only_on_one_legal_day():
    # 15:59 and 16:01 UTC are two days in China.
    evening = story("v.v.v.", at=dt.datetime(2026, 11, 22, 15, 50, tzinfo=dt.UTC))
    morning = story("v.v", at=dt.datetime(2026, 11, 22, 16, 1, tzinfo=dt.UTC))
    assert judged([*evening, *morning]).rung == 0
    assert judged([*evening, *morning]).in_a_day == 2


def test_a_restriction_and_a_suspension_end_by_themselves():
    restricted = judged(story("v" * 6))
    assert restricted.current.step is LadderStep.RESTRICT
    assert not restricted.closed
    suspended = judged(story("v" * 9))
    assert suspended.closed
    assert suspended.until == NOON + dt.timedelta(minutes=8, hours=168)
    assert judged(story("v" * 9), now=suspended.until).current is None
    assert judged(story("v" * 9), now=suspended.until).rung == 3


def test_a_warning_does_not_last():
    assert judged(story("vvv")).current is None


def test_an_overturned_violation_corrects_what_followed_from_it():
    history = [*story("vvv"), event("overturned", minutes=9, exchange="e1")]
    assert judged(history) == UserStanding(in_a_row=1, in_a_day=2)


def test_what_a_person_lifts_begins_anew():
    assert judged([*story("v" * 9), event("lifted", minutes=10)]) == UserStanding()


def test_after_long_enough_a_user_begins_anew():
    history = story("v" * 5)
    later = NOON + dt.timedelta(days=POLICY.forget_days, minutes=5)
    assert judged(history, now=later) == UserStanding()
    assert is_forgotten(history, policy=POLICY, now=later)
    assert judged([*history, *story("vv", at=later)]).rung == 0


def test_a_step_without_an_end_is_not_forgotten():
    policy = LadderPolicy(rungs=(Rung(step=LadderStep.TERMINATE, notice=SAID),))
    later = NOON + dt.timedelta(days=3_650)
    assert judged(story("vvv"), now=later, policy=policy).closed


def test_yesterdays_count_is_not_todays():
    assert judged(story("v.v"), now=NOON + 24 * HOUR).in_a_day == 0


@given(st.text("v.", max_size=40), st.integers(0, 39))
def test_overturning_one_violation_never_leaves_a_user_worse_off(told, place):
    history = story(told)
    if place < len(told) and told[place] == "v":
        corrected = [*history, event("overturned", minutes=99, exchange=f"e{place}")]
        now = NOON + dt.timedelta(minutes=99)
        assert judged(corrected, now=now).rung <= judged(history, now=now).rung


@given(st.text("v.", max_size=40))
def test_overturning_everything_leaves_nothing(told):
    history = story(told)
    undone = [event("overturned", minutes=99, exchange=e.exchange) for e in history]
    assert judged([*history, *reversed(undone)]).rung == 0


@pytest.mark.parametrize(
    ("rungs", "said"),
    [
        ((), "no rung"),
        ((Rung(step=LadderStep.RESTRICT, notice=SAID),), "requests_per_hour"),
        ((Rung(step=LadderStep.WARN, notice=SAID, requests_per_hour=3),), "requests_per_hour"),
        (
            (Rung(step=LadderStep.SUSPEND, notice=SAID), Rung(step=LadderStep.WARN, notice=SAID)),
            "milder",
        ),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(rungs, said):
    with pytest.raises(LadderInvalid, match=said):
        LadderPolicy(rungs=rungs)


def test_each_step_has_its_words():
    assert [step.text.zh for step in LadderStep] == ["警示", "限制功能", "暂停服务", "终止服务"]
