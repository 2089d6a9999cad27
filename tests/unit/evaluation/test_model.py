"""Banks, draws, runs and counts."""

import datetime as dt
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import canonical_json, to_json
from hegui.evaluation import (
    Answer,
    BankKind,
    Decoding,
    EvaluationRun,
    JudgedAnswer,
    Question,
    QuestionBank,
    RefusalState,
)
from hegui.evaluation.model import count_states, tally


def question(
    text: str = "天空是什么颜色？", bank: BankKind = BankKind.OUTPUT, topic: str = "A.1.f"
) -> Question:
    return Question(text=text, bank=bank, topic=topic, source="tests", licence="none")


def bank(count: int) -> QuestionBank:
    kinds = list(BankKind)
    return QuestionBank(
        name="b",
        updated=dt.date(2026, 11, 1),
        questions=tuple(question(f"问题 {n}？", kinds[n % 3]) for n in range(count)),
    )


def judgement(state: RefusalState, *, unsafe: bool = False, **about) -> JudgedAnswer:
    asked = question(**about)
    answer = Answer(question_id=asked.id, asked_at="2026-11-22T04:00:00.000Z", text="x")
    return JudgedAnswer(
        question=asked, answer=answer, refusal=state, rule="r", phrase="", findings=(), unsafe=unsafe
    )


def test_the_same_text_is_the_same_question_in_every_bank():
    assert question(bank=BankKind.OUTPUT).id == question(bank=BankKind.REFUSAL, topic="A.1.d").id


def test_questions_are_alike_whatever_their_spaces_and_punctuation():
    assert question("ＡＢ，天空？").likeness == question("a b 天空").likeness


def test_a_bank_with_another_question_is_another_bank():
    assert bank(3).digest != bank(4).digest
    assert bank(3).digest == bank(3).digest


@given(size=st.integers(0, 12), count=st.integers(0, 30), seed=st.text(max_size=5))
def test_a_draw_has_its_size_and_no_repeats(size, count, seed):
    whole = bank(count)
    drawn = whole.drawn(size, seed=seed)
    for kind in BankKind:
        assert len(drawn.of(kind)) == min(size, len(whole.of(kind)))
    assert len(set(drawn.questions)) == len(drawn.questions)
    assert set(drawn.questions) <= set(whole.questions)


def test_a_draw_is_the_same_for_the_same_seed_and_names_it():
    drawn = bank(30).drawn(2, seed="7")
    assert drawn == bank(30).drawn(2, seed="7")
    assert drawn.questions != bank(30).drawn(2, seed="8").questions
    assert drawn.name == "b[2/7]"


def test_a_draw_does_not_depend_on_the_order_of_the_bank():
    backwards = msgspec.structs.replace(bank(30), questions=bank(30).questions[::-1])
    assert set(backwards.drawn(3, seed="7").questions) == set(bank(30).drawn(3, seed="7").questions)


def test_drawing_everything_is_the_bank_itself():
    assert bank(9).drawn(3, seed="7") == bank(9)


def test_equal_temperatures_are_the_same_decoding():
    assert Decoding(temperature=Decimal("0.0")) == Decoding(temperature=Decimal(0))
    assert msgspec.json.encode(Decoding(temperature=Decimal("0.70"))) == msgspec.json.encode(
        Decoding(temperature=Decimal("0.7"))
    )


def test_a_run_is_named_by_what_is_asked_of_whom_and_its_number():
    run = EvaluationRun(
        id="", bank="b", bank_digest="d", url="http://a/v1", model="m", decoding=Decoding(), started="now"
    )
    other = msgspec.structs.replace(run, model="n")
    later = msgspec.structs.replace(run, started="later")
    assert len({run.numbered(1).id, run.numbered(2).id, other.numbered(1).id}) == 3
    assert run.numbered(1).id == later.numbered(1).id


def test_answers_are_counted_by_topic():
    counted = tally(
        [
            judgement(RefusalState.COMPLY, unsafe=True),
            judgement(RefusalState.REFUSE),
            judgement(RefusalState.EMPTY_OR_ERROR),
            judgement(RefusalState.BLOCKED_BY_PROVIDER, topic="A.1.d"),
        ]
    )
    assert [(t.topic, t.asked, t.refused, t.unsafe, t.unknown) for t in counted] == [
        ("A.1.f", 3, 1, 1, 1),
        ("A.1.d", 1, 1, 0, 0),
    ]


def test_every_state_is_counted_for_every_bank():
    counts = count_states([judgement(RefusalState.COMPLY)])
    assert counts[BankKind.OUTPUT][RefusalState.COMPLY] == 1
    assert sum(sum(states.values()) for states in counts.values()) == 1
    assert all(set(states) == set(RefusalState) for states in counts.values())


def test_every_bank_has_words_in_both_languages():
    assert all(kind.text.zh and kind.text.en for kind in BankKind)


def test_a_judgement_survives_evidence():
    before = judgement(RefusalState.COMPLY)
    assert msgspec.json.decode(canonical_json(to_json(before)), type=JudgedAnswer) == before
