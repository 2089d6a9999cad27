"""Walking a written document: is every number in it cited?"""

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable

from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from hegui.dossier.model import UncitedNumber, numbers_in

_WORD_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEETS = re.compile(r"xl/worksheets/sheet\d+\.xml")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CONTEXT_CHARACTERS = 20


def uncited_numbers(text: str, cited: Iterable[str]) -> list[UncitedNumber]:
    """The numbers of ``text`` that are more often there than in the cited texts together.

    Args:
        text: the whole text of a document.
        cited: the text of every appearance of a figure in it.
    """
    allowed = Counter(_plain(match[0]) for each in cited for match in numbers_in(_folded(each)))
    folded = _folded(text)
    surplus = []
    for match in numbers_in(folded):
        number = _plain(match[0])
        if allowed[number] > 0:
            allowed[number] -= 1
        else:
            start, end = match.start() - _CONTEXT_CHARACTERS, match.end() + _CONTEXT_CHARACTERS
            surplus.append(UncitedNumber(match[0], " ".join(folded[max(0, start) : end].split())))
    return surplus


def _folded(text: str) -> str:
    """Full-width, circled and raised digits as plain ones."""
    return unicodedata.normalize("NFKC", text)


def _plain(number: str) -> str:
    """Without separators between thousands, which spreadsheets keep out of the value."""
    return number.replace(",", "")


def word_text(data: bytes) -> str:
    """All the text people see in a .docx file, headers and footers too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        roots = [parse_xml(archive.read(name)) for name in archive.namelist() if _WORD_PARTS.fullmatch(name)]
    return "\n".join(
        "".join(part.text or "" for part in paragraph.iter(f"{_WORD}t"))
        for root in roots
        for paragraph in root.iter(f"{_WORD}p")
    )


def spreadsheet_text(data: bytes) -> str:
    """All the text and all the numbers in the cells of an .xlsx file of ours, and its sheets' names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: parse_xml(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}
    shared = [_text(item) for item in parts.get("xl/sharedStrings.xml", ())]
    values = [sheet.get("name") for sheet in parts["xl/workbook.xml"].iter(f"{_SHEET}sheet")]
    for name, part in parts.items():
        if _SHEETS.fullmatch(name):
            for cell in part.iter(f"{_SHEET}c"):
                value = cell.findtext(f"{_SHEET}v") or ""
                values.append(shared[int(value)] if cell.get("t") == "s" else value + _text(cell))
    return "\n".join(values)


def _text(element: BaseOxmlElement) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_SHEET}t"))
