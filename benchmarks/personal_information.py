"""What is found of personal information and how fast, beside what others find. CPU time, one run.

    python benchmarks/personal_information.py
    python benchmarks/personal_information.py --peers OTHER/bin/python

The others are no dependency of the project. They come into an environment of their own:

    python -m venv OTHER
    OTHER/bin/pip install presidio-analyzer==2.2.366
    OTHER/bin/pip install --no-deps litellm==1.106.2

All particulars are made up (``tests/simulators/particulars.py``): each in a sentence where Chinese characters
touch it, and in its twin with spaces. The text whose reading is timed is the one of ``screening.py``.
"""

import argparse
import json
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from screening import LINES, cpu, letters, numbers, vocabulary

from hegui.screening import Action, Direction, Keyword, KeywordBank, Screen, fold

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from simulators.particulars import Particular, neighbours, particulars  # noqa: E402 - made for the tests

WORDS = 50_000
PER_KIND = 100
NEIGHBOURS = 10_000
SEED = 20_261_122
PEER_LINES = 200
TURNS = 5
PHONES = frozenset({"mobile_phone", "landline", "hotline"})
TWINS = {"glued": "请登记{}的资料", "spaced": "请登记 {} 的资料"}
Told = list[tuple[str, int, int]]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--peers", metavar="PYTHON", help="an interpreter that has the others")
    peers = arguments.parse_args().peers

    drawn = list(particulars(SEED, PER_KIND))
    twins = {name: [frame.format(p.label + p.value) for p in drawn] for name, frame in TWINS.items()}
    clean = list(neighbours(SEED, NEIGHBOURS))
    timed = text()
    lines = [*twins["glued"], *twins["spaced"], *clean]
    print(f"Python {platform.python_version()}; {len(drawn)} particulars, {len(clean)} lines without any")

    screen = Screen(keywords=None)
    sentences = lines[: -len(clean)]
    found = {
        "hegui": [*(told(screen, line) for line in sentences), *(masked(screen, line) for line in clean)]
    }
    found |= {name: answer["told"] for name, answer in ask(peers, lines).items()}
    for name, each in found.items():
        print()
        table(name, drawn, split(each, len(drawn)))
    print()
    speeds(screen, timed, peers)


def text() -> list[str]:
    """Chinese lines in twenty of which one holds a telephone."""
    draw = numbers(7)
    lines = ["，".join(letters(draw, 12) for _ in range(5)) + "。" for _ in range(LINES)]
    return [line + ("电话13812345678" if index % 20 == 0 else "") for index, line in enumerate(lines)]


def told(screen: Screen, line: str) -> Told:
    """What the screen finds in the line."""
    return [(found.kind, found.start, found.end) for found in screen.scan(line)]


def masked(screen: Screen, line: str) -> Told:
    """What the screen masks by default; what it only records is no alarm."""
    found = screen.scan(line)
    return [(f.kind, f.start, f.end) for f in found if screen.action(f, Direction.OUTPUT) is Action.MASK]


def split(found: Sequence[Told], count: int) -> tuple[Sequence[Told], Sequence[Told], Sequence[Told]]:
    """The findings in the sentences, in their twins, and in the lines without any."""
    return found[:count], found[count : 2 * count], found[2 * count :]


def table(name: str, drawn: Sequence[Particular], found: tuple[Sequence[Told], ...]) -> None:
    """Print how much of each kind was found, and how often something was that was not there."""
    glued, spaced, clean = found
    total = Counter(particular.kind for particular in drawn)
    columns = []
    for frame, each in zip(TWINS.values(), (glued, spaced), strict=True):
        hits, exact = Counter[str](), Counter[str]()
        for particular, several in zip(drawn, each, strict=True):
            start = frame.index("{") + len(particular.label)
            end = start + len(particular.value)
            same = [(a, b) for kind, a, b in several if is_same(kind, particular.kind)]
            hits[particular.kind] += any(a < end and b > start for a, b in same)
            exact[particular.kind] += (start, end) in same
        columns.append((hits, exact))
    print(f"{name:30} {'glued: found':>14}{'exactly':>9} {'spaced: found':>14}{'exactly':>9}")
    for kind, count in total.items():
        cells = (each[kind] / count for column in columns for each in column)
        print("{:30} {:14.0%}{:9.0%} {:14.0%}{:9.0%}".format(kind, *cells))
    alarms = sum(map(bool, clean))
    print(f"{'false alarms':30} {alarms / len(clean) * 10_000:14.1f} per 10,000 lines")


def is_same(kind: str, expected: str) -> bool:
    """Whether a finding is of the kind; others do not tell one telephone from another."""
    return kind == expected or (kind == "phone" and expected in PHONES)


def ask(peers: str | None, lines: Sequence[str]) -> dict[str, dict[str, object]]:
    """What the others answer; nothing where no interpreter was named."""
    if peers is None:
        print("the others are not asked; see --help for how to install them")
        return {}
    script = ROOT / "benchmarks" / "personal_information_peers.py"
    answer = subprocess.run(
        [peers, str(script)], input=json.dumps(lines), capture_output=True, text=True, check=True
    ).stdout
    return json.loads(answer)


def speeds(screen: Screen, lines: Sequence[str], peers: str | None) -> None:
    """Print how fast the lines are read."""
    draw = numbers(11)
    words = [fold(word) for word in vocabulary(draw, WORDS)]
    bank = KeywordBank(
        [Keyword(text=w, risk="A.1.h", kind="test", source="test") for w in words], name="benchmark"
    )
    whole, only_words = Screen(keywords=bank), Screen(keywords=bank, personal_information=False)
    works = {
        f"{WORDS} words and personal information, many lines at once": lambda: list(whole.scan_many(lines)),
        f"{WORDS} words, many lines at once": lambda: list(only_words.scan_many(lines)),
        "personal information, many lines at once": lambda: list(screen.scan_many(lines)),
        "personal information, per line": lambda: [screen.scan(line) for line in lines],
    }
    # In turns, so that whatever else the machine does for a moment spoils no one figure.
    turns = [{name: cpu(work, repeat=2) for name, work in works.items()} for _ in range(TURNS)]
    rates = {name: megabytes(lines) / min(turn[name] for turn in turns) for name in works}
    few = lines[:PEER_LINES]
    for name, answer in ask(peers, few).items():
        rates[f"{name} {answer['version']}"] = megabytes(few) / float(str(answer["seconds"]))
    floor = min(rates.values())
    for name, each in rates.items():
        print(f"{each:9.2f} MB/s  {each / floor:9.1f} x  {name}")
    deltas = [line[i : i + 2] for line in lines[:400] for i in range(0, len(line), 2)]
    for name, each in (("personal information", screen), ("words and personal information", whole)):
        spent = cpu(lambda each=each: feed(each, deltas))  # type: ignore[misc]  # the default binds it now
        print(f"{spent / len(deltas) * 1e6:9.2f} µs per delta of 2 characters: {name}")


def feed(screen: Screen, deltas: Sequence[str]) -> None:
    """Pass the pieces through streams of 300 pieces each, as answers come."""
    for begin in range(0, len(deltas), 300):
        stream = screen.stream(Direction.OUTPUT)
        for delta in deltas[begin : begin + 300]:
            stream.feed(delta)
        stream.finish()


def megabytes(lines: Sequence[str]) -> float:
    """The size of the lines in UTF-8."""
    return sum(len(line.encode()) for line in lines) / 1e6


if __name__ == "__main__":
    main()
