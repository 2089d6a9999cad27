import hashlib
import mmap

from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import splices
from hegui.marking.splices import Splice, digest, pieces, spliced


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
