"""The rulebook as one plain JSON document, and its JSON Schema."""

import msgspec

from hegui.core import BilingualText, Json, Record
from hegui.rulebook.export.edition import NOTE, ExportCounts, tally
from hegui.rulebook.model import Book
from hegui.rulebook.service import Rulebook

_FORMAT = "hegui-rulebook/1"


class RulebookDocument(Record):
    """Everything the rulebook says.

    Attributes:
        format: of this document.
        digest: of the data files it was made from; evidence names the same.
    """

    format: str
    digest: str
    note: BilingualText
    tally: ExportCounts
    book: Book


def rulebook_document(rulebook: Rulebook) -> bytes:
    """The rulebook as JSON, of the shape :func:`rulebook_schema` describes."""
    parts = {name: getattr(rulebook, name) for name in Book.__struct_fields__}
    book = Book(**{**parts, "facts": tuple(rulebook.facts.values())})
    document = RulebookDocument(
        format=_FORMAT, digest=rulebook.digest, note=NOTE, tally=tally(rulebook), book=book
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def rulebook_schema() -> dict[str, Json]:
    """The JSON Schema (2020-12) of :func:`rulebook_document`."""
    shape: dict[str, Json] = msgspec.json.schema(RulebookDocument)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hegui 规则库 / rulebook",
        "description": f"{NOTE.zh} {NOTE.en}",
        **shape,
    }
