"""Every way of reading a shard, and what becomes of errors."""

import errno
import gzip
import io
import json
import sys
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from hegui.corpus.account import PartFaultKind
from hegui.corpus.formats import packages
from hegui.corpus.formats.packages import PackageMissing
from hegui.corpus.planning import plan_file
from hegui.corpus.shard import documents, part_fault, read_errors

TEXTS = [f"第{n}篇" for n in range(40)]
LINES = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in TEXTS)
TABLE = "id,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(TEXTS))


def parquet():
    file = io.BytesIO()
    pq.write_table(pa.table({"text": TEXTS}), file, row_group_size=7)
    return file.getvalue()


def crawl():
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    return b"".join(head % len(text.encode()) + text.encode() + b"\r\n\r\n" for text in TEXTS)


FILES = {
    "a.jsonl": LINES,
    "a.jsonl.gz": gzip.compress(LINES[:100]) + gzip.compress(LINES[100:]),
    "a.jsonl.zst": zstd.compress(LINES),
    "a.json": json.dumps([{"text": text} for text in TEXTS], indent=2).encode(),
    "lines.json": LINES,
    "gb18030.json": json.dumps({"data": [{"text": text} for text in TEXTS]}, ensure_ascii=False).encode(
        "gb18030"
    ),
    "utf-16.json.gz": gzip.compress(json.dumps([{"text": text} for text in TEXTS]).encode("utf-16")),
    "a.csv": TABLE.encode(),
    "a.tsv": TABLE.replace(",", "\t").encode("gb18030"),
    "a.txt": "\n".join(TEXTS).encode("utf-16"),
    "a.parquet": parquet(),
    "a.wet.gz": gzip.compress(crawl()),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("shard_bytes", [50, 1 << 20])
def test_every_form_gives_the_same_documents_however_it_is_cut(tmp_path, name, shard_bytes):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    plan = plan_file(name, str(path), fields=(), shard_bytes=shard_bytes, longest_bytes=1000)
    assert plan.faults == ()
    found = [document.text for shard in plan.shards for document in documents(shard)]
    assert found == TEXTS
    whole = [document.record for shard in plan.shards for document in documents(shard, whole=True)]
    assert [record["text"] for record in whole] == TEXTS


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), PartFaultKind.UNREADABLE, "Permission denied"),
        (OSError(errno.EIO, None), PartFaultKind.UNREADABLE, "[Errno 5] None"),
        (gzip.BadGzipFile("Not a gzipped file"), PartFaultKind.DAMAGED, "Not a gzipped file"),
        (EOFError("ended"), PartFaultKind.DAMAGED, "ended"),
        (zlib.error("Error -3"), PartFaultKind.DAMAGED, "Error -3"),
        (KeyError("body"), PartFaultKind.NO_TEXT_FIELD, "body"),
        (PackageMissing("pyarrow"), PartFaultKind.PACKAGE_MISSING, "pyarrow"),
    ],
)
def test_an_error_becomes_a_fault_with_its_place(error, kind, detail):
    assert isinstance(error, read_errors())
    fault = part_fault(error, 42)
    assert (fault.kind, fault.offset, fault.detail) == (kind, 42, detail)


def test_without_the_package_files_that_need_it_are_faults_and_others_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(packages.importlib, "import_module", missing)
    assert all(error.__name__ != "ZstdError" for error in read_errors())
    for name in ("a.jsonl.zst", "a.parquet", "a.jsonl"):
        (tmp_path / name).write_bytes(FILES[name])
    plans = [
        plan_file(name, str(tmp_path / name), fields=(), shard_bytes=1 << 20, longest_bytes=1000)
        for name in ("a.jsonl.zst", "a.parquet", "a.jsonl", "https://a.example/b.jsonl")
    ]
    assert [[fault.kind for fault in plan.faults] for plan in plans] == [
        [PartFaultKind.PACKAGE_MISSING],
        [PartFaultKind.PACKAGE_MISSING],
        [],
        [PartFaultKind.UNREADABLE],
    ]


def missing(name):
    if name in sys.modules and not name.startswith(("pyarrow", "backports", "fsspec")):
        return sys.modules[name]
    raise ImportError(name)
