"""Time stamps, by an authority of our own that runs on OpenSSL."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hegui.core import InvalidInput
from hegui.ledger import verify_directory
from hegui.ledger.stamp import StampUnavailable, request_stamp

rfc3161_client = pytest.importorskip("rfc3161_client", reason="the extra hegui[timestamp] is not installed")

CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
dir = .
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
"""


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"),
        *("-keyout", "tsa.key", "-out", "tsa.pem", "-subj", "/CN=Hegui test authority"),
        *(
            "-addext",
            "extendedKeyUsage=critical,timeStamping",
            "-addext",
            "keyUsage=critical,digitalSignature",
        ),
        cwd=folder,
    )
    return folder


@pytest.fixture
def authority(authority_files):
    """A server that answers with what its ``replies`` list says, or with a stamp."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            reply = server.replies.pop(0) if server.replies else stamp(authority_files, query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.replies = []
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def stamp(folder, query):
    (folder / "query.tsq").write_bytes(query)
    openssl(
        *["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"], cwd=folder
    )
    return (folder / "reply.tsr").read_bytes()


def test_a_stamped_checkpoint_is_exported_and_openssl_verifies_the_stamp(
    ledger, database, authority, authority_files, tmp_path
):
    with database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content={})
    path = ledger.stamp(tsa=authority.url)
    ledger.export(tmp_path / "out")

    report = verify_directory(tmp_path / "out")
    assert report.ok
    assert report.stamps == 1
    assert path.name == "000000000001.tsr"
    openssl(
        *("ts", "-verify", "-data", "checkpoints/000000000001.note", "-in", "stamps/000000000001.tsr"),
        *("-CAfile", str(authority_files / "tsa.pem")),
        cwd=tmp_path / "out",
    )


def test_a_stamp_for_something_else_is_refused(authority, authority_files):
    other = rfc3161_client.TimestampRequestBuilder().data(b"something else").build().as_bytes()
    authority.replies.append(stamp(authority_files, other))

    with pytest.raises(StampUnavailable, match="something else"):
        request_stamp(b"our checkpoint", tsa=authority.url)


@pytest.mark.parametrize("reply", [b"", b"not DER at all", b"\x30\x03\x02\x01\x00"])
def test_a_reply_that_is_no_stamp_is_refused(authority, reply):
    authority.replies.append(reply)

    with pytest.raises(StampUnavailable, match="no valid time stamp"):
        request_stamp(b"our checkpoint", tsa=authority.url)


def test_an_authority_that_is_not_there_is_named():
    with pytest.raises(StampUnavailable, match=r"127\.0\.0\.1:9/.*no reply"):
        request_stamp(b"our checkpoint", tsa="http://127.0.0.1:9/")


def test_what_is_no_web_address_is_refused():
    with pytest.raises(InvalidInput, match="file:///etc/passwd"):
        request_stamp(b"our checkpoint", tsa="file:///etc/passwd")


def test_a_missing_client_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)

    with pytest.raises(InvalidInput, match=r"pip install 'hegui\[timestamp\]'"):
        request_stamp(b"our checkpoint", tsa="http://127.0.0.1:9/")
