"""Everything the bytes of one file say about their origin."""

import itertools
from typing import NamedTuple

from hegui.marking.candidates import Candidate, fault
from hegui.marking.explicit import marks
from hegui.marking.formats import Format, format_of
from hegui.marking.formats.format import ReadableText
from hegui.marking.model import ExplicitMark, Fault, FoundLabel
from hegui.marking.reading import found
from hegui.marking.splices import Buffer

MOST_FINDINGS = 100
"""Labels and faults of one file that are reported at most; a real file has one or two."""

_UNKNOWN = fault(
    0, zh="不认识的文件格式，没有读取其中的标识", en="not a format known here, so labels in it were not read"
)


class Inspection(NamedTuple):
    """What was found.

    Attributes:
        format: the file's format by its bytes, or ``None``.
        labels: the metadata labels.
        marks: the explicit labels, looked for in text only.
        faults: what could not be read.
    """

    format: Format | None
    labels: tuple[FoundLabel, ...]
    marks: tuple[ExplicitMark, ...]
    faults: tuple[Fault, ...]


def inspected(data: Buffer) -> Inspection:
    """Read a file's labels; whatever the bytes, nothing is raised."""
    file_format = format_of(data)
    if file_format is None:
        return Inspection(format=None, labels=(), marks=(), faults=(_UNKNOWN,))
    candidates: list[Candidate] = []
    faults: list[Fault] = []
    said = file_format.text(data) if file_format.text else ReadableText("")
    findings = itertools.chain(file_format.read(data), said.faults)
    for finding in itertools.islice(findings, MOST_FINDINGS):
        if isinstance(finding, Fault):
            faults.append(finding)
        else:
            candidates.append(finding)
    if next(findings, None) is not None:
        faults.append(
            fault(
                len(data),
                zh=f"只报告前 {MOST_FINDINGS} 处发现",
                en=f"only the first {MOST_FINDINGS} findings are reported",
            )
        )
    return Inspection(
        format=file_format,
        labels=tuple(found(candidate) for candidate in candidates),
        marks=marks(said.text),
        faults=tuple(faults),
    )
