"""Work as core tasks of a Ray cluster; see ``executors`` for this machine alone."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Self, TypeVar

from hegui.core import NotFound, digest_bytes
from hegui.corpus.executors import Lost
from hegui.corpus.formats.packages import PackageMissing, package

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
_RETRIES = 3
LOCAL = "local"
"""In place of an address: a cluster of this machine alone, which ends with the program."""


class RayMissing(NotFound):
    """Ray is not installed."""

    def __init__(self) -> None:
        """Say how to get it."""
        super().__init__(
            zh="没有安装 ray；请运行 pip install ray（版本与集群一致）",
            en="ray is not installed; run pip install ray, in the version of the cluster",
        )


class RayCluster:
    """Does it on a Ray cluster, where Hegui has to be installed in the same version.

    A task whose worker dies is done again elsewhere; one that kills every time is lost. Files have to be
    reachable by the same path or URL from every node.
    """

    def __init__(self, address: str) -> None:
        """Use the cluster at ``address``: ``ray://host:10001``, ``host:6379`` or :data:`LOCAL`.

        Raises:
            RayMissing: Ray is not installed.
        """
        try:
            self._ray = package("ray")
        except PackageMissing as error:
            raise RayMissing from error
        self._address = address
        self.name = f"ray:{address}"

    def __enter__(self) -> Self:
        """Connect."""
        local = {"include_dashboard": False} if self._address == LOCAL else {}
        self._ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", **local)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster."""
        self._ray.shutdown()

    def map(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """See :class:`hegui.corpus.Executor`."""
        ray = self._ray
        pickled = pickle.dumps(work)
        key, sent = digest_bytes(pickled), [ray.put(pickled)]
        remote = ray.remote(max_retries=_RETRIES)(_do)
        ahead = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        waiting = iter(tasks)
        in_hand: dict[Any, T] = {}
        while True:
            for task in islice(waiting, ahead - len(in_hand)):
                in_hand[remote.remote(key, sent, task)] = task
            if not in_hand:
                return
            for done in ray.wait(list(in_hand))[0]:
                yield in_hand.pop(done), self._outcome(done)

    def _outcome(self, done: Any) -> Any:  # noqa: ANN401 - whatever the work returns
        try:
            return self._ray.get(done)
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.OutOfMemoryError):
            return Lost()


_works: dict[str, Callable[[Any], Any]] = {}
"""In a worker: the work that it has been sent, so that a bank is unpacked once."""


def _do(key: str, sent: list[Any], task: Any) -> Any:  # noqa: ANN401 - whatever the work takes and returns
    if key not in _works:
        _works.clear()
        _works[key] = pickle.loads(package("ray").get(sent[0]))  # noqa: S301 - it comes from the program that asks
    return _works[key](task)
