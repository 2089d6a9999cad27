import zlib

from hegui.marking import candidates
from hegui.marking.candidates import Allowance, decoded, fault


def test_text_is_utf_8_and_failing_that_latin_1():
    assert decoded("标识".encode()) == "标识"
    assert decoded(b"\xe9") == "é"


def test_a_fault_has_its_place_and_both_languages():
    item = fault(7, zh="坏了", en="broken")
    assert (item.offset, item.text.zh, item.text.en) == (7, "坏了", "broken")


def test_an_allowance_is_used_up(monkeypatch):
    monkeypatch.setattr(candidates, "LARGEST_IN_ALL", 10)
    allowance = Allowance()
    assert allowance.takes(4)
    assert allowance.takes(6)
    assert not allowance.takes(1)
    assert Allowance().takes(1)


def test_what_is_expanded_counts_as_read(monkeypatch):
    monkeypatch.setattr(candidates, "LARGEST_IN_ALL", 1000)
    allowance = Allowance()
    packed = zlib.compress(bytes(400))
    assert allowance.expanded(packed) == bytes(400)
    assert allowance.expanded(packed) == bytes(400)
    assert allowance.expanded(packed) is None
    assert allowance.expanded(packed) is None
    assert not allowance.takes(1)
    assert allowance.expanded(packed) is None


def test_data_as_long_as_may_be_read_are_whole_wherever_their_end_is_marked(monkeypatch):
    monkeypatch.setattr(candidates, "LARGEST_PACKET", 100)
    packer = zlib.compressobj()
    packed = packer.compress(bytes(100)) + packer.flush(zlib.Z_FULL_FLUSH) + packer.flush()
    assert Allowance().expanded(packed) == bytes(100)
    assert Allowance().begun(packed, most=99, wbits=zlib.MAX_WBITS) == (bytes(99), False)
    assert Allowance().begun(zlib.compress(b""), most=0, wbits=zlib.MAX_WBITS) == (b"", True)
    assert Allowance().begun(packed, most=0, wbits=zlib.MAX_WBITS) == (b"", False)


def test_an_allowance_covers_what_may_still_be_read(monkeypatch):
    monkeypatch.setattr(candidates, "LARGEST_IN_ALL", 10)
    allowance = Allowance()
    assert allowance.takes(4)
    assert allowance.covers(6)
    assert not allowance.covers(7)


def test_what_is_not_compressed_or_cut_off_is_not_expanded():
    assert Allowance().expanded(b"not compressed") is None
    assert Allowance().expanded(zlib.compress(bytes(400))[:-4]) is None
