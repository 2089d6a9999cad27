"""Texts that other tools wrote into pictures."""

import io
import subprocess

import pytest
from PIL import Image, PngImagePlugin

from hegui.corpus.account import LineFault
from hegui.corpus.formats.pictures import picture_document
from simulators.samples import XMP, gradient, jpegs, png_chunk, saved


def read(data, longest_bytes=10_000):
    (document,) = picture_document(io.BytesIO(data), longest_bytes=longest_bytes)
    return document.text


WRITTEN = {
    "-ImageDescription=图像描述": "图像描述",
    "-Artist=作者": "作者",
    "-XPTitle=标题": "标题",
    "-XPComment=评论": "评论",
    "-UserComment=用户评论": "用户评论",
    "-XMP-dc:Description=说明 & 更多": "说明 & 更多",
    "-XMP-photoshop:Headline=头条": "头条",
}
IN_JPEG = {"-IPTC:Caption-Abstract=新闻": "新闻", "-IPTC:Keywords=词": "词", "-Comment=注释": "注释"}
IN_PNG = {"-PNG:Title=题": "题", "-PNG:Comment=附注": "附注"}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("JPEG", WRITTEN | IN_JPEG),
        ("PNG", WRITTEN | IN_PNG),
        ("TIFF", WRITTEN | {"-IPTC:Caption-Abstract=新闻": "新闻"}),
        ("WebP", WRITTEN),
        ("GIF", {"-Comment=注释": "注释"}),
    ],
)
@pytest.mark.parametrize("options", [[], ["-z", "-EXIF:ExifByteOrder=MM", "-api", "compact=shorthand"]])
def test_what_exiftool_wrote_is_read(tmp_path, kind, written, options):
    path = tmp_path / f"picture.{kind.lower()}"
    path.write_bytes(saved(gradient(), kind))
    run = ["exiftool", "-q", "-codedcharacterset=utf8", *options, *written, str(path)]
    subprocess.run(run, check=True, capture_output=True)
    assert set(written.values()) <= set(read(path.read_bytes()).splitlines())


@pytest.mark.parametrize("options", [{}, {"zip": True}])
def test_texts_of_a_png_are_read_wherever_they_stand(options):
    info = PngImagePlugin.PngInfo()
    info.add_itxt("prompt", "一只猫", **options)
    info.add_text("parameters", "a cat", **options)
    assert read(saved(gradient(), "PNG", pnginfo=info)).splitlines() == ["一只猫", "a cat"]
    at_the_end = png_chunk(b"tEXt", b"Title\0" + "猫的照片".encode("gb18030"))
    plain = saved(gradient(), "PNG")
    assert read(plain[:-12] + at_the_end + plain[-12:]) == "猫的照片"


def test_old_writings_are_read():
    exif = Image.Exif()
    exif[0x010E] = "plain words"
    exif.get_ifd(0x8769)[0x9286] = "as text"
    assert read(saved(gradient(), "JPEG", exif=exif)).splitlines() == ["plain words", "as text"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_a_picture_that_says_nothing_is_an_empty_document(kind):
    assert read(saved(gradient(), kind)) is LineFault.EMPTY_TEXT


def test_every_value_of_xmp_is_read_and_no_address_of_a_scheme():
    assert read(
        saved(gradient(), "PNG")[:-12] + png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.encode())
    ) == ("uuid:1\nimage/png\nkept & kept")
    assert all(read(data) is not None for data in jpegs().values())


def test_more_than_is_permitted_is_over_long_or_refused():
    info = PngImagePlugin.PngInfo()
    info.add_text("a", "x" * 60)
    info.add_text("b", "y" * 60)
    data = saved(gradient(), "PNG", pnginfo=info)
    assert read(data, longest_bytes=100) is LineFault.OVER_LONG
    with pytest.raises(ValueError, match="tEXt"):
        read(data, longest_bytes=50)


def test_what_is_no_picture_is_an_error():
    with pytest.raises(OSError):
        read(b"no picture")
