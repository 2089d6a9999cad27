"""``hegui conduct``: users who keep asking for illegal content, and their appeals."""

from pathlib import Path
from typing import NamedTuple

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.conduct import Appeal, Conduct, UserStanding
from hegui.core import load_document
from hegui.gateway import GatewayDeclaration

_reason = click.option(
    "--reason", required=True, help=phrase(zh="理由，记入证据。", en="Why; recorded as evidence.")
)


@click.group(
    help=phrase(
        zh="多次输入违法不良信息的用户：处置、申诉、纠正。用户只以假名出现。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct show\n"
        "  hegui -w my-service conduct appeals\n"
        "  hegui -w my-service conduct overturn hegui-1f0c… --reason 误判",
        en="Users who keep asking for illegal content: steps, appeals, corrections. Users appear by "
        "pseudonym only.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct show\n"
        "  hegui -w my-service conduct appeals\n"
        "  hegui -w my-service conduct overturn hegui-1f0c… --reason 'false alarm'",
    )
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="网关的声明文件，其中 ladder 一节是处置阶梯；不给则按随附的阶梯。",
        en="The gateway's declaration, whose ladder applies; the ladder that Hegui proposes if not given.",
    ),
)
@click.pass_context
def conduct(context: click.Context, config: Path | None) -> None:
    """Remember where the ladder is declared; nothing is opened before a command runs."""
    context.obj = _Declared(config)


class _Declared(NamedTuple):
    """The gateway's declaration, where one was named."""

    path: Path | None


def _room(terminal: Terminal) -> Conduct:
    declared = click.get_current_context().find_object(_Declared)
    path = declared.path if declared else None
    policy = None if path is None else load_document(path, GatewayDeclaration).ladder
    return terminal.workspace.conduct(policy)


@conduct.command(
    help=phrase(
        zh="列出有违规记录的用户及其现状；给出 USER 时列出其全部记录。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct show\n  hegui -w my-service conduct show 5f2d…",
        en="Users with a history and how they stand; with USER, all of that history.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct show\n  hegui -w my-service conduct show 5f2d…",
    )
)
@click.argument("user", required=False)
@pass_terminal
def show(terminal: Terminal, user: str | None) -> None:
    """Show users."""
    room = _room(terminal)
    if user is not None:
        past = room.history(user)
        standing = room.standing(user)
        terminal.result(
            {"user": user, "standing": standing, "history": past},
            lambda: "\n".join(
                [
                    _stands(terminal, user, standing),
                    *(f"  {e.at:%Y-%m-%d %H:%M:%S}  {e.kind}  {e.exchange}" for e in past),
                ]
            ),
        )
        return
    known = room.users()
    terminal.result(
        [{"user": name, "standing": standing} for name, standing in known],
        lambda: (
            "\n".join(_stands(terminal, name, standing) for name, standing in known)
            or phrase(zh="没有违规记录。", en="Nobody has a history.")
        ),
    )


@conduct.command(
    help=phrase(
        zh="代用户登记一份申诉。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct appeal 5f2d… --exchange hegui-1f0c… --text 我在写小说",
        en="Take down a user's appeal.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct appeal 5f2d… --exchange hegui-1f0c… --text 'It is for a novel'",
    )
)
@click.argument("user")
@click.option("--text", required=True, help=phrase(zh="用户的陈述。", en="What the user says."))
@click.option(
    "--exchange",
    default="",
    help=phrase(zh="针对哪一次被拒的请求。", en="The refused request it is about, if it is about one."),
)
@pass_terminal
def appeal(terminal: Terminal, user: str, text: str, exchange: str) -> None:
    """Take down an appeal."""
    made = _room(terminal).appeal(user, text=text, exchange=exchange)
    terminal.result(made, lambda: _appeal(made))


@conduct.command(
    help=phrase(
        zh="列出待决定的申诉；--all 列出全部。\n\n\b\n示例：\n  hegui -w my-service conduct appeals",
        en="The appeals to be decided; --all shows the decided ones too.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct appeals",
    )
)
@click.option("--all", "everything", is_flag=True, help=phrase(zh="包括已决定的。", en="Decided ones too."))
@pass_terminal
def appeals(terminal: Terminal, *, everything: bool) -> None:
    """List appeals."""
    found = _room(terminal).appeals(open_only=not everything)
    terminal.result(
        found,
        lambda: "\n".join(map(_appeal, found)) or phrase(zh="没有待决定的申诉。", en="No appeal is open."),
    )


@conduct.command(
    help=phrase(
        zh="决定一份申诉。支持申诉时，撤销它所针对的违规并更正计数；未针对某次请求的，解除现有处置。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct decide 3f0c9a… --grant --reason 误判",
        en="Decide an appeal. Granting it overturns the violation it is about and corrects the counts, or, "
        "where it names none, lifts what is in force.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct decide 3f0c9a… --grant --reason 'false alarm'",
    )
)
@click.argument("appeal")
@click.option(
    "--grant/--deny", "granted", required=True, help=phrase(zh="支持或驳回。", en="Grant or deny it.")
)
@_reason
@pass_terminal
def decide(terminal: Terminal, appeal: str, reason: str, *, granted: bool) -> None:
    """Decide an appeal."""
    decided = _room(terminal).decide(appeal, granted=granted, reason=reason)
    terminal.result(decided, lambda: _appeal(decided))


@conduct.command(
    help=phrase(
        zh="认定一次违规为误判：由它而来的计数与处置随之更正。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct overturn hegui-1f0c… --reason 误判",
        en="Find that a violation was none: counts and steps that rest on it are corrected.\n\n\b\n"
        "Examples:\n"
        "  hegui -w my-service conduct overturn hegui-1f0c… --reason 'false alarm'",
    )
)
@click.argument("exchange")
@_reason
@pass_terminal
def overturn(terminal: Terminal, exchange: str, reason: str) -> None:
    """Overturn a violation."""
    standing = _room(terminal).overturn(exchange, reason=reason)
    terminal.result(standing, lambda: _stands(terminal, exchange, standing))


@conduct.command(
    help=phrase(
        zh="解除对一名用户的处置，重新计数。\n\n\b\n示例：\n"
        "  hegui -w my-service conduct lift 5f2d… --reason 账号被盗用",
        en="End what is in force for a user, who begins anew.\n\n\b\nExamples:\n"
        "  hegui -w my-service conduct lift 5f2d… --reason 'the account was stolen'",
    )
)
@click.argument("user")
@_reason
@pass_terminal
def lift(terminal: Terminal, user: str, reason: str) -> None:
    """Lift what is in force."""
    standing = _room(terminal).lift(user, reason=reason)
    terminal.result(standing, lambda: _stands(terminal, user, standing))


def _stands(terminal: Terminal, name: str, standing: UserStanding) -> str:
    step = terminal.text(standing.current.step.text) if standing.current else "—"
    until = f" → {standing.until:%Y-%m-%d %H:%M} UTC" if standing.until else ""
    return phrase(
        zh=f"{name}  {step}{until}  第 {standing.rung} 级，"
        f"连续 {standing.in_a_row} 次，今日 {standing.in_a_day} 次",
        en=f"{name}  {step}{until}  rung {standing.rung}, "
        f"{standing.in_a_row} in a row, {standing.in_a_day} today",
    )


def _appeal(appeal: Appeal) -> str:
    state = {
        None: phrase(zh="待决定", en="open"),
        True: phrase(zh="支持", en="granted"),
        False: phrase(zh="驳回", en="denied"),
    }
    about = f"{appeal.user}  {appeal.exchange}"
    return f"{appeal.id}  {state[appeal.granted]}  {about}  {appeal.text!r}  {appeal.reason}"
