"""``hegui screen declare``, ``show``, ``history``, ``use``: which screen is in force, and how it came."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, HeguiError, InvalidInput, NotFound
from hegui.rulebook import Rulebook
from hegui.screening import (
    INJECTION,
    PERSONAL_INFORMATION,
    UNMAPPED,
    UNSCREENED,
    Action,
    Adoption,
    Category,
    ChangedDetector,
    Cover,
    Direction,
    InjectionKind,
    Part,
    PersonalInformationKind,
    Rule,
    Screen,
    ScreenDeclaration,
    ScreenDifference,
    Screens,
    declaration_yaml,
    risk_wording,
    screen_difference,
)

_DIRECTIONS = {
    Direction.INPUT: BilingualText(zh="对提问的人（input）：", en="For those who ask (input):"),
    Direction.OUTPUT: BilingualText(zh="对看回答的人（output）：", en="For those who read answers (output):"),
    Direction.CORPUS: BilingualText(zh="对训练语料（corpus）：", en="For training data (corpus):"),
}
_PARTS = {
    Part.BANK: BilingualText(zh="关键词库", en="keyword bank"),
    Part.CLASSIFIER: BilingualText(zh="分类器", en="classifier"),
    Part.SCREEN: BilingualText(zh="审查方案", en="declaration"),
    Part.RECURRENCE: BilingualText(zh="防再生规则", en="recurrence rules"),
}
_NOT_LOOKED_FOR = BilingualText(zh="不审查", en="not looked for")
_file = click.Path(path_type=Path, dir_okay=False)


@click.command(
    help=phrase(
        zh="今后按 FILE（YAML 或 JSON）声明的方案审查：先检查，显示对谁有何变化，再采用并留下证据。"
        "运行中的网关在一秒内改用，已开始的回答仍用原方案。\n\n\b\n示例：\n"
        "  hegui -w my-service screen show --yaml > screen.yaml\n"
        "  hegui -w my-service screen declare screen.yaml --check\n"
        "  hegui -w my-service screen declare screen.yaml",
        en="Screen as FILE (YAML or JSON) declares from now on: it is checked, what changes for whom is "
        "shown, and it is adopted with evidence. Gateways that are running take it up within a second; "
        "answers that have begun end with the screen they began with.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen show --yaml > screen.yaml\n"
        "  hegui -w my-service screen declare screen.yaml --check\n"
        "  hegui -w my-service screen declare screen.yaml",
    )
)
@click.argument("file", type=_file)
@click.option(
    "--check",
    is_flag=True,
    help=phrase(zh="只检查并显示变化，不采用。", en="Show the changes; adopt nothing."),
)
@pass_terminal
def declare(terminal: Terminal, file: Path, *, check: bool) -> None:
    """Adopt a declaration."""
    screens = terminal.workspace.screens
    declared = screens.read(file)
    after = screens.assembled(declared).screen
    changed = _difference(terminal, screens, after)
    adopted = None if check else screens.declare(declared)
    idle = _idle_rules(declared, after)
    terminal.result(
        {"digest": declared.digest, "difference": changed, "idle_rules": idle, "adopted": adopted},
        lambda: "\n".join(
            [
                *(_difference_page(terminal, changed) if changed else ()),
                *(_idle(terminal, index) for index in idle),
                terminal.text(_checked(declared) if adopted is None else _told(adopted)),
            ]
        ),
    )


@click.command(
    help=phrase(
        zh="现用的审查方案：由哪些部分组成，何时由谁采用，对每种发现怎么处理。\n\n\b\n示例：\n"
        "  hegui -w my-service screen show\n"
        "  hegui -w my-service screen show --yaml > screen.yaml",
        en="The screen in force: its parts, who adopted them when, and what is done about each finding."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service screen show\n"
        "  hegui -w my-service screen show --yaml > screen.yaml",
    )
)
@click.option(
    "--yaml",
    "as_yaml",
    is_flag=True,
    help=phrase(
        zh="只输出声明文件，可修改后再 declare。",
        en="Only the declaration's file, to be edited and declared.",
    ),
)
@pass_terminal
def show(terminal: Terminal, *, as_yaml: bool) -> None:
    """Tell what is in force."""
    screens = terminal.workspace.screens
    declaration, parts, screen = screens.declaration(), screens.in_force(), screens.current().screen
    value = {
        "screen": screen.digest,
        "declaration": declaration,
        "detectors": screen.digests,
        "parts": parts,
        "decisions": {
            direction: [
                {"category": category, "rule": rule} for category, rule in screen.decisions(direction).items()
            ]
            for direction in Direction
        },
    }
    if as_yaml:
        terminal.result(value, lambda: declaration_yaml(declaration).rstrip())
        return
    terminal.result(value, lambda: "\n".join(_page(terminal, declaration, parts, screen)))


@click.command(
    help=phrase(
        zh="审查方案、词库和分类器的历次采用，最近的在前。\n\n\b\n示例：\n"
        "  hegui -w my-service screen history",
        en="Every adoption of a declaration, a bank or a classifier, the latest first.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen history",
    )
)
@pass_terminal
def history(terminal: Terminal) -> None:
    """List adoptions."""
    adopted = terminal.workspace.screens.history()
    none = BilingualText(
        zh="尚未采用过任何方案、词库或分类器：现用随附的起步方案",
        en="nothing was adopted yet: the shipped starter screen is in force",
    )
    terminal.result(
        adopted, lambda: "\n".join([_adoption(terminal, each) for each in adopted] or [terminal.text(none)])
    )


@click.command(
    help=phrase(
        zh="工作区采用分类器 MODEL（.clf）；每个版本原样保存，并留下证据。"
        "审查方案在 classifiers 中写明它的名称后，由它判断。\n\n\b\n示例：\n"
        "  hegui -w my-service screen use insults.clf",
        en="Take the classifier MODEL (.clf) into use in this workspace; every version is kept as it is, "
        "with evidence. It judges where the declaration names it under classifiers.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen use insults.clf",
    )
)
@click.argument("model", type=_file)
@pass_terminal
def use(terminal: Terminal, model: Path) -> None:
    """Adopt a classifier."""
    screens = terminal.workspace.screens
    adopted = screens.adopt_classifier(read_file(model), source=str(model))
    judges = any(adopted.digest == part.digest for part in screens.in_force())
    idle = BilingualText(
        zh=f"现用方案没有用到它；在 screen.yaml 中写 classifiers: [{{model: {adopted.name}}}]，"
        "再运行 hegui screen declare",
        en=f"the screen in force does not use it; write classifiers: [{{model: {adopted.name}}}] into "
        "screen.yaml and run hegui screen declare",
    )
    terminal.result(
        {"adopted": adopted, "judges": judges},
        lambda: "\n".join([terminal.text(_told(adopted)), *([] if judges else [terminal.text(idle)])]),
    )


def _difference(terminal: Terminal, screens: Screens, after: Screen) -> ScreenDifference | None:
    """What another screen changes; ``None`` where what is in force is broken, which people are told."""
    try:
        before = screens.current().screen
    except HeguiError as error:
        terminal.say(
            zh=f"现用的方案无法使用，因此无从比较：{error.text.zh}",
            en=f"the screen in force cannot be used, so nothing can be compared: {error.text.en}",
        )
        return None
    return screen_difference(before, after)


def named(terminal: Terminal, risk: str, kind: str) -> str:
    """A risk with its name; of personal information, the kind."""
    if risk == PERSONAL_INFORMATION:
        return terminal.text(PersonalInformationKind(kind).text)
    if risk == INJECTION:
        return terminal.text(InjectionKind(kind).text)
    if risk == UNSCREENED:
        return f"{kind} {terminal.text(BilingualText(zh='未审查', en='unscreened'))}"
    words = terminal.text(risk_wording(risk, _rulebook()))
    return f"{kind} ({words})" if risk == UNMAPPED else f"{risk} {words}"


@cache
def _rulebook() -> Rulebook:
    return Rulebook.load()


def read_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    except OSError as error:
        raise InvalidInput(
            zh=f"无法读取 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}"
        ) from error


def _told(adopted: Adoption) -> BilingualText:
    part = _PARTS[adopted.part]
    return BilingualText(
        zh=f"已采用{part.zh} {adopted.name}，{adopted.digest}（证据 {adopted.entry}）",
        en=f"{part.en} {adopted.name} is in use: {adopted.digest} (evidence {adopted.entry})",
    )


def _idle_rules(declared: ScreenDeclaration, screen: Screen) -> list[int]:
    """The numbers of the rules that decide about nothing at present."""
    if declared.media.pictures is not None:
        return []  # what a model may see in pictures is not among what a screen looks for in texts
    return [
        index
        for index, rule in enumerate(declared.rules)
        if rule in screen.idle_rules and rule.risk != UNSCREENED
    ]


def _idle(terminal: Terminal, index: int) -> str:
    return terminal.text(
        BilingualText(
            zh=f"rules[{index}] 目前不起作用：没有检测手段会发现它所说的",
            en=f"rules[{index}] decides about nothing at present: no detector finds what it names",
        )
    )


def _checked(declared: ScreenDeclaration) -> BilingualText:
    return BilingualText(
        zh=f"{declared.name} 可用，{declared.digest}；没有采用（--check）",
        en=f"{declared.name} is usable, {declared.digest}; nothing was adopted (--check)",
    )


def _adoption(terminal: Terminal, adopted: Adoption) -> str:
    part = terminal.text(_PARTS[adopted.part])
    return f"{adopted.at}  {part}  {adopted.name}  {adopted.digest}  {adopted.by}  {adopted.entry}"


def _page(
    terminal: Terminal, declaration: ScreenDeclaration, parts: tuple[Adoption, ...], screen: Screen
) -> Iterator[str]:
    yield f"{declaration.name}  {screen.digest}"
    if not any(part.part is Part.SCREEN for part in parts):
        yield terminal.text(
            BilingualText(
                zh="随附的起步方案（没有采用过别的）", en="the shipped starter declaration; none was adopted"
            )
        )
    yield from (_adoption(terminal, part) for part in parts)
    yield from (f"  {name}  {digest}" for name, digest in screen.digests.items())
    for direction in Direction:
        yield terminal.text(_DIRECTIONS[direction])
        decided = screen.decisions(direction).items()
        yield from _grouped(terminal, [(_outcome(terminal, rule), category) for category, rule in decided])


def _difference_page(terminal: Terminal, changed: ScreenDifference) -> Iterator[str]:
    if changed.before == changed.after:
        yield terminal.text(BilingualText(zh="审查结果没有变化", en="nothing is screened otherwise"))
    yield from (_detector(each) for each in changed.detectors)
    for direction in Direction:
        of_direction = [each for each in changed.decisions if each.direction is direction]
        if of_direction:
            yield terminal.text(_DIRECTIONS[direction])
        changes = [
            (f"{_outcome(terminal, each.before)} → {_outcome(terminal, each.after)}", each.category)
            for each in of_direction
        ]
        yield from _grouped(terminal, changes)


def _grouped(terminal: Terminal, outcomes: Iterable[tuple[str, Category]]) -> Iterator[str]:
    """A line for each outcome, with all the categories that it is the outcome of."""
    grouped: dict[str, list[Category]] = defaultdict(list)
    for outcome, category in outcomes:
        grouped[outcome].append(category)
    for outcome, categories in grouped.items():
        shown = ", ".join(_short(terminal, category) for category in sorted(categories, key=_order))
        yield f"  {outcome}: {shown}"


def _detector(changed: ChangedDetector) -> str:
    sign = "+" if changed.before is None else "-" if changed.after is None else "~"
    return f"{sign} {changed.name}  {changed.after or changed.before}"


def _outcome(terminal: Terminal, rule: Rule | None) -> str:
    if rule is None:
        return terminal.text(_NOT_LOOKED_FOR)
    action = terminal.text(rule.action.text)
    if rule.action is not Action.MASK or rule.cover is Cover.KIND:
        return action
    return f"{action} ({terminal.text(rule.cover.text)})"


def _short(terminal: Terminal, category: Category) -> str:
    if category.risk in {PERSONAL_INFORMATION, UNSCREENED, INJECTION}:
        return f"{named(terminal, category.risk, category.kind)} [{category.level}]"
    return f"{category.risk} {printable(category.kind)} [{category.level}]"


def _order(category: Category) -> tuple[str, str, str]:
    return category.risk, category.kind, category.level
