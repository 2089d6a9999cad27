"""What must be true of labelled bytes before anybody is told that they are labelled."""

import io
import struct
import zlib
from typing import BinaryIO

from hegui.core import Conflict
from hegui.marking.formats import Format
from hegui.marking.inspection import inspected
from hegui.marking.model import ImplicitLabel
from hegui.marking.provenance import Provenance, ProvenanceStatus, provenance
from hegui.marking.readback import ReadBack, Stream
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
    original = _read_back(file_format, before)
    result = _read_back(file_format, after)
    if result.coded != original.coded:
        raise LabelNotProven(zh="标识以外的内容变了", en="something other than the label changed")
    if result.labels != (label.bare(),):
        raise LabelNotProven(
            zh=f"第二个读取程序读到 {len(result.labels)} 个标识，或内容不同",
            en=f"the second parser reads {len(result.labels)} labels, or another one",
        )
    _prove_read(file_format, after, label)


def prove_signed(file_format: Format, *, after: Buffer, stream: BinaryIO, label: ImplicitLabel) -> Provenance:
    """Check that signing left the label where both parsers find it, and that the signature is valid.

    Args:
        file_format: the file's format.
        after: the signed file.
        stream: the same, for the library that signs.
        label: the label.

    Raises:
        LabelNotProven: the label or the signature is not what it should be.
    """
    if _read_back(file_format, after).labels != (label.bare(),):
        raise LabelNotProven(
            zh="C2PA 签名之后，第二个读取程序读不到标识",
            en="after signing, the second parser no longer reads the label",
        )
    _prove_read(file_format, after, label)
    result = provenance(stream, kind=file_format.suffixes[0].removeprefix("."), anchors=b"")
    if result.status is not ProvenanceStatus.UNTRUSTED or not result.generated:
        raise LabelNotProven(
            zh=f"C2PA 签名读回无效：{'、'.join(result.problems)}",
            en=f"the content credentials read back as invalid: {', '.join(result.problems)}",
        )
    return result


def _prove_read(file_format: Format, after: Buffer, label: ImplicitLabel) -> None:
    found = inspected(after)
    if found.format is not file_format or [item.is_exactly(label) for item in found.labels] != [True]:
        raise LabelNotProven(
            zh=f"读取程序读到 {len(found.labels)} 个标识，或内容不同",
            en=f"the reader reads {len(found.labels)} labels, or another one",
        )


def _read_back(file_format: Format, data: Buffer) -> ReadBack:
    try:
        return file_format.read_back(_stream(data))
    except _UNREADABLE as error:
        # It may count on what the writer accepts, and the writer accepts more than it should.
        raise LabelNotProven(
            zh=f"第二个读取程序读不完该文件（{error}）",
            en=f"the second parser cannot read the file to its end ({error})",
        ) from error


_UNREADABLE = (struct.error, zlib.error, ValueError, LookupError, OverflowError, EOFError, RecursionError)


def _stream(data: Buffer) -> Stream:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    data.seek(0)
    return data
