import errno
import os

import pytest

from hegui.core import digest_bytes
from hegui.marking import ImplicitLabel, Prominence
from hegui.marking.batch import (
    Journal,
    LabelTask,
    Made,
    Refusal,
    RunInProgress,
    attempt,
    attempts,
    is_as_left,
)
from hegui.marking.production import Recipe
from hegui.marking.reports import FileOutcome, OutcomeStatus

RECIPE = Recipe(prominence=Prominence(height=0.05, seconds=2))


@pytest.fixture
def tasks(tmp_path, pngs, label) -> list[LabelTask]:
    made = []
    for index in range(10):
        path = tmp_path / f"{index}.png"
        path.write_bytes(pngs["RGB"] if index != 3 else b"\0")
        made.append(LabelTask(path, tmp_path / "out" / f"{index}.png", label))
    return made


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_answered_in_order_however_many_work(tasks, workers):
    result = list(attempts(tasks, RECIPE, prefix=".x-", workers=workers))
    assert [task for task, _ in result] == tasks
    assert [isinstance(made, Made) for _, made in result] == [index != 3 for index in range(10)]
    refused = result[3][1]
    assert (refused.kind, "not a format" in refused.text.en) == ("FormatUnsupported", True)
    for task, made in result:
        if isinstance(made, Made):
            assert made.draft.parent == task.out.parent
            assert made.draft.name.startswith(".x-")
            assert made.product.label == task.label


def test_a_folder_that_cannot_be_made_is_a_refusal(tasks, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    refused = attempt(tasks[0]._replace(out=tmp_path / "file" / "x.png"), RECIPE, ".x-")
    assert isinstance(refused, Refusal)
    assert refused.kind == "NotWritable"


def test_a_full_disk_is_told_apart(tasks, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    assert attempt(tasks[0], RECIPE, ".x-").kind == "StorageFull"
    assert list((tasks[0].out.parent).iterdir()) == []


def row(**details) -> FileOutcome:
    return FileOutcome(
        **{"file": "a", "out": "b", "status": OutcomeStatus.LABELLED, "produce_id": "A-17", **details}
    )


def test_a_journal_remembers_what_was_labelled(tmp_path):
    journal = Journal(tmp_path / "runs" / "one.jsonl")
    with journal.held() as done:
        assert done == {}
        journal.add([row(after="x"), row(out="c", status=OutcomeStatus.REFUSED)])
        journal.add([row(after="y")])
    with (tmp_path / "runs" / "one.jsonl").open("ab") as file:
        file.write(b'\n{"file":"half')
    with journal.held() as done:
        assert done == {"b": row(after="y")}
        journal.add([row(out="d")])
    with journal.held() as done:
        assert set(done) == {"b", "d"}


def test_two_processes_cannot_be_at_one_run(tmp_path):
    journal = Journal(tmp_path / "one.jsonl")
    with journal.held(), pytest.raises(RunInProgress, match="another process"), journal.held():
        pass


def test_what_a_killed_run_left_is_swept_and_nothing_else(tmp_path):
    journal = Journal(tmp_path / "one.jsonl")
    (tmp_path / f"{journal.prefix}abc").write_bytes(b"")
    (tmp_path / ".hegui-other").write_bytes(b"")
    journal.sweep([tmp_path, tmp_path / "nothing"])
    assert [path.name for path in tmp_path.iterdir()] == [".hegui-other"]


def test_a_file_is_kept_only_while_it_is_as_it_was_left(tmp_path, label):
    file, out = tmp_path / "a", tmp_path / "b"
    task = LabelTask(file, out, label)
    done = row(before=digest_bytes(b"before"), after=digest_bytes(b"after"))
    assert not is_as_left(done, task)
    out.write_bytes(b"after")
    assert not is_as_left(done, task)
    file.write_bytes(b"before")
    assert is_as_left(done, task)
    file.write_bytes(b"another")
    assert not is_as_left(done, task)
    assert is_as_left(done, task._replace(file=out))
    out.write_bytes(b"changed")
    assert not is_as_left(done, task._replace(file=out))
    other = ImplicitLabel.first(producer=label.content_producer, produce_id="C-19")
    assert not is_as_left(done, task._replace(label=other))
