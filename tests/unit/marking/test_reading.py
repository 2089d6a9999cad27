import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier, Dialect, FieldValue, ImplicitLabel
from hegui.marking.candidates import Candidate
from hegui.marking.reading import LARGEST_RAW, affirms, found


def read(value, carrier=Carrier.PNG_TEXT, **details):
    return found(Candidate(value=value, carrier=carrier, offset=33, **details))


def said(found_label) -> list[str]:
    return [deviation.text.en for deviation in found_label.deviations]


@given(st.from_type(ImplicitLabel))
def test_a_label_as_the_standard_writes_it_has_no_binding_deviation(label):
    result = read(label.wrapped())
    assert result.strict() == label
    assert (result.dialect, result.offset) == (Dialect.WRAPPED, 33)
    assert not any(deviation.binding for deviation in result.deviations)


@given(st.from_type(ImplicitLabel))
def test_in_xmp_the_label_stands_without_the_outer_object(label):
    result = read(label.bare(), Carrier.XMP, dialect=Dialect.XMP_ELEMENT)
    assert (result.strict(), result.deviations) == (label, ())


def test_the_same_without_its_outer_object_where_one_is_due(label):
    result = read(label.bare())
    assert (result.dialect, result.strict()) == (Dialect.BARE, label)
    assert said(result) == ['the value here should be {"AIGC":{…}}; the outer object is missing']


def test_an_outer_object_where_none_is_due(label):
    result = read(label.wrapped(), Carrier.XMP, dialect=Dialect.XMP_ELEMENT)
    assert (result.strict(), said(result)) == (label, ["the value of the XMP property takes no outer AIGC"])


def test_an_attribute_means_the_same_as_an_element(label):
    (deviation,) = read(label.bare(), Carrier.XMP, dialect=Dialect.XMP_ATTRIBUTE).deviations
    assert (deviation.binding, deviation.instrument) == (False, "TC260-PG-20259A")


@pytest.mark.parametrize("dialect", [Dialect.XMP_DC, Dialect.XMP_OTHER])
def test_another_namespace_is_named(label, dialect):
    assert said(read(label.bare(), Carrier.XMP, dialect=dialect)) == [
        "the property is not in the TC260 namespace"
    ]


def test_field_names_in_another_case_are_understood_and_named(label):
    result = read(label.wrapped().replace("ProduceID", "produceid").replace('"AIGC"', '"aigc"'))
    assert result.strict() == label
    assert "field names the standard does not have: produceid" in said(result)


def test_values_that_are_no_text_are_read_as_text(label):
    fields = {**label.fields(), "Label": 1, "ReservedCode1": None}
    result = read(json.dumps({"AIGC": fields}))
    assert (result.value("Label"), result.value("ReservedCode1")) == ("1", "null")
    assert "values that should be strings: Label, ReservedCode1" in said(result)


def test_missing_and_unknown_fields_are_named():
    result = read('{"AIGC":{"Label":"1","ContentProducer":"kling","Time":"2026"}}')
    assert said(result) == [
        "fields missing: ProduceID, ReservedCode1, ContentPropagator, PropagateID, ReservedCode2",
        "field names the standard does not have: Time",
        "ContentProducer is a name, 'kling', not a 27-character code",
    ]


@pytest.mark.parametrize(
    ("value", "yes"), [("1", True), ("AIGC", True), ("true", True), ("2", False), ("", False)]
)
def test_only_some_values_say_that_content_is_generated(label, value, yes):
    result = read(json.dumps({"AIGC": {**label.fields(), "Label": value}}))
    assert affirms(result) is yes
    assert any("Label is" in text for text in said(result)) is (value not in {"1", "2"})


def test_characters_that_are_not_allowed_are_named_with_their_place(label):
    result = read(json.dumps({"AIGC": {**label.fields(), "ProduceID": "a b"}}))
    assert "ProduceID: character 2, ' ', is not allowed" in said(result)


def test_an_empty_producer_is_wrong_only_where_the_content_is_generated(label):
    empty = {**label.fields(), "ContentProducer": "", "ProduceID": ""}
    assert said(read(json.dumps({"AIGC": empty}))) == ["ContentProducer is empty", "ProduceID is empty"]
    assert said(read(json.dumps({"AIGC": {**empty, "Label": "3"}}))) == []


def test_an_empty_propagator_is_only_remarked(label):
    fields = {**label.fields(), "ContentPropagator": "", "PropagateID": ""}
    (deviation,) = read(json.dumps({"AIGC": fields})).deviations
    assert (deviation.binding, deviation.clause) == (False, "E note 1")


def test_a_code_with_a_wrong_check_digit_is_remarked(label):
    fields = {**label.fields(), "ContentProducer": "001191110102MACQD9K64110000"}
    (deviation,) = read(json.dumps({"AIGC": fields})).deviations
    assert (deviation.binding, deviation.instrument) == (False, "TC260-PG-20252A")
    assert "character 22" in deviation.text.en


@pytest.mark.parametrize("value", ["", "AIGC", "{'AIGC': {'Label': '1'}}", "[1]", "7", '{"a":' * 5000])
def test_what_is_not_a_json_object_is_unreadable(value):
    result = read(value)
    assert (result.dialect, result.fields) == (Dialect.UNREADABLE, ())
    assert said(result) == ["the value is not a JSON object"]
    assert result.raw == value[:LARGEST_RAW]


def test_an_unreadable_value_in_xmp_keeps_the_dialect_of_its_packet():
    assert read("?", Carrier.XMP, dialect=Dialect.XMP_ELEMENT).dialect is Dialect.XMP_ELEMENT


def test_the_object_of_tencent_cloud_is_told_apart():
    result = read('{"AIGC":{"ServiceProvider":"腾讯云","Time":"2026-07-31 11:33:15"}}')
    assert result.dialect is Dialect.TENCENT_CLOUD
    assert len(result.deviations) == 1


def test_fields_that_the_carrier_keeps_apart_need_no_json(label):
    fields = tuple(FieldValue(name=name, value=value) for name, value in label.fields().items())
    result = read(fields, Carrier.FRONT_MATTER, dialect=Dialect.MAPPING, untyped=("Label",))
    assert (result.strict(), result.raw) == (label, "")
    assert said(result) == ["values that should be strings: Label"]


def test_an_aigc_field_that_is_no_object_is_not_unwrapped():
    result = read('{"AIGC":"1"}')
    assert [(field.name, field.value) for field in result.fields] == [("AIGC", "1")]
