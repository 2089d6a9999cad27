import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import (
    Carrier,
    Dialect,
    FieldValue,
    FoundLabel,
    ImplicitLabel,
    LabelInvalid,
    PlatformVerdict,
    ProviderCodeInvalid,
)

PRODUCER = "001191110102MACQD9K64010000"
PROPAGATOR = "00119144030008867405X220001"
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)


def a_label(**changes: str) -> ImplicitLabel:
    given = {
        "label": "1",
        "content_producer": PRODUCER,
        "produce_id": "A-17",
        "content_propagator": PROPAGATOR,
        "propagate_id": "P-1",
    }
    return ImplicitLabel(**(given | changes))


def test_the_seven_fields_stand_in_the_order_of_the_standard(label):
    assert tuple(json.loads(label.bare())) == FIELDS
    assert json.loads(label.wrapped()) == {"AIGC": label.fields()}


def test_on_first_writing_the_propagator_is_the_producer(label):
    assert (label.content_propagator, label.propagate_id) == (label.content_producer, label.produce_id)


@given(st.from_type(ImplicitLabel))
def test_every_label_is_plain_ascii_json_of_strings_and_reads_back(label):
    assert label.bare().isascii()
    assert all(isinstance(value, str) for value in json.loads(label.bare()).values())
    assert msgspec.json.decode(label.bare(), type=ImplicitLabel) == label


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"label": "AIGC"}, "Label", "should be 1"),
        ({"label": ""}, "Label", "should be 1"),
        ({"produce_id": ""}, "ProduceID", "is empty"),
        ({"propagate_id": ""}, "PropagateID", "is empty"),
        ({"produce_id": "a b"}, "ProduceID", "character 2, ' '"),
        ({"produce_id": 'a"b'}, "ProduceID", "character 2, '\"'"),
        ({"produce_id": "编号"}, "ProduceID", "character 1, '编'"),
        ({"propagate_id": "a\\b"}, "PropagateID", "character 2"),
        ({"reserved_code_1": "a\nb"}, "ReservedCode1", "character 2"),
        ({"reserved_code_2": "a\\b"}, "ReservedCode2", "character 2"),
        ({"content_producer": PROPAGATOR}, "ContentProducer", "character 23 is 2"),
        ({"label": "2", "content_producer": ""}, "ContentProducer", "needs the producer's code"),
        (
            {"label": "3", "content_producer": "", "produce_id": "", "reserved_code_1": "x"},
            "ContentProducer",
            "needs",
        ),
    ],
)
def test_a_label_that_the_standard_does_not_allow_cannot_be_made(changes, field, says):
    with pytest.raises(LabelInvalid) as refused:
        a_label(**changes)
    assert refused.value.field == field
    assert says in str(refused.value)
    assert field in refused.value.text.zh


@pytest.mark.parametrize("field", ["content_producer", "content_propagator"])
def test_a_chinese_name_where_a_code_is_due_is_refused(field):
    with pytest.raises(ProviderCodeInvalid, match="this is a name, not a code"):
        a_label(**{field: "阶跃AI"})


def test_a_generated_label_needs_its_producer():
    with pytest.raises(ProviderCodeInvalid):
        a_label(content_producer="")


@pytest.mark.parametrize("value", ["2", "3"])
def test_a_platform_that_does_not_know_the_producer_leaves_it_empty(value):
    label = a_label(label=value, content_producer="", produce_id="")
    assert label.content_producer == ""


def test_reserved_codes_may_hold_a_signature_object(other_label):
    assert other_label.reserved_code_1 == '{"x":"&<>"}'


def a_found_label(fields: dict[str, str]) -> FoundLabel:
    return FoundLabel(
        carrier=Carrier.XMP,
        dialect=Dialect.XMP_ELEMENT,
        offset=33,
        fields=tuple(FieldValue(name=name, value=value) for name, value in fields.items()),
        raw="",
        deviations=(),
    )


def test_a_found_label_that_conforms_is_a_label_again(label):
    assert a_found_label(label.fields()).strict() == label


def test_a_found_label_that_could_not_be_written_is_none(label):
    assert a_found_label({**label.fields(), "Label": "AIGC"}).strict() is None
    assert a_found_label({"Label": "1"}).strict() is None
    assert a_found_label({**label.fields(), "Timestamp": "1"}).strict() is None


def test_a_field_that_was_not_read_is_empty(label):
    assert a_found_label({}).value("Label") == ""
    assert a_found_label(label.fields()).value("ProduceID") == "A-17"


def test_every_verdict_has_words_in_both_languages():
    assert PlatformVerdict.CONFIRMED.text.zh == "属于生成合成内容"
    assert all(verdict.text.zh and verdict.text.en for verdict in PlatformVerdict)
