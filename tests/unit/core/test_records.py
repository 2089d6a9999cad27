"""Records."""

import msgspec
import pytest

from hegui.core import Record


class Example(Record):
    name: str
    size: int = 0


def test_a_record_cannot_be_changed():
    example = Example(name="a")
    with pytest.raises(AttributeError):
        example.name = "b"


def test_records_with_the_same_content_are_equal_and_hash_alike():
    assert Example(name="a", size=1) == Example(name="a", size=1)
    assert len({Example(name="a"), Example(name="a"), Example(name="b")}) == 2


def test_an_unknown_field_is_refused():
    with pytest.raises(msgspec.ValidationError, match="unknown field `siez`"):
        msgspec.json.decode(b'{"name": "a", "siez": 1}', type=Example)


def test_a_record_survives_json():
    example = Example(name="甲", size=2)
    assert msgspec.json.decode(msgspec.json.encode(example), type=Example) == example
