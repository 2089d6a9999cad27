"""Write src/hegui/screening/data/fold.txt: the table that folds one character onto another or onto none.

Needs opencc-pyo3 (MIT), which carries the OpenCC dictionaries (Apache-2.0); Hegui itself does not.
Run it again only to move to newer Unicode or OpenCC data: every bank is matched through this table.

    python scripts/build_fold_table.py [TARGET]
"""

import importlib.metadata
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import opencc_pyo3

TARGET = Path(__file__).parents[1] / "src" / "hegui" / "screening" / "data" / "fold.txt"

# Characters that Unicode says are ignored when they are shown, beyond those of category Cf:
# joiners, fillers and variation selectors (DerivedCoreProperties, Default_Ignorable_Code_Point).
IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
KEPT_CONTROLS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
SURROGATES = range(0xD800, 0xE000)
MOST_STEPS = 8


def main() -> None:
    """Fold every code point and write the changed ones as runs."""
    converter = opencc_pyo3.OpenCC("t2s")
    table = {
        point: folded
        for point in range(sys.maxunicode + 1)
        if point not in SURROGATES and (folded := fold(chr(point), converter)) != chr(point)
    }
    runs = list(runs_of(table))
    lines = [*header(len(table)), *(line(*run) for run in runs)]
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(table)} characters in {len(runs)} runs: {target}")


def fold(character: str, converter: opencc_pyo3.OpenCC) -> str:
    """The character that ``character`` folds onto, or the empty string where it vanishes."""
    seen = [character]
    for _ in range(MOST_STEPS):
        if vanishes(seen[-1]):
            return ""
        following = step(seen[-1], converter)
        if following == seen[-1]:
            return following
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    message = f"U+{ord(character):04X} does not come to rest"
    raise AssertionError(message)


def vanishes(character: str) -> bool:
    """Whether nobody sees the character."""
    category = unicodedata.category(character)
    return (
        category == "Cf"
        or (category == "Cc" and character not in KEPT_CONTROLS)
        or any(first <= ord(character) <= last for first, last in IGNORABLE)
    )


def step(character: str, converter: opencc_pyo3.OpenCC) -> str:
    """One round of compatibility form, case and simplified form, each only where it is one character."""
    for convert in (
        lambda text: unicodedata.normalize("NFKC", text),
        str.casefold,
        str.lower,
        converter.convert,
    ):
        converted = convert(character)
        if len(converted) == 1:
            character = converted
    return character


def runs_of(table: dict[int, str]) -> Iterator[tuple[int, int, int | None]]:
    """Neighbours that vanish together, or that move by the same distance, as first, last, target."""
    points = sorted(table)
    start = 0
    for index in range(1, len(points) + 1):
        if index == len(points) or not continues(table, points[index - 1], points[index]):
            first, last = points[start], points[index - 1]
            yield first, last, ord(table[first]) if table[first] else None
            start = index


def continues(table: dict[int, str], one: int, other: int) -> bool:
    """Whether ``other`` belongs to the run that ends with ``one``."""
    if other != one + 1 or bool(table[one]) != bool(table[other]):
        return False
    return not table[one] or ord(table[other]) == ord(table[one]) + 1


def line(first: int, last: int, target: int | None) -> str:
    """One run as the file writes it."""
    span = f"{first:X}" if first == last else f"{first:X}-{last:X}"
    return f"{span} {'' if target is None else f'{target:X}'}".rstrip()


def header(size: int) -> list[str]:
    """Where the table comes from and under which licences."""
    opencc = importlib.metadata.version("opencc-pyo3")
    return [
        "# Hegui fold table: FIRST[-LAST] TARGET in hexadecimal; without a target the characters vanish.",
        "# Each character of a run folds onto TARGET plus its distance from FIRST.",
        f"# {size} characters. Written by scripts/build_fold_table.py; do not edit by hand.",
        f"# Sources: Unicode {unicodedata.unidata_version} (NFKC, case folding; Unicode Licence v3),",
        f"#   OpenCC's traditional-to-simplified dictionaries (Apache-2.0) as in opencc-pyo3 {opencc} (MIT).",
    ]


if __name__ == "__main__":
    main()
