"""What the commands that read all of a source share: where the work is done, and how far it has come."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hegui.cli.terminal import Advance, phrase
from hegui.core import InvalidInput
from hegui.corpus import (
    Executor,
    InProcess,
    LocalProcesses,
    RayCluster,
    RegisteredSource,
    ScanProgress,
)

_SMALL_BYTES = 8 << 20

WORKERS = click.option(
    "--workers",
    type=click.IntRange(1),
    help=phrase(
        zh="进程数；默认每个处理器一个，语料很小时就在本进程内。",
        en="How many processes; one for each processor by default, none but this where the corpus is small.",
    ),
)


ENGINE = click.option(
    "--engine",
    metavar="ADDRESS",
    help=phrase(
        zh="改在 Ray 集群上做：ray://HOST:10001，或 ray:HOST:6379；ray:local 为本机临时集群。",
        en="Work on a Ray cluster: ray://HOST:10001 or ray:HOST:6379; ray:local is one of this machine.",
    ),
)


class UnknownPlace(InvalidInput):
    """An address is not of a cluster that work can be done on.

    Attributes:
        given: the address.
    """

    def __init__(self, given: str) -> None:
        """Show the forms."""
        super().__init__(
            zh=f"{given!r} 不是集群地址；请写成 ray://HOST:10001、ray:HOST:6379 或 ray:local",
            en=f"{given!r} is no address of a cluster; write ray://HOST:10001, ray:HOST:6379 or ray:local",
        )
        self.given = given


@contextmanager
def executing(workers: int | None, total: int, engine: str | None = None) -> Iterator[Executor]:
    """Where to work: other processes are worth starting only for what takes more than a moment.

    Raises:
        UnknownPlace: ``engine`` is no address.
        RayMissing: Ray is not installed.
    """
    count = workers or (1 if total < _SMALL_BYTES else os.cpu_count() or 1)
    if engine is not None:
        with RayCluster(_address(engine)) as cluster:
            yield cluster
    elif count == 1:
        yield InProcess()
    else:
        with LocalProcesses(count) as executor:
            yield executor


def _address(engine: str) -> str:
    kind, _, address = engine.partition(":")
    if kind != "ray" or not address.strip("/"):
        raise UnknownPlace(engine)
    return engine if address.startswith("//") else address


def size_of_sources(registered: tuple[RegisteredSource, ...], chosen: tuple[str, ...]) -> int:
    """How many bytes there are to read, as they lay when the sources were registered."""
    return sum(
        file.size_bytes
        for each in registered
        if not chosen or each.source.id in chosen
        for file in each.files
    )


class Meter:
    """Turns the progress of each source into steps of one bar."""

    def __init__(self, advance: Advance) -> None:
        """Move the bar by ``advance``."""
        self._advance = advance
        self._done: dict[str, int] = {}

    def __call__(self, progress: ScanProgress) -> None:
        """Take note of how far a source has come."""
        self._advance(progress.done_bytes - self._done.get(progress.source, 0))
        self._done[progress.source] = progress.done_bytes
