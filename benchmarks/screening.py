"""How fast screening is, beside what one would write first. CPU time, best of several, one run.

    python benchmarks/screening.py [--words 50000] [--peers OTHER/bin/python]

pyahocorasick is no dependency of the project; it comes into an environment of its own:

    python -m venv OTHER
    OTHER/bin/pip install pyahocorasick==2.3.1

It is given folded text, and the time of our own folding is added to its time. How Presidio and LiteLLM read
the same text, and what they find and miss, is told by ``personal_information.py``.

The text is made up: ordinary characters drawn by their place in a fixed sequence, so that two machines
measure the same text. Ratios count; the figures alone depend on the machine.
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from hegui.screening import Keyword, KeywordBank, Screen, fold
from hegui.screening.compiled_bank import CompiledBanks
from hegui.screening.matcher import MatcherKind, built

# The simplified characters of everyday use (GB 2312, level 1); the commonest is drawn some thousand times as
# often as the rarest, as in written Chinese.
EVERYDAY = b"".join(bytes([row, cell]) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)).decode(
    "gb2312"
)
LETTERS = EVERYDAY[::2] + EVERYDAY[1::4]
LINES = 4_000
DELTAS = (1, 2, 3)
LARGE = 100_000
ROUNDS = 7
HERE = Path(__file__).parent
FRESH = """
import sys
from pathlib import Path
from hegui.screening import KeywordBank, Screen
from hegui.screening.compiled_bank import CompiledBanks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

Screen(keywords=KeywordBank.starter()).stream().feed("热身")
before = resident()
banks = CompiledBanks(Path(sys.argv[1]))
compiled = banks.compiled(sys.argv[2], lambda: 1 / 0)
compiled.lexicon.read("热", 0)
print(resident() - before)
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--words", type=int, default=50_000, help="how many words the bank has")
    arguments.add_argument("--peers", metavar="PYTHON", help="an interpreter that has pyahocorasick")
    given = arguments.parse_args()
    draw = numbers(7)
    words = [fold(word) for word in vocabulary(draw, given.words)]
    ordinary = ["，".join(letters(draw, 12) for _ in range(5)) + "。" for _ in range(LINES)]
    # One line in twenty holds something that is found: as in a corpus, most hold nothing.
    lines = [
        line + (words[index % len(words)] + "电话13812345678" if index % 20 == 0 else "")
        for index, line in enumerate(ordinary)
    ]
    print(
        f"Python {platform.python_version()}, {len(words)} words, {LINES} lines of together "
        f"{megabytes(lines):.1f} MB"
    )
    scans(words, lines, given.peers)
    engines(words, lines)
    streams(words, ordinary)
    banks()


def engines(words: Sequence[str], lines: list[str]) -> None:
    """Print what each automaton costs and how fast it is, alone, on folded text."""
    folded = list(map(fold, lines))
    block = "\n".join(folded)
    size = megabytes(folded)
    for kind in filter(lambda kind: kind.installed, MatcherKind):
        spent = cpu(lambda kind=kind: built(words, kind), repeat=1)  # type: ignore[misc]  # the default binds it now
        matcher = built(words, kind)
        found = cpu_of({"line": partial(each, matcher.find, folded), "block": partial(matcher.find, block)})
        kept = len(matcher.dump() or b"") / 1e6
        print(
            f"{kind.value:15} built in {spent:6.2f} s, {kept:5.1f} MB to keep, "
            f"{size / found['line']:7.1f} MB/s per line, {size / found['block']:7.1f} MB/s one block"
        )


def scans(words: Sequence[str], lines: list[str], peers: str | None) -> None:
    """Print how fast whole lines and blocks are read."""
    bank = bank_of(words)
    full, only_words = Screen(keywords=bank), Screen(keywords=bank, personal_information=False)
    block = "\n".join(lines)
    works: dict[str, Callable[[], object]] = {
        "fold, words and personal information, per line": lambda: each(full.scan, lines),
        "fold, words and personal information, many lines at once": lambda: list(full.scan_many(lines)),
        "fold and words, per line": lambda: each(only_words.scan, lines),
        "fold and words, many lines at once": lambda: list(only_words.scan_many(lines)),
        "fold and words, one block": lambda: only_words.scan(block),
        "fold, per line": lambda: each(fold, lines),
        "fold, one block": lambda: fold(block),
    }
    if MatcherKind.HYPERSCAN.installed:
        with tempfile.TemporaryDirectory() as folder:
            kinds = (MatcherKind.usual(), MatcherKind.HYPERSCAN)
            with_hyperscan = KeywordBank.kept(
                bank.content, name="benchmark", compiled_banks=CompiledBanks(Path(folder), kinds=kinds)
            )
            bulk = Screen(keywords=with_hyperscan, personal_information=False)
        works["fold and words, many lines at once, hyperscan"] = lambda: list(bulk.scan_many(lines))
        works["fold and words, one block, hyperscan"] = lambda: bulk.scan(block)
    rates = {name: megabytes(lines) / seconds for name, seconds in cpu_of(works).items()}
    rates |= alternatives(words, lines)
    if peers is not None:
        rates |= pyahocorasick(peers, words, lines, rates)
    floor = rates["`in` for each word, per line"]
    for name, rate in rates.items():
        print(f"{rate:9.2f} MB/s  {rate / floor:8.1f} x  {name}")
    theirs = {name: rate for name, rate in rates.items() if name.startswith("pyahocorasick")}
    for name, rate in theirs.items():
        ours = rates[f"fold and words, {name.rpartition(', ')[2]}"]
        print(f"{ours / rate:9.1f} times as fast as {name}")
    if peers is None:
        print("pyahocorasick is not asked; see --help for how to install it")


def alternatives(words: Sequence[str], lines: list[str]) -> dict[str, float]:
    """What one would write first, on a part of the lines: it takes too long on all."""
    sample = lines[: LINES // 40]
    few = words[:2_000]
    alternation = re.compile("|".join(sorted(map(re.escape, few), key=len, reverse=True)))
    works: dict[str, Callable[[], object]] = {
        "`in` for each word, per line": lambda: each(
            lambda line: [word for word in words if word in line], sample
        ),
        f"re alternation of {len(few)} words, per line": lambda: each(alternation.findall, sample),
    }
    return {name: megabytes(sample) / cpu(work, repeat=1) for name, work in works.items()}


def pyahocorasick(
    peers: str, words: Sequence[str], lines: Sequence[str], rates: dict[str, float]
) -> dict[str, float]:
    """How fast pyahocorasick is with our folding before it."""
    question = json.dumps({"words": list(words), "lines": list(map(fold, lines)), "rounds": ROUNDS})
    answer = json.loads(
        subprocess.run(
            [peers, str(HERE / "screening_peers.py")],
            input=question,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    size = megabytes(lines)
    return {
        f"pyahocorasick {answer['version']} behind our folding, {how}": size
        / (answer[how] + size / rates[f"fold, {how}"])
        for how in ("per line", "one block")
    }


def streams(words: Sequence[str], ordinary: Sequence[str]) -> None:
    """Print what a piece of a stream costs; the text goes on, so nothing in it may block."""
    bank = bank_of(words)
    screens = {
        "words": Screen(keywords=bank, personal_information=False),
        "personal information": Screen(keywords=None),
        "words and personal information": Screen(keywords=bank),
    }
    passing = [line for line in ordinary if not screens["words"].scan(line)][:400]
    lines = [line + ("电话13812345678。" if index % 20 == 0 else "") for index, line in enumerate(passing)]
    for size in DELTAS:
        deltas = [line[at : at + size] for line in lines for at in range(0, len(line), size)]
        spent = cpu_of({name: partial(feed, screen, deltas) for name, screen in screens.items()})
        for name, seconds in spent.items():
            print(f"{seconds / len(deltas) * 1e6:9.2f} µs per delta of {size} characters: {name}")


def banks() -> None:
    """Print what a large bank costs: made from words, kept, loaded again, held."""
    keywords = [word_of(word) for word in vocabulary(numbers(11), LARGE)]
    checked = cpu(lambda: KeywordBank(keywords, name="large"), repeat=3)
    bank = KeywordBank(keywords, name="large")
    compiled = cpu(lambda: KeywordBank(bank.keywords, name="large").compiled, repeat=3) - checked
    with tempfile.TemporaryDirectory() as folder:
        kept = CompiledBanks(Path(folder))
        kept.compiled(bank.digest, lambda: bank.keywords)
        loaded = cpu(lambda: kept.compiled(bank.digest, list), repeat=ROUNDS)
        (file,) = Path(folder).iterdir()
        size = file.stat().st_size / 1e6
        fresh = subprocess.run(
            [sys.executable, "-c", FRESH, folder, bank.digest], capture_output=True, text=True, check=True
        )
    print(f"{LARGE} words: checked and sorted in {checked:.2f} s, compiled in {compiled:.2f} s")
    print(f"{LARGE} words from the cache: {loaded * 1000:.1f} ms, {size:.1f} MB on disk, ", end="")
    print(f"{float(fresh.stdout):.0f} MB more in memory")


def bank_of(words: Sequence[str]) -> KeywordBank:
    """The words as a bank."""
    return KeywordBank(map(word_of, words), name="benchmark")


def word_of(text: str) -> Keyword:
    """A word of the bank."""
    return Keyword(text=text, risk="A.1.h", kind="test", source="test")


def numbers(seed: int) -> Iterator[int]:
    """A fixed sequence of numbers (Lehmer's)."""
    state = seed
    while True:
        state = state * 48_271 % 2_147_483_647
        yield state >> 8


def letters(draw: Iterator[int], count: int) -> str:
    """So many characters."""
    size = len(LETTERS)
    return "".join(LETTERS[(next(draw) % size) * (next(draw) % size) // size] for _ in range(count))


def vocabulary(draw: Iterator[int], size: int) -> list[str]:
    """Distinct words of four to nine characters."""
    words: dict[str, None] = {}
    while len(words) < size:
        length = 4 + next(draw) % 6
        words[letters(draw, length)] = None
    return list(words)


def each(function: Callable[[str], object], lines: Sequence[str]) -> None:
    """Call the function with every line."""
    for line in lines:
        function(line)


def feed(screen: Screen, deltas: Sequence[str]) -> None:
    """Pass the pieces through streams of 300 pieces each, as answers come."""
    for begin in range(0, len(deltas), 300):
        stream = screen.stream()
        for delta in deltas[begin : begin + 300]:
            stream.feed(delta)
        stream.finish()


def megabytes(lines: Sequence[str]) -> float:
    """The size of the lines in UTF-8."""
    return sum(len(line.encode()) for line in lines) / 1e6


def cpu(work: Callable[[], object], repeat: int = 5) -> float:
    """The least CPU time the work took, in seconds."""
    return min(timeit.repeat(work, timer=time.process_time, number=1, repeat=repeat))


def cpu_of(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The same of several works in turns, so that what else the machine does spoils no one figure."""
    turns = [{name: cpu(work, repeat=1) for name, work in works.items()} for _ in range(ROUNDS)]
    return {name: min(turn[name] for turn in turns) for name in works}


if __name__ == "__main__":
    main()
