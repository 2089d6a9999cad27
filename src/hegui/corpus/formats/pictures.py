"""Pictures: the texts in EXIF, XMP, IPTC and PNG chunks. What a picture shows is not read here."""

import html
import re
import warnings
import zlib
from collections.abc import Iterator
from struct import unpack
from typing import Any, BinaryIO

from hegui.corpus.formats.document import CorpusDocument
from hegui.corpus.formats.packages import package
from hegui.corpus.formats.written_in import characters, medium_document, repaired

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
_CHUNK_HEAD = 8
_CHECKSUM = 4
_DETAILS = 0x8769
# Name, description, author, rights; what a camera says of itself is no text of anybody.
_IN_EXIF = (0x010D, 0x010E, 0x013B, 0x8298)
_IN_UTF_16 = (0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F)
_USER_COMMENT = 0x9286
_CODE_BYTES = 8
# Title, keywords, author, headline, credit, rights, caption.
_IN_IPTC = tuple((2, number) for number in (5, 25, 80, 105, 110, 116, 120))
_TAG = re.compile(r"<[^<>]*>")
# XMP says simple things in attributes, too; names of schemes and the like are no text.
_ATTRIBUTE = re.compile(r"\s(?!xmlns|xml:|rdf:|x:)[\w.-]+:[\w.-]+\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def picture_document(file: BinaryIO, *, longest_bytes: int) -> Iterator[CorpusDocument]:
    """The one document of a picture.

    Args:
        file: at its beginning; it can seek.
        longest_bytes: of a text that is still read into memory.

    Raises:
        PackageMissing: Pillow is not installed.
        ValueError: it is no picture, or damaged.
        OSError: likewise.
    """
    beginning = file.read(len(_PNG))
    if beginning == _PNG:
        texts = _png_texts(file, longest_bytes)
    else:
        file.seek(0)
        texts = _picture_texts(file)
    yield from medium_document(texts, longest_bytes=longest_bytes)


def _picture_texts(file: BinaryIO) -> Iterator[str]:
    """Texts of a picture that Pillow opens; nothing is painted for it."""
    image = package("PIL.Image")
    with warnings.catch_warnings():
        # Pillow warns of pictures that would be large were they painted, and of tags it cannot read.
        warnings.simplefilter("ignore")
        with image.open(file) as picture:
            yield from _exif_texts(picture.getexif())
            for name in ("xmp", "comment"):
                said = picture.info.get(name, b"")
                text = said if isinstance(said, str) else characters(said)
                yield from _xmp_texts(text) if name == "xmp" else (text,)
            noted = package("PIL.IptcImagePlugin").getiptcinfo(picture) or {}
            for field in _IN_IPTC:
                values = noted.get(field, [])
                for value in values if isinstance(values, list) else [values]:
                    yield characters(value)


def _png_texts(file: BinaryIO, longest_bytes: int) -> Iterator[str]:
    """Texts of a PNG, wherever they stand in it.

    Pillow would paint the picture to reach the texts behind it.
    """
    while len(head := file.read(_CHUNK_HEAD)) == _CHUNK_HEAD:
        length, kind = unpack(">I4s", head)
        if kind not in _PNG_TEXTS:
            file.seek(length + _CHECKSUM, 1)
            continue
        if length > longest_bytes:
            raise ValueError(kind.decode("ascii"))
        data = file.read(length)
        file.seek(_CHECKSUM, 1)
        if kind == b"eXIf":
            exif = package("PIL.Image").Exif()
            exif.load(data)
            yield from _exif_texts(exif)
            continue
        key, _, data = data.partition(b"\0")
        if kind == b"zTXt":
            data = _unpacked(data[1:], longest_bytes)
        elif kind == b"iTXt":
            packed, data = data[:1] == b"\1", data[2:].split(b"\0", 2)[-1]
            data = _unpacked(data, longest_bytes) if packed else data
        text = characters(data)
        yield from _xmp_texts(text) if key == b"XML:com.adobe.xmp" else (text,)


def _unpacked(data: bytes, longest_bytes: int) -> bytes:
    return zlib.decompressobj().decompress(data, longest_bytes)


def _exif_texts(exif: Any) -> Iterator[str]:  # noqa: ANN401 - Pillow is loaded by name
    for number in _IN_EXIF:
        yield repaired(str(exif.get(number, "")))
    for number in _IN_UTF_16:
        yield bytes(exif.get(number, b"")).decode("utf-16-le", "replace")
    comment = exif.get_ifd(_DETAILS).get(_USER_COMMENT, b"")
    if isinstance(comment, str):
        yield repaired(comment)
    elif comment.startswith(b"UNICODE"):
        order = "utf-16-be" if exif.endian == ">" else "utf-16-le"
        yield comment[_CODE_BYTES:].decode(order, "replace")
    else:
        yield characters(comment[_CODE_BYTES:])


def _xmp_texts(packet: str) -> Iterator[str]:
    """What stands between the tags and in the attributes of XMP."""
    for tag in _TAG.findall(packet):
        for double, single in _ATTRIBUTE.findall(tag):
            yield html.unescape(double or single)
    yield from html.unescape(_TAG.sub("\n", packet)).splitlines()
