"""``hegui corpus why`` and ``compare``: what fired in a document, what changed between two scans."""

from collections.abc import Iterator

import click

from hegui.cli.corpus_text import percent
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, InvalidInput, counted
from hegui.corpus import ExplainedDocument, ExplainedFinding, ScanComparison
from hegui.screening import PERSONAL_INFORMATION, PersonalInformationKind


class NoDocumentNamed(InvalidInput):
    """What should name a document does not.

    Attributes:
        given: what was given.
    """

    def __init__(self, given: str) -> None:
        """Show the form."""
        super().__init__(
            zh=f"{given!r} 不是文档；请写成 FILE:LINE，如 threads.jsonl:12",
            en=f"{given!r} names no document; write FILE:LINE, as in threads.jsonl:12",
        )
        self.given = given


@click.command(
    help=phrase(
        zh="说明 SOURCE 中一篇文档（FILE:LINE）命中了什么、在哪里、按哪条规则处理。\n\n\b\n示例：\n"
        "  hegui corpus why forum forum/threads.jsonl:12",
        en="Say what was found in a document of SOURCE (FILE:LINE), where, and by which rule."
        "\n\n\b\nExamples:\n  hegui corpus why forum forum/threads.jsonl:12",
    )
)
@click.argument("source")
@click.argument("document", metavar="FILE:LINE")
@pass_terminal
def why(terminal: Terminal, source: str, document: str) -> None:
    """Explain one document."""
    file, _, line = document.rpartition(":")
    if not file or not line.isdecimal():
        raise NoDocumentNamed(document)
    explained = terminal.workspace.corpus.explain(source, file=file, line=int(line))
    terminal.result(explained, lambda: "\n".join(_explained(terminal, explained)))


@click.command(
    help=phrase(
        zh="比较 SOURCE 最近一次扫描与较早的一次：文件、计数和共有文档的变化。\n\n\b\n示例：\n"
        "  hegui corpus compare forum\n  hegui corpus compare forum --before main/5",
        en="Compare the last scan of SOURCE with an earlier one: files, counts, documents in common."
        "\n\n\b\nExamples:\n  hegui corpus compare forum\n  hegui corpus compare forum --before main/5",
    )
)
@click.argument("source")
@click.option(
    "--before",
    metavar="ENTRY",
    help=phrase(
        zh="较早扫描的记录；默认倒数第二次。", en="Entry of the earlier scan; the last but one by default."
    ),
)
@pass_terminal
def compare(terminal: Terminal, source: str, before: str | None) -> None:
    """Print what changed."""
    compared = terminal.workspace.corpus.compare(source, before=before)
    terminal.result(compared, lambda: "\n".join(_compared(terminal, compared)))


def _explained(terminal: Terminal, document: ExplainedDocument) -> Iterator[str]:
    place = f"{document.file}:{document.line} @{document.offset}"
    if document.fault is not None:
        yield f"{place}: {terminal.text(document.fault.text)}"
        return
    yield terminal.text(
        BilingualText(
            zh=f"{place}：{document.characters} 字，命中 {len(document.findings)} 处",
            en=f"{place}: {counted(document.characters, 'character')}, "
            f"{counted(len(document.findings), 'finding')}",
        )
    )
    for each in document.findings:
        yield from _finding(terminal, each)


def _finding(terminal: Terminal, found: ExplainedFinding) -> Iterator[str]:
    explanation = found.explanation
    finding = explanation.finding
    if finding.risk == PERSONAL_INFORMATION:
        what = terminal.text(PersonalInformationKind(finding.kind).text)
    else:
        what = f"{finding.risk} {finding.kind}"
    yield (
        f"  {finding.start}-{finding.end} {what} → {terminal.text(found.action.text)}: "
        f"{terminal.text(explanation.pattern)} ({explanation.source})"
    )
    yield printable(f"    …{found.before}【{explanation.matched}】{found.after}…")


def _compared(terminal: Terminal, compared: ScanComparison) -> Iterator[str]:
    before, after = (terminal.text(verdict.text) for verdict in compared.verdicts)
    yield f"{compared.source}: {compared.before} {before} → {compared.after} {after}"
    if not compared.same_screen:
        yield terminal.text(
            BilingualText(
                zh="  两次扫描的筛查规则不同，计数的差异也可能由此而来",
                en="  the two scans were read by different screens; counts may differ for that reason too",
            )
        )
    for label, files in (
        (BilingualText(zh="新增文件", en="added"), compared.added),
        (BilingualText(zh="移除文件", en="removed"), compared.removed),
        (BilingualText(zh="改动文件", en="altered"), compared.altered),
    ):
        if files:
            yield f"  {terminal.text(label)}: {', '.join(files)}"
    for name, change in compared.counts.items():
        yield f"  {name}: {change.before} → {change.after}"
    if compared.shared is not None:
        yield terminal.text(
            BilingualText(
                zh=f"  两次都有的文档：{percent(compared.shared)}",
                en=f"  documents in both: {percent(compared.shared)}",
            )
        )
