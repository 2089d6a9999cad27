"""Model cards: what a classifier was made from, how, and how good it is, for people and for machines."""

from collections.abc import Iterator

import msgspec

from hegui.core import BilingualText, Language, Record
from hegui.screening.examples import DataFile
from hegui.screening.quality import GroupQuality, Quality

LIMITS = (
    BilingualText(
        zh="分数只说明与训练文本的相似程度；换一种来源、题材或年代，准确率会下降。"
        "使用前请用本单位的样本重新评测并校准。",
        en="A score tells how much a text is like those it was trained on; elsewhere it is worse. "
        "Measure and calibrate it on a sample of your own before you rely on it.",
    ),
    BilingualText(
        zh="引用歧视言论加以批评的文本容易被误判；见“反对言论”一行（如数据能够区分）。",
        en="Texts that quote an insult to speak against it are often mistaken for one: see counter-speech, "
        "where the data tell it apart.",
    ),
    BilingualText(
        zh="不能代替人工判断，也不用于对个人作出评价。",
        en="It replaces no human judgement, and is not for judging people.",
    ),
)


class TargetQuality(Record):
    """How good a classifier is at one of its targets."""

    risk: str
    kind: str
    quality: Quality


class ClassifierReport(Record):
    """What was measured on some data.

    Attributes:
        data: the files.
        overall: whether anything unsafe was found at all.
        targets: each target by itself, where the data name risks.
        groups: the overall result in each group of the data.
        counter_speech: the overall result on texts that speak against an insult; ``None`` where the data do
            not tell them apart.
        seen_in_training: how many of the texts were trained on; ``None`` where that is not known.
    """

    data: tuple[DataFile, ...]
    overall: Quality
    targets: tuple[TargetQuality, ...] = ()
    groups: tuple[GroupQuality, ...] = ()
    counter_speech: GroupQuality | None = None
    seen_in_training: int | None = None


class ModelCard(Record):
    """How a classifier came about. It is part of the model file, and of its digest.

    Attributes:
        name: what people call it.
        seed: what the division of the data for cross-validation depends on.
        folds: into how many parts the data were divided.
        grams: how many grams the model knows; ``grams_seen`` occurred in two texts or more.
        licence: of the training data, as whoever trained it states it.
        versions: of the programs it was made with.
        data: what it was trained on.
        cross_validation: measured on the training data, each text by a model that had not seen it.
        evaluations: measured on other data.
        left_out: risks with too few texts to learn them, and how many there were.
        calibrated_on: data of one's own on which the likelihoods were calibrated afterwards.
    """

    name: str
    seed: int
    folds: int
    grams: int
    grams_seen: int
    licence: str
    versions: dict[str, str]
    data: tuple[DataFile, ...]
    cross_validation: ClassifierReport
    evaluations: tuple[ClassifierReport, ...] = ()
    left_out: dict[str, int] = msgspec.field(default_factory=dict)
    calibrated_on: tuple[DataFile, ...] = ()


def card_markdown(card: ModelCard, *, digest: str, language: Language) -> str:
    """The card for people to read.

    Args:
        card: the card.
        digest: of the model file.
        language: the language to write in.
    """
    return "\n".join(_lines(card, digest, language)) + "\n"


def report_markdown(report: ClassifierReport, language: Language) -> Iterator[str]:
    """The tables of one report, in Markdown."""

    def say(zh: str, en: str) -> str:
        return zh if language is Language.ZH else en

    for file in report.data:
        yield say(
            f"- {file.name}：{file.rows} 行，其中不安全 {file.unsafe} 行，不可用 {file.unusable} 行；"
            f"文本列 {file.text_column}，标签列 {file.label_column}；{file.digest}",
            f"- {file.name}: {file.rows} rows, {file.unsafe} unsafe, {file.unusable} lines unusable; "
            f"text from {file.text_column}, label from {file.label_column}; {file.digest}",
        )
    if report.seen_in_training is not None:
        yield say(
            f"- 与训练数据相同的文本：{report.seen_in_training} 条",
            f"- texts that were trained on: {report.seen_in_training}",
        )
    yield ""
    yield say(
        "| | 行数 | 不安全 | 阈值 | 准确率 | 精确率 | 召回率 | F1 | 宏F1 | AUC | AP | ECE | 每万条误报 |",
        "| | rows | unsafe | threshold | accuracy | precision | recall | F1 | macro F1 | AUC | AP | ECE "
        "| false alarms per 10,000 |",
    )
    yield "|---" * 13 + "|"
    yield _row(say("总体", "overall"), report.overall)
    for target in report.targets:
        yield _row(f"{target.risk} {target.kind}", target.quality)
    yield from _groups(report, language)
    yield ""
    yield say(
        "| 阈值 | 精确率 | 召回率 | 每万条误报 |",
        "| threshold | precision | recall | false alarms per 10,000 |",
    )
    yield "|---" * 4 + "|"
    for point in report.overall.curve:
        yield _cells(
            f"{point.threshold:.2f}", point.precision, point.recall, f"{point.false_alarms_per_10000:.0f}"
        )
    yield ""
    yield say("| 分数 | 行数 | 平均分数 | 实际不安全 |", "| score | rows | mean score | unsafe |")
    yield "|---" * 4 + "|"
    for each in report.overall.bins:
        yield _cells(f"{each.low:.1f}–{each.high:.1f}", str(each.rows), each.mean_score, each.share_unsafe)


def _groups(report: ClassifierReport, language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    named = [(f"{group.column} = {group.value}", group) for group in report.groups]
    if report.counter_speech is not None:
        named.append(("反对言论" if zh else "counter-speech", report.counter_speech))
    if not named:
        return
    yield ""
    yield (
        "| 分组 | 行数 | 不安全 | 准确率 | 召回率 | 误报率 |"
        if zh
        else ("| group | rows | unsafe | accuracy | recall | false-alarm rate |")
    )
    yield "|---" * 6 + "|"
    for name, group in named:
        yield _cells(
            name, str(group.rows), str(group.unsafe), group.accuracy, group.recall, group.false_alarm_rate
        )


def _lines(card: ModelCard, digest: str, language: Language) -> Iterator[str]:
    def say(zh: str, en: str) -> str:
        return zh if language is Language.ZH else en

    yield say(f"# 分类器说明：{card.name}", f"# Model card: {card.name}")
    yield ""
    yield say(
        f"- 模型文件：{digest}\n- 方法：字符片段（最长 4 字）的两个线性模型之和，交叉验证校准\n"
        f"- 随机种子：{card.seed}；折数：{card.folds}\n"
        f"- 片段：保留 {card.grams}（出现两次以上的有 {card.grams_seen}）\n"
        f"- 训练数据许可：{card.licence}",
        f"- model file: {digest}\n- method: the sum of two linear models over runs of up to 4 characters, "
        f"calibrated by cross-validation\n- seed: {card.seed}; folds: {card.folds}\n"
        f"- grams: {card.grams} kept of {card.grams_seen} that occur twice or more\n"
        f"- licence of the training data: {card.licence}",
    )
    yield "- " + ", ".join(f"{name} {version}" for name, version in sorted(card.versions.items()))
    for risk, count in sorted(card.left_out.items()):
        yield say(f"- 文本太少，未学习：{risk}（{count} 条）", f"- too few texts to learn: {risk} ({count})")
    for file in card.calibrated_on:
        yield say(f"- 另经校准：{file.name}，{file.digest}", f"- calibrated on: {file.name}, {file.digest}")
    yield ""
    yield say("## 训练数据上的交叉验证", "## Cross-validation on the training data")
    yield ""
    yield from report_markdown(card.cross_validation, language)
    for report in card.evaluations:
        yield ""
        yield say("## 其他数据上的评测", "## Measured on other data")
        yield ""
        yield from report_markdown(report, language)
    yield ""
    yield say("## 局限", "## Limits")
    yield ""
    for limit in LIMITS:
        yield f"- {limit.in_language(language)}"


def _row(name: str, quality: Quality) -> str:
    return _cells(
        name,
        str(quality.rows),
        str(quality.unsafe),
        f"{quality.threshold:.3f}",
        quality.accuracy,
        quality.precision,
        quality.recall,
        quality.f1,
        quality.macro_f1,
        quality.auc,
        quality.average_precision,
        quality.calibration_error,
        f"{quality.false_alarms_per_10000:.0f}",
    )


def _cells(*values: str | float | None) -> str:
    shown = (
        value if isinstance(value, str) else "—" if value is None else f"{value:.4f}" for value in values
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in shown) + " |"
