"""``hegui corpus clean``: a new dataset without what may not be trained on."""

from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.corpus_options import WORKERS, Meter, executing, size_of_sources
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText
from hegui.corpus import CleanedSource, CleaningPolicy, DocumentTreatment

_POLICY = CleaningPolicy()


@click.command(
    help=phrase(
        zh="由 SOURCE 生成新的数据集：违法不良文档剔除，个人信息遮盖，无法审查的不收。原始文件只读不改；"
        "清单 manifest.json 写明去掉了什么、为什么、用的什么版本。每篇文档都会询问审核模型，"
        "不论扫描时声明抽查多少（corpus_share）。\n\n\b\n示例：\n"
        "  hegui corpus clean forum --out forum-clean\n"
        "  hegui corpus clean forum --out strict --unsafe drop --personal-information quarantine",
        en="Make a new dataset from SOURCE: unsafe documents left out, personal information masked, what "
        "could not be screened not taken. The original is only read; manifest.json says what was left out, "
        "why and by which versions. Guard models are asked about every document, whatever share of them "
        "scans ask about (corpus_share).\n\n\b\nExamples:\n"
        "  hegui corpus clean forum --out forum-clean\n"
        "  hegui corpus clean forum --out strict --unsafe drop --personal-information quarantine",
    )
)
@click.argument("source")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help=phrase(zh="新数据集的空目录。", en="An empty folder for the new dataset."),
)
@click.option(
    "--unsafe",
    type=click.Choice([each.value for each in DocumentTreatment if each is not DocumentTreatment.MASK]),
    default=_POLICY.unsafe.value,
    show_default=True,
    help=phrase(zh="违法不良文档怎么处理。", en="What is done with unsafe documents."),
)
@click.option(
    "--personal-information",
    type=click.Choice([each.value for each in DocumentTreatment]),
    default=_POLICY.personal_information.value,
    show_default=True,
    help=phrase(
        zh="含个人信息的文档怎么处理。", en="What is done with documents that hold personal information."
    ),
)
@WORKERS
@pass_terminal
def clean(
    terminal: Terminal, source: str, out: Path, unsafe: str, personal_information: str, workers: int | None
) -> None:
    """Make a new dataset and print what became of the documents."""
    corpus = terminal.workspace.corpus
    total = size_of_sources(corpus.sources(), (source,))
    with (
        executing(workers, total) as executor,
        terminal.progress(zh="清洗", en="Cleaning", total=total, in_bytes=True) as advance,
    ):
        cleaned = corpus.clean(
            source,
            folder=out,
            policy=CleaningPolicy(
                unsafe=DocumentTreatment(unsafe), personal_information=DocumentTreatment(personal_information)
            ),
            executor=executor,
            progress=Meter(advance),
        )
    terminal.result(cleaned, lambda: "\n".join(_cleaned(terminal, cleaned, out)))


def _cleaned(terminal: Terminal, cleaned: CleanedSource, out: Path) -> Iterator[str]:
    total = cleaned.total
    yield terminal.text(
        BilingualText(
            zh=f"读入 {total.read} = 保留 {total.kept}（其中遮盖 {total.masked}） + 隔离 {total.quarantined} "
            f"+ 删除 {total.dropped} + 无法审查 {total.unscreened}",
            en=f"{total.read} read = {total.kept} kept ({total.masked} of them masked) + {total.quarantined} "
            f"quarantined + {total.dropped} dropped + {total.unscreened} that could not be screened",
        )
    )
    for part in cleaned.parts:
        for fault in part.faults:
            yield f"  {part.file}@{fault.offset}: {terminal.text(fault.kind.text)}"
    manifest = out / "manifest.json"
    yield terminal.text(BilingualText(zh=f"清单：{manifest}", en=f"manifest: {manifest}"))
