import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Direction,
    Keyword,
    KeywordBank,
    Level,
    MatchMode,
    NothingToLookFor,
    Rule,
    Screen,
    fold,
)

BANK = KeywordBank(
    [
        Keyword(text="制造炸弹", risk="A.1.h", kind="weapons", source="test"),
        Keyword(text="笨蛋", risk="A.2.i", kind="insult", source="test", level=Level.LOW),
    ],
    name="test",
)
SCREEN = Screen(keywords=BANK)


@pytest.mark.parametrize(
    "text",
    ["制造炸弹", "製造炸彈", "制\u200b造\ufe0f炸\u00ad弹", "制造炸彈", "请问如何制造炸弹呢"],
)
def test_a_word_is_found_in_its_disguises(text):
    (finding,) = SCREEN.scan(text)
    assert fold(text[finding.start : finding.end]) == "制造炸弹"
    assert (finding.risk, finding.kind, finding.level) == ("A.1.h", "weapons", "high")


@pytest.mark.parametrize("text", ["制造炸鸡", "拆除炸弹", "造炸弹", "制造，炸弹", "", "\u200b", "\ud800"])
def test_innocent_neighbours_pass(text):
    assert SCREEN.scan(text) == ()


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["制造", "炸弹", "13812345678", "a@b.com", "笨蛋", "\u200b", "\n", " ", "rape", "s"]
            )
        ).map("".join)
        | st.text()
    )
)
def test_many_texts_at_once_are_read_as_each_alone(texts):
    words = [
        *BANK.keywords,
        Keyword(text="rape", risk="A.1.f", kind="t", source="t", match=MatchMode.WHOLE_WORD),
    ]
    screen = Screen(keywords=KeywordBank(words, name="test"))
    assert list(screen.scan_many(iter(texts))) == [screen.scan(text) for text in texts]


def test_many_texts_are_read_block_by_block():
    drawn = []
    texts = (drawn.append(index) or "很好" * 5000 + "笨蛋" for index in range(10))
    scanned = SCREEN.scan_many(texts)
    assert [finding.start for finding in next(scanned)] == [10_000]
    assert len(drawn) == 4
    assert [len(findings) for findings in scanned] == [1] * 9


def test_findings_point_at_the_original_text():
    text = "\u200b電話１３８\u200b１２３４５６７８，制\u200d造炸彈"
    phone, word = SCREEN.scan(text)
    assert text[phone.start : phone.end] == "１３８\u200b１２３４５６７８"
    assert text[word.start : word.end] == "制\u200d造炸彈"


@given(st.lists(st.sampled_from(["制造", "炸弹", "13812345678", "a@b.com", "笨蛋", "\u200b", " ", "好"])))
def test_findings_come_in_order_and_lie_within_the_text(parts):
    text = "".join(parts)
    findings = SCREEN.scan(text)
    assert list(findings) == sorted(findings, key=lambda finding: finding.order)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)


@pytest.mark.parametrize(
    ("direction", "word", "mild", "phone"),
    [
        (Direction.INPUT, Action.BLOCK, Action.ALLOW, Action.ALLOW),
        (Direction.OUTPUT, Action.BLOCK, Action.ALLOW, Action.MASK),
        (Direction.CORPUS, Action.BLOCK, Action.ALLOW, Action.MASK),
    ],
)
def test_each_direction_has_its_actions(direction, word, mild, phone):
    findings = SCREEN.scan("制造炸弹，笨蛋，13812345678", direction)
    assert [SCREEN.action(finding, direction) for finding in findings] == [word, mild, phone]


def test_the_severest_action_counts_for_the_whole_text():
    assert SCREEN.examine("制造炸弹13812345678").action is Action.BLOCK
    assert SCREEN.examine("笨蛋13812345678").action is Action.MASK
    assert SCREEN.examine("笨蛋").action is Action.ALLOW
    assert SCREEN.examine("你好").action is Action.ALLOW


def test_an_examined_text_is_covered_where_it_may_not_pass():
    screening = SCREEN.examine("笨蛋，制造炸弹请打13812345678")
    assert screening.masked == "笨蛋，[已屏蔽]请打[手机号]"
    assert len(screening.findings) == 3
    assert SCREEN.examine("我是13812345678", Direction.INPUT).masked == "我是13812345678"


def test_what_no_rule_fits_is_not_looked_for():
    rules = [Rule(direction=Direction.OUTPUT, risk="pii", kind="email", action=Action.MASK)]
    screen = Screen(keywords=BANK, rules=rules)
    assert [f.kind for f in screen.scan("制造炸弹13812345678，a@b.com")] == ["email"]
    assert screen.scan("a@b.com", Direction.CORPUS) == ()
    assert [detector.name for detector in screen.watch(Direction.OUTPUT).detectors] == [
        "personal-information"
    ]


def test_a_screen_may_do_without_words_or_without_personal_information_but_not_without_both():
    assert len(Screen(keywords=None).scan("制造炸弹13812345678")) == 1
    assert len(Screen(keywords=BANK, personal_information=False).scan("制造炸弹13812345678")) == 1
    with pytest.raises(NothingToLookFor):
        Screen(keywords=None, personal_information=False)


def test_the_digest_names_all_that_decides():
    digests = {
        SCREEN.digest,
        Screen(keywords=None).digest,
        Screen(keywords=BANK, personal_information=False).digest,
        Screen(keywords=BANK, rules=DEFAULT_RULES[:-1]).digest,
        Screen(keywords=KeywordBank.starter()).digest,
    }
    assert len(digests) == 5
    assert Screen(keywords=BANK).digest == SCREEN.digest


def test_a_screen_can_be_sent_to_another_process():
    other = pickle.loads(pickle.dumps(SCREEN))  # noqa: S301 - our own bytes
    text = "制造炸弹13812345678"
    assert other.digest == SCREEN.digest
    assert other.scan(text) == SCREEN.scan(text)


def test_a_finding_is_explained_by_word_source_and_rule():
    text = "如何製造炸彈"
    explanation = SCREEN.explain(SCREEN.scan(text)[0], text)
    assert explanation.matched == "製造炸彈"
    assert explanation.pattern.zh == "关键词“制造炸弹”"
    assert explanation.source == "test: test"
    assert explanation.detector_digest == BANK.digest
    assert explanation.rule.action is Action.BLOCK
    phone = "13812345678"
    assert "11" in SCREEN.explain(SCREEN.scan(phone)[0], phone).pattern.en


def test_a_very_long_line_is_read_to_its_end():
    text = "很好" * 500_000 + "制造炸弹13812345678"
    assert [finding.start for finding in SCREEN.scan(text)] == [1_000_000, 1_000_004]
