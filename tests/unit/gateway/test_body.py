"""What is passed on."""

import json

from hegui.gateway.body import Body, Raw


def test_a_body_is_written_anew_under_the_models_own_name():
    data, kind = Body({"model": "a", "x": "一"}).encoded("b")

    assert (json.loads(data), kind) == ({"model": "b", "x": "一"}, "application/json")


def test_a_body_without_a_model_is_given_none():
    assert Body({"x": 1}).encoded("b")[0] == b'{"x":1}'


def test_bytes_that_nothing_reads_stay_as_they_are():
    assert Raw(b"\x00", "a/b").encoded("m") == (b"\x00", "a/b")
