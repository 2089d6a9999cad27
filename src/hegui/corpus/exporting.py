"""The register in the forms in which others read it. Pure."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from hegui.core import Conflict, InvalidInput, timestamp
from hegui.corpus.exchange.croissant import write_croissant
from hegui.corpus.exchange.spdx import write_spdx
from hegui.corpus.exchange.table import write_filing_table, write_table
from hegui.corpus.model import SourceReport

_SHOWN = 3


class ExportFormat(StrEnum):
    """In what form the register is written."""

    CROISSANT = "croissant"
    CROISSANT_1_0 = "croissant-1.0"
    SPDX = "spdx"
    CSV = "csv"
    XLSX = "xlsx"


class OneDatasetOnly(InvalidInput):
    """Croissant describes one dataset, and several sources are to be written.

    Attributes:
        sources: their ids.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        """Say how."""
        names = ", ".join(sources)
        super().__init__(
            zh=f"Croissant 一个文件描述一个数据集；请逐个导出：{names}",
            en=f"Croissant describes one dataset in a file; export one at a time: {names}",
        )
        self.sources = tuple(sources)


class FilesNotRead(Conflict):
    """Croissant asks for the digest of every file, and no scan has read some of them.

    Attributes:
        source: the source's id.
        files: those that were not read.
    """

    def __init__(self, source: str, files: Sequence[str]) -> None:
        """Say what reads them."""
        shown = ", ".join(files[:_SHOWN]) + (" …" if len(files) > _SHOWN else "")
        super().__init__(
            zh=f"Croissant 要求每个文件的摘要，还没有扫描读过 {shown}；先运行 hegui corpus scan {source}",
            en=f"Croissant asks for the digest of every file, and no scan has read {shown}; run hegui corpus "
            f"scan {source} first",
        )
        self.source = source
        self.files = tuple(files)


def write_register(
    reports: Sequence[SourceReport], *, form: ExportFormat, made_at: dt.datetime, by: str
) -> bytes:
    """The sources in one file.

    Args:
        reports: what is known of each.
        form: of the file.
        made_at: the instant.
        by: who makes it.

    Raises:
        OneDatasetOnly: Croissant, and several sources.
        FilesNotRead: Croissant, and no scan has read the files.
    """
    registered = [each.registered for each in reports]
    if form is ExportFormat.XLSX:
        return write_filing_table(reports, created=made_at)
    if form is ExportFormat.CSV:
        # With the mark by which spreadsheets know the encoding.
        return write_table(reports).encode("utf-8-sig")
    if form is ExportFormat.SPDX:
        document = write_spdx(registered, made_at=timestamp(made_at), by=by)
    elif len(reports) > 1:
        raise OneDatasetOnly([each.source.id for each in registered])
    else:
        version = "1.0" if form is ExportFormat.CROISSANT_1_0 else "1.1"
        document = write_croissant(registered[0], digests=_digests(reports[0]), version=version)
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def _digests(report: SourceReport) -> dict[str, str]:
    """The digest of each file, as the last scan read it."""
    scanned = report.scanned
    read = {file.path: file.digest for file in scanned.scan.files if file.digest} if scanned else {}
    lacking = [file.path for file in report.registered.files if file.path not in read]
    if lacking:
        raise FilesNotRead(report.registered.source.id, lacking)
    return read
