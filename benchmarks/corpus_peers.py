"""One engine over the corpus that ``corpus.py`` wrote: the same screen, the same answer.

    VENV/bin/python benchmarks/corpus_peers.py ENGINE|rounds FOLDER WORKERS

Each engine reads the JSON Lines in FOLDER/data and hands texts to the same function, many at a time. The
answer is how many documents there are of each combination of findings, the empty ones included. Printed as
JSON: the answer, and the seconds of the work alone where an engine says when it is ready.
"""

import functools
import json
import os
import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from hegui.corpus import LocalProcesses, RayCluster, Shard
from hegui.corpus.account import LineFault
from hegui.corpus.executors import Executor
from hegui.corpus.kernel import work_of
from hegui.corpus.planning import plan_file
from hegui.corpus.shard import blocks
from hegui.screening import Direction, Screen

BATCH = 200
SHARD_BYTES = 4 << 20
ROUNDS = 3


@functools.cache
def screen_of(folder: str) -> Screen:
    """The screen that the benchmark looks with."""
    loaded: Screen = pickle.loads((Path(folder) / "screen.pickle").read_bytes())  # noqa: S301 - the benchmark's own
    return loaded


def codes(folder: str, texts: list[str]) -> list[str]:
    """What is found in each text: the kinds, in order."""
    found = screen_of(folder).scan_many(texts, Direction.CORPUS)
    return [
        ",".join(sorted({each.kind for each in findings})) if text.strip() else "empty"
        for text, findings in zip(texts, found, strict=True)
    ]


def counted(folder: str, texts: Iterable[str]) -> Counter[str]:
    """How often each of them comes."""
    counts: Counter[str] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            counts.update(codes(folder, batch))
            batch = []
    counts.update(codes(folder, batch))
    return counts


def shard_counts(shard: Shard, *, folder: str) -> Counter[str]:
    """The answer for a shard."""
    texts = (text for block in blocks(shard) for text in block.texts)
    return counted(folder, ("" if isinstance(text, LineFault) else text for text in texts))


def shards_in(folder: str) -> list[Shard]:
    """All of the corpus."""
    return [
        shard
        for path in sorted((Path(folder) / "data").glob("*.jsonl"))
        for shard in plan_file(
            path.name, str(path), fields=("text",), shard_bytes=SHARD_BYTES, longest_bytes=16 << 20
        ).shards
    ]


def carried(executor: Executor, folder: str) -> tuple[Counter[str], float]:
    """The answer of an executor of ours, and its seconds once its workers are ready."""
    work = functools.partial(shard_counts, folder=folder)
    shards = shards_in(folder)
    list(executor.map(work, shards[:4]))
    begun = time.perf_counter()
    total: Counter[str] = Counter()
    for _, outcome in executor.map(work, shards):
        assert isinstance(outcome, Counter)
        total += outcome
    return total, time.perf_counter() - begun


def local(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """Hegui on this machine."""
    with LocalProcesses(workers) as executor:
        return carried(executor, folder)


def ray_core(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """Hegui on Ray."""
    os.environ["RAY_OVERRIDE_RESOURCES"] = json.dumps({"CPU": workers})
    with RayCluster("local") as executor:
        return carried(executor, folder)


def datatrove(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """The local executor of datatrove; it has one task for each file."""
    from datatrove.executor import LocalPipelineExecutor  # noqa: PLC0415 - each engine is in a place of its own
    from datatrove.pipeline.readers import JsonlReader  # noqa: PLC0415 - likewise
    from datatrove_block import Counting  # noqa: PLC0415 - needs datatrove

    LocalPipelineExecutor(
        pipeline=[JsonlReader(f"{folder}/data"), Counting(folder)],
        tasks=len(list((Path(folder) / "data").iterdir())),
        workers=workers,
        skip_completed=False,
        logging_dir=str(Path(folder) / "logs"),
    ).run()
    counts = (json.loads(path.read_bytes()) for path in Path(folder).glob("datatrove-*.json"))
    return sum(map(Counter, counts), Counter()), None


def daft(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """Daft's own runner; it takes every processor."""
    import daft  # noqa: PLC0415 - each engine is in a place of its own

    @daft.udf(return_dtype=daft.DataType.string(), batch_size=BATCH)
    def code(texts: daft.Series) -> list[str]:
        return codes(folder, texts.to_pylist())

    del workers
    read = daft.read_json(f"{folder}/data/*.jsonl")
    rows = (
        read.select(code(read["text"]).alias("code")).groupby("code").agg(daft.col("code").count().alias("n"))
    )
    found = rows.to_pydict()
    return Counter(dict(zip(found["code"], found["n"], strict=True))), None


def ray_data(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """Ray Data on a cluster of this machine."""
    import ray  # noqa: PLC0415 - each engine is in a place of its own

    def tally(batch: dict[str, list[str]]) -> dict[str, list[object]]:
        found = counted(folder, batch["text"])
        return {"code": list(found), "n": list(found.values())}

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    rows = ray.data.read_json(f"{folder}/data", file_extensions=["jsonl"]).map_batches(
        tally, batch_size=BATCH * 10
    )
    total: Counter[str] = Counter()
    for row in rows.iter_rows():
        total[row["code"]] += row["n"]
    ray.shutdown()
    return total, None


def data_juicer(folder: str, workers: int) -> tuple[Counter[str], float | None]:
    """Data-Juicer's default executor, with a mapper of many texts at once."""
    from data_juicer.config import init_configs  # noqa: PLC0415 - each engine is in a place of its own
    from data_juicer.core import DefaultExecutor  # noqa: PLC0415 - likewise

    out = Path(folder) / "juicer"
    config = {
        "dataset_path": f"{folder}/data",
        "export_path": str(out / "out.jsonl"),
        "np": workers,
        "custom_operator_paths": [str(Path(__file__).with_name("data_juicer_mapper.py"))],
        "process": [{"screening_mapper": {"folder": folder, "batch_size": BATCH}}],
        "open_tracer": False,
        "use_cache": False,
    }
    out.mkdir(exist_ok=True)
    path = out / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    dataset = DefaultExecutor(init_configs(["--config", str(path)])).run()
    return Counter(dataset["code"]), None


ENGINES: dict[str, Callable[[str, int], tuple[Counter[str], float | None]]] = {
    "local": local,
    "ray_core": ray_core,
    "datatrove": datatrove,
    "daft": daft,
    "ray_data": ray_data,
    "data_juicer": data_juicer,
}


def rounds(folder: str, workers: int) -> None:
    """Print how fast Ray carries our shards beside local processes, in turn, once both are ready."""
    os.environ["RAY_OVERRIDE_RESOURCES"] = json.dumps({"CPU": workers})
    shards = shards_in(folder)
    size = sum(shard.weight for shard in shards) / 1e6
    works = {
        "words and personal information": functools.partial(shard_counts, folder=folder),
        "the whole kernel": work_of(screen_of(folder)),
    }
    for name, work in works.items():
        with LocalProcesses(workers) as local, RayCluster("local") as ray:
            for executor in (local, ray):
                list(executor.map(work, shards[: 4 * workers]))
            for _ in range(ROUNDS):
                seconds = []
                for executor in (local, ray):
                    begun = time.perf_counter()
                    list(executor.map(work, shards))
                    seconds.append(time.perf_counter() - begun)
                rates = [size / each for each in seconds]
                print(
                    f"{rates[0]:8.1f} MB/s local, {rates[1]:6.1f} on Ray, {rates[1] / rates[0]:.2f} x: {name}"
                )


def main() -> None:
    """Run the engine that is asked for, or the rounds."""
    if sys.argv[1] == "rounds":
        rounds(sys.argv[2], int(sys.argv[3]))
        return
    answer, seconds = ENGINES[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    print("\n" + json.dumps({"answer": answer, "seconds": seconds}, sort_keys=True), flush=True)


if __name__ == "__main__":
    import corpus_peers  # workers look for what they do in the module of this name

    corpus_peers.main()
