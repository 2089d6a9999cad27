"""``hegui screen``: what the workspace's screen says of a text or a file."""

import sys
from collections import Counter
from pathlib import Path

import click

from hegui.cli.screen_canary import canary
from hegui.cli.screen_classifier import calibrate, card, evaluate, train
from hegui.cli.screen_declaration import declare, history, named, read_file, show, use
from hegui.cli.screen_medium import screen_medium
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, InvalidInput, Language, NotFound, counted, read_text
from hegui.screening import (
    UNSCREENED,
    Action,
    Direction,
    Explanation,
    Failure,
    Finding,
    KeywordBank,
    Screen,
    Screening,
    medium_form,
)

_DIGEST_LETTERS = 12
_ACTION = BilingualText(zh="结论：", en="Action: ")
_direction = click.option(
    "--direction",
    type=click.Choice([direction.value for direction in Direction]),
    default=Direction.OUTPUT.value,
    show_default=True,
    help=phrase(
        zh="文本的方向：用户输入、模型输出或训练语料。",
        en="Which way the text travels: into the model, out of it, or as training data.",
    ),
)


@click.group(
    help=phrase(
        zh="审查文本；声明审查方案；训练并评测分类器。\n\n\b\n示例：\n"
        "  hegui screen text 我的手机号是13812345678\n"
        "  hegui screen train --data train.csv --risk A.2 --to insults.clf",
        en="Screen text; declare the screen; train and measure classifiers."
        "\n\n\b\nExamples:\n"
        "  hegui screen text 'call me: 13812345678'\n"
        "  hegui screen train --data train.csv --risk A.2 --to insults.clf",
    )
)
def screen() -> None:
    """Hold the commands below."""


@screen.command(
    help=phrase(
        zh="审查一段文字；TEXT 为 - 时读取标准输入。\n\n\b\n示例：\n"
        "  hegui screen text 我的手机号是13812345678\n"
        "  cat answer.txt | hegui screen text - --json",
        en="Screen one text; standard input where TEXT is -.\n\n\b\nExamples:\n"
        "  hegui screen text 'call me: 13812345678'\n"
        "  cat answer.txt | hegui screen text - --json",
    )
)
@click.argument("text")
@_direction
@pass_terminal
def text(terminal: Terminal, text: str, direction: str) -> None:
    """Screen one text."""
    content = _standard_input() if text == "-" else text
    watching = _screen(terminal)
    screening = watching.examine(content, Direction(direction))
    explanations = _explain(watching, screening, content)
    terminal.result(
        _value(screening, explanations),
        lambda: "\n".join(
            [
                *(_line(terminal, watching, explanation) for explanation in explanations),
                f"{terminal.text(_ACTION)}{terminal.text(screening.action.text)}",
                screening.masked,
            ]
        ),
    )


@screen.command(
    help=phrase(
        zh="逐行审查一个文本文件（UTF-8）；或审查一个图片、音频、视频文件：由审查方案 media 下声明的"
        "模型判断，没有声明的部分标为未审查，不算通过。\n\n\b\n示例：\n"
        "  hegui screen file answers.txt --direction output\n"
        "  hegui screen file poster.png --json",
        en="Screen a text file (UTF-8) line by line; or a picture, a sound or a film, by the models that the "
        "screen declares under media: what none is declared for is unscreened, which is no pass."
        "\n\n\b\nExamples:\n"
        "  hegui screen file answers.txt --direction output\n"
        "  hegui screen file poster.png --json",
    )
)
@click.argument("path", type=click.Path(path_type=Path))
@_direction
@pass_terminal
def file(terminal: Terminal, path: Path, direction: str) -> None:
    """Screen each line of a file, or a medium."""
    data = read_file(path)
    if medium_form(data) is not None:
        screen_medium(terminal, data, Direction(direction))
        return
    watching = _screen(terminal)
    text = read_text(path).removesuffix("\n")
    lines = text.split("\n") if data else []
    actions: Counter[Action] = Counter()
    found = []
    told = []
    screened = zip(lines, watching.examine_many(lines, Direction(direction)), strict=True)
    for number, (line, screening) in enumerate(screened, 1):
        actions[screening.action] += 1
        if screening.findings:
            explanations = _explain(watching, screening, line)
            found.append({"line": number, **_value(screening, explanations)})
            told += [
                f"{path}:{number}: {_line(terminal, watching, explanation)}" for explanation in explanations
            ]
            told.append(f"    {screening.masked}")
    counts = {action.value: actions[action] for action in Action}
    summary = ", ".join(f"{terminal.text(action.text)} {actions[action]}" for action in Action)
    told.append(
        terminal.text(
            BilingualText(zh=f"{len(lines)} 行：{summary}", en=f"{counted(len(lines), 'line')}: {summary}")
        )
    )
    terminal.result({"lines": len(lines), "actions": counts, "found": found}, lambda: "\n".join(told))


for _command in (declare, show, history, train, evaluate, calibrate, card, use, canary):
    screen.add_command(_command)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            zh=f"标准输入从第 {error.start} 字节起不是 UTF-8；请转换为 UTF-8",
            en=f"standard input is not UTF-8 from byte {error.start} on; convert it to UTF-8",
        ) from error


def _screen(terminal: Terminal) -> Screen:
    """The workspace's screen; without a workspace, one with the starter bank, which people are told."""
    try:
        workspace = terminal.workspace
    except NotFound:
        root = terminal.settings.workspace
        terminal.say(
            zh=f"{root} 不是工作区：用随附的起步词库审查",
            en=f"{root} is not a workspace: screening with the shipped starter bank",
        )
        return Screen(keywords=KeywordBank.starter())
    return workspace.screen


def _explain(watching: Screen, screening: Screening, content: str) -> list[Explanation]:
    return [watching.explain(finding, content, screening.direction) for finding in screening.findings]


def _value(screening: Screening, explanations: list[Explanation]) -> dict[str, object]:
    return {
        "direction": screening.direction,
        "action": screening.action,
        "findings": explanations,
        "masked": screening.masked,
    }


def _line(terminal: Terminal, watching: Screen, explanation: Explanation) -> str:
    finding, rule = explanation.finding, explanation.rule
    # People count characters from one, and both ends belong to what they point at.
    place = f"{finding.start + 1}-{finding.end}"
    action = terminal.text(rule.action.text)
    name, pattern = _name(terminal, finding), terminal.text(explanation.pattern)
    said_by = explanation.source
    if finding.detector not in said_by:
        said_by = f"{said_by}; {finding.detector}"
    version = explanation.detector_digest.removeprefix("sha256:")[:_DIGEST_LETTERS]
    # What could not be judged may be blocked although no rule says so.
    number = f"rules[{watching.rules.index(rule)}]" if rule in watching.rules else "—"
    if terminal.language is Language.ZH:
        head = f"第 {place} 字：“{explanation.matched}”，{name}，{action}；{pattern}"
        return f"{head}（{said_by}，版本 {version}；规则 {number}）"
    head = f"{place}: “{explanation.matched}”, {name}, {action}; {pattern}"
    return f"{head} ({said_by}, version {version}; rule {number})"


def _name(terminal: Terminal, finding: Finding) -> str:
    name = named(terminal, finding.risk, finding.kind)
    if finding.risk == UNSCREENED:
        return f"{name}: {terminal.text(Failure(finding.level).text)}"
    return name if finding.score is None else f"{name} {finding.score / 1000:.3f}"
