"""Drawing from files: shards, executors, interruptions and damage change nothing they should not."""

import gzip
import json
import os
import shutil

import pytest

from hegui.corpus.account import LineFault, PartFaultKind
from hegui.corpus.cleaning_pass import WorkLost
from hegui.corpus.executors import InProcess, LocalProcesses, Lost
from hegui.corpus.sample_pass import SamplePass, TextTask
from hegui.corpus.source_pass import ScanSettings

TEXTS = [f"第 {number} 篇" for number in range(300)]


@pytest.fixture
def database_url(request, tmp_path):
    """SQLite alone: a pass has nothing to do with the database but for the register."""
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), tmp_path / "hegui.db")
    return f"sqlite:///{tmp_path / 'hegui.db'}"


@pytest.fixture
def material(corpus, make_source, root, write_texts):
    """Two sources: one in three forms, one with lines that hold nothing or cannot be read."""
    write_texts(TEXTS[:100])
    (root / "plain.txt").write_text("\n".join(TEXTS[100:150]), encoding="utf-8")
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS[150:200])
    (root / "packed.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    (root / "rough.jsonl").write_text(
        "".join(f'{{"text": "{text}"}}\n\nno json\n' for text in TEXTS[200:]), encoding="utf-8"
    )
    wiki = make_source("texts.jsonl", "plain.txt", "packed.jsonl.gz", id="wiki")
    rough = make_source("rough.jsonl", id="rough")
    return tuple(corpus.register_source(each, root=root) for each in (wiki, rough))


@pytest.fixture
def make_pass(material, tmp_path):
    def make(*, shard_bytes=100, size=60, per_source=0, seed="seed", sources=None):
        return SamplePass(
            sources or material,
            seed=seed,
            size=size,
            per_source=per_source,
            settings=ScanSettings(journal=tmp_path / "journal", shard_bytes=shard_bytes),
        )

    return make


def silent(progress):
    """Nobody is watching."""


def drawn(sample_pass, executor=None):
    found = sample_pass.run(executor or InProcess(), silent)
    texts = {lot.number: text for lot, text in sample_pass.texts(found, executor or InProcess())}
    sample_pass.journal.forget()
    return found, texts


def test_the_sample_is_the_same_in_any_number_of_shards_and_processes(make_pass):
    one = drawn(make_pass(shard_bytes=1 << 30))
    assert one[0].population.documents == 400
    assert one[0].population.by_source == {"rough": 200, "wiki": 200}
    assert len(one[0].whole) == 60
    for shard_bytes in (64, 333, 4000):
        assert drawn(make_pass(shard_bytes=shard_bytes)) == one
    with LocalProcesses(2) as executor:
        assert drawn(make_pass(), executor) == one


def test_it_does_not_depend_on_the_order_of_sources_and_shards(make_pass, material):
    class Backwards(InProcess):
        def map(self, work, tasks):
            yield from super().map(work, reversed(list(tasks)))

    one = drawn(make_pass())
    assert drawn(make_pass(), Backwards()) == one
    other, texts = drawn(make_pass(sources=material[::-1]))
    assert (other.population, other.whole, texts) == (one[0].population, one[0].whole, one[1])


def test_a_larger_sample_begins_with_the_smaller_and_another_seed_draws_others(make_pass):
    small, _ = drawn(make_pass(size=20))
    large, _ = drawn(make_pass(size=200))
    assert large.whole[:20] == small.whole
    other, _ = drawn(make_pass(size=20, seed="other"))
    assert other.whole != small.whole
    assert other.population == small.population


def test_each_text_is_the_one_at_the_place_of_its_lot(make_pass, root):
    found, texts = drawn(make_pass(size=1000))
    assert len(found.whole) == 400
    assert sorted(texts.values()) == sorted(TEXTS)
    for lot in found.whole:
        if lot.file == "texts.jsonl":
            line = (root / lot.file).read_text(encoding="utf-8").splitlines()[lot.line - 1]
            assert json.loads(line)["text"] == texts[lot.number]
            assert (root / lot.file).read_bytes()[lot.offset :].startswith(line.encode())


def test_what_cannot_be_read_is_drawn_like_anything_else_and_what_is_empty_is_not(make_pass):
    found, texts = drawn(make_pass(size=1000))
    faulty = [lot for lot in found.whole if lot.fault is not None]
    assert [lot.fault for lot in faulty] == [LineFault.INVALID_JSON] * 100
    assert not {lot.number for lot in faulty} & texts.keys()
    (rough,) = (file for file in found.population.files if file.source == "rough")
    assert (rough.read, rough.empty) == (300, 100)


def test_more_can_be_drawn_of_each_source_than_the_whole_gives(make_pass):
    found, texts = drawn(make_pass(size=10, per_source=30))
    assert {source: len(stratum) for source, stratum in found.strata.items()} == {"wiki": 30, "rough": 30}
    every, _ = drawn(make_pass(size=1000))
    for source, stratum in found.strata.items():
        assert stratum == tuple(lot for lot in every.whole if lot.source == source)[:30]
    assert set(found.whole) <= set(found.lots)
    assert len(found.lots) == len({lot.number for lot in found.lots})
    assert texts.keys() == {lot.number for lot in found.lots if lot.fault is None}


def test_a_pass_that_was_interrupted_goes_on_and_draws_the_same(make_pass):
    class Stopping(InProcess):
        def map(self, work, tasks):
            for index, done in enumerate(super().map(work, tasks)):
                if index == 5:
                    raise KeyboardInterrupt
                yield done

    one = drawn(make_pass())
    with pytest.raises(KeyboardInterrupt):
        make_pass().run(Stopping(), silent)
    asked = []

    class Watching(InProcess):
        def map(self, work, tasks):
            for task, outcome in super().map(work, tasks):
                asked.append(task)
                yield task, outcome

    again = make_pass()
    steps = []
    found = again.run(Watching(), steps.append)
    assert found == one[0]
    assert steps[-1].done_bytes == steps[-1].total_bytes
    before = len(asked)
    assert again.run(Watching(), silent) == one[0]
    assert len(asked) == before


def test_a_worker_that_dies_is_told_with_the_file(make_pass):
    class Losing(InProcess):
        def __init__(self, skipped):
            self.skipped = skipped

        def map(self, work, tasks):
            for task in tasks:
                if self.skipped:
                    self.skipped -= 1
                    yield task, work(task)
                else:
                    yield task, Lost()

    with pytest.raises(WorkLost, match=r"texts\.jsonl"):
        make_pass().run(Losing(0), silent)
    with pytest.raises(WorkLost, match=r"texts\.jsonl"):
        make_pass().run(Losing(4), silent)
    done = make_pass()
    found = done.run(InProcess(), silent)
    with pytest.raises(WorkLost):
        list(done.texts(found, Losing(0)))


def test_parts_that_cannot_be_read_are_counted_and_the_rest_is_drawn_from(make_pass, root):
    damaged = (root / "packed.jsonl.gz").read_bytes()[:-20]
    (root / "packed.jsonl.gz").write_bytes(damaged)
    (root / "plain.txt").unlink()
    found, _ = drawn(make_pass(size=1000))
    assert found.population.faults == 2
    kinds = {file.path: [fault.kind for fault in file.faults] for file in found.population.files}
    assert kinds["packed.jsonl.gz"] == [PartFaultKind.DAMAGED]
    assert kinds["plain.txt"] == [PartFaultKind.UNREADABLE]
    assert {file.path: file.digest for file in found.population.files}["plain.txt"] == ""
    assert found.population.by_source["wiki"] >= 100


def test_a_file_that_is_written_to_meanwhile_is_not_drawn_from(make_pass, root):
    class Writing(InProcess):
        def map(self, work, tasks):
            for task in tasks:
                if not isinstance(task, TextTask) and getattr(task, "shard", None):
                    os.utime(root / "texts.jsonl", ns=(1, 1))
                yield task, work(task)

    found, _ = drawn(make_pass(), Writing())
    (changed,) = (file for file in found.population.files if file.path == "texts.jsonl")
    assert changed.read == 0
    assert {fault.kind for fault in changed.faults} == {PartFaultKind.CHANGED}


def test_a_file_that_is_declared_twice_is_drawn_from_once(corpus, make_source, make_pass, root, tmp_path):
    copied = shutil.copytree(root, tmp_path / "copied")
    twice = make_source("texts.jsonl", "*.jsonl", id="twice")
    registered = corpus.register_source(twice, root=copied)
    found, _ = drawn(make_pass(sources=(registered,), size=1000))
    assert [file.path for file in found.population.files] == ["rough.jsonl", "texts.jsonl"]
    assert len(found.whole) == found.population.documents == 300
