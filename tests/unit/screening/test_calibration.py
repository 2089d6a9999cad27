from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.calibration import calibrate
from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword, MatchMode


def word(text, risk="A.1.h", match=MatchMode.EXACT):
    return Keyword(text=text, risk=risk, kind="test", source="test", match=match)


WORDS = [word("rape", match=MatchMode.WHOLE_WORD), word("笨蛋"), word("笨蛋", "A.2.i"), word("蛋糕")]


def test_words_that_fire_on_clean_text_are_counted_by_line():
    report = calibrate(WORDS, ["蛋糕蛋糕", "大笨蛋糕", "grapes", "", "rape seed", "天气"])
    assert (report.lines, report.alarms, report.alarms_without) == (5, 3, 0)
    assert [(fired.word, fired.risks, fired.lines) for fired in report.firing] == [
        ("蛋糕", ("A.1.h",), 2),
        ("rape", ("A.1.h",), 1),
        ("笨蛋", ("A.1.h", "A.2.i"), 1),
    ]
    assert report.removals == {"蛋糕", "rape", "笨蛋"}


def test_a_word_within_what_is_tolerated_is_kept_and_its_alarms_remain():
    report = calibrate(WORDS, ["蛋糕", "大笨蛋糕", "rape seed"], tolerated=1)
    assert report.removals == {"蛋糕"}
    assert report.alarms_without == 2


@given(st.lists(st.text("笨蛋糕好 ", max_size=6), max_size=8), st.integers(0, 2))
def test_leaving_the_removals_out_gives_the_alarms_foretold(lines, tolerated):
    report = calibrate(WORDS, lines, tolerated=tolerated)
    kept = [keyword for keyword in WORDS if fold(keyword.text) not in report.removals]
    assert calibrate(kept, lines).alarms == report.alarms_without
