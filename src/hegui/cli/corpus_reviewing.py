"""Reviewing in the terminal: a document, a letter, the next."""

from collections.abc import Callable, Sequence

import click

from hegui.cli.terminal import Terminal, printable
from hegui.core import BilingualText, HeguiError, counted
from hegui.spotcheck import (
    Opinion,
    ReviewedItem,
    ReviewOutcome,
    ReviewRoute,
    SampledDocument,
    read_risks,
)

_SHOWN_CHARACTERS = 2_000
_LETTERS = {"p": ReviewOutcome.PASS, "f": ReviewOutcome.FAIL, "u": ReviewOutcome.UNCLEAR}
_HELP = BilingualText(
    zh="p 合格；f 不合格，后写风险，如 f A.1.f A.2.e；u 无法判断；结论后可加 # 备注\n"
    "m 全文；r 列出风险；b 回到上一条；s 跳过；q 退出（已答的都已保存）",
    en="p pass; f fail, with the risks behind it: f A.1.f A.2.e; u unclear; a note may follow behind #\n"
    "m the whole text; r the risks; b back to the last one; s skip; q quit (all answers are kept)",
)


class ReviewSession:
    """One person's session: shows documents and takes answers until none is left or the person stops."""

    def __init__(self, terminal: Terminal, reviewer: str) -> None:
        """Let ``reviewer`` answer at ``terminal``."""
        self._terminal = terminal
        self._reviewer = reviewer
        self._spotchecks = terminal.workspace.spotchecks

    def review(self, queue: Sequence[SampledDocument]) -> None:
        """Ask about each document of a queue."""
        items = [ReviewedItem(item=each, twice=False) for each in queue]

        def keep(opinion: Opinion) -> None:
            self._spotchecks.review(self._reviewer, (opinion,), via=ReviewRoute.TERMINAL)

        self._ask_all(items, keep)

    def adjudicate(self, disputes: Sequence[ReviewedItem]) -> None:
        """Ask about each disputed document, showing what was said of it, but not by whom."""

        def keep(opinion: Opinion) -> None:
            self._spotchecks.adjudicate(self._reviewer, opinion)

        self._ask_all(disputes, keep)

    def _ask_all(self, items: Sequence[ReviewedItem], keep: Callable[[Opinion], None]) -> None:
        if not items:
            self._terminal.say(zh="没有要看的文档", en="there is nothing to look at")
            return
        self._terminal.say(zh=_HELP.zh, en=_HELP.en)
        number = 0
        while number < len(items):
            self._show(items[number], f"{number + 1}/{len(items)}")
            step = self._answer(items[number], keep)
            if step is None:
                return
            number = max(0, number + step)

    def _show(self, item: ReviewedItem, position: str) -> None:
        lot = item.item.lot
        self._say(f"\n{position} · {lot.source} · {lot.file}:{lot.line} · {lot.number}")
        text = self._text(item)
        self._say(text[:_SHOWN_CHARACTERS])
        if len(text) > _SHOWN_CHARACTERS:
            more = len(text) - _SHOWN_CHARACTERS
            self._terminal.say(
                zh=f"…（还有 {more} 字，m 显示）", en=f"… ({counted(more, 'more character')}: m)"
            )
        for number, review in enumerate(item.reviews, start=1):
            opinion = review.opinion
            outcome = self._terminal.text(opinion.outcome.text)
            self._say(printable(f"  {number}. {outcome} {' '.join(opinion.risks)} {opinion.note}".rstrip()))

    def _answer(self, item: ReviewedItem, keep: Callable[[Opinion], None]) -> int | None:
        """How many documents to go on by; ``None`` to stop."""
        while True:
            try:
                typed = click.prompt("[p f u m r b s q ?]", err=True, prompt_suffix=" ").strip()
            except click.Abort:
                return None  # the end of the input, or Ctrl-C: all answers are kept
            letter = typed[:1].lower()
            if letter == "q":
                return None
            if letter in {"b", "s"}:
                return 1 if letter == "s" else -1
            if letter in _LETTERS:
                try:
                    keep(_opinion(item.item.lot.number, typed))
                except HeguiError as error:
                    self._terminal.say(zh=error.text.zh, en=error.text.en)
                else:
                    return 1
            else:
                self._tell(letter, item)

    def _tell(self, letter: str, item: ReviewedItem) -> None:
        if letter == "m":
            self._say(self._text(item))
        elif letter == "r":
            for risk in self._terminal.workspace.rulebook.risks:
                self._say(f"  {risk.id} {self._terminal.text(risk.text)}")
        else:
            self._terminal.say(zh=_HELP.zh, en=_HELP.en)

    def _text(self, item: ReviewedItem) -> str:
        text = self._spotchecks.text(item.item) or ""
        return "\n".join(map(printable, text.splitlines()))

    def _say(self, text: str) -> None:
        self._terminal.say(zh=text, en=text)


def _opinion(lot: str, typed: str) -> Opinion:
    said, _, note = typed[1:].partition("#")
    return Opinion(lot=lot, outcome=_LETTERS[typed[0].lower()], risks=read_risks(said), note=note.strip())
