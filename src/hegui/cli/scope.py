"""``hegui scope``: which obligations apply to a service, and why."""

import datetime as dt
from pathlib import Path

import click

from hegui.cli.scope_ask import ask
from hegui.cli.scope_compare import compare_
from hegui.cli.scope_page import ScopePage
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import legal_day

_DEFAULT = "judge"


class _JudgesByDefault(click.Group):
    """``hegui scope service.yaml`` is ``hegui scope judge service.yaml``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_JudgesByDefault,
    help=phrase(
        zh="哪些义务适用于一项服务、为什么、哪些问题尚待回答。\n\n"
        "hegui scope PROFILE 就是 hegui scope judge PROFILE。\n\n\b\n示例：\n"
        "  hegui scope service.yaml\n"
        "  hegui scope ask service.yaml\n"
        "  hegui scope compare service.yaml --if registered_users=1000000",
        en="Which obligations apply to a service, why, and which questions are open.\n\n"
        "hegui scope PROFILE is short for hegui scope judge PROFILE.\n\n\b\nExamples:\n"
        "  hegui scope service.yaml\n"
        "  hegui scope ask service.yaml\n"
        "  hegui scope compare service.yaml --if registered_users=1000000",
    ),
)
def scope() -> None:
    """Hold the subcommands."""


@scope.command(
    _DEFAULT,
    help=phrase(
        zh="读取服务概况文件 PROFILE，说明哪些义务适用、为什么、需要哪些备案、哪些问题尚待回答，"
        "并记入台账。\n\n"
        "没有回答的问题按未知处理，从不当作“否”。\n\n\b\n示例：\n"
        "  hegui scope service.yaml\n"
        "  hegui scope service.yaml --full\n"
        "  hegui scope service.yaml --on 2025-08-31 --no-record\n"
        "  hegui scope service.yaml --json",
        en="Read the service profile PROFILE and say which obligations apply, why, which filings they lead "
        "to and which questions are open; the answer is recorded in the ledger.\n\n"
        "A question without answer counts as unknown, never as no.\n\n\b\nExamples:\n"
        "  hegui scope service.yaml\n"
        "  hegui scope service.yaml --full\n"
        "  hegui scope service.yaml --on 2025-08-31 --no-record\n"
        "  hegui scope service.yaml --json",
    ),
)
@click.argument("profile", type=click.Path(path_type=Path))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(zh="按哪一天的规定（默认今天）。", en="By the rules of which day (default: today)."),
)
@click.option(
    "--full",
    is_flag=True,
    help=phrase(
        zh="逐项列出应当留存的证据、所涉数值和期限、违反的后果。",
        en="Show for each obligation the evidence to keep, the numbers and time limits, and the penalty.",
    ),
)
@click.option(
    "--record/--no-record",
    default=True,
    show_default=True,
    help=phrase(zh="是否把结论记入台账。", en="Whether to record the answer in the ledger."),
)
@pass_terminal
def judge(terminal: Terminal, profile: Path, on: dt.datetime | None, *, full: bool, record: bool) -> None:
    """Judge a profile and print what applies."""
    workspace = terminal.workspace
    day = on.date() if on else legal_day(workspace.clock())
    if record:
        report = workspace.scope.decide(profile, on=day)
    else:
        report = workspace.scope.judge(workspace.scope.read(profile), on=day)
    page = ScopePage(terminal, workspace.rulebook, full=full)
    terminal.result(report, lambda: page.render(report))


scope.add_command(ask)
scope.add_command(compare_)
