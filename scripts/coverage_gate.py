"""Hold the branch coverage that the last test run reached.

Every file is covered in full, unless ``tests/coverage-exceptions.txt`` grants it less. Rooms that decide
what the law asks or what evidence says are granted nothing. The list may only shrink: a file that has
become better than it says fails too, until its line is raised or removed.

Silent where all is well.
"""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[1]
EXCEPTIONS = ROOT / "tests" / "coverage-exceptions.txt"
STRICT = ("core", "rulebook", "ledger", "scope", "marking")
SLACK = 1  # whole percent by which threads and timeouts may change a figure from run to run


def main() -> None:
    """Compare what was reached with what is asked, and exit with 1 where they differ."""
    faults = compare(measured(), granted(EXCEPTIONS.read_text(encoding="utf-8")))
    if faults:
        sys.exit("coverage:\n" + "\n".join(f"  {fault}" for fault in faults))


def measured() -> dict[str, tuple[float, str]]:
    """For every file of the package, its branch coverage in percent and what is missing."""
    data = coverage.Coverage()
    data.load()
    report = ROOT / ".coverage.json"
    with redirect_stdout(io.StringIO()):
        data.json_report(outfile=str(report))
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    report.unlink()
    return {
        path.removeprefix("src/hegui/"): (file["summary"]["percent_covered"], missing(file))
        for path, file in files.items()
    }


def missing(file: dict[str, list[object]]) -> str:
    """What of a file was not reached, in few words."""
    lines = ", ".join(str(line) for line in file["missing_lines"])
    branches = ", ".join(f"{start}->{end}" for start, end in file["missing_branches"])  # type: ignore[misc]  # pairs of lines
    return "; ".join(f"{kind} {where}" for kind, where in (("lines", lines), ("branches", branches)) if where)


def granted(text: str) -> dict[str, int]:
    """The percentages that the list of exceptions asks of its files."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {path: int(percent) for path, percent in rows}


def compare(reached: dict[str, tuple[float, str]], exceptions: dict[str, int]) -> list[str]:
    """What is wrong, one sentence each."""
    faults = [f"{path} is listed but does not exist; remove its line" for path in exceptions.keys() - reached]
    for path, (percent, gaps) in sorted(reached.items()):
        asked = exceptions.get(path, 100)
        if path.split("/")[0] in STRICT and path in exceptions:
            faults.append(f"{path} is in a room without exceptions; remove its line and cover it")
        elif percent < asked:
            faults.append(f"{path} is covered to {percent:.1f} %, of {asked} % asked: {gaps}")
        elif asked < 100 and percent >= asked + 1 + SLACK:  # noqa: PLR2004 - percent
            faults.append(f"{path} has become better than its line says; make it: {path} {int(percent)}")
        elif path in exceptions and asked >= 100:  # noqa: PLR2004 - percent
            faults.append(f"{path} needs no exception; remove its line")
    return faults


if __name__ == "__main__":
    main()
