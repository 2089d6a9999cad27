"""An operator of Data-Juicer that screens documents for ``corpus_peers.py``."""

import sys
from pathlib import Path
from typing import Any

from data_juicer.ops.base_op import OPERATORS, Mapper

sys.path.insert(0, str(Path(__file__).parent))
from corpus_peers import codes


@OPERATORS.register_module("screening_mapper")
class ScreeningMapper(Mapper):  # type: ignore[misc]  # Data-Juicer is not installed where types are checked
    """Notes with each document what is found in it."""

    _batched_op = True

    def __init__(self, folder: str = "", form: str = "", **options: Any) -> None:  # noqa: ANN401 - Data-Juicer's own
        """Read with the screen in ``folder``, many texts at a time or each by itself."""
        super().__init__(**options)
        self.folder = folder
        self.form = form

    def process_batched(self, samples: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Screen some documents."""
        samples["code"] = codes(self.folder, samples["text"], self.form)
        return samples
