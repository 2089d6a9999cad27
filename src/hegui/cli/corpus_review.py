"""``hegui corpus review``: people look at what was drawn, in the terminal, in Excel or in Label Studio."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import click

from hegui.cli.corpus_reviewing import ReviewSession
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.cli.writing import NewFile, write_file
from hegui.core import BilingualText, InvalidInput, counted
from hegui.spotcheck import NotInSample, ReviewProgress, ReviewReceipt

_EXCEL = ".xlsx"
_TASKS = ".json"


class UnknownReviewFile(InvalidInput):
    """A file is neither for Excel nor for Label Studio.

    Attributes:
        file: its name.
    """

    def __init__(self, file: Path) -> None:
        """Name the endings."""
        super().__init__(
            zh=f"{file}：请用 .xlsx（Excel、WPS）或 .json（Label Studio）",
            en=f"{file}: use .xlsx (Excel, WPS) or .json (Label Studio)",
        )
        self.file = file


@click.group(
    help=phrase(
        zh="人工抽检：审核当前抽样的文档，是否含 31 项风险中的任何一项。复审互不可见，"
        "意见不一的由第三人裁定。\n\n\b\n"
        "示例：\n  hegui corpus review plan --double 0.1\n  hegui corpus review run\n"
        "  hegui corpus review export part-1.xlsx --reviewer 张三 --part 1/2\n"
        "  hegui corpus review import part-1.xlsx",
        en="Manual inspection: look at the documents of the present sample for any of the 31 risks. Second "
        "reviews are blind, and where two differ a third person decides.\n\n\b\nExamples:\n"
        "  hegui corpus review plan --double 0.1\n  hegui corpus review run\n"
        "  hegui corpus review export part-1.xlsx --reviewer Zhang --part 1/2\n"
        "  hegui corpus review import part-1.xlsx",
    )
)
def review() -> None:
    """Review of the sample."""


_REVIEWER = click.option(
    "--reviewer",
    metavar="NAME",
    help=phrase(zh="审核人；默认取 HEGUI_ACTOR。", en="Who looks; HEGUI_ACTOR by default."),
)


def _part(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, int]:
    number, _, parts = value.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise InvalidInput(
            zh=f"--part {value!r} 应写成 1/3 这样的形式", en=f"--part {value!r}: write it as 1/3"
        )
    return int(number), int(parts)


_PART = click.option(
    "--part",
    default="1/1",
    show_default=True,
    callback=_part,
    metavar="I/N",
    help=phrase(
        zh="只取待审文档的第 I 份（共 N 份），便于多人同时开始。",
        en="Only part I of N of what nobody has looked at, so that several people can begin at once.",
    ),
)


@review.command(
    help=phrase(
        zh="审核开始之前，定下由两人各看一遍的比例并留证。\n\n\b\n示例：\n  hegui corpus review plan "
        "--double 0.1",
        en="Say, on record and before anybody looks, which share two people look at."
        "\n\n\b\nExamples:\n  hegui corpus review plan --double 0.1",
    )
)
@click.option(
    "--double",
    "double_share",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help=phrase(
        zh="由两人各看一遍的比例；规则没有规定，是本软件的建议值。",
        en="The share that two people look at; no rule sets it, this is a proposal.",
    ),
)
@pass_terminal
def plan(terminal: Terminal, double_share: float) -> None:
    """Plan the review."""
    spotchecks = terminal.workspace.spotchecks
    spotchecks.plan_review(double_share=Decimal(str(double_share)))
    progress = spotchecks.review_progress()
    terminal.result(progress, lambda: "\n".join(_progress(terminal, progress)))


@review.command(
    help=phrase(
        zh="在终端里逐条审核。每条随审随存；退出后再次运行即接着审。\n\n\b\n示例：\n  hegui corpus review "
        "run\n"
        "  hegui corpus review run --reviewer 张三 --part 1/3",
        en="Review in the terminal, one document after the other. Each answer is kept at once; after a "
        "break the "
        "same command goes on.\n\n\b\nExamples:\n  hegui corpus review run\n"
        "  hegui corpus review run --reviewer Zhang --part 1/3",
    )
)
@_REVIEWER
@_PART
@pass_terminal
def run(terminal: Terminal, reviewer: str | None, part: tuple[int, int]) -> None:
    """Review one document after the other."""
    spotchecks = terminal.workspace.spotchecks
    name = reviewer or terminal.settings.actor
    ReviewSession(terminal, name).review(spotchecks.queue(name, part=part))
    progress = spotchecks.review_progress()
    terminal.result(progress, lambda: "\n".join(_progress(terminal, progress)))


@review.command(
    help=phrase(
        zh="裁定意见不一的文档；裁定人不能是审核过它的人。\n\n\b\n示例：\n"
        "  hegui corpus review adjudicate --reviewer 王五",
        en="Decide about the documents on which two people differ; whoever reviewed one cannot decide it."
        "\n\n\b\nExamples:\n  hegui corpus review adjudicate --reviewer Wang",
    )
)
@_REVIEWER
@pass_terminal
def adjudicate(terminal: Terminal, reviewer: str | None) -> None:
    """Decide one document after the other."""
    spotchecks = terminal.workspace.spotchecks
    name = reviewer or terminal.settings.actor
    disputes = spotchecks.disputes()
    impartial = [each for each in disputes if not each.is_reviewed_by(name)]
    if others := len(disputes) - len(impartial):
        terminal.say(
            zh=f"另有 {others} 条 {name} 审核过，须由他人裁定",
            en=f"for others to decide, since {name} has reviewed them: {others} more",
        )
    ReviewSession(terminal, name).adjudicate(impartial)
    progress = spotchecks.review_progress()
    terminal.result(progress, lambda: "\n".join(_progress(terminal, progress)))


@review.command(
    help=phrase(
        zh="审核进度、复审一致性。\n\n\b\n示例：\n  hegui corpus review show --json",
        en="How far the review has come, and how often reviewers agree."
        "\n\n\b\nExamples:\n  hegui corpus review show --json",
    )
)
@pass_terminal
def show(terminal: Terminal) -> None:
    """Print the progress."""
    progress = terminal.workspace.spotchecks.review_progress()
    terminal.result(progress, lambda: "\n".join(_progress(terminal, progress)))


@review.command(
    help=phrase(
        zh="全文显示签号为 LOT 的文档。\n\n\b\n示例：\n  hegui corpus review text 000cc38d6752353ca3ed5ec8",
        en="Print the whole text of the document with this LOT."
        "\n\n\b\nExamples:\n  hegui corpus review text 000cc38d6752353ca3ed5ec8",
    )
)
@click.argument("lot")
@pass_terminal
def text(terminal: Terminal, lot: str) -> None:
    """Print a text."""
    spotchecks = terminal.workspace.spotchecks
    item = next((each for each in spotchecks.items() if each.lot.number == lot), None)
    found = None if item is None else spotchecks.text(item)
    if found is None:
        raise NotInSample(lot)
    shown = "\n".join(map(printable, found.splitlines()))
    terminal.result({"lot": lot, "text": shown}, lambda: shown)


@review.command(
    help=phrase(
        zh="把待审文档写入 FILE：.xlsx 给 Excel 或 WPS，.json 给 Label Studio（另写项目配置 .xml）。\n\n"
        "\b\n示例：\n"
        "  hegui corpus review export zhang.xlsx --reviewer 张三 --part 1/2\n"
        "  hegui corpus review export tasks.json",
        en="Write what is to be reviewed into FILE: .xlsx for Excel or WPS, .json for Label Studio (and the "
        "project's configuration as .xml).\n\n\b\nExamples:\n"
        "  hegui corpus review export zhang.xlsx --reviewer Zhang --part 1/2\n"
        "  hegui corpus review export tasks.json",
    )
)
@click.argument("file", type=NewFile())
@_REVIEWER
@_PART
@pass_terminal
def export(terminal: Terminal, file: Path, reviewer: str | None, part: tuple[int, int]) -> None:
    """Write a file to review in."""
    spotchecks = terminal.workspace.spotchecks
    written = [file]
    if file.suffix.lower() == _EXCEL:
        write_file(file, [spotchecks.sheet(reviewer or terminal.settings.actor, part=part)])
    elif file.suffix.lower() == _TASKS:
        tasks, config = spotchecks.tasks(part=part)
        write_file(file, [tasks])
        written.append(file.with_suffix(".xml"))
        write_file(written[-1], [config.encode()])
    else:
        raise UnknownReviewFile(file)
    names = [str(each) for each in written]
    terminal.result(
        {"files": names},
        lambda: terminal.text(
            BilingualText(zh=f"已写入：{'，'.join(names)}", en=f"written: {', '.join(names)}")
        ),
    )


@review.command(
    name="import",
    help=phrase(
        zh="导入审核结果 FILE：填好的 .xlsx，或 Label Studio 的 JSON 导出。有一处不对就全部不导入。\n\n\b\n"
        "示例：\n"
        "  hegui corpus review import zhang.xlsx\n"
        "  hegui corpus review import export.json --annotator 1=张三 --annotator 2=李四",
        en="Take in FILE: a spreadsheet that was filled in, or a JSON export of Label Studio; all of it or "
        "nothing.\n\n\b\nExamples:\n  hegui corpus review import zhang.xlsx\n"
        "  hegui corpus review import export.json --annotator 1=Zhang --annotator 2=Li",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--annotator",
    "annotators",
    multiple=True,
    metavar="ID=NAME",
    help=phrase(
        zh="Label Studio 标注员的编号（或邮箱）与姓名。",
        en="The number (or e-mail address) of an annotator in Label Studio, and the name.",
    ),
)
@pass_terminal
def import_(terminal: Terminal, file: Path, annotators: tuple[str, ...]) -> None:
    """Take in what was said in a file."""
    spotchecks = terminal.workspace.spotchecks
    if file.suffix.lower() == _EXCEL:
        receipts: tuple[ReviewReceipt, ...] = (spotchecks.import_sheet(file),)
    elif file.suffix.lower() == _TASKS:
        receipts = spotchecks.import_tasks(file, annotators=dict(map(_annotator, annotators)))
    else:
        raise UnknownReviewFile(file)
    terminal.result(
        receipts,
        lambda: (
            "\n".join(_receipts(terminal, receipts))
            or terminal.text(BilingualText(zh=f"{file} 里没有答案", en=f"{file} holds no answers"))
        ),
    )


def _annotator(given: str) -> tuple[str, str]:
    key, _, name = given.partition("=")
    if not key or not name.strip():
        raise InvalidInput(
            zh=f"--annotator {given!r} 应写成 1=张三", en=f"--annotator {given!r}: write it as 1=Zhang"
        )
    return key, name.strip()


def _receipts(terminal: Terminal, receipts: Iterable[ReviewReceipt]) -> Iterator[str]:
    for each in receipts:
        entry = f" [{each.entry}]" if each.entry else ""
        yield terminal.text(
            BilingualText(
                zh=f"{each.reviewer}：新增 {each.given}，更正 {each.corrected}，未变 {each.unchanged}{entry}",
                en=f"{each.reviewer}: {each.given} new, {each.corrected} corrected, "
                f"{each.unchanged} unchanged{entry}",
            )
        )


def _progress(terminal: Terminal, progress: ReviewProgress) -> Iterator[str]:
    label = terminal.text(
        BilingualText(zh=f"第 {progress.sample} 次抽样的审核：", en=f"review of sample {progress.sample}: ")
    )
    yield label + ", ".join(
        f"{terminal.text(state.text)} {count}" for state, count in progress.states.items()
    )
    yield terminal.text(
        BilingualText(
            zh=f"  由两人审核的约占 {progress.double_share}，共 {progress.twice} 条",
            en=f"  looked at by two people: about {progress.double_share} of all, "
            f"{counted(progress.twice, 'document')}",
        )
    )
    if progress.reviewers:
        yield "  " + ", ".join(f"{name} {count}" for name, count in progress.reviewers.items())
    found = progress.agreement
    if found.pairs:
        yield terminal.text(
            BilingualText(
                zh=f"  一致 {found.agreed}/{found.pairs}（{found.share}），Cohen κ {found.kappa or '—'}，"
                f"Gwet AC1 {found.ac1}，不合格意见的一致率 {found.on_failures or '—'}",
                en=f"  agreed {found.agreed}/{found.pairs} ({found.share}), Cohen's kappa "
                f"{found.kappa or '—'}, Gwet's AC1 {found.ac1}, agreement on failures "
                f"{found.on_failures or '—'}",
            )
        )
