"""What is asked next."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.rulebook import FactDefinition, FactType, Force, Rulebook
from hegui.scope.interview import next_step
from hegui.scope.model import FactValue

DAY = dt.date(2026, 11, 22)


def some_answer(fact: FactDefinition, number: int) -> FactValue:
    values = [choice.value for choice in fact.choices]
    return {
        FactType.BOOL: bool(number % 2),
        FactType.INTEGER: number,
        FactType.CHOICE: values[number % len(values)] if values else "",
        FactType.CHOICES: tuple(values[: number % (len(values) + 1)]),
    }[fact.type]


def test_that_on_which_most_obligations_wait_is_asked_first(rulebook):
    step = next_step(rulebook, {}, on=DAY)
    assert step.question.fact == "offered_to_public_in_prc"
    assert step.waiting > 0
    binding = [o for o in rulebook.obligations_on(DAY) if rulebook.force(o) is not Force.PROPOSED]
    assert step.settled + step.waiting == len(binding)


def test_what_is_not_known_is_put_off_and_stays_open(rulebook):
    step = next_step(rulebook, {}, on=DAY, put_off={"offered_to_public_in_prc"})
    assert step.question.fact != "offered_to_public_in_prc"
    assert step.open == next_step(rulebook, {}, on=DAY).open


@settings(max_examples=10)
@given(st.lists(st.integers(0, 2_000_000), min_size=90, max_size=90))
def test_an_interview_ends_with_everything_settled(numbers):
    rulebook = Rulebook.load()
    facts: dict[str, FactValue] = {}
    for number in numbers:
        step = next_step(rulebook, facts, on=DAY)
        if step.question is None:
            break
        assert step.question.fact not in facts
        facts[step.question.fact] = some_answer(rulebook.facts[step.question.fact], number)
    else:
        step = next_step(rulebook, facts, on=DAY)
    assert (step.question, step.open, step.waiting) == (None, 0, 0)
