"""Many texts as one, so that all are read at once. Pure."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

_Array: TypeAlias = npt.NDArray[Any]

_BYTES_OF_TWO = 2


class Joined:
    """Texts joined by line ends.

    Attributes:
        texts: each of them.
        text: all of them.
        lengths: of each.
        begins: where in ``text`` each begins.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Join them."""
        self.texts = texts
        self.text = "\n".join(texts)
        self.lengths: _Array = np.fromiter(map(len, texts), np.intp, len(texts))
        self.begins: _Array = np.cumsum(self.lengths + 1) - self.lengths - 1

    @cached_property
    def points(self) -> _Array:
        """The code points of ``text``."""
        # Nearly every text is all in the basic plane, and that is how Python keeps it: nothing is converted.
        pairs = self.text.encode("utf-16-le", "surrogatepass")
        if len(pairs) == _BYTES_OF_TWO * len(self.text):
            return np.frombuffer(pairs, np.dtype("<u2")).astype(np.uint32)
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
