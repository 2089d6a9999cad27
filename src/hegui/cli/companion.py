"""``hegui companion``: whom a person has to contact, and what signs a text shows."""

from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.companion import CompanionPolicy, Contact, SignReader
from hegui.core import BilingualText, load_document
from hegui.gateway import GatewayDeclaration

_NOTHING = BilingualText(zh="没有发现征兆。", en="No sign shows.")


@click.group(
    help=phrase(
        zh="拟人化互动服务：处于危机的用户需要由人联络其监护人或紧急联系人。用户只以假名出现，程序不向任何人发送信息。"
        "\n\n\b\n示例：\n"
        "  hegui -w my-service companion contacts\n"
        "  hegui -w my-service companion close 3f0c9a… --outcome 已电话联系监护人\n"
        "  hegui companion signs 我不想活了",
        en="Anthropomorphic services: a person has to contact the guardian or emergency contact of users in "
        "a crisis. Users appear by pseudonym only, and no program sends anything to anybody."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service companion contacts\n"
        "  hegui -w my-service companion close 3f0c9a… --outcome 'reached the guardian by phone'\n"
        "  hegui companion signs 'I want to die'",
    )
)
def companion() -> None:
    """Hold the commands below."""


@companion.command(
    help=phrase(
        zh="列出待联络的用户，最早的在前；--all 列出全部。\n\n\b\n示例：\n"
        "  hegui -w my-service companion contacts",
        en="Whom a person has to contact, the oldest first; --all shows those dealt with too."
        "\n\n\b\nExamples:\n  hegui -w my-service companion contacts",
    )
)
@click.option("--all", "everything", is_flag=True, help=phrase(zh="包括已办结的。", en="Closed ones too."))
@pass_terminal
def contacts(terminal: Terminal, *, everything: bool) -> None:
    """List contacts."""
    found = terminal.workspace.companion().contacts(open_only=not everything)
    terminal.result(
        found,
        lambda: (
            "\n".join(_line(terminal, contact) for contact in found)
            or phrase(zh="没有待联络的用户。", en="Nobody has to be contacted.")
        ),
    )


@companion.command(
    help=phrase(
        zh="写明一次联络的结果，记入证据；请勿写姓名和号码。\n\n\b\n示例：\n"
        "  hegui -w my-service companion close 3f0c9a… --outcome 已电话联系监护人",
        en="Say what came of a contact; recorded as evidence, so leave out names and numbers."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service companion close 3f0c9a… --outcome 'reached the guardian by phone'",
    )
)
@click.argument("contact")
@click.option("--outcome", required=True, help=phrase(zh="结果。", en="What came of it."))
@pass_terminal
def close(terminal: Terminal, contact: str, outcome: str) -> None:
    """Close a contact."""
    closed = terminal.workspace.companion().close(contact, outcome=outcome)
    terminal.result(closed, lambda: _line(terminal, closed))


@companion.command(
    help=phrase(
        zh="试一试一句话会被看作什么：危机、退出或者沉迷的征兆。什么也不记录。\n\n\b\n示例：\n"
        "  hegui companion signs 我不想活了\n"
        "  hegui companion signs 退出 --config gateway.yaml",
        en="Try what a text would be taken for: a crisis, the wish to stop, a sign of dependence. Nothing is "
        "recorded.\n\n\b\nExamples:\n"
        "  hegui companion signs 'I want to die'\n"
        "  hegui companion signs stop --config gateway.yaml",
    )
)
@click.argument("text")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="网关的声明文件，按其中 companion 一节判断；不给则按随附的词句。",
        en="The gateway's declaration, whose section companion counts; what Hegui proposes if not given.",
    ),
)
@pass_terminal
def signs(terminal: Terminal, text: str, config: Path | None) -> None:
    """Try the signs on a text."""
    declared = None if config is None else load_document(config, GatewayDeclaration).companion
    reader = SignReader(declared or CompanionPolicy())
    crisis = reader.crisis(text, ())
    shown = {
        "exit": reader.wants_to_stop(text),
        "crisis": crisis,
        "dependence": reader.dependence(text, ()),
    }
    words = [
        *([BilingualText(zh="要求退出", en="wants to stop")] if shown["exit"] else []),
        *([crisis.text] if crisis else []),
        *([BilingualText(zh="依赖的征兆", en="a sign of dependence")] if shown["dependence"] else []),
    ]
    terminal.result(shown, lambda: "\n".join(terminal.text(word) for word in words or [_NOTHING]))


def _line(terminal: Terminal, contact: Contact) -> str:
    state = contact.outcome or phrase(zh="待联络", en="open")
    tenant = f" {contact.tenant}" if contact.tenant else ""
    kind = terminal.text(contact.kind.text)
    who = f"{contact.user}{tenant} {contact.exchange}"
    return f"{contact.id}  {contact.at:%Y-%m-%d %H:%M}  {kind} {who}  {state}"
