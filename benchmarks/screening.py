"""How fast screening is, beside what one would write first. CPU time, best of several, one run.

    python benchmarks/screening.py [WORDS]

The text is made up: ordinary characters drawn by their place in a fixed sequence, so that two machines
measure the same text. Ratios count; the figures alone depend on the machine.
"""

import platform
import re
import sys
import time
import timeit
from collections.abc import Callable, Iterator

from hegui.screening import Keyword, KeywordBank, Screen, fold
from hegui.screening.keyword_detector import KeywordDetector

# The simplified characters of everyday use (GB 2312, level 1); the commonest is drawn some thousand times as
# often as the rarest, as in written Chinese.
EVERYDAY = b"".join(bytes([row, cell]) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)).decode(
    "gb2312"
)
LETTERS = EVERYDAY[::2] + EVERYDAY[1::4]
LINES = 4_000
DELTA = 2


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    draw = numbers(7)
    words = [fold(word) for word in vocabulary(draw, size)]
    lines = ["，".join(letters(draw, 12) for _ in range(5)) + "。" for _ in range(LINES)]
    # One line in twenty holds something that is found: as in a corpus, most hold nothing.
    lines = [
        line + (words[index % len(words)] + "电话13812345678" if index % 20 == 0 else "")
        for index, line in enumerate(lines)
    ]
    keywords = [Keyword(text=word, risk="A.1.h", kind="test", source="test") for word in words]
    bank = KeywordBank(keywords, name="benchmark")
    built = cpu(lambda: KeywordDetector(bank), repeat=2)
    full, only_words = Screen(keywords=bank), Screen(keywords=bank, personal_information=False)
    few = words[:2_000]
    alternation = re.compile("|".join(sorted(map(re.escape, few), key=len, reverse=True)))
    size_mb = sum(len(line.encode()) for line in lines) / 1e6
    sample = lines[: LINES // 40]
    sample_mb = sum(len(line.encode()) for line in sample) / 1e6

    print(
        f"Python {platform.python_version()}, {len(bank)} words, {LINES} lines of together {size_mb:.1f} MB"
    )
    print(f"bank built in {built * 1000:.0f} ms")
    rates = {
        "fold, words and personal information, per line": size_mb / cpu(lambda: each(full.scan, lines)),
        "fold, words and personal information, many lines at once": size_mb
        / cpu(lambda: list(full.scan_many(lines))),
        "fold and words, per line": size_mb / cpu(lambda: each(only_words.scan, lines)),
        "fold and words, many lines at once": size_mb / cpu(lambda: list(only_words.scan_many(lines))),
        "fold and words, one block": size_mb / cpu(lambda: only_words.scan("\n".join(lines))),
        "fold, per line": size_mb / cpu(lambda: each(fold, lines)),
        "fold, one block": size_mb / cpu(lambda: fold("\n".join(lines))),
        "`in` for each word, per line": sample_mb
        / cpu(lambda: each(lambda line: [word for word in words if word in line], sample), repeat=1),
        f"re alternation of {len(few)} words, per line": sample_mb
        / cpu(lambda: each(alternation.findall, sample), repeat=1),
    }
    floor = rates["`in` for each word, per line"]
    for name, rate in rates.items():
        print(f"{rate:9.2f} MB/s  {rate / floor:8.1f} x  {name}")
    deltas = [line[i : i + DELTA] for line in lines[:400] for i in range(0, len(line), DELTA)]
    for name, screen in (("words", only_words), ("words and personal information", full)):
        spent = cpu(lambda screen=screen: feed(screen, deltas))  # type: ignore[misc]  # the default binds the screen now
        print(f"{spent / len(deltas) * 1e6:9.2f} µs per delta of {DELTA} characters: {name}")


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


def each(function: Callable[[str], object], lines: list[str]) -> None:
    """Call the function with every line."""
    for line in lines:
        function(line)


def feed(screen: Screen, deltas: list[str]) -> None:
    """Pass the pieces through streams of 300 pieces each, as answers come."""
    for begin in range(0, len(deltas), 300):
        stream = screen.stream()
        for delta in deltas[begin : begin + 300]:
            stream.feed(delta)
        stream.finish()


def cpu(work: Callable[[], object], repeat: int = 5) -> float:
    """The least CPU time the work took, in seconds."""
    return min(timeit.repeat(work, timer=time.process_time, number=1, repeat=repeat))


if __name__ == "__main__":
    main()
