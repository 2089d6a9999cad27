"""The document for machines: .json."""

import msgspec

from hegui.core import Json
from hegui.dossier.typesetting import Lines, SetDocument, SetParagraph, SetTable


def write_json(document: SetDocument) -> bytes:
    """The document's text as JSON; what stands behind each number is in ``figures.json``."""
    content = {
        "title": _texts(document.title),
        "notice": _texts(document.notice),
        "subtitle": _texts(document.subtitle),
        "sections": [
            {"title": _texts(section.title), "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _block(block: SetParagraph | SetTable) -> Json:
    if isinstance(block, SetTable):
        return {
            "name": _texts(block.name),
            "header": [_texts(cell) for cell in block.header],
            "rows": [[_texts(cell) for cell in row] for row in block.rows],
        }
    return {"text": _texts(block.lines)}


def _texts(lines: Lines) -> Json:
    return {line.language.value: line.text for line in lines}
