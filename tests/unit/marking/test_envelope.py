import json

from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel, api_fields, headers


@given(st.from_type(ImplicitLabel))
def test_a_response_holds_the_seven_fields_under_aigc(label):
    assert api_fields(label) == {"AIGC": label.fields()}


@given(st.from_type(ImplicitLabel))
def test_the_header_is_ascii_without_line_breaks_and_reads_as_the_same(label):
    ((name, value),) = headers(label).items()
    assert name == "AIGC"
    assert value.isascii()
    assert value.isprintable()
    assert json.loads(value) == api_fields(label)
