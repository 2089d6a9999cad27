"""Small media files of every kind, made by tools that know nothing of labels.

Most are made while the tests run; what their makers write is then what is installed. A few formats have no
encoder that could be a dependency of the tests: those files lie in ``tests/vectors/media``, whose
``ORIGIN.md`` names the tools.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import typst
import xlsxwriter
from docx import Document
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from PIL import Image, PngImagePlugin, TiffImagePlugin
from pptx import Presentation
from pypdf import PdfWriter

Files = Mapping[str, bytes]
"""File contents by what is special about each."""

STORED = Path(__file__).parents[1] / "vectors" / "media"
RECORDINGS = STORED.with_name("recordings")

XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<r:Description r:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png">'
    "<dc:title>kept &amp; kept</dc:title></r:Description></r:RDF></x:xmpmeta>   <?xpacket end='w'?>"
)
"""A packet with a title, as others write them: their own prefixes, attributes, and padding."""

_TYPST = b"""
#set page(width: 80pt, height: 40pt)
#set document(title: "kept", date: datetime(year: 2026, month: 1, day: 1))
kept #sym.circle
"""


def gradient(mode: str = "RGB", size: tuple[int, int] = (23, 17)) -> Image.Image:
    """A picture without two equal rows, in one of Pillow's modes."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as Pillow writes it."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def frames(size: tuple[int, int] = (9, 7)) -> list[Image.Image]:
    """Three pictures of one colour each."""
    return [Image.new("RGB", size, color) for color in ("red", "green", "blue")]


def noted() -> Image.Exif:
    """EXIF with a description and a number in the directory that only EXIF has."""
    exif = Image.Exif()
    exif[0x010E] = "a picture"
    exif.get_ifd(0x8769)[0x9000] = b"0232"
    return exif


def tags(values: Mapping[int, object]) -> TiffImagePlugin.ImageFileDirectory_v2:
    """What Pillow writes into the first directory of a TIFF; a mapping is a directory below it."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory.update(values)
    return directory


def make_png(
    mode: str = "RGB", *, text: Mapping[str, str] | None = None, compressed: bool = False, **options: object
) -> bytes:
    """A small PNG; ``text`` are its text chunks, of the international kind under an XMP keyword."""
    information = PngImagePlugin.PngInfo()
    for keyword, value in (text or {}).items():
        add = information.add_itxt if keyword.startswith("XML:") else information.add_text
        add(keyword, value, zip=compressed)
    return saved(gradient(mode), "PNG", pnginfo=information, **options)


@cache
def pngs() -> Files:
    """PNG by Pillow."""
    first, *others = frames()
    return {
        **{mode: make_png(mode) for mode in ("1", "L", "LA", "RGB", "RGBA", "P", "I;16")},
        "animated": saved(first, "PNG", save_all=True, append_images=others, duration=40),
        "with metadata": make_png(
            text={"Comment": "kept", "XML:com.adobe.xmp": XMP}, dpi=(72, 72), icc_profile=b"profile"
        ),
        "with exif": make_png(exif=noted()),
        "with trailing data": make_png() + b"and more",
    }


@cache
def jpegs() -> Files:
    """JPEG by Pillow."""
    return {
        "colour": saved(gradient(), "JPEG"),
        "grey": saved(gradient("L"), "JPEG"),
        "inks": saved(gradient("CMYK"), "JPEG"),
        "progressive": saved(gradient(), "JPEG", progressive=True),
        "restarting": saved(gradient(), "JPEG", restart_marker_blocks=1),
        "with metadata": saved(
            gradient(), "JPEG", xmp=XMP.encode(), comment=b"kept", dpi=(72, 72), icc_profile=b"profile" * 20
        ),
        "with exif": saved(gradient(), "JPEG", exif=noted()),
        "several pictures": saved(frames()[0], "MPO", save_all=True, append_images=frames()[1:]),
        "with trailing data": saved(gradient(), "JPEG") + b"and more",
        "with extended XMP": _extended_jpeg(),
    }


@cache
def webps() -> Files:
    """WebP by Pillow, which uses libwebp."""
    first, *others = frames()
    return {
        "simple lossy": saved(gradient(), "WEBP"),
        "simple lossless": saved(gradient(), "WEBP", lossless=True),
        "simple lossless with alpha": saved(_faded(), "WEBP", lossless=True),
        "lossy with alpha": saved(_faded(), "WEBP"),
        "animated": saved(first, "WEBP", save_all=True, append_images=others, duration=40),
        "with metadata": saved(gradient(), "WEBP", xmp=XMP, icc_profile=b"profile", exif=noted()),
    }


@cache
def gifs() -> Files:
    """GIF by Pillow."""
    first, *others = frames()
    plain = saved(gradient("P"), "GIF")
    return {
        "plain": plain,
        "of 1987": b"GIF87a" + plain[6:],
        "animated": saved(first, "GIF", save_all=True, append_images=others, duration=40, loop=0),
        "with comment": saved(gradient("P"), "GIF", comment=b"kept"),
        "interlaced": saved(gradient("P"), "GIF", interlace=True),
        "with trailing data": plain + b"and more",
    }


@cache
def tiffs() -> Files:
    """TIFF by Pillow, with and without libtiff; big-endian and 64-bit ones included."""
    first, *others = frames()
    return {
        **{mode: saved(gradient(mode), "TIFF") for mode in ("1", "L", "RGB", "RGBA", "CMYK", "P")},
        "big-endian": saved(gradient("I;16B"), "TIFF"),
        "in strips, LZW": saved(gradient(size=(64, 200)), "TIFF", compression="tiff_lzw", strip_size=4096),
        "in JPEG": saved(gradient(), "TIFF", compression="jpeg"),
        "several pages": saved(first, "TIFF", save_all=True, append_images=others),
        "64-bit": saved(gradient(), "TIFF", big_tiff=True),
        "64-bit, several pages": saved(first, "TIFF", big_tiff=True, save_all=True, append_images=others),
        "with metadata": saved(
            gradient(), "TIFF", tiffinfo=tags({700: XMP.encode()}), dpi=(72, 72), icc_profile=b"profile"
        ),
        "with exif": saved(
            gradient(), "TIFF", tiffinfo=tags({0x010E: "a picture", 0x8769: {0x9000: b"0232"}})
        ),
        "of odd length": saved(gradient(), "TIFF") + b"!",
    }


@cache
def heifs() -> Files:
    """HEIC by libheif and AVIF by libavif, of several versions."""
    first, *others = frames((16, 16))
    return {
        **{path.name: path.read_bytes() for path in sorted(STORED.glob("*.[ha][ev]i[cf]"))},
        "avif": saved(gradient(), "AVIF"),
        "avif with alpha": saved(_faded(), "AVIF"),
        "avif with metadata": saved(gradient(), "AVIF", xmp=XMP.encode(), exif=noted()),
        "avif sequence": saved(first, "AVIF", save_all=True, append_images=others, duration=40),
    }


@cache
def svgs() -> Files:
    """SVG by Typst, and the ways in which other programs begin theirs."""
    drawing = bytes(typst.compile(_TYPST, format="svg"))
    size = b'width="4" height="4" xmlns="http://www.w3.org/2000/svg"'
    return {
        "by typst": drawing,
        "with a document type": b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<!-- made by hand -->\n' + drawing,
        "with metadata": b"<svg %s><metadata>%s</metadata><path d='M0 0h4v4z'/></svg>"
        % (size, XMP[XMP.index("<x:") : XMP.index("   ")].encode()),
        "with entities": b'<?xml version="1.0"?><!DOCTYPE svg [\n'
        b'<!ENTITY ns_svg "http://www.w3.org/2000/svg">\n]>'
        b'<svg xmlns="&ns_svg;"><title>&ns_svg;</title></svg>',
        "without anything in it": b"<svg %s/>" % size,
        "with a prefix": b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:path d="M0 0h4"/></s:svg>',
    }


@cache
def pdfs() -> Files:
    """PDF by Typst, pypdf, Pillow and qpdf."""
    return {
        "by typst": bytes(typst.compile(_TYPST, format="pdf")),
        "by typst, for archives": bytes(typst.compile(_TYPST, format="pdf", pdf_standards=["a-2b"])),
        "by pillow": saved(gradient(), "PDF", title="kept (kept)"),
        "by pypdf": _blank_page(information={"/Title": "kept"}),
        "without information": _blank_page(information=None),
        "by qpdf, linearized": (STORED / "linearized.pdf").read_bytes(),
        "by qpdf, object streams": (STORED / "object-streams.pdf").read_bytes(),
    }


@cache
def encrypted_pdfs() -> Files:
    """PDF that may be opened by anybody, but not changed."""
    return {path.stem: path.read_bytes() for path in sorted(STORED.glob("encrypted-*.pdf"))}


@cache
def ooxmls() -> Files:
    """Office files by python-docx, python-pptx, XlsxWriter and openpyxl, packed and not."""
    return {
        "docx": _document(),
        "xlsx": _spreadsheet(),
        "xlsx, streamed": _spreadsheet(constant_memory=True),
        "xlsx with properties": _workbook(),
        "xlsx, stored": _repacked(_spreadsheet()),
        "pptx": _presentation(),
    }


@cache
def htmls() -> Files:
    """HTML as people and programs write it."""
    return {
        "whole": b'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n<title>kept</title>\n'
        b"</head>\n<body><p>kept</p></body>\n</html>\n",
        "in GBK": "<!doctype html><html><head>"
        '<meta http-equiv="Content-Type" content="text/html; charset=gbk">'
        "<title>标题</title></head><body>正文</body></html>".encode("gbk"),
        "without a head": b"<!DOCTYPE html>\n<p>kept</p>\n",
        "without a document type": b"<HTML><BODY>kept</BODY></HTML>",
        "with a comment before the head": b"<!doctype html><html><!-- <head> --><head><script>"
        b"'<meta name=AIGC content=1>'</script></head><body></body></html>",
        "with a byte order mark": b"\xef\xbb\xbf<!DOCTYPE html>\r\n<html>\r\n<head>\r\n</head></html>",
    }


@cache
def jsons() -> Files:
    """JSON as interfaces answer."""
    return {
        "empty": b"{}",
        "compact": b'{"id":"1","choices":[{"message":{"content":"kept"}}]}',
        "indented": '{\n  "id": "1",\n  "text": "保留"\n}\n'.encode(),
        "with line ends of Windows": b'{\r\n    "id": 1\r\n}',
    }


@cache
def texts() -> Files:
    """Markdown and plain text."""
    return {
        "plain": "第一行\n第二行\n".encode(),
        "empty": b"",
        "with front matter": b"---\ntitle: kept\nlist:\n  - kept\n---\n# kept\n",
        "with line ends of Windows": b"one\r\ntwo\r\n",
        "with a byte order mark": b"\xef\xbb\xbfone\n",
    }


@cache
def recordings(*suffixes: str) -> Files:
    """Sound and films by ffmpeg and others; ``recordings/make.sh`` makes them anew."""
    return {path.name: path.read_bytes() for path in sorted(RECORDINGS.iterdir()) if path.suffix in suffixes}


SAMPLES: Mapping[str, Callable[[], Files]] = {
    "PNG": pngs,
    "JPEG": jpegs,
    "WebP": webps,
    "GIF": gifs,
    "TIFF": tiffs,
    "HEIF": heifs,
    "SVG": svgs,
    "PDF": pdfs,
    "OOXML": ooxmls,
    "HTML": htmls,
    "JSON": jsons,
    "text": texts,
    "WAV": partial(recordings, ".wav"),
    "MP3": partial(recordings, ".mp3"),
    "FLAC": partial(recordings, ".flac"),
    "Ogg": partial(recordings, ".ogg", ".oga", ".opus", ".ogv", ".spx"),
    "MP4": partial(recordings, ".mp4"),
    "MOV": partial(recordings, ".mov"),
    "M4A": partial(recordings, ".m4a"),
    "Matroska": partial(recordings, ".mkv", ".webm"),
    "FLV": partial(recordings, ".flv"),
    "AVI": partial(recordings, ".avi"),
}
"""What makes the files of each format, by the format's name."""


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _extended_jpeg() -> bytes:
    """A JPEG whose XMP goes on in an extended packet, cut in two."""
    packet = XMP[XMP.index("<x:") : XMP.index("   ")].encode()
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper()
    attribute = f' xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="{digest}" dc:format'
    data = saved(gradient(), "JPEG", xmp=XMP.replace(" dc:format", attribute).encode())
    place = data.index(b"<?xpacket end") + len("<?xpacket end='w'?>")
    segments = b""
    for start, piece in ((0, packet[:100]), (100, packet[100:])):
        body = b"http://ns.adobe.com/xmp/extension/\0" + digest.encode()
        body += struct.pack(">II", len(packet), start) + piece
        segments += struct.pack(">HH", 0xFFE1, len(body) + 2) + body
    return data[:place] + segments + data[place:]


def _faded() -> Image.Image:
    picture = gradient()
    picture.putalpha(gradient("L"))
    return picture


def _blank_page(*, information: dict[str, str] | None) -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(50, 50)
    writer.metadata = information
    writer.write(file)
    return file.getvalue()


def _document() -> bytes:
    document, file = Document(), io.BytesIO()
    document.add_paragraph("kept")
    document.save(file)
    return file.getvalue()


def _spreadsheet(**options: object) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        book.add_worksheet().write(0, 0, "kept")
    return file.getvalue()


def _workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active["A1"] = "kept"
    book.custom_doc_props.append(StringProperty(name="Approved by", value="kept"))
    book.save(file)
    return file.getvalue()


def _repacked(data: bytes) -> bytes:
    """The archive with its files as they are, which C2PA asks for."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name))
    return file.getvalue()


def _presentation() -> bytes:
    presentation, file = Presentation(), io.BytesIO()
    presentation.slides.add_slide(presentation.slide_layouts[6])
    presentation.save(file)
    return file.getvalue()
