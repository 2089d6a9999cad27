"""What must be true of labelled bytes before anybody is told that they are labelled."""

import io

from hegui.core import Conflict
from hegui.marking.formats import Format
from hegui.marking.inspection import inspected
from hegui.marking.model import ImplicitLabel
from hegui.marking.readback import Stream
from hegui.marking.splices import Buffer


class LabelNotProven(Conflict):
    """The labelled bytes are not what they should be; they were thrown away."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what was found instead."""
        super().__init__(
            zh=f"加标识后的核对没有通过：{zh}；没有写入任何文件。请把该文件作为缺陷报告给我们",
            en=f"the labelled file did not stand the check: {en}; no file was written. Please report the "
            "file as a defect",
        )


def prove(file_format: Format, *, before: Buffer, after: Buffer, label: ImplicitLabel) -> None:
    """Check with two parsers that ``after`` holds exactly the label, and with one that nothing else changed.

    Args:
        file_format: the format of both.
        before: the file as it was.
        after: the file with the label.
        label: the label.

    Raises:
        LabelNotProven: one of the three does not hold.

    Basis:
        GB-45438 6.1
    """
    original = file_format.read_back(_stream(before))
    result = file_format.read_back(_stream(after))
    if result.coded != original.coded:
        raise LabelNotProven(zh="标识以外的内容变了", en="something other than the label changed")
    if result.labels != (label.bare(),):
        raise LabelNotProven(
            zh=f"第二个读取程序读到 {len(result.labels)} 个标识，或内容不同",
            en=f"the second parser reads {len(result.labels)} labels, or another one",
        )
    found = inspected(after)
    if found.format is not file_format or [item.strict() for item in found.labels] != [label]:
        raise LabelNotProven(
            zh=f"读取程序读到 {len(found.labels)} 个标识，或内容不同",
            en=f"the reader reads {len(found.labels)} labels, or another one",
        )


def _stream(data: Buffer) -> Stream:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    data.seek(0)
    return data
