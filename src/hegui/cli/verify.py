"""``hegui verify``: verify an evidence bundle offline."""

import os
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import InvalidInput, Language
from hegui.ledger import Unusable, summary, verify_directory

_NOT_VERIFIED = 4


@click.command(
    help=phrase(
        zh="离线核验 DIRECTORY：导出的证据，或封存的材料包。不需要工作区，也不联网。\n\n"
        "同一核验器也是单个文件 hegui/ledger/verify.py，可由审计人员单独运行。"
        "\n\n\b\n示例：\n"
        "  hegui verify dossier\n"
        "  hegui verify dossier --key 'example.cn/hegui+0a1b2c3d+AeXs…'\n"
        "  hegui verify evidence --checkpoint 000000000042.note",
        en="Verify DIRECTORY: exported evidence or a sealed bundle. Needs no workspace and no network.\n\n"
        "The same verifier is the single file hegui/ledger/verify.py, which an auditor can run alone."
        "\n\n\b\nExamples:\n"
        "  hegui verify dossier\n"
        "  hegui verify dossier --key 'example.org/hegui+0a1b2c3d+AeXs…'\n"
        "  hegui verify evidence --checkpoint 000000000042.note",
    )
)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--key",
    metavar="VKEY",
    help=phrase(
        zh="您信任的验证钥（工作区的 keys/ledger.vkey）；不给则用证据自带的，并予以说明。",
        en="The verifier key you trust (keys/ledger.vkey of the workspace); without it the key in the "
        "evidence is used, and said so.",
    ),
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="NOTE",
    help=phrase(
        zh="您早先留存的检查点文件；可发现其后的截断和改写。",
        en="A checkpoint file you kept from earlier; shows whether history was cut or rewritten since.",
    ),
)
@pass_terminal
def verify(terminal: Terminal, directory: Path, key: str | None, checkpoint: Path | None) -> None:
    """Print what verification found; exit with 4 where something does not agree."""
    try:
        report = verify_directory(directory, key=key, checkpoint=checkpoint, processes=os.cpu_count() or 1)
    except Unusable as error:
        raise InvalidInput(zh=error.zh, en=error.en) from error
    terminal.result(report.as_json(), lambda: summary(report, chinese=terminal.language is Language.ZH))
    if not report.ok:
        click.get_current_context().exit(_NOT_VERIFIED)
