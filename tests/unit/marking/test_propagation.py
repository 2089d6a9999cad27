import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier, Dialect, ImplicitLabel, LabelInvalid, ProviderCodeInvalid
from hegui.marking.candidates import Candidate
from hegui.marking.propagation import NothingToPropagate, Statement, propagated
from hegui.marking.reading import found

PLATFORM = "001191110102MACQD9K64020001"


def read(fields):
    return found(
        Candidate(value=json.dumps(fields), carrier=Carrier.XMP, offset=0, dialect=Dialect.XMP_ELEMENT)
    )


def carried(labels, statement=None, **changes):
    asked = {"propagator": PLATFORM, "propagate_id": "P-1", **changes}
    return propagated([read(fields) for fields in labels], statement=statement, **asked)


@given(st.from_type(ImplicitLabel))
def test_the_producers_fields_stay_and_the_platforms_come_in(label):
    result = carried([label.fields()]).fields()
    for name in ("Label", "ContentProducer", "ProduceID", "ReservedCode1"):
        assert result[name] == label.fields()[name]
    assert (result["ContentPropagator"], result["PropagateID"], result["ReservedCode2"]) == (
        PLATFORM,
        "P-1",
        "",
    )


@pytest.mark.parametrize("producer", ["kling", "", "001191110102MACQD9K64110000"])
def test_a_producer_without_a_proper_code_is_carried_on_as_it_is(label, producer):
    assert carried([{**label.fields(), "ContentProducer": producer}]).content_producer == producer


def test_a_products_own_way_to_say_so_becomes_the_standards(label):
    assert carried([{**label.fields(), "Label": "AIGC"}]).label == "1"


@pytest.mark.parametrize(("statement", "value"), [(Statement.DECLARED, "2"), (Statement.SUSPECTED, "3")])
def test_content_without_a_label_needs_a_reason(statement, value):
    result = carried([], statement)
    assert (result.label, result.content_producer, result.produce_id) == (value, "", "")
    with pytest.raises(NothingToPropagate, match="add --declared"):
        carried([])
    with pytest.raises(NothingToPropagate):
        carried([{"Label": "what"}])


def test_a_label_that_is_there_counts_more_than_a_reason(label):
    with pytest.raises(NothingToPropagate, match="leave out"):
        carried([label.fields()], Statement.SUSPECTED)


def test_the_same_label_twice_is_one_and_two_that_differ_are_none(label, other_label):
    twice = [label.fields(), {**label.fields(), "ContentPropagator": ""}]
    assert carried(twice).produce_id == label.produce_id
    with pytest.raises(NothingToPropagate, match="contradict"):
        carried([label.fields(), other_label.fields()])


def test_what_a_label_may_not_hold_is_not_carried_on(label):
    with pytest.raises(LabelInvalid, match="ask the producer"):
        carried([{**label.fields(), "ContentProducer": "阶跃"}])
    with pytest.raises(ProviderCodeInvalid):
        carried([label.fields()], propagator="平台")
