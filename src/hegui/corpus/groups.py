"""Whom texts speak of: groups, by the kinds of discrimination of the 31 risks.

They show whether a corpus is balanced. Naming a group is no finding.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources

from hegui.core import load_document
from hegui.screening import fold


@cache
def group_names() -> tuple[str, ...]:
    """The groups, each as ``A.2.e 女``.

    Basis:
        TC260-003 A.2
    """
    return tuple(f"{risk} {group}" for risk, words in _groups().items() for group in words)


def group_words() -> Iterator[tuple[str, int]]:
    """The words that name a group, each with its place in :func:`group_names`."""
    every = (words for kind in _groups().values() for words in kind.values())
    return ((fold(word), number) for number, words in enumerate(every) for word in words)


@cache
def _groups() -> dict[str, dict[str, tuple[str, ...]]]:
    packaged = resources.files("hegui.corpus").joinpath("data", "groups.yaml")
    with resources.as_file(packaged) as path:
        return load_document(path, dict[str, dict[str, tuple[str, ...]]])
