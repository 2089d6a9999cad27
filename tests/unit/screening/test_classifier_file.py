import struct
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import NotFound, digest_bytes
from hegui.screening.classifier_file import (
    UnusableModel,
    _packed,
    _unpacked,
    decode_classifier,
    encode_classifier,
    load_classifier,
)
from simulators.classifiers import PARTS, card

FILE = encode_classifier(PARTS, card())
HEADER_LENGTH = struct.unpack("<Q", FILE[19:27])[0]
HEADER = msgspec.json.decode(FILE[27 : 27 + HEADER_LENGTH])
BODY = FILE[27 + HEADER_LENGTH :]


def rebuilt(header=None, body=BODY, magic=FILE[:19], length=None):
    encoded = msgspec.json.encode(HEADER if header is None else header)
    return magic + struct.pack("<Q", len(encoded) if length is None else length) + encoded + body


def test_a_classifier_is_read_as_it_was_written():
    made = decode_classifier(FILE, source="test")
    assert (made.card, made.digest) == (card(), digest_bytes(FILE))
    assert tuple(made.parts.targets) == tuple(PARTS.targets)
    assert tuple(made.parts.grams) == tuple(PARTS.grams)
    assert [list(part) for part in made.parts.weights[0]] == [list(part) for part in PARTS.weights[0]]
    assert encode_classifier(made.parts, made.card) == FILE


def test_rebuilding_the_test_file_gives_the_test_file():
    assert decode_classifier(rebuilt(), source="test").parts.grams == PARTS.grams


@given(st.integers(0, len(FILE) - 1))
def test_a_file_that_was_cut_short_is_refused(length):
    with pytest.raises(UnusableModel):
        decode_classifier(FILE[:length], source="test")


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_damaged_file_is_refused_or_read_but_never_crashes(place, change):
    damaged = bytearray(FILE)
    damaged[place] ^= change
    with suppress(UnusableModel):
        made = decode_classifier(bytes(damaged), source="test")
        assert all(0 <= each <= 1 for each in made.likelihoods("大笨蛋坏好"))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data):
    for tried in (data, FILE[:19] + data, FILE[:27] + data):
        with pytest.raises(UnusableModel):
            decode_classifier(tried, source="test")


def changed(**changes):
    return {**HEADER, **changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80\x04cposix\nsystem\n", "does not begin as one"),
        (rebuilt(length=1 << 62), "length of its header"),
        (rebuilt(length=5), "its header"),
        (rebuilt(header=changed(targets=[])), "its header"),
        (rebuilt(header=changed(extra=1)), "its header"),
        (rebuilt(header=changed(grams=[2, 1, 1])), "its header"),
        (rebuilt(header=changed(grams=[-1, 1, 1, 0])), "its header"),
        (rebuilt(header=changed(grams=[50_000_000, 0, 0, 0])), "its length is wrong"),
        (rebuilt(header=changed(grams=[1, 2, 1, 0])), "another number of grams"),
        (rebuilt(header=changed(targets=[{"risk": "B.1", "kind": "x", "bias": 0}])), "no risk 'B.1'"),
        (rebuilt(body=BODY + b"\0"), "its length is wrong"),
        (rebuilt(body=b"\xff" + BODY[1:]), "not UTF-8"),
        (rebuilt(body="坏坏笨蛋大笨蛋".encode() + BODY[21:]), "stands there twice"),
        (rebuilt(body=BODY[:-4] + struct.pack("<f", float("nan"))), "not finite"),
        (rebuilt(body=BODY[:-4] + struct.pack("<f", float("inf"))), "not finite"),
        (rebuilt(body=BODY[:21] + struct.pack("<f", 0) + BODY[25:]), "rarity is not positive"),
    ],
)
def test_a_hostile_file_is_refused_with_the_reason(data, message):
    with pytest.raises(UnusableModel, match=message):
        decode_classifier(data, source="test")


def test_a_file_is_read_from_its_place(tmp_path):
    path = tmp_path / "a.clf"
    path.write_bytes(FILE)
    assert load_classifier(path).digest == digest_bytes(FILE)
    with pytest.raises(NotFound):
        load_classifier(tmp_path / "none.clf")
    with pytest.raises(UnusableModel):
        load_classifier(tmp_path)
    with path.open("r+b") as file:
        file.truncate(300 << 20)
    with pytest.raises(UnusableModel, match="too large"):
        load_classifier(path)


@pytest.mark.parametrize(("byteorder", "form"), [("little", "<2f"), ("big", ">2f")])
def test_numbers_stand_in_the_file_with_the_little_end_first_on_any_machine(monkeypatch, byteorder, form):
    # A machine of the other kind sees its own bytes the other way round; turned, they are the file's again.
    monkeypatch.setattr("hegui.screening.classifier_file.sys.byteorder", byteorder)
    assert _packed([1.5, -2.0]) == struct.pack(form, 1.5, -2.0)
    assert _unpacked(memoryview(struct.pack(form, 1.5, -2.0))) == [1.5, -2.0]
