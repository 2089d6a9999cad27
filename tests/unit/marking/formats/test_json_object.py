import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier, Dialect, Fault, ImplicitLabel, MalformedFile, api_fields
from hegui.marking.formats import json_object
from hegui.marking.formats.characters import TextTooLarge
from hegui.marking.formats.json_object import JSON
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
OBJECTS = st.dictionaries(st.text().filter(lambda name: "aigc" not in name.casefold()), VALUES)


def embed(data: bytes | str, label: ImplicitLabel) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    result = spliced(data, JSON.write(data, label))
    prove(JSON, before=data, after=result, label=label)
    return result


def read(data: bytes | str):
    items = list(JSON.read(data.encode() if isinstance(data, str) else data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


@given(
    st.from_type(ImplicitLabel),
    st.from_type(ImplicitLabel),
    OBJECTS,
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_whatever_the_answer_says_the_label_stands_before_it(label, other, answer, indent, ascii_only):
    text = json.dumps(answer, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    once = embed(text, label)
    assert list(json.loads(once).items()) == [*api_fields(label).items(), *answer.items()]
    ((item,), faults) = read(once)
    assert (item.strict(), item.carrier, item.dialect, faults) == (
        label,
        Carrier.JSON_FIELD,
        Dialect.BARE,
        [],
    )
    assert embed(once, label) == once == embed(embed(text, other), label)


def test_the_place_says_that_it_is_a_convention(label):
    ((item,), _) = read(embed("{}", label))
    assert ["own convention" in deviation.text.en for deviation in item.deviations] == [True]
    assert not item.deviations[0].binding
    assert "own convention" in JSON.convention.en


def test_indentation_is_kept(label):
    assert embed('{\n  "a": 1\n}\n', label).decode() == f'{{\n  "AIGC":{label.bare()},\n  "a": 1\n}}\n'
    assert embed("\ufeff{ }", label).decode() == f'\ufeff{{"AIGC":{label.bare()} }}'


def test_labels_in_any_case_as_text_and_twice_become_one(label, other_label):
    text = json.dumps(other_label.bare())
    data = f'{{"a":1 , "aigc" : {text},"AIGC":{other_label.wrapped()} ,"AIGC":null, "b":{{"AIGC":{{}}}}}}'
    (labels, _) = read(data)
    assert [item.strict() for item in labels] == [other_label, other_label, None]
    assert embed(data, label).decode() == f'{{"a":1 , "AIGC":{label.bare()}, "b":{{"AIGC":{{}}}}}}'


def test_text_with_escapes_that_mean_nothing_is_read_as_it_stands():
    ((item,), _) = read(b'{"AIGC":"\\q"}')
    assert item.raw == '"\\q"'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("{", "a field is not complete"),
        ('{"a"', "a field is not complete"),
        ('{"a":', "a field is not complete"),
        ('{"a":}', "a field is not complete"),
        ('{"a":[{}', "a field is not complete"),
        ('{"a":1', "the object does not end"),
        ('{"a":1]', "the object does not end"),
        ('{"a":1}\n{"b":2}', "more behind the object"),
    ],
)
def test_what_is_cut_off_or_goes_on_is_a_fault_and_is_not_written_into(label, data, reason):
    (labels, (fault,)) = read(data)
    assert labels == []
    assert reason in fault.text.en
    with pytest.raises(MalformedFile):
        JSON.write(data.encode(), label)


@pytest.mark.parametrize("data", [b'{"a":"\xff"}', b'{"a":01}', b'{"a":' + b"[" * 9999 + b"]" * 9999 + b"}"])
def test_what_is_no_json_is_not_written_into(label, data):
    with pytest.raises(MalformedFile):
        JSON.write(data, label)


def test_too_many_parts_are_a_fault(label, monkeypatch):
    monkeypatch.setattr(json_object, "MOST_PARTS", 3)
    assert "more than" in read('{"a":1,"b":1,"c":1,"d":1}')[1][0].text.en
    assert "not complete" in read('{"a":[[[]]]}')[1][0].text.en
    with pytest.raises(MalformedFile, match="parts"):
        JSON.write(b'{"a":1,"b":1,"c":1,"d":1}', label)


def test_a_large_file_is_read_in_part_and_refused(label, other_label, monkeypatch):
    data = embed('{"a":"' + "x" * 999 + '"}', other_label)
    monkeypatch.setattr(json_object, "LARGEST_JSON", 900)
    ((item,), (fault,)) = read(data)
    assert item.strict() == other_label
    assert "too large" in fault.text.en
    with pytest.raises(TextTooLarge):
        JSON.write(data, label)
    monkeypatch.setattr(json_object, "LARGEST_VALUE", 9)
    assert "AIGC is too large" in read(data)[1][0].text.en


def test_it_is_told_by_its_first_characters():
    for data in (b"{}", b'\xef\xbb\xbf \n{ "a"', b'{"'):
        assert JSON.recognises(data)
    for data in (b"[]", b"{a: 1}", b"{{ jinja }}", b"{", b"", b"text {}"):
        assert not JSON.recognises(data)
