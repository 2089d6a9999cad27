"""``hegui scope compare``: what changes between two days, two profiles, or what is and what might be."""

import datetime as dt
from pathlib import Path

import click
import msgspec

from hegui.cli.scope_page import ComparisonPage
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import InvalidInput, legal_day, nearest
from hegui.rulebook import Rulebook
from hegui.scope import FactValue, ServiceProfile, compare, parse_answer

_DAYS = 2


@click.command(
    "compare",
    help=phrase(
        zh="说明什么会变：两个日期之间、两份概况之间，或者假如某些事实改变。不记入台账。\n\n\b\n示例：\n"
        "  hegui scope compare service.yaml --on 2025-08-31 --on 2025-09-01\n"
        "  hegui scope compare service.yaml --if registered_users=100万\n"
        "  hegui scope compare service.yaml planned.yaml",
        en="Say what changes: between two days, between two profiles, or if some facts were different. "
        "Nothing is recorded.\n\n\b\nExamples:\n"
        "  hegui scope compare service.yaml --on 2025-08-31 --on 2025-09-01\n"
        "  hegui scope compare service.yaml --if registered_users=1000000\n"
        "  hegui scope compare service.yaml planned.yaml",
    ),
)
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("other", required=False, metavar="[PROFILE2]", type=click.Path(path_type=Path))
@click.option(
    "--on",
    multiple=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(
        zh="按哪一天的规定（默认今天）；给出两次则比较两天。",
        en="By the rules of which day (default: today); given twice, the two days are compared.",
    ),
)
@click.option(
    "--if",
    "changed",
    multiple=True,
    metavar="FACT=VALUE",
    help=phrase(
        zh="假如这项事实是这个值（可重复）；? 表示假如不知道。",
        en="If the fact had this value (repeatable); ? means: if it were not known.",
    ),
)
@pass_terminal
def compare_(
    terminal: Terminal,
    profile: Path,
    other: Path | None,
    on: tuple[dt.datetime, ...],
    changed: tuple[str, ...],
) -> None:
    """Judge twice and print the difference."""
    workspace = terminal.workspace
    days = [day.date() for day in on] or [legal_day(workspace.clock())]
    _refuse_the_same(days, other, changed)
    before = workspace.scope.read(profile)
    after = workspace.scope.read(other) if other else before
    found = compare(
        workspace.scope.judge(before, on=days[0]),
        workspace.scope.judge(_imagined(after, changed, workspace.rulebook), on=days[-1]),
    )
    terminal.result(found, lambda: ComparisonPage(terminal, workspace.rulebook).render(found))


def _refuse_the_same(days: list[dt.date], other: Path | None, changed: tuple[str, ...]) -> None:
    if len(days) > _DAYS:
        raise InvalidInput(
            zh=f"--on 给出了 {len(days)} 次；至多两次",
            en=f"--on is given {len(days)} times; give it at most twice",
        )
    if len(days) < _DAYS and other is None and not changed:
        raise InvalidInput(
            zh="没有可比较的：再给一份概况、第二个 --on，或者 --if 事实=值",
            en="nothing to compare with: give a second profile, a second --on, or --if fact=value",
        )


def _imagined(profile: ServiceProfile, changed: tuple[str, ...], rulebook: Rulebook) -> ServiceProfile:
    facts: dict[str, FactValue | None] = {**profile.facts}
    for assignment in changed:
        name, _, text = assignment.partition("=")
        if name not in rulebook.facts:
            close = nearest(name, rulebook.facts)
            raise InvalidInput(
                zh=f"--if {assignment}：没有名为 {name} 的事实"
                + (f"；是不是 {close}？" if close else "；hegui law facts 列出全部"),
                en=f"--if {assignment}: there is no fact {name}"
                + (f"; did you mean {close}?" if close else "; hegui law facts lists them all"),
            )
        facts[name] = parse_answer(rulebook.facts[name], text)
    known = {name: value for name, value in facts.items() if value is not None}
    return msgspec.structs.replace(profile, facts=known)
