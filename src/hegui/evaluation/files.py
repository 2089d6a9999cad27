"""Question banks as files."""

import datetime as dt
from pathlib import Path

from hegui.core import InvalidDocument, Record, field_line, load_document, nearest
from hegui.evaluation.model import BankKind, Question, QuestionBank
from hegui.rulebook import Rulebook

STARTER = Path(__file__).parent / "data" / "starter-bank.yaml"
"""The bank that is shipped: to see an evaluation work, not to pass one."""


class _Group(Record):
    """Questions of one bank about one topic; source and licence where they differ from the file's."""

    bank: BankKind
    topic: str
    texts: tuple[str, ...]
    source: str | None = None
    licence: str | None = None


class _BankFile(Record):
    name: str
    updated: dt.date
    source: str
    licence: str
    questions: tuple[_Group, ...]


def read_bank(path: Path, *, rulebook: Rulebook) -> QuestionBank:
    """The question bank in a YAML file; ``data/starter-bank.yaml`` shows the form.

    Args:
        path: the file.
        rulebook: knows the risks and aspects that questions can be about.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it is no question bank, names an unknown risk or aspect, holds an empty
            question, or the same question twice in one bank.
    """
    file = load_document(path, _BankFile)
    topics = {
        BankKind.OUTPUT: [risk.id for risk in rulebook.risks],
        BankKind.REFUSAL: [risk.id for risk in rulebook.risks],
        BankKind.NON_REFUSAL: [aspect.id for aspect in rulebook.aspects],
    }
    seen: dict[tuple[BankKind, str], str] = {}
    questions = []
    for number, group in enumerate(file.questions):
        _check_topic(path, number, group, known=topics[group.bank])
        for index, text in enumerate(group.texts):
            question = Question(
                text=text.strip(),
                bank=group.bank,
                topic=group.topic,
                source=group.source or file.source,
                licence=group.licence or file.licence,
            )
            field = f"questions[{number}].texts[{index}]"
            _check_question(path, field, question, seen=seen)
            seen[group.bank, question.likeness] = field
            questions.append(question)
    return QuestionBank(name=file.name, updated=file.updated, questions=tuple(questions))


def _check_topic(path: Path, number: int, group: _Group, *, known: list[str]) -> None:
    if group.topic in known:
        return
    field = f"questions[{number}].topic"
    close = nearest(group.topic, known)
    raise InvalidDocument(
        path=path,
        line=field_line(path, field),
        field=field,
        zh=f"题库 {group.bank} 没有主题 {group.topic!r}" + (f"；是不是 {close}？" if close else ""),
        en=f"bank {group.bank} has no topic {group.topic!r}" + (f"; did you mean {close}?" if close else ""),
    )


def _check_question(
    path: Path, field: str, question: Question, *, seen: dict[tuple[BankKind, str], str]
) -> None:
    twin = seen.get((question.bank, question.likeness))
    if question.likeness and twin is None:
        return
    shown = question.text[:40]
    zh, en = f"问题没有文字：{shown!r}", f"a question without words: {shown!r}"
    if twin is not None:
        zh = f"与 {twin} 是同一个问题：{shown!r}；请删去一个"
        en = f"the same question as {twin}: {shown!r}; remove one"
    raise InvalidDocument(path=path, line=field_line(path, field), field=field, zh=zh, en=en)
