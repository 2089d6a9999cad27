import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
import tracemalloc
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hegui.screening
from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Category,
    Direction,
    Keyword,
    KeywordBank,
    Level,
    MatchMode,
    NothingToLookFor,
    PersonalInformationKind,
    Rule,
    Screen,
    fold,
)
from hegui.screening import screen as screening
from hegui.screening.fold import folding
from hegui.screening.personal_information.detector import FORMS, _beginnings, _tracing
from hegui.screening.separation import baring
from simulators.backtracking import grows

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


@pytest.mark.parametrize("beside", ["", "很好" * 3_000], ids=["in a short block", "in a long one"])
@given(
    texts=st.lists(
        st.lists(
            st.sampled_from(
                ["制造", "炸弹", "13812345678", "a@b.com", "笨蛋", "\u200b", "\n", " ", "rape", "s"]
            )
        ).map("".join)
        | st.text()
    )
)
def test_many_texts_at_once_are_read_as_each_alone(texts, beside):
    words = [
        *BANK.keywords,
        Keyword(text="rape", risk="A.1.f", kind="t", source="t", match=MatchMode.WHOLE_WORD),
    ]
    screen = Screen(keywords=KeywordBank(words, name="test"))
    every = [*texts, beside]
    assert list(screen.scan_many(iter(every))) == [screen.scan(text) for text in every]


def test_many_texts_are_read_block_by_block():
    drawn = []
    texts = (drawn.append(index) or "很好" * 5000 + "笨蛋" for index in range(20))
    scanned = SCREEN.scan_many(texts)
    assert [finding.start for finding in next(scanned)] == [10_000]
    assert len(drawn) == 14
    assert [len(findings) for findings in scanned] == [1] * 19


@given(
    st.lists(
        st.sampled_from(
            [
                "制造",
                "炸弹",
                "13812345678",
                "a@b.com",
                "笨蛋",
                "\u200b",
                "我是李明",
                "先生",
                "\U000e0041" * 3,
                " ",
            ]
        )
    ).map("".join)
    | st.text(),
    st.integers(1, 9),
    st.sampled_from(Direction),
)
def test_a_long_text_is_read_block_by_block_as_it_is_at_once(text, size, direction):
    rules = [*DEFAULT_RULES, Rule(direction=direction, risk="injection", action=Action.MASK)]
    watching = Screen(keywords=BANK, rules=rules)
    at_once = watching.scan(text, direction)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening, "_LONG", 1)
        patch.setattr(screening, "_BLOCK", size)
        assert watching.scan(text, direction) == at_once
        assert list(watching.scan_many([text, text], direction)) == [at_once, at_once]


def test_reading_a_long_text_takes_no_memory_to_speak_of():
    text = "今天天气很好，我们一起去公园散步吧。" * 200_000 + "笨蛋"
    SCREEN.scan(text[:2_000_000])  # what is made upon the first text stays
    tracemalloc.start()
    try:
        assert len(SCREEN.scan(text)) == 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(text)


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


def test_many_texts_are_examined_as_each_alone():
    texts = ["笨蛋，制造炸弹请打13812345678", "你好", "我是13812345678"]
    for direction in (Direction.OUTPUT, Direction.INPUT):
        assert [*SCREEN.examine_many(texts, direction)] == [SCREEN.examine(t, direction) for t in texts]


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


def test_some_kinds_of_personal_information_are_found_as_they_are_among_all():
    text = "邮箱a.b@example.com，电话13812345678，住址：北京市海淀区中关村大街27号3单元501室"
    for kind in ("email", "mobile_phone", "address"):
        one = Screen(keywords=None, personal_information=[PersonalInformationKind(kind)])
        assert one.scan(text) == tuple(found for found in SCREEN.scan(text) if found.kind == kind) != ()
        assert one.digest != Screen(keywords=None).digest
    every = Screen(keywords=None, personal_information=frozenset(PersonalInformationKind))
    assert every.digest == Screen(keywords=None).digest


def test_decisions_tell_what_is_looked_for_and_what_follows():
    decided = SCREEN.decisions(Direction.OUTPUT)
    assert decided[Category(risk="A.2.i", kind="insult", level="low")].action is Action.ALLOW
    assert decided[Category(risk="A.1.h", kind="weapons", level="high")].action is Action.BLOCK
    silent = Screen(keywords=BANK, rules=[rule for rule in DEFAULT_RULES if rule.direction != "output"])
    assert silent.decisions(Direction.OUTPUT) == {}


# A process of its own tells the most memory it ever took.
VERY_LONG = """
import resource
from hegui.screening import KeywordBank, Screen

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

screen = Screen(keywords=KeywordBank.starter())
line = "很好的一天，" * 5_600_000 + "电话13812345678"
assert len(line) * 3 > 100_000_000
screen.scan(line[-40_000:])
stream = screen.stream()
before = megabytes()
released = [stream.feed(line[at : at + 4096]) for at in range(0, len(line), 4096)] + [stream.finish()]
assert sum(len(each.text) for each in released) == len(line) - len("13812345678") + len("[手机号]")
streamed = megabytes() - before
del released
(found,) = screen.scan(line)
assert line[found.start : found.end] == "13812345678"
print(streamed, megabytes() - before)
"""


@pytest.mark.slow
def test_a_line_of_100_megabytes_is_read_in_bounded_memory():
    done = subprocess.run([sys.executable, "-c", VERY_LONG], check=True, capture_output=True, text=True)
    streamed, whole = map(float, done.stdout.split())
    # What a stream releases is kept by the program above; what it holds itself is next to nothing.
    assert streamed < 200
    assert whole < 1_500


@cache
def expressions():
    """Every regular expression of the room, those made on first use included."""
    tracing = _tracing()
    found = [tracing.signs, _beginnings().bare, *_beginnings().labelled]
    found += [compiled.unlike for group in tracing.groups for compiled in group.forms if compiled.unlike]
    found += [form.whole for form in FORMS]
    for mapped in (folding(), baring()):
        found += [mapped.changes.__self__, mapped._vanishing]
    for info in pkgutil.walk_packages(hegui.screening.__path__, "hegui.screening."):
        for value in vars(importlib.import_module(info.name)).values():
            several = value.values() if isinstance(value, dict) else [value]
            found += [each for each in several if isinstance(each, re.Pattern)]
    return list({(each.pattern, each.flags): each for each in found}.values())


def test_the_expressions_of_the_room_are_known():
    assert len(expressions()) > 50
    assert re.compile(r"[\W_]+") in expressions()


@pytest.mark.parametrize(
    "unit",
    [
        *(
            " ",
            ".",
            ". ",
            ".)",
            "。”",
            "\n",
            "a",
            "a ",
            "a b ",
            "1",
            "1 ",
            "1-",
            "1.",
            "a1",
            "_",
            "-a",
            "a@",
            "@",
        ),
        *(
            ",",
            "<think>",
            "{text}",
            "A.1.",
            "A.1.f",
            "2026-",
            "炸",
            "炸 ",
            "炸*",
            "省",
            "路1",
            "王",
            "\u200b",
            "，",
        ),
        *(
            "\U0001f600",
            "\ud800",
            "&#",
            "%25",
            "“",
            "*",
            "zha dan ",
            "姓名:",
            "微信a",
            ":",
            "::",
            "f:",
            "号",
            "+86",
        ),
    ],
)
def test_no_expression_of_the_room_is_slow_on_any_input(unit):
    assert [each.pattern for each in expressions() if grows(each, unit, longest=500)] == []
