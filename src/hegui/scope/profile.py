"""The profile file: ``service.yaml``."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from hegui.core import BilingualText, Conflict, InvalidDocument, Record, field_line, load_document, read_text
from hegui.rulebook import Rulebook
from hegui.scope.model import FactValue, InvalidFact, ServiceProfile, check_facts

if TYPE_CHECKING:
    import yaml

Answers = Mapping[str, FactValue | None]
"""Facts by name; ``None`` says that the answer is not known."""


class _Written(Record):
    """A profile as written, before its facts are known to be facts."""

    name: BilingualText
    provider: BilingualText
    facts: dict[str, object]


def read_profile(path: Path, rulebook: Rulebook) -> ServiceProfile:
    """The profile that a YAML (or JSON) file states.

    A fact left out or written ``null`` is unknown.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it cannot be read, or states a fact or value that the rulebook does not know.
    """
    written = load_document(path, _Written)
    stated = {name: value for name, value in written.facts.items() if value is not None}
    try:
        check_facts(stated, rulebook.facts)
    except InvalidFact as error:
        field = f"facts.{error.fact}"
        raise InvalidDocument(
            path=path, line=field_line(path, field), field=field, zh=error.text.zh, en=error.text.en
        ) from error
    return ServiceProfile(
        name=written.name, provider=written.provider, facts=msgspec.convert(stated, dict[str, FactValue])
    )


def known_unknowns(path: Path) -> frozenset[str]:
    """The facts that a profile file says are not known, by ``null``.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it is no profile.
    """
    return frozenset(name for name, value in load_document(path, _Written).facts.items() if value is None)


def new_profile(*, name: BilingualText, provider: BilingualText) -> str:
    """The text of a profile in which nothing is answered yet."""
    return (
        "# 服务概况：没有回答的问题按未知处理，从不当作“否”；null 表示问过而不知道。\n"
        "# A service profile. What is left out is unknown, never no; null says: asked, and not known.\n\n"
        f"name: {_written(msgspec.to_builtins(name))}\n"
        f"provider: {_written(msgspec.to_builtins(provider))}\n\n"
        "facts: {}\n"
    )


def write_answers(path: Path, answers: Answers) -> None:
    """Write answers into a profile file; everything else in it stays as it is, comments too.

    The file is replaced in one step, so that whoever stops in the middle loses nothing.

    Args:
        path: a profile that :func:`read_profile` has accepted.
        answers: of facts that the profile does not state yet or states as not known.

    Raises:
        Conflict: the file is laid out in a way that cannot be added to, or may not be written to.
    """
    text = read_text(path)
    for name, value in answers.items():
        text = _with_answer(text, name, _written(value))
    answered = msgspec.json.decode(msgspec.json.encode(answers))
    meant = {**load_document(path, _Written).facts, **answered}
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        _refuse_other_meaning(path, beside, meant)
        os.replace(beside, path)  # noqa: PTH105 - Path.replace says the same, and less plainly that it is atomic
    except OSError as error:
        raise Conflict(
            zh=f"无法写入 {path}：{error.strerror}", en=f"cannot write {path}: {error.strerror}"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _refuse_other_meaning(path: Path, changed: Path, meant: dict[str, object]) -> None:
    """Read back what was written: in some layouts of YAML an added line says something else."""
    try:
        says = load_document(changed, _Written).facts
    except InvalidDocument:
        says = {}
    if says != meant:
        raise Conflict(
            zh=f"{path} 的写法无法自动补充；请把 facts 写成每行一项，或者自行补写",
            en=f"{path} is laid out in a way that cannot be added to; "
            "write facts one to a line, or add the answers by hand",
        )


def _with_answer(text: str, name: str, value: str) -> str:
    facts = _facts_node(text)
    for key, old in facts.value:
        if key.value == name:
            # An empty value has no text of its own: it stands right behind the colon.
            space = "" if old.start_mark.index < old.end_mark.index else " "
            return text[: old.start_mark.index] + space + value + text[old.end_mark.index :]
    if facts.flow_style:
        return _into_braces(text, facts, f"{name}: {value}")
    return _below(text, facts, f"{name}: {value}")


def _into_braces(text: str, facts: "yaml.MappingNode", entry: str) -> str:
    inside, rest = text[: facts.end_mark.index - 1], text[facts.end_mark.index - 1 :]
    if not facts.value:
        # Nothing is in the braces yet: a line for each fact reads better.
        opening = text[: facts.start_mark.index].rstrip(" ")
        return f"{opening}\n  {entry}{rest[1:]}"
    if facts.value[-1][0].style == '"':  # JSON is YAML, but only with every name quoted
        name, _, value = entry.partition(": ")
        entry = f'"{name}": {value}'
    return f"{inside.rstrip().removesuffix(',')}, {entry}{rest}"


def _below(text: str, facts: "yaml.MappingNode", entry: str) -> str:
    """A new line below the last fact, in the same column; comments behind or below it stay where they are."""
    newline = "\r\n" if "\r\n" in text else "\n"
    last_key, last_value = facts.value[-1]
    end = text.find("\n", _end(last_value))
    before, after = (text, "") if end < 0 else (text[:end].removesuffix("\r"), text[end + 1 :])
    return f"{before}{newline}{' ' * last_key.start_mark.column}{entry}{newline}{after}"


def _end(node: "yaml.Node") -> int:
    """Where a node's own text ends; that of a list over several lines includes what follows its last item."""
    in_lines = not getattr(node, "flow_style", True)
    if in_lines and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return node.end_mark.index


def _facts_node(text: str) -> "yaml.MappingNode":
    import yaml  # noqa: PLC0415 - 40 ms that only those pay who write a profile

    # The loader written in Python: its places count characters, as Python does.
    root = cast("yaml.MappingNode", yaml.compose(text, Loader=yaml.SafeLoader))
    return cast("yaml.MappingNode", next(value for key, value in root.value if key.value == "facts"))


def _written(value: object) -> str:
    """A value on one line of YAML."""
    import yaml  # noqa: PLC0415 - as above

    plain = list(value) if isinstance(value, tuple) else value
    line = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1 << 20)
    return line.removesuffix("...\n").rstrip()
