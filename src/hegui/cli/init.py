"""``hegui init``: make a workspace."""

from pathlib import Path

import click
import msgspec

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.workspace import Workspace


@click.command(
    help=phrase(
        zh="建立工作区 DIRECTORY：一个目录，装着数据库、证据、密钥和文件；可整体复制和备份。\n\n\b\n"
        "示例：\n  hegui init my-service\n"
        "  HEGUI_DATABASE_URL=postgresql://user@host/db hegui init my-service",
        en="Make the workspace DIRECTORY: one directory that holds database, evidence, keys and files; "
        "copy or back it up as a whole.\n\n\b\nExamples:\n  hegui init my-service\n"
        "  HEGUI_DATABASE_URL=postgresql://user@host/db hegui init my-service",
    )
)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@pass_terminal
def init(terminal: Terminal, directory: Path | None) -> None:
    """Make a workspace at ``directory``, or where the settings say."""
    settings = terminal.settings
    if directory is not None:
        settings = msgspec.structs.replace(settings, workspace=directory)
    with Workspace.create(settings) as workspace:
        terminal.result(
            {"workspace": str(workspace.root), "id": workspace.id, "database": workspace.database.url},
            lambda: phrase(
                zh=f"工作区已就绪：{workspace.root}（数据库 {workspace.database.url}）",
                en=f"Workspace ready: {workspace.root} (database {workspace.database.url})",
            ),
        )
