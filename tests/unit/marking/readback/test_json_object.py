import io

import pytest

from hegui.marking.formats.json_object import JSON
from hegui.marking.readback.json_object import read_back
from hegui.marking.splices import spliced
from simulators.samples import jsons


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", jsons())
def test_it_reads_the_label_and_finds_the_rest_unchanged(label, kind):
    data = jsons()[kind]
    result = back(spliced(data, JSON.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    assert back(data).labels == ()


def test_it_notices_every_other_value_order_and_digit():
    data = b'{"a":1,"b":[1.0,{"c":"1","c":null}],"d":{},"e":[]}'
    changes = (
        (b'"a":1,', b'"a":2,'),
        (b'"a":1,', b'"a":"1",'),
        (b"1.0", b"1.00"),
        (b"1.0", b"1"),
        (b'"c":"1","c":null', b'"c":null,"c":"1"'),
        (b'"c":"1",', b""),
        (b"{},", b"[],"),
        (b'"d"', b'"D"'),
        (b'"d":{},"e":[]', b'"e":[],"d":{}'),
    )
    seen = {back(data.replace(old, new)).coded for old, new in changes}
    assert len(seen) == len(changes)
    assert back(data).coded not in seen


@pytest.mark.parametrize(
    ("value", "said"),
    [(b'"text"', "text"), (b"null", "null"), (b"1", '["#","1"]'), (b'{"a":"b"}', '{"a":"b"}')],
)
def test_it_reads_a_label_whatever_it_is(value, said):
    assert back(b'{"x":1,"Aigc":%s,"AIGC":%s}' % (value, value)).labels == (said, said)
