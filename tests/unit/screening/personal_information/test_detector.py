import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.detector import CONTEXT
from hegui.screening.fold import fold
from hegui.screening.model import PersonalInformationKind as Kind
from hegui.screening.personal_information import detector
from hegui.screening.personal_information.detector import (
    FORMS,
    RULES,
    PersonalInformationDetector,
    _beginnings,
    _category,
    _Group,
    _tracing,
    _unfinished,
    _within,
)
from simulators.backtracking import grows
from simulators.particulars import neighbours, particulars, sentences

DETECTOR = PersonalInformationDetector()
DRAWN = list(particulars(seed=11, count=6))


def unfinished(text, start):
    _, place = DETECTOR.read(text, start)
    return place


def values(told, kind):
    return [text for told_kind, _, text in told if told_kind == kind]


@pytest.mark.parametrize("particular", DRAWN, ids=lambda particular: f"{particular.label}{particular.value}")
@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "请登记{}的资料",
        "请登记 {} 的资料",
        "请登记：{}，谢谢。",
        "（{}）",
        "{}\n{}",
        "Please note {} thanks",
    ],
)
def test_each_kind_is_found_with_chinese_glued_to_both_sides_and_without(found, particular, frame):
    text = frame.format(*[particular.label + particular.value] * frame.count("{}"))
    assert values(found(text), particular.kind) == [fold(particular.value)] * frame.count("{}")


@pytest.mark.parametrize("particular", DRAWN, ids=lambda particular: f"{particular.label}{particular.value}")
def test_each_kind_is_found_in_full_width_and_with_invisible_characters_inside(found, particular):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in particular.value)
    for value in (wide, "\u200b".join(particular.value), "\ufeff".join(wide)):
        text = f"登记{particular.label}{value}的资料"
        assert values(found(text), particular.kind) == [fold(particular.value)]


def test_every_kind_was_drawn():
    assert {particular.kind for particular in DRAWN} == set(Kind)


def test_what_was_drawn_is_found_and_its_neighbours_are_left_alone(found):
    total, hits = Counter(), Counter()
    for sentence in sentences(seed=5, count=50):
        total[sentence.kind] += 1
        value = fold(sentence.text[sentence.start : sentence.end])
        hits[sentence.kind] += (sentence.kind, value) in [
            (kind, text) for kind, _, text in found(sentence.text)
        ]
    recall = {kind: hits[kind] / total[kind] for kind in total}
    assert min(recall.values()) >= 0.98, recall

    lines = list(neighbours(seed=5, count=5_000))
    alarms = [(line, told) for line in lines if (told := [f for f in found(line) if f[1] != "low"])]
    assert len(alarms) / len(lines) * 10_000 <= 4, alarms


def test_ordinary_lines_raise_few_alarms(found, shared_data):
    """People's own lines. Nearly all that is found is what it is taken for; it counts all the same."""
    path = shared_data / "data" / "safety" / "cold" / "dev.csv"
    if not path.exists():
        pytest.skip(f"no file {path}")
    lines = path.read_text(encoding="utf-8").splitlines()
    alarms = [told for line in lines if (told := [f for f in found(line) if f[1] != "low"])]
    assert len(alarms) / len(lines) * 10_000 <= 15, alarms


def test_what_says_more_of_the_same_text_stands_alone(found):
    assert found("家庭住址：北京市朝阳区建国路88号") == [("address", "personal", "北京市朝阳区建国路88号")]


def test_every_kind_explains_its_rule():
    assert RULES.keys() == set(Kind)
    for category in DETECTOR.categories:
        account = DETECTOR.account("", category)
        assert account.pattern.zh
        assert account.pattern.en
        assert account.source == "personal-information"


def test_each_category_is_named_once():
    categories = DETECTOR.categories
    assert len(categories) == len(set(categories))
    assert {category.kind for category in categories} == set(Kind)


def test_the_digest_stays_the_same():
    assert DETECTOR.digest == PersonalInformationDetector().digest


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_no_label_is_longer_than_what_is_kept_of_a_stream(form):
    for label in (form.label, form.unlike):
        assert label is None or label.longest < CONTEXT


pieces = st.lists(
    st.sampled_from([fold(p.label + p.value) for p in DRAWN] + [fold(p.value) for p in DRAWN])
    | st.sampled_from(
        [
            *(
                "电",
                "话",
                " ",
                "-",
                ".",
                "@",
                "a",
                "x",
                "1",
                "6",
                "+86",
                "京",
                "转",
                "(",
                ")",
                "com",
                "13",
                "_",
                ":",
            ),
            *(
                "微信",
                "qq",
                "号",
                "姓名",
                "王",
                "小明",
                "先生",
                "是",
                "性别",
                "北京市",
                "朝阳区",
                "建国路",
                "88号",
                "室",
            ),
            *(
                "路",
                "1203",
                "身份证",
                "护照",
                "订单号",
                "版本",
                "坐标",
                "39.9042",
                "vin",
                "f",
                "::",
                "住址",
                "·",
                "单元",
            ),
        ]
    )
    | st.text("0123456789ax@.- :号路王", max_size=5),
    max_size=8,
).map("".join)


@given(pieces, st.data())
def test_what_begins_at_a_place_does_not_depend_on_where_the_search_began(text, data):
    start = data.draw(st.integers(0, len(text)))
    later = [occurrence for occurrence in DETECTOR.occurrences(text, 0) if occurrence.start >= start]
    assert list(DETECTOR.occurrences(text, start)) == list(DETECTOR.read(text, start)[0]) == later
    # A stream forgets what is further back.
    cut = max(0, start - CONTEXT)
    kept = [
        o._replace(start=o.start + cut, end=o.end + cut)
        for o in DETECTOR.occurrences(text[cut:], start - cut)
    ]
    assert kept == later


@given(pieces, st.data())
def test_what_is_settled_at_a_glance_is_settled_as_by_a_closer_look(text, data):
    start = data.draw(st.integers(0, len(text)))
    told = _tracing().told(text, max(0, start - CONTEXT))
    assert unfinished(text, start) == _unfinished(text, start, told, _beginnings())
    for category in DETECTOR.categories:
        alone = frozenset({category})
        place = _unfinished(text, start, told, _beginnings(alone))
        assert DETECTOR.withheld(text, start, alone) == place


COMPILED = [compiled for group in _tracing().groups for compiled in group.forms]


@given(st.lists(pieces | st.sampled_from(["很好" * 30, "字" * 500, "好 2023.1.5 "]), max_size=5).map("".join))
def test_what_is_found_around_traces_is_all_there_is(text):
    everything = [occurrence for compiled in COMPILED for occurrence in _within(text, 0, len(text), compiled)]
    assert sorted(DETECTOR.occurrences(text, 0), key=str) == sorted(everything, key=str)


def test_every_form_is_looked_for():
    assert Counter(compiled.form for compiled in COMPILED) == Counter(FORMS)
    assert {compiled.category for compiled in COMPILED} == {_category(form) for form in FORMS}


@given(pieces, pieces)
def test_more_text_changes_nothing_before_the_unfinished_place(text, more):
    limit = unfinished(text, 0)
    now = [occurrence for occurrence in DETECTOR.occurrences(text, 0) if occurrence.start < limit]
    later = [occurrence for occurrence in DETECTOR.occurrences(text + more, 0) if occurrence.start < limit]
    assert now == later


acting = st.frozensets(st.sampled_from(DETECTOR.categories), min_size=1)


@given(pieces, pieces, acting)
def test_more_text_changes_nothing_of_some_categories_before_the_place_withheld_for_them(text, more, acting):
    def those(text):
        return [o for o in DETECTOR.occurrences(text, 0) if o.start < limit and o.category in acting]

    limit = DETECTOR.withheld(text, 0, acting)
    assert limit >= unfinished(text, 0)
    assert those(text) == those(text + more)


def test_what_is_not_asked_for_is_not_waited_for():
    numbers = frozenset(c for c in DETECTOR.categories if c.kind == Kind.MOBILE_PHONE)
    names = frozenset(c for c in DETECTOR.categories if c.kind == Kind.NAME and c.level == "personal")
    assert unfinished("我是李", 0) == 2
    assert DETECTOR.withheld("我是李", 0, numbers) == 3
    assert DETECTOR.withheld("姓名:李", 0, numbers) == 4
    assert DETECTOR.withheld("姓名:李", 0, names) == 3


@given(pieces, st.data())
def test_what_is_undecided_later_was_undecided_before(text, data):
    """Nothing is decided twice: a place once decided stays so."""
    end = data.draw(st.integers(0, len(text)))
    limit = unfinished(text[:end], 0)
    assert unfinished(text, limit) >= limit
    assert unfinished(text, 0) >= limit


UNITS = [
    *(
        "1",
        "a",
        "1-",
        "1 ",
        "a.",
        "a@",
        "1.",
        "+86",
        "(",
        "京a",
        "0",
        "a@b.",
        "_",
        "1a",
        "6222 ",
        "a@a-",
        "fe80:",
        "f:",
    ),
    *(
        "微信",
        "微信a",
        "qq1",
        "姓名",
        "姓名:王",
        "王",
        "王先生",
        "张·",
        "北京",
        "北京市",
        "路",
        "路1号",
        "1号",
        "1-1号",
        "a室",
    ),
    *(
        "北京市路",
        "省市区县",
        "住址",
        "住址路",
        "1.2345",
        "坐标1.2345",
        "纬",
        "车架l",
        "00:",
        "2001:",
        "身份证1",
        "台胞证1",
    ),
]


class Tried:
    """An expression that counts the places where it is tried."""

    def __init__(self, pattern, places):
        self._pattern, self._places = pattern, places

    def search(self, text, begin, end=sys.maxsize):
        match = self._pattern.search(text, begin, end)
        self._places.append((match.start() + 1 if match else min(end, len(text))) - begin)
        return match

    def match(self, text, begin):
        self._places.append(1)
        return self._pattern.match(text, begin)

    def finditer(self, text, begin=0):
        self._places.append(len(text) - begin)
        return self._pattern.finditer(text, begin)


@pytest.fixture
def places(monkeypatch):
    """At how many places each expression of the detector was tried, search for search."""
    places = []
    tracing, beginnings = _tracing(), _beginnings()
    for form in COMPILED:
        monkeypatch.setattr(form, "whole", Tried(form.whole, places))
        monkeypatch.setattr(form, "unlike", form.unlike and Tried(form.unlike, places))
    tracing = tracing._replace(signs=Tried(tracing.signs, places))
    beginnings = beginnings._replace(
        bare=Tried(beginnings.bare, places), labelled=[Tried(each, places) for each in beginnings.labelled]
    )
    monkeypatch.setattr(detector, "_tracing", lambda: tracing)
    monkeypatch.setattr(detector, "_beginnings", lambda: beginnings)
    return places


@pytest.mark.parametrize("unit", UNITS)
def test_work_on_adversarial_input_grows_no_faster_than_the_input(unit, places):
    def work(length):
        """How many places expressions were tried at, and how many functions were called."""
        places.clear()
        calls = Counter()
        sys.setprofile(lambda _frame, event, _argument: calls.update([event]))
        try:
            DETECTOR.read(unit * (length // len(unit)), 0)
        finally:
            sys.setprofile(None)
        return sum(places), calls["call"] + calls["c_call"]

    work(12_000)  # what is built when it is first asked for is no work on this input
    for short, long in zip(work(3_000), work(12_000), strict=True):
        assert long < 4.5 * short


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_keeps_more_waiting_than_the_longest_form(unit):
    text = unit * (20_000 // len(unit))
    assert unfinished(text, 0) >= len(text) - _beginnings().longest


@pytest.mark.parametrize("unit", UNITS)
def test_each_expression_takes_a_bounded_number_of_steps_at_each_place(unit):
    """What holds of the whole holds of each: no expression is slow on what another one never lets it see."""
    assert [each.whole.pattern for each in COMPILED if grows(each.whole, unit, longest=500)] == []


def test_lone_surrogates_and_a_very_long_line_are_read_like_any_text(found):
    assert found("\ud800电话13812345678\udfff") == [("mobile_phone", "personal", "13812345678")]
    line = "很好的一天，" * 200_000 + "电话13812345678"
    assert found(line) == [("mobile_phone", "personal", "13812345678")]


def test_a_text_without_traces_has_nowhere_to_look():
    assert list(_Group(reach=9, characters=None, forms=()).places("没有线索", [], 0)) == []


def test_a_label_that_was_decided_before_is_not_waited_for_again():
    text = "姓名:张三"
    assert unfinished(text, 0) == 3
    assert unfinished(text, len(text)) == len(text)
    assert unfinished("微信号:wx_abc1", 4) == 4
    assert unfinished("微信号:wx_abc1", 5) == 7
