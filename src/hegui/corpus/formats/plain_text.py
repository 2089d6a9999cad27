"""Plain text: every line is a document."""

from collections.abc import Iterable, Iterator

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import UTF_8, decoded
from hegui.corpus.formats.document import CorpusDocument, DocumentBlock
from hegui.corpus.formats.lines import FileLine, LineRun


def text_blocks(runs: Iterable[LineRun], *, whole: bool = False) -> Iterator[DocumentBlock]:
    """A document for each line."""
    for run in runs:
        texts = None if whole else _texts(run)
        if texts is None:
            yield from (DocumentBlock.of(_document(line)) for line in run.lines())
            continue
        count = len(texts)
        yield DocumentBlock(run.offsets, run.lengths, texts, [UTF_8] * count, [None] * count)


def _texts(run: LineRun) -> list[str | LineFault] | None:
    """The text of each line; ``None`` where one is over-long or not in UTF-8."""
    known = run.known
    if known is None:
        return None
    try:
        return [_text(each.decode().removesuffix("\n")) for each in known]
    except UnicodeDecodeError:
        return None


def _document(line: FileLine) -> CorpusDocument:
    offset, length, data = line
    characters = LineFault.OVER_LONG if data is None else decoded(data)
    if isinstance(characters, LineFault):
        return CorpusDocument(offset, length, characters)
    text, encoding = _text(characters[0]), characters[1]
    return CorpusDocument(
        offset, length, text, encoding, None if isinstance(text, LineFault) else {"text": text}
    )


def _text(line: str) -> str | LineFault:
    if "\0" in line:
        return LineFault.NULL_BYTES
    return line if line.strip() else LineFault.BLANK_LINE
