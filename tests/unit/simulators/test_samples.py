"""The samples are what their names say, by the word of readers that did not make them."""

import io
import json
import zipfile

import pytest
from PIL import Image
from pypdf import PdfReader

from simulators import samples
from simulators.samples import SAMPLES

BEGINNINGS = {
    "PNG": (b"\x89PNG",),
    "JPEG": (b"\xff\xd8\xff",),
    "WebP": (b"RIFF",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0"),
    "HEIF": (b"\0\0\0\x1cftyp", b"\0\0\0\x20ftyp", b"\0\0\0\x2cftyp"),
    "SVG": (b"<svg", b"<?xml", b"\xef\xbb\xbf<?xml", b"<s:svg"),
    "PDF": (b"%PDF-",),
    "OOXML": (b"PK\3\4",),
    "HTML": (b"<!D", b"<!d", b"<HTML", b"\xef\xbb\xbf<!D"),
    "JSON": (b"{",),
    "text": (b"",),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_small_begins_as_its_format_does_and_is_the_same_every_time(name):
    for kind, data in SAMPLES[name]().items():
        assert len(data) < 50_000, kind
        assert name not in BEGINNINGS or data.startswith(BEGINNINGS[name]), kind
    assert SAMPLES[name]() is SAMPLES[name]()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WebP", "GIF", "TIFF"])
def test_pillow_opens_every_picture(name):
    for kind, data in SAMPLES[name]().items():
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            several = getattr(picture, "n_frames", 1) > 1
            assert several == ("animated" in kind or "several" in kind), kind


def test_pypdf_opens_every_document_but_the_encrypted_ones():
    for data in samples.pdfs().values():
        assert len(PdfReader(io.BytesIO(data)).pages) == 1
    for data in samples.encrypted_pdfs().values():
        assert PdfReader(io.BytesIO(data)).is_encrypted


def test_an_office_file_is_a_whole_archive():
    for data in samples.ooxmls().values():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert "[Content_Types].xml" in archive.namelist()


def test_every_answer_is_json():
    assert all(isinstance(json.loads(data), dict) for data in samples.jsons().values())


def test_where_each_stored_file_comes_from_is_said():
    said = (samples.STORED / "ORIGIN.md").read_text(encoding="utf-8")
    stored = {path.name for path in samples.STORED.iterdir()} - {"ORIGIN.md"}
    assert [name for name in stored if f"`{name}`" not in said] == []


def test_a_chunk_of_a_png_holds_its_checksum():
    png = samples.make_png()
    chunk = samples.png_chunk(b"tEXt", b"Comment\0kept")
    with Image.open(io.BytesIO(png[:33] + chunk + png[33:])) as picture:
        assert picture.info["Comment"] == "kept"
