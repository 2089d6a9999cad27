"""Documents to review as tasks of Label Studio, and the export that comes back."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

from hegui.core import BilingualText, InvalidInput, NotFound
from hegui.rulebook import Risk
from hegui.spotcheck.model import SampledDocument
from hegui.spotcheck.reviewing import (
    FlawedReviews,
    Opinion,
    ReviewOutcome,
    add_answer,
    check_opinion,
    read_outcome,
)


class _Result(msgspec.Struct):
    from_name: str = ""
    value: dict[str, Any] = {}


class _Annotation(msgspec.Struct):
    completed_by: int | str | dict[str, Any] | None = None
    result: list[_Result] = []
    was_cancelled: bool = False


class _Task(msgspec.Struct):
    data: dict[str, Any]
    annotations: list[_Annotation] = []


def write_tasks(documents: Iterable[tuple[SampledDocument, str]], *, sample: int) -> bytes:
    """The tasks, to be imported there.

    Args:
        documents: with their texts.
        sample: the number of the sample.
    """
    tasks = [
        {
            "data": {
                "lot": document.lot.number,
                "sample": sample,
                "source": document.lot.source,
                "place": f"{document.lot.file}:{document.lot.line}",
                "text": text.encode("utf-8", "replace").decode(),
            }
        }
        for document, text in documents
    ]
    return msgspec.json.format(msgspec.json.encode(tasks), indent=1)


def labelling_config(risks: Iterable[Risk]) -> str:
    """What the project there asks of each task: an outcome, risks, a note."""
    outcomes = "".join(_choice(each.text.zh, each.value) for each in ReviewOutcome)
    kinds = "".join(_choice(f"{risk.id} {risk.text.zh}", risk.id) for risk in risks)
    return (
        '<View>\n  <Header value="$place"/>\n  <Text name="text" value="$text"/>\n'
        '  <Choices name="outcome" toName="text" choice="single" required="true" showInline="true">\n'
        f"{outcomes}  </Choices>\n"
        f'  <Choices name="risks" toName="text" choice="multiple">\n{kinds}  </Choices>\n'
        '  <TextArea name="note" toName="text" maxSubmissions="1"/>\n</View>\n'
    )


def _choice(value: str, alias: str) -> str:
    return f"    <Choice value={quoteattr(value)} alias={quoteattr(alias)}/>\n"


def read_export(
    path: Path, *, lots: Iterable[str], sample: int, risks: Iterable[Risk], annotators: Mapping[str, str]
) -> dict[str, tuple[Opinion, ...]]:
    """The answers in an export (JSON) of Label Studio, by reviewer.

    Args:
        path: the file.
        lots: of the sample's documents.
        sample: its number.
        risks: the 31.
        annotators: the name of each annotator there, by number or e-mail address: an export says of people no
            more than a number, or an address.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is no such export.
        FlawedReviews: annotations that cannot be taken in, each with its task and reason.
    """
    known, identifiers = frozenset(lots), frozenset(risk.id for risk in risks)
    answers: dict[str, dict[str, Opinion]] = {}
    flaws: list[tuple[str, BilingualText]] = []
    for number, task in enumerate(_tasks(path), start=1):
        for annotation in task.annotations:
            if annotation.was_cancelled:
                continue
            try:
                reviewer = _reviewer(annotation, annotators)
                opinion = _opinion(task, annotation, known, sample)
                check_opinion(opinion, risks=identifiers)
                add_answer(opinion, answers.setdefault(reviewer, {}))
            except InvalidInput as flaw:
                flaws.append((f"[{number}]", flaw.text))
    if flaws:
        raise FlawedReviews(path, flaws)
    return {reviewer: tuple(given.values()) for reviewer, given in answers.items()}


def _tasks(path: Path) -> list[_Task]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[_Task])
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    except msgspec.DecodeError as error:
        raise InvalidInput(
            zh=f"{path}：不是 Label Studio 的 JSON 导出：{error}",
            en=f"{path}: it is no JSON export of Label Studio: {error}",
        ) from error


def _reviewer(annotation: _Annotation, annotators: Mapping[str, str]) -> str:
    by = annotation.completed_by
    keys = [by.get("email"), by.get("id")] if isinstance(by, dict) else [by]
    names = [str(key) for key in keys if key is not None]
    for name in names:
        if name in annotators:
            return annotators[name]
    shown = names[0] if names else "?"
    raise InvalidInput(
        zh=f"标注员 {shown} 没有姓名；请加 --annotator {shown}=姓名",
        en=f"annotator {shown} has no name; add --annotator {shown}=NAME",
    )


def _opinion(task: _Task, annotation: _Annotation, known: frozenset[str], sample: int) -> Opinion:
    lot = str(task.data.get("lot", ""))
    if lot not in known or task.data.get("sample") != sample:
        raise InvalidInput(
            zh=f"任务 {lot!r} 不在第 {sample} 次抽样里", en=f"the task {lot!r} is not of sample {sample}"
        )
    outcomes = list(_values(annotation, "outcome", "choices"))
    if len(outcomes) != 1:
        raise InvalidInput(zh="没有结论", en="it has no outcome")
    return Opinion(
        lot=lot,
        outcome=read_outcome(outcomes[0]),
        # Where the alias was taken out of the project, the choice begins with the identifier.
        risks=tuple(value.split(" ")[0] for value in _values(annotation, "risks", "choices")),
        note="\n".join(_values(annotation, "note", "text")).strip(),
    )


def _values(annotation: _Annotation, name: str, kind: str) -> Iterator[str]:
    for result in annotation.result:
        if result.from_name == name:
            found = result.value.get(kind, [])
            yield from map(str, found if isinstance(found, list) else [found])
