"""Which members of a record hold its text: declared, or guessed from names that people use. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hegui.corpus.account import LineFault

USUAL = frozenset(
    {
        *("text", "texts", "content", "contents", "body", "passage", "document", "article", "raw_content"),
        *("title", "abstract", "summary", "paragraph", "sentence", "review", "comment"),
        *("messages", "conversations", "conversation", "dialog", "dialogue", "turns", "history", "system"),
        *("instruction", "input", "output", "prompt", "completion", "response", "responses", "query"),
        *("question", "answer", "answers", "reasoning_content", "context"),
        *("chosen", "rejected", "chosen_response", "rejected_response"),
        *("caption", "captions", "transcript", "transcription", "subtitle", "subtitles", "ocr", "alt"),
        *("alt_text", "description", "文本", "正文", "内容", "标题", "摘要", "问题", "回答", "指令", "输入"),
        *("输出", "对话", "字幕", "描述", "评论"),
    }
)
"""Names under which texts are kept: plain, chat, instruction, preference, and media manifests."""

# Members of a chat message that name who speaks and what is spoken of, and say nothing.
_SILENT = frozenset({"role", "from", "type", "id", "tool_call_id", "image_url", "url", "mime_type"})


def is_usual(name: str) -> bool:
    """Whether texts are kept under that name, in any spelling of its capitals."""
    return name.lower() in USUAL


def guess(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The members that hold text in records at the beginning of a file.

    Every member with a usual name is taken, in any spelling of its capitals; where there is none, every
    one that holds a string. Too much is screened rather than too little.

    Returns:
        Names in the order in which they are first met; none where no member holds text.
    """
    named: dict[str, None] = {}
    strings: dict[str, None] = {}
    for record in records:
        for name, value in record.items():
            if is_usual(name) and isinstance(value, str | list | dict):
                named[name] = None
            if isinstance(value, str):
                strings[name] = None
    return tuple(named or strings)


def spoken(value: object) -> Iterator[str]:
    """Every text within a member: itself, or those of its messages, parts and members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in _SILENT:
                yield from spoken(member)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for member in value:
            yield from spoken(member)


def text_of(record: Mapping[str, Any], fields: Sequence[str]) -> str | LineFault:
    """The text of a record, each part on lines of its own, or why there is none."""
    present = [record[name] for name in fields if name in record]
    if not present:
        return LineFault.NO_TEXT_FIELD
    parts = [part for value in present for part in spoken(value)]
    if not parts:
        return LineFault.TEXT_NOT_A_STRING
    text = "\n".join(parts)
    return text if text.strip() else LineFault.EMPTY_TEXT


def rewritten(
    record: Mapping[str, Any], fields: Sequence[str], rewrite: Callable[[str], str]
) -> dict[str, Any]:
    """``record`` with every text in ``fields`` rewritten, in the order of :func:`text_of`."""

    def inner(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, str):
            return rewrite(value)
        if isinstance(value, Mapping):
            return {name: member if name in _SILENT else inner(member) for name, member in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return [inner(member) for member in value]
        return value

    return {name: inner(value) if name in fields else value for name, value in record.items()}
