import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.classifier import Classifier, Parts, Target, Weights, in_words, likelihood
from hegui.screening.grams import condensed


def classifier(card=None):
    """Two targets over six grams, of which the first four are short."""
    parts = Parts(
        targets=[
            Target(risk="A.2", kind="insult", bias=-2.0),
            Target(risk="A.1.f", kind="violence", bias=-3.0),
        ],
        grams=["坏", "好", "笨蛋", "很好", "大笨蛋", "真是笨蛋"],
        rarity=[1.0, 2.0, 3.0, 1.5],
        weights=[
            Weights([0.5, -0.5, 2.0, -0.2, 0.3, 0.1], [1.0, -1.0, 2.0, 0.0]),
            Weights([0.1, 0.0, 0.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0]),
        ],
    )
    return Classifier(parts, card, digest="sha256:test")


def test_a_text_without_known_grams_has_the_odds_of_the_bias():
    assert classifier().log_odds("天地玄黄") == [-2.0, -3.0]
    assert classifier().likelihoods("") == [likelihood(-2.0), likelihood(-3.0)]


def test_grams_add_what_they_say_and_short_ones_their_share():
    length = math.hypot(1.0, 2.0)
    expected = -2.0 + 0.5 - 0.5 + (1.0 * 1.0 - 1.0 * 2.0) / length
    assert classifier().log_odds("坏好")[0] == pytest.approx(expected)
    assert classifier().log_odds("坏好坏好坏")[0] == pytest.approx(expected)  # each counts once


def test_disguises_are_seen_through():
    assert classifier().log_odds("大笨蛋") == classifier().log_odds("大 笨\u200b蛋")


@given(st.text("坏好笨蛋大真是很 ", max_size=20))
def test_the_sum_is_what_counting_by_hand_gives(text):
    made = classifier()
    seen = [number for number, gram in enumerate(made.parts.grams) if gram in condensed(text)]
    for target, weights, odds in zip(made.targets, made.parts.weights, made.log_odds(text), strict=True):
        short = [number for number in seen if number < 4]
        length = math.sqrt(sum(made.parts.rarity[number] ** 2 for number in short)) or 1.0
        expected = target.bias + sum(weights.presence[number] for number in seen)
        expected += sum(weights.relative[number] * made.parts.rarity[number] / length for number in short)
        assert odds == pytest.approx(expected)


def test_clues_are_the_grams_that_say_most_and_none_is_part_of_another():
    clues = classifier().clues("真是笨蛋，大笨蛋，坏", 0)
    assert [clue.gram for clue in clues] == ["大笨蛋", "真是笨蛋", "坏"]
    assert [clue.weight for clue in clues] == sorted((clue.weight for clue in clues), reverse=True)
    assert classifier().clues("很好", 0) == []
    assert len(classifier().clues("真是笨蛋，大笨蛋，坏", 0, most=1)) == 1


def test_clues_are_told_in_words():
    assert in_words(classifier().clues("坏", 0)).zh == "最重的片段：“坏”"
    assert in_words([]).en == "what weighs most: nothing that stands out by itself"


@pytest.mark.parametrize("odds", [-1e6, -800, 0, 800, 1e6])
def test_a_likelihood_lies_between_0_and_1_whatever_the_odds(odds):
    assert 0 <= likelihood(odds) <= 1
    assert likelihood(odds) + likelihood(-odds) == pytest.approx(1)
