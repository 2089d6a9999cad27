"""One engine over the corpus that ``corpus.py`` wrote: the same screen, the same answer.

    VENV/bin/python benchmarks/corpus_peers.py ENGINE many|each FOLDER WORKERS
    VENV/bin/python benchmarks/corpus_peers.py rounds FOLDER WORKERS

Each engine reads the JSON Lines in FOLDER/data and hands texts to the same screen: *many* at a time, as Hegui
does and as it asks others to do, or *each* by itself, as the engines' own examples call a function of which
they know nothing. The answer is how many documents there are of each combination of findings, the empty ones
included; it is printed as JSON.
"""

import json
import os
import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hegui.corpus import Shard
    from hegui.corpus.executors import Executor
    from hegui.screening import Finding, Screen

BATCH = 1_000
SHARD_BYTES = 4 << 20
ROUNDS = 3


@cache
def screen_of(folder: str) -> "Screen":
    """The screen that the benchmark looks with."""
    loaded: Screen = pickle.loads((Path(folder) / "screen.pickle").read_bytes())  # noqa: S301 - the benchmark's own
    return loaded


def codes(folder: str, texts: list[str], form: str) -> list[str]:
    """What is found in each text: the kinds, in order."""
    from hegui.screening import Direction  # noqa: PLC0415 - each engine is loaded where it is used, ours too

    screen = screen_of(folder)
    if form == "many":
        found = screen.scan_many(texts, Direction.CORPUS)
    else:
        found = (screen.scan(text, Direction.CORPUS) for text in texts)
    return [*map(code, texts, found)]


def code(text: str, findings: "tuple[Finding, ...]") -> str:
    """The kinds that are found in a text, in order."""
    if not text.strip():
        return "empty"
    return ",".join(sorted({each.kind for each in findings})) if findings else ""


def counted(folder: str, batches: Iterable[list[str]], form: str) -> Counter[str]:
    """How often each of them comes."""
    counts: Counter[str] = Counter()
    for batch in batches:
        counts.update(codes(folder, batch, form))
    return counts


def batched(texts: Iterable[str]) -> Iterator[list[str]]:
    """So many at a time."""
    waiting = iter(texts)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def shard_counts(shard: "Shard", *, folder: str, form: str) -> Counter[str]:
    """The answer for a shard."""
    from hegui.corpus import LineFault  # noqa: PLC0415 - each engine is loaded where it is used, ours too
    from hegui.corpus.shard import blocks  # noqa: PLC0415 - likewise

    texts = chain.from_iterable(block.texts for block in blocks(shard))
    readable = ("" if isinstance(text, LineFault) else text for text in texts)
    return counted(folder, batched(readable), form)


def shards_in(folder: str) -> "list[Shard]":
    """All of the corpus."""
    from hegui.corpus.planning import plan_file  # noqa: PLC0415 - each engine is loaded where it is used

    return [
        shard
        for path in sorted((Path(folder) / "data").glob("*.jsonl"))
        for shard in plan_file(
            path.name, str(path), fields=("text",), shard_bytes=SHARD_BYTES, longest_bytes=16 << 20
        ).shards
    ]


def carried(executor: "Executor", folder: str, form: str) -> Counter[str]:
    """The answer of an executor of ours."""
    total: Counter[str] = Counter()
    for _, outcome in executor.map(partial(shard_counts, folder=folder, form=form), shards_in(folder)):
        assert isinstance(outcome, Counter)
        total += outcome
    return total


def local(folder: str, form: str, workers: int) -> Counter[str]:
    """Hegui on this machine."""
    from hegui.corpus import LocalProcesses  # noqa: PLC0415 - each engine is loaded where it is used

    with LocalProcesses(workers) as executor:
        return carried(executor, folder, form)


def ray_core(folder: str, form: str, workers: int) -> Counter[str]:
    """Hegui on Ray."""
    from hegui.corpus import RayCluster  # noqa: PLC0415 - each engine is in a place of its own

    os.environ["RAY_OVERRIDE_RESOURCES"] = json.dumps({"CPU": workers})
    with RayCluster("local") as executor:
        return carried(executor, folder, form)


def datatrove(folder: str, form: str, workers: int) -> Counter[str]:
    """The local executor of datatrove; it has one task for each file."""
    from datatrove.executor import LocalPipelineExecutor  # noqa: PLC0415 - each engine is in a place of its own
    from datatrove.pipeline.readers import JsonlReader  # noqa: PLC0415 - likewise
    from datatrove_block import Counting  # noqa: PLC0415 - needs datatrove

    LocalPipelineExecutor(
        pipeline=[JsonlReader(f"{folder}/data"), Counting(folder, form)],
        tasks=len(list((Path(folder) / "data").iterdir())),
        workers=workers,
        skip_completed=False,
        logging_dir=str(Path(folder) / "logs"),
    ).run()
    counts = (json.loads(path.read_bytes()) for path in Path(folder).glob("datatrove-*.json"))
    return sum(map(Counter, counts), Counter())


def daft(folder: str, form: str, workers: int) -> Counter[str]:
    """Daft's own runner; it takes every processor."""
    import daft  # noqa: PLC0415 - each engine is in a place of its own

    @daft.udf(return_dtype=daft.DataType.string(), batch_size=BATCH)
    def code(texts: daft.Series) -> list[str]:
        return codes(folder, texts.to_pylist(), form)

    del workers
    read = daft.read_json(f"{folder}/data/*.jsonl")
    rows = (
        read.select(code(read["text"]).alias("code")).groupby("code").agg(daft.col("code").count().alias("n"))
    )
    found = rows.to_pydict()
    return Counter(dict(zip(found["code"], found["n"], strict=True)))


def ray_data(folder: str, form: str, workers: int) -> Counter[str]:
    """Ray Data on a cluster of this machine."""
    import ray  # noqa: PLC0415 - each engine is in a place of its own

    def tally(batch: dict[str, list[str]]) -> dict[str, list[object]]:
        found = counted(folder, [[*batch["text"]]], form)
        return {"code": list(found), "n": list(found.values())}

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    rows = ray.data.read_json(f"{folder}/data", file_extensions=["jsonl"]).map_batches(
        tally, batch_size=BATCH
    )
    total: Counter[str] = Counter()
    for row in rows.iter_rows():
        total[row["code"]] += row["n"]
    ray.shutdown()
    return total


def data_juicer(folder: str, form: str, workers: int) -> Counter[str]:
    """Data-Juicer's default executor, with a mapper that is given many texts at once."""
    from data_juicer.config import init_configs  # noqa: PLC0415 - each engine is in a place of its own
    from data_juicer.core import DefaultExecutor  # noqa: PLC0415 - likewise

    out = Path(folder) / "juicer"
    config = {
        "dataset_path": f"{folder}/data",
        "export_path": str(out / "out.jsonl"),
        "np": workers,
        "custom_operator_paths": [str(Path(__file__).with_name("data_juicer_mapper.py"))],
        "process": [{"screening_mapper": {"folder": folder, "form": form, "batch_size": BATCH}}],
        "open_tracer": False,
        "use_cache": False,
    }
    out.mkdir(exist_ok=True)
    path = out / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    dataset = DefaultExecutor(init_configs(["--config", str(path)])).run()
    return Counter(dataset["code"])


ENGINES: dict[str, Callable[[str, str, int], Counter[str]]] = {
    "local": local,
    "ray_core": ray_core,
    "datatrove": datatrove,
    "daft": daft,
    "ray_data": ray_data,
    "data_juicer": data_juicer,
}


def rounds(folder: str, workers: int) -> None:
    """Print how fast Ray carries our shards beside local processes, in turn, once both are ready."""
    from hegui.corpus import LocalProcesses, RayCluster  # noqa: PLC0415 - Ray is in a place of its own
    from hegui.corpus.kernel import work_of  # noqa: PLC0415 - likewise

    os.environ["RAY_OVERRIDE_RESOURCES"] = json.dumps({"CPU": workers})
    shards = shards_in(folder)
    size = sum(shard.weight for shard in shards) / 1e6
    works = {
        "words and personal information": partial(shard_counts, folder=folder, form="many"),
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
    engine, form, folder, workers = sys.argv[1:]
    answer = ENGINES[engine](folder, form, int(workers))
    print("\n" + json.dumps({"answer": answer}, sort_keys=True), flush=True)


if __name__ == "__main__":
    import corpus_peers  # workers look for what they do in the module of this name

    corpus_peers.main()
