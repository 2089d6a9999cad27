"""Files on this machine and behind URLs."""

import errno
import functools
import http.server
import threading
from pathlib import Path

import fsspec
import pytest

from hegui.core import digest_bytes
from hegui.corpus import opening
from hegui.corpus.formats.packages import PackageMissing
from hegui.corpus.opening import digest_of, is_listing, is_remote, listed, open_bytes, size_of, state_of


def test_a_file_has_a_state_that_changes_with_it(tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(b"one")
    before = state_of(str(path))
    assert before.size_bytes == 3
    assert size_of(str(path)) == 3
    path.write_bytes(b"three")
    assert state_of(str(path)) != before
    assert digest_of(str(path)) == digest_bytes(b"three")


def test_a_missing_file_has_no_size(tmp_path):
    assert size_of(str(tmp_path / "gone")) == 0
    with pytest.raises(FileNotFoundError):
        open_bytes(str(tmp_path / "gone"))


def test_only_urls_are_elsewhere():
    assert is_remote("s3://bucket/key")
    assert not is_remote("/srv/a:b.txt")


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves parts of files, as object stores do, or fails to in the way that the name of the file says."""

    broken = 0

    def do_GET(self):
        name = Path(self.path).name
        path = Path(self.translate_path(self.path))
        if not path.exists():
            self.send_error(404)
            return
        data = path.read_bytes()
        asked = self.headers.get("Range") if "whole" not in name else None
        begin, end = 0, len(data) - 1
        if asked:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            begin, end = int(first), min(int(last or end), end)
        if asked and Ranges.broken and "refused" in name:
            Ranges.broken -= 1
            self.send_error(503)
            return
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{end}/{len(data)}")
        if "endless" not in name:
            self.send_header("Content-Length", str(end - begin + 1))
        if "honest" in name:
            self.send_header("Accept-Ranges", "none")
        self.send_header("Last-Modified", "Thu, 26 Nov 2026 00:00:00 GMT")
        self.end_headers()
        if asked and Ranges.broken and "cut" in name:
            Ranges.broken -= 1
            end = (begin + end) // 2
        self.wfile.write(data[begin : end + 1])

    def send_head(self):
        if "endless" not in self.path and "honest" not in self.path:
            return super().send_head()
        self.send_error(405)
        return None

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def served(tmp_path):
    """A folder and its URL."""
    handler = functools.partial(Ranges, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # fsspec keeps its connections for the next file
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def at_once(monkeypatch):
    """Nobody waits before a transfer is begun again."""
    monkeypatch.setattr(opening, "_PAUSES_SECONDS", (0, 0))


def test_a_file_behind_a_url_is_read_from_any_place_and_line_by_line(served):
    folder, url = served
    (folder / "file.txt").write_bytes(b"0123\n56789\n")
    place = f"{url}/file.txt"
    assert state_of(place).size_bytes == 11
    assert state_of(place).version
    assert digest_of(place) == digest_bytes(b"0123\n56789\n")
    with open_bytes(place) as file:
        assert (file.readable(), file.seekable()) == (True, True)
        file.seek(3)
        assert file.readline(100) == b"3\n"
        assert file.readline(2) == b"56"
        assert file.read() == b"789\n"


@pytest.mark.parametrize("name", ["cut.txt", "refused.txt"])
@pytest.mark.parametrize(("times", "whole"), [(1, True), (2, True), (3, False)])
def test_a_transfer_that_breaks_is_begun_again(served, at_once, monkeypatch, name, times, whole):
    folder, url = served
    data = bytes(range(256)) * 40
    (folder / name).write_bytes(data)
    monkeypatch.setattr(Ranges, "broken", times)
    if whole:
        assert digest_of(f"{url}/{name}") == digest_bytes(data)
    else:
        with pytest.raises(OSError, match=r"."):
            digest_of(f"{url}/{name}")


def test_a_transfer_that_ends_early_without_a_word_is_an_error(served, at_once, monkeypatch):
    folder, url = served
    (folder / "file.txt").write_bytes(b"0123456789")
    with open_bytes(f"{url}/file.txt") as file:
        monkeypatch.setattr(file.raw._file, "read", lambda _size: b"")
        with pytest.raises(OSError, match="ended early"):
            file.read()


@pytest.mark.parametrize("name", ["endless.txt", "honest.txt"])
def test_a_server_that_tells_no_size_or_gives_no_parts_is_refused(served, name):
    folder, url = served
    (folder / name).write_bytes(b"0123456789")
    with pytest.raises(OSError, match="does not tell a size") as refused:
        state_of(f"{url}/{name}")
    assert refused.value.errno == errno.EOPNOTSUPP


def test_a_server_that_gives_all_where_a_part_is_asked_for_is_refused(served):
    folder, url = served
    (folder / "whole.txt").write_bytes(b"0123456789" * 1000)
    with open_bytes(f"{url}/whole.txt") as file:
        file.seek(5000)
        with pytest.raises(OSError, match="range requests"):
            file.read(10)


def test_what_a_server_refuses_is_an_error_of_the_system(served):
    _, url = served
    with pytest.raises(FileNotFoundError, match="404") as refused:
        state_of(f"{url}/gone.txt")
    assert refused.value.errno == errno.ENOENT


def test_an_error_of_the_system_behind_a_url_stays_what_it_is():
    with pytest.raises(IsADirectoryError) as refused:
        open_bytes(Path(__file__).parent.as_uri())
    assert refused.value.errno == errno.EISDIR


def test_an_unknown_kind_of_address_and_a_missing_package_are_told_apart(monkeypatch):
    with pytest.raises(OSError, match="nowhere"):
        state_of("nowhere://a/b.txt")

    def missing(*_, **__):
        raise ImportError("Install s3fs")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(PackageMissing, match="s3fs"):
        open_bytes("s3://a/b.txt")


def test_folders_and_patterns_elsewhere_are_their_files():
    store = fsspec.filesystem("memory")
    for name in ("b.jsonl", "deep/a.jsonl", "c.csv"):
        store.pipe(f"/listed/{name}", b"x")
    assert is_listing("memory://listed/")
    assert is_listing("memory://listed/*.jsonl")
    assert not is_listing("memory://listed/b.jsonl")
    assert not is_listing("data/*.jsonl")
    inside = listed("memory://listed/")
    assert [name.rsplit("listed/", 1)[1] for name in inside] == ["b.jsonl", "c.csv", "deep/a.jsonl"]
    assert [name.rsplit("listed/", 1)[1] for name in listed("memory://listed/*.jsonl")] == ["b.jsonl"]
    with open_bytes(inside[0]) as file:
        assert file.read() == b"x"
