"""One pass over the files of a source."""

import tracemalloc

import pytest

from hegui.core import Verdict, digest_file
from hegui.corpus.kept_aside import KeptAside
from hegui.corpus.model import Citation, RegisteredSource, RightsVerdict
from hegui.corpus.source_pass import FileChanged, SourcePass, UnreadableFile


@pytest.fixture
def make_pass(root, make_source, screen, blobs):
    def make(*files, progress=lambda _: None, shard_bytes=100, longest_bytes=1000):
        rights = RightsVerdict(
            verdict=Verdict.MET,
            missing=(),
            reason=make_source().name,
            citation=Citation(clause="TC260-003 5.1c1", same_as=(), verified=True),
        )
        registered = RegisteredSource(
            source=make_source(*files),
            root=str(root),
            files=(),
            content="",
            rights=rights,
            registered_at="",
            entry="main/0",
        )
        return SourcePass(
            registered,
            screen=screen,
            kept_aside=KeptAside(blobs, longest_bytes=longest_bytes),
            progress=progress,
            shard_bytes=shard_bytes,
            longest_bytes=longest_bytes,
        )

    return make


def test_every_file_has_its_own_account(make_pass, write_texts, root):
    write_texts(["a", "b"], "one.jsonl")
    write_texts(["冰毒"], "two.jsonl")
    one, two = make_pass("one.jsonl", "two.jsonl").files()
    assert (one.path, one.tally.scanned, one.tally.unsafe) == ("one.jsonl", 2, 0)
    assert (two.path, two.tally.scanned, two.tally.unsafe) == ("two.jsonl", 1, 1)
    assert one.digest == digest_file(root / "one.jsonl")
    assert one.size_bytes == (root / "one.jsonl").stat().st_size


def test_progress_ends_at_the_total(make_pass, write_texts):
    write_texts(["text"] * 30, "one.jsonl")
    write_texts(["text"] * 30, "two.jsonl")
    seen = []
    make_pass("one.jsonl", "two.jsonl", progress=seen.append).files()
    assert len(seen) > 4
    done = [each.done_bytes for each in seen]
    assert done == sorted(done)
    assert done[-1] == seen[-1].total_bytes
    assert seen[0].file == "one.jsonl"
    assert seen[-1].file == "two.jsonl"


def test_only_the_first_bad_lines_are_named_in_the_account(make_pass, root):
    (root / "bad.jsonl").write_text("no json\n" * 50, encoding="utf-8")
    (account,) = make_pass("bad.jsonl").files()
    assert account.tally.unparsable == 50
    assert [each.line for each in account.first_set_aside] == list(range(1, 21))


def test_a_file_that_is_gone_is_named(make_pass):
    with pytest.raises(UnreadableFile, match=r"gone\.jsonl.*No such file"):
        make_pass("gone.jsonl").files()


def test_a_file_that_became_a_directory_is_named(make_pass, root):
    (root / "folder.jsonl").mkdir()
    with pytest.raises(UnreadableFile, match=r"folder\.jsonl.*[Dd]irectory"):
        make_pass("folder.jsonl").files()


def test_a_loop_of_links_is_named(make_pass, root):
    (root / "loop.jsonl").symlink_to(root / "loop.jsonl")
    with pytest.raises(UnreadableFile, match=r"loop\.jsonl"):
        make_pass("loop.jsonl").files()


def test_a_file_written_to_meanwhile_is_refused(make_pass, write_texts, root):
    write_texts(["text"] * 30)

    def append(_progress):
        with (root / "texts.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"text": "late"}\n')

    with pytest.raises(FileChanged, match=r"texts\.jsonl"):
        make_pass("texts.jsonl", progress=append).files()


def test_memory_does_not_grow_with_the_file(make_pass, root):
    def peak(megabytes):
        path = root / "large.jsonl"
        block = (b'{"text": "' + b"a" * 4000 + b'"}\n' + b"not json" * 500 + b"\n") * 125
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(block)
        tracemalloc.start()
        make_pass("large.jsonl", shard_bytes=1 << 18, longest_bytes=1 << 16).files()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)  # what is made once is made now
    assert peak(8) < peak(2) + (6 << 20)
