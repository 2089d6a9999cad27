"""``hegui corpus sample``: draw documents at random, and hand them out."""

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from hegui.cli.corpus_options import ENGINE, WORKERS, Meter, executing, size_of_sources
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.cli.writing import NewFile, write_file
from hegui.core import BilingualText, counted
from hegui.spotcheck import Sample, SampledDocument, SampleDraw


@click.group(
    help=phrase(
        zh="抽样：从全部训练数据中随机抽取文档。种子先留证，再读取；任何人凭种子和文件都能抽出同样的文档。\n\n\b\n"
        "示例：\n  hegui corpus sample draw\n  hegui corpus sample export --out sample.jsonl",
        en="Samples: draw documents at random from all training data. The seed is on record before anything "
        "is read, and whoever has it and the files draws the same documents.\n\n\b\nExamples:\n"
        "  hegui corpus sample draw\n  hegui corpus sample export --out sample.jsonl",
    )
)
def sample() -> None:
    """Samples of the training data."""


@sample.command(
    help=phrase(
        zh="从所列来源（默认全部）随机抽取。审核开始前可加大 --size 再次运行，已抽到的仍在其中；"
        "中断后再次运行会接着做。\n\n\b\n示例：\n  hegui corpus sample draw\n"
        "  hegui corpus sample draw --size 6000 --per-source 100\n"
        "  hegui corpus sample draw --new --seed 2026-11-26",
        en="Draw at random from the named sources, or from all. With a larger --size later, before "
        "anybody has reviewed, what was drawn stays drawn; a draw that was interrupted goes on."
        "\n\n\b\nExamples:\n  hegui corpus sample draw\n"
        "  hegui corpus sample draw --size 6000 --per-source 100\n"
        "  hegui corpus sample draw --new --seed 2026-11-26",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--size",
    type=click.IntRange(1),
    help=phrase(
        zh="从总体抽取多少条；默认为规则要求人工抽检的条数。",
        en="How many from the whole; by default as many as the rule wants people to look at.",
    ),
)
@click.option(
    "--per-source",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help=phrase(zh="每个来源至少抽取多少条。", en="How many of each source at least."),
)
@click.option("--seed", help=phrase(zh="种子；默认随机生成。", en="The seed; a random one by default."))
@click.option(
    "--new",
    is_flag=True,
    help=phrase(
        zh="另抽一次；此前的抽样仍在记录中。", en="Draw another sample; earlier ones stay on record."
    ),
)
@WORKERS
@ENGINE
@pass_terminal
def draw(
    terminal: Terminal,
    *,
    sources: tuple[str, ...],
    size: int | None,
    per_source: int,
    seed: str | None,
    new: bool,
    workers: int | None,
    engine: str | None,
) -> None:
    """Draw and print what was drawn from what."""
    workspace = terminal.workspace
    # Every file is read twice: for its digest and for its documents.
    total = 2 * size_of_sources(workspace.corpus.sources(), sources)
    with (
        executing(workers, total, engine) as executor,
        terminal.progress(zh="抽样", en="Drawing", total=total, in_bytes=True) as advance,
    ):
        drawn = workspace.spotchecks.draw(
            *sources,
            size=size,
            per_source=per_source,
            seed=seed,
            new=new,
            executor=executor,
            progress=Meter(advance),
        )
    terminal.result(drawn, lambda: "\n".join(sample_lines(terminal, drawn)))


@sample.command(
    help=phrase(
        zh="当前抽样：种子、总体、摘要和记录。\n\n\b\n示例：\n  hegui corpus sample show --json",
        en="The present sample: seed, population, digests and entries."
        "\n\n\b\nExamples:\n  hegui corpus sample show --json",
    )
)
@pass_terminal
def show(terminal: Terminal) -> None:
    """Print the present sample."""
    drawn = terminal.workspace.spotchecks.sample()
    terminal.result(drawn, lambda: "\n".join(sample_lines(terminal, drawn)))


@sample.command(
    help=phrase(
        zh="把当前抽样的文档连同全文写入文件（JSON Lines），供他人核对。"
        "\n\n\b\n示例：\n  hegui corpus sample export --out sample.jsonl",
        en="Write the documents of the present sample with their texts into a file (JSON Lines), for others "
        "to check.\n\n\b\nExamples:\n  hegui corpus sample export --out sample.jsonl",
    )
)
@click.option(
    "--out",
    required=True,
    type=NewFile(),
    help=phrase(zh="要写的文件。", en="The file to write."),
)
@pass_terminal
def export(terminal: Terminal, out: Path) -> None:
    """Write the present sample."""
    spotchecks = terminal.workspace.spotchecks
    items = spotchecks.items()
    write_file(out, (_line(item, spotchecks.text(item)) for item in items))
    written = {"file": str(out), "documents": len(items)}
    terminal.result(
        written,
        lambda: terminal.text(
            BilingualText(
                zh=f"已写入 {len(items)} 条：{out}", en=f"{counted(len(items), 'document')} written: {out}"
            )
        ),
    )


def _line(item: SampledDocument, text: str | None) -> bytes:
    readable = None if text is None else text.encode("utf-8", "replace").decode()
    return msgspec.json.encode(msgspec.to_builtins(item) | {"text": readable}) + b"\n"


def sample_lines(terminal: Terminal, drawn: Sample) -> Iterator[str]:
    """A sample, for people."""
    draw_ = drawn.draw
    if draw_ is None:
        raise AssertionError
    yield terminal.text(
        BilingualText(
            zh=f"第 {drawn.number} 次抽样：从 {draw_.documents} 条中随机抽取 {draw_.whole} 条 "
            f"[{draw_.entry}]",
            en=f"sample {drawn.number}: {draw_.whole} of {counted(draw_.documents, 'document')} drawn at "
            f"random [{draw_.entry}]",
        )
    )
    if draw_.unreadable:
        yield terminal.text(_unreadable(drawn, draw_))
    if draw_.items > draw_.whole:
        more = draw_.items - draw_.whole
        yield terminal.text(
            BilingualText(
                zh=f"  另为各来源补抽 {more} 条（不计入总体合格率）",
                en=f"  {more} more for single sources (no part of the overall rate)",
            )
        )
    for name, count in draw_.by_source.items():
        yield f"  {name}: {count}"
    yield terminal.text(
        BilingualText(
            zh=f"  种子 {drawn.seed}，读取前已留证 [{drawn.begun}]",
            en=f"  seed {drawn.seed}, on record before anything was read [{drawn.begun}]",
        )
    )
    yield terminal.text(
        BilingualText(
            zh=f"  总体摘要 {draw_.population}", en=f"  digest of the population {draw_.population}"
        )
    )
    if drawn.left_out:
        names = ", ".join(drawn.left_out)
        yield terminal.text(
            BilingualText(zh=f"  未纳入总体的来源：{names}", en=f"  sources not drawn from: {names}")
        )
    if draw_.faults:
        yield terminal.text(
            BilingualText(
                zh=f"  {draw_.faults} 处文件内容无法读取，不在总体之内",
                en=f"  {counted(draw_.faults, 'part of a file', 'parts of files')} could not be read and "
                "not drawn from",
            )
        )


def _unreadable(drawn: Sample, draw: SampleDraw) -> BilingualText:
    """How many cannot be read, and how to have enough all the same, where there are more to draw from."""
    text = BilingualText(
        zh=f"  其中 {draw.unreadable} 条无法读取，也就无法审核",
        en=f"  {draw.unreadable} of them cannot be read, and so not reviewed",
    )
    if draw.documents == draw.whole:
        return text
    enough = drawn.size + draw.unreadable
    return BilingualText(
        zh=f"{text.zh}；要有 {drawn.size} 条可审，请在审核前用 --size {enough} 抽取",
        en=f"{text.en}; for {drawn.size} that can, draw --size {enough} before anybody reviews",
    )
