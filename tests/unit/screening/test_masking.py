import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import (
    DEFAULT_RULES,
    PERSONAL_INFORMATION,
    Action,
    Cover,
    Direction,
    Finding,
    Keyword,
    KeywordBank,
    NoMaskingKey,
    PersonalInformationKind,
    Rule,
    Screen,
    mask,
)
from simulators.particulars import particulars

KEY = b"a key for tests, of no use elsewhere"
BANK = KeywordBank(
    [
        Keyword(text=text, risk=risk, kind="test", source="test")
        for text, risk in (("炸弹", "A.1.h"), ("码138", "A.1.f"), ("5678，", "A.1.f"), ("78，好", "A.1.h"))
    ],
    name="test",
)


def finding(start, end, kind="mobile_phone", risk="pii"):
    return Finding(risk=risk, detector="test", kind=kind, start=start, end=end, level="personal")


def screen(cover, *, key=KEY, keywords=None, rules=()):
    covering = Rule(direction=Direction.OUTPUT, risk=PERSONAL_INFORMATION, action=Action.MASK, cover=cover)
    return Screen(keywords=keywords, rules=[*rules, covering, *DEFAULT_RULES], masking_key=key)


def masked(text, cover, key=KEY):
    return screen(cover, key=key).examine(text).masked


def test_a_finding_is_replaced_by_its_kind():
    assert mask("电话13812345678联系", [finding(2, 13)]) == "电话[手机号]联系"


def test_a_word_is_replaced_by_a_plain_statement():
    assert mask("如何制造炸弹？", [finding(2, 6, kind="weapons")]) == "如何[已屏蔽]？"


def test_where_findings_overlap_the_first_ones_kind_stands_for_the_whole_stretch():
    findings = [finding(3, 6, kind="email"), finding(1, 4), finding(5, 7, kind="passport")]
    assert mask("0123456789", findings) == "0[手机号]789"


def test_of_findings_that_begin_together_the_longest_names_the_stretch():
    assert mask("0123456789", [finding(1, 4), finding(1, 6, kind="email")]) == "0[电子邮箱]6789"


def test_findings_that_touch_are_told_apart():
    assert mask("0123", [finding(0, 2), finding(2, 4, kind="email")]) == "[手机号][电子邮箱]"


@pytest.mark.parametrize("kind", PersonalInformationKind)
def test_every_kind_of_personal_information_has_a_placeholder(kind):
    assert mask("x", [finding(0, 1, kind=kind.value)]) == f"[{kind.text.zh}]"


@given(st.text(max_size=20), st.data())
def test_what_is_not_covered_stays(text, data):
    places = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=4))
    spans = [(start, end) for start, end in spans if start < end]
    covered = {place for start, end in spans for place in range(start, end)}
    hidden = mask(text, [finding(start, end) for start, end in spans])
    left = "".join(character for place, character in enumerate(text) if place not in covered)
    # The placeholder's characters may be in the text as well, so compare without them.
    without = str.maketrans("", "", "[手机号]")
    assert hidden.translate(without) == left.translate(without)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138 **** 5678"),
        ("+86 138-1234-5678", "+86 138-****-5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("138\u200b1234\u200b5678", "138****5678"),
        ("010-62345678", "010-****5678"),
        ("11010519491231002X", "1****************X"),
        ("6222 0212 3456 7890 128", "**** **** **** ***0 128"),
        ("E12345678", "E******78"),
        ("zhang.san@example.com", "z********@example.com"),
        ("a@example.com", "*@example.com"),
        ("36.168.1.11", "36.168.*.**"),
        ("京A12345", "京A***45"),
        ("91350100M000100Y43", "91************0Y43"),
    ],
)
def test_partly_masked_shows_what_people_are_used_to_see(value, shown):
    assert masked(f"是{value}。", Cover.PART) == f"是{shown}。"


def test_stars_stand_for_every_character_that_is_seen():
    assert masked("电话138\u200b12345678。", Cover.STARS) == "电话***********。"


def test_a_pseudonym_names_the_kind_and_is_the_same_for_the_same_value_and_key_alone():
    first = masked("电话13812345678。", Cover.PSEUDONYM)
    assert first.startswith("电话[手机号#")
    assert first.endswith("]。")
    for written in ("+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８", "138\u200b12345678"):
        assert masked(f"电话{written}。", Cover.PSEUDONYM) == first
    assert masked("电话13812345679。", Cover.PSEUDONYM) != first
    assert masked("电话13812345678。", Cover.PSEUDONYM, key=KEY + b"2") != first


def test_a_pseudonym_tells_what_punctuation_tells_apart():
    one, other = (masked(text, Cover.PSEUDONYM) for text in ("a.b@example.com", "ab@example.com"))
    assert one != other


def test_a_pseudonym_is_read_as_nothing_when_the_text_is_screened_again():
    text = masked("电话13812345678，邮箱a@b.com，卡4111111111111111。", Cover.PSEUDONYM)
    assert screen(Cover.KIND).scan(text) == ()


@pytest.mark.parametrize("key", [None, b"", b"too short"])
def test_a_pseudonym_is_never_made_without_a_key(key):
    with pytest.raises(NoMaskingKey, match="workspace"):
        screen(Cover.PSEUDONYM, key=key)


def test_a_screen_without_pseudonyms_needs_no_key_and_its_digest_does_not_tell_one():
    assert screen(Cover.PART, key=None).digest == screen(Cover.PART).digest


def test_the_digest_of_a_screen_tells_keys_apart_where_they_are_used():
    digests = {screen(cover, key=key).digest for cover in Cover for key in (KEY, KEY + b"2")}
    assert len(digests) == len(Cover) + 1


def test_a_key_stands_in_no_representation_of_what_uses_it():
    watch = screen(Cover.PSEUDONYM).watch(Direction.OUTPUT)
    assert KEY.decode() not in repr(watch)
    assert KEY.decode() not in repr(vars(screen(Cover.PSEUDONYM)))


def test_a_word_has_no_part_to_show():
    rules = [Rule(direction=Direction.OUTPUT, risk="*", action=Action.MASK, cover=Cover.PART)]
    assert Screen(keywords=BANK, rules=rules).examine("制造炸弹吗").masked == "制造[已屏蔽]吗"


def test_nothing_is_shown_in_part_of_what_overlaps_something_else():
    watching = screen(Cover.PART, keywords=BANK)
    assert watching.examine("好13812345678，坏").masked == "好[手机号]坏"
    assert watching.examine("好13812345679，坏").masked == "好138****5679，坏"


def test_what_is_shown_in_part_waits_until_what_begins_within_it_is_decided():
    bank = KeywordBank([Keyword(text="78，好", risk="A.1.h", kind="test", source="test")], name="test")
    for last, released in (("坏", "138****5678，坏"), ("好", "[手机号]")):
        stream = screen(Cover.PART, keywords=bank).stream()
        assert stream.feed("好13812345678，").text == "好"
        assert stream.feed(last).text == released


def test_covers_are_declared_per_rule():
    rules = [
        Rule(direction=Direction.OUTPUT, risk="pii", kind="email", action=Action.MASK, cover=Cover.PART),
        Rule(
            direction=Direction.OUTPUT, risk="pii", level="sensitive", action=Action.MASK, cover=Cover.STARS
        ),
    ]
    watching = screen(Cover.PSEUDONYM, rules=rules)
    text = watching.examine("a@b.com 4111111111111111 36.20.30.40").masked
    assert text.startswith("*@b.com **************** [IP地址#")


def drawn(*, seed, count):
    """The test runs for particulars of every kind."""
    several = list(particulars(seed=seed, count=count))
    return pytest.mark.parametrize("particular", several, ids=lambda each: each.label + each.value)


DRAWN = [particular.label + particular.value for particular in particulars(seed=17, count=3)]
texts = st.lists(
    st.sampled_from(DRAWN)
    | st.sampled_from(
        ["13812345678，好", "炸弹", "炸", "码138", "5678，", "78，好", "王芳先生", "姓名", "北京市", "路8号"]
    )
    | st.sampled_from(
        [
            "，",
            " ",
            "-",
            "@",
            ".",
            "\u200b",
            "\ud800",
            "好",
            "x",
            "1",
            "+86",
            "：",
            "8室",
            "路8号",
            "姓名",
            "王芳先生",
        ]
    )
    | st.text("ab炸弹码1358. @x，\u200b", max_size=4),
    max_size=8,
).map("".join)
covers = st.lists(
    st.builds(
        Rule,
        direction=st.just(Direction.OUTPUT),
        risk=st.sampled_from(["pii", "A.1.f", "A.1.h"]),
        kind=st.sampled_from(["*", *PersonalInformationKind]),
        level=st.sampled_from(["*", "sensitive", "low"]),
        action=st.sampled_from(Action),
        cover=st.sampled_from(Cover),
    ),
    max_size=4,
)


@given(covers, st.sampled_from(Cover), texts, st.data())
def test_any_cut_of_a_text_is_masked_as_the_whole_is(rules, cover, text, data):
    watching = screen(cover, keywords=BANK, rules=rules)
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    if data.draw(st.booleans()):
        places = range(len(text))
    stream = watching.stream()
    pieces = [text[start:end] for start, end in itertools.pairwise([0, *places, len(text)])]
    given_out = [*map(stream.feed, pieces), stream.finish()]
    released = "".join(part.text for part in given_out)
    findings = tuple(found for part in given_out for found in part.findings)

    everything = watching.scan(text)
    blocking = [f.start for f in everything if watching.action(f, Direction.OUTPUT) is Action.BLOCK]
    stop = min(blocking, default=len(text))
    assert stream.blocked is bool(blocking)
    assert findings == tuple(found for found in everything if found.start <= stop)
    assert released == covered_up_to(stop, text, findings, watching)
    if not blocking:
        assert released == watching.examine(text).masked


def covered_up_to(stop, text, findings, watching):
    """The text before ``stop`` with what must be covered of it, each pair of findings compared."""
    acted = [found for found in findings if watching.action(found, Direction.OUTPUT) is not Action.ALLOW]
    parts = []
    cursor = 0
    for found in acted:
        if cursor <= found.start < stop:
            others = (other for other in acted if other is not found)
            alone = all(other.end <= found.start or other.start >= found.end for other in others)
            value = text[found.start : found.end]
            cover = watching.watch(Direction.OUTPUT).masking.cover(found, value, alone=alone)
            parts += [text[cursor : found.start], cover]
        cursor = max(cursor, found.end if found.start < stop else cursor)
    return "".join([*parts, text[cursor:stop]])


@drawn(seed=23, count=8)
@pytest.mark.parametrize("cover", Cover)
def test_what_was_covered_is_not_found_again(cover, particular):
    watching = screen(cover)
    text = f"请登记{particular.label}{particular.value}的资料"
    covered = watching.examine(text).masked
    assert particular.value not in covered
    assert covered.startswith(f"请登记{particular.label}")
    assert covered.endswith("的资料")
    assert [found for found in watching.scan(covered) if found.kind == particular.kind] == []


@drawn(seed=29, count=8)
def test_what_is_masked_in_part_hides_a_fourth_of_it_or_more(particular):
    text = f"请登记{particular.label}{particular.value}的资料"
    shown = (
        screen(Cover.PART)
        .examine(text)
        .masked.removeprefix(f"请登记{particular.label}")
        .removesuffix("的资料")
    )
    hidden = shown.count("*")
    match particular.kind:
        case PersonalInformationKind.EMAIL:
            assert hidden >= len(particular.value.partition("@")[0]) - 1
        case PersonalInformationKind.ADDRESS:
            assert not any(character.isascii() and character.isalnum() for character in shown)
        case _:
            assert hidden * 4 >= sum(map(str.isalnum, particular.value))


@drawn(seed=31, count=2)
@pytest.mark.parametrize("cover", Cover)
def test_each_kind_cut_anywhere_is_covered_alike(cover, particular):
    watching = screen(cover)
    text = f"请登记{particular.label}{particular.value}的资料"
    whole = watching.examine(text).masked
    for size in range(1, len(text)):
        stream = watching.stream()
        pieces = [text[place : place + size] for place in range(0, len(text), size)]
        assert "".join([*(stream.feed(piece).text for piece in pieces), stream.finish().text]) == whole


def test_pseudonyms_of_one_value_are_the_same_in_every_kind_of_writing():
    for ways in (
        ("北京市朝阳区建国路8号2栋301室", "北京市朝阳区建国路８号２栋３０１室"),
        ("110105 19491231 002X", "11010519491231002x"),
        ("4111-1111-1111-1111", "4111 1111 1111 1111"),
        ("Zhang@Example.com", "zhang@example.com"),
        ("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"),
    ):
        assert len({masked(f"登记{way}。", Cover.PSEUDONYM) for way in ways}) == 1
