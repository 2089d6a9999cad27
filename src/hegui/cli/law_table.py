"""``hegui law table``: one matter across every instrument, on a day."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from hegui.cli.law_wording import LawWording
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Record, legal_day, system_clock
from hegui.rulebook import (
    Aspect,
    ContentCategory,
    Crosswalk,
    Milestone,
    Overlay,
    Parameter,
    Penalty,
    Risk,
    Rulebook,
)

Rows = Sequence[Record]


class TablePage(LawWording):
    """Tables of the rulebook as lines for people, as of a day."""

    def __init__(self, terminal: Terminal, rulebook: Rulebook, day: dt.date) -> None:
        """Speak the language of ``terminal`` about ``rulebook`` on a legal day."""
        super().__init__(terminal)
        self._rulebook = rulebook
        self._day = day

    def parameter(self, parameter: Parameter) -> str:
        """A time limit or number, with the clause that sets it."""
        return f"{parameter.citation}  [{self._text(parameter.modal.text)}] {self._parameter(parameter)}"

    def penalty(self, penalty: Penalty) -> str:
        """A penalty by severity, with the clauses whose breach it punishes."""
        breaches = self._say(zh="针对：", en="for a breach of: ") + ", ".join(penalty.breaches)
        first = self._first(self._rulebook.first_of(penalty, on=self._day))
        return "\n  ".join(
            [
                f"{penalty.clause}  {self._text(penalty.text)}{self._mark(penalty.verification)}",
                breaches,
                *first,
                *map(self._severity, penalty.sanctions),
            ]
        )

    def category(self, category: ContentCategory) -> str:
        """A kind of content: where it is forbidden, and the main safety risks that test it."""
        forbidden = ", ".join(category.clauses) or "–"
        risks = ", ".join(category.risks) or "–"
        return "\n  ".join(
            [
                f"{self._text(category.text)}{self._mark(category.verification)}",
                self._say(zh=f"禁止或者规范于：{forbidden}", en=f"forbidden or ruled by: {forbidden}"),
                self._say(zh=f"对应的安全风险：{risks}", en=f"main safety risks: {risks}"),
            ]
        )

    def risk(self, risk: Risk) -> str:
        """One of the 31 main safety risks, with the kinds of content that belong to it."""
        kinds = self._say(zh="、", en="; ").join(
            self._text(category.text) for category in self._rulebook.categories_of(risk.id)
        )
        kinds = self._say(zh=f"内容类别：{kinds}", en=f"kinds of content: {kinds}")
        return f"{risk.id}  {self._text(risk.text)}{self._mark(risk.verification)}\n  {kinds}"

    def aspect(self, aspect: Aspect) -> str:
        """One of the aspects of the non-refusal bank."""
        return f"{aspect.clause}  {aspect.id}  {self._text(aspect.text)}{self._mark(aspect.verification)}"

    def crosswalk(self, crosswalk: Crosswalk) -> str:
        """A matter here and elsewhere."""
        head = f"{self._text(crosswalk.text)}  [{', '.join(crosswalk.clauses)}]"
        return f"{head}\n  {self._counterparts(crosswalk)}"

    def milestone(self, milestone: Milestone) -> str:
        """A day from which something of a framework applies, and whether it has come."""
        come = milestone.day <= self._day
        begun = self._say(zh="已适用", en="applies") if come else self._say(zh="尚未适用", en="not yet")
        return (
            f"{milestone.day}  {milestone.framework} {milestone.provision}  {self._text(milestone.text)}"
            f"{self._mark(milestone.verification)}  [{begun}]"
        )

    def overlay(self, overlay: Overlay) -> str:
        """Special rules, over which general ones, and when."""
        condition = self._text(self._rulebook.vocabulary.describe(self._rulebook.condition(overlay)))
        over, by = ", ".join(overlay.over), ", ".join(overlay.by) or "–"
        effect, clauses = self._text(overlay.effect.text), ", ".join(overlay.clauses)
        return "\n  ".join(
            [
                f"{self._text(overlay.text)}  [{effect}; {clauses}]",
                self._say(zh=f"一般规定：{over}；特别规定：{by}", en=f"general: {over}; special: {by}"),
                self._say(zh=f"条件：{condition}", en=f"when: {condition}"),
            ]
        )


class _Topic(NamedTuple):
    """What a table lists, how a row is said, and what is said over all of them."""

    rows: Callable[[Rulebook, dt.date], Rows]
    line: Callable[..., str]
    note: BilingualText | None = None


_INDICATIVE = BilingualText(
    zh="仅供参考：不表示等同，在中国不具有约束力。",
    en="Indicative: no claim of equivalence, and binding on nobody under Chinese law.",
)
_TOPICS = {
    "clocks": _Topic(
        lambda book, day: [p for p in book.parameters if p.starts is not None and p.period.contains(day)],
        TablePage.parameter,
    ),
    "numbers": _Topic(
        lambda book, day: [p for p in book.parameters if p.starts is None and p.period.contains(day)],
        TablePage.parameter,
    ),
    "penalties": _Topic(
        lambda book, day: [p for p in book.penalties if book.is_threatened(p, on=day)], TablePage.penalty
    ),
    "categories": _Topic(lambda book, _: book.categories, TablePage.category),
    "risks": _Topic(lambda book, _: book.risks, TablePage.risk),
    "aspects": _Topic(lambda book, _: book.aspects, TablePage.aspect),
    "overlays": _Topic(lambda book, day: book.overlays_on(day), TablePage.overlay),
    "crosswalk": _Topic(lambda book, _: book.crosswalks, TablePage.crosswalk, _INDICATIVE),
    "milestones": _Topic(
        lambda book, _: sorted(book.milestones, key=lambda milestone: milestone.day),
        TablePage.milestone,
        _INDICATIVE,
    ),
}


@click.command(
    help=phrase(
        zh="跨文件列出一类内容：clocks 时限和保存期限，numbers 其他数值，penalties 罚则，"
        "categories 违法和不良内容的类别，risks 31 种安全风险，aspects 非拒答题库的方面，"
        "overlays 特别规定与一般规定的关系，crosswalk 与境外法律和国际标准的对照（仅供参考），"
        "milestones 欧盟人工智能法的适用日期。\n\n\b\n示例：\n"
        "  hegui law table clocks\n  hegui law table penalties --on 2025-12-31\n"
        "  hegui law table crosswalk --json",
        en="List one matter across every instrument: clocks (time limits and times of keeping), numbers "
        "(what else is counted), penalties, categories (of illegal and harmful content), risks (the 31), "
        "aspects (of the non-refusal bank), overlays (special rules over general ones), crosswalk (to laws "
        "and standards elsewhere; indicative), milestones (of the EU AI Act).\n\n\b\nExamples:\n"
        "  hegui law table clocks\n  hegui law table penalties --on 2025-12-31\n"
        "  hegui law table crosswalk --json",
    )
)
@click.argument("topic", type=click.Choice(list(_TOPICS)))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(zh="哪一天（默认今天）。", en="On which day (default: today)."),
)
@pass_terminal
def table(terminal: Terminal, topic: str, on: dt.datetime | None) -> None:
    """Print one matter."""
    rulebook, day = Rulebook.load(), on.date() if on else legal_day(system_clock())
    chosen, page = _TOPICS[topic], TablePage(terminal, rulebook, day)
    rows = chosen.rows(rulebook, day)
    note = [] if chosen.note is None else [terminal.text(chosen.note)]
    terminal.result(rows, lambda: "\n".join([*note, *(chosen.line(page, row) for row in rows)]))
