"""What applies to a service, as lines for people."""

import datetime as dt
from collections.abc import Iterable

from hegui.cli.law_wording import LawWording
from hegui.cli.terminal import Terminal
from hegui.core import Language
from hegui.rulebook import Force, Modal, Rulebook
from hegui.scope import (
    Applicability,
    FactValue,
    Judgement,
    ObligationShift,
    OpenQuestion,
    OverlayFinding,
    OverlayShift,
    Reason,
    RouteFinding,
    RouteShift,
    ScopeComparison,
    ScopeReport,
    ShiftKind,
)

_QUESTIONS_SHOWN = 10


class _Wording(LawWording):
    """Clauses, facts and values in the terminal's language."""

    def __init__(self, terminal: Terminal, rulebook: Rulebook) -> None:
        super().__init__(terminal)
        self._rulebook = rulebook

    def _cited(self, citations: Iterable[str]) -> str:
        cited = []
        for citation in citations:
            clause = self._rulebook.cited(citation)
            instrument = self._rulebook.instrument(clause.instrument)
            number = clause.number if self._terminal.language is Language.ZH else clause.id
            cited.append(f"{self._text(instrument.short)} {number}{self._mark(clause.verification)}")
        return self._say(zh="；", en="; ").join(dict.fromkeys(cited))

    def _because(self, judgement: Judgement | None, reasons: tuple[Reason, ...]) -> str:
        facts = self._say(zh="；", en="; ").join(self._reason(reason) for reason in reasons)
        if judgement is Judgement.CANNOT_TELL:
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

    def _modal(self, modal: Modal) -> str:
        return "" if modal is Modal.SHALL else f"[{self._text(modal.text)}] "


class ScopePage(_Wording):
    """A report as lines.

    With ``full``, every obligation is followed by the evidence to keep, the numbers and the clauses that
    threaten its breach, and the penalties of those stand below, each once.
    """

    def __init__(self, terminal: Terminal, rulebook: Rulebook, *, full: bool = False) -> None:
        """Speak the language of ``terminal`` about clauses of ``rulebook``."""
        super().__init__(terminal, rulebook)
        self._full = full
        self._penalties = {penalty.id: penalty for penalty in rulebook.penalties}

    def render(self, report: ScopeReport) -> str:
        """The whole page."""
        lines = [self._header(report), "", *self._routes(report.routes), "", *self._overlays(report.overlays)]
        for force in Force:
            lines += self._section(report, Judgement.APPLIES, force)
        lines += self._section(report, Judgement.CANNOT_TELL)
        lines += self._section(report, Judgement.DOES_NOT_APPLY)
        lines += self._threats(report)
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

    def _routes(self, routes: tuple[RouteFinding, ...]) -> list[str]:
        lines = [self._say(zh="备案、登记与评估：", en="Filings, registrations and assessments:")]
        if all(found.judgement is Judgement.DOES_NOT_APPLY for found in routes):
            lines.append(self._say(zh="  均不需要", en="  none is needed"))
        for found in routes:
            judged = {
                Judgement.APPLIES: self._say(zh="需要", en="needed"),
                Judgement.DOES_NOT_APPLY: self._say(zh="不需要", en="not needed"),
                Judgement.CANNOT_TELL: self._text(Judgement.CANNOT_TELL.text),
            }[found.judgement]
            line = f"  - {self._text(found.route.text)}{self._say(zh='：', en=': ')}{judged}"
            if found.clauses and found.judgement is not Judgement.DOES_NOT_APPLY:
                line += f"  [{self._cited(found.clauses)}]"
            if found.reasons:
                line += f"\n      {self._because(found.judgement, found.reasons)}"
            lines.append(line)
        return lines

    def _overlays(self, overlays: tuple[OverlayFinding, ...]) -> list[str]:
        """The special rules that are laid over the general ones, or may be."""
        shown = [found for found in overlays if found.judgement is not Judgement.DOES_NOT_APPLY]
        if not shown:
            return []
        lines = [self._say(zh="特别规定与一般规定：", en="Special rules and general ones:")]
        for found in shown:
            effect = self._text(found.effect.text)
            if found.judgement is Judgement.CANNOT_TELL:
                effect = self._text(found.judgement.text)
            line = f"  - {self._text(found.text)}{self._say(zh='：', en=': ')}{effect}"
            lines.append(f"{line}  [{self._cited(found.clauses)}]")
            lines.append(f"      {self._between(found)}{self._because(found.judgement, found.reasons)}")
        return [*lines, ""]

    def _between(self, found: OverlayFinding) -> str:
        by, over = (
            self._say(zh="、", en=", ").join(
                self._text(self._rulebook.instrument(identifier).short) for identifier in side
            )
            for side in (found.by, found.over)
        )
        named = f"{by} → {over}" if by else f"→ {over}"
        return named + self._say(zh="；", en="; ")

    def _section(self, report: ScopeReport, judgement: Judgement, force: Force | None = None) -> list[str]:
        items = report.judged(judgement, force)
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
            together.setdefault(self._because(item.judgement, item.reasons), []).append(item)
        for because, group in together.items():
            lines.append("  " + because)
            for item in group:
                lines += self._item(item, report.on)
        return [*lines, ""]

    def _item(self, item: Applicability, on: dt.date) -> list[str]:
        line = f"    - {self._modal(item.modal)}{self._text(item.text)}  [{self._cited(item.clauses)}]"
        if item.prevailed_by:
            others = self._say(zh="、", en=", ").join(item.prevailed_by)
            line += self._say(zh=f"（由 {others} 优先）", en=f" ({others} prevails)")
        return [line, *self._particulars(item, on)] if self._full else [line]

    def _particulars(self, item: Applicability, on: dt.date) -> list[str]:
        lines = []
        if item.evidence:
            kept = self._say(zh="；", en="; ").join(map(self._text, item.evidence))
            lines.append(self._say(zh=f"留存：{kept}", en=f"keep: {kept}"))
        for name in item.parameters:
            parameter = self._rulebook.parameter(name, on=on)
            said = f"{self._parameter(parameter)}  [{self._cited([parameter.citation])}]"
            lines.append(self._say(zh=f"数值：{said}", en=f"number: {said}"))
        threats = self._cited(self._penalties[name].clause for name in item.penalties)
        if threats and _matters(item):
            lines.append(self._say(zh=f"处罚：{threats}", en=f"penalty: {threats}"))
        return [f"        {line}" for line in lines]

    def _threats(self, report: ScopeReport) -> list[str]:
        """The penalties that stand under the obligations, each once."""
        named = {name for item in report.applicabilities if _matters(item) for name in item.penalties}
        if not (self._full and named):
            return []
        lines = [self._say(zh="违反的后果：", en="What a breach is threatened with:")]
        for name in sorted(named, key=list(self._penalties).index):
            penalty = self._penalties[name]
            cited = self._cited([penalty.clause])
            lines += [
                f"  - {cited}  {self._text(penalty.text)}{self._mark(penalty.verification)}",
                *(f"      {line}" for line in self._first(self._rulebook.first_of(penalty, on=report.on))),
                *(f"      {self._severity(sanction)}" for sanction in penalty.sanctions),
            ]
        return [*lines, ""]

    def _questions(self, questions: tuple[OpenQuestion, ...]) -> list[str]:
        if not questions:
            return []
        lines = [
            self._say(
                zh="尚待回答的问题（答案影响的义务最多者在前；hegui scope ask 逐题回答）：",
                en="Open questions, those on which most obligations wait first "
                "(hegui scope ask asks them one by one):",
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
        unverified = sum(not item.verified for item in report.applicabilities if _matters(item))
        note = self._say(
            zh=f"其中 {unverified} 项所引条款有未核实者；本结果不是法律意见。",
            en=f"{unverified} of these cite a clause that is unverified; this is no legal advice.",
        )
        if report.entry is None:
            return note
        return note + "\n" + self._say(zh=f"已记入台账 {report.entry}", en=f"Recorded as {report.entry}")


def _matters(item: Applicability) -> bool:
    return item.judgement is not Judgement.DOES_NOT_APPLY


class ComparisonPage(_Wording):
    """A comparison as lines."""

    def render(self, found: ScopeComparison) -> str:
        """The whole page."""
        lines = [self._header(found), ""]
        if found.routes:
            lines += [*map(self._route, found.routes), ""]
        if found.overlays:
            lines += [*map(self._overlay, found.overlays), ""]
        for kind in ShiftKind:
            lines += self._section(kind, found.of(kind))
        unchanged = self._say(
            zh=f"其余 {found.unchanged} 项不变。", en=f"The other {found.unchanged} stay as they are."
        )
        return "\n".join([*lines, unchanged])

    def _header(self, found: ScopeComparison) -> str:
        name, (first, second) = self._text(found.name), found.on
        days = str(first) if first == second else f"{first} → {second}"
        return self._say(
            zh=f"{name}，{days}：{len(found.shifts)} 项变化", en=f"{name}, {days}: {len(found.shifts)} change"
        )

    def _route(self, shift: RouteShift) -> str:
        was, now = self._text(shift.before.judgement.text), self._text(shift.after.judgement.text)
        cited = self._cited(shift.after.clauses or shift.before.clauses)
        return f"{self._text(shift.after.route.text)}: {was} → {now}  [{cited}]"

    def _overlay(self, shift: OverlayShift) -> str:
        was, now = self._text(shift.before.text), self._text(shift.after.text)
        return f"{self._text(shift.text)}: {was} → {now}  [{self._cited(shift.clauses)}]"

    def _section(self, kind: ShiftKind, shifts: tuple[ObligationShift, ...]) -> list[str]:
        if not shifts:
            return []
        title = self._text(kind.text)
        lines = [
            self._say(zh=f"{title}：{len(shifts)} 项", en=f"{title[0].upper()}{title[1:]}: {len(shifts)}")
        ]
        together: dict[str, list[ObligationShift]] = {}
        for shift in shifts:
            together.setdefault(self._why(shift), []).append(shift)
        for why, group in together.items():
            lines.append("  " + why)
            lines += [f"    - {self._text(shift.text)}  [{self._by(shift)}]" for shift in group]
        return [*lines, ""]

    def _why(self, shift: ObligationShift) -> str:
        if shift.before is None:
            return self._say(zh="此间开始施行", en="came into force in between")
        if shift.after is None:
            return self._say(zh="此间失效", en="ceased to be in force in between")
        return self._because(shift.after, shift.reasons)

    def _by(self, shift: ObligationShift) -> str:
        clauses = self._cited(shift.clauses)
        if shift.kind is not ShiftKind.RECITED:
            return clauses
        return f"{self._cited(shift.clauses_before)} → {clauses}"
