"""``hegui mark verify``: read anybody's labels and judge them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, Conflict, Verdict, counted
from hegui.marking import (
    Deviation,
    ExplicitMark,
    FoundLabel,
    MarkingReport,
    ProtectionCheck,
    WatermarkCheck,
    files_in,
)


class NotConforming(Conflict):
    """A file whose metadata label is not as the standard demands, or that has none."""

    def __init__(self, count: int, total: int) -> None:
        """Count them."""
        super().__init__(
            zh=f"{total} 个文件中有 {count} 个没有符合标准的元数据标识",
            en=f"without a conforming metadata label: {count} of {counted(total, 'file')}",
        )


@click.command(
    help=phrase(
        zh="读出 PATH（文件或目录）里的全部标识（不论是谁写的），逐条核对，并给出平台可以下的结论。"
        "\n\n\b\n示例：\n"
        "  hegui mark verify picture.png\n"
        "  hegui mark verify uploads --json\n"
        "  hegui mark verify release --check",
        en="Read every label in PATH (a file or a folder), whoever wrote it, check each, and say what a "
        "platform may conclude.\n\n\b\nExamples:\n"
        "  hegui mark verify picture.png\n"
        "  hegui mark verify uploads --json\n"
        "  hegui mark verify release --check",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--check",
    is_flag=True,
    help=phrase(
        zh="有文件缺少符合标准的元数据标识时，以状态 4 结束。",
        en="End with status 4 where a file has no conforming metadata label.",
    ),
)
@click.option(
    "--ocr",
    is_flag=True,
    help=phrase(
        zh="在图片里寻找显式标识（每张约一秒；需要 hegui[ocr]）。",
        en="Look for explicit labels in pictures, about a second each (needs hegui[ocr]).",
    ),
)
@click.option(
    "--listen",
    is_flag=True,
    help=phrase(
        zh="在音频里寻找节奏提示音（短长 短短；需要 ffmpeg）。",
        en="Listen for the rhythm in sound: short-long, short-short (needs ffmpeg).",
    ),
)
@click.option(
    "--watermark",
    is_flag=True,
    help=phrase(
        zh="在图片里寻找本方的水印（每张约一秒；需要本方的钥和 hegui[media]）。",
        en="Seek the operator's own watermarks in pictures, about a second each (needs the operator's keys "
        "and hegui[media]).",
    ),
)
@pass_terminal
def verify(
    terminal: Terminal, paths: tuple[Path, ...], *, check: bool, ocr: bool, listen: bool, watermark: bool
) -> None:
    """Verify files."""
    files = [file for path in paths for file in files_in(path)]
    single = len(paths) == 1 and not paths[0].is_dir()
    marking = terminal.workspace.marking
    reports: Sequence[MarkingReport]
    if single:
        reports = [marking.verify_file(files[0], read_pictures=ocr, listen=listen, seek_watermarks=watermark)]
    else:
        with terminal.progress(zh="正在核验", en="verifying", total=len(files)) as advance:
            reports = marking.verify_files(
                files, read_pictures=ocr, listen=listen, seek_watermarks=watermark, advance=advance
            )
    value = reports[0] if single else reports
    terminal.result(value, lambda: "\n".join(_lines(terminal, reports, single=single)))
    wrong = sum(report.implicit is not Verdict.MET for report in reports)
    if check and wrong:
        raise NotConforming(wrong, len(reports))


def _lines(terminal: Terminal, reports: Sequence[MarkingReport], *, single: bool) -> Iterator[str]:
    for report in reports:
        yield from _report_lines(terminal, report)
    if not single:
        counts = Counter(report.verdict for report in reports)
        for verdict, count in sorted(counts.items()):
            yield f"{count:>7}  {terminal.text(verdict.text)}"


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
    for index, label in enumerate(report.labels):
        yield from _label_lines(terminal, label)
        for check in report.protection:
            if check.label == index:
                yield f"    {_protection_line(terminal, check)}"
    if report.provenance is not None:
        yield _provenance_line(terminal, report)
    if report.watermark is not None:
        yield _watermark_line(terminal, report.watermark)
    for shown in report.marks:
        yield from _mark_lines(terminal, shown)
    for deviation in report.deviations:
        yield f"  {_deviation_line(terminal, deviation)}"
    for fault in report.faults:
        yield f"  @{fault.offset}: {terminal.text(fault.text)}"


def _mark_lines(terminal: Terminal, shown: ExplicitMark) -> Iterator[str]:
    words = printable(shown.text)
    if shown.seconds is not None:
        words += " @ {:.1f}-{:.1f} s".format(*shown.seconds)
    yield terminal.text(BilingualText(zh=f"  显式标识：{words}", en=f"  explicit label: {words}"))
    for deviation in shown.deviations:
        yield f"    {_deviation_line(terminal, deviation)}"


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


def _protection_line(terminal: Terminal, check: ProtectionCheck) -> str:
    return (
        f"{check.field}: {terminal.text(check.status.text)} ({check.form.value}): {terminal.text(check.text)}"
    )


def _watermark_line(terminal: Terminal, check: WatermarkCheck) -> str:
    words = [terminal.text(check.status.text)]
    if check.identifier is not None:
        words.append(f"{check.identifier} ({check.key})")
    if check.text is not None:
        words.append(terminal.text(check.text))
    return terminal.text(BilingualText(zh="  水印：", en="  watermark: ")) + "; ".join(words)


def _provenance_line(terminal: Terminal, report: MarkingReport) -> str:
    assert report.provenance is not None  # noqa: S101 - asked by the caller
    found = report.provenance
    details = [printable(found.signer), printable(found.generator), *map(printable, found.problems)]
    return f"  C2PA: {terminal.text(found.status.text)} [{'; '.join(filter(None, details))}]"
