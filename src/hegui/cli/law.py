"""``hegui law``: read the rulebook."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hegui.cli.law_page import Beside, LawPage
from hegui.cli.law_table import table
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Language, NotFound, Record, legal_day, system_clock
from hegui.rulebook import (
    HORIZON_DAYS,
    REVIEW_DAYS,
    CitedPlace,
    Clause,
    Crosswalk,
    Instrument,
    Parameter,
    Penalty,
    Rulebook,
    difference,
    events_between,
    force_once_begun,
    instrument_named,
    is_binding,
    read_citation,
    watch_list,
    within,
)

if TYPE_CHECKING:
    # The library brings the database with it, a third of a second: only those who attached a text pay for it.
    from hegui.library import Article, AttachedText

_EXPORTS = ("export", "schema")

DAY = click.DateTime(["%Y-%m-%d"])


class _Commands(click.Group):
    """The commands below, and those that export, which bring the scope and the database with them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_EXPORTS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _EXPORTS and cmd_name not in self.commands:
            from hegui.cli.law_export import register  # noqa: PLC0415 - only who exports pays for it

            register(self)
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Commands,
    help=phrase(
        zh="查阅规则库。内容均为转述；未核对的条目标明“未核实”。\n\n\b\n示例：\n  hegui law list\n"
        "  hegui law show IM --article 17",
        en="Read the rulebook. Everything is paraphrased; what was not checked is marked unverified.\n\n\b\n"
        "Examples:\n  hegui law list\n  hegui law show IM --article 17",
    ),
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
    instruments, page = Rulebook.load().instruments, LawPage(terminal)
    rows = tuple(map(_row, instruments))
    terminal.result(rows, lambda: "\n".join(map(page.instrument, instruments)))


@law.command(
    help=phrase(
        zh="显示一个文件，或者其中一条及其各款各项，连同罚则和自行添加的原文。\n\n"
        "文件可以写编号、全称、简称或者缩写（网安法）；给出日期时，取当日有效的版本和条款。\n\n\b\n示例：\n"
        "  hegui law show IM\n  hegui law show IM --article 14\n"
        "  hegui law show 网络安全法 --on 2025-06-01\n  hegui law show PIPL --article 50 --lang en",
        en="Show an instrument, or one article with its paragraphs and items, with the penalties and the "
        "official text that was attached.\n\n"
        "Name the instrument by identifier, title, short name or Chinese abbreviation (网安法); with a day, "
        "the edition and the clauses in force then are shown.\n\n\b\nExamples:\n"
        "  hegui law show IM\n  hegui law show IM --article 14\n"
        "  hegui law show CSL --on 2025-06-01\n  hegui law show PIPL --article 50 --lang zh",
    )
)
@click.argument("instrument")
@click.option(
    "--article", metavar="N", help=phrase(zh="条款号，如 14 或 4.1。", en="A clause, such as 14 or 4.1.")
)
@click.option("--on", type=DAY, help=phrase(zh="哪一天有效的内容。", en="What is in force on which day."))
@click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    help=phrase(zh="用哪种语言显示（默认取自环境）。", en="In which language (default: the environment's)."),
)
@pass_terminal
def show(
    terminal: Terminal, instrument: str, article: str | None, on: dt.datetime | None, lang: str | None
) -> None:
    """Print an instrument's clauses."""
    if lang is not None:
        terminal.settings = msgspec.structs.replace(terminal.settings, language=Language(lang))
    rulebook = Rulebook.load()
    day = on.date() if on else None
    found = instrument_named(rulebook, instrument, on=day)
    shown = _shown(terminal, rulebook, found, article=article, day=day)
    terminal.result(shown, lambda: shown.render(LawPage(terminal)))


@law.command(
    help=phrase(
        zh="指明一处引用在某一天指的是什么：按当日有效的条号，并给出在其他版本中的条号。\n\n\b\n示例：\n"
        '  hegui law cite "CSL 47" --on 2025-06-01\n'
        "  hegui law cite 网络安全法第四十七条 --on 2026-06-01\n  hegui law cite 暂行办法17条",
        en="Say what a citation means on a day: by the numbering in force then, with the number in other "
        'editions.\n\n\b\nExamples:\n  hegui law cite "CSL 47" --on 2025-06-01\n'
        "  hegui law cite Article 17 of the Interim Measures\n  hegui law cite PIPL 13",
    )
)
@click.argument("citation", nargs=-1, required=True)
@click.option("--on", type=DAY, help=phrase(zh="哪一天（默认今天）。", en="On which day (default: today)."))
@pass_terminal
def cite(terminal: Terminal, citation: tuple[str, ...], on: dt.datetime | None) -> None:
    """Print what a citation names."""
    place = read_citation(Rulebook.load(), " ".join(citation), on=_day(on))
    _, articles = _official(terminal, place.instrument)
    official = articles.get(place.article.partition(".")[0])
    answer = _Cited(place=place, official=official)
    terminal.result(answer, lambda: LawPage(terminal).cited(place, official))


@law.command(
    help=phrase(
        zh="比较同一文件的两个文本：逐条的变化种类、前后内容、删去的义务现见于何处。\n\n\b\n示例：\n"
        "  hegui law diff IM-DRAFT IM\n  hegui law diff TC260-003 GBT-45654\n  hegui law diff CSL-2017 CSL",
        en="Compare two texts: what kind of change each clause went through, both sides, and where a duty "
        "that was dropped survives.\n\n\b\nExamples:\n"
        "  hegui law diff IM-DRAFT IM\n  hegui law diff TC260-003 GBT-45654\n  hegui law diff CSL-2017 CSL",
    )
)
@click.argument("earlier")
@click.argument("later")
@pass_terminal
def diff(terminal: Terminal, earlier: str, later: str) -> None:
    """Print what became of one text in another."""
    rulebook = Rulebook.load()
    names = [instrument_named(rulebook, name).id for name in (earlier, later)]
    compared = difference(rulebook, *names)
    terminal.result(compared, lambda: LawPage(terminal).difference(compared))


@law.command(
    help=phrase(
        zh="两个日期之间有哪些文件、条款、义务和参数生效、变更或者失效。起始日当天不计，截止日当天计入。\n\n"
        "\b\n示例：\n  hegui law changes --from 2025-08-31 --to 2026-01-01",
        en="What came into force, changed or ended between two days: instruments, clauses, obligations, "
        "parameters. The first day is the state before, the last day is told.\n\n"
        "\b\nExample:\n  hegui law changes --from 2025-08-31 --to 2026-01-01",
    )
)
@click.option("--from", "since", type=DAY, required=True, help=phrase(zh="此日之后。", en="After this day."))
@click.option(
    "--to",
    "until",
    type=DAY,
    help=phrase(zh="到此日为止（默认今天）。", en="Up to this day (default: today)."),
)
@pass_terminal
def changes(terminal: Terminal, since: dt.datetime, until: dt.datetime | None) -> None:
    """Print what turned, day by day."""
    events = events_between(Rulebook.load(), since.date(), _day(until))
    terminal.result(events, lambda: LawPage(terminal).events(events) or _nothing(terminal))


@law.command(
    help=phrase(
        zh="哪些内容需要关注：久未复核的、即将生效或者失效的、尚无约束力的草案。\n\n\b\n示例：\n"
        "  hegui law watch\n  hegui law watch --on 2026-06-01 --horizon-days 60",
        en="What needs looking at: old reviews, what begins or ends soon, pending drafts.\n\n\b\nExamples:\n"
        "  hegui law watch\n  hegui law watch --on 2026-06-01 --horizon-days 60",
    )
)
@click.option("--on", type=DAY, help=phrase(zh="哪一天（默认今天）。", en="On which day (default: today)."))
@click.option(
    "--review-days",
    type=click.IntRange(min=1, max=36_500),
    default=REVIEW_DAYS,
    show_default=True,
    help=phrase(zh="复核超过多少天算过期。", en="After how many days a review is too old."),
)
@click.option(
    "--horizon-days",
    type=click.IntRange(min=1, max=36_500),
    default=HORIZON_DAYS,
    show_default=True,
    help=phrase(zh="向前看多少天。", en="How many days to look ahead."),
)
@pass_terminal
def watch(terminal: Terminal, on: dt.datetime | None, review_days: int, horizon_days: int) -> None:
    """Print the watch list."""
    seen = watch_list(Rulebook.load(), on=_day(on), review_days=review_days, horizon_days=horizon_days)
    terminal.result(seen, lambda: LawPage(terminal).watch(seen))


@law.command(
    help=phrase(
        zh="把文件的官方文本加入工作区：按“第…条”切分，核对条数，连同摘要记入台账，"
        "在 law show 中与转述并列。\n\n"
        "支持 .txt、.md、.docx。再次添加以新文本为准，历史保留。文本只存于工作区，"
        "不随任何导出。\n\n\b\n示例：\n"
        "  hegui law attach CSL 网络安全法.docx\n  hegui law attach PIPL pipl.md",
        en="Add the official text of an instrument to the workspace: it is split into articles by 第…条, "
        "counted, recorded with its digest, and shown by law show beside the paraphrase.\n\n"
        "Reads .txt, .md and .docx. A newer text takes the place of the older, which the history keeps. "
        "The text stays in the workspace and is part of no export.\n\n\b\nExamples:\n"
        "  hegui law attach CSL cybersecurity-law.docx\n  hegui law attach PIPL pipl.md",
    )
)
@click.argument("instrument")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help=phrase(
        zh="标题、条数或条号不符也添加；疑点记入台账。",
        en="Add it although title, count or numbers do not fit; the doubts are recorded.",
    ),
)
@pass_terminal
def attach(terminal: Terminal, instrument: str, file: Path, *, force: bool) -> None:
    """Keep an official text in the workspace."""
    workspace = terminal.workspace
    found = instrument_named(workspace.rulebook, instrument)
    text = workspace.library.attach(found.id, file, force=force)
    terminal.result(text, lambda: LawPage(terminal).attached(text))


@law.command(
    help=phrase(
        zh="列出一个文件添加过的官方文本，最新的在前。\n\n\b\n示例：\n  hegui law texts CSL",
        en="List the official texts attached to an instrument, the latest first.\n\n\b\nExample:\n"
        "  hegui law texts CSL",
    )
)
@click.argument("instrument")
@pass_terminal
def texts(terminal: Terminal, instrument: str) -> None:
    """Print the history of attached texts."""
    workspace = terminal.workspace
    history = workspace.library.history(instrument_named(workspace.rulebook, instrument).id)
    page = LawPage(terminal)
    terminal.result(history, lambda: "\n".join(map(page.attached, history)) or _nothing(terminal))


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
    page = LawPage(terminal)
    terminal.result(definitions, lambda: "\n".join(page.fact(definition) for definition in definitions))


law.add_command(table)


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


class _Cited(Record):
    """What a citation names, with the official text that was attached."""

    place: CitedPlace
    official: "Article | None"


class _Shown(Record):
    """An instrument, or some of its clauses, as ``show`` prints it.

    Attributes:
        penalties: those that threaten a breach of a shown clause.
        first: those to which these send a breach first.
        parameters: the thresholds and time limits that the shown clauses set.
        crosswalks: where others speak of the matters of a shown article.
        attached: where the official text came from.
        official: the official text of the shown articles.
    """

    instrument: Instrument
    article: str | None
    on: dt.date | None
    in_force: bool | None
    penalties: tuple[Penalty, ...]
    first: tuple[Penalty, ...]
    parameters: tuple[Parameter, ...]
    crosswalks: tuple[Crosswalk, ...]
    attached: "AttachedText | None"
    official: "tuple[Article, ...]"

    def render(self, page: LawPage) -> str:
        """The same as lines for people."""
        instrument = self.instrument
        head = []
        if self.article is None:
            head.append(page.heading(instrument))
        if self.on is not None:
            head.append(
                page.on_day(
                    instrument.period,
                    self.on,
                    force=force_once_begun(instrument),
                    in_force=bool(self.in_force),
                )
            )
        if self.attached and self.article is None:
            head.append(page.attached(self.attached))
        articles = {article.id: article for article in self.official}
        general = [p for p in self.penalties if instrument.id in p.breaches]
        if general:
            head.append(page.penalties(general, self.first))
        bodies = []
        told = list(general)
        for clause in instrument.clauses:
            spoken = [p for p in self.penalties if p not in general and _speaks_of(p, clause)]
            beside = Beside(
                penalties=[p for p in spoken if p not in told],
                told=[p for p in spoken if p in told],
                first=self.first,
                parameters=self.parameters,
                official=articles,
            )
            bodies.append(page.clause(clause, beside))
            told += beside.penalties
        bodies += [page.crosswalks(self.crosswalks)] if self.crosswalks else []
        # Articles of the official text that the book has no statement on stand at the end.
        entered = {clause.id for clause in instrument.clauses}
        bodies += [page.article(article) for article in self.official if article.id not in entered]
        return "\n\n".join(["\n".join(head), *bodies] if head else bodies)


def _shown(
    terminal: Terminal, rulebook: Rulebook, found: Instrument, *, article: str | None, day: dt.date | None
) -> _Shown:
    attached, articles = _official(terminal, found.id)
    clauses, official = found.clauses, tuple(articles.values())
    if article is not None:
        clauses, official = _of_article(rulebook, found, article, articles)
    if day is not None and found.period.contains(day):
        clauses = tuple(clause for clause in clauses if rulebook.period_of(clause).contains(day))
    penalties = _penalties(rulebook, found, clauses, day)
    cited = {clause.citation for clause in clauses}
    return _Shown(
        instrument=msgspec.structs.replace(found, clauses=clauses),
        article=article,
        on=day,
        in_force=None if day is None else is_binding(found, found.period, day),
        penalties=penalties,
        first=_first(rulebook, penalties, found, day),
        parameters=tuple(
            p for p in rulebook.parameters if p.citation in cited and (day is None or p.period.contains(day))
        ),
        crosswalks=() if article is None else _crosswalks(rulebook, clauses),
        attached=attached,
        official=official,
    )


def _of_article(
    rulebook: Rulebook, found: Instrument, article: str, articles: "dict[str, Article]"
) -> "tuple[tuple[Clause, ...], tuple[Article, ...]]":
    """What the book and the attached text have of one article.

    Raises:
        NotFound: there is no such article, or neither has it.
    """
    if article in articles:
        return within(found, article), (articles[article],)
    place = read_citation(rulebook, f"{found.id} {article}", on=found.period.since)
    official = articles.get(place.article.partition(".")[0])
    if not place.clauses and official is None:
        raise NotFound(
            zh=f"{place.citation}：{place.presence.text.zh}；可用 hegui law attach 添加原文",
            en=f"{place.citation}: {place.presence.text.en}; hegui law attach adds the official text",
        )
    return place.clauses, () if official is None else (official,)


def _penalties(
    rulebook: Rulebook, found: Instrument, clauses: tuple[Clause, ...], day: dt.date | None
) -> tuple[Penalty, ...]:
    """What threatens a breach of the clauses on a day or, without one, while the instrument stands."""
    spoken = (p for p in rulebook.penalties if any(_speaks_of(p, clause) for clause in clauses))
    return tuple(p for p in spoken if _stands(rulebook, p, found, day))


def _first(
    rulebook: Rulebook, penalties: tuple[Penalty, ...], found: Instrument, day: dt.date | None
) -> tuple[Penalty, ...]:
    first = dict.fromkeys(other for penalty in penalties for other in rulebook.first_of(penalty))
    return tuple(other for other in first if _stands(rulebook, other, found, day))


def _stands(rulebook: Rulebook, penalty: Penalty, found: Instrument, day: dt.date | None) -> bool:
    if day is not None:
        return rulebook.is_threatened(penalty, on=day)
    return rulebook.period_of(rulebook.cited(penalty.clause)).overlaps(found.period)


def _crosswalks(rulebook: Rulebook, clauses: tuple[Clause, ...]) -> tuple[Crosswalk, ...]:
    matters = dict.fromkeys(c for clause in clauses for c in rulebook.crosswalks_for(clause.citation))
    return tuple(matters)


def _speaks_of(penalty: Penalty, clause: Clause) -> bool:
    return penalty.clause == clause.citation or penalty.covers(clause.citation)


def _official(terminal: Terminal, instrument: str) -> "tuple[AttachedText | None, dict[str, Article]]":
    """The official text that was attached to an instrument, where there is a workspace that has one."""
    # Reading the law needs no workspace, so the absence of one is no error here.
    if not terminal.settings.workspace.is_dir():
        return None, {}
    try:
        library = terminal.workspace.library
    except NotFound:
        return None, {}
    attached = library.attached(instrument)
    return attached, {} if attached is None else {a.id: a for a in library.articles(attached)}


def _day(on: dt.datetime | None) -> dt.date:
    return on.date() if on else legal_day(system_clock())


def _nothing(terminal: Terminal) -> str:
    return terminal.text(BilingualText(zh="无", en="nothing"))


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
