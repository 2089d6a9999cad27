"""A document for each page of a crawl."""

import gzip
import io

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.document import Compression
from hegui.corpus.formats.lines import unpacked
from hegui.corpus.formats.warc import warc_documents


def record(kind, body, *, content="text/plain", uri="http://a.example/"):
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Type: {content}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(body, kind="text/html; charset=utf-8"):
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + body
    return record("response", http, content="application/http; msgtype=response")


def read(data, longest_bytes=2000):
    return list(warc_documents(io.BytesIO(data), longest_bytes=longest_bytes))


def test_pages_are_documents_and_records_about_the_crawl_are_not():
    data = (
        record("warcinfo", b"software: x", content="application/warc-fields")
        + record("conversion", "一页文字".encode())
        + record("request", b"GET /")
        + response("<html><script>no()</script><p>二&amp;三</p></html>".encode())
        + record("metadata", b"x: y")
    )
    first, second = read(data)
    assert first.text == "一页文字"
    assert first.record["url"] == "http://a.example/"
    assert second.text.split() == ["二&三"]
    assert data[second.offset :].lstrip().startswith(b"WARC/1.0\r\nWARC-Type: response")


def test_a_packed_crawl_of_many_members_is_read_through():
    members = b"".join(gzip.compress(record("conversion", f"page {n}".encode())) for n in range(3))
    file = unpacked(io.BytesIO(members), Compression.GZIP)
    assert [each.text for each in warc_documents(file, longest_bytes=99)] == ["page 0", "page 1", "page 2"]


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (response(b"\x89PNG", "image/png"), LineFault.NOT_TEXT),
        (record("resource", b"\x89PNG", content="image/png"), LineFault.NOT_TEXT),
        (record("conversion", b" \n "), LineFault.EMPTY_TEXT),
        (record("conversion", b"x" * 3000), LineFault.OVER_LONG),
        (response(b"\xff\xfe\xff", "text/html"), LineFault.UNKNOWN_ENCODING),
        (response(b"\xff\xfe\xff", "text/html; charset=no-such"), LineFault.UNKNOWN_ENCODING),
        (response("café à".encode("latin-1"), "text/plain; charset=iso-8859-1"), "café à"),
        (response('<meta charset="koi8-r">мир'.encode("koi8-r"), "text/html"), "\nмир"),
        (record("response", b"HTTP/1.0 200\r\n\r\nplain", content="application/http"), "plain"),
    ],
)
def test_what_is_no_plain_page_is_read_or_named(made, text):
    (found,) = read(made)
    assert found.text == text


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no crawl at all\r\n", ValueError),
        (b"WARC/1.0\r\nWARC-Type: conversion\r\n\r\n", ValueError),
        (record("conversion", b"x" * 50)[:-20], EOFError),
        (record("request", b"x" * 50)[:-20], EOFError),
        (record("conversion", b"x")[:40], EOFError),
    ],
)
def test_a_damaged_crawl_is_told(data, error):
    with pytest.raises(error):
        read(data)
