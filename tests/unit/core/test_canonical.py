"""Canonical JSON."""

import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import BilingualText, InvalidInput, Record, canonical_json, to_json

LARGEST = 2**53 - 1


class Kind(StrEnum):
    A = "a"
    B = "b"


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
names = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=8)


def test_the_names_of_rfc_8785_are_sorted_by_utf_16_units():
    # RFC 8785, section 3.2.3: the order differs from that of code points (the emoji before U+FB33).
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_json(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_the_string_and_the_literals_of_rfc_8785_are_written_as_it_says():
    # RFC 8785, section 3.2.2, without its floating-point numbers.
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert canonical_json(value) == (
        b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


class Inner(Record):
    kind: Kind
    counts: dict[str, int]
    more: "Inner | None" = None


class Plain(Record):
    z: str
    a: bool | None
    n: int
    inner: tuple[Inner, ...] = ()


class WithShare(Record):
    share: float


class WithAnything(Record):
    anything: object


inners = st.builds(
    Inner,
    kind=st.sampled_from(Kind),
    counts=st.dictionaries(names, st.integers(0, LARGEST), max_size=3),
    more=st.none() | st.builds(Inner, kind=st.just(Kind.A), counts=st.just({})),
)
records = st.builds(
    Plain,
    z=names,
    a=st.none() | st.booleans(),
    n=st.integers(-LARGEST, LARGEST),
    inner=st.lists(inners, max_size=2).map(tuple),
) | st.builds(WithAnything, anything=values)


@given(records)
def test_a_record_is_written_as_its_json_is(record):
    assert canonical_json(record) == canonical_json(to_json(record))


@pytest.mark.parametrize(
    "record",
    [
        Plain(z="x", a=None, n=2**53),
        Plain(z="\ud800", a=None, n=1),
        WithShare(share=0.5),
        WithAnything(anything=[0.5]),
    ],
    ids=["too large", "no text", "a float", "a float inside"],
)
def test_a_record_that_holds_what_evidence_may_not_is_refused(record):
    with pytest.raises(InvalidInput):
        canonical_json(record)


@given(values)
def test_canonical_json_is_json_of_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(names, values), st.randoms(use_true_random=False))
def test_the_order_in_which_names_were_given_does_not_show(value, random):
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert canonical_json(dict(shuffled)) == canonical_json(value)


@pytest.mark.parametrize("value", [0.5, 1.0, float("nan"), [1, [0.5]], {"a": {"b": 0.5}}, ({"a": (0.5,)},)])
def test_a_floating_point_number_is_refused_wherever_it_stands(value):
    with pytest.raises(InvalidInput, match="write it as decimal text"):
        canonical_json(value)


@pytest.mark.parametrize("value", [LARGEST + 1, -LARGEST - 1])
def test_an_integer_that_javascript_would_round_is_refused(value):
    with pytest.raises(InvalidInput, match="cannot be written as canonical JSON"):
        canonical_json([value])


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}])
def test_half_a_surrogate_pair_is_refused(value):
    with pytest.raises(InvalidInput, match="cannot be written as canonical JSON"):
        canonical_json(value)


@pytest.mark.parametrize("value", [b"bytes", {1: "number as name"}, {"a": {2, 3}}])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(InvalidInput, match="cannot be written as canonical JSON"):
        canonical_json(value)


def test_a_refusal_is_said_in_both_languages():
    with pytest.raises(InvalidInput) as caught:
        canonical_json(0.5)
    assert caught.value.text.zh.startswith("无法写成规范 JSON")


def test_records_become_plain_values():
    assert to_json([BilingualText(zh="甲", en="a")]) == [{"zh": "甲", "en": "a"}]
