"""Which files are to be labelled, and the report of what became of them, as people and programs list them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hegui.core import InvalidInput, NotFound, digest_file
from hegui.marking.batch import LabelTask
from hegui.marking.files import DRAFT, named
from hegui.marking.model import ImplicitLabel
from hegui.marking.reports import FileOutcome
from hegui.store import write_whole

_PLACEHOLDER = re.compile(r"\{(digest|name)\}")
_DIGEST_DIGITS = 32
_MANIFESTS = (".csv", ".jsonl")
_REPORTS = (".csv", ".json")
_COLUMNS = ("file", "produce_id", "out")


class ManifestInvalid(InvalidInput):
    """A list of files that cannot be followed.

    Attributes:
        path: the list.
        line: the line at fault, counted from 1.
    """

    def __init__(self, path: Path, line: int, *, zh: str, en: str) -> None:
        """Name the list and the line before the message."""
        super().__init__(zh=f"{named(path)} 第 {line} 行：{zh}", en=f"{named(path)} line {line}: {en}")
        self.path = path
        self.line = line


def label_tasks(
    paths: Sequence[Path], *, out: Path | None, producer: str, produce_id: str
) -> list[LabelTask]:
    """A task for every file named, and for every file in the folders named, in a settled order.

    Hidden files are left out. Of a folder, the labelled files keep their places within it under ``out``.

    Args:
        paths: files and folders.
        out: the folder for the labelled files; ``None`` labels in place.
        producer: the producer's provider code.
        produce_id: the numbers, with ``{digest}`` (of the file's bytes) or ``{name}`` (of the file, without
            its suffix) in them where there are several files.

    Raises:
        NotFound: a file does not exist.
        InvalidInput: several files would get one number, or a number may not stand in a label.
    """
    files = [pair for path in paths for pair in _files(path, out)]
    if len(files) > 1 and not _PLACEHOLDER.search(produce_id):
        raise InvalidInput(
            zh=f"有 {len(files)} 个文件，编号须各不相同；请在 --produce-id 中写入 {{digest}} 或 {{name}}，"
            "或用 --manifest 逐个给出",
            en=f"there are {len(files)} files, and each needs a number of its own; put {{digest}} or "
            "{name} into --produce-id, or give each with --manifest",
        )
    return [
        LabelTask(file, place, ImplicitLabel.first(producer=producer, produce_id=_number(produce_id, file)))
        for file, place in files
    ]


def listed_tasks(manifest: Path, *, out: Path | None, producer: str) -> list[LabelTask]:
    """A task for every line of a manifest: CSV with a header, or one JSON object a line.

    The columns are ``file`` and ``produce_id``, and ``out`` where a labelled file goes to a place of its own.
    Files are named from the manifest's folder on.

    Args:
        manifest: the list.
        out: the folder for the labelled files; ``None`` labels in place.
        producer: the producer's provider code.

    Raises:
        NotFound: there is no such list.
        ManifestInvalid: a line lacks something or says it wrongly.
    """
    tasks = []
    for line, row in _rows(manifest):
        for name in _COLUMNS[:2]:
            if not row.get(name):
                raise ManifestInvalid(manifest, line, zh=f"缺少 {name}", en=f"{name} is missing")
        if unknown := row.keys() - set(_COLUMNS):
            raise ManifestInvalid(
                manifest,
                line,
                zh=f"不认识的列：{'、'.join(sorted(unknown))}",
                en=f"columns not known: {', '.join(sorted(unknown))}",
            )
        file = manifest.parent / row["file"]
        place = file if out is None else out / Path(row["file"]).name
        if row.get("out"):
            place = (out or manifest.parent) / row["out"]
        try:
            label = ImplicitLabel.first(producer=producer, produce_id=row["produce_id"])
        except InvalidInput as error:
            raise ManifestInvalid(manifest, line, zh=error.text.zh, en=error.text.en) from error
        tasks.append(LabelTask(file, place, label))
    return tasks


def files_in(path: Path) -> Iterator[Path]:
    """A file itself, or every file in a folder that is not hidden, in a settled order.

    Raises:
        NotFound: there is no such file.
    """
    if not path.exists():
        raise NotFound(zh=f"没有这个文件：{named(path)}", en=f"no such file: {named(path)}")
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in entry.relative_to(path).parts)
        if entry.is_file() and not hidden and not entry.name.startswith(DRAFT):
            yield entry


def write_report(outcomes: Iterable[FileOutcome], path: Path) -> None:
    """The report of every file, as JSON or as CSV, whole or not at all.

    Args:
        outcomes: what became of each file.
        path: where; ``.csv`` or ``.json`` at its end says which.

    Raises:
        InvalidInput: its name ends otherwise.
        OSError: it cannot be written.
    """
    if path.suffix == ".json":
        write_whole(path, msgspec.json.format(msgspec.json.encode(list(outcomes)), indent=2))
        return
    check_report_name(path)
    text = io.StringIO()
    names = [field.name for field in msgspec.structs.fields(FileOutcome) if field.name != "reason"]
    writer = csv.DictWriter(text, [*names, "reason_zh", "reason_en"])
    writer.writeheader()
    for outcome in outcomes:
        row = {name: _cell(getattr(outcome, name)) for name in names}
        reason = outcome.reason
        writer.writerow(
            row | {"reason_zh": reason.zh if reason else "", "reason_en": reason.en if reason else ""}
        )
    # The mark at its head tells spreadsheets that it is UTF-8.
    write_whole(path, text.getvalue().encode("utf-8-sig"))


def check_report_name(path: Path) -> None:
    """Refuse a report whose name does not say what it is to be.

    Raises:
        InvalidInput: the name ends in neither ``.csv`` nor ``.json``.
    """
    if path.suffix not in _REPORTS:
        raise InvalidInput(
            zh=f"报告 {named(path)} 的文件名应以 .csv 或 .json 结尾",
            en=f"the name of the report {named(path)} should end in .csv or .json",
        )


def _files(path: Path, out: Path | None) -> Iterator[tuple[Path, Path]]:
    for file in files_in(path):
        inside = file.relative_to(path) if path.is_dir() else Path(file.name)
        yield file, file if out is None else out / inside


def _number(template: str, file: Path) -> str:
    values = {"name": file.stem}
    if "{digest}" in template:
        values["digest"] = digest_file(file).removeprefix("sha256:")[:_DIGEST_DIGITS]
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def _rows(manifest: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    if manifest.suffix not in _MANIFESTS:
        raise ManifestInvalid(
            manifest, 1, zh="清单的文件名应以 .csv 或 .jsonl 结尾", en="its name should end in .csv or .jsonl"
        )
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(
            zh=f"没有这个文件：{named(manifest)}", en=f"no such file: {named(manifest)}"
        ) from error
    except UnicodeDecodeError as error:
        raise ManifestInvalid(manifest, 1, zh="不是 UTF-8", en="it is not UTF-8") from error
    if manifest.suffix == ".csv":
        reader = csv.DictReader(io.StringIO(text), restkey="?", restval="")
        for row in reader:
            yield reader.line_num, row
        return
    for line, item in enumerate(text.splitlines(), start=1):
        if not item.strip():
            continue
        try:
            yield line, msgspec.json.decode(item, type=dict[str, str])
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ManifestInvalid(
                manifest,
                line,
                zh=f"不是由字符串组成的 JSON 对象：{error}",
                en=f"no JSON object of strings: {error}",
            ) from error


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A name that begins like a formula must not become one where the report is opened.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
