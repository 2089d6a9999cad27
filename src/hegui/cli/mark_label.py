"""``hegui mark FILE…``: label files, one or a hundred thousand."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from hegui.cli.mark_options import (
    PLACEMENTS,
    PRODUCER,
    WORDING,
    labelled_lines,
    signing,
    signing_options,
)
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Conflict, InvalidInput, counted, digest_value
from hegui.marking import (
    Edge,
    ExplicitLabel,
    FileOutcome,
    LabelTask,
    OutcomeStatus,
    Placement,
    Signing,
    check_report_name,
    label_tasks,
    listed_tasks,
    write_report,
)

_SHOWN_REFUSALS = 20


class FilesRefused(Conflict):
    """Some of the files were not labelled; the report says which and why."""

    def __init__(self, count: int, total: int) -> None:
        """Count them."""
        super().__init__(
            zh=f"{total} 个文件中有 {count} 个没有加标识，未作改动",
            en=f"not labelled and not changed: {count} of {counted(total, 'file')}",
        )


@click.command(
    help=phrase(
        zh="把隐式标识写进文件的元数据；文件里其余的字节都不变。PATH 可以是文件或目录，"
        "也可以用 --manifest 逐个列出。中断后再次运行同一条命令会接着做。\n\n\b\n示例：\n"
        "  hegui mark picture.png --producer 001191110000MA0EXAMPLB10000 --produce-id A-17\n"
        "  hegui mark answer.md --producer 001191110000MA0EXAMPLB10000 --produce-id A-18 --explicit end\n"
        "  hegui mark pictures --producer 001191110000MA0EXAMPLB10000 --produce-id 'run-7/{digest}' "
        "--out labelled --report run-7.csv",
        en="Write the implicit label into the metadata of files; every other byte of them stays as it is. "
        "PATH is a file or a folder; --manifest lists files one by one. Run the same command again after "
        "an interruption, and it goes on.\n\n\b\nExamples:\n"
        "  hegui mark picture.png --producer 001191110000MA0EXAMPLB10000 --produce-id A-17\n"
        "  hegui mark answer.md --producer 001191110000MA0EXAMPLB10000 --produce-id A-18 --explicit end\n"
        "  hegui mark pictures --producer 001191110000MA0EXAMPLB10000 --produce-id 'run-7/{digest}' "
        "--out labelled --report run-7.csv",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path))
@PRODUCER
@click.option(
    "--produce-id",
    metavar="ID",
    help=phrase(
        zh="制作者给内容的唯一编号；多个文件时写入 {digest}（文件摘要）或 {name}（文件名）。",
        en="The producer's unique number of the content; with {digest} (of the file) or {name} in it where "
        "there are several files.",
    ),
)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=phrase(
        zh="CSV 或 JSONL 清单，列为 file、produce_id，可有 out。",
        en="A CSV or JSONL list with the columns file and produce_id, and out if need be.",
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help=phrase(
        zh="写到哪里：单个文件时可为文件名，否则为目录（默认取代原文件）。",
        en="Where labelled files go: a file for a single one, else a folder (default: in place).",
    ),
)
@click.option(
    "--explicit",
    type=PLACEMENTS,
    help=phrase(
        zh="再加显式标识；位置对文本、音频和视频有效（corner 只用于文本），图片的位置用 --edge。",
        en="Add an explicit label, too; the place counts in text, sound and film (corner in text only), on "
        "pictures --edge does.",
    ),
)
@click.option(
    "--edge",
    type=click.Choice([edge.value for edge in Edge]),
    default=Edge.BOTTOM_RIGHT.value,
    show_default=True,
    help=phrase(zh="显式标识在画面上的位置。", en="Where on a picture the explicit label stands."),
)
@WORDING
@click.option(
    "--font",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help=phrase(
        zh="画显式标识用的字体文件（默认用 hegui[fonts] 里的）。",
        en="The font for drawing (default: the one of hegui[fonts]).",
    ),
)
@click.option(
    "--speech",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help=phrase(
        zh="读出显式标识的录音（默认用标准中的节奏提示音）。",
        en="A recording of the words for sound (default: the rhythm of the standard).",
    ),
)
@signing_options
@click.option(
    "--watermark",
    is_flag=True,
    help=phrase(
        zh="再把水印写进图片的像素（改动像素；用本方 SM2 私钥，只有本方能读；需要 hegui[media]）。",
        en="Put a watermark into the pixels of pictures, too: it changes them, and only the operator's SM2 "
        "key reads it (needs hegui[media]).",
    ),
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help=phrase(zh="同时工作的进程数。", en="How many processes label at once."),
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=phrase(
        zh="把每个文件的结果写成 .json 或 .csv。", en="Write what became of every file, as .json or .csv."
    ),
)
@pass_terminal
def label(
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    producer: str,
    produce_id: str | None,
    manifest: Path | None,
    out: Path | None,
    explicit: str | None,
    edge: str,
    wording: str,
    font: Path | None,
    speech: Path | None,
    workers: int,
    report: Path | None,
    protect: bool,
    c2pa: bool,
    break_c2pa: bool,
    watermark: bool,
) -> None:
    """Label files."""
    shown = None
    if explicit is not None:
        shown = ExplicitLabel(
            wording=wording, placement=Placement(explicit), edge=Edge(edge), font=font, speech=speech
        )
    signed = signing(protect=protect, c2pa=c2pa, break_c2pa=break_c2pa, watermark=watermark)
    if report is not None:
        check_report_name(report)
    single = len(paths) == 1 and manifest is None and not paths[0].is_dir() and report is None
    tasks = _tasks(paths, manifest, producer=producer, produce_id=produce_id, out=out, single=single)
    if single:
        (task,) = tasks
        done = terminal.workspace.marking.label_file(
            task.file, out=task.out, label=task.label, explicit=shown, signing=signed
        )
        terminal.result(done, lambda: "\n".join(labelled_lines(terminal, done)))
        return
    outcomes = _labelled(terminal, tasks, shown, signed, workers)
    if report is not None:
        write_report(outcomes, report)
    terminal.result(outcomes, lambda: "\n".join(_outcome_lines(terminal, outcomes)))
    refused = sum(outcome.status is OutcomeStatus.REFUSED for outcome in outcomes)
    if refused:
        raise FilesRefused(refused, len(outcomes))


def _tasks(
    paths: tuple[Path, ...],
    manifest: Path | None,
    *,
    producer: str,
    produce_id: str | None,
    out: Path | None,
    single: bool,
) -> list[LabelTask]:
    if manifest is not None:
        if paths or produce_id is not None:
            raise InvalidInput(
                zh="--manifest 已列出文件和编号；不要再给 PATH 或 --produce-id",
                en="--manifest lists files and numbers; give neither PATH nor --produce-id beside it",
            )
        return listed_tasks(manifest, out=out, producer=producer)
    if not paths or produce_id is None:
        raise InvalidInput(
            zh="请给出文件或目录和 --produce-id，或者 --manifest",
            en="give files or folders and --produce-id, or --manifest",
        )
    folder = out.parent if single and out is not None and not out.is_dir() else out
    tasks = label_tasks(paths, out=folder, producer=producer, produce_id=produce_id)
    if folder is not out and out is not None:
        tasks = [tasks[0]._replace(out=out)]
    return tasks


def _labelled(
    terminal: Terminal,
    tasks: Sequence[LabelTask],
    explicit: ExplicitLabel | None,
    signed: Signing,
    workers: int,
) -> tuple[FileOutcome, ...]:
    # The same command names the same run, so that an interrupted one is gone on with.
    run = digest_value(
        [
            [[str(task.file.resolve()), str(task.out.resolve()), task.label.wrapped()] for task in tasks],
            repr(explicit),
            repr(signed),
        ]
    )
    with terminal.progress(zh="正在加标识", en="labelling", total=len(tasks)) as advance:
        return terminal.workspace.marking.label_files(
            tasks, explicit=explicit, signing=signed, run=run, workers=workers, advance=advance
        )


def _outcome_lines(terminal: Terminal, outcomes: Sequence[FileOutcome]) -> Iterator[str]:
    counts = Counter(outcome.status for outcome in outcomes)
    yield terminal.text(
        BilingualText(
            zh=f"已加标识 {counts[OutcomeStatus.LABELLED]} 个；"
            f"此前已完成 {counts[OutcomeStatus.KEPT]} 个；"
            f"未加标识 {counts[OutcomeStatus.REFUSED]} 个",
            en=f"labelled {counts[OutcomeStatus.LABELLED]}; done by an earlier run "
            f"{counts[OutcomeStatus.KEPT]}; refused {counts[OutcomeStatus.REFUSED]}",
        )
    )
    refused = [outcome for outcome in outcomes if outcome.reason is not None]
    for outcome in refused[:_SHOWN_REFUSALS]:
        assert outcome.reason is not None  # noqa: S101 - chosen by it
        reason = terminal.text(outcome.reason)
        yield f"  ✗ {reason if reason.startswith(outcome.file) else f'{outcome.file}: {reason}'}"
    if len(refused) > _SHOWN_REFUSALS:
        more = len(refused) - _SHOWN_REFUSALS
        yield terminal.text(
            BilingualText(zh=f"  还有 {more} 个；见 --report", en=f"  and {more} more; see --report")
        )
