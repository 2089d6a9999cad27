"""``hegui corpus``: register training data, scan it, report; longer commands are in modules of their own."""

from pathlib import Path

import click
import msgspec

from hegui.cli.corpus_clean import clean
from hegui.cli.corpus_gate import gate, judged_lines
from hegui.cli.corpus_options import ENGINE, WORKERS, Meter, executing, size_of_sources
from hegui.cli.corpus_page import CorpusPage, filing_text
from hegui.cli.corpus_review import review
from hegui.cli.corpus_sample import sample
from hegui.cli.corpus_source import source
from hegui.cli.corpus_text import content_lines, registration_lines, report_lines
from hegui.cli.corpus_why import compare, why
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.cli.writing import NewFile, write_file


@click.group(
    help=phrase(
        zh="训练数据：登记来源和权利证明，审查每一篇文档，判定每个来源能否用于训练。\n\n\b\n示例：\n"
        "  hegui corpus register corpus.yaml\n"
        "  hegui corpus scan\n"
        "  hegui corpus report",
        en="Training data: register sources with proof of the rights, screen every document, and judge which "
        "sources may be trained on.\n\n\b\nExamples:\n"
        "  hegui corpus register corpus.yaml\n"
        "  hegui corpus scan\n"
        "  hegui corpus report",
    )
)
def corpus() -> None:
    """Training data."""


@corpus.command(
    help=phrase(
        zh="登记声明文件 FILE（YAML）里的全部来源。缺少权利证明不是错误，而是判定为不符合。"
        "\n\n\b\n示例：\n  hegui corpus register examples/chat-service/corpus/corpus.yaml",
        en="Register every source that the declaration FILE (YAML) names. Lacking proof of rights is no "
        "error but a verdict."
        "\n\n\b\nExamples:\n  hegui corpus register examples/chat-service/corpus/corpus.yaml",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@pass_terminal
def register(terminal: Terminal, file: Path) -> None:
    """Register what ``file`` declares."""
    registered = terminal.workspace.corpus.register(file)
    terminal.result(
        registered,
        lambda: "\n".join(line for each in registered for line in registration_lines(terminal, each)),
    )


@corpus.command(
    help=phrase(
        zh="审查所列来源（默认全部）的每一篇文档；原始文件只读不改。中断后再次运行会接着做。\n\n\b\n示例：\n"
        "  hegui corpus scan\n  hegui corpus scan forum --workers 4 --json",
        en="Screen every document of the named sources, or of all; the files are only read. A scan that was "
        "interrupted goes on where it was."
        "\n\n\b\nExamples:\n  hegui corpus scan\n  hegui corpus scan forum --workers 4 --json",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@WORKERS
@ENGINE
@pass_terminal
def scan(terminal: Terminal, sources: tuple[str, ...], workers: int | None, engine: str | None) -> None:
    """Scan and print what was found in each source."""
    workspace = terminal.workspace
    total = size_of_sources(workspace.corpus.sources(), sources)
    with (
        executing(workers, total, engine) as executor,
        terminal.progress(zh="扫描", en="Scanning", total=total, in_bytes=True) as advance,
    ):
        scanned = workspace.corpus.scan(*sources, executor=executor, progress=Meter(advance))
    terminal.result(
        scanned,
        lambda: "\n".join(
            line for each in scanned for line in (each.scan.source, *content_lines(terminal, each))
        ),
    )


@corpus.command(
    help=phrase(
        zh="每个来源的权利、审查结果、判定和条款依据；可写成带图表的网页，或备案材料用的文字。\n\n\b\n示例：\n"
        "  hegui corpus report\n  hegui corpus report --html corpus.html\n  hegui corpus report --filing",
        en="Rights, findings, verdict and clause of every source; as a page with charts, or as the text of a "
        "filing, too.\n\n\b\nExamples:\n"
        "  hegui corpus report\n  hegui corpus report --html corpus.html\n  hegui corpus report --filing",
    )
)
@click.option(
    "--html",
    "page",
    type=NewFile(),
    help=phrase(zh="另写成网页。", en="Write a page too."),
)
@click.option(
    "--filing",
    is_flag=True,
    help=phrase(zh="输出备案材料用的文字。", en="Print the text of a filing, which is Chinese."),
)
@pass_terminal
def report(terminal: Terminal, page: Path | None, filing: bool) -> None:  # noqa: FBT001 - click passes by name
    """Print all that is known."""
    made = terminal.workspace.corpus.report()
    rulebook = terminal.workspace.rulebook
    gates = terminal.workspace.spotchecks.judged()
    outdated = gates is not None and not terminal.workspace.spotchecks.gates_stand()
    if page is not None:
        shown = CorpusPage(
            made, rulebook=rulebook, language=terminal.language, gates=gates, outdated=outdated
        )
        write_file(page, [shown.html().encode()])
    terminal.result(
        msgspec.to_builtins(made) | {"gates": gates, "gates_outdated": outdated},
        lambda: (
            filing_text(made, rulebook, gates=gates, outdated=outdated)
            if filing
            else "\n".join((*report_lines(terminal, made), *judged_lines(terminal, gates, outdated=outdated)))
        ),
    )


for _command in (clean, why, compare, sample, review, gate, source):
    corpus.add_command(_command)
