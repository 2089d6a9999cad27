"""Sound and films: the texts in their tags. What is said and shown in them is not read here."""

from collections.abc import Iterator
from typing import BinaryIO

from hegui.corpus.formats.document import CorpusDocument
from hegui.corpus.formats.packages import package
from hegui.corpus.formats.written_in import medium_document, repaired

_NAMES = ("title", "artist", "albumartist", "album", "composer", "comment")
_SILENT = frozenset({"encoder", "encoded_by", "encoder_settings", "encoder_options", "isft", "tlen"})
"""Which program made the file, and how long it is, are no text of anybody."""


def recording_document(file: BinaryIO, *, longest_bytes: int) -> Iterator[CorpusDocument]:
    """The one document of a recording or a film.

    Args:
        file: at its beginning; it can seek.
        longest_bytes: of a text that is still read into memory.

    Raises:
        PackageMissing: tinytag is not installed.
        ValueError: it is of no form that is known, or damaged.
    """
    reader = package("tinytag")
    try:
        tags = reader.TinyTag.get(file_obj=file, duration=False)
    except reader.TinyTagException as error:
        raise ValueError(str(error)) from error
    texts = [getattr(tags, name) or "" for name in _NAMES]
    texts += [text for name, values in tags.other.items() if name not in _SILENT for text in values]
    yield from medium_document(map(repaired, texts), longest_bytes=longest_bytes)
