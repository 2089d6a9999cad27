import pickle

import pytest

from hegui.screening import Action, Direction, KeywordBank, Level, Passages, PassageUnit, ReleaseMode, Screen
from hegui.screening.classifier_judge import ClassifierJudge
from hegui.screening.thresholds import Threshold
from simulators.classifiers import classifier

JUDGE = ClassifierJudge(classifier())


def screen(judge=JUDGE):
    return Screen(keywords=None, judges=[judge])


def test_a_sentence_that_reaches_a_threshold_is_a_finding_with_its_score():
    (finding,) = screen().scan("你好。你这个大笨蛋！再见。")[:1]
    assert (finding.risk, finding.kind, finding.level) == ("A.2", "insult", "high")
    assert (finding.detector, finding.start, finding.end) == ("classifier:insults", 3, 10)
    assert finding.score == round(1000 * classifier().likelihoods("你好。你这个大笨蛋！")[0]) > 900


def test_what_is_likely_is_noted_and_what_is_very_likely_stopped():
    judge = ClassifierJudge(
        classifier(), thresholds=[Threshold(at_least=0.3, level=Level.LOW), Threshold(at_least=0.9)]
    )
    assert [(f.level, f.score) for f in screen(judge).scan("坏")] == [("low", 378)]
    assert screen(judge).examine("坏").action is Action.ALLOW
    assert screen(judge).examine("笨蛋").action is Action.BLOCK
    assert screen(judge).examine("天气").findings == ()


def test_the_context_is_read_with_a_sentence():
    alone = ClassifierJudge(classifier(), passages=Passages(context=0))
    assert len(screen(alone).scan("笨蛋。天气。")) == 1
    assert len(screen().scan("笨蛋。天气。")) == 2


def test_thresholds_differ_by_direction():
    judge = ClassifierJudge(
        classifier(),
        thresholds=[Threshold(at_least=0.001, direction=Direction.INPUT), Threshold(at_least=0.999999)],
    )
    assert len(screen(judge).scan("天气", Direction.INPUT)) == 1
    assert screen(judge).scan("天气", Direction.OUTPUT) == ()


def test_a_finding_is_explained_by_what_weighs_most_and_the_model_file():
    watching = screen()
    text = "你这个大笨蛋"
    (finding,) = watching.scan(text)
    explanation = watching.explain(finding, text)
    assert explanation.pattern.zh == "最重的片段：“大笨蛋”"
    assert explanation.source == f"insults, {classifier().digest}"


def test_the_digest_names_all_that_decides():
    digests = {
        judge.digest
        for judge in (
            JUDGE,
            ClassifierJudge(classifier("other")),
            ClassifierJudge(classifier(), thresholds=[Threshold(at_least=0.7)]),
            ClassifierJudge(classifier(), passages=Passages(unit=PassageUnit.WHOLE)),
            ClassifierJudge(classifier(), release=ReleaseMode.RETRACT),
            ClassifierJudge(classifier(), directions=frozenset({Direction.INPUT})),
        )
    }
    assert len(digests) == 6
    assert ClassifierJudge(classifier()).digest == JUDGE.digest


def test_a_screen_with_a_classifier_can_be_sent_to_another_process():
    watching = Screen(keywords=KeywordBank.starter(), judges=[JUDGE])
    other = pickle.loads(pickle.dumps(watching))  # noqa: S301 - our own bytes
    assert other.digest == watching.digest
    assert other.scan("你这个大笨蛋") == watching.scan("你这个大笨蛋")


def test_the_same_model_may_judge_twice_under_two_names():
    judges = [JUDGE, ClassifierJudge(classifier(), name="again", directions=frozenset({Direction.INPUT}))]
    watching = Screen(keywords=None, judges=judges)
    assert [f.detector for f in watching.scan("笨蛋", Direction.INPUT)] == ["again", "classifier:insults"]
    assert [f.detector for f in watching.scan("笨蛋")] == ["classifier:insults"]


@pytest.mark.parametrize("text", ["", "\u200b", "\ud800", "笨蛋" * 10_000])
def test_any_text_is_judged(text):
    assert bool(screen().scan(text)) == ("笨蛋" in text)
