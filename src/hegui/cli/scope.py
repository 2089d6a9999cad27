"""``hegui scope``: which obligations apply to a service, and why."""

import datetime as dt
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Language, legal_day
from hegui.rulebook import Force, Modal, Rulebook
from hegui.scope import Applicability, FactValue, Judgement, OpenQuestion, Reason, ScopeReport

_QUESTIONS_SHOWN = 10


@click.command(
    help=phrase(
        zh="读取服务概况文件 PROFILE，说明哪些义务适用、为什么、哪些问题尚待回答，并记入台账。\n\n"
        "没有回答的问题按未知处理，从不当作“否”。\n\n\b\n示例：\n"
        "  hegui scope service.yaml\n"
        "  hegui scope service.yaml --on 2025-08-31 --no-record\n"
        "  hegui scope service.yaml --json",
        en="Read the service profile PROFILE and say which obligations apply, why, and which questions are "
        "open; the answer is recorded in the ledger.\n\n"
        "A question without answer counts as unknown, never as no.\n\n\b\nExamples:\n"
        "  hegui scope service.yaml\n"
        "  hegui scope service.yaml --on 2025-08-31 --no-record\n"
        "  hegui scope service.yaml --json",
    )
)
@click.argument("profile", type=click.Path(path_type=Path))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(zh="按哪一天的规定（默认今天）。", en="By the rules of which day (default: today)."),
)
@click.option(
    "--record/--no-record",
    default=True,
    show_default=True,
    help=phrase(zh="是否把结论记入台账。", en="Whether to record the answer in the ledger."),
)
@pass_terminal
def scope(terminal: Terminal, profile: Path, on: dt.datetime | None, *, record: bool) -> None:
    """Judge a profile and print what applies."""
    workspace = terminal.workspace
    day = on.date() if on else legal_day(workspace.clock())
    if record:
        report = workspace.scope.decide(profile, on=day)
    else:
        report = workspace.scope.judge(workspace.scope.read(profile), on=day)
    page = _Page(terminal, workspace.rulebook)
    terminal.result(report, lambda: page.render(report))


class _Page:
    """The report as lines for people."""

    def __init__(self, terminal: Terminal, rulebook: Rulebook) -> None:
        self._terminal = terminal
        self._rulebook = rulebook

    def render(self, report: ScopeReport) -> str:
        lines = [self._header(report), ""]
        for force in (Force.BINDING, Force.PRACTICE, Force.RECOMMENDED, Force.PROPOSED):
            lines += self._section(report.judged(Judgement.APPLIES, force), Judgement.APPLIES, force)
        lines += self._section(report.judged(Judgement.CANNOT_TELL), Judgement.CANNOT_TELL)
        lines += self._section(report.judged(Judgement.DOES_NOT_APPLY), Judgement.DOES_NOT_APPLY)
        lines += self._questions(report.open_questions)
        return "\n".join([*lines, self._footer(report)])

    def _header(self, report: ScopeReport) -> str:
        name, provider = self._text(report.name), self._text(report.provider)
        counts = report.counts
        return self._say(
            zh=f"{name}（{provider}），{report.on}：适用 {counts['applies']} 项，"
            f"尚不能确定 {counts['cannot_tell']} 项，不适用 {counts['does_not_apply']} 项",
            en=f"{name} ({provider}), {report.on}: {counts['applies']} apply, "
            f"{counts['cannot_tell']} cannot be told yet, {counts['does_not_apply']} do not apply",
        )

    def _section(
        self, items: tuple[Applicability, ...], judgement: Judgement, force: Force | None = None
    ) -> list[str]:
        if not items:
            return []
        title = self._text(judgement.text)
        if force is not None:
            title = self._say(
                zh=f"{title}（{force.text.zh}）", en=f"{title[0].upper()}{title[1:]} ({force.text.en})"
            )
        lines = [self._say(zh=f"{title}：{len(items)} 项", en=f"{title}: {len(items)}")]
        # Many obligations share their reasons, so the reasons stand over them, once.
        together: dict[str, list[Applicability]] = {}
        for item in items:
            together.setdefault(self._because(item), []).append(item)
        for because, group in together.items():
            lines += ["  " + because, *map(self._item, group)]
        return [*lines, ""]

    def _item(self, item: Applicability) -> str:
        modal = "" if item.modal is Modal.SHALL else self._say(zh="[宜] ", en="[should] ")
        line = f"    - {modal}{self._text(item.text)}  [{self._clauses(item)}]"
        if not item.prevailed_by:
            return line
        others = self._say(zh="、", en=", ").join(item.prevailed_by)
        return line + self._say(zh=f"（由 {others} 优先）", en=f" ({others} prevails)")

    def _clauses(self, item: Applicability) -> str:
        cited = []
        for citation in item.clauses:
            clause = self._rulebook.cited(citation)
            instrument = self._rulebook.instrument(clause.instrument)
            mark = clause.verification.mark
            suffix = "" if mark is None else self._say(zh=f"（{mark.zh}）", en=f" ({mark.en})")
            number = clause.number if self._terminal.language is Language.ZH else clause.id
            cited.append(f"{self._text(instrument.short)} {number}{suffix}")
        return self._say(zh="；", en="; ").join(dict.fromkeys(cited))

    def _because(self, item: Applicability) -> str:
        facts = self._say(zh="；", en="; ").join(self._reason(reason) for reason in item.reasons)
        if item.judgement is Judgement.CANNOT_TELL:
            return self._say(zh=f"待回答：{facts}", en=f"open: {facts}")
        return self._say(zh=f"依据：{facts}", en=f"because: {facts}")

    def _reason(self, reason: Reason) -> str:
        label = self._text(self._rulebook.facts[reason.fact].label)
        return label if reason.value is None else f"{label} = {self._value(reason.fact, reason.value)}"

    def _value(self, fact: str, value: FactValue) -> str:
        match value:
            case bool():
                return self._say(zh="是" if value else "否", en="yes" if value else "no")
            case int():
                return f"{value:,}"
            case str():
                choices = self._rulebook.facts[fact].choices
                return next(self._text(choice.text) for choice in choices if choice.value == value)
            case _:
                chosen = [self._value(fact, part) for part in value]
                return self._say(zh="、", en=", ").join(chosen) or self._say(zh="无", en="none")

    def _questions(self, questions: tuple[OpenQuestion, ...]) -> list[str]:
        if not questions:
            return []
        lines = [
            self._say(
                zh="尚待回答的问题（答案影响的义务最多者在前）：",
                en="Open questions, those on which most obligations wait first:",
            )
        ]
        for number, question in enumerate(questions[:_QUESTIONS_SHOWN], start=1):
            text, waiting = self._text(question.question), len(question.obligations)
            count = self._say(zh=f"影响 {waiting} 项", en=f"{waiting} wait")
            lines.append(f"  {number}. {question.fact}: {text} ({count})")
        if len(questions) > _QUESTIONS_SHOWN:
            rest = len(questions) - _QUESTIONS_SHOWN
            lines.append(self._say(zh=f"  另有 {rest} 题，见 --json", en=f"  and {rest} more, see --json"))
        return [*lines, ""]

    def _footer(self, report: ScopeReport) -> str:
        unverified = sum(
            not item.verified
            for item in report.applicabilities
            if item.judgement is not Judgement.DOES_NOT_APPLY
        )
        note = self._say(
            zh=f"其中 {unverified} 项所引条款有未核实者；本结果不是法律意见。",
            en=f"{unverified} of these cite a clause that is unverified; this is no legal advice.",
        )
        if report.entry is None:
            return note
        return note + "\n" + self._say(zh=f"已记入台账 {report.entry}", en=f"Recorded as {report.entry}")

    def _text(self, text: BilingualText) -> str:
        return self._terminal.text(text)

    def _say(self, *, zh: str, en: str) -> str:
        return zh if self._terminal.language is Language.ZH else en
