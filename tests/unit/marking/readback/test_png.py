import io

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel
from hegui.marking.formats.png import PNG
from hegui.marking.readback.png import read_back
from hegui.marking.splices import spliced


def back(data: bytes):
    return read_back(io.BytesIO(data))


@settings(max_examples=25)  # each over every sample
@given(st.from_type(ImplicitLabel))
def test_it_reads_what_was_written_and_finds_the_coded_data_unchanged(pngs, label):
    for png in pngs.values():
        result = back(spliced(png, PNG.write(png, label)))
        assert result.labels == (label.bare(),)
        assert result.coded == back(png).coded


def test_it_notices_every_change_to_anything_but_metadata(make_png):
    png = make_png("RGB", dpi=(72, 72))
    for place in range(8, len(png)):
        damaged = bytearray(png)
        damaged[place] ^= 1
        try:
            changed = back(bytes(damaged)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            changed = repr(error)
        assert changed != back(png).coded, place


def test_it_counts_labels_under_a_keyword(make_png, label):
    assert len(back(make_png(text={"AIGC": label.wrapped(), "Comment": "x"})).labels) == 1


def test_a_label_whose_checksum_does_not_fit_does_not_count(make_png, label):
    png = bytearray(make_png(text={"AIGC": label.wrapped()}))
    png[png.index(b"A-17")] ^= 1
    assert back(bytes(png)).labels == ()
