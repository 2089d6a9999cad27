"""``hegui mark propagate`` and ``hegui mark release``: what platforms add, what recipients are given."""

from pathlib import Path

import click

from hegui.cli.mark_options import OUT_FILE, labelled_lines, signing, signing_options
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText
from hegui.marking import Statement


@click.command(
    help=phrase(
        zh="传播平台：把本平台的编码和编号写进 FILE 的标识，制作者写的字段不动（标识办法第六条）。\n\n"
        "文件里没有标识时，用户声明过的加 --declared（可能），平台检测到痕迹的加 --suspected（疑似）。"
        "\n\n\b\n示例：\n"
        "  hegui mark propagate upload.png --propagator 001191110000MA0EXAMPLB20000 --propagate-id P-1\n"
        "  hegui mark propagate upload.png --propagator 001191110000MA0EXAMPLB20000 --propagate-id P-2 "
        "--suspected",
        en="For platforms: write the platform's code and number into the label of FILE; what the producer "
        "wrote stays (Labelling Measures, Article 6).\n\n"
        "Where there is no label: --declared where the user said so (may be generated), --suspected where "
        "the platform found traces.\n\n\b\nExamples:\n"
        "  hegui mark propagate upload.png --propagator 001191110000MA0EXAMPLB20000 --propagate-id P-1\n"
        "  hegui mark propagate upload.png --propagator 001191110000MA0EXAMPLB20000 --propagate-id P-2 "
        "--suspected",
    )
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--propagator",
    required=True,
    metavar="CODE",
    help=phrase(zh="平台的 27 位编码。", en="The platform's 27-character code."),
)
@click.option(
    "--propagate-id",
    required=True,
    metavar="ID",
    help=phrase(zh="平台给这份内容的唯一编号。", en="The platform's unique number of this content."),
)
@click.option(
    "--declared",
    "statement",
    flag_value=Statement.DECLARED.value,
    help=phrase(zh="没有标识，但用户声明过。", en="There is no label, but the user said so."),
)
@click.option(
    "--suspected",
    "statement",
    flag_value=Statement.SUSPECTED.value,
    help=phrase(zh="没有标识，但检测到痕迹。", en="There is no label, but traces were found."),
)
@OUT_FILE
@signing_options
@pass_terminal
def propagate(
    terminal: Terminal,
    path: Path,
    propagator: str,
    propagate_id: str,
    statement: str | None,
    out: Path | None,
    *,
    protect: bool,
    c2pa: bool,
    break_c2pa: bool,
) -> None:
    """Add a platform's fields to one file's label."""
    done = terminal.workspace.marking.propagate_file(
        path,
        out=out or path,
        propagator=propagator,
        propagate_id=propagate_id,
        statement=Statement(statement) if statement else None,
        signing=signing(protect=protect, c2pa=c2pa, break_c2pa=break_c2pa),
    )
    terminal.result(done, lambda: "\n".join(labelled_lines(terminal, done)))


@click.command(
    help=phrase(
        zh="应用户要求提供不带显式标识的 FILE，并留存提供记录（标识办法第九条）。隐式标识必须已在文件中，"
        "并且保留。\n\n\b\n示例：\n"
        "  hegui mark release picture.png --out for-user.png --recipient user-8213 "
        "--agreement '用户协议 2026-09 版第 7 条'\n"
        "  hegui ledger list --kind marking.released",
        en="Give a user who asked for it FILE without an explicit label, and keep the record (Labelling "
        "Measures, Article 9). The metadata label has to be in the file, and stays.\n\n\b\nExamples:\n"
        "  hegui mark release picture.png --out for-user.png --recipient user-8213 "
        "--agreement 'terms of 2026-09, section 7'\n"
        "  hegui ledger list --kind marking.released",
    )
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=phrase(zh="给用户的副本写到哪里。", en="Where the copy for the user goes."),
)
@click.option(
    "--recipient",
    required=True,
    metavar="WHO",
    help=phrase(
        zh="提供对象：账号等能辨认该用户的信息。", en="To whom: the account, or whatever tells that user."
    ),
)
@click.option(
    "--agreement",
    required=True,
    metavar="TEXT",
    help=phrase(
        zh="明确该用户标识义务和使用责任的用户协议及版本。",
        en="The user agreement that fixes that user's duties, with its edition.",
    ),
)
@pass_terminal
def release(terminal: Terminal, path: Path, out: Path, recipient: str, agreement: str) -> None:
    """Give one file away without an explicit label."""
    done = terminal.workspace.marking.release_file(path, out=out, recipient=recipient, agreement=agreement)
    terminal.result(
        done,
        lambda: terminal.text(
            BilingualText(
                zh=f"已提供 {done.out}，隐式标识保留；记录至少留存至 {done.keep_until}\n  证据：{done.entry}",
                en=f"given: {done.out}, the metadata label stays; keep the record until {done.keep_until} "
                f"at least\n  evidence: {done.entry}",
            )
        ),
    )
