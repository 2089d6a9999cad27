"""Markdown and plain text: the label is a mapping in YAML front matter.

The guide for text files places it so in Markdown. For plain text no guide was found: Hegui writes the
same front matter there and says so, because the measures want the label at the head of the file itself.
"""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from hegui.core import BilingualText, InvalidInput
from hegui.marking.candidates import Candidate, fault
from hegui.marking.explicit import ExplicitLabel, Prominence, Shown, Treatment, labelled, words_in_text
from hegui.marking.formats.format import Format, ReadableText
from hegui.marking.model import ELEMENT, Carrier, Dialect, Fault, FieldValue, ImplicitLabel
from hegui.marking.readback.text import read_back
from hegui.marking.splices import Buffer, Splice

SUFFIXES = (".md", ".markdown", ".txt", ".text")
"""What names of files end in that are plain text whatever is in them."""

_HEAD_BYTES = 1 << 16
_BOM = codecs.BOM_UTF8
_FENCE = re.compile(r"---[ \t]*(\r?\n)")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_DEEPEST = 64
_TOO_DEEP = "collections are nested too deep"
_TEXT_TAG = "tag:yaml.org,2002:str"
_RESOLVER = yaml.resolver.Resolver()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FrontMatterUnusable(InvalidInput):
    """Front matter that is there but cannot be changed without harm."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with it, and the way out."""
        super().__init__(
            zh=f"文件开头的 YAML 前置数据不能更新：{zh}；请改正后再加标识",
            en=f"the front matter at the head of the file cannot be updated: {en}; mend it, then label",
        )


class _FrontMatter(NamedTuple):
    """The YAML between the fences; ``start`` is its first byte in the file."""

    start: int
    yaml: str
    newline: str


class _Entry(NamedTuple):
    """A label in front matter; ``start`` and ``end`` count characters of the YAML."""

    value: str | tuple[FieldValue, ...]
    untyped: tuple[str, ...]
    start: int
    end: int


def _recognises(data: Buffer) -> bool:
    head = data[:_HEAD_BYTES]
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=len(data) <= _HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    matter = _front_matter(data)
    if matter is None:
        return
    try:
        for entry in _entries(matter.yaml):
            yield Candidate(
                value=entry.value,
                carrier=Carrier.FRONT_MATTER,
                offset=matter.start + len(matter.yaml[: entry.start].encode()),
                dialect=None if isinstance(entry.value, str) else Dialect.MAPPING,
                untyped=entry.untyped,
            )
    except yaml.YAMLError as error:
        yield fault(
            matter.start,
            zh=f"前置数据不是 YAML：{_reason(error)}",
            en=f"front matter is not YAML: {_reason(error)}",
        )


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    matter = _front_matter(data)
    if matter is None:
        return (_new_front_matter(data, label),)
    try:
        entries = list(_entries(matter.yaml))
    except yaml.YAMLError as error:
        raise FrontMatterUnusable(zh=_reason(error), en=_reason(error)) from error
    block = _block(label, matter.newline).encode()
    if not entries:
        if not _is_block_mapping(matter.yaml):
            raise FrontMatterUnusable(
                zh="它不是顶格书写的键值对", en="it is not a mapping written from the first column on"
            )
        return (Splice(matter.start, matter.start, block),)
    return tuple(
        Splice(*_lines(matter, entry), block if index == 0 else b"") for index, entry in enumerate(entries)
    )


def _show(data: Buffer, explicit: ExplicitLabel, _prominence: Prominence) -> Shown:
    """The file with words for its readers, behind the front matter that they do not see."""
    start = _body_start(data)
    text = labelled(data[start:].decode(), explicit)
    return Shown(data[:start] + text.encode(), words_in_text(explicit), Treatment.KEPT)


def _text(data: Buffer) -> ReadableText:
    return ReadableText(data[:].decode("utf-8", "replace"))


def _body_start(data: Buffer) -> int:
    matter = _front_matter(data)
    if matter is None:
        return len(_BOM) if data[: len(_BOM)] == _BOM else 0
    fence = matter.start + len(matter.yaml.encode())
    return data.find(b"\n", fence) + 1 or len(data)


def _new_front_matter(data: Buffer, label: ImplicitLabel) -> Splice:
    start = len(_BOM) if data[: len(_BOM)] == _BOM else 0
    line_end = data.find(b"\n")
    newline = "\r\n" if line_end > 0 and data[line_end - 1 : line_end] == b"\r" else "\n"
    text = f"---{newline}{_block(label, newline)}---{newline}"
    return Splice(start, start, text.encode())


def _block(label: ImplicitLabel, newline: str) -> str:
    fields = "".join(
        f"  {name}: '{value.replace(chr(39), chr(39) * 2)}'{newline}"
        for name, value in label.fields().items()
    )
    return f"{ELEMENT}:{newline}{fields}"


def _front_matter(data: Buffer) -> _FrontMatter | None:
    start = len(_BOM) if data[: len(_BOM)] == _BOM else 0
    text = data[start : start + _HEAD_BYTES].decode("utf-8", "ignore")
    fence = _FENCE.match(text)
    if fence is None:
        return None
    end = _END.search(text, fence.end())
    if end is None:
        return None
    return _FrontMatter(start + len(fence[0]), text[fence.end() : end.start()], fence[1])


def _lines(matter: _FrontMatter, entry: _Entry) -> tuple[int, int]:
    """The bytes of the whole lines an entry stands on."""
    if not _starts_line(matter.yaml, entry.start):
        raise FrontMatterUnusable(
            zh="标识不是顶格书写的", en="the label in it does not begin in the first column"
        )
    line_end = matter.yaml.find("\n", max(entry.start, entry.end - 1)) + 1 or len(matter.yaml)
    before = len(matter.yaml[: entry.start].encode())
    return matter.start + before, matter.start + before + len(matter.yaml[entry.start : line_end].encode())


def _is_block_mapping(text: str) -> bool:
    """Whether a line with a new key may stand first."""
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.MappingStartEvent):
            return not event.flow_style and _starts_line(text, _start(event))
        if isinstance(event, yaml.NodeEvent):
            return False
    return True


def _entries(text: str) -> Iterator[_Entry]:
    """The labels of a YAML document, from its events: deep nesting ends the reading, not the reader.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    events = iter(yaml.parse(text, Loader=_LOADER))
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            yield from _top(events)
        elif isinstance(event, yaml.NodeEvent):
            _skip(event, events)


def _top(events: Iterator[yaml.Event]) -> Iterator[_Entry]:
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            return
        name = _skip(key, events)
        value = next(events)
        if name.casefold() == ELEMENT.casefold():
            yield _entry(_start(key), value, events)
        else:
            _skip(value, events)


def _entry(start: int, value: yaml.Event, events: Iterator[yaml.Event]) -> _Entry:
    if not isinstance(value, yaml.MappingStartEvent):
        text = _skip(value, events)
        return _Entry(value=text, untyped=(), start=start, end=_end(value))
    fields: list[FieldValue] = []
    untyped: list[str] = []
    end = _end(value)
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        name = _skip(key, events)
        item = next(events)
        if not _is_text(item):
            untyped.append(name)
        fields.append(FieldValue(name=name, value=_skip(item, events)))
        end = _end(item)
    if value.flow_style:
        end = _end(key)
    return _Entry(value=tuple(fields), untyped=tuple(untyped), start=start, end=end)


def _skip(event: yaml.Event, events: Iterator[yaml.Event]) -> str:
    """Read past the node that ``event`` begins; return its text, which is empty for a collection."""
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        if depth > _DEEPEST:
            raise yaml.YAMLError(_TOO_DEEP)
        inner = next(events)
        depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)
    return ""


def _is_text(event: yaml.Event) -> bool:
    if not isinstance(event, yaml.ScalarEvent):
        return False
    tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]  # its stubs stop short
    return not event.implicit[0] or bool(tag == _TEXT_TAG)


def _start(event: yaml.Event) -> int:
    return int(event.start_mark.index)  # type: ignore[union-attr]  # a parsed event has marks


def _end(event: yaml.Event) -> int:
    return int(event.end_mark.index)  # type: ignore[union-attr]  # likewise


def _starts_line(text: str, position: int) -> bool:
    return text[:position].endswith("\n") or not position


def _reason(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]


TEXT = Format(
    name="text",
    suffixes=SUFFIXES,
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=_show,
    convention=BilingualText(
        zh="文本指南把标识放在 Markdown 的 YAML 头部；用于其他纯文本是 Hegui 自己的约定",
        en="the text guide puts the label into the front matter of Markdown; in other plain text that is "
        "Hegui's own convention",
    ),
    text=_text,
    told_by_name=SUFFIXES,
)
