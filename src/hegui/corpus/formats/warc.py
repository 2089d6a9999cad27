"""WARC and WET: a document for each record of a page.

A record is a head of named fields, as many bytes as the head says, and two empty lines (ISO 28500). Records
about the crawl itself (warcinfo, request, metadata, revisit) are no documents.
"""

import html
import re
from collections.abc import Iterator
from typing import BinaryIO

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import UTF_8, decoded
from hegui.corpus.formats.document import CorpusDocument

_HEAD_BYTES = 1 << 20
_DOCUMENTS = frozenset({b"conversion", b"resource", b"response"})
_CHUNK_BYTES = 1 << 20
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|template)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def warc_documents(file: BinaryIO, *, longest_bytes: int) -> Iterator[CorpusDocument]:
    """A document for each page.

    Args:
        file: unpacked, at its beginning.
        longest_bytes: a longer record is named, but not read into memory.

    Raises:
        ValueError: what should be a record is none.
        EOFError: the file ends within a record.
    """
    offset = 0
    while True:
        fields, head = _head(file)
        if not head:
            return
        length = int(fields[b"content-length"])
        begin, offset = offset, offset + head + length
        if fields.get(b"warc-type") not in _DOCUMENTS:
            _skip(file, length)
        elif length > longest_bytes:
            _skip(file, length)
            yield CorpusDocument(begin, head + length, LineFault.OVER_LONG)
        else:
            body = file.read(length)
            if len(body) < length:
                raise EOFError
            text, encoding = _page(fields, body)
            record = {"url": fields.get(b"warc-target-uri", b"").decode("utf-8", "replace"), "text": text}
            yield CorpusDocument(begin, head + length, text, encoding, record)


def _head(file: BinaryIO) -> tuple[dict[bytes, bytes], int]:
    """The named fields of the next record and the bytes they take, the empty lines before them included."""
    version, read = b"", 0
    while not version:
        line = file.readline(_HEAD_BYTES)
        if not line:
            return {}, 0
        read += len(line)
        version = line.strip()
    if not version.startswith(b"WARC/"):
        raise ValueError(version[:20].decode("ascii", "replace"))
    fields, bytes_read = _fields(file)
    if not fields.get(b"content-length", b"").isdigit():
        raise ValueError("Content-Length")
    return fields, read + bytes_read


def _fields(file: BinaryIO) -> tuple[dict[bytes, bytes], int]:
    fields: dict[bytes, bytes] = {}
    read = 0
    while line := file.readline(_HEAD_BYTES):
        read += len(line)
        if not line.strip():
            return fields, read
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    raise EOFError


def _skip(file: BinaryIO, length: int) -> None:
    while length:
        part = file.read(min(length, _CHUNK_BYTES))
        if not part:
            raise EOFError
        length -= len(part)


def _page(fields: dict[bytes, bytes], body: bytes) -> tuple[str | LineFault, str]:
    """The text of a page and the encoding it was in."""
    kind = fields.get(b"content-type", b"")
    if fields[b"warc-type"] == b"response" and kind.lower().startswith(b"application/http"):
        head, _, body = body.partition(b"\r\n\r\n")
        found = re.search(rb"^content-type:([^\r\n]*)", head, re.IGNORECASE | re.MULTILINE)
        kind = found[1].strip() if found else b"text/html"
    if not kind.lower().startswith((b"text/", b"application/xhtml", b"application/json")):
        return LineFault.NOT_TEXT, UTF_8
    characters = _characters(kind, body)
    if isinstance(characters, LineFault):
        return characters, UTF_8
    text, encoding = characters
    if b"html" in kind.lower():
        text = html.unescape(_TAG.sub("\n", _UNSEEN.sub("\n", text)))
    return (text, encoding) if text.strip() else (LineFault.EMPTY_TEXT, encoding)


def _characters(kind: bytes, body: bytes) -> tuple[str, str] | LineFault:
    declared = _CHARSET.search(kind) or _CHARSET.search(body[:1024])
    characters = decoded(body)
    if isinstance(characters, LineFault) and declared:
        name = declared[1].decode("ascii")
        try:
            return body.decode(name), name.lower()
        except (LookupError, UnicodeDecodeError):
            return characters
    return characters
