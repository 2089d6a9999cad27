"""Digests."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from hegui.core import digest_bytes, digest_file, digest_value, keyed_digest


def test_a_digest_is_sha_256_with_its_name_before_it():
    # FIPS 180-2, appendix B.1.
    assert digest_bytes(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_of_a_value_does_not_depend_on_the_order_of_names():
    assert digest_value({"b": 1, "a": "甲"}) == digest_value({"a": "甲", "b": 1})
    assert digest_value({"b": 1}) == digest_bytes(b'{"b":1}')


@given(st.binary())
def test_different_bytes_have_different_digests(data):
    assert digest_bytes(data) != digest_bytes(data + b"\0")


def test_a_file_larger_than_one_read_has_the_digest_of_its_bytes(tmp_path):
    data = bytes(range(256)) * 8193  # two mebibytes and a little
    path = tmp_path / "file"
    path.write_bytes(data)
    assert digest_file(path) == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_a_keyed_digest_is_hmac_with_sha_256_and_begins_anew_each_time():
    # RFC 4231, test case 2.
    for _ in range(2):
        digest = keyed_digest(b"Jefe")
        digest.update(b"what do ya want ")
        digest.update(b"for nothing?")
        assert digest.hexdigest() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_keyed_digest_depends_on_its_key():
    assert keyed_digest(b"one").hexdigest() != keyed_digest(b"other").hexdigest()
