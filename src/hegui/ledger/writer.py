"""Many entries, one commit: a thread that drains a queue into a stream of its own."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from hegui.core import Conflict, HeguiError, Json, Record
from hegui.ledger.model import EntryRef
from hegui.ledger.stream import Draft, Extension, Stream
from hegui.store import DatabaseFault

BATCH_ENTRIES = 64
"""A group is committed as soon as it has so many entries …"""

LINGER_SECONDS = 0.005
"""… or so long after its first one …"""

BUSY_ENTRIES = 8
BUSY_LINGER_SECONDS = 0.01
"""… or so long where the group before had that many: a commit costs as much as some twenty entries, whatever
is in it. All of this is well within the 20 ms that a caller is promised."""

Store = Callable[[Stream, list[Draft]], Extension]
"""Makes drafts durable at the end of a stream, or raises and leaves everything as it was."""


class MakeDraft(Protocol):
    """Turns what happened into a draft, or raises ``InvalidInput``."""

    def __call__(self, *, kind: str, content: "Json | Record", actor: str) -> Draft:
        """Make the draft."""


class WriterClosed(Conflict):
    """The writer takes no more entries."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            zh="记录写入器已关闭，未写入；请重新打开台账后重试",
            en="the ledger's writer is closed, nothing was written; open the ledger again and repeat",
        )


_Promise = Future[EntryRef] | asyncio.Future[EntryRef]
_Told = tuple[asyncio.Future[EntryRef], EntryRef | Exception]


class _Waiting(NamedTuple):
    draft: Draft
    promise: _Promise


class GroupWriter:
    """Appends entries from many threads to one stream and commits them in groups.

    An entry's future resolves once its group is durable: whoever must not answer before the evidence
    stands waits for it. Where a group cannot be stored, each of its futures fails with the reason, and
    the next group is tried anew.
    """

    def __init__(self, *, stream: Stream, draft: MakeDraft, store: Store, actor: str) -> None:
        """Start the thread.

        Args:
            stream: the writer's own stream, still empty.
            draft: makes drafts.
            store: makes groups durable.
            actor: who acts, where an entry does not say.
        """
        self._stream = stream
        self._draft = draft
        self._store = store
        self._actor = actor
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"ledger {stream.stream_id}", daemon=True)
        self._thread.start()

    @property
    def stream_id(self) -> str:
        """The stream that this writer's entries go to."""
        return self._stream.stream_id

    def append(self, *, kind: str, content: "Json | Record", actor: str | None = None) -> Future[EntryRef]:
        """Hand over one entry; from any thread.

        Args:
            kind: what happened.
            content: what is recorded.
            actor: who did it, where it is not the ledger's own actor.

        Returns:
            Resolves to the entry's place once it is durable; fails with ``StorageFull`` or
            ``DatabaseUnavailable`` where it could not be stored. It cannot be cancelled.

        Raises:
            InvalidInput: kind, actor or content cannot be recorded.
            WriterClosed: the writer was closed.
        """
        future: Future[EntryRef] = Future()
        # Running from the start: an entry that was handed over is written, whoever loses interest in it.
        future.set_running_or_notify_cancel()
        self._hand_over(future, kind=kind, content=content, actor=actor)
        return future

    def enter(
        self, *, kind: str, content: "Json | Record", actor: str | None = None
    ) -> asyncio.Future[EntryRef]:
        """The same for whoever waits on a running event loop, which is woken once for a whole group.

        Cancelling what it returns gives up waiting; the entry is written all the same.
        """
        future: asyncio.Future[EntryRef] = asyncio.get_running_loop().create_future()
        self._hand_over(future, kind=kind, content=content, actor=actor)
        return future

    def close(self) -> None:
        """Commit what is queued and stop; twice is once."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._enough.set()
        self._thread.join()

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _hand_over(
        self, promise: _Promise, *, kind: str, content: "Json | Record", actor: str | None
    ) -> None:
        draft = self._draft(kind=kind, content=content, actor=self._actor if actor is None else actor)
        with self._lock:
            if self._closed:
                raise WriterClosed
            self._queue.put(_Waiting(draft, promise))
        if self._queue.qsize() >= BATCH_ENTRIES and not self._enough.is_set():
            self._enough.set()

    def _run(self) -> None:
        group: list[_Waiting] = []
        more = True
        try:
            while more:
                is_busy = len(group) >= BUSY_ENTRIES
                group, more = self._next_group(BUSY_LINGER_SECONDS if is_busy else LINGER_SECONDS)
                if group:
                    self._commit(group)
        finally:
            self._abandon(group)

    def _abandon(self, group: list[_Waiting]) -> None:
        """Strand nobody: should a defect have ended the thread, whoever waits is told."""
        with self._lock:
            self._closed = True
        while not self._queue.empty():
            waiting = self._queue.get()
            if waiting is not None:
                group.append(waiting)
        _tell((waiting.promise, WriterClosed()) for waiting in group)

    def _next_group(self, linger_seconds: float) -> tuple[list[_Waiting], bool]:
        """The next entries to commit together, and whether more may follow."""
        first = self._queue.get()
        if first is None:
            return [], False
        group = [first]
        if self._queue.qsize() < BATCH_ENTRIES - 1:
            # Sleep once for the whole group: waking for each entry costs more than writing it.
            self._enough.clear()
            self._enough.wait(0 if self._closed else linger_seconds)
        while len(group) < BATCH_ENTRIES and not self._queue.empty():
            waiting = self._queue.get()
            if waiting is None:
                return group, False
            group.append(waiting)
        return group, True

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            extension = self._store(self._stream, [waiting.draft for waiting in group])
        except (HeguiError, DatabaseFault) as error:
            _tell([(waiting.promise, error) for waiting in group])
            return
        self._stream = extension.stream
        _tell([(waiting.promise, ref) for waiting, ref in zip(group, extension.refs, strict=True)])


def _tell(outcomes: Iterable[tuple[_Promise, EntryRef | Exception]]) -> None:
    """Keep promises that were not kept yet, each where somebody waits for it."""
    waiting: defaultdict[asyncio.AbstractEventLoop, list[_Told]] = defaultdict(list)
    for promise, outcome in outcomes:
        if isinstance(promise, asyncio.Future):
            waiting[promise.get_loop()].append((promise, outcome))
        elif not promise.done():
            _keep(promise, outcome)
    for loop, told in waiting.items():
        with suppress(RuntimeError):  # the loop is closed, and nobody waits there any more
            loop.call_soon_threadsafe(_keep_all, told)


def _keep_all(told: Iterable[_Told]) -> None:
    for promise, outcome in told:
        if not promise.done():
            _keep(promise, outcome)


def _keep(promise: _Promise, outcome: EntryRef | Exception) -> None:
    if isinstance(outcome, Exception):
        promise.set_exception(outcome)
    else:
        promise.set_result(outcome)
