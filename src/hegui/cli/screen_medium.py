"""What people are told of a screened picture, sound or film."""

from pathlib import Path

from hegui.cli.screen_declaration import named
from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, NotFound
from hegui.screening import (
    UNSCREENED,
    Action,
    Category,
    Direction,
    Failure,
    Guards,
    KeywordBank,
    MediaDeclaration,
    MediaScreen,
    MediumPart,
    MediumScreening,
    Screen,
)

_HARMLESS = BilingualText(zh="未发现风险", en="nothing found")
_ACTION = BilingualText(zh="结论：", en="Action: ")
_UNSCREENED = BilingualText(zh="（有未审查的部分）", en=" (not everything was screened)")


def screen_medium(terminal: Terminal, data: bytes, direction: Direction) -> None:
    """Screen a medium and tell what came of it."""
    media = _media(terminal)
    screening = media.examine_and_wait(data, direction)
    terminal.result(
        screening,
        lambda: "\n".join(
            [
                *(_line(terminal, part, media.screen, direction) for part in screening.parts),
                _conclusion(terminal, screening),
            ]
        ),
    )
    if any(each.level == Failure.NOT_ASKED for part in screening.parts for each in part.findings):
        terminal.say(
            zh="未审查的部分：请在审查方案的 media 下声明模型，并安装 ffmpeg（视频需要）",
            en="for what was not screened: declare models under media in the screen's declaration, and "
            "install ffmpeg (films need it)",
        )


def _media(terminal: Terminal) -> MediaScreen:
    """What judges media in the workspace; without a workspace nothing does."""
    try:
        return terminal.workspace.media
    except NotFound:
        return MediaScreen.declared(
            MediaDeclaration(),
            screen=Screen(keywords=KeywordBank.starter()),
            guards=Guards(()),
            folder=Path(),
            secret=str,
        )


def _line(terminal: Terminal, part: MediumPart, screen: Screen, direction: Direction) -> str:
    found = ", ".join(_name(terminal, category) for category in part.findings)
    if not found:
        return f"{part.place}: {terminal.text(_HARMLESS)}"
    rules = (screen.deciding(category, direction) for category in part.findings)
    acts = any(rule is not None and rule.action is not Action.ALLOW for rule in rules)
    return f"{part.place}: {found}, {terminal.text((Action.BLOCK if acts else Action.ALLOW).text)}"


def _name(terminal: Terminal, category: Category) -> str:
    name = named(terminal, category.risk, category.kind)
    if category.risk == UNSCREENED:
        return f"{name}: {terminal.text(Failure(category.level).text)}"
    return name


def _conclusion(terminal: Terminal, screening: MediumScreening) -> str:
    behind = "" if screening.is_screened else terminal.text(_UNSCREENED)
    return f"{terminal.text(_ACTION)}{terminal.text(screening.action.text)}{behind}"
