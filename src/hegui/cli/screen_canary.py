"""``hegui screen canary``: another screen acts for a share of the users before it acts for all."""

from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, InvalidInput, NotFound, counted
from hegui.gateway import CanaryComparison, CanarySide, SideRate, compare_sides
from hegui.screening import Canary, CanaryState, load_bank

_file = click.Path(path_type=Path, dir_okay=False)
_SIDES = {
    "taken": BilingualText(zh="试用方案", en="the canary"),
    "beside": BilingualText(zh="现用方案", en="beside it"),
}
_RATES = {
    "refused": BilingualText(zh="拒绝请求", en="refused"),
    "stopped": BilingualText(zh="中止回答", en="stopped"),
    "masked": BilingualText(zh="遮盖", en="masked"),
}


@click.group(
    help=phrase(
        zh="灰度试用：新方案只对一部分用户生效，其余用户照旧；比较后转正或停止，每一步都留证据。"
        "运行中的网关在一秒内照办。\n\n\b\n示例：\n"
        "  hegui -w my-service screen canary start --bank new-bank.csv --share 0.05\n"
        "  hegui -w my-service screen canary show\n"
        "  hegui -w my-service screen canary promote",
        en="Let another screen act for a share of the users, and the one in force for the rest; compare, "
        "then promote or stop, each step with evidence. Gateways that are running follow within a second."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service screen canary start --bank new-bank.csv --share 0.05\n"
        "  hegui -w my-service screen canary show\n"
        "  hegui -w my-service screen canary promote",
    )
)
def canary() -> None:
    """Nothing is opened before a command runs."""


@canary.command(
    help=phrase(
        zh="开始试用，或改变试用的比例：同一用户总在同一侧，比例增大时已在试用的用户不变。\n\n\b\n示例：\n"
        "  hegui -w my-service screen canary start --bank new-bank.csv --share 0.05\n"
        "  hegui -w my-service screen canary start --screen stricter.yaml --share 0.5",
        en="Begin, or change the share: a user is always on the same side, and where the share grows, who "
        "is on the canary's stays there.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen canary start --bank new-bank.csv --share 0.05\n"
        "  hegui -w my-service screen canary start --screen stricter.yaml --share 0.5",
    )
)
@click.option(
    "--screen",
    "screen_file",
    type=_file,
    help=phrase(
        zh="要试用的审查方案（screen.yaml）；不给则为现用的。",
        en="The declaration to try (screen.yaml); the one in force if not given.",
    ),
)
@click.option(
    "--bank",
    "bank_file",
    type=_file,
    help=phrase(zh="要试用的词库；不给则为现用的。", en="The bank to try; the one in use if not given."),
)
@click.option(
    "--share",
    required=True,
    help=phrase(zh="用户的比例，例如 0.05。", en="The share of users, such as 0.05."),
)
@pass_terminal
def start(terminal: Terminal, screen_file: Path | None, bank_file: Path | None, share: str) -> None:
    """Begin a canary."""
    if screen_file is None and bank_file is None:
        raise InvalidInput(
            zh="请用 --screen 或 --bank 给出要试用的方案或词库", en="say what to try: --screen or --bank"
        )
    screens = terminal.workspace.screens
    started = screens.begin_canary(
        None if screen_file is None else screens.read(screen_file),
        None if bank_file is None else load_bank(bank_file),
        share=share,
    )
    terminal.result(started, lambda: terminal.text(_told(started)))


@canary.command(
    help=phrase(
        zh="最近一次试用：是否还在进行；两侧各有多少交互被拒绝、中止、遮盖，附精确的置信区间。\n\n\b\n示例：\n"
        "  hegui -w my-service screen canary show --json",
        en="The last canary: whether it is running, and how often each side refused, stopped and masked, "
        "with exact intervals.\n\n\b\nExamples:\n  hegui -w my-service screen canary show --json",
    )
)
@pass_terminal
def show(terminal: Terminal) -> None:
    """Compare the sides."""
    last = terminal.workspace.screens.last_canary()
    if last is None:
        raise NotFound(
            zh="没有试用过任何方案；用 hegui screen canary start 开始",
            en="no screen was ever tried; begin with hegui screen canary start",
        )
    found = compare_sides(
        last, terminal.workspace.ledger.entries("gateway.exchanged", since=last.at, until=last.until)
    )
    terminal.result(found, lambda: "\n".join(_page(terminal, found)))


@canary.command(
    help=phrase(
        zh="转正：试用的方案和词库一并采用，对所有用户生效。\n\n\b\n示例：\n"
        "  hegui -w my-service screen canary promote",
        en="Adopt what is tried, its declaration and its bank at once, for everybody.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen canary promote",
    )
)
@pass_terminal
def promote(terminal: Terminal) -> None:
    """Adopt what is tried."""
    adopted = terminal.workspace.screens.promote_canary()
    terminal.result(
        adopted,
        lambda: "\n".join(
            phrase(
                zh=f"已采用 {each.name}，{each.digest}（证据 {each.entry}）",
                en=f"{each.name} is in use: {each.digest} (evidence {each.entry})",
            )
            for each in adopted
        ),
    )


@canary.command(
    help=phrase(
        zh="停止试用：所有用户都用现用的方案。\n\n\b\n示例：\n"
        "  hegui -w my-service screen canary stop --reason 误拦太多",
        en="End the trial: the screen in force acts for everybody again.\n\n\b\nExamples:\n"
        "  hegui -w my-service screen canary stop --reason 'too many false alarms'",
    )
)
@click.option("--reason", required=True, help=phrase(zh="理由，记入证据。", en="Why; recorded as evidence."))
@pass_terminal
def stop(terminal: Terminal, reason: str) -> None:
    """Stop it."""
    stopped = terminal.workspace.screens.stop_canary(reason=reason)
    terminal.result(
        {"stopped": stopped.screen},
        lambda: phrase(
            zh=f"已停止试用 {stopped.name}：所有用户都用现用的方案。",
            en=f"{stopped.name} is tried no more: the screen in force acts for everybody.",
        ),
    )


def _told(started: Canary) -> BilingualText:
    return BilingualText(
        zh=f"{started.name} 对 {started.share} 的用户生效，{started.screen}（证据 {started.entry}）",
        en=f"{started.name} acts for {started.share} of the users: {started.screen} "
        f"(evidence {started.entry})",
    )


def _page(terminal: Terminal, found: CanaryComparison) -> Iterator[str]:
    tried = found.canary
    state = terminal.text(tried.state.text)
    yield f"{terminal.text(_told(tried))}"
    yield f"{tried.at} – {tried.until or ''}  {state}"
    for name, side in (("taken", found.taken), ("beside", found.beside)):
        yield _counted(terminal, name, side)
        for what, text in _RATES.items():
            yield f"  {terminal.text(text)}: {_shown(getattr(side, what))}"
    yield phrase(
        zh="区间为精确的 90 % 置信区间（上下各 95 %，Clopper–Pearson），按交互计；用户少时实际更宽。",
        en="The intervals are exact, of 90 % (95 % on each side, Clopper and Pearson), over exchanges; where "
        "users are few, the truth is less certain.",
    )
    if tried.state is CanaryState.RUNNING:
        yield phrase(
            zh="hegui screen canary promote 转正，stop 停止", en="hegui screen canary promote, or stop"
        )


def _counted(terminal: Terminal, name: str, side: CanarySide) -> str:
    told = terminal.text(_SIDES[name])
    return phrase(
        zh=f"{told}：{side.users} 名已知用户的 {side.exchanges} 次交互（另有 {side.others} 次未由审查结束）",
        en=f"{told}: {counted(side.exchanges, 'exchange')} of {counted(side.users, 'known user')} "
        f"({side.others} more ended otherwise)",
    )


def _shown(rate: SideRate) -> str:
    return f"{rate.count}  {rate.share}  [{rate.low}, {rate.high}]"
