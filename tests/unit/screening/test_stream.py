import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Direction,
    Keyword,
    KeywordBank,
    Level,
    MatchMode,
    Released,
    Rule,
    Screen,
    StreamFinished,
    StreamScreen,
    fold,
    mask,
)
from hegui.screening.judging import ReleaseMode
from hegui.screening.passages import Passages, PassageUnit
from hegui.screening.separation import MOST_SEPARATORS, SEPARATORS
from hegui.screening.stream import _KEPT
from simulators.judges import CountingJudge

WORDS = ["炸弹", "炸弹制作", "弹药", "制作炸药", "ab", "abcab", "bca", "aab", "炸"]
WHOLE = ["rape", "ab", "13"]


def bank(*words, whole=(), risk="A.1.h", level=Level.HIGH):
    return [
        Keyword(text=word, risk=risk, kind="test", source="test", level=level, match=mode)
        for mode, several in ((MatchMode.EXACT, words), (MatchMode.WHOLE_WORD, whole))
        for word in several
    ]


def excused(keyword):
    return structs.replace(keyword, unless=(f"a{keyword.text}", f"弹{keyword.text}1"))


def screen(*keywords, rules=DEFAULT_RULES):
    return Screen(keywords=KeywordBank(keywords, name="test"), rules=rules)


keywords = st.lists(
    st.builds(
        Keyword,
        text=st.sampled_from([*WORDS, *WHOLE, "138", "1381", "5678", "@b", "com", "京"])
        | st.text("ab炸弹1@", min_size=1, max_size=4).filter(lambda text: text.strip("@")),
        pinyin=st.sampled_from(["", "", "", "a b"]),
        risk=st.sampled_from(["A.1.f", "A.1.h", "A.2.e"]),
        kind=st.sampled_from(["one", "other"]),
        source=st.just("test"),
        level=st.sampled_from(Level),
        match=st.sampled_from(MatchMode),
    ).flatmap(lambda word: st.just(word) | st.just(excused(word))),
    max_size=8,
)
rules = st.lists(
    st.builds(
        Rule,
        direction=st.just(Direction.OUTPUT),
        risk=st.sampled_from(["*", "A.1", "A.1.h", "pii"]),
        action=st.sampled_from(Action),
        kind=st.sampled_from(["*", "one", "mobile_phone", "name", "address"]),
        level=st.sampled_from(["*", "low", "personal"]),
    ),
    max_size=4,
)
judges = st.lists(
    st.builds(
        CountingJudge,
        name=st.sampled_from(["one", "other"]),
        sign=st.sampled_from(["炸", "1", "a"]),
        least=st.integers(1, 3),
        level=st.sampled_from(["low", "high"]),
        risk=st.sampled_from(["A.1.h", "A.2.e"]),
        passages=st.builds(
            Passages,
            unit=st.sampled_from(PassageUnit),
            longest=st.integers(8, 12),
            context=st.integers(0, 8),
        ),
        release=st.sampled_from(ReleaseMode),
    ),
    max_size=2,
    unique_by=lambda judge: judge.name,
)
screens = st.builds(
    lambda words, first, default, judging: Screen(
        keywords=KeywordBank(words, name="test"),
        rules=[*first, *(DEFAULT_RULES if default else [])],
        judges=judging,
    ),
    keywords,
    rules,
    st.booleans(),
    st.just([]) | judges,
)
texts = st.lists(
    st.sampled_from(
        [
            *WORDS,
            "rape",
            "製",
            "彈",
            "ＡＢ",
            "\u200b",
            "炸\u200b弹",
            "138\u200b1234\ufe0f5678",
            "\ufe0f",
            "，",
            " ",
            "-",
            "炸 弹",
            "炸*弹-制作",
            "a b",
            "*****",
            "@",
            ".",
            "13812345678",
            "138 1234 5678",
            "+86",
            "a@b.com",
            "36.20.30.40",
            "4111111111111111",
            "11010519491231002X",
            "京A12345",
            "王",
            "小明",
            "先生",
            "姓名：",
            "建国路",
            "88号",
            "1203室",
            "1",
            "x",
            "。",
        ]
    )
    | st.text("ab炸弹制作药1. @x\u200b", max_size=4),
    max_size=10,
).map("".join)


def run(screen, pieces):
    stream = screen.stream()
    released = [*map(stream.feed, pieces), stream.finish()]
    text = "".join(part.text for part in released)
    findings = tuple(finding for part in released for finding in part.findings)
    return text, findings, stream.blocked


def cut(text, places):
    bounds = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(bounds)]


def expected(screen, text):
    """What the whole text's findings say must come out, worked out without a stream."""
    findings = screen.scan(text)
    actions = {finding: screen.action(finding, Direction.OUTPUT) for finding in findings}
    stop = min((f.start for f in findings if actions[f] is Action.BLOCK), default=None)
    if stop is None:
        return mask(text, [f for f in findings if actions[f] is Action.MASK]), findings, False
    reached = tuple(f for f in findings if f.start <= stop)
    before = [f for f in reached if f.start < stop and actions[f] is Action.MASK]
    # What a masked finding covers beyond the stop is covered by the stop as well.
    return mask(text[:stop], [f for f in before if f.start < stop]), reached, True


@given(screens, texts, st.data())
@example(screen(*bank("abcab", "bca")), "xabca", None)
def test_any_cut_gives_the_findings_and_the_text_that_the_whole_text_gives(screen, text, data):
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6)) if data else range(len(text))
    assert run(screen, cut(text, places)) == expected(screen, text)


@given(screens, texts)
def test_character_by_character_gives_the_same_as_all_at_once(screen, text):
    assert run(screen, text) == run(screen, [text]) == expected(screen, text)


@given(screens, texts)
def test_nothing_forbidden_is_ever_released(screen, text):
    findings = screen.scan(text)
    stream = screen.stream()
    released = ""
    for character in text:
        released += stream.feed(character).text
        # Masks change lengths, so look at what was let out up to the first finding that may not pass.
        acted = [f for f in findings if screen.action(f, Direction.OUTPUT) is not Action.ALLOW]
        first = min((f.start for f in acted), default=len(text))
        if len(released) <= first:
            assert text.startswith(released)
        else:
            assert released[:first] == text[:first]
            assert released[first] == "["
            break


@given(screens, texts)
def test_what_was_released_holds_no_blocked_word(screen, text):
    blocked = [
        fold(keyword.text)
        for keyword in screen.keywords.keywords
        if keyword.match is MatchMode.EXACT
        and not keyword.unless
        and screen.watch(Direction.OUTPUT).actions.get(keyword.category) is Action.BLOCK
    ]
    released, _, _ = run(screen, text)
    assert not any(word in fold(released) for word in blocked)
    apart = [
        re.compile(
            f"[{re.escape(SEPARATORS)}]{{0,{MOST_SEPARATORS}}}".join(map(re.escape, fold(keyword.text)))
        )
        for keyword in screen.keywords.keywords
        if keyword.match is MatchMode.SEPARATED
        and not keyword.unless
        and not keyword.text.isascii()
        and not re.search("[0-9a-z]", keyword.text)
        and screen.watch(Direction.OUTPUT).actions.get(keyword.category) is Action.BLOCK
    ]
    assert not any(word.search(fold(released)) for word in apart)


@given(screens, texts)
def test_released_and_held_back_make_up_the_text_where_nothing_is_found(screen, text):
    stream = screen.stream()
    released = ""
    for index, character in enumerate(text):
        released += stream.feed(character).text
        if not screen.scan(text):
            assert len(released) + stream.held == index + 1
    if not screen.scan(text):
        assert released + stream.finish().text == text


@pytest.mark.parametrize("word", WORDS)
def test_a_word_cut_anywhere_is_caught(word):
    watching = screen(*bank(*WORDS))
    for size in range(1, len(word) + 1):
        pieces = [word[i : i + size] for i in range(0, len(word), size)]
        text, findings, blocked = run(watching, ["好", *pieces, "吗"])
        assert (text, blocked, findings[0].start) == ("好", True, 1)


@pytest.mark.parametrize(
    ("value", "placeholder"),
    [
        ("110105 19491231 002X", "[身份证号]"),
        ("EA1234567", "[护照号]"),
        ("6222 0212 3456 7890 128", "[银行卡号]"),
        ("(+86)138 1234-5678", "[手机号]"),
        ("(010) 62345678转8001", "[固定电话]"),
        ("a.b_c@mail.example.com.cn", "[电子邮箱]"),
        ("114.114.114.114", "[IP地址]"),
        ("浙A·1234学", "[车牌号]"),
    ],
)
@pytest.mark.parametrize("frame", ["号码{}联系", "号码 {} 联系", "号码{}"])
def test_personal_information_cut_anywhere_is_masked(value, placeholder, frame):
    watching = screen()
    text = frame.format(value)
    for size in range(1, len(text) + 1):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert run(watching, pieces)[0] == frame.format(placeholder)


def test_only_what_could_still_begin_a_word_is_held_back():
    stream = screen(*bank("炸弹制作")).stream()
    assert stream.feed("你们").text == "你们"
    assert stream.feed("炸").text == ""
    assert stream.feed("弹").text == ""
    assert stream.held == 2
    assert stream.feed("很").text == "炸弹很"
    assert stream.held == 0


def test_a_whole_word_waits_for_the_character_that_decides():
    stream = screen(*bank(whole=["rape"])).stream()
    assert stream.feed("the rape").text == "the "
    assert stream.feed("seed oil").text == "rapeseed "
    assert stream.finish().text == "oil"


def test_personal_information_is_masked_in_the_middle_of_a_stream():
    stream = screen().stream()
    pieces = ["电话", "138", "1234", "5678", "，邮箱a@", "b.com。"]
    assert "".join(stream.feed(piece).text for piece in pieces) == "电话[手机号]，邮箱[电子邮箱]。"


def test_words_of_ordinary_english_are_released_as_they_end():
    stream = screen().stream()
    assert stream.feed("Hello wor").text == "Hello "
    assert stream.feed("ld, how").text == "world, "
    assert stream.finish().text == "how"


@given(texts)
def test_what_is_only_recorded_holds_nothing_back(text):
    recording = Rule(direction=Direction.OUTPUT, risk="*", action=Action.ALLOW)
    watching = screen(*bank(*WORDS, whole=WHOLE), rules=[recording])
    stream = watching.stream()
    for character in text:
        assert stream.feed(character).text == character
        assert stream.held == 0
    assert run(watching, text) == (text, watching.scan(text), False)


def test_a_name_before_a_title_is_shown_at_once_and_told_when_it_is_known():
    stream = screen().stream()
    assert stream.feed("我是李") == Released(text="我是李", findings=())
    assert [stream.feed(piece).text for piece in "明先生"] == ["明", "先", "生"]
    (finding,) = stream.feed("，").findings
    assert (finding.kind, finding.start, finding.end) == ("name", 2, 4)


def test_a_word_of_low_level_that_is_only_recorded_is_shown_at_once_and_told_when_it_is_known():
    stream = screen(*bank("天气预报", level=Level.LOW), *bank("天生恶人")).stream()
    # A grave word may have begun, and then not any more; the mild one has.
    assert stream.feed("今天") == Released(text="今", findings=())
    assert stream.feed("气") == Released(text="天气", findings=())
    assert stream.feed("预") == Released(text="预", findings=())
    released = stream.feed("报")
    assert (released.text, [(f.start, f.end) for f in released.findings]) == ("报", [(1, 5)])


def test_what_is_masked_waits_for_what_is_recorded_before_it():
    first = Rule(direction=Direction.OUTPUT, risk="A.1.h", action=Action.MASK)
    watching = screen(*bank("明星"), rules=[first, *DEFAULT_RULES])
    stream = watching.stream()
    assert stream.feed("我是李明星").text == "我是李"
    assert stream.feed("，").text == "[已屏蔽]，"


def test_what_is_masked_within_what_is_recorded_waits_too():
    rules = [
        Rule(direction=Direction.OUTPUT, risk="pii", kind=kind, action=action)
        for kind, action in (("address", Action.ALLOW), ("name", Action.MASK))
    ]
    stream = screen(rules=rules).stream()
    # 北京和李明先生大 may become the name of a street; what it says of a person is decided.
    assert stream.feed("北京和李明先生大").text == "北京和"
    assert stream.feed("的").text == "[姓名]先生大的"


def test_after_a_block_nothing_more_is_released():
    stream = screen(*bank("炸弹")).stream()
    assert stream.feed("制造炸弹的").blocked
    assert stream.blocked
    assert stream.feed("方法").text == ""
    assert stream.finish().text == ""


def test_findings_are_placed_in_the_text_of_the_whole_stream():
    stream = screen().stream()
    findings = [f for piece in ("一二三四五", "六七13812", "345678八") for f in stream.feed(piece).findings]
    assert [(f.start, f.end) for f in findings] == [(7, 18)]


def test_a_finished_stream_takes_no_more_text():
    stream = screen().stream()
    stream.finish()
    with pytest.raises(StreamFinished):
        stream.feed("好")
    with pytest.raises(StreamFinished):
        stream.finish()


def test_a_stream_keeps_no_more_than_what_is_held_and_its_context():
    stream = screen(*bank("炸弹")).stream()
    for _ in range(2000):
        stream.feed("很好\u200b的一天，")
        stream.feed("\u200b")
    assert len(stream._window) < _KEPT + 8
    assert len(stream._gaps) < _KEPT
    assert stream._held == ""


def test_a_stream_can_be_opened_from_the_screen_or_on_it():
    assert StreamScreen(screen(), Direction.INPUT).feed("13812345678 ").text == "13812345678 "
    assert screen().stream(Direction.INPUT).feed("13812345678 ").text == "13812345678 "
    assert screen().stream().feed("13812345678 ").text == "[手机号] "


def test_a_stream_without_anything_to_look_for_passes_everything():
    stream = screen(*bank("炸弹"), rules=[]).stream()
    assert stream.feed("炸弹13812345678").text == "炸弹13812345678"


def test_findings_that_overlap_and_are_masked_leave_one_placeholder():
    rules = [Rule(direction=Direction.OUTPUT, risk="*", action=Action.MASK)]
    watching = screen(*bank("码138", "5678，"), rules=rules)
    assert run(watching, "号码13812345678，好")[0] == "号[已屏蔽]好"
    assert run(watching, "号13812345678，好")[0] == "号[手机号]好"


def test_what_is_masked_where_a_block_begins_leaves_no_trace():
    watching = screen(*bank("1381"))
    assert run(watching, "号码13812345678，") == expected(watching, "号码13812345678，")
    assert run(watching, "号码13812345678，")[0] == "号码"


def test_invisible_characters_inside_a_finding_belong_to_it():
    stream = screen().stream()
    released = [stream.feed(piece) for piece in ("号1", "38\u200b1234", "\u200b5678\u200b", "好")]
    assert "".join(part.text for part in released) == "号[手机号]\u200b好"
    assert [(f.start, f.end) for part in released for f in part.findings] == [(1, 14)]


@pytest.mark.parametrize("twin", ["炸*弹", "炸 - 弹", "炸\u200b_\u200b彈", "z\u200bha dan", "ＺＨＡＤＡＮ"])
def test_an_evasion_cut_anywhere_is_caught(twin):
    word = Keyword(
        text="炸弹", risk="A.1.h", kind="k", source="s", match=MatchMode.SEPARATED, pinyin="zha dan"
    )
    for size in range(1, len(twin) + 1):
        pieces = [twin[i : i + size] for i in range(0, len(twin), size)]
        text, findings, blocked = run(screen(word), ["好", *pieces, "，吗"])
        assert (text, blocked, findings[0].start, findings[0].end) == ("好", True, 1, 1 + len(twin))


def test_a_word_is_held_until_its_context_is_decided():
    stream = screen(excused_in("炸弹", "炸弹人")).stream()
    assert stream.feed("炸弹").text == ""
    assert stream.feed("人").text == "炸弹人"
    assert stream.feed("炸弹").text == ""
    assert stream.feed("客").blocked


def excused_in(text, *contexts):
    return structs.replace(*bank(text), unless=contexts)


def test_separators_are_held_back_no_longer_than_they_could_part_a_word():
    (word,) = bank("炸弹")
    stream = screen(structs.replace(word, match=MatchMode.SEPARATED)).stream()
    assert stream.feed("炸****").text == ""
    assert stream.feed("*").text == "炸*****"


def test_what_no_rule_asks_for_passes_beside_what_one_does():
    rule = Rule(direction=Direction.OUTPUT, risk="pii", kind="mobile_phone", action=Action.MASK)
    stream = Screen(keywords=None, rules=(rule,)).stream(Direction.OUTPUT)

    released = stream.feed("打13812345678，写a@b.cn。")

    assert released.text == "打[手机号]，写a@b.cn。"
    assert [finding.kind for finding in released.findings] == ["mobile_phone"]
