from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.calibration import calibrate
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import MatchMode


def word(text, risk="A.1.h", **fields):
    return Keyword(text=text, risk=risk, kind="test", source="test", **fields)


WORDS = [
    word("rape", match=MatchMode.WHOLE_WORD),
    word("笨蛋"),
    word("笨蛋", "A.2.i"),
    word("蛋糕", pinyin="dan gao", initials=True),
    word("好笨", match=MatchMode.SEPARATED),
]


def test_words_that_fire_on_clean_text_are_counted_by_line():
    report = calibrate(WORDS, ["蛋糕蛋糕", "大笨蛋糕", "grapes", "", "rape seed", "天气"])
    assert (report.clean.lines, report.clean.hit, report.clean.hit_without) == (5, 3, 0)
    assert report.clean.per_10_000 == (6000, 0)
    assert [(fired.form, fired.risks, fired.lines) for fired in report.firing] == [
        ("蛋糕", ("A.1.h",), 2),
        ("rape", ("A.1.h",), 1),
        ("笨蛋", ("A.1.h", "A.2.i"), 1),
    ]
    assert [each.text for each in report.kept] == ["好笨"]
    assert report.harmful is None


def test_a_word_within_what_is_tolerated_is_kept_and_its_alarms_remain():
    report = calibrate(WORDS, ["蛋糕", "大笨蛋糕", "rape seed"], tolerated=1)
    assert [fired.form for fired in report.firing if fired.remove] == ["蛋糕"]
    assert report.clean.hit_without == 2


def test_a_word_that_fires_only_apart_or_in_latin_letters_is_kept_without_that():
    report = calibrate(WORDS, ["最好 笨一点", "dangao", "DG"])
    assert {(fired.form, fired.apart) for fired in report.firing} == {
        ("好笨", True),
        ("dangao", False),
        ("dg", False),
    }
    kept = {each.text: each for each in report.kept}
    assert kept["好笨"].match is MatchMode.EXACT
    assert (kept["蛋糕"].pinyin, kept["蛋糕"].initials) == ("", False)
    assert report.clean.hit_without == 0
    fewer = calibrate(WORDS, ["DG"]).kept
    assert {(each.pinyin, each.initials) for each in fewer if each.text == "蛋糕"} == {("dan gao", False)}


def test_a_separated_word_that_ends_in_ascii_becomes_a_whole_word():
    (kept,) = calibrate([word("k粉", match=MatchMode.SEPARATED)], ["K 粉"]).kept
    assert kept.match is MatchMode.WHOLE_WORD


def test_what_is_caught_is_told_beside_the_false_alarms():
    report = calibrate(WORDS, ["天气", "蛋糕"], harmful=["你是笨蛋", "你这个蛋糕", "你好"])
    assert (report.harmful.lines, report.harmful.hit, report.harmful.hit_without) == (3, 2, 1)


@given(st.lists(st.text("笨蛋糕好 dg", max_size=6), max_size=8), st.integers(0, 2))
def test_leaving_the_removals_out_gives_the_alarms_foretold(lines, tolerated):
    report = calibrate(WORDS, lines, tolerated=tolerated)
    assert calibrate(report.kept, lines).clean.hit == report.clean.hit_without


def test_lines_are_told_apart_over_many_blocks():
    report = calibrate(WORDS, (line for _ in range(3000) for line in ("好天气，我们去散步吧", "蛋糕\u200b")))
    assert (report.clean.lines, report.clean.hit) == (6000, 3000)


def test_no_text_is_no_rate():
    assert calibrate(WORDS, []).clean.per_10_000 == (0, 0)
