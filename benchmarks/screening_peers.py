"""How long pyahocorasick takes. Run by ``screening.py`` with the interpreter that has it.

Reads words and folded lines from standard input as JSON and writes the CPU seconds of reading all lines, one
by one and as one block.
"""

import importlib.metadata
import json
import sys
import time
import timeit

import ahocorasick


def main() -> None:
    """Build and search."""
    given = json.load(sys.stdin)
    automaton = ahocorasick.Automaton()
    for number, word in enumerate(given["words"]):
        automaton.add_word(word, number)
    automaton.make_automaton()
    lines = given["lines"]
    block = "\n".join(lines)
    works = {
        "per line": lambda: [list(automaton.iter(line)) for line in lines],
        "one block": lambda: list(automaton.iter(block)),
    }
    spent = {
        name: min(timeit.repeat(work, timer=time.process_time, number=1, repeat=given["rounds"]))
        for name, work in works.items()
    }
    json.dump({"version": importlib.metadata.version("pyahocorasick"), **spent}, sys.stdout)


if __name__ == "__main__":
    main()
