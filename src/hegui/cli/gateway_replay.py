"""``hegui gateway replay``: what would change if another screen had read what was said."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from hegui.cli.day import ChinaDay
from hegui.cli.screen_declaration import named
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import InvalidInput, counted, digest_file, digest_value
from hegui.gateway import (
    Conversation,
    KeptConversations,
    Replay,
    ReplayChange,
    Replayed,
    ReplayJournal,
    ReplayReport,
    Said,
    TooDeep,
    conversations_in,
    said_in,
)
from hegui.screening import Assembly, ScreenDeclaration, Screens, load_bank

_MOST_EXAMPLES = 20
_MOST_CAUSES = 20
_LONGEST_EXAMPLE = 200  # characters
_file = click.Path(path_type=Path, dir_okay=False)


@click.command(
    help=phrase(
        zh="重放：若当时用另一个方案审查，哪些交互会被拒绝、中止、遮盖或放行，原因是哪些风险和词。"
        "重放留存的对话（见 retention），或 --file 中自己的对话；不给 --screen 和 --bank 则重放现用方案。"
        "中断后再次运行会接着做。默认只显示数量，不显示任何对话。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway replay --bank new-bank.csv\n"
        "  hegui -w my-service gateway replay --screen stricter.yaml --since 2026-11-01\n"
        "  hegui -w my-service gateway replay --bank new-bank.csv --file mine.jsonl --show-texts",
        en="Which exchanges would be refused, stopped, masked or let pass if another screen had read them, "
        "and for which risks and words: of the conversations that are kept (see retention), or your own in "
        "--file. Without --screen and --bank it is the screen in force that reads. Run again after an "
        "interruption, it goes on. Nothing that anybody said is shown unless you ask for it."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway replay --bank new-bank.csv\n"
        "  hegui -w my-service gateway replay --screen stricter.yaml --since 2026-11-01\n"
        "  hegui -w my-service gateway replay --bank new-bank.csv --file mine.jsonl --show-texts",
    )
)
@click.option(
    "--screen",
    "screen_name",
    help=phrase(
        zh="审查方案：文件（screen.yaml），或曾经采用的方案的摘要（sha256:…）。",
        en="The declaration: a file (screen.yaml), or the digest of one that was in use (sha256:…).",
    ),
)
@click.option(
    "--bank",
    "bank_file",
    type=_file,
    help=phrase(zh="词库；不给则为方案所说的。", en="The bank; what the declaration says if not given."),
)
@click.option(
    "--file",
    "conversation_file",
    type=_file,
    help=phrase(
        zh='自己的对话，JSON Lines，每行 {"messages": [...]}，最后一条 assistant 消息是回答。',
        en='Your own conversations, JSON Lines, each {"messages": [...]}; a last message of the assistant '
        "is the answer.",
    ),
)
@click.option(
    "--since",
    type=ChinaDay(),
    help=phrase(zh="只重放这一天（北京时间）以后的。", en="Only from this day on, in China."),
)
@click.option(
    "--reason",
    help=phrase(
        zh="为什么查阅留存的对话，记入证据；显示对话时必须给出。",
        en="Why kept conversations are read, for the record; needed where they are shown.",
    ),
)
@click.option(
    "--show-texts",
    is_flag=True,
    help=phrase(zh="显示有变化的对话的例子。", en="Show examples of conversations that change."),
)
@pass_terminal
def replay(
    terminal: Terminal,
    *,
    screen_name: str | None,
    bank_file: Path | None,
    conversation_file: Path | None,
    since: dt.datetime | None,
    reason: str | None,
    show_texts: bool,
) -> None:
    """Replay conversations."""
    if show_texts and conversation_file is None and reason is None:
        raise InvalidInput(
            zh="显示留存的对话须给出 --reason；查阅会连同理由记入证据",
            en="showing kept conversations needs a --reason; that they are read is recorded with it",
        )
    if conversation_file is not None and since is not None:
        raise InvalidInput(
            zh="--since 只用于留存的对话：文件中的对话没有日期；请去掉 --since 或 --file",
            en="--since is about kept conversations; those in a file have no day: leave out one of the two",
        )
    workspace = terminal.workspace
    screens = workspace.screens
    in_force, tried = screens.current(), _tried(screens, screen_name, bank_file)
    source = "archive" if conversation_file is None else digest_file(conversation_file)
    kept = None
    if conversation_file is None:
        kept = KeptConversations(workspace.archive, workspace.ledger, reason=reason or "replay", since=since)
    conversations = conversations_in(conversation_file) if conversation_file is not None else ()
    key = digest_value([in_force.screen.digest, tried.screen.digest, str(since), source])
    journal = ReplayJournal(workspace.root / "cache" / "replays" / f"{key.removeprefix('sha256:')}.jsonl")
    examples: list[_Example] = []

    def tell(conversation: Conversation, replayed: Replayed) -> None:
        if show_texts and len(examples) < _MOST_EXAMPLES:
            examples.append(_example(conversation, replayed))

    total = kept.total if kept is not None else len(conversations)
    with terminal.progress(zh="重放", en="Replaying", total=total) as advance:
        report = Replay(
            in_force=in_force,
            tried=tried,
            journal=journal,
            ledger=workspace.ledger,
        ).run(conversations if kept is None else kept, source=source, since=since, advance=advance, tell=tell)
    terminal.result(
        {"report": report, "examples": [each._asdict() for each in examples]},
        lambda: "\n".join([*_page(terminal, report), *_shown(terminal, examples)]),
    )


class _Example(NamedTuple):
    exchange: str
    change: ReplayChange
    asked: tuple[str, ...]
    told: tuple[str, ...]


def _example(conversation: Conversation, replayed: Replayed) -> _Example:
    try:
        said = said_in(conversation.heard)
    except TooDeep:  # nobody could have answered it, and nobody can show it
        said = Said((), ())
    told = () if conversation.is_withdrawn else said.told
    return _Example(conversation.name, replayed.change, said.asked, told)


def _tried(screens: Screens, name: str | None, bank_file: Path | None) -> Assembly:
    declaration: ScreenDeclaration | None = None
    if name is not None:
        declaration = screens.version(name) if name.startswith("sha256:") else screens.read(Path(name))
    return screens.tried(declaration, None if bank_file is None else load_bank(bank_file))


def _page(terminal: Terminal, report: ReplayReport) -> Iterator[str]:
    yield phrase(
        zh=f"重放 {report.replayed} 次交互：{report.in_force} → {report.screen} [{report.entry}]",
        en=f"{counted(report.replayed, 'exchange')} replayed: {report.in_force} → {report.screen} "
        f"[{report.entry}]",
    )
    for change, count in report.changes.items():
        yield f"  {terminal.text(change.text)}: {count}"
    for told, count in (
        (phrase(zh="没有留存文字、无法重放", en="not replayed, because no text is kept"), report.not_kept),
        (phrase(zh="只有部分文字", en="not all that was said is there"), report.in_part),
        (
            phrase(
                zh="并非由审查结束、或适用未成年人规则，未比较",
                en="not compared: a minor's, or ended otherwise",
            ),
            report.others,
        ),
    ):
        if count:
            yield f"  {told}: {count}"
    for change in report.changes:
        causes = [each for each in report.causes if each.change is change]
        if causes:
            yield f"{terminal.text(change.text)}:"
        for each in causes[:_MOST_CAUSES]:
            cause = each.cause
            name, pattern = named(terminal, cause.risk, cause.kind), terminal.text(cause.pattern)
            told = printable(f"{name}  {pattern}  {cause.detector} ({cause.direction})")
            yield f"  {each.exchanges}  {told}"
        if len(causes) > _MOST_CAUSES:
            yield f"  … {len(causes) - _MOST_CAUSES} (--json)"


def _shown(terminal: Terminal, examples: list[_Example]) -> Iterator[str]:
    for example in examples:
        yield f"{printable(example.exchange)}  {terminal.text(example.change.text)}"
        for sign, texts in ((">", example.asked), ("<", example.told)):
            for text in texts:
                yield f"{sign} {printable(text[:_LONGEST_EXAMPLE])}"
