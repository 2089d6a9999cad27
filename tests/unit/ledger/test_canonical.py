"""Canonical JSON at speed."""

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput, Verdict, canonical_json
from hegui.ledger.canonical import canonical_record
from hegui.ledger.model import Head, Header
from hegui.ledger.verify import canonical, parse_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda members: (
        st.lists(members, max_size=4)
        | st.lists(members, max_size=4).map(tuple)
        | st.dictionaries(TEXT, members, max_size=5)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=300)
def test_the_fast_path_writes_what_rfc8785_writes(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(st.builds(Header, actor=TEXT, kind=TEXT, seq=st.integers(0, 2**53 - 1), stream=TEXT, time=TEXT))
@settings(max_examples=200)
def test_a_header_as_it_is_encoded_is_canonical(header):
    fields = {name: getattr(header, name) for name in ("actor", "kind", "seq", "stream", "time")}

    assert canonical_record(header) == rfc8785.dumps(fields)


@pytest.mark.parametrize("second", [None, "ab"])
def test_a_head_as_it_is_encoded_is_canonical(second):
    fields = {"root": "00", "size": 3, "stream": "main"} | ({} if second is None else {"sm3": second})

    assert canonical_record(Head(root="00", size=3, sm3=second, stream="main")) == rfc8785.dumps(fields)


@given(st.lists(VALUES, max_size=4))
@settings(max_examples=100)
def test_the_verifier_accepts_what_the_ledger_writes(values):
    texts = [canonical_json(value).decode() for value in values]

    assert all(parse_canonical(text) == rfc_value(value) for text, value in zip(texts, values, strict=True))
    assert [canonical(rfc_value(value)) for value in values] == texts


def rfc_value(value):
    if isinstance(value, dict):
        return {name: rfc_value(member) for name, member in value.items()}
    return [rfc_value(member) for member in value] if isinstance(value, list | tuple) else value


def test_names_beyond_the_basic_plane_are_sorted_as_the_standard_has_it():
    # U+10000 comes before U+E000 in UTF-16, after it by code point.
    assert canonical_json({"\ue000": 1, "\U00010000": 2}) == '{"\U00010000":2,"\ue000":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.5, {"share": 0.05}, [2**53], {"deep": [{"n": -(2**53)}]}, "\ud800", {"k": "\ud800"}]
)
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(InvalidInput):
        canonical_json(value)


def test_words_of_an_enumeration_are_text():
    assert canonical_json({"verdict": Verdict.MET}) == b'{"verdict":"met"}'
    assert canonical_json({Verdict.MET: 1}) == b'{"met":1}'
