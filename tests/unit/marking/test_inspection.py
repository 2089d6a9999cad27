import pytest

from hegui.marking import ExplicitLabel, PlatformVerdict, Prominence
from hegui.marking.formats.archive import archive_in
from hegui.marking.formats.hypertext import HTML
from hegui.marking.formats.ooxml import OOXML
from hegui.marking.inspection import MOST_FINDINGS, inspected
from hegui.marking.judgement import platform_verdict
from hegui.marking.splices import spliced
from simulators.samples import ooxmls


def test_bytes_of_no_known_format_are_a_fault_and_nothing_can_be_concluded():
    result = inspected(b"\0\1\2")
    assert (result.format, result.labels) == (None, ())
    assert platform_verdict(result.labels, result.marks, result.faults) is PlatformVerdict.INCONCLUSIVE


def test_a_text_is_searched_for_words_to_its_readers(label):
    result = inspected("正文。\n\n（本文由 AI 生成）\n".encode())
    assert [mark.text for mark in result.marks] == ["（本文由 AI 生成）"]


@pytest.mark.parametrize(
    ("data", "file_format"),
    [(b"<!doctype html><html><body><p>x</p></body></html>", HTML), (ooxmls()["docx"], OOXML)],
    ids=["HTML", "Word"],
)
def test_what_was_put_into_a_page_or_a_document_for_its_readers_is_found_again(data, file_format):
    assert inspected(data).marks == ()
    shown = file_format.show(data, ExplicitLabel(), Prominence(height=0.05, seconds=2))
    assert [mark.text for mark in inspected(shown.data).marks] == ["【本内容由人工智能生成】"]


def test_a_part_of_a_document_that_cannot_be_read_is_a_fault():
    data = bytearray(ooxmls()["docx"])
    entry = archive_in(data).entries["word/document.xml"]
    data[entry.body : entry.end] = bytes(entry.end - entry.body)
    (fault,) = inspected(bytes(data)).faults
    assert "word/document.xml cannot be unpacked" in fault.text.en


def test_a_picture_is_not(pngs):
    assert inspected(pngs["RGB"]).marks == ()


def test_a_file_with_very_many_labels_is_reported_in_part(make_png, label):
    png = make_png(text={"AIGC": label.wrapped()})
    start = png.index(b"tEXt") - 4
    end = start + 12 + int.from_bytes(png[start : start + 4], "big")
    many = png[:end] + png[start:end] * MOST_FINDINGS + png[end:]
    result = inspected(many)
    assert len(result.labels) == MOST_FINDINGS
    assert "only the first 100" in result.faults[0].text.en


# What a fuzzer does, without one: every cut and every flipped byte of small files of each format.
@pytest.mark.parametrize("kind", ["png", "jpeg", "text"])
def test_thousands_of_damaged_files_are_read_without_failing(make_png, make_jpeg, label, kind):
    from hegui.marking.formats.jpeg import JPEG  # noqa: PLC0415 - only this test reads formats
    from hegui.marking.formats.png import PNG  # noqa: PLC0415 - only this test reads formats
    from hegui.marking.formats.text import TEXT  # noqa: PLC0415 - only this test reads formats

    base, file_format = {
        "png": (make_png("1", text={"AIGC": label.wrapped()}, exif=EXIF), PNG),
        "jpeg": (make_jpeg("L", quality=1, exif=EXIF), JPEG),
        "text": ("---\ntitle: [x]\n---\n正文。\n".encode(), TEXT),
    }[kind]
    data = spliced(base, file_format.write(base, label))
    for place in range(len(data)):
        inspected(data[:place])
        for value in (0, data[place] ^ 1, data[place] ^ 0x80):
            inspected(data[:place] + bytes((value,)) + data[place + 1 :])


EXIF = b'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0e\0\x02\0\0\0\x14\0\0\0\x1a\0\0\0\0{"AIGC":{"Label":"1"}}'
