"""Texts with labels, from whatever table people have: columns and words for "unsafe" guessed and shown."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from hegui.core import InvalidDocument, Record, digest_bytes, nearest, read_text
from hegui.screening.model import ANY

RISK = re.compile(r"A\.[1-5](\.[a-i])?")
_SEPARATORS = re.compile(r"[,;|、，；\s]+")
_TEXT = ("text", "content", "comment", "sentence", "文本", "内容", "句子", "评论", "语料")
_LABEL = (
    "label",
    "labels",
    "risk",
    "risks",
    "标签",
    "风险",
    "风险类型",
    "类别标签",
    "is_unsafe",
    "unsafe",
    "toxic",
)
_SAFE_WORDS = frozenset(
    {"0", "0.0", "safe", "normal", "clean", "harmless", "non-offensive", "none", "no", "false"}
)
_SAFE_WORDS_ZH = frozenset({"", "安全", "正常", "无害", "合规", "无", "否", "无风险"})
_UNSAFE_WORDS = frozenset({"1", "1.0", "unsafe", "toxic", "harmful", "offensive", "hate", "yes", "true"})
_UNSAFE_WORDS_ZH = frozenset({"不安全", "有害", "违规", "不合规", "有风险", "是", "冒犯", "攻击"})
_SAFE = _SAFE_WORDS | _SAFE_WORDS_ZH
_UNSAFE = _UNSAFE_WORDS | _UNSAFE_WORDS_ZH
_MOST_GROUPS = 20
_SHOWN = 8
# Texts that name an insult to speak against it. The benchmark COLD numbers them 3 in this column.
_COUNTER_SPEECH = frozenset(
    {"anti-bias", "antibias", "anti_bias", "counter-speech", "counterspeech", "反偏见", "反歧视"}
)
_COLD = ("fine-grained-label", "3")


class DataFile(Record):
    """A file of labelled texts, as a model card names it.

    Attributes:
        name: the file's name.
        digest: of its bytes.
        rows: how many were read; ``unsafe`` of them are labelled so.
        unusable: how many lines could not be used.
        text_column: where the text was taken from.
        label_column: where the label was taken from.
    """

    name: str
    digest: str
    rows: int
    unsafe: int
    unusable: int
    text_column: str
    label_column: str


class UnusableExample(Record):
    """A line that holds no labelled text, and why."""

    line: int
    zh: str
    en: str


class Example(NamedTuple):
    """A text, the risks it is labelled with (``*`` where only "unsafe" is said), and its other columns."""

    text: str
    risks: frozenset[str]
    others: Mapping[str, str]

    @property
    def unsafe(self) -> bool:
        """Whether it is labelled with any risk."""
        return bool(self.risks)

    def shows(self, risk: str) -> bool:
        """Whether it is labelled with ``risk``, a group that holds it, or a risk of that group."""
        return any(
            each in {ANY, risk} or each.startswith(risk + ".") or risk.startswith(each + ".")
            for each in self.risks
        )


class Examples(NamedTuple):
    """What a file holds.

    Attributes:
        file: the file and the columns that were used.
        rows: the texts.
        unusable: the lines that hold none.
        groups: other columns with few different values, by which results can be told apart.
        counter_speech: the column and value of texts that speak against an insult, where the data tells them.
    """

    file: DataFile
    rows: Sequence[Example]
    unusable: Sequence[UnusableExample]
    groups: Sequence[str]
    counter_speech: tuple[str, str] | None


class _Row(NamedTuple):
    line: int
    cells: Mapping[str, str]


def read_examples(
    path: Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    unsafe: Collection[str] = (),
    counter_speech: tuple[str, str] | None = None,
) -> Examples:
    """Read a ``.csv``, ``.tsv`` or ``.jsonl`` file of labelled texts.

    Args:
        path: the file; UTF-8.
        text_column: where the text is; guessed by its name if not given.
        label_column: where the label is: a word for safe or unsafe, 0 or 1, or risks (``A.2.e``), several
            separated by commas; guessed by its name if not given.
        unsafe: the labels that mean unsafe, where they are other words than the usual; all others mean safe.
        counter_speech: a column and its value by which texts that speak against an insult are told.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it is not UTF-8, not a table, lacks a column, or its labels are not understood.
    """
    data = read_text(path)
    rows, unusable = _table(path, data)
    names = list(dict.fromkeys(name for row in rows for name in row.cells))
    text = _column(path, names, text_column, _TEXT, zh="文本", en="text")
    label = _column(path, names, label_column, _LABEL, zh="标签", en="label")
    meaning = _meanings(path, {row.cells.get(label, "") for row in rows}, label, unsafe)
    kept = []
    for row in rows:
        if not row.cells.get(text, "").strip():
            unusable.append(UnusableExample(line=row.line, zh="没有文本", en="it has no text"))
        elif label not in row.cells:
            unusable.append(UnusableExample(line=row.line, zh="没有标签", en="it has no label"))
        else:
            others = {name: value for name, value in row.cells.items() if name not in {text, label}}
            kept.append(Example(row.cells[text], meaning[row.cells[label]], others))
    if not kept:
        raise InvalidDocument(
            path=path,
            line=1,
            field="",
            zh="没有一行可用的带标签文本",
            en="no line holds a usable labelled text",
        )
    file = DataFile(
        name=path.name,
        digest=digest_bytes(path.read_bytes()),
        rows=len(kept),
        unsafe=sum(row.unsafe for row in kept),
        unusable=len(unusable),
        text_column=text,
        label_column=label,
    )
    groups = [name for name in names if name not in {text, label} and _is_group(kept, name)]
    return Examples(
        file,
        kept,
        sorted(unusable, key=lambda row: row.line),
        groups,
        counter_speech or _counter_speech(kept, groups),
    )


def _table(path: Path, data: str) -> tuple[list[_Row], list[UnusableExample]]:
    match path.suffix.lower():
        case ".csv":
            return _separated(path, data, ",")
        case ".tsv":
            return _separated(path, data, "\t")
        case ".jsonl" | ".ndjson":
            return _objects(data)
    raise InvalidDocument(
        path=path,
        line=1,
        field="",
        zh=f"不认识的文件类型 {path.suffix!r}；请用 .csv、.tsv 或 .jsonl",
        en=f"unknown kind of file {path.suffix!r}; use .csv, .tsv or .jsonl",
    )


def _separated(path: Path, data: str, separator: str) -> tuple[list[_Row], list[UnusableExample]]:
    # The limit holds for the whole process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), len(data)))
    reader = csv.reader(io.StringIO(data, newline=""), delimiter=separator, strict=True)
    rows, unusable = [], []
    try:
        names = [name.strip() for name in next(reader, [])]
        for cells in reader:
            if len(cells) == len(names):
                rows.append(_Row(reader.line_num, dict(zip(names, cells, strict=True))))
            elif cells:
                unusable.append(
                    UnusableExample(
                        line=reader.line_num,
                        zh=f"有 {len(cells)} 格，应为 {len(names)} 格",
                        en=f"it has {len(cells)} cells instead of {len(names)}",
                    )
                )
    except csv.Error as error:
        raise InvalidDocument(
            path=path, line=reader.line_num, field="", zh=f"不是 CSV：{error}", en=f"not CSV: {error}"
        ) from error
    return rows, unusable


def _objects(data: str) -> tuple[list[_Row], list[UnusableExample]]:
    rows, unusable = [], []
    for number, line in enumerate(data.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            unusable.append(UnusableExample(line=number, zh=f"不是 JSON：{error}", en=f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            rows.append(_Row(number, {name: _cell(each) for name, each in value.items()}))
        else:
            unusable.append(UnusableExample(line=number, zh="不是 JSON 对象", en="not a JSON object"))
    return rows, unusable


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_cell, value))
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def _column(
    path: Path, names: Sequence[str], wanted: str | None, usual: Sequence[str], *, zh: str, en: str
) -> str:
    if wanted is None:
        by_name = {name.casefold(): name for name in reversed(names)}
        found = next((by_name[name] for name in usual if name in by_name), None)
        option = f"--{en}-column"
        problem_zh, problem_en = (
            f"认不出哪一列是{zh}；请用 {option} 指明",
            f"which column is the {en}? Say it with {option}",
        )
    else:
        found = wanted if wanted in names else None
        close = nearest(wanted, names)
        problem_zh = f"没有“{wanted}”这一列" + (f"；是不是“{close}”？" if close else "")
        problem_en = f"there is no column “{wanted}”" + (f"; did you mean “{close}”?" if close else "")
    if found is not None:
        return found
    shown = "、".join(names[:_SHOWN]) or "—"
    raise InvalidDocument(
        path=path,
        line=1,
        field="",
        zh=f"{problem_zh}；现有的列：{shown}",
        en=f"{problem_en}; there are: {shown}",
    )


def _meanings(
    path: Path, values: Collection[str], column: str, unsafe: Collection[str]
) -> dict[str, frozenset[str]]:
    """The risks that each label stands for."""
    if unsafe:
        return {value: frozenset({ANY} if value.strip() in unsafe else ()) for value in values}
    meaning = {value: _meaning(value) for value in values}
    unknown = sorted(value for value, risks in meaning.items() if risks is None)
    if not unknown:
        return {value: risks for value, risks in meaning.items() if risks is not None}
    shown = "、".join(map(repr, unknown[:_SHOWN]))
    raise InvalidDocument(
        path=path,
        line=1,
        field=column,
        zh=f"不认识的标签：{shown}；请用 --unsafe 指明哪些标签表示不安全",
        en=f"labels that are not understood: {shown}; say with --unsafe which of them mean unsafe",
    )


def _meaning(value: str) -> frozenset[str] | None:
    word = value.strip().casefold()
    if word in _SAFE:
        return frozenset()
    if word in _UNSAFE:
        return frozenset({ANY})
    risks = [each for each in _SEPARATORS.split(value.strip()) if each]
    return frozenset(risks) if all(map(RISK.fullmatch, risks)) else None


def _is_group(rows: Sequence[Example], name: str) -> bool:
    values = Counter(row.others.get(name, "") for row in rows)
    return 1 < len(values) <= _MOST_GROUPS


def _counter_speech(rows: Sequence[Example], groups: Sequence[str]) -> tuple[str, str] | None:
    for name, value in _pairs(rows, groups):
        meant = value.casefold() in _COUNTER_SPEECH or (name.casefold(), value) == _COLD
        if meant and not any(row.unsafe for row in rows if row.others.get(name) == value):
            return name, value
    return None


def _pairs(rows: Sequence[Example], groups: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in groups:
        for value in sorted({row.others.get(name, "") for row in rows}):
            yield name, value
