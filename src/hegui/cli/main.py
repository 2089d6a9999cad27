"""The ``hegui`` command: finds the room a command belongs to and reports errors.

Exit statuses: 0 done; 2 what was given cannot be used; 3 what was named does not exist; 4 the state of
things forbids it, or a verification failed.
"""

import importlib
import sys
from pathlib import Path

import click
import msgspec

from hegui import __version__
from hegui.cli.terminal import Terminal, environment_language, phrase
from hegui.core import BilingualText, Conflict, HeguiError, InvalidInput, Language, NotFound
from hegui.settings import settings_from_environment

EXIT_STATUS: dict[type[HeguiError], int] = {InvalidInput: 2, NotFound: 3, Conflict: 4}

# Named by text so that `hegui --help` imports no room: each module defines a command of the same name.
COMMANDS: dict[str, BilingualText] = {
    "init": BilingualText(zh="建立工作区", en="Make a workspace"),
    "law": BilingualText(
        zh="查阅规则库：法规、条款、阈值", en="Read the rulebook: instruments, clauses, thresholds"
    ),
    "scope": BilingualText(
        zh="哪些义务适用于本服务，为什么", en="Which obligations apply to a service, and why"
    ),
    "screen": BilingualText(zh="审查一段文字或一个文件", en="Screen a text or a file"),
    "bank": BilingualText(
        zh="关键词库：检查、导入、校准、导出", en="Keyword banks: lint, import, calibrate, export"
    ),
    "corpus": BilingualText(zh="训练数据：登记、扫描、判定", en="Training data: register, scan, judge"),
    "evaluation": BilingualText(zh="模型安全评测", en="Model safety evaluation"),
    "mark": BilingualText(zh="给生成内容加标识，核验标识", en="Label generated content, verify labels"),
    "serve": BilingualText(zh="启动网关与接口", en="Start the gateway and the API"),
    "gateway": BilingualText(
        zh="网关的使用者：密钥、假名、留存", en="Users of the gateway: keys, pseudonyms, retention"
    ),
    "conduct": BilingualText(
        zh="违规用户的处置与申诉", en="Users who keep asking for illegal content: steps and appeals"
    ),
    "companion": BilingualText(
        zh="拟人化互动服务：危机用户的联络", en="Anthropomorphic services: contacts for users in a crisis"
    ),
    "cases": BilingualText(
        zh="安全事件：立案、时限、处置、报告", en="Incidents: opening, deadlines, handling, reports"
    ),
    "dossier": BilingualText(zh="生成自评估材料与证据包", en="Compose the self-assessment and its evidence"),
    "ledger": BilingualText(zh="查阅和导出证据", en="Read and export evidence"),
    "verify": BilingualText(zh="离线核验证据包", en="Verify an evidence bundle offline"),
}


class _Commands(click.Group):
    """The table above, imported one command at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"hegui.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - a module without its command is our own mistake
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        language = environment_language()
        rows = [(name, text.in_language(language)) for name, text in COMMANDS.items()]
        with formatter.section(phrase(zh="命令", en="Commands")):
            formatter.write_dl(rows)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=phrase(
        zh="合规 Hegui：让生成式人工智能服务符合中国的规定，能够证明，并持续证明。\n\n"
        "语言取自环境：HEGUI_LANG=zh 或 en。\n\n\b\n示例：\n"
        "  hegui init my-service\n"
        "  hegui -w my-service scope service.yaml\n"
        "  hegui verify my-service/dossier",
        en="Hegui 合规: meet China's generative-AI rules, prove it, and keep proving it.\n\n"
        "The language comes from the environment: HEGUI_LANG=zh or en.\n\n\b\nExamples:\n"
        "  hegui init my-service\n"
        "  hegui -w my-service scope service.yaml\n"
        "  hegui verify my-service/dossier",
    ),
)
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    help=phrase(
        zh="工作区目录（默认取 HEGUI_WORKSPACE，否则为 hegui-workspace）。",
        en="The workspace directory (default: HEGUI_WORKSPACE, else hegui-workspace).",
    ),
)
@click.version_option(__version__, package_name="hegui")
@click.pass_context
def main(context: click.Context, workspace: Path | None) -> None:
    """Prepare the terminal that commands are handed."""
    settings = settings_from_environment()
    if workspace is not None:
        settings = msgspec.structs.replace(settings, workspace=workspace)
    context.obj = Terminal(settings)
    context.call_on_close(context.obj.close)


def run() -> None:
    """The console script."""
    try:
        main(prog_name="hegui")
    except HeguiError as error:
        sys.exit(_report(error))


def _report(error: HeguiError) -> int:
    language = environment_language()
    if "--json" in sys.argv:
        report = {"error": {"kind": type(error).__name__, "zh": error.text.zh, "en": error.text.en}}
        click.echo(msgspec.json.encode(report).decode(), err=True)
    else:
        prefix = "错误：" if language is Language.ZH else "Error: "
        click.echo(prefix + error.in_language(language), err=True)
    return next(status for kind, status in EXIT_STATUS.items() if isinstance(error, kind))
