"""How much memory a scan takes, by how much there is to scan.

    python benchmarks/corpus_memory.py [MEGABYTES ...]

A corpus of made-up documents, all of them different and one in a hundred no JSON, is written and scanned from
the command line by two workers. Printed is the most that the process one starts and each worker had in memory
at a time; nothing of it may grow with the corpus.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import screening as text  # the benchmark beside this one

HEGUI = str(Path(sys.executable).with_name("hegui"))
SIZES = (300, 1_000, 3_000)
SENTENCES = 3_000


def main() -> None:
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("      MB  seconds  peak MB: first process, the larger worker, all together")
    for megabytes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), megabytes)


def measure(folder: Path, megabytes: int) -> None:
    """Scan a corpus of this size."""
    with (folder / "large.jsonl").open("wb") as file:
        file.writelines(lines(megabytes))
    source = {"id": "large", "name": {"zh": "大", "en": "large"}, "kind": "synthetic", "language": "zh"}
    source |= {"origin": "domestic", "files": ["large.jsonl"]}
    (folder / "corpus.yaml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    hegui = [HEGUI, "-w", str(folder / "workspace")]
    subprocess.run([*hegui, "init"], check=True, capture_output=True)
    subprocess.run(
        [*hegui, "corpus", "register", str(folder / "corpus.yaml")], check=True, capture_output=True
    )
    begun = time.perf_counter()
    scan = [*hegui, "corpus", "scan", "--workers", "2", "--json"]
    with subprocess.Popen(scan, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        most = watched(process)
        (scanned,) = json.loads(process.stdout.read() if process.stdout else "")
    tally = scanned["scan"]["tally"]
    assert tally["read"] == tally["scanned"] + tally["unparsable"]
    first, *workers, together = most
    size = (folder / "large.jsonl").stat().st_size / 1e6
    spent = time.perf_counter() - begun
    print(f"{size:8.0f} {spent:8.0f}  {first:7.0f} {max(workers):7.0f} {together:7.0f}", flush=True)


def lines(megabytes: int) -> Iterator[bytes]:
    """Lines of a corpus of about this size, a chunk of them at a time."""
    draw = text.numbers(11)
    pool = ["".join(text.letters(draw, 60)) + "。" for _ in range(SENTENCES)]
    written = number = 0
    while written < megabytes * 1_000_000:
        chunk = bytearray()
        for _ in range(2_000):
            said = f"第{number}篇：{pool[number * 7 % SENTENCES]}{pool[number * 13 % SENTENCES]}"
            chunk += json.dumps({"id": number, "text": said}, ensure_ascii=False).encode()
            chunk += b"}\n" if number % 100 == 0 else b"\n"
            number += 1
        written += len(chunk)
        yield bytes(chunk)


def watched(process: "subprocess.Popen[str]") -> list[float]:
    """The most megabytes of the process, of each that it or they started, and of all at the same time."""
    most: dict[int, float] = {}
    together = 0.0
    while process.poll() is None:
        try:
            now = {pid: resident(pid) for pid in family(process.pid)}
        except OSError:
            continue
        for pid, (megabytes, _) in now.items():
            most[pid] = max(most.get(pid, 0), megabytes)
        together = max(together, sum(share for _, share in now.values()))
        time.sleep(0.05)
    return [*most.values(), together]


def family(pid: int) -> list[int]:
    """The process and all that it or they started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in map(int, children) for each in family(child))]


def resident(pid: int) -> tuple[float, float]:
    """Its memory now, and its share of it where pages that several have count once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6


if __name__ == "__main__":
    main()
