"""How a description is read: what is taken is noted with its place, and so is what is left."""

import pytest

from hegui.corpus.exchange.description import Reading, license_named, objects
from hegui.corpus.provenance import SourceKind


@pytest.mark.parametrize(
    ("value", "text", "left"),
    [
        ("  a ", "a", ()),
        (["a"], "a", ()),
        (["a", "b"], "a", ("f[1:]",)),
        ({"name": "a"}, "a", ()),
        ({"@id": "a"}, "a", ()),
        ({"name": 7}, None, ("f",)),
        (7, None, ("f",)),
        ([], None, ()),
        (None, None, ()),
    ],
)
def test_a_text_is_itself_the_first_of_several_or_a_name(value, text, left):
    reading = Reading({"f": value})
    assert reading.text("f") == text
    assert reading.done().left == left


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), ("7", 7), (0, 0), (-1, None), (True, None), ("many", None), (None, None)]
)
def test_a_whole_number_is_digits_and_no_truth_value(value, number):
    reading = Reading({"f": value}, at="g")
    assert reading.whole("f") == number
    assert reading.done().left == (("g.f",) if value is not None and number is None else ())


@pytest.mark.parametrize(
    ("value", "word", "left"),
    [("COMMERCIAL", SourceKind.COMMERCIAL, ()), ("bought", None, ("f",)), (None, None, ())],
)
def test_a_word_is_one_of_its_kind_or_left(value, word, left):
    reading = Reading({"f": value})
    assert reading.one_of(SourceKind, "f") is word
    assert reading.done().left == left


def test_what_is_taken_first_stays_and_what_nobody_asked_for_is_left():
    reading = Reading({"a": "1", "b": "2", "c": "3", "d": ""}, at="x")
    reading.take("name", "a", reading.text("a"))
    reading.take("name", "b", reading.text("b"))
    reading.take("url", "b", None)
    reading.take("files", "b", ("p", "q"))
    done = reading.done(ignoring=frozenset({"e"}))
    assert (done.name, done.url, done.left) == ("1", None, ("x.c",))
    assert [(each.field, each.place, each.value) for each in done.taken] == [
        ("name", "x.a", "1"),
        ("files", "x.b", "p, q"),
    ]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, None),
        ("mit", "MIT"),
        ("https://spdx.org/licenses/Apache-2.0.html", "Apache-2.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://opensource.org/license/mit", "MIT"),
        ("https://creativecommons.org/licenses/none/9.0/", "https://creativecommons.org/licenses/none/9.0/"),
        ("our terms", "our terms"),
    ],
)
def test_a_licence_is_known_by_the_page_of_its_text(said, name):
    assert license_named(said) == name


@pytest.mark.parametrize(("value", "count"), [({}, 1), ([{}, 1, {}], 2), (None, 0), ("a", 0)])
def test_objects_are_those_there_are(value, count):
    assert len(objects(value)) == count


@pytest.mark.parametrize(("field", "value"), [("name", 7), ("language", "no language")])
def test_what_a_field_cannot_hold_is_left(field, value):
    reading = Reading({field: value})
    reading.take(field, field, value)
    done = reading.done()
    assert done.left == (field,)
    assert done.taken == ()
