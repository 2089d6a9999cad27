from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.detector import Occurrence, Reading
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keyword_detector import KeywordDetector
from hegui.screening.keywords import Keyword


def detector(*words, risk="A.1.h"):
    keywords = [Keyword(text=word, risk=risk, kind="test", source="test") for word in words]
    return KeywordDetector(KeywordBank(keywords, name="test"))


def leftmost_longest(text, words):
    """What a reader with a finger would find."""
    found = []
    place = 0
    while place < len(text):
        fitting = [word for word in words if text.startswith(word, place)]
        if fitting:
            end = place + max(map(len, fitting))
            found.append((place, end))
            place = end
        else:
            place += 1
    return found


@given(
    st.lists(st.text("ab弹", min_size=1, max_size=4), min_size=1, max_size=6), st.text("ab弹", max_size=20)
)
def test_of_overlapping_occurrences_the_leftmost_and_longest_count(words, text):
    settled = Reading(detector(*words)).conclude(text, 0)
    assert [(start, end) for start, end, _ in settled] == leftmost_longest(text, words)


def test_occurrences_of_different_categories_do_not_hide_one_another():
    words = [
        Keyword(text="炸弹人", risk="A.1.f", kind="mild", source="test"),
        Keyword(text="弹人", risk="A.1.h", kind="grave", source="test"),
    ]
    settled = Reading(KeywordDetector(KeywordBank(words, name="test"))).conclude("炸弹人", 0)
    assert [(start, end) for start, end, _ in settled] == [(0, 3), (1, 3)]


def test_a_reading_goes_on_where_it_stopped():
    watching = detector("炸弹", "弹药库")
    reading = Reading(watching)
    assert reading.settle("有炸弹", 0) == [Occurrence(1, 3, watching.categories[0])]
    assert reading.position == 2
    # The second word overlaps the first, which counts; so it is not told again.
    assert reading.conclude("炸弹药库", 1) == []
    assert reading.position == 5
