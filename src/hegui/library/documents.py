"""Files that hold the text of a law: plain text, Markdown, Word."""

import io
import zipfile
from pathlib import Path

from hegui.core import InvalidInput, NotFound

_MOST_BYTES = 50_000_000
_PLAIN = {".txt", ".md", ".markdown"}
_WORD = ".docx"


class UnreadableText(InvalidInput):
    """A file that no text can be taken from.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Put the file before the reason."""
        super().__init__(zh=f"{path}：{zh}", en=f"{path}: {en}")
        self.path = path


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        NotFound: there is no such file.
        UnreadableText: it cannot be read, or is larger than the text of any law.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise _too_large(path, size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    except OSError as error:
        raise UnreadableText(
            path, zh=f"无法读取（{error.strerror}）", en=f"cannot be read ({error.strerror})"
        ) from error


def text_of(path: Path, data: bytes) -> str:
    """The text that a file holds; the ending of its name says how.

    Args:
        path: the file.
        data: its bytes.

    Raises:
        UnreadableText: it is no plain text, Markdown or Word document.
    """
    ending = path.suffix.lower()
    if ending == _WORD:
        return _word(path, data)
    if ending not in _PLAIN:
        raise UnreadableText(
            path,
            zh=f"不支持 {ending or '没有扩展名'} 的文件；请另存为 .txt、.md 或 .docx",
            en=f"{ending or 'no ending'} is not supported; save it as .txt, .md or .docx",
        )
    # Chinese texts are still found in the national encoding; UTF-8 is tried first because it is strict.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableText(
        path,
        zh="既不是 UTF-8 也不是 GB 18030；请另存为 UTF-8",
        en="neither UTF-8 nor GB 18030; save it as UTF-8",
    )


def _word(path: Path, data: bytes) -> str:
    # python-docx takes a tenth of a second to import, which only Word documents need pay.
    import docx  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > _MOST_BYTES:
            raise _too_large(path, size)
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise UnreadableText(
            path, zh="不是 Word 文档（.docx）；请重新另存", en="not a Word document (.docx); save it again"
        ) from error


def _too_large(path: Path, size: int) -> UnreadableText:
    return UnreadableText(
        path,
        zh=f"{size:,} 字节，超过 {_MOST_BYTES:,}；法规文本不会这么大",
        en=f"{size:,} bytes, more than {_MOST_BYTES:,}; no law is that long",
    )
