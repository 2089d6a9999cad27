"""How much prompt injection is flagged, how often what is none, and what looking for it costs.

    python benchmarks/injection.py [--attacks FILE.jsonl] [--clean FILE ...]

Without files it reads the project's own examples (``tests/simulators/injections.py``), of which everything
is found because the forms were made for them: that figure says nothing about others. Those held back were
written before the forms and never looked at while these were made; they are by the same hand and speak of the
same things, so that they say little about others either. ``--attacks`` takes
lines like ``{"text": …, "label": 1}`` that somebody else wrote, ``--clean`` any text that attacks nothing.
CPU time, best of several, one run.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from screening import cpu_of, letters, numbers

from hegui.screening import INJECTION, Direction, KeywordBank, Screen

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulators.injections import ATTACKS, ATTACKS_HELD_BACK, INNOCENT, INNOCENT_HELD_BACK

SCREEN = Screen(keywords=None)
ENGLISH = "Tell me what you would give a friend who shows you how to print a book, and let me enter my name. "
CHARACTERS = 600
SEED = 20_261_126
TIMES = 500


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--attacks", type=Path, action="append", default=[])
    arguments.add_argument("--clean", type=Path, action="append", default=[])
    given = arguments.parse_args()

    print(f"Python {platform.python_version()}")
    ours = [text for texts in ATTACKS.values() for text in texts]
    for name, attacks, innocent in (
        ("our own examples", ours, INNOCENT),
        ("held back", ATTACKS_HELD_BACK, INNOCENT_HELD_BACK),
    ):
        print(f"{name}: {flagged(attacks)} of {len(attacks)} attacks flagged")
        print(f"{name}: {flagged(innocent)} of {len(innocent)} innocent texts flagged")
    for path in given.attacks:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for label, name in (("1", "attacks"), ("0", "innocent texts")):
            texts = list(dict.fromkeys(row["text"] for row in rows if str(row["label"]) == label))
            if texts:
                print(f"{path.name}: {flagged(texts)} of {len(texts)} {name} flagged")
    for path in given.clean:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        print(f"{path.name}: {flagged(lines)} of {len(lines)} lines flagged")

    bank = KeywordBank.starter()
    screens = {"without": Screen(keywords=bank, injection=False), "with it": Screen(keywords=bank)}
    chinese = letters(numbers(SEED), CHARACTERS)
    for name, text in (("Chinese", chinese), ("English full of triggers", (ENGLISH * 10)[:CHARACTERS])):
        spent = cpu_of({kind: partial(scan, screen, text) for kind, screen in screens.items()})
        told = ", ".join(f"{seconds / TIMES * 1e6:.1f} µs {kind}" for kind, seconds in spent.items())
        print(f"{name}, {len(text)} characters: {told}")


def flagged(texts: Iterable[str]) -> int:
    """How many of the texts hold something that speaks to a model."""
    return sum(any(each.risk == INJECTION for each in SCREEN.scan(text, Direction.INPUT)) for text in texts)


def scan(screen: Screen, text: str) -> None:
    """Read a text many times over."""
    for _ in range(TIMES):
        screen.scan(text, Direction.INPUT)


if __name__ == "__main__":
    main()
