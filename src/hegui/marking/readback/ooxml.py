"""Office files by the standard library's reader of archives, their XML by string search."""

import hashlib
import html
import re
import struct
import zipfile
import zlib
from typing import BinaryIO, cast

from hegui.marking.readback.proof import Hash, ReadBack, Stream, hash_next

_PROPERTY = re.compile(r"<(?:\w+:)?property\s([^<>]*)>(.*?)</(?:\w+:)?property\s*>", re.DOTALL)
_NAMED = re.compile(r"\bname\s*=\s*[\"']\s*(?:tc260:)?AIGC\s*[\"']", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")
_LINK = re.compile(
    r"<(?:\w+:)?(?:Override|Relationship)\s[^<>]*[/.](?:custom-properties(?:\+xml)?|customProperties)[\"'][^<>]*>"
)
_TARGET = re.compile(r"\bTarget\s*=\s*[\"']/?([^\"']*)")
_LINKS = ("[content_types].xml", "_rels/.rels")
_LOCAL = struct.Struct("<26x2H")
_LARGEST = 1 << 24


def read_back(file: Stream) -> ReadBack:
    """Every property called AIGC, and the digest of all else in the package.

    Of most parts, their own headers and packed bytes count; of the properties, all but the labels; of the
    content types and the main relationships, all but what leads to the properties.
    """
    labels: list[str] = []
    coded = hashlib.sha256()
    try:
        parts = {
            part.filename.casefold(): part for part in zipfile.ZipFile(cast("BinaryIO", file)).infolist()
        }
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ValueError(str(error)) from error
    links = [_text(file, parts[name]) for name in _LINKS]
    targets = {_TARGET.search(link) for text in links for link in _LINK.findall(text)}
    homes = {target[1].casefold() for target in targets if target} or {"docprops/custom.xml"}
    for text in links:
        coded.update(_LINK.sub("", text).encode())
    for name, part in parts.items():
        if name in homes:
            for attributes, value in _PROPERTY.findall(_text(file, part)):
                if _NAMED.search(attributes):
                    labels.append(html.unescape(_MARKUP.sub("", value)).strip())
                else:
                    coded.update(f"{attributes}>{value}".encode())
        elif name not in _LINKS:
            _hash(file, part, coded)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _text(file: Stream, part: zipfile.ZipInfo) -> str:
    file.seek(part.header_offset)
    file.seek(sum(_LOCAL.unpack(file.read(_LOCAL.size))), 1)
    data = file.read(part.compress_size)
    if part.compress_type == zipfile.ZIP_DEFLATED:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, _LARGEST)
    if zlib.crc32(data) != part.CRC:
        raise ValueError(part.filename)
    return data.decode()


def _hash(file: Stream, part: zipfile.ZipInfo, into: Hash) -> None:
    file.seek(part.header_offset)
    head = file.read(_LOCAL.size)
    into.update(head)
    hash_next(file, sum(_LOCAL.unpack(head)) + part.compress_size, into)
