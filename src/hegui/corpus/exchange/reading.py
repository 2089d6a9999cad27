"""Descriptions of datasets, read from a file in whichever of the known formats it is."""

import csv
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from hegui.core import InvalidDocument, InvalidInput, read_text
from hegui.corpus.exchange.croissant import is_croissant, read_croissant
from hegui.corpus.exchange.cyclonedx import is_cyclonedx, read_cyclonedx
from hegui.corpus.exchange.data_provenance import is_data_provenance, read_data_provenance
from hegui.corpus.exchange.description import DatasetDescription
from hegui.corpus.exchange.hugging_face import front_matter, read_card
from hegui.corpus.exchange.spdx import is_spdx, read_spdx
from hegui.corpus.exchange.table import read_table
from hegui.corpus.formats.decoding import decoded

_TABLE = ".csv"


class DescriptionFormat(StrEnum):
    """In what form a description of datasets comes."""

    CROISSANT = "croissant"
    HUGGING_FACE = "hugging_face"
    SPDX = "spdx"
    CYCLONEDX = "cyclonedx"
    DATA_PROVENANCE = "data_provenance"
    TABLE = "table"


class UnreadableDescription(InvalidInput):
    """A file is no description of datasets that is known here.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, zh: str, en: str) -> None:
        """Put the file before the message."""
        known = "Croissant, Hugging Face, SPDX 2.3/3, CycloneDX, Data Provenance Standards, CSV"
        super().__init__(zh=f"{path}：{zh}；能读取 {known}", en=f"{path}: {en}; {known} can be read")
        self.path = path


_Reader = Callable[[Mapping[str, Any]], tuple[DatasetDescription, ...]]

_JSON: dict[DescriptionFormat, tuple[Callable[[Mapping[str, Any]], bool], _Reader]] = {
    # SPDX 3 is JSON-LD too, so its own context is looked for first.
    DescriptionFormat.SPDX: (is_spdx, read_spdx),
    DescriptionFormat.CROISSANT: (is_croissant, read_croissant),
    DescriptionFormat.CYCLONEDX: (is_cyclonedx, read_cyclonedx),
    DescriptionFormat.DATA_PROVENANCE: (is_data_provenance, read_data_provenance),
}


def read_descriptions(path: Path) -> tuple[DescriptionFormat, tuple[DatasetDescription, ...]]:
    """The datasets that a file describes, and the format it is in, told by its content.

    Raises:
        NotFound: there is no such file.
        UnreadableDescription: it is in none of the formats, or describes no dataset.
    """
    text = _text(path)
    form, found = _read(path, text)
    if not found:
        raise UnreadableDescription(path, zh="没有描述任何数据集", en="it describes no dataset")
    return form, found


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except InvalidDocument:
        # Spreadsheet programs in China save tables in GB18030.
        found = decoded(path.read_bytes()) if path.suffix.lower() == _TABLE else None
        if not isinstance(found, tuple):
            raise
        return found[0]


def _read(path: Path, text: str) -> tuple[DescriptionFormat, tuple[DatasetDescription, ...]]:
    suffix = path.suffix.lower()
    if suffix in {".md", ".markdown"}:
        return DescriptionFormat.HUGGING_FACE, _card(path, text)
    if suffix == _TABLE:
        try:
            return DescriptionFormat.TABLE, read_table(text)
        except csv.Error as error:
            raise UnreadableDescription(path, zh=f"不是 CSV：{error}", en=f"not CSV: {error}") from error
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableDescription(path, zh=f"不是 JSON：{error}", en=f"not JSON: {error}") from error
    if isinstance(document, dict):
        for form, (fits, read) in _JSON.items():
            if fits(document):
                return form, read(document)
    raise UnreadableDescription(path, zh="不是已知的格式", en="not in a known format")


def _card(path: Path, text: str) -> tuple[DatasetDescription, ...]:
    import yaml  # noqa: PLC0415 - only cards need it, and it takes 40 ms to import

    parts = front_matter(text)
    if parts is None:
        raise UnreadableDescription(path, zh="开头没有 --- 之间的 YAML", en="no YAML between --- at the top")
    try:
        front = yaml.safe_load(parts[0])
    except yaml.YAMLError as error:
        raise UnreadableDescription(path, zh=f"不是 YAML：{error}", en=f"not YAML: {error}") from error
    return read_card(front, parts[1]) if isinstance(front, dict) else ()
