"""The open questions one after the other, that on which most obligations wait first."""

import datetime as dt
from collections.abc import Collection, Mapping

from hegui.core import Record
from hegui.rulebook import Force, Rulebook
from hegui.scope.model import FactValue, Judgement, OpenQuestion, open_questions
from hegui.scope.service import judge_all


class InterviewStep(Record):
    """Where an interview stands. What is only proposed asks nothing and counts nowhere.

    Attributes:
        question: what to ask next; ``None`` where nothing is left to ask.
        open: how many questions are open, those put off among them.
        waiting: how many obligations cannot be told yet.
        settled: how many can.
    """

    question: OpenQuestion | None
    open: int
    waiting: int
    settled: int


def next_step(
    rulebook: Rulebook, facts: Mapping[str, FactValue], *, on: dt.date, put_off: Collection[str] = ()
) -> InterviewStep:
    """What to ask next of somebody who has stated ``facts``.

    Args:
        rulebook: by which obligations are judged.
        facts: what is known; checked before.
        on: the legal day.
        put_off: facts that need not be asked again, since they were answered "I do not know".
    """
    applicabilities = judge_all(rulebook, facts, on=on)
    questions = open_questions(applicabilities, rulebook.facts)
    binding = [item for item in applicabilities if item.force is not Force.PROPOSED]
    waiting = sum(item.judgement is Judgement.CANNOT_TELL for item in binding)
    return InterviewStep(
        question=next((question for question in questions if question.fact not in put_off), None),
        open=len(questions),
        waiting=waiting,
        settled=len(binding) - waiting,
    )
