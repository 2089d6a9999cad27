"""How often the same comes, counted in constant memory."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus import duplicates
from hegui.corpus.duplicates import (
    BANDS,
    KEPT_HASHES,
    KEPT_KEYS,
    DuplicateSketch,
    Sketching,
    band_keys,
    text_hash,
)
from hegui.corpus.joining import Joined

texts = st.lists(st.text(alphabet="甲乙丙ab", max_size=9), max_size=12)


def sketch(*batches):
    sketching = Sketching()
    for batch in batches:
        sketching.add(Joined(batch))
    return sketching.sketch()


@settings(max_examples=80)
@given(texts, texts, texts)
def test_a_sketch_is_the_same_whatever_the_order_and_grouping(a, b, c):
    whole = sketch(a + b + c)
    assert sketch(a).merge(sketch(b)).merge(sketch(c)) == whole
    assert sketch(c).merge(sketch(a).merge(sketch(b))) == whole
    assert sketch(c, b, a) == whole
    assert whole.merge(DuplicateSketch()) == whole


@settings(max_examples=80)
@given(texts)
def test_up_to_what_is_kept_the_share_is_exact(found):
    made = sketch(found)
    assert made.exact
    assert made.documents == len(found)
    expected = 1 - Fraction(len(set(found)), len(found)) if found else 0
    assert made.repeated == expected


def test_over_what_is_kept_it_is_an_estimate_that_comes_near(monkeypatch):
    monkeypatch.setattr(duplicates, "KEPT_HASHES", 1_000)
    made = sketch([f"document {n % 6_000}" for n in range(9_000)])
    assert not made.exact
    assert len(made.hashes) == 8_000
    assert abs(made.repeated - Fraction(1, 3)) < Fraction(1, 20)


def test_what_is_kept_is_bounded():
    made = sketch(*([f"text number {n} of {m}" for n in range(3_000)] for m in range(20)))
    assert len(made.hashes) == 8 * KEPT_HASHES
    assert {len(band.keys) for band in made.bands} == {8 * KEPT_KEYS}


def test_nearly_the_same_is_told_from_the_same_and_from_others():
    base = [
        f"第{n}号文书：" + "".join(chr(0x4E00 + (n * 7919 + i * i * 31) % 9000) for i in range(200))
        for n in range(100)
    ]
    changed = [text[:60] + "改" + text[61:] for text in base]
    assert sketch(base).near == 0
    assert sketch(base + base).near == 0
    assert sketch(base + base).repeated == Fraction(1, 2)
    assert sketch(base + changed).near > Fraction(3, 4)
    assert sketch(base + changed).repeated == 0


@given(st.lists(st.text(min_size=5, max_size=12), min_size=1, max_size=6))
def test_a_key_depends_on_its_own_text_only(found):
    together = band_keys(Joined(found))
    assert together.shape == (len(found), BANDS)
    for row, text in zip(together, found, strict=True):
        assert (band_keys(Joined([text]))[0] == row).all()


def test_nothing_has_no_keys():
    assert band_keys(Joined([])).shape == (0, BANDS)
    assert DuplicateSketch().near == DuplicateSketch().repeated == 0


def test_short_texts_are_hashed_and_not_compared():
    made = sketch(["短", "短"])
    assert (made.repeated, made.near) == (Fraction(1, 2), 0)


@pytest.mark.parametrize(("text", "expected"), [("", 13020603013274838756), ("合规", 15963154641552935242)])
def test_a_hash_never_changes(text, expected):
    assert int.from_bytes(text_hash(text), "little") == expected
