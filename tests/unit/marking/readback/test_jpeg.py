import io

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel
from hegui.marking.formats.jpeg import JPEG
from hegui.marking.readback.jpeg import read_back
from hegui.marking.splices import spliced


def back(data: bytes):
    return read_back(io.BytesIO(data))


@settings(max_examples=25)  # each over every sample
@given(st.from_type(ImplicitLabel))
def test_it_reads_what_was_written_and_finds_the_coded_data_unchanged(jpegs, label):
    for jpeg in jpegs.values():
        result = back(spliced(jpeg, JPEG.write(jpeg, label)))
        assert result.labels == (label.bare(),)
        assert result.coded == back(jpeg).coded


def test_it_notices_changes_to_tables_and_scans(make_jpeg):
    jpeg = make_jpeg()
    for place in range(jpeg.index(b"\xff\xdb") + 4, len(jpeg)):
        damaged = bytearray(jpeg)
        damaged[place] ^= 1
        try:
            changed = back(bytes(damaged)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            changed = repr(error)
        assert changed != back(jpeg).coded, place


def test_it_counts_labels_in_segments_of_their_own_and_passes_fill_bytes(make_jpeg, label):
    body = label.wrapped().encode()
    segment = b"\xff\xeb" + (len(body) + 2).to_bytes(2, "big") + body
    jpeg = make_jpeg()
    result = back(jpeg[:2] + segment + b"\xff" + jpeg[2:])
    assert len(result.labels) == 1
    assert result.coded == back(jpeg).coded
