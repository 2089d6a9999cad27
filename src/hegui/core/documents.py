"""Reading YAML and JSON files into records, with errors that name file, line and field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from hegui.core.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    import yaml

    Node = yaml.ScalarNode | yaml.SequenceNode | yaml.MappingNode

T = TypeVar("T")

_FIELD = re.compile(r"\[(\d+|\.\.\.)\]|\.([^.\[\]]+)")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`")
_DEEPEST = 5_000  # levels; the parser, which recurses in C, survives four times as many


class InvalidDocument(InvalidInput):
    """A file whose content is not what its kind demands.

    Attributes:
        path: the file.
        line: the line the fault is on, counted from 1.
        field: where in the document, as ``clauses[3].modal``; empty for the whole document.
    """

    def __init__(self, *, path: Path, line: int, field: str, zh: str, en: str) -> None:
        """Put the place before the message."""
        place = f"{path}:{line}: {field}: " if field else f"{path}:{line}: "
        super().__init__(zh=place + zh, en=place + en)
        self.path = path
        self.line = line
        self.field = field


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the file is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    except OSError as error:
        raise InvalidInput(
            zh=f"无法读取 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidDocument(
            path=path,
            line=line,
            field="",
            zh=f"第 {error.start} 字节起不是 UTF-8；请另存为 UTF-8",
            en=f"not UTF-8 from byte {error.start} on; save the file as UTF-8",
        ) from error


def load_document(path: Path, kind: type[T]) -> T:
    """Read one YAML (or JSON, its subset) file as a ``kind``.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the text is not YAML, repeats a key, nests beyond reason, or does not describe
            a ``kind``.
    """
    # YAML takes 40 ms to import, which `hegui --help` need not pay.
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where the platform has it
    text = read_text(path)
    try:
        _refuse_deep_nesting(path, text)
        node = cast("Node | None", yaml.compose(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidDocument(
            path=path, line=line, field="", zh=f"不是 YAML：{error.problem}", en=f"not YAML: {error.problem}"
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InvalidDocument(
            path=path,
            line=line,
            field="",
            zh=f"不允许的字符：{error.reason}",
            en=f"character not allowed: {error.reason}",
        ) from error
    if node is None:
        raise InvalidDocument(path=path, line=1, field="", zh="文件是空的", en="the file is empty")
    _refuse_repeated_keys(path, node)
    constructor = loader("")
    try:
        value = constructor.construct_document(node)
        return msgspec.convert(value, kind)
    except RecursionError as error:
        raise _too_deep(path, line=1) from error
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidDocument(
            path=path,
            line=line,
            field="",
            zh=f"无法读取的值：{error.problem}",
            en=f"unreadable value: {error.problem}",
        ) from error
    except ValueError as error:
        # msgspec.ValidationError is a ValueError; so is a date such as 2026-02-30.
        raise _located(path, node, str(error), kind) from error
    finally:
        constructor.dispose()


def field_line(path: Path, field: str) -> int:
    """The line that ``field``, such as ``sources[1].files[0]``, stands on, as deep as it can be followed.

    For faults that show only once a document has been loaded: a reference to what does not exist.

    Args:
        path: a YAML file that :func:`load_document` has accepted.
        field: where in the document.
    """
    import yaml  # noqa: PLC0415 - as above

    root = cast("Node", yaml.compose(read_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    line: int = _follow(root, f".{field}").start_mark.line
    return line + 1


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, for "did you mean"; ``None`` where none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def _refuse_deep_nesting(path: Path, text: str) -> None:
    # Every level costs a bracket or a column, so an ordinary file need not be walked to see that it is flat.
    longest = max(map(len, text.splitlines()), default=0)
    if text.count("[") + text.count("{") + longest <= _DEEPEST:
        return
    import yaml  # noqa: PLC0415 - as in load_document

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise _too_deep(path, line=cast("yaml.Mark", event.start_mark).line + 1)


def _too_deep(path: Path, *, line: int) -> InvalidDocument:
    return InvalidDocument(
        path=path, line=line, field="", zh="嵌套过深；请展平", en="nested too deeply; flatten it"
    )


def _refuse_repeated_keys(path: Path, root: Node) -> None:
    # Aliases make the document a graph: were nodes visited twice, a short file could keep us busy for ever.
    visited: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in visited or node.id == "scalar":
            continue
        visited.add(id(node))
        if node.id == "sequence":
            waiting.extend(node.value)
        else:
            _refuse_repeated_key(path, [key for key, _ in node.value])
            waiting.extend(value for _, value in node.value)


def _refuse_repeated_key(path: Path, keys: list[Node]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key.id != "scalar":
            continue  # the constructor refuses it, and says why
        if key.value in seen:
            raise InvalidDocument(
                path=path,
                line=key.start_mark.line + 1,
                field=str(key.value),
                zh="同一个键出现了两次；请删去一个",
                en="the same key stands twice; remove one",
            )
        seen.add(key.value)


def _located(path: Path, root: Node, message: str, kind: type) -> InvalidDocument:
    reason, _, where = message.partition(" - at `")
    field = where.rstrip("`").removeprefix("$").removeprefix(".")
    node = _follow(root, where.rstrip("`"))
    unknown = _UNKNOWN_FIELD.search(reason)
    advice_zh = advice_en = ""
    if unknown:
        node = _key(node, unknown[1]) or node
        suggestion = nearest(unknown[1], _field_names(kind, where.rstrip("`")))
        if suggestion:
            advice_zh, advice_en = f"；是不是 {suggestion}？", f"; did you mean {suggestion}?"
    line = node.start_mark.line + 1
    reason = reason.replace("Object contains unknown", "unknown")
    return InvalidDocument(path=path, line=line, field=field, zh=reason + advice_zh, en=reason + advice_en)


def _follow(root: Node, where: str) -> Node:
    """The node that msgspec's path names, as deep as it can be followed."""
    node = root
    for index, name in _FIELD.findall(where):
        step: Node | None = None
        if node.id == "sequence" and index.isdigit():
            step = next(iter(node.value[int(index) :]), None)
        elif node.id == "mapping" and name:
            step = next((value for key, value in node.value if key.value == name), None)
        if step is None:
            break
        node = step
    return node


def _key(node: Node, name: str) -> Node | None:
    # Only a mapping has a field too many, and only mappings are what a path stops short at.
    return next((key for key, _ in node.value if key.value == name), None)


def _field_names(kind: type, where: str) -> list[str]:
    """The field names allowed at ``where`` in a ``kind``, as far as its types say."""
    info = msgspec.inspect.type_info(kind)
    for index, name in _FIELD.findall(where):
        if index and isinstance(info, msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
            info = info.item_type
        elif index and isinstance(info, msgspec.inspect.DictType):
            info = info.value_type
        elif name and isinstance(info, msgspec.inspect.StructType):
            info = next((field.type for field in info.fields if field.encode_name == name), info)
        if isinstance(info, msgspec.inspect.UnionType):
            info = next((t for t in info.types if not isinstance(t, msgspec.inspect.NoneType)), info)
    if isinstance(info, msgspec.inspect.StructType):
        return [field.encode_name for field in info.fields]
    return []
