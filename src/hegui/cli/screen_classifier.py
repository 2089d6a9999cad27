"""``hegui screen train``, ``evaluate``, ``calibrate``, ``card``: classifiers, made and measured."""

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Conflict, InvalidInput, Language, NotFound, counted, read_text
from hegui.screening import (
    Action,
    ClassifierReport,
    Direction,
    Examples,
    Screen,
    Told,
    TrainingRecipe,
    card_markdown,
    decode_classifier,
    evaluate_detector,
    load_bank,
    load_classifier,
    read_examples,
    recalibrate,
    report_markdown,
    train_classifier,
    training_steps,
)

_path = click.Path(path_type=Path, dir_okay=False)
_MODEL = ".clf"


class _Columns(NamedTuple):
    """How labelled data are to be read."""

    text_column: str | None
    label_column: str | None
    unsafe: tuple[str, ...]
    counter_speech: str | None


_COLUMN_OPTIONS = (
    click.option(
        "--text-column",
        help=phrase(zh="文本所在的列（默认按列名猜）。", en="Where the text is (guessed by its name)."),
    ),
    click.option(
        "--label-column",
        help=phrase(zh="标签所在的列（默认按列名猜）。", en="Where the label is (guessed by its name)."),
    ),
    click.option(
        "--unsafe",
        multiple=True,
        help=phrase(
            zh="表示不安全的标签值，可重复；不给时认识 0/1、安全/不安全、A.2.e 等。",
            en="A label that means unsafe, repeatable; else 0/1, safe/unsafe, A.2.e … are understood.",
        ),
    ),
    click.option(
        "--counter-speech",
        metavar="COLUMN=VALUE",
        help=phrase(
            zh="哪一列的哪个值表示反对歧视的言论，单独报告（能认出时不必给）。",
            en="The column and value that mark counter-speech, told apart (guessed where possible).",
        ),
    ),
)


def _columns(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how labelled data are read, handed on as ``columns``."""

    @functools.wraps(command)
    def called(**options: Any) -> None:  # noqa: ANN401 - whatever options the command has
        chosen = _Columns(**{name: options.pop(name) for name in _Columns._fields})
        command(columns=chosen, **options)

    for option in reversed(_COLUMN_OPTIONS):
        called = option(called)
    return called


@click.command(
    help=phrase(
        zh="用带标签的文本训练分类器（CPU，需要 pip install 'hegui[train]'），写到 --to，说明写到旁边的"
        " .card.json 与 .card.md。同样的数据与种子得到同样的文件。\n\n\b\n示例：\n"
        "  hegui screen train --data train.csv --risk A.2 --to insults.clf --evaluate dev.csv",
        en="Train a classifier on labelled texts (on the CPU; needs pip install 'hegui[train]') and write it "
        "to --to, with its card beside it (.card.json, .card.md). The same data and seed give the same file."
        "\n\n\b\nExamples:\n"
        "  hegui screen train --data train.csv --risk A.2 --to insults.clf --evaluate dev.csv",
    )
)
@click.option(
    "--data",
    type=_path,
    multiple=True,
    required=True,
    help=phrase(
        zh="训练数据，可重复（.csv .tsv .jsonl）。", en="Training data, repeatable (.csv .tsv .jsonl)."
    ),
)
@click.option("--to", type=_path, required=True, help=phrase(zh="写到何处（.clf）。", en="Where to (.clf)."))
@click.option(
    "--evaluate",
    "others",
    type=_path,
    multiple=True,
    help=phrase(zh="另行评测的数据，可重复。", en="Data to measure it on, repeatable."),
)
@click.option(
    "--risk",
    help=phrase(
        zh="只标了“不安全”的数据属于哪种风险，如 A.2 或 A.2.e。",
        en="The risk of data that only say unsafe, as A.2 or A.2.e.",
    ),
)
@click.option("--name", help=phrase(zh="名称（默认为文件名）。", en="Its name (default: the file's)."))
@click.option(
    "--kind",
    default="classified",
    show_default=True,
    help=phrase(zh="发现的类别名。", en="What its findings are called."),
)
@click.option("--seed", type=int, default=0, show_default=True, help=phrase(zh="随机种子。", en="The seed."))
@click.option(
    "--licence",
    default="not stated",
    show_default=True,
    help=phrase(zh="训练数据的许可。", en="The licence of the training data."),
)
@_columns
@pass_terminal
def train(
    terminal: Terminal,
    /,
    data: tuple[Path, ...],
    to: Path,
    others: tuple[Path, ...],
    columns: _Columns,
    name: str | None,
    **recipe: Any,  # noqa: ANN401 - the fields of a recipe, under their own names
) -> None:
    """Train a classifier."""
    _must_be_free(to)
    read = [_read(terminal, path, columns) for path in data]
    measured_on = [_read(terminal, path, columns) for path in others]
    wanted = TrainingRecipe(name=name or to.stem, **recipe)
    with terminal.progress(zh="训练", en="training", total=training_steps(read, wanted)) as advance:
        model = train_classifier(read, wanted, others=measured_on, advance=advance)
    _write_model(terminal, to, model)


@click.command(
    help=phrase(
        zh="在带标签的数据上评测：MODEL 为分类器（.clf）或关键词库（.csv .yaml …）；"
        "不给时评测整个工作区的筛查。报告准确率、精确率、召回率、F1、PR 曲线、校准、各组结果与每万条误报。"
        "\n\n\b\n示例：\n"
        "  hegui screen evaluate insults.clf --data test.csv\n"
        "  hegui screen evaluate bank.csv --data test.csv --clean clean.txt\n"
        "  hegui screen evaluate --data test.jsonl",
        en="Measure on labelled data: MODEL is a classifier (.clf) or a keyword bank (.csv, .yaml …); the "
        "whole screen of the workspace where it is left out. Reports accuracy, precision, recall, F1, the PR "
        "curve, calibration, each group, and false alarms per 10,000.\n\n\b\nExamples:\n"
        "  hegui screen evaluate insults.clf --data test.csv\n"
        "  hegui screen evaluate bank.csv --data test.csv --clean clean.txt\n"
        "  hegui screen evaluate --data test.jsonl",
    )
)
@click.argument("model", type=_path, required=False)
@click.option(
    "--data",
    type=_path,
    multiple=True,
    required=True,
    help=phrase(zh="带标签的数据，可重复。", en="Labelled data, repeatable."),
)
@click.option(
    "--clean",
    type=_path,
    help=phrase(
        zh="确知无害的文本，每行一条：另报误报。", en="Clean text, one a line: false alarms on it, apart."
    ),
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help=phrase(zh="分数达到多少算发现。", en="The score from which on something counts as found."),
)
@_columns
@pass_terminal
def evaluate(
    terminal: Terminal,
    /,
    model: Path | None,
    data: tuple[Path, ...],
    clean: Path | None,
    threshold: float,
    columns: _Columns,
) -> None:
    """Measure a detector."""
    score, told = _detector(terminal, model)
    read = [_read(terminal, path, columns) for path in data]
    report = evaluate_detector(score, told, read, threshold=threshold)
    alarms = _alarms(score, clean, threshold) if clean else None
    value = {"report": report, "clean": alarms}
    terminal.result(value, lambda: "\n".join(_page(terminal, report, alarms)))


@click.command(
    help=phrase(
        zh="用本单位的带标签样本校准分类器 MODEL 的分数（不改变排序），写到 --to。\n\n\b\n示例：\n"
        "  hegui screen calibrate insults.clf --data sample.csv --to ours.clf",
        en="Set the likelihoods of the classifier MODEL right on a labelled sample of your own (their order "
        "stays) and write it to --to.\n\n\b\nExamples:\n"
        "  hegui screen calibrate insults.clf --data sample.csv --to ours.clf",
    )
)
@click.argument("model", type=_path)
@click.option(
    "--data",
    type=_path,
    multiple=True,
    required=True,
    help=phrase(zh="带标签的样本，可重复。", en="The labelled sample, repeatable."),
)
@click.option("--to", type=_path, required=True, help=phrase(zh="写到何处（.clf）。", en="Where to (.clf)."))
@_columns
@pass_terminal
def calibrate(
    terminal: Terminal,
    /,
    model: Path,
    data: tuple[Path, ...],
    to: Path,
    columns: _Columns,
) -> None:
    """Calibrate a classifier."""
    _must_be_free(to)
    classifier = load_classifier(model)
    _write_model(terminal, to, recalibrate(classifier, [_read(terminal, path, columns) for path in data]))


@click.command(
    help=phrase(
        zh="分类器 MODEL 的说明：数据与摘要、种子、许可、评测结果。\n\n\b\n示例：\n"
        "  hegui screen card insults.clf",
        en="The card of the classifier MODEL: data and digests, seed, licence, results.\n\n\b\nExamples:\n"
        "  hegui screen card insults.clf",
    )
)
@click.argument("model", type=_path)
@pass_terminal
def card(terminal: Terminal, model: Path) -> None:
    """Show a model card."""
    classifier = load_classifier(model)
    terminal.result(
        {"digest": classifier.digest, "targets": classifier.targets, "card": classifier.card},
        lambda: card_markdown(classifier.card, digest=classifier.digest, language=terminal.language),
    )


def _read(terminal: Terminal, path: Path, columns: _Columns) -> Examples:
    """Read labelled data and tell people how they were understood."""
    data = read_examples(
        path,
        text_column=columns.text_column,
        label_column=columns.label_column,
        unsafe=columns.unsafe,
        counter_speech=_pair(columns.counter_speech),
    )
    file = data.file
    terminal.say(
        zh=f"{path}：{file.rows} 行，其中不安全 {file.unsafe} 行，不可用 {file.unusable} 行"
        f"（文本列 {file.text_column}，标签列 {file.label_column}）",
        en=f"{path}: {counted(file.rows, 'row')}, {file.unsafe} unsafe, "
        f"{counted(file.unusable, 'line')} unusable "
        f"(text: {file.text_column}, label: {file.label_column})",
    )
    for row in data.unusable[:5]:
        terminal.say(zh=f"{path}:{row.line}：{row.zh}", en=f"{path}:{row.line}: {row.en}")
    return data


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    column, separator, value = text.partition("=")
    if not separator:
        raise InvalidInput(
            zh=f"--counter-speech {text!r} 应写成 列=值",
            en=f"write --counter-speech {text!r} as COLUMN=VALUE",
        )
    return column, value


def _detector(terminal: Terminal, path: Path | None) -> tuple[Callable[[str], Sequence[float]], list[Told]]:
    if path is not None and path.suffix == _MODEL:
        classifier = load_classifier(path)
        return classifier.likelihoods, [Told(target.risk, target.kind) for target in classifier.targets]
    if path is not None:
        screen = Screen(keywords=load_bank(path), personal_information=False)
        return (lambda text: [float(bool(screen.scan(text, Direction.INPUT)))]), [Told("*", path.stem)]
    whole = terminal.workspace.screen
    return (
        lambda text: [float(whole.examine(text, Direction.INPUT).action is not Action.ALLOW)],
        [Told("*", "screen")],
    )


def _alarms(score: Callable[[str], Sequence[float]], path: Path, threshold: float) -> dict[str, object]:
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    if not lines:
        raise InvalidInput(zh=f"{path} 是空的", en=f"{path} is empty")
    alarms = sum(max(score(line)) >= threshold for line in lines)
    return {"lines": len(lines), "false_alarms": alarms, "per_10000": 10_000 * alarms / len(lines)}


def _page(terminal: Terminal, report: ClassifierReport, alarms: dict[str, Any] | None) -> Iterator[str]:
    yield from report_markdown(report, terminal.language)
    if alarms is not None:
        yield ""
        yield terminal.text(
            BilingualText(
                zh=f"无害文本 {alarms['lines']} 行，误报 {alarms['false_alarms']} 行，"
                f"每万行 {alarms['per_10000']:.1f}",
                en=f"{counted(alarms['lines'], 'clean line')}, "
                f"{counted(alarms['false_alarms'], 'false alarm')}, "
                f"{alarms['per_10000']:.1f} per 10,000",
            )
        )


def _files(to: Path) -> tuple[Path, Path, Path]:
    """The model file, its card for machines, and its card for people."""
    return to, to.with_suffix(".card.json"), to.with_suffix(".card.md")


def _must_be_free(to: Path) -> None:
    """Refuse a name that is wrong or taken before the work is done."""
    if to.suffix != _MODEL:
        raise InvalidInput(zh=f"{to} 应以 {_MODEL} 结尾", en=f"{to} should end in {_MODEL}")
    if not to.parent.is_dir():
        raise NotFound(zh=f"没有目录 {to.parent}", en=f"there is no directory {to.parent}")
    for path in _files(to):
        if path.exists():
            raise Conflict(
                zh=f"{path} 已存在；请换一个文件名", en=f"{path} exists already; choose another name"
            )


def _write_model(terminal: Terminal, to: Path, model: bytes) -> None:
    """Write a model file with its cards beside it, and show the card."""
    classifier = decode_classifier(model, source=str(to))
    pages = {
        language: card_markdown(classifier.card, digest=classifier.digest, language=language)
        for language in Language
    }
    summary = {"digest": classifier.digest, "targets": classifier.targets, "card": classifier.card}
    encoded = msgspec.json.format(msgspec.json.encode(summary, order="sorted"), indent=2)
    for path, content in zip(_files(to), (model, encoded, "\n".join(pages.values()).encode()), strict=True):
        path.write_bytes(content)
    terminal.result({"file": str(to), **summary}, lambda: f"{pages[terminal.language]}\n{to}")
