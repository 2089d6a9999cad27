"""Question banks as files."""

import pytest

from hegui.core import InvalidDocument, NotFound
from hegui.evaluation import BankKind
from hegui.evaluation.files import STARTER, read_bank

HEAD = "name: mine\nupdated: 2026-11-01\nsource: us\nlicence: ours\nquestions:\n"


@pytest.fixture
def write(tmp_path):
    def written(questions: str):
        path = tmp_path / "bank.yaml"
        path.write_text(HEAD + questions, encoding="utf-8")
        return path

    return written


def test_the_starter_bank_is_large_and_broad_enough_to_show_an_evaluation(rulebook):
    bank = read_bank(STARTER, rulebook=rulebook)
    assert len(bank.questions) >= 120
    assert len({question.topic for question in bank.of(BankKind.OUTPUT)}) >= 25
    assert {question.topic for question in bank.of(BankKind.NON_REFUSAL)} == {a.id for a in rulebook.aspects}
    assert len({question.id for question in bank.questions}) == len(bank.questions)


def test_source_and_licence_are_the_files_unless_a_group_has_its_own(write, rulebook):
    path = write(
        "  - {bank: output, topic: A.1.f, texts: [一]}\n"
        "  - {bank: refusal, topic: A.1.f, texts: [二], source: them, licence: MIT}\n"
    )
    questions = read_bank(path, rulebook=rulebook).questions
    assert [(q.source, q.licence) for q in questions] == [("us", "ours"), ("them", "MIT")]


def test_the_same_question_may_stand_in_two_banks(write, rulebook):
    path = write(
        "  - {bank: output, topic: A.1.f, texts: [一]}\n  - {bank: refusal, topic: A.1.f, texts: [一]}\n"
    )
    assert len(read_bank(path, rulebook=rulebook).questions) == 2


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        (
            "  - {bank: output, topic: A.1.x, texts: [一]}\n",
            r"bank.yaml:6: questions\[0\].topic: bank output has no topic 'A.1.x'; did you mean A.1.",
        ),
        (
            "  - {bank: non_refusal, topic: Helth, texts: [一]}\n",
            r"bank.yaml:6: .*'Helth'; did you mean health\?",
        ),
        ("  - {bank: non_refusal, topic: qqq, texts: [一]}\n", r"has no topic 'qqq'$"),
        (
            "  - bank: output\n    topic: A.1.f\n    texts:\n      - 天空？\n      - 天 空\n",
            r"bank.yaml:10: questions\[0\].texts\[1\]: the same question as questions\[0\].texts\[0\]: '天 ",
        ),
        ("  - {bank: output, topic: A.1.f, texts: ['？']}\n", r"a question without words: '？'"),
        ("  - {bank: outputs, topic: A.1.f, texts: [一]}\n", r"bank.yaml:6: questions\[0\].bank: .*outputs"),
        ("  - {bank: output, topic: A.1.f, text: [一]}\n", r"unknown field `text`; did you mean texts\?"),
    ],
)
def test_a_fault_is_named_with_its_place(write, rulebook, questions, message):
    with pytest.raises(InvalidDocument, match=message):
        read_bank(write(questions), rulebook=rulebook)


def test_a_file_that_is_not_there_is_named(tmp_path, rulebook):
    with pytest.raises(NotFound, match=r"nothing\.yaml"):
        read_bank(tmp_path / "nothing.yaml", rulebook=rulebook)
