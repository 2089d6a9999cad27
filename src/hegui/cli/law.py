"""``hegui law``: read the rulebook."""

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Language, Record
from hegui.rulebook import Clause, FactDefinition, Instrument, Rulebook, Verification


@click.group(
    help=phrase(
        zh="查阅规则库。内容均为转述；未核对的条目标明“未核实”。\n\n\b\n示例：\n  hegui law list\n"
        "  hegui law show IM --article 17",
        en="Read the rulebook. Everything is paraphrased; what was not checked is marked unverified.\n\n\b\n"
        "Examples:\n  hegui law list\n  hegui law show IM --article 17",
    )
)
def law() -> None:
    """Hold the subcommands."""


@law.command(
    "list",
    help=phrase(
        zh="列出全部文件。\n\n\b\n示例：\n  hegui law list",
        en="List every instrument.\n\n\b\nExample:\n  hegui law list",
    ),
)
@pass_terminal
def list_(terminal: Terminal) -> None:
    """Print one line per instrument."""
    instruments = Rulebook.load().instruments
    rows = tuple(_row(instrument) for instrument in instruments)
    terminal.result(rows, lambda: "\n".join(_Page(terminal).row(row) for row in rows))


@law.command(
    help=phrase(
        zh="显示一个文件，或者其中一条及其各款各项。\n\n\b\n示例：\n"
        "  hegui law show IM\n  hegui law show IM --article 14",
        en="Show an instrument, or one article with its paragraphs and items.\n\n\b\nExamples:\n"
        "  hegui law show IM\n  hegui law show IM --article 14",
    )
)
@click.argument("instrument")
@click.option(
    "--article", metavar="N", help=phrase(zh="条款号，如 14 或 4.1。", en="A clause, such as 14 or 4.1.")
)
@pass_terminal
def show(terminal: Terminal, instrument: str, article: str | None) -> None:
    """Print an instrument's clauses."""
    rulebook = Rulebook.load()
    found = rulebook.instrument(instrument.upper())
    if article is None:
        terminal.result(found, lambda: _Page(terminal).instrument(found))
        return
    clauses = _within(found, article)
    if not clauses:
        rulebook.clause(found.id, article)  # says which clause comes nearest
    terminal.result(clauses, lambda: "\n\n".join(_Page(terminal).clause(clause) for clause in clauses))


@law.command(
    help=phrase(
        zh="列出服务概况可以填写的事实及其问题。\n\n\b\n示例：\n  hegui law facts",
        en="List the facts that a service profile may state, with their questions.\n\n\b\nExample:\n"
        "  hegui law facts",
    )
)
@pass_terminal
def facts(terminal: Terminal) -> None:
    """Print one paragraph per fact."""
    definitions = tuple(Rulebook.load().facts.values())
    page = _Page(terminal)
    terminal.result(definitions, lambda: "\n".join(page.fact(definition) for definition in definitions))


class _Row(Record):
    """One line of the list."""

    id: str
    title: BilingualText
    kind: BilingualText
    status: BilingualText
    since: str
    until: str | None
    clauses: int
    unverified: int


def _row(instrument: Instrument) -> _Row:
    until = instrument.period.until
    return _Row(
        id=instrument.id,
        title=instrument.title,
        kind=instrument.kind.text,
        status=instrument.status.text,
        since=instrument.period.since.isoformat(),
        until=until.isoformat() if until else None,
        clauses=len(instrument.clauses),
        unverified=sum(not clause.verification.verified for clause in instrument.clauses),
    )


def _within(instrument: Instrument, article: str) -> tuple[Clause, ...]:
    """The clause of that number and everything below it: 4 finds 4.1, 5.1a finds 5.1a1, 4 never 41."""
    return tuple(
        clause
        for clause in instrument.clauses
        if clause.id == article
        or (clause.id.startswith(article) and not clause.id.removeprefix(article)[0].isdigit())
        or (article[-1:].isalpha() and clause.id.startswith(article))
    )


class _Page:
    """The rulebook as lines for people."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def row(self, row: _Row) -> str:
        until = row.until or "…"
        unverified = self._say(zh=f"未核实 {row.unverified}", en=f"{row.unverified} unverified")
        clauses = self._say(zh=f"{row.clauses} 条", en=f"{row.clauses} clauses")
        return (
            f"{row.id:<10} {self._text(row.title)}\n{'':<10} {self._text(row.kind)}, "
            f"{self._text(row.status)}, {row.since} – {until}, {clauses}, {unverified}"
        )

    def instrument(self, instrument: Instrument) -> str:
        standing = (instrument.issuer, instrument.kind.text, instrument.status.text)
        days = f"{instrument.period.since} – {instrument.period.until or '…'}"
        head = [
            f"{instrument.id}  {self._text(instrument.title)}{self._mark(instrument.verification)}",
            " · ".join([*map(self._text, standing), days]),
        ]
        if instrument.url:
            head.append(instrument.url)
        return "\n".join(head) + "\n\n" + "\n\n".join(map(self.clause, instrument.clauses))

    def clause(self, clause: Clause) -> str:
        modal, mark = self._text(clause.modal.text), self._mark(clause.verification)
        lines = [
            f"{clause.citation}  {clause.number} {self._text(clause.heading)} [{modal}]{mark}",
            f"  {self._text(clause.text)}",
        ]
        if clause.trigger:
            lines.append(self._say(zh="  触发：", en="  trigger: ") + self._text(clause.trigger))
        if clause.evidence:
            evidence = self._say(zh="；", en="; ").join(map(self._text, clause.evidence))
            lines.append(self._say(zh="  留存：", en="  evidence: ") + evidence)
        if clause.same_as:
            lines.append(self._say(zh="  相当于：", en="  same as: ") + ", ".join(clause.same_as))
        if clause.verification.note:
            lines.append(self._say(zh="  注：", en="  note: ") + self._text(clause.verification.note))
        return "\n".join(lines)

    def fact(self, fact: FactDefinition) -> str:
        choices = "".join(f"\n    {choice.value}: {self._text(choice.text)}" for choice in fact.choices)
        return f"{fact.name} ({fact.type})\n  {self._text(fact.question)}{choices}"

    def _mark(self, verification: Verification) -> str:
        mark = verification.mark
        return "" if mark is None else self._say(zh=f"（{mark.zh}）", en=f" ({mark.en})")

    def _text(self, text: BilingualText) -> str:
        return self._terminal.text(text)

    def _say(self, *, zh: str, en: str) -> str:
        return zh if self._terminal.language is Language.ZH else en
