"""What exchanges are read with, and until when."""

import asyncio
import gc
from pathlib import Path

import pytest

from hegui.admission import Age
from hegui.gateway.sight import Sight
from hegui.screening import (
    Action,
    Assembly,
    Direction,
    GuardDeclaration,
    Guards,
    MediaDeclaration,
    MediaScreen,
    Rule,
    Screen,
)

GUARD = GuardDeclaration(name="guard", url="http://127.0.0.1:9/v1", model="g", format="qwen3guard")
BLOCKED = (Rule(direction=Direction.INPUT, risk="pii", action=Action.BLOCK),)


def sight(*declarations):
    guards = Guards.declared(declarations, folder=Path(), secret=lambda name: name)
    screen = Screen(keywords=None, judges=guards.judges, ask=guards.ask_and_wait)
    media = MediaScreen.declared(
        MediaDeclaration(), screen=screen, guards=guards, folder=Path(), secret=lambda name: name
    )
    return Sight(Assembly(screen, guards, media), minor_rules=BLOCKED)


@pytest.mark.parametrize(("declarations", "asks"), [((), False), ((GUARD,), True)])
def test_lines_are_open_between_opening_and_closing_and_can_be_opened_again(declarations, asks):
    made = sight(*declarations)

    async def steps():
        for _ in range(2):
            assert (made.line, made.media) == (None, None)
            await made.open()
            assert (made.line is not None, made.media is not None) == (asks, True)
            await made.close()
        assert (made.line, made.media) == (None, None)

    asyncio.run(steps())


def test_minors_are_read_with_the_rules_that_hold_for_them_first():
    made = sight()
    text = "电话13812345678"
    assert made.screen.examine(text, Direction.INPUT).action is Action.ALLOW
    assert made.minors.examine(text, Direction.INPUT).action is Action.BLOCK


def test_a_reader_leaves_by_being_forgotten():
    class Reader:
        pass

    made, reader = sight(), Reader()
    made.readers.add(reader)
    assert len(made.readers) == 1
    del reader
    gc.collect()
    assert not made.readers


@pytest.mark.parametrize(
    ("age", "minor"), [(None, False), (Age.ADULT, False), (Age.FROM_SIXTEEN, True), (Age.UNDER_SIXTEEN, True)]
)
def test_the_age_of_a_user_says_which_rules_hold(age, minor):
    made = sight()
    assert made.screen_for(age) is (made.minors if minor else made.screen)
