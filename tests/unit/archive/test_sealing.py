"""Sealing."""

from hypothesis import given
from hypothesis import strategies as st

from hegui.archive.sealing import seal, unseal

KEY = b"k" * 32


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_with_its_key_at_its_place(content, place):
    sealed = seal(KEY, content, place=place)
    assert unseal(KEY, sealed, place=place) == content
    assert unseal(b"l" * 32, sealed, place=place) is None
    assert unseal(KEY, sealed, place=f"{place}.") is None
    assert content not in sealed or len(content) < 4


@given(st.data())
def test_a_changed_byte_opens_nothing(data):
    sealed = bytearray(seal(KEY, b"content", place="p"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    assert unseal(KEY, bytes(sealed), place="p") is None
    assert unseal(KEY, bytes(sealed[:at]), place="p") is None


def test_the_same_is_sealed_differently_each_time():
    assert seal(KEY, b"c", place="p") != seal(KEY, b"c", place="p")
