import hashlib
import mmap
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import splices
from hegui.marking.splices import Mapped, Splice, digest, pieces, spliced


@given(st.binary(max_size=40), st.data())
def test_everything_outside_the_splices_stays(data, draws):
    cuts = sorted(draws.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    changes = [
        Splice(start, end, b"<" + bytes([65 + index]) + b">") for index, (start, end) in enumerate(pairs)
    ]
    expected = bytearray(data)
    for change in reversed(changes):
        expected[change.start : change.end] = change.data
    assert spliced(data, changes) == bytes(expected)


def test_a_large_file_passes_in_bounded_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(splices, "_PIECE_BYTES", 16)
    path = tmp_path / "large"
    path.write_bytes(bytes(range(100)))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        parts = list(pieces(data, [Splice(50, 50, b"new")]))
        assert max(len(part) for part in parts) == 16
        assert b"".join(parts) == bytes(range(50)) + b"new" + bytes(range(50, 100))
        assert digest(data) == f"sha256:{hashlib.sha256(bytes(range(100))).hexdigest()}"


@pytest.fixture
def mapped(tmp_path, monkeypatch):
    """A mapped file that forgets what it gave every sixteen pages."""
    monkeypatch.setattr(splices, "_MOST_RESIDENT", 16 * mmap.PAGESIZE)
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * mmap.PAGESIZE)
    with path.open("rb") as file, Mapped(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def resident_kilobytes(data: Mapped) -> int:
    """How much of the mapped file is in this process's memory, as Linux counts it."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    entry = re.search(r"large$.*?^Rss: +(\d+) kB", maps, re.MULTILINE | re.DOTALL)
    return int(entry[1])


def test_what_was_read_of_a_large_file_does_not_stay_in_memory(mapped):
    assert sum(len(piece) for piece in pieces(mapped, ())) == len(mapped)
    assert mapped.find(b"nowhere") == -1
    while mapped.read(1 << 16):
        pass
    assert resident_kilobytes(mapped) <= 2 * 16 * mmap.PAGESIZE // 1024
    assert mapped[5:7] == b"\5\6"


@pytest.mark.parametrize("place", [0, 5, 16 * mmap.PAGESIZE - 2, 16 * mmap.PAGESIZE, 99 * mmap.PAGESIZE])
def test_what_is_sought_in_a_large_file_is_found_between_windows_too(tmp_path, monkeypatch, place):
    monkeypatch.setattr(splices, "_MOST_RESIDENT", 16 * mmap.PAGESIZE)
    path = tmp_path / "large"
    path.write_bytes(bytes(place) + b"here" + bytes(mmap.PAGESIZE))
    with path.open("rb") as file, Mapped(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert data.find(b"here") == place
        assert data.find(b"here", place) == place
        assert data.find(b"here", place + 1) == -1
        assert data.find(b"here", 0, place + 3) == -1
        assert data.find(b"here", 0, place + 4) == place
        assert data.find(b"here", len(data)) == -1
