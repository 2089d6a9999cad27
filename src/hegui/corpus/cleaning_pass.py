"""A new dataset from a source: every shard cleaned, wherever the work is done, and a manifest of it all."""

from functools import partial
from pathlib import Path

import msgspec

from hegui import __version__
from hegui.core import Conflict, InvalidInput, Record, digest_bytes, digest_value, to_json
from hegui.corpus.cleaning import CleanedPart, CleaningPolicy, CleaningTask, DocumentTreatment, clean, total
from hegui.corpus.executors import Executor, Lost
from hegui.corpus.journal import ScanJournal
from hegui.corpus.kernel import WholeFile
from hegui.corpus.model import RegisteredSource, ScanProgress
from hegui.corpus.opening import is_remote
from hegui.corpus.planning import found_files, plan_file
from hegui.corpus.source_pass import Progress, ScanSettings
from hegui.screening import Screen
from hegui.store import StorageFull, is_full, write_whole

_UNFINISHED = "unfinished"


class PlaceTaken(Conflict):
    """The folder for a new dataset holds something else.

    Attributes:
        folder: which one.
    """

    def __init__(self, folder: Path) -> None:
        """Ask for another one."""
        super().__init__(
            zh=f"{folder} 里已有其他内容；请换一个空目录",
            en=f"{folder} holds something else; choose an empty folder",
        )
        self.folder = folder


class WithinSource(InvalidInput):
    """The folder for a new dataset lies in the original."""

    def __init__(self, folder: Path) -> None:
        """Ask for another one."""
        super().__init__(
            zh=f"{folder} 在来源自己的目录里，会混进原始数据；请换一个目录",
            en=f"{folder} is inside the source and would mix with the original; choose another folder",
        )


class CannotMask(InvalidInput):
    """A policy asks to mask what is unsafe."""

    def __init__(self) -> None:
        """Say what can be done."""
        super().__init__(
            zh="违法不良内容不能遮盖后留用；请选择 quarantine、drop 或 keep",
            en="what is unsafe cannot be masked and kept; choose quarantine, drop or keep",
        )


class NotOnlyTexts(InvalidInput):
    """A source holds pictures, sound or films, which a new dataset would lack.

    Attributes:
        file: the first of them.
    """

    def __init__(self, file: str) -> None:
        """Say what can be cleaned."""
        super().__init__(
            zh=f"{file} 是图片、音频或视频，清理只适用于文本；请按 hegui corpus why 和报告逐个处理这些文件，"
            "文本部分另行声明为一个来源",
            en=f"{file} is a picture, sound or film, and only texts can be cleaned; treat such files one by "
            "one by the report and hegui corpus why, and declare the texts as a source of their own",
        )
        self.file = file


class CleanedFile(Record):
    """A file that was read, and its digest."""

    path: str
    digest: str
    size_bytes: int


class CleanedSource(Record):
    """The manifest of a new dataset.

    Attributes:
        source: the id of the source it was made from.
        content: digest of what was declared of that source.
        files: what was read.
        screen: digest of the screen that read it.
        policy: what was done with what.
        hegui: the version that did it.
        total: all parts together.
        parts: each of them.
    """

    source: str
    content: str
    files: tuple[CleanedFile, ...]
    screen: str
    policy: CleaningPolicy
    hegui: str
    total: CleanedPart
    parts: tuple[CleanedPart, ...]


class CleaningPass:
    """One pass over a source that writes a new dataset.

    Attributes:
        journal: what was done of it; to be forgotten when it is on record.
    """

    def __init__(
        self,
        registered: RegisteredSource,
        *,
        screen: Screen,
        settings: ScanSettings,
        policy: CleaningPolicy,
        folder: Path,
    ) -> None:
        """Settle what is read and where it goes.

        Args:
            registered: the source.
            screen: reads each document.
            settings: how it is scanned.
            policy: what is done with what.
            folder: for the new dataset; empty, or with the beginning of the same one.

        Raises:
            CannotMask: the policy masks what is unsafe.
            NotOnlyTexts: the source holds pictures, sound or films.
            WithinSource: the folder lies in a folder of the source.
            PlaceTaken: the folder holds something else.
        """
        if policy.unsafe is DocumentTreatment.MASK:
            raise CannotMask
        source, root = registered.source, registered.base
        self._registered = registered
        self._screen = screen
        self._policy = policy
        self._folder = folder.resolve()
        declared = (root / name for name in source.files if not is_remote(name))
        if any(each.is_dir() and self._folder.is_relative_to(each.resolve()) for each in declared):
            raise WithinSource(folder)
        self._plans = [
            plan_file(
                name,
                place,
                fields=source.text_fields,
                shard_bytes=settings.shard_bytes,
                longest_bytes=settings.longest_bytes,
            )
            for name, place in found_files(root, source.files)
        ]
        for plan in self._plans:
            if plan.reading is not None and plan.reading.format.medium:
                raise NotOnlyTexts(plan.name)
        shards = [shard for plan in self._plans for shard in plan.shards]
        self._tasks = [CleaningTask(shard=shard, part=part) for part, shard in enumerate(shards)]
        self._wholes = [
            WholeFile(place=plan.place, size_bytes=plan.size_bytes, version=plan.version)
            for plan in self._plans
        ]
        self._claim(folder)
        self.journal = ScanJournal(settings.journal / "cleaning" / self._run.removeprefix("sha256:"))

    @property
    def _run(self) -> str:
        """The digest of all that decides what comes of it."""
        return digest_value(
            {
                "folder": str(self._folder),
                "tasks": to_json(tuple(self._tasks)),
                "screen": self._screen.digest,
                "policy": to_json(self._policy),
                "hegui": __version__,
            }
        )

    def _claim(self, folder: Path) -> None:
        mark = self._folder / _UNFINISHED
        if mark.is_file() and mark.read_text(encoding="ascii") == self._run:
            return
        if self._folder.exists() and any(self._folder.iterdir()):
            raise PlaceTaken(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(mark, self._run.encode("ascii"))

    def run(self, executor: Executor, progress: Progress) -> CleanedSource:
        """Do what has not been done before, and write the manifest.

        Raises:
            StorageFull: there is no room; what was done is kept.
            WorkLost: a worker died again and again.
        """
        done = 0
        total_bytes = sum(task.shard.weight for task in self._tasks)
        work = partial(clean, screen=self._screen, policy=self._policy, folder=str(self._folder))
        every: tuple[CleaningTask | WholeFile, ...] = (*self._wholes, *self._tasks)
        left = [task for task in every if self.journal.get(_key(task)) is None]
        try:
            for task, outcome in executor.map(work, left):
                if isinstance(outcome, Lost):
                    raise WorkLost(task.shard.name if isinstance(task, CleaningTask) else task.place)
                self.journal.put(_key(task), outcome)
                if isinstance(task, CleaningTask):
                    done += task.shard.weight
                    progress(
                        ScanProgress(
                            source=self._registered.source.id,
                            file=task.shard.name,
                            done_bytes=done,
                            total_bytes=total_bytes,
                        )
                    )
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(self._folder)) from error
            raise
        return self._finish()

    def _finish(self) -> CleanedSource:
        parts = [msgspec.json.decode(self._kept(task), type=CleanedPart) for task in self._tasks]
        unread = [
            CleanedPart(part=-1, file=plan.name, start=0, faults=plan.faults)
            for plan in self._plans
            if plan.faults
        ]
        cleaned = CleanedSource(
            source=self._registered.source.id,
            content=self._registered.content,
            files=tuple(
                CleanedFile(path=plan.name, digest=self._kept(whole), size_bytes=plan.size_bytes)
                for plan, whole in zip(self._plans, self._wholes, strict=True)
            ),
            screen=self._screen.digest,
            policy=self._policy,
            hegui=__version__,
            total=total([*parts, *unread]),
            parts=(*parts, *unread),
        )
        write_whole(self._folder / "manifest.json", manifest(cleaned))
        (self._folder / _UNFINISHED).unlink()
        return cleaned

    def _kept(self, task: CleaningTask | WholeFile) -> str:
        return str(self.journal.get(_key(task)))


class WorkLost(Conflict):
    """A part of the work could not be done: the process died again and again."""

    def __init__(self, place: str) -> None:
        """Name the file and the cure."""
        super().__init__(
            zh=f"{place}：处理它的进程两次意外终止（可能内存不足）；请减少 --workers 后再次运行，"
            "已完成的会保留",
            en=f"{place}: the process died twice (perhaps for want of memory); use fewer --workers and run "
            "it again, what is done is kept",
        )


def manifest(cleaned: CleanedSource) -> bytes:
    """The manifest as it is written."""
    return msgspec.json.format(msgspec.json.encode(cleaned), indent=2)


def manifest_digest(cleaned: CleanedSource) -> str:
    """The digest of the manifest."""
    return digest_bytes(manifest(cleaned))


def _key(task: CleaningTask | WholeFile) -> str:
    return digest_value(to_json(task))
