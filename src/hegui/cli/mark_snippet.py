"""``hegui mark snippet``: explicit labels for interfaces and virtual scenes."""

import click

from hegui.cli.mark_options import WORDING
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.marking import Edge, ExplicitLabel, Surface
from hegui.marking import snippet as made_snippet


@click.command(
    help=phrase(
        zh="输出可直接放进页面的显式标识：interface 交互界面（持续显示），scene 虚拟场景（起始画面，"
        "字高达到标准），text 纯文字。\n\n\b\n示例：\n"
        "  hegui mark snippet interface\n"
        "  hegui mark snippet scene --edge top-left --wording 'AI生成虚拟场景'",
        en="Print an explicit label to include: interface (shown all the time), scene (the opening picture "
        "of a virtual scene, as large as the standard asks), text (the words).\n\n\b\nExamples:\n"
        "  hegui mark snippet interface\n"
        "  hegui mark snippet scene --edge top-left --wording 'AI生成虚拟场景'",
    )
)
@click.argument("surface", type=click.Choice([surface.value for surface in Surface]))
@click.option(
    "--edge",
    type=click.Choice([edge.value for edge in Edge]),
    default=Edge.TOP.value,
    show_default=True,
    help=phrase(zh="虚拟场景中的位置。", en="Where in a scene it stands."),
)
@WORDING
@pass_terminal
def snippet(terminal: Terminal, surface: str, edge: str, wording: str) -> None:
    """Print a snippet."""
    made = made_snippet(
        Surface(surface),
        ExplicitLabel(wording=wording, edge=Edge(edge)),
        terminal.workspace.marking.prominence,
    )
    terminal.result({"surface": surface, "snippet": made}, lambda: made)
