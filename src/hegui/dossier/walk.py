"""Walking a written document: is every number in it cited?"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from hegui.core import InvalidInput, read_text
from hegui.dossier.model import NUMBER, UncitedNumber

_WORD_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEETS = re.compile(r"xl/worksheets/sheet\d+\.xml")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CONTEXT_CHARACTERS = 20

WALKED = frozenset({".docx", ".xlsx", ".json"})
"""The formats whose text is read back here. The PDF is set from the same lines."""


def uncited_numbers(text: str, cited: Iterable[str]) -> list[UncitedNumber]:
    """The numbers of ``text`` that are more often there than in the cited texts together.

    Args:
        text: the whole text of a document.
        cited: the text of every appearance of a figure in it.
    """
    allowed = Counter(number for each in cited for number in NUMBER.findall(each))
    surplus = []
    for match in NUMBER.finditer(text):
        if allowed[match[0]] > 0:
            allowed[match[0]] -= 1
        else:
            start, end = match.start() - _CONTEXT_CHARACTERS, match.end() + _CONTEXT_CHARACTERS
            surplus.append(UncitedNumber(match[0], text[max(0, start) : end].replace("\n", " ")))
    return surplus


def document_text(path: Path) -> str:
    """All the text people see in a .docx, .xlsx or .json file of ours.

    Raises:
        InvalidInput: it is none of these.
    """
    match path.suffix:
        case ".docx":
            return _word_text(path)
        case ".xlsx":
            return _spreadsheet_text(path)
        case ".json":
            return read_text(path)
        case other:
            raise InvalidInput(
                zh=f"无法读取 {other} 文件的文字", en=f"the text of {other} files cannot be read"
            )


def _word_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        roots = [_parsed(archive, name) for name in archive.namelist() if _WORD_PARTS.fullmatch(name)]
    return "\n".join(
        "".join(part.text or "" for part in paragraph.iter(f"{_WORD}t"))
        for root in roots
        for paragraph in root.iter(f"{_WORD}p")
    )


def _spreadsheet_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        strings = _parsed(archive, "xl/sharedStrings.xml")
        sheets = [_parsed(archive, name) for name in archive.namelist() if _SHEETS.fullmatch(name)]
    shared = ["".join(part.text or "" for part in item.iter(f"{_SHEET}t")) for item in strings]
    values = []
    for sheet in sheets:
        for cell in sheet.iter(f"{_SHEET}c"):
            value = cell.findtext(f"{_SHEET}v") or ""
            values.append(shared[int(value)] if cell.get("t") == "s" else value)
    return "\n".join(values)


def _parsed(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314 - a file this process has just written
