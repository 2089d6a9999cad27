"""``hegui corpus``: register training data, scan it, report."""

from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.terminal import Advance, Terminal, pass_terminal, phrase
from hegui.core import BilingualText
from hegui.corpus import (
    Citation,
    CorpusReport,
    RegisteredSource,
    ScannedSource,
    ScanProgress,
    SetAside,
    SourceReport,
    SourceScan,
)
from hegui.screening import PersonalInformationKind

_SHOWN_LINES = 5


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
        registered, lambda: "\n".join(line for each in registered for line in _registration(terminal, each))
    )


@corpus.command(
    help=phrase(
        zh="审查所列来源（默认全部）的每一篇文档；原始文件只读不改。\n\n\b\n示例：\n"
        "  hegui corpus scan\n  hegui corpus scan forum --json",
        en="Screen every document of the named sources, or of all; the files are only read."
        "\n\n\b\nExamples:\n  hegui corpus scan\n  hegui corpus scan forum --json",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@pass_terminal
def scan(terminal: Terminal, sources: tuple[str, ...]) -> None:
    """Scan and print what was found in each source."""
    workspace = terminal.workspace
    total = sum(
        file.size_bytes
        for each in workspace.corpus.sources()
        if not sources or each.source.id in sources
        for file in each.files
    )
    with terminal.progress(zh="扫描（字节）", en="Scanning (bytes)", total=total) as advance:
        scanned = workspace.corpus.scan(*sources, progress=_Meter(advance))
    terminal.result(
        scanned,
        lambda: "\n".join(line for each in scanned for line in (each.scan.source, *_content(terminal, each))),
    )


@corpus.command(
    help=phrase(
        zh="每个来源的权利、审查结果、判定和条款依据。\n\n\b\n示例：\n"
        "  hegui corpus report\n  hegui corpus report --json",
        en="Rights, findings, verdict and clause of every source.\n\n\b\nExamples:\n"
        "  hegui corpus report\n  hegui corpus report --json",
    )
)
@pass_terminal
def report(terminal: Terminal) -> None:
    """Print all that is known."""
    made = terminal.workspace.corpus.report()
    terminal.result(made, lambda: "\n".join(_report(terminal, made)))


class _Meter:
    """Turns the progress of each source into steps of one bar."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._done: dict[str, int] = {}

    def __call__(self, progress: ScanProgress) -> None:
        self._advance(progress.done_bytes - self._done.get(progress.source, 0))
        self._done[progress.source] = progress.done_bytes


def _report(terminal: Terminal, made: CorpusReport) -> Iterator[str]:
    for each in made.sources:
        yield from _source(terminal, each)
        yield ""
    tally = made.tally
    yield terminal.text(
        BilingualText(
            zh=f"合计：审查 {tally.scanned} 篇，其中不良 {tally.unsafe} 篇，含个人信息 "
            f"{tally.with_personal_information} 篇，未能审查 {tally.unscreened} 行",
            en=f"Total: {tally.scanned} documents screened, {tally.unsafe} unsafe, "
            f"{tally.with_personal_information} with personal information, {tally.unscreened} lines not "
            "screened",
        )
    )


def _source(terminal: Terminal, each: SourceReport) -> Iterator[str]:
    registered = each.registered
    yield from _registration(terminal, registered)
    if each.scanned is None:
        yield terminal.text(
            BilingualText(
                zh=f"  内容：尚未扫描；运行 hegui corpus scan {registered.source.id}",
                en=f"  content: not scanned yet; run hegui corpus scan {registered.source.id}",
            )
        )
    else:
        yield from _content(terminal, each.scanned)
    yield terminal.text(BilingualText(zh=f"  建议：{each.use.text.zh}", en=f"  use: {each.use.text.en}"))


def _registration(terminal: Terminal, registered: RegisteredSource) -> Iterator[str]:
    source, rights = registered.source, registered.rights
    name, kind = terminal.text(source.name), terminal.text(source.kind.text)
    yield f"{source.id} · {name} · {kind} · {source.language}"
    label = terminal.text(BilingualText(zh="权利：", en="rights: "))
    yield (
        f"  {label}{terminal.text(rights.verdict.text)} — {terminal.text(rights.reason)} "
        f"({_cited(terminal, rights.citation)}) [{registered.entry}]"
    )


def _content(terminal: Terminal, scanned: ScannedSource) -> Iterator[str]:
    verdict, tally = scanned.verdict, scanned.scan.tally
    label = terminal.text(BilingualText(zh="内容：", en="content: "))
    yield (
        f"  {label}{terminal.text(verdict.verdict.text)} — {terminal.text(verdict.reason)} "
        f"({_cited(terminal, verdict.citation)}) [{scanned.entry}]"
    )
    if verdict.caveat is not None:
        label = terminal.text(BilingualText(zh="  注意：", en="  caution: "))
        yield label + terminal.text(verdict.caveat)
    yield terminal.text(
        BilingualText(
            zh=f"  逐行：读入 {tally.read} = 审查 {tally.scanned} + 空 {tally.empty} + 无法解析 "
            f"{tally.unparsable} + 过长 {tally.over_long}",
            en=f"  lines: {tally.read} read = {tally.scanned} screened + {tally.empty} empty + "
            f"{tally.unparsable} unparsable + {tally.over_long} over-long",
        )
    )
    yield from _found(terminal, scanned.scan)
    yield from _set_aside(terminal, scanned.scan)


def _found(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    tally = scan.tally
    if tally.risks:
        rulebook = terminal.workspace.rulebook
        risks = (f"{name} {terminal.text(rulebook.risk(name).text)} {n}" for name, n in tally.risks.items())
        label = terminal.text(BilingualText(zh="  风险（篇）：", en="  risks (documents): "))
        yield label + ", ".join(risks)
    if tally.noted:
        yield terminal.text(
            BilingualText(
                zh=f"  另有 {tally.noted} 篇只含按规则仅作记录的词",
                en=f"  {tally.noted} more documents hold only words that the rules merely record",
            )
        )
    if tally.personal_information:
        kinds = (
            f"{terminal.text(PersonalInformationKind(kind).text)} {n}"
            for kind, n in tally.personal_information.items()
        )
        yield terminal.text(
            BilingualText(
                zh="  个人信息（篇，不计入上述比例）：",
                en="  personal information (documents; no part of that share): ",
            )
        ) + ", ".join(kinds)


def _set_aside(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    named = [(file.path, line) for file in scan.files for line in file.first_set_aside]
    for path, line in named[:_SHOWN_LINES]:
        yield f"  {path}:{line.line}: {_reason(terminal, line)}"
    for digest in scan.set_aside:
        kept = terminal.workspace.blobs.path(digest)
        yield terminal.text(BilingualText(zh=f"  全部留存于：{kept}", en=f"  all kept in: {kept}"))


def _reason(terminal: Terminal, line: SetAside) -> str:
    return terminal.text(line.fault.text)


def _cited(terminal: Terminal, citation: Citation) -> str:
    same = ", ".join(citation.same_as)
    text = f"{citation.clause} = {same}" if same else citation.clause
    mark = terminal.text(BilingualText(zh="未核实", en="unverified"))
    return text if citation.verified else f"{text}; {mark}"
