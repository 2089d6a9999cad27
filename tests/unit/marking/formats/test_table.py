"""What holds for every format alike, tried on small files that others made."""

import itertools
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.marking import Fault, ImplicitLabel, LabelNotProven
from hegui.marking.formats import FORMATS, Format, format_of
from hegui.marking.formats.table import FORMATS as TABLE
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.splices import spliced
from simulators.samples import SAMPLES

EACH = pytest.mark.parametrize(
    ("file_format", "samples"),
    [pytest.param(item, SAMPLES[item.name], id=item.name) for item in FORMATS if item.name in SAMPLES],
)


def embed(file_format: Format, data: bytes, label: ImplicitLabel) -> bytes:
    return spliced(data, file_format.write(data, label))


def extract(file_format: Format, data: bytes) -> ImplicitLabel | None:
    found = inspected(data)
    assert (found.format, found.faults) == (file_format, ())
    (label,) = found.labels
    return label.strict()


def test_every_format_has_samples_and_every_sample_a_format():
    assert [item.name for item in FORMATS if item.name not in SAMPLES] == []
    assert FORMATS is TABLE


@EACH
def test_a_file_is_told_by_its_bytes_alone(file_format, samples):
    for kind, data in samples().items():
        assert format_of(data) is file_format, kind
    assert format_of(b"\0\1\2") is None


def test_only_text_and_json_are_told_by_their_names_and_their_own_are_among_those():
    told = [item for item in FORMATS if item.told_by_name]
    assert [item.name for item in told] == ["JSON", "text"]
    assert all(set(item.suffixes) <= set(item.told_by_name) for item in told)


def test_no_two_formats_claim_the_same_names():
    suffixes = [suffix for item in FORMATS for suffix in item.suffixes]
    assert len(suffixes) == len(set(suffixes))


@EACH
def test_no_sample_has_a_label_or_a_fault(file_format, samples):
    for kind, data in samples().items():
        assert list(file_format.read(data)) == [], kind


@EACH
def test_what_is_embedded_is_extracted_twice_is_once_and_nothing_else_changes(
    file_format, samples, label, other_label
):
    for kind, data in samples().items():
        once = embed(file_format, data, label)
        assert extract(file_format, once) == label, kind
        prove(file_format, before=data, after=once, label=label)
        assert embed(file_format, once, label) == once, kind
        again = embed(file_format, embed(file_format, data, other_label), label)
        assert again == once, kind


@EACH
@settings(max_examples=30)
@given(label=st.from_type(ImplicitLabel), other=st.from_type(ImplicitLabel), data=st.data())
def test_whatever_label_is_embedded_is_extracted_and_proven(file_format, samples, label, other, data):
    kind = data.draw(st.sampled_from(sorted(samples())))
    once = embed(file_format, samples()[kind], label)
    prove(file_format, before=samples()[kind], after=once, label=label)
    assert extract(file_format, once) == label
    assert embed(file_format, embed(file_format, once, other), label) == once


def damaged(draw, data: bytes) -> bytes:
    """The file with bits turned, stretches lost, doubled or overwritten, and its end cut off."""
    result = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(result)))
        stretch = draw(st.integers(0, 24))
        change = draw(st.sampled_from(("turn", "lose", "double", "overwrite", "cut")))
        if change == "turn" and place < len(result):
            result[place] ^= draw(st.integers(1, 255))
        elif change == "lose":
            del result[place : place + stretch]
        elif change == "double":
            result[place:place] = result[place : place + stretch]
        elif change == "overwrite":
            result[place : place + 4] = draw(st.sampled_from((b"\xff" * 4, bytes(4), b"\x80\0\0\0", b"<![[")))
        elif change == "cut":
            del result[place:]
    return bytes(result)


@EACH
@settings(max_examples=100)
@given(label=st.from_type(ImplicitLabel), other=st.from_type(ImplicitLabel), data=st.data())
def test_no_damage_makes_a_reader_fail_or_a_writer_break_its_word(file_format, samples, label, other, data):
    kind = data.draw(st.sampled_from(sorted(samples())))
    whole = samples()[kind]
    if data.draw(st.booleans()):
        whole = embed(file_format, whole, other)
    broken = damaged(data.draw, whole)
    inspected(broken)
    for item in itertools.islice(file_format.read(broken), 1000):
        assert isinstance(item, Fault) or item.carrier
    if format_of(broken) is not file_format:
        return
    try:
        result = embed(file_format, broken, label)
    except InvalidInput:
        return
    with suppress(LabelNotProven):  # refused, and so never handed out
        prove(file_format, before=broken, after=result, label=label)


@EACH
def test_a_file_that_is_cut_off_anywhere_is_read_without_failing(file_format, samples, label):
    for data in samples().values():
        whole = embed(file_format, data, label)
        for length in range(0, len(whole), max(1, len(whole) // 97)):
            for item in file_format.read(whole[:length]):
                assert isinstance(item, Fault) or item.carrier
