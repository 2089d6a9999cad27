"""``hegui mark text``: an explicit label for a text that is no file."""

import sys

import click

from hegui.cli.mark_options import PLACEMENTS, PRODUCER, WORDING
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.marking import ExplicitLabel, ImplicitLabel, Placement


@click.command(
    help=phrase(
        zh="给一段文字加显式标识；TEXT 为 - 时从标准输入读取。--json 一并输出应放进响应里的隐式标识。"
        "\n\n\b\n示例：\n"
        "  hegui mark text '今天天气很好。' --producer 001191110000MA0EXAMPLB10000 --produce-id A-19\n"
        "  generate | hegui mark text - --producer 001191110000MA0EXAMPLB10000 --produce-id A-20 --place end",
        en="Put an explicit label into a text; TEXT - reads standard input. --json also prints the "
        "implicit label that belongs in the response.\n\n\b\nExamples:\n"
        "  hegui mark text '今天天气很好。' --producer 001191110000MA0EXAMPLB10000 --produce-id A-19\n"
        "  generate | hegui mark text - --producer 001191110000MA0EXAMPLB10000 --produce-id A-20 --place end",
    )
)
@click.argument("text")
@PRODUCER
@click.option(
    "--produce-id",
    required=True,
    metavar="ID",
    help=phrase(zh="制作者给这份内容的唯一编号。", en="The producer's unique number of this content."),
)
@click.option(
    "--place",
    type=PLACEMENTS,
    default=Placement.START.value,
    show_default=True,
    help=phrase(zh="显式标识的位置。", en="Where the explicit label stands."),
)
@WORDING
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
