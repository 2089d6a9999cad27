"""Where the work is done: in this process, or in others on this machine. See ``ray_cluster`` for others.

All do the same: they take tasks in order, hand back what came of each as soon as it is there, and hold no
more than a few at a time. The work is a callable that can be pickled.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import Any, Protocol, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
"""So many tasks wait for each worker, so that none of them waits for a task."""
_TRIES_ALONE = 2
_PRELOADED = __name__.rpartition(".")[0] + ".preloaded"


class Lost:
    """What comes of a task whose worker died every time."""


class Executor(Protocol):
    """Does work elsewhere.

    Attributes:
        name: as evidence has it.
    """

    name: str

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """Each task with what came of it, in the order in which they are done.

        An error that the work raises is raised here.
        """


class InProcess:
    """Does everything here, one after the other."""

    name = "process"

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """See :class:`Executor`."""
        for task in tasks:
            yield task, work(task)


class LocalProcesses:
    """Does it in processes of this machine.

    They are forked, so that Hegui is loaded once for all of them, but from a process that does nothing else,
    so that a program with threads may use them; their environment is that of the first time. They end with
    the process that started them, even where that is killed.
    """

    def __init__(self, workers: int) -> None:
        """Use so many processes; they are there from the first work on, and go on to the next."""
        self.name = f"local:{workers}"
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._pickled = b""

    def __enter__(self) -> Self:
        """Let the process that they are forked from load Hegui, while this one finds out what to do."""
        _context()
        forkserver.ensure_running()
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self._end(wait_for_them=True)

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """See :class:`Executor`. What was in the hands of a process that died is tried alone."""
        pickled = pickle.dumps(work)
        waiting = iter(tasks)
        in_hand: dict[Future[R], T] = {}
        while True:
            try:
                for task, future in _finished(self._ready(pickled), waiting, in_hand, self._workers * _AHEAD):
                    yield task, future.result()
            except BrokenProcessPool:
                self._end(wait_for_them=False)
                yield from _one_by_one(pickled, in_hand.values())
                in_hand.clear()
            else:
                return

    def _ready(self, pickled: bytes) -> ProcessPoolExecutor:
        """Processes that do this work."""
        if self._pool is not None and pickled != self._pickled:
            self._end(wait_for_them=True)
        if self._pool is None:
            self._pool, self._pickled = _pool(self._workers, pickled), pickled
        return self._pool

    def _end(self, *, wait_for_them: bool) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=wait_for_them, cancel_futures=True)
            self._pool = None


def _finished(
    pool: ProcessPoolExecutor, waiting: Iterator[T], in_hand: dict[Future[R], T], ahead: int
) -> Iterator[tuple[T, Future[R]]]:
    """Tasks that are done, in the meantime handing out others; those handed out are ``in_hand``.

    Raises:
        BrokenProcessPool: a process died.
    """
    while True:
        for task in islice(waiting, ahead - len(in_hand)):
            try:
                in_hand[pool.submit(_do, task)] = task
            except BrokenProcessPool:
                in_hand[Future()] = task
                raise
        if not in_hand:
            return
        for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                raise error
            yield in_hand.pop(future), future


def _one_by_one(pickled: bytes, tasks: Iterable[T]) -> Iterator[tuple[T, Any]]:
    """What comes of each task while no other one is worked on, so that it is known which of them kills."""
    pool = _pool(1, pickled)
    for task in tasks:
        outcome: Any = Lost()
        for _ in range(_TRIES_ALONE):
            try:
                outcome = pool.submit(_do, task).result()
                break
            except BrokenProcessPool:
                pool.shutdown(wait=False)
                pool = _pool(1, pickled)
        yield task, outcome
    pool.shutdown(wait=False)


def _pool(workers: int, pickled: bytes) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=_context(), initializer=_prepare, initargs=(pickled,))


def _context() -> BaseContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_PRELOADED])
    return context


_work: Callable[[Any], Any] | None = None
"""In a worker: what it does."""


def _prepare(pickled: bytes) -> None:
    """Make a new process ready to work."""
    global _work  # noqa: PLW0603 - a worker is for one work only, and is told it once
    _work = pickle.loads(pickled)  # noqa: S301 - it comes from the process that started this one
    # Whoever interrupts the program means its first process, which ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(task: Any) -> Any:  # noqa: ANN401 - whatever the work takes and returns
    if _work is None:
        raise AssertionError
    return _work(task)
