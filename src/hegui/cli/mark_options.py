"""What several commands of ``hegui mark`` ask for, and how they say what they did."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from hegui.cli.terminal import Terminal, phrase, printable
from hegui.core import BilingualText
from hegui.marking import DEFAULT_WORDING, LabelledFile, Placement, Signing

C = TypeVar("C", bound=Callable[..., Any])

PRODUCER = click.option(
    "--producer",
    required=True,
    metavar="CODE",
    help=phrase(
        zh="制作者的 27 位编码：0011 + 统一社会信用代码 + 服务类型 1 + 4 位自编号。",
        en="The producer's 27-character code: 0011 + unified social credit code + service kind 1 + "
        "4 characters of its own.",
    ),
)
WORDING = click.option(
    "--wording",
    default=DEFAULT_WORDING,
    show_default=True,
    metavar="TEXT",
    help=phrase(
        zh="显式标识的文字，须同时含有“人工智能”或“AI”，以及“生成”和/或“合成”。",
        en="The words people see; they need 人工智能 or AI, and 生成 or 合成.",
    ),
)
PLACEMENTS = click.Choice([placement.value for placement in Placement])
OUT_FILE = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=phrase(zh="写到哪里（默认取代原文件）。", en="Where the file goes (default: in place of FILE)."),
)


def signing_options(command: C) -> C:
    """Give a command ``--protect``, ``--c2pa`` and ``--break-c2pa``."""
    for option in (
        click.option(
            "--break-c2pa",
            is_flag=True,
            help=phrase(
                zh="文件已有 C2PA 签名时，接受它因此失效。",
                en="Let a C2PA signature that is in the file become invalid.",
            ),
        ),
        click.option(
            "--c2pa",
            is_flag=True,
            help=phrase(
                zh="再用已安装的证书按 C2PA 签名（hegui mark certificate）。",
                en="Sign under C2PA with the installed certificate, too (hegui mark certificate).",
            ),
        ),
        click.option(
            "--protect",
            is_flag=True,
            help=phrase(
                zh="用本方 SM2 私钥签署标识的预留字段（hegui mark key）。",
                en="Sign the label's reserved fields with the operator's SM2 key (hegui mark key).",
            ),
        ),
    ):
        command = option(command)
    return command


def signing(*, protect: bool, c2pa: bool, break_c2pa: bool, watermark: bool = False) -> Signing:
    """What the flags ask for."""
    return Signing(protect=protect, c2pa=c2pa, break_c2pa=break_c2pa, watermark=watermark)


def labelled_lines(terminal: Terminal, done: LabelledFile) -> Iterator[str]:
    """What was done to one file, for people."""
    yield terminal.text(
        BilingualText(
            zh=f"已加标识并读回核对：{done.out}（{done.format}）",
            en=f"labelled and read back: {done.out} ({done.format})",
        )
    )
    if done.convention is not None:
        yield f"  {terminal.text(done.convention)}"
    for old in done.replaced:
        yield terminal.text(
            BilingualText(
                zh=f"  取代了原有标识：{old.carrier.value}，{old.value('ContentProducer')}",
                en=f"  replaced the label in {old.carrier.value} of {old.value('ContentProducer')}",
            )
        )
    if done.explicit is not None and done.treatment is not None:
        yield terminal.text(
            BilingualText(
                zh=f"  显式标识：{printable(done.explicit)}；{done.treatment.text.zh}",
                en=f"  explicit label: {printable(done.explicit)}; {done.treatment.text.en}",
            )
        )
    if done.watermark is not None:
        yield terminal.text(
            BilingualText(
                zh=f"  水印：{done.watermark}，已写入像素并读回；像素因此有肉眼难辨的改动，图片重新编码",
                en=f"  watermark: {done.watermark}, put into the pixels and read back; they changed, "
                "hardly to be seen, and the picture was coded anew",
            )
        )
    if done.signed:
        yield terminal.text(
            BilingualText(
                zh="  文件原有数字签名：对其所签内容仍然有效，但阅读器会提示签名后有改动；最好先加标识再签名",
                en="  the file was signed: the signature covers what it covered, but programs will say that "
                "the file was changed since; better label first, then sign",
            )
        )
    if done.provenance is not None:
        yield terminal.text(
            BilingualText(
                zh=f"  C2PA 签名者：{done.provenance.signer}",
                en=f"  signed under C2PA by {done.provenance.signer}",
            )
        )
    yield terminal.text(BilingualText(zh=f"  证据：{done.entry}", en=f"  evidence: {done.entry}"))
