"""What people read in a part of an Office file: a document, its headers and footers, a slide."""

import dataclasses
import itertools

from hegui.marking.formats.office_part import EndOfReading, local_name, read_part

_DEEPEST = 256
# An alternative for programs that do not know the first one says the same again.
_AGAIN = "Fallback"
_LINES = {"p", "br", "cr"}
_BLANKS = {"tab", "ptab", "noBreakHyphen"}
_UNSEEN = {"vanish", "webHidden", "specVanish"}
# Properties of a run stand in its element rPr. What stands deeper is an older state, or of another run.
_PROPERTY = 2
_OFF = {"0", "false", "off", "none"}


@dataclasses.dataclass
class _Run:
    """Text of one look; a picture in it may hold a text box, and so other runs.

    Attributes:
        depth: how deep its element is.
        parts: what was read of it.
        hidden: whether its properties say so.
    """

    depth: int
    parts: list[str] = dataclasses.field(default_factory=list)
    hidden: bool = False


class _Shown:
    """What is shown; what is deleted, an instruction or in a hidden run is not among the text."""

    def __init__(self) -> None:
        # First what stands outside of all runs, then every run that has not ended.
        self._runs = [_Run(depth=0)]
        self._depth = 0
        self._again = 0
        self._is_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a run, or note what hides one."""
        self._depth += 1
        if self._depth > _DEEPEST or (self._depth == 1 and attributes.get("show") in _OFF):
            raise EndOfReading
        if name == _AGAIN or self._again:
            self._again += 1
        elif name == "r":
            self._runs.append(_Run(self._depth))
        elif name in _UNSEEN and self._depth == self._runs[-1].depth + _PROPERTY:
            value = next((value for key, value in attributes.items() if local_name(key) == "val"), "")
            self._runs[-1].hidden = value not in _OFF
        self._is_text = name == "t" and not self._again

    def end(self, name: str) -> None:
        """End a run or a line."""
        self._depth -= 1
        self._is_text = False
        if self._again:
            self._again -= 1
            return
        if name == "r":
            run = self._runs.pop()
            self._runs[-1].parts += [] if run.hidden else run.parts
        elif name in _LINES or name in _BLANKS:
            self._runs[-1].parts.append("\n" if name in _LINES else " ")

    def characters(self, text: str) -> None:
        """Take text where text stands."""
        if self._is_text:
            self._runs[-1].parts.append(text)

    def text(self) -> str:
        """What was read, up to where the reading ended."""
        seen = itertools.takewhile(lambda run: not run.hidden, self._runs)
        return "".join(part for run in seen for part in run.parts)


def shown_text(xml: bytes) -> str:
    """What people read in one part; of one that is damaged, what stands before the damage.

    A document type ends the reading, and a slide that is not shown has no text.
    """
    shown = _Shown()
    read_part(xml, shown)
    return shown.text()
