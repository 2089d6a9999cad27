"""Many files at once: in several processes, with a journal that a run which was killed goes on from."""

import fcntl
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from hegui.core import BilingualText, Conflict, HeguiError, digest_bytes, digest_file
from hegui.marking.files import DRAFT, check_writable, refusal
from hegui.marking.model import ImplicitLabel
from hegui.marking.production import Product, Recipe, labelled_draft
from hegui.marking.reports import FileOutcome, OutcomeStatus

_AHEAD = 4


class RunInProgress(Conflict):
    """Another process is at the same run."""

    def __init__(self, path: Path) -> None:
        """Name the run's journal."""
        super().__init__(
            zh=f"另一个进程正在进行同一批次（{path}）；请等它结束",
            en=f"another process is at this very run ({path}); wait until it has ended",
        )


class LabelTask(NamedTuple):
    """One file of many.

    Attributes:
        file: the file to label.
        out: where the labelled file goes; its folder is made where there is none.
        label: its label.
    """

    file: Path
    out: Path
    label: ImplicitLabel


class Made(NamedTuple):
    """A labelled and proven file that waits to take its place."""

    draft: Path
    product: Product


class Refusal(NamedTuple):
    """Why a file was not labelled."""

    kind: str
    text: BilingualText


def attempts(
    tasks: Iterable[LabelTask], recipe: Recipe, *, prefix: str, workers: int
) -> Iterator[tuple[LabelTask, Made | Refusal]]:
    """What comes of each task, in their order; never more drafts ahead than a few for each worker.

    Args:
        tasks: the files.
        recipe: what is done to each.
        prefix: what the names of drafts begin with.
        workers: how many processes; one means this process.
    """
    if workers == 1:
        for task in tasks:
            yield task, attempt(task, recipe, prefix)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[tuple[LabelTask, Future[Made | Refusal]]] = deque()
        for task in tasks:
            waiting.append((task, pool.submit(attempt, task, recipe, prefix)))
            if len(waiting) >= workers * _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        for task, future in waiting:
            yield task, future.result()


def attempt(task: LabelTask, recipe: Recipe, prefix: str) -> Made | Refusal:
    """Label one file, up to the point where it may take its place."""
    target = task.out.resolve()
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(target, error) from error
        check_writable(target)
        return Made(*labelled_draft(task.file, target, label=task.label, recipe=recipe, prefix=prefix))
    except HeguiError as error:
        return Refusal(type(error).__name__, error.text)


class Journal:
    """What earlier tries at a run have done, one line for each file, written as soon as it is done.

    Attributes:
        prefix: what the names of the run's unfinished files begin with.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at ``path``, which need not exist."""
        self._path = path
        self.prefix = f"{DRAFT}{digest_bytes(str(path).encode())[-8:]}-"

    @contextmanager
    def held(self) -> Iterator[dict[str, FileOutcome]]:
        """What was done, by the place of the labelled file; no other process may go on meanwhile.

        Raises:
            RunInProgress: another process is at it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunInProgress(self._path) from error
            file.seek(0)
            yield dict(_whole_rows(file.read()))

    def add(self, outcomes: Sequence[FileOutcome]) -> None:
        """Note what was done."""
        rows = b"".join(msgspec.json.encode(outcome) + b"\n" for outcome in outcomes)
        with self._path.open("ab") as file:
            # A run that was killed may have left half a line; it must not take ours with it.
            file.write(b"\n" + rows)

    def forget(self) -> None:
        """Remove the journal of a run that has ended and cannot be named again."""
        self._path.unlink()

    def sweep(self, folders: Iterable[Path]) -> None:
        """Remove what tries that were killed have left unfinished."""
        for folder in folders:
            for leftover in folder.glob(f"{self.prefix}*"):
                leftover.unlink(missing_ok=True)


def is_as_left(row: FileOutcome, task: LabelTask) -> bool:
    """Whether a file is still as an earlier try labelled it, so that nothing is to be done."""
    if row.produce_id != task.label.produce_id or not task.out.exists():
        return False
    if digest_file(task.out) != row.after:
        return False
    in_place = task.out.resolve() == task.file.resolve()
    return in_place or (task.file.exists() and digest_file(task.file) == row.before)


def _whole_rows(data: bytes) -> Iterator[tuple[str, FileOutcome]]:
    for line in data.splitlines():
        try:
            row = msgspec.json.decode(line, type=FileOutcome)
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue  # the half line of a run that was killed: its file is labelled again
        if row.status is OutcomeStatus.LABELLED:
            yield row.out, row
