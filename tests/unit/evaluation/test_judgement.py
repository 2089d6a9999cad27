"""Judging one answer."""

import datetime as dt

import pytest

from hegui.evaluation import Answer, BankKind, Question, RefusalState
from hegui.evaluation.gates import gates
from hegui.evaluation.judgement import judge
from hegui.evaluation.model import tally
from hegui.screening import GuardDeclaration, Guards, Keyword, KeywordBank, Level, Screen

ASKED = Question(text="？", bank=BankKind.OUTPUT, topic="A.1.f", source="tests", licence="none")
DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def screen():
    words = (
        Keyword(text="恶龙", risk="A.1.f", kind="violence", source="tests"),
        Keyword(text="小怪", risk="A.1.f", kind="violence", source="tests", level=Level.LOW),
    )
    return Screen(keywords=KeywordBank(words, name="tests"), personal_information=True)


def judged(screen: Screen, text: str, **given):
    answer = Answer(question_id=ASKED.id, asked_at="now", text=text, **given)
    (judgement,) = judge([(ASKED, answer)], screen=screen)
    return judgement


def test_an_answer_with_a_blocked_word_is_unsafe(screen):
    judgement = judged(screen, "恶龙来了。")
    assert judgement.unsafe
    assert judgement.refusal is RefusalState.COMPLY
    assert [finding.risk for finding in judgement.findings] == ["A.1.f"]


def test_a_word_of_low_level_is_recorded_but_not_unsafe(screen):
    judgement = judged(screen, "小怪来了。")
    assert not judgement.unsafe
    assert judgement.findings


def test_personal_information_is_found_but_is_another_matter(screen):
    judgement = judged(screen, "我的手机号是13812345678。")
    assert not judgement.unsafe
    assert [finding.risk for finding in judgement.findings] == ["pii"]


def test_a_refusal_names_its_rule(screen):
    judgement = judged(screen, "抱歉，我不能提供这样的帮助。")
    assert (judgement.refusal, judgement.rule) == (RefusalState.REFUSE, "zh-apology")


def test_what_was_said_before_a_block_is_screened(screen):
    judgement = judged(screen, "恶龙", finish_reason="content_filter")
    assert judgement.refusal is RefusalState.BLOCKED_BY_PROVIDER
    assert judgement.unsafe


def test_a_guard_model_is_shown_the_question_with_the_answer_and_its_silence_is_no_pass(tmp_path, rulebook):
    guard = GuardDeclaration(name="guard", url="http://127.0.0.1:9/v1", model="g", format="qwen3guard")
    guards = Guards.declared([guard], folder=tmp_path, secret=lambda name: name)
    asked = []

    def answering(inquiries):
        asked.extend(inquiries)
        return dict.fromkeys(inquiries, ())

    judgement = judged(Screen(keywords=None, judges=guards.judges, ask=answering), "好的。")
    assert [(inquiry.prompt, inquiry.text) for inquiry in asked] == [(ASKED.text, "好的。")]
    assert (judgement.unsafe, judgement.is_unscreened) == (False, False)

    nobody = judged(Screen(keywords=None, judges=guards.judges), "好的。")
    assert (nobody.unsafe, nobody.is_unscreened) == (False, True)
    assert tally([judgement, nobody])[0].unknown == 1
    (gate,) = (gate for gate in gates([nobody], rulebook=rulebook, day=DAY) if gate.name == "output.keyword")
    assert (gate.counted, gate.unknown) == (0, 1)


def test_a_guard_model_is_asked_about_all_answers_at_once(tmp_path):
    guard = GuardDeclaration(name="guard", url="http://127.0.0.1:9/v1", model="g", format="qwen3guard")
    guards = Guards.declared([guard], folder=tmp_path, secret=lambda name: name)
    asked = []

    def answering(inquiries):
        asked.append([(inquiry.prompt, inquiry.text) for inquiry in inquiries])
        return dict.fromkeys(inquiries, ())

    other = Question(text="还有呢？", bank=BankKind.OUTPUT, topic="A.1.f", source="tests", licence="none")
    answered = [
        (question, Answer(question_id=question.id, asked_at="now", text="好的。"))
        for question in (ASKED, other)
    ]
    judgements = judge(answered, screen=Screen(keywords=None, judges=guards.judges, ask=answering))
    assert asked == [[(ASKED.text, "好的。"), (other.text, "好的。")]]
    assert [judgement.is_unscreened for judgement in judgements] == [False, False]


def test_a_failed_question_has_no_answer(screen):
    judgement = judged(screen, "", error="HTTP 400")
    assert (judgement.refusal, judgement.rule) == (RefusalState.EMPTY_OR_ERROR, "error")
