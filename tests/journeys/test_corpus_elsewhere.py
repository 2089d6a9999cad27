"""A corpus in an object store: scanned over its protocol, through connections that break, with wrong keys."""

import contextlib
import gzip
import io
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from hegui.corpus import PartFaultKind, scan_shard
from hegui.corpus.planning import plan_file
from hegui.corpus.shard import documents
from hegui.screening import Screen

HEGUI = str(Path(sys.executable).with_name("hegui"))
LINES = [
    {"text": f"第{n}次，风和日丽，适合出门散步。" * 8 + ("电话13812345678" if n % 9 == 0 else "")}
    for n in range(60_000)
]
PLAIN = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES).encode() + b"no json\n"


def parquet():
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(LINES[:9000]), file, row_group_size=1000)
    return file.getvalue()


FILES = {
    "data/large.jsonl": PLAIN,
    "data/deep/packed.jsonl.gz": gzip.compress(PLAIN[:100_000]),
    "data/deep/table.parquet": parquet(),
    "data/README.md": b"no data",
}


@pytest.fixture(scope="module")
def store():
    """The address of an object store with a corpus in it, and what writes into it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",  # noqa: S106 - of a store in this process
        config=Config(request_checksum_calculation="when_required"),
    )
    client.create_bucket(Bucket="corpus")
    for name, data in FILES.items():
        client.put_object(Bucket="corpus", Key=name, Body=data)
    yield address, client
    client.close()
    server.stop()


@pytest.fixture
def folder(tmp_path, monkeypatch, store):
    """A workspace whose one source lies in the store, and the same files here."""
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "HEGUI_LANG": "en",
        "AWS_ENDPOINT_URL": store[0],
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    hegui("init")
    register("here", "data/")
    register("there", "s3://corpus/data/")
    return tmp_path


def hegui(*arguments):
    run = subprocess.run([HEGUI, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def register(name, *files):
    source = {"id": name, "name": {"zh": "语料", "en": "corpus"}, "kind": "synthetic", "language": "zh"}
    source |= {"origin": "domestic", "files": files}
    Path("corpus.yaml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    hegui("corpus", "register", "corpus.yaml")


def scanned(source):
    return json.loads(hegui("corpus", "scan", source, "--workers", "2", "--json"))[0]["scan"]


def accounts(scan):
    """What was found in each file, whatever it is called."""
    return [
        (
            Path(file["path"]).name,
            file["digest"],
            file["size_bytes"],
            file["tally"],
            file["first_set_aside"],
            file["faults"],
        )
        for file in scan["files"]
    ]


@pytest.mark.slow
def test_a_scan_in_the_store_tells_the_same_as_one_of_the_same_files_here(folder):
    here, there = scanned("here"), scanned("there")
    assert [file["path"] for file in there["files"]] == [
        "s3://corpus/data/deep/packed.jsonl.gz",
        "s3://corpus/data/deep/table.parquet",
        "s3://corpus/data/large.jsonl",
    ]
    assert accounts(there) == accounts(here)
    assert there["tally"] == here["tally"]
    assert there["set_aside"]
    assert there["duplicates"] == here["duplicates"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # fsspec keeps its connections for the next file
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_object_that_is_replaced_while_it_is_read_counts_for_nothing(folder, store):
    place = "s3://corpus/written.jsonl"
    store[1].put_object(Bucket="corpus", Key="written.jsonl", Body=PLAIN)
    (shard, *_) = plan_file(place, place, fields=("text",), shard_bytes=1 << 24, longest_bytes=1 << 20).shards
    found = documents(shard)
    next(found)
    store[1].put_object(
        Bucket="corpus", Key="written.jsonl", Body=PLAIN.replace("风".encode(), "雨".encode())
    )
    with pytest.raises(OSError, match="no longer exists"):
        list(found)
    result = scan_shard(shard, Screen(keywords=None))
    assert (result.tally.read, [fault.kind for fault in result.faults]) == (0, [PartFaultKind.CHANGED])


@pytest.mark.slow
def test_connections_that_break_change_nothing(folder, store, monkeypatch):
    register("there", "s3://corpus/data/large.jsonl")
    whole = scanned("there")
    with Cutting(store[0].removeprefix("http://"), every=3) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address}")
        assert accounts(scanned("there")) == accounts(whole)


def ask_for_keys(store, *, after):
    """From so many requests on the store looks at who asks."""
    request = urllib.request.Request(
        f"{store[0]}/moto-api/reset-auth", data=after.encode(), headers={"Content-Type": "text/plain"}
    )
    with urllib.request.urlopen(request):
        pass


@pytest.mark.slow
def test_with_wrong_keys_every_file_is_named_and_nothing_passes(folder, store, monkeypatch):
    try:
        ask_for_keys(store, after="0")
        register("there", "s3://corpus/data/large.jsonl", "s3://corpus/data/")
        scan = json.loads(hegui("corpus", "scan", "there", "--json"))[0]
    finally:
        ask_for_keys(store, after="inf")
    faults = [
        (file["path"], fault["kind"], fault["detail"])
        for file in scan["scan"]["files"]
        for fault in file["faults"]
    ]
    assert [(path, kind) for path, kind, _ in faults] == [
        ("s3://corpus/data/large.jsonl", "unreadable"),
        ("s3://corpus/data/", "unreadable"),
    ]
    assert all(detail for _, _, detail in faults)
    assert scan["verdict"]["verdict"] == "not_assessed"


@pytest.mark.slow
def test_without_keys_that_is_what_is_said(folder, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    register("there", "s3://corpus/data/large.jsonl")
    (file,) = scanned("there")["files"]
    assert [(fault["kind"], "credentials" in fault["detail"]) for fault in file["faults"]] == [
        ("unreadable", True)
    ]


class Cutting:
    """Stands before a server and cuts every n-th connection within its first long answer."""

    def __init__(self, behind, *, every):
        host, _, port = behind.partition(":")
        self.behind, self.every, self.connections = (host, int(port)), every, 0
        self.listening = socket.create_server(("127.0.0.1", 0))

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return f"127.0.0.1:{self.listening.getsockname()[1]}"

    def __exit__(self, *_):
        self.listening.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(self.behind)
            self.connections += 1
            cuts = self.connections % self.every == 0
            for ends in ((client, server, False), (server, client, cuts)):
                threading.Thread(target=self.carry, args=ends, daemon=True).start()

    def carry(self, source, sink, cuts):
        carried = 0
        with source, sink:
            try:
                while data := source.recv(1 << 16):
                    carried += len(data)
                    sink.sendall(data)
                    if cuts and carried > 200_000:
                        break
            except OSError:
                pass
            for each in (source, sink):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
