"""How fast a corpus is scanned, in one run: by one process, by two, and by other engines with one screen.

    python benchmarks/corpus.py [MEGABYTES] [--peers FOLDER] [--rounds N]

The text is made up, with 20,000 words to look for, all kinds of personal information, and something to be
found in one document of twenty; some documents are empty. Documents are of 60 to 500 characters. Processor
seconds count for one process, the clock on the wall for several; ratios say more than figures, which depend
on the machine and on who else uses it: what two processes without anything in common reach at the same
moments is measured beside ours.

FOLDER holds virtual environments named ``ray``, ``datatrove``, ``daft`` and ``juicer``, each with that engine
and with what Hegui needs. What is there runs on the same files, with the same screen and to the same answer;
see ``corpus_peers.py``. Of every engine there are two rows: texts are handed to the screen many at a time, or
each by itself. The first run of each is not timed: it fills caches, and its memory is watched, which would
take time from the others. Of those that are timed the best counts.
"""

import argparse
import functools
import heapq
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import screening as text  # the benchmark beside this one

from hegui.corpus import LocalProcesses, ShardResult
from hegui.corpus.journal import ScanJournal
from hegui.corpus.kernel import scan_shard, work_of
from hegui.corpus.planning import plan_file
from hegui.corpus.shard import Shard, blocks
from hegui.screening import CompiledBanks, Direction, Keyword, KeywordBank, MatcherKind, Screen, fold

WORDS = 20_000
POOL = 9_000
FILES = 16
SHARD_BYTES = 4 << 20
EMPTY_EVERY = 5_000
TASKS = 6_000
PEERS = {
    "local": "",
    "ray_core": "ray",
    "datatrove": "datatrove",
    "daft": "daft",
    "ray_data": "ray",
    "data_juicer": "juicer",
}
FORMS = ("many", "each")
_MARK = "HEGUI_BENCHMARK"
_PEERS_FILE = Path(__file__).with_name("corpus_peers.py")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", nargs="?", type=int, default=60)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only-peers", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    draw = text.numbers(7)
    words = [fold(word) for word in text.vocabulary(draw, WORDS)]
    keywords = [Keyword(text=word, risk="A.1.h", kind="test", source="test") for word in words]
    screen = Screen(keywords=KeywordBank(keywords, name="benchmark"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        files = write(folder / "data", draw, words, given.megabytes)
        shards = [shard for path in files for shard in cut(path)]
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{size:.0f} MB of JSON Lines in {len(files)} files, {len(shards)} shards, {WORDS} words")
        if not given.only_peers:
            scan_shard(shards[0], screen)  # what is made once is made now
            one_process(size, shards, screen, fast(keywords, folder))
            several_processes(size, shards, screen)
            simulate(shards, screen, folder)
        if given.peers is not None:
            (folder / "screen.pickle").write_bytes(pickle.dumps(screen))
            compare(size, folder, given.peers, given.rounds)
            ray_rounds(folder, given.peers / "ray" / "bin" / "python")


def fast(keywords: list[Keyword], folder: Path) -> Screen:
    """The screen with hyperscan, as a workspace has it where that is wanted."""
    banks = CompiledBanks(folder, kinds=(MatcherKind.usual(), MatcherKind.HYPERSCAN))
    content = KeywordBank(keywords, name="benchmark").content
    return Screen(keywords=KeywordBank.kept(content, name="benchmark", compiled_banks=banks))


def one_process(size: float, shards: list[Shard], screen: Screen, with_hyperscan: Screen) -> None:
    """Print what one process does in a second of its own, the better of two runs."""
    for name, work in {
        "read": lambda: [None for shard in shards for _ in blocks(shard)],
        "read, words and personal information": lambda: screened(shards, screen),
        "the same with hyperscan": lambda: screened(shards, with_hyperscan),
        "the whole kernel": lambda: [scan_shard(shard, screen) for shard in shards],
    }.items():
        spent = min(cpu(work), cpu(work))
        print(f"{size / spent:8.1f} MB in a second of one processor: {name}")


def several_processes(size: float, shards: list[Shard], screen: Screen) -> None:
    """Print what two processes reach of twice one, and beside it what two that share nothing reach."""
    work = work_of(screen)
    rates: dict[int, float] = {}
    with LocalProcesses(1) as one, LocalProcesses(2) as two:
        started = wall(lambda: list(one.map(work, shards[:1])))
        list(two.map(work, shards[:4]))
        print(f"{started:8.2f} s until the first shard of a new process is done")
        alone: dict[int, list[float]] = {1: [], 2: []}
        spins: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(3):
            for workers, executor in ((1, one), (2, two)):
                alone[workers].append(wall(lambda: list(executor.map(work, shards))))  # noqa: B023 - called at once
                spins[workers].append(spun(workers))
        rates = {workers: size / min(seconds) for workers, seconds in alone.items()}
    for workers, rate in rates.items():
        print(f"{rate:8.1f} MB/s on the wall, {workers} processes, the whole kernel")
    print(f"{rates[2] / rates[1]:8.2f} x one process")
    print(
        f"{2 * min(spins[1]) / min(spins[2]):8.2f} x one: two processes that only count, at the same moments"
    )


def simulate(shards: list[Shard], screen: Screen, folder: Path) -> None:
    """Print what more workers would reach, by what shards and their results took here.

    Each worker takes the next shard when it is done with one. The first process writes every result down as
    it comes, one after the other, and in the end reads them again and adds them up.
    """
    spent: list[float] = []
    results: list[ShardResult] = []
    for shard in shards:
        begun = time.process_time()
        results.append(scan_shard(shard, screen))
        spent.append(time.process_time() - begun)
    journal = ScanJournal(folder / "journal")
    keys = [f"sha256:{number:064x}" for number in range(len(results))]
    kept = cpu(lambda: [journal.put(*each) for each in zip(keys, results, strict=True)]) / len(results)
    added = cpu(lambda: [journal.get(key) for key in keys]) / len(results)
    added += cpu(lambda: functools.reduce(ShardResult.merge, results, ShardResult())) / len(results)
    tasks = [4 * seconds for seconds in spent] * (
        TASKS // len(spent)
    )  # a scan's shards are four times as large
    alone = lasting(tasks, 1, kept) + added * len(tasks)
    print(f"{1000 * kept:.1f} ms to keep a result, {1000 * added:.1f} ms to add it up; {len(tasks)} shards:")
    for workers in (2, 10, 50, 100):
        lasts = lasting(tasks, workers, kept) + added * len(tasks)
        print(f"{alone / lasts:8.1f} x one, {workers} workers (simulated)")


def lasting(tasks: list[float], workers: int, kept: float) -> float:
    """Seconds until all tasks are done and all results kept."""
    free = [0.0] * workers
    written = 0.0
    for task in tasks:
        done = heapq.heappop(free) + task
        written = max(written, done) + kept
        heapq.heappush(free, done)
    return max(written, *free)


def spun(workers: int) -> float:
    """Seconds on the wall in which so many processes each count to a few million."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=spin) for _ in range(workers)]
    begun = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.perf_counter() - begun


def spin() -> None:
    """Use a processor and hardly any memory."""
    total = 0
    for number in range(15_000_000):
        total += number


class Run(NamedTuple):
    """What came of one run of an engine."""

    answer: dict[str, int]
    wall: float
    processor: float
    peak_megabytes: float
    status: int


class Case(NamedTuple):
    """An engine, how it is given texts, and the Python that has it."""

    engine: str
    form: str
    python: Path

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.engine}, {self.form}"


class Row:
    """All runs of a case."""

    def __init__(self, watched: Run) -> None:
        """Begin with the one that was not timed."""
        self.watched = watched
        self.starts: list[Run] = []
        self.runs: list[Run] = []

    def times(self) -> tuple[float, float, float]:
        """The best seconds on the wall, until fifty documents are done, and of the processors."""
        return (
            min(run.wall for run in self.runs),
            min(run.wall for run in self.starts),
            min(run.processor for run in self.runs),
        )


def compare(size: float, folder: Path, venvs: Path, rounds: int) -> None:
    """Print each engine beside ours; they take turns."""
    few = folder / "few"
    (few / "data").mkdir(parents=True)
    (few / "screen.pickle").write_bytes((folder / "screen.pickle").read_bytes())
    lines = next((folder / "data").iterdir()).read_text(encoding="utf-8").splitlines(keepends=True)[:50]
    (few / "data" / "few.jsonl").write_text("".join(lines), encoding="utf-8")
    cases = [
        Case(engine, form, venvs / venv / "bin" / "python" if venv else Path(sys.executable))
        for engine, venv in PEERS.items()
        for form in FORMS
    ]
    rows = {
        case: Row(watched)
        for case in cases
        if case.python.exists()
        for watched in run(case, folder, watch_memory=True)
    }
    for _ in range(rounds):
        for case, row in rows.items():
            row.starts += run(case, few, watch_memory=False)
            row.runs += run(case, folder, watch_memory=False)
    report(size, rows)


def report(size: float, rows: dict[Case, Row]) -> None:
    """Print what came of it."""
    ours = rows[next(iter(rows))]
    print("  wall s  start s    CPU s   MB/s  peak MB  documents  x ours: wall, CPU")
    for case, row in rows.items():
        wall, start, processor = row.times()
        our_wall, _, our_processor = ours.times()
        found, expected = row.watched.answer, ours.watched.answer
        same = "same answer" if found == expected else f"another answer: {difference(expected, found)}"
        died = [run.status for run in (row.watched, *row.starts, *row.runs) if run.status]
        print(
            f"{wall:8.1f} {start:8.1f} {processor:8.1f} {size / wall:6.1f} "
            f"{row.watched.peak_megabytes:8.0f} {sum(found.values()):10} "
            f"{wall / our_wall:6.2f} {processor / our_processor:6.2f}  {case}, {same}"
            + (f", died as it ended ({died})" if died else "")
        )


def ray_rounds(folder: Path, python: Path) -> None:
    """Print how fast Ray carries our shards beside local processes."""
    if python.exists():
        subprocess.run([python, _PEERS_FILE, "rounds", folder, "2"], env=_environment(), check=True)


def difference(ours: dict[str, int], theirs: dict[str, int]) -> str:
    """Where the answers differ."""
    counts = ((kind, ours.get(kind, 0), theirs.get(kind, 0)) for kind in sorted(ours.keys() | theirs.keys()))
    return ", ".join(
        f"{kind or 'nothing found'} {their} of {our}" for kind, our, their in counts if our != their
    )


def _environment() -> dict[str, str]:
    """With what Hegui is, and with compiled files kept, as where it is installed."""
    here = _PEERS_FILE.parent
    paths = os.pathsep.join([str(here), str(here.parent / "src"), os.environ.get("PYTHONPATH", "")])
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": paths}


def run(case: Case, folder: Path, *, watch_memory: bool) -> list[Run]:
    """Run an engine with two workers and watch all of its processes, wherever they were started.

    Nothing comes of a run that fails.
    """
    mark = f"{case.engine}-{time.monotonic_ns()}"
    watch = Watch(mark, memory=watch_memory)
    begun = time.perf_counter()
    with subprocess.Popen(
        [case.python, _PEERS_FILE, case.engine, case.form, folder, "2"],
        env=_environment() | {_MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watch.start()
        out, err = process.communicate()
        spent = time.perf_counter() - begun
        watch.over.set()
        watch.join()
    # Data-Juicer turns what is printed into its log.
    answers = [line for line in (*out.splitlines(), *err.splitlines()) if line.startswith('{"answer"')]
    if not answers:
        print(f"{case} failed: {err.strip().splitlines()[-1:]}")
        return []
    answer = json.loads(answers[-1])["answer"]
    print(f"{spent:8.2f} s{' (not counted)' * watch_memory}: {case}, {folder.name}", file=sys.stderr)
    return [Run(answer, spent, sum(watch.processor.values()), watch.peak / 1e6, process.returncode)]


class Watch(threading.Thread):
    """Adds up what every process uses whose environment holds a mark."""

    def __init__(self, mark: str, *, memory: bool) -> None:
        """Look for ``mark``.

        Args:
            mark: what is looked for.
            memory: whether memory is looked at, too. To add it up, the kernel stops the process.
        """
        super().__init__(daemon=True)
        self.mark = f"{_MARK}={mark}".encode()
        self.memory = memory
        self.over = threading.Event()
        self.processor: dict[str, float] = {}
        self.peak = 0
        self._others = processes()

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(0.1):
            memory = 0
            for name in processes() - self._others:
                with suppress(OSError):
                    memory += self._look(name)
            self.peak = max(self.peak, memory)

    def _look(self, name: str) -> int:
        """Note how long a process has worked, and tell how much memory it has."""
        process = Path("/proc", name)
        if name not in self.processor and self.mark not in (process / "environ").read_bytes():
            return 0
        fields = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        self.processor[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if not self.memory:
            return 0
        rollup = (process / "smaps_rollup").read_text(encoding="ascii").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))


def processes() -> set[str]:
    """The numbers of all processes there are."""
    return {path.name for path in Path("/proc").iterdir() if path.name.isdecimal()}


def write(folder: Path, draw: Iterator[int], words: list[str], megabytes: int) -> list[Path]:
    """The files of the corpus."""
    pool = ["，".join(text.letters(draw, 12) for _ in range(5)) + "。" for _ in range(POOL)]
    paths = [folder / f"part-{index}.jsonl" for index in range(FILES)]
    number = 0
    for path in paths:
        with path.open("w", encoding="utf-8") as file:
            while file.tell() < megabytes * 1_000_000 // len(paths):
                for _ in range(100):
                    line = "".join(
                        pool[(number * 31 + part * 17) % POOL] for part in range(1 + number * 7 % 8)
                    )
                    if number % EMPTY_EVERY == 1:
                        line = ""
                    if number % 20 == 0:
                        line += words[number % WORDS] + "电话13812345678"
                    file.write(json.dumps({"id": number, "text": line}, ensure_ascii=False) + "\n")
                    number += 1
    return paths


def cut(path: Path) -> tuple[Shard, ...]:
    """The shards of a file."""
    plan = plan_file(path.name, str(path), fields=(), shard_bytes=SHARD_BYTES, longest_bytes=16 << 20)
    return plan.shards


def screened(shards: list[Shard], screen: Screen) -> None:
    """Words and personal information, and nothing else that a scan counts."""
    for shard in shards:
        texts = (text for block in blocks(shard) for text in block.texts)
        for _ in screen.scan_many(texts, Direction.CORPUS):
            pass


def cpu(work: Callable[[], object]) -> float:
    """Processor seconds."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work: Callable[[], object]) -> float:
    """Seconds on the wall."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
