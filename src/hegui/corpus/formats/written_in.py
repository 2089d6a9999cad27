"""What is written into a picture, a recording or a film: its one document. Pure."""

from collections.abc import Iterable, Iterator

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import decoded
from hegui.corpus.formats.document import CorpusDocument


def medium_document(texts: Iterable[str], *, longest_bytes: int) -> Iterator[CorpusDocument]:
    """One document of all texts, each on lines of its own.

    Args:
        texts: titles, descriptions, comments and the like.
        longest_bytes: longer ones together are named, but not screened.
    """
    told = dict.fromkeys(text for each in texts if (text := each.replace("\0", " ").strip()))
    text = "\n".join(told)
    if len(text) > longest_bytes:
        yield CorpusDocument(0, 1, LineFault.OVER_LONG)
    else:
        yield CorpusDocument(0, 1, text or LineFault.EMPTY_TEXT, record={"text": text})


def characters(data: bytes) -> str:
    """Bytes as text: UTF-8, plausible GB18030, or else what the standards of pictures and sound say."""
    found = decoded(data)
    return data.decode("latin-1") if isinstance(found, LineFault) else found[0]


def repaired(text: str) -> str:
    """A text that was read as Latin-1, as the standards say, and that was written as people write."""
    try:
        return characters(text.encode("latin-1"))
    except UnicodeEncodeError:
        return text
