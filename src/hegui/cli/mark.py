"""``hegui mark``: label generated content, verify labels."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText
from hegui.marking import (
    DEFAULT_WORDING,
    Deviation,
    ExplicitLabel,
    FoundLabel,
    ImplicitLabel,
    LabelledFile,
    MarkingReport,
    Placement,
)

_PRODUCER = click.option(
    "--producer",
    required=True,
    metavar="CODE",
    help=phrase(
        zh="制作者的 27 位编码：0011 + 统一社会信用代码 + 服务类型 1 + 4 位自编号。",
        en="The producer's 27-character code: 0011 + unified social credit code + service kind 1 + "
        "4 characters of its own.",
    ),
)
_PRODUCE_ID = click.option(
    "--produce-id",
    required=True,
    metavar="ID",
    help=phrase(zh="制作者给这份内容的唯一编号。", en="The producer's unique number of this content."),
)
_WORDING = click.option(
    "--wording",
    default=DEFAULT_WORDING,
    show_default=True,
    metavar="TEXT",
    help=phrase(
        zh="显式标识的文字，须同时含有“人工智能”或“AI”，以及“生成”和/或“合成”。",
        en="The words readers see; they need 人工智能 or AI, and 生成 or 合成.",
    ),
)
_PLACEMENTS = click.Choice([placement.value for placement in Placement])


@click.group(
    help=phrase(
        zh="给生成合成内容加标识（GB 45438-2025），核验任何人的标识。\n\n"
        "没有删除标识的命令：标识只能被新的标识取代，旧的留在证据里。\n\n\b\n示例：\n"
        "  hegui mark file picture.png --producer 00119111…10000 --produce-id A-17 --out labelled.png\n"
        "  hegui mark verify labelled.png",
        en="Label generated content (GB 45438-2025) and verify anyone's labels.\n\n"
        "No command removes a label: it is only ever replaced by another, and the evidence keeps the old."
        "\n\n\b\nExamples:\n"
        "  hegui mark file picture.png --producer 00119111…10000 --produce-id A-17 --out labelled.png\n"
        "  hegui mark verify labelled.png",
    )
)
def mark() -> None:
    """Labels."""


@mark.command(
    help=phrase(
        zh="把隐式标识写进 FILE 的元数据；文件里其余的字节都不变。\n\n\b\n示例：\n"
        "  hegui mark file picture.png --producer 00119111…10000 --produce-id A-17 --out labelled.png\n"
        "  hegui mark file answer.md --producer 00119111…10000 --produce-id A-18 --explicit end",
        en="Write the implicit label into the metadata of FILE; every other byte of it stays as it is."
        "\n\n\b\nExamples:\n"
        "  hegui mark file picture.png --producer 00119111…10000 --produce-id A-17 --out labelled.png\n"
        "  hegui mark file answer.md --producer 00119111…10000 --produce-id A-18 --explicit end",
    )
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@_PRODUCER
@_PRODUCE_ID
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=phrase(
        zh="写到哪里（默认取代原文件）。", en="Where the labelled file goes (default: in place of FILE)."
    ),
)
@click.option(
    "--explicit",
    type=_PLACEMENTS,
    help=phrase(
        zh="在文本文件的这个位置再加显式标识。", en="Add an explicit label at this place of a text file, too."
    ),
)
@_WORDING
@pass_terminal
def file(
    terminal: Terminal,
    path: Path,
    producer: str,
    produce_id: str,
    out: Path | None,
    explicit: str | None,
    wording: str,
) -> None:
    """Label one file."""
    label = ImplicitLabel.first(producer=producer, produce_id=produce_id)
    words = ExplicitLabel(wording=wording, placement=Placement(explicit)) if explicit else None
    done = terminal.workspace.marking.label_file(path, out=out or path, label=label, explicit=words)
    terminal.result(done, lambda: "\n".join(_labelled_lines(terminal, done)))


@mark.command(
    help=phrase(
        zh="给一段文字加显式标识；TEXT 为 - 时从标准输入读取。--json 一并输出应放进响应里的隐式标识。"
        "\n\n\b\n示例：\n"
        "  hegui mark text '今天天气很好。' --producer 00119111…10000 --produce-id A-19\n"
        "  generate | hegui mark text - --producer 00119111…10000 --produce-id A-20 --place end",
        en="Put an explicit label into a text; TEXT - reads standard input. --json also prints the "
        "implicit label that belongs in the response.\n\n\b\nExamples:\n"
        "  hegui mark text '今天天气很好。' --producer 00119111…10000 --produce-id A-19\n"
        "  generate | hegui mark text - --producer 00119111…10000 --produce-id A-20 --place end",
    )
)
@click.argument("text")
@_PRODUCER
@_PRODUCE_ID
@click.option(
    "--place",
    type=_PLACEMENTS,
    default=Placement.START.value,
    show_default=True,
    help=phrase(zh="显式标识的位置。", en="Where the explicit label stands."),
)
@_WORDING
@pass_terminal
def text(terminal: Terminal, text: str, producer: str, produce_id: str, place: str, wording: str) -> None:
    """Label one text."""
    content = sys.stdin.read() if text == "-" else text
    done = terminal.workspace.marking.label_text(
        content,
        label=ImplicitLabel.first(producer=producer, produce_id=produce_id),
        explicit=ExplicitLabel(wording=wording, placement=Placement(place)),
    )
    terminal.result(done, lambda: done.text)


@mark.command(
    help=phrase(
        zh="读出 FILE 里的全部标识（不论是谁写的），逐条核对，并给出平台可以下的结论。\n\n\b\n"
        "示例：\n  hegui mark verify picture.png\n  hegui mark verify answer.md --json",
        en="Read every label in FILE, whoever wrote it, check each, and say what a platform may conclude."
        "\n\n\b\nExamples:\n  hegui mark verify picture.png\n  hegui mark verify answer.md --json",
    )
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@pass_terminal
def verify(terminal: Terminal, path: Path) -> None:
    """Verify one file."""
    report = terminal.workspace.marking.verify_file(path)
    terminal.result(report, lambda: "\n".join(_report_lines(terminal, report)))


def _labelled_lines(terminal: Terminal, done: LabelledFile) -> Iterator[str]:
    yield terminal.text(
        BilingualText(
            zh=f"已加标识并读回核对：{done.out}（{done.format}）",
            en=f"labelled and read back: {done.out} ({done.format})",
        )
    )
    for old in done.replaced:
        yield terminal.text(
            BilingualText(
                zh=f"  取代了原有标识：{old.carrier.value}，{old.value('ContentProducer')}",
                en=f"  replaced the label in {old.carrier.value} of {old.value('ContentProducer')}",
            )
        )
    yield terminal.text(BilingualText(zh=f"  证据：{done.entry}", en=f"  evidence: {done.entry}"))


def _report_lines(terminal: Terminal, report: MarkingReport) -> Iterator[str]:
    yield f"{report.file}: {terminal.text(report.verdict.text)}"
    yield terminal.text(
        BilingualText(
            zh=f"  格式 {report.format or '不认识'}；元数据标识：{report.implicit.text.zh}；"
            f"显式标识：{report.explicit.text.zh}",
            en=f"  format {report.format or 'unknown'}; metadata label: {report.implicit.text.en}; "
            f"explicit label: {report.explicit.text.en}",
        )
    )
    for label in report.labels:
        yield from _label_lines(terminal, label)
    for shown in report.marks:
        yield terminal.text(
            BilingualText(
                zh=f"  显式标识：{printable(shown.text)}", en=f"  explicit label: {printable(shown.text)}"
            )
        )
    for deviation in report.deviations:
        yield f"  {_deviation_line(terminal, deviation)}"
    for fault in report.faults:
        yield f"  @{fault.offset}: {terminal.text(fault.text)}"


def _label_lines(terminal: Terminal, label: FoundLabel) -> Iterator[str]:
    yield f"  {label.carrier.value} ({label.dialect.value}) @{label.offset}"
    for field in label.fields:
        yield f"    {printable(field.name)}: {printable(field.value)}"
    for deviation in label.deviations:
        yield f"    {_deviation_line(terminal, deviation)}"


def _deviation_line(terminal: Terminal, deviation: Deviation) -> str:
    sign = "✗" if deviation.binding else "·"
    place = f"{deviation.instrument} {deviation.clause}".strip()
    return f"{sign} {place}: {terminal.text(deviation.text)}"
