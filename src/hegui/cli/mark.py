"""``hegui mark``: label generated content, verify labels. Each command is in a module of its own."""

import click

from hegui.cli.mark_keys import certificate, key
from hegui.cli.mark_label import label
from hegui.cli.mark_platform import propagate, release
from hegui.cli.mark_snippet import snippet
from hegui.cli.mark_text import text
from hegui.cli.mark_verify import verify
from hegui.cli.terminal import phrase

_DEFAULT = "label"


class _LabelsByDefault(click.Group):
    """``hegui mark picture.png …`` is ``hegui mark label picture.png …``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_LabelsByDefault,
    help=phrase(
        zh="给生成合成内容加标识（GB 45438-2025），核验任何人的标识。\n\n"
        "hegui mark FILE 就是 hegui mark label FILE。"
        "没有删除标识的命令：标识只能被新的标识取代，旧的留在证据里。\n\n\b\n示例：\n"
        "  hegui mark picture.png --producer 001191110000MA0EXAMPLB10000 --produce-id A-17\n"
        "  hegui mark verify picture.png",
        en="Label generated content (GB 45438-2025) and verify anyone's labels.\n\n"
        "hegui mark FILE is short for hegui mark label FILE. No command removes a label: it is only ever "
        "replaced by another, and the evidence keeps the old.\n\n\b\nExamples:\n"
        "  hegui mark picture.png --producer 001191110000MA0EXAMPLB10000 --produce-id A-17\n"
        "  hegui mark verify picture.png",
    ),
)
def mark() -> None:
    """Hold the subcommands."""


for _command in (label, text, verify, propagate, release, key, certificate, snippet):
    mark.add_command(_command)
