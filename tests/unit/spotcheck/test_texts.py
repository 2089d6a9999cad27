"""Texts kept many to a blob come back as they were."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import digest_bytes
from hegui.spotcheck.texts import keep_texts, read_text
from hegui.store import Blobs


@given(st.lists(st.text(st.characters(), max_size=20), max_size=8), st.integers(1, 30))
@settings(max_examples=30)
def test_every_text_is_read_as_it_was_kept(tmp_path_factory, texts, part_bytes):
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    named = [(str(number), text) for number, text in enumerate(texts)]
    kept = dict(keep_texts(blobs, named, part_bytes=part_bytes))
    assert [(name, read_text(blobs, kept[name])) for name, _ in named] == named
    for name, text in named:
        assert kept[name].characters == len(text)
        assert kept[name].digest == digest_bytes(text.encode("utf-8", "surrogatepass"))


def test_of_a_blob_no_more_is_read_than_the_text(blobs, monkeypatch):
    first, second = (kept for _, kept in keep_texts(blobs, [("a", "一" * 9), ("b", "二" * 5)]))
    read = []
    get = Blobs.get

    def counting(self, digest, **part):
        data = get(self, digest, **part)
        read.append(len(data))
        return data

    monkeypatch.setattr(Blobs, "get", counting)
    assert [read_text(blobs, kept) for kept in (second, first)] == ["二" * 5, "一" * 9]
    assert read == [second.length, first.length]


def test_small_texts_share_a_blob_and_large_ones_do_not(blobs):
    small = dict(keep_texts(blobs, [("a", "x" * 10), ("b", "y" * 10), ("c", "z")], part_bytes=15))
    assert small["a"].blob == small["b"].blob != small["c"].blob
