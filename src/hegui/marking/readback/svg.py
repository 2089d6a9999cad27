"""SVG as expat reads it, which knows nothing of how it was written into."""

import codecs
import hashlib
import re
from xml.parsers import expat

from hegui.marking.readback.proof import ReadBack, Stream, labels_in_xmp

_METADATA = {"metadata", "xmpmeta", "RDF"}
_EMPTY = re.compile(r"></(?:[^\s<>/:]+:)?svg>")
_NARROW = "latin-1"
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def read_back(file: Stream) -> ReadBack:
    """The labels in metadata, and the digest of everything outside the outermost elements that hold some.

    A root with nothing in it may close itself or not.
    """
    data = file.read()
    codec = _WIDE.get(data[:2], _NARROW)
    labels: list[str] = []
    rest = b""
    position = 0
    for start, end in _Spans(data).found:
        labels += labels_in_xmp(data[start:end].decode(codec).encode(codec if codec == _NARROW else "utf-8"))
        rest += data[position:start]
        position = end
    text = _EMPTY.sub("/>", (rest + data[position:]).decode(codec))
    return ReadBack(labels=tuple(labels), coded=hashlib.sha256(text.encode()).hexdigest())


class _Spans:
    """The first and last byte of each outermost element of metadata; every event ends what came before."""

    def __init__(self, data: bytes) -> None:
        self.found: list[tuple[int, int]] = []
        self._depth = 0
        self._start: int | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.DefaultHandler = self._settle  # with it, no entity is replaced in content
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 - expat's signature
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error

    def _open(self, name: str, _: dict[str, str]) -> None:
        self._settle()
        if name.rpartition(":")[2] in _METADATA:
            if not self._depth:
                self._start = self._parser.CurrentByteIndex
            self._depth += 1

    def _close(self, name: str) -> None:
        self._settle()
        self._depth -= name.rpartition(":")[2] in _METADATA

    def _settle(self, _: str = "") -> None:
        if self._start is not None and not self._depth:
            self.found.append((self._start, self._parser.CurrentByteIndex))
            self._start = None
