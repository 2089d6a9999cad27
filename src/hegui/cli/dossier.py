"""``hegui dossier``: the documents and their evidence."""

from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.dossier import DossierReport, Tongue


@click.group(
    help=phrase(
        zh="自评估材料：每个数字都引用证据，连同证据包一起签名封存。\n\n\b\n示例：\n"
        "  hegui dossier compose out/\n  hegui verify out/",
        en="The self-assessment: every number cites evidence, and everything is sealed with it.\n\n\b\n"
        "Examples:\n  hegui dossier compose out/\n  hegui verify out/",
    )
)
def dossier() -> None:
    """Everything about dossiers."""


@dossier.command(
    help=phrase(
        zh="把自评估报告写成 .docx、.pdf、.xlsx、.json，附证据包，写入目录 OUT。"
        "材料是草稿，由人审阅和签署。\n\n\b\n"
        "示例：\n  hegui dossier compose out/\n  hegui dossier compose out/ --tongue zh --force",
        en="Write the self-assessment as .docx, .pdf, .xlsx and .json with its evidence into the directory "
        "OUT. It is a draft for people to review and sign.\n\n\b\nExamples:\n  hegui dossier compose out/\n"
        "  hegui dossier compose out/ --tongue zh --force",
    )
)
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--tongue",
    type=click.Choice([tongue.value for tongue in Tongue]),
    default=Tongue.BOTH.value,
    show_default=True,
    help=phrase(zh="材料的语言。", en="The languages of the documents."),
)
@click.option(
    "--force", is_flag=True, help=phrase(zh="替换目录中旧的材料。", en="Replace an earlier dossier there.")
)
@pass_terminal
def compose(terminal: Terminal, out: Path, tongue: str, *, force: bool) -> None:
    """Compose the self-assessment."""
    report = terminal.workspace.dossier.compose(out, tongue=Tongue(tongue), replace=force)
    terminal.result(report, lambda: _told(terminal, report))


def _told(terminal: Terminal, report: DossierReport) -> str:
    lines = [f"  {file.path}" for file in report.files if "/" not in file.path]
    lines += [terminal.text(reason) for reason in report.skipped]
    conclusion = terminal.text(report.conclusion)
    return "\n".join(
        [
            phrase(
                zh=f"{report.directory}：{report.figures} 处数字均有出处 [{report.entry}]",
                en=f"{report.directory}: {report.figures} appearances of numbers, all cited [{report.entry}]",
            ),
            *lines,
            phrase(zh=f"总体结论：{conclusion}", en=f"Overall: {conclusion}"),
            phrase(
                zh=f"核验：hegui verify {report.directory}", en=f"To verify: hegui verify {report.directory}"
            ),
        ]
    )
