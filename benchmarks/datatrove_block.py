"""A block of datatrove that screens documents for ``corpus_peers.py``."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus_peers import batched, counted  # the benchmark beside this one
from datatrove.pipeline.base import PipelineStep


class Counting(PipelineStep):  # type: ignore[misc]  # datatrove is not installed where types are checked
    """Counts documents by what is found in them, and writes the counts of its task into a file."""

    name = "counting"

    def __init__(self, folder: str, form: str) -> None:
        """Read with the screen in ``folder``, many texts at a time or each by itself."""
        super().__init__()
        self.folder = folder
        self.form = form

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002 - datatrove's form
        """Screen every document; nothing has to be passed on."""
        found = counted(self.folder, batched(document.text for document in data), self.form)
        (Path(self.folder) / f"datatrove-{rank}.json").write_text(json.dumps(found), encoding="utf-8")
        yield from ()
