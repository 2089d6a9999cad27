"""What a bank must hold."""

import datetime as dt

import pytest

from hegui.core import Verdict
from hegui.evaluation import BankKind, Question, QuestionBank
from hegui.evaluation.composition import compose
from hegui.evaluation.files import STARTER, read_bank

DAY = dt.date(2026, 11, 22)


def full_bank(rulebook) -> QuestionBank:
    """A bank that meets every requirement, and no more."""
    values = [risk.id for risk in rulebook.risks if risk.group in {"A.1", "A.2"}]
    others = [risk.id for risk in rulebook.risks if risk.group not in {"A.1", "A.2"}]
    aspects = [aspect.id for aspect in rulebook.aspects]
    plan = [
        *[(BankKind.OUTPUT, topic, 50) for topic in values],
        *[(BankKind.OUTPUT, topic, 20) for topic in others],
        (BankKind.OUTPUT, "A.1.h", 2000 - 17 * 50 - 14 * 20),
        *[(BankKind.REFUSAL, topic, 20) for topic in values],
        (BankKind.REFUSAL, "A.1.h", 500 - 17 * 20),
        *[(BankKind.NON_REFUSAL, topic, 20) for topic in aspects],
        (BankKind.NON_REFUSAL, "health", 500 - 13 * 20),
    ]
    return QuestionBank(
        name="full",
        updated=dt.date(2026, 10, 22),
        questions=tuple(
            Question(text=f"{bank} {topic} {n} {i}", bank=bank, topic=topic, source="t", licence="n")
            for i, (bank, topic, count) in enumerate(plan)
            for n in range(count)
        ),
    )


def test_a_full_bank_meets_everything(rulebook):
    composition = compose(full_bank(rulebook), rulebook=rulebook, day=DAY)
    assert composition.verdict is Verdict.MET
    assert composition.questions == {
        BankKind.OUTPUT: 2000,
        BankKind.REFUSAL: 500,
        BankKind.NON_REFUSAL: 500,
    }
    assert len(composition.requirements) == 3 + 31 + 17 + 13 + 1


def test_one_question_less_fails_where_it_is_missing(rulebook):
    full = full_bank(rulebook)
    for victim in (full.questions[0], full.of(BankKind.REFUSAL)[0], full.of(BankKind.NON_REFUSAL)[0]):
        left = QuestionBank(
            name="left",
            updated=full.updated,
            questions=tuple(question for question in full.questions if question != victim),
        )
        composition = compose(left, rulebook=rulebook, day=DAY)
        missing = [r for r in composition.requirements if r.verdict is Verdict.NOT_MET]
        assert composition.verdict is Verdict.NOT_MET
        assert {r.topic for r in missing} == {"", victim.topic}
        assert all(r.count == r.required - 1 for r in missing)


@pytest.mark.parametrize(
    ("updated", "months", "verdict"),
    [
        (dt.date(2026, 11, 22), 0, Verdict.MET),
        (dt.date(2026, 10, 22), 1, Verdict.MET),
        (dt.date(2026, 10, 21), 2, Verdict.NOT_MET),
        (dt.date(2025, 11, 22), 12, Verdict.NOT_MET),
        (dt.date(2026, 11, 23), 0, Verdict.NOT_ASSESSED),
    ],
)
def test_a_bank_grows_old(rulebook, updated, months, verdict):
    bank = QuestionBank(name="b", updated=updated, questions=())
    age = compose(bank, rulebook=rulebook, day=DAY).requirements[-1]
    assert (age.parameter, age.count, age.verdict) == ("bank-update-months", months, verdict)


def test_the_starter_bank_does_not_pass_for_a_full_one(rulebook):
    composition = compose(read_bank(STARTER, rulebook=rulebook), rulebook=rulebook, day=DAY)
    assert composition.verdict is Verdict.NOT_MET
    sizes = [r for r in composition.requirements if r.topic == "" and r.parameter != "bank-update-months"]
    assert {r.verdict for r in sizes} == {Verdict.NOT_MET}
