"""The rulebook as lines for people."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from hegui.cli.law_wording import LawWording
from hegui.core import Period, counted
from hegui.rulebook import (
    CitedPlace,
    Clause,
    Crosswalk,
    Difference,
    Elsewhere,
    Event,
    FactDefinition,
    Force,
    Instrument,
    Juxtaposition,
    Namesake,
    Parameter,
    ParameterPair,
    Penalty,
    Pending,
    Presence,
    Review,
    WatchList,
)

if TYPE_CHECKING:
    from hegui.library import Article, AttachedText


class Beside(NamedTuple):
    """What stands beside clauses.

    Attributes:
        penalties: for a breach of them.
        told: further such penalties, which stand above in full.
        first: the penalties to which those send a breach first.
        parameters: the thresholds and time limits that they set.
        official: articles of the official text, by their identifiers.
    """

    penalties: "Sequence[Penalty]" = ()
    told: "Sequence[Penalty]" = ()
    first: "Sequence[Penalty]" = ()
    parameters: "Sequence[Parameter]" = ()
    official: "Mapping[str, Article]" = MappingProxyType({})


_NOTHING_BESIDE = Beside()


class LawPage(LawWording):
    """What people read of the law."""

    # --- statements ---

    def instrument(self, instrument: Instrument) -> str:
        """An instrument in two lines."""
        clauses, articles = len(instrument.clauses), instrument.articles
        unverified = sum(not clause.verification.verified for clause in instrument.clauses)
        facts = [
            self._text(instrument.kind.text),
            self._text(instrument.status.text),
            self._days(instrument.period),
            self._say(zh=f"{clauses} 条", en=counted(clauses, "clause")),
            self._say(zh=f"未核实 {unverified}", en=f"{unverified} unverified"),
        ]
        if articles is not None:
            facts.append(
                self._say(zh=f"原文共 {articles} 条", en=f"{counted(articles, 'article')} in the text")
            )
        return f"{instrument.id:<10} {self._text(instrument.title)}\n{'':<10} {', '.join(facts)}"

    def heading(self, instrument: Instrument) -> str:
        """Who made an instrument, what it is, and its days."""
        standing = (instrument.issuer, instrument.kind.text, instrument.status.text)
        head = [
            f"{instrument.id}  {self._text(instrument.title)}{self._mark(instrument.verification)}",
            " · ".join([*map(self._text, standing), self._days(instrument.period)]),
        ]
        return "\n".join([*head, instrument.url] if instrument.url else head)

    def clause(self, clause: Clause, beside: Beside = _NOTHING_BESIDE) -> str:
        """A clause: whom it binds, what sets it off, what to keep, and what stands beside it."""
        modal, mark = self._text(clause.modal.text), self._mark(clause.verification)
        lines = [
            f"{clause.citation}  {clause.number} {self._text(clause.heading)} [{modal}]{mark}",
            f"  {self._text(clause.text)}",
        ]
        if clause.bound:
            parties = self._say(zh="、", en=", ").join(self._text(party.text) for party in clause.bound)
            lines.append(self._say(zh="  约束：", en="  binds: ") + parties)
        if clause.trigger:
            lines.append(self._say(zh="  触发：", en="  trigger: ") + self._text(clause.trigger))
        if clause.evidence:
            evidence = self._say(zh="；", en="; ").join(map(self._text, clause.evidence))
            lines.append(self._say(zh="  留存：", en="  evidence: ") + evidence)
        if clause.same_as:
            lines.append(self._say(zh="  相当于：", en="  same as: ") + ", ".join(clause.same_as))
        if clause.period:
            lines.append(self._say(zh="  有效期：", en="  in force: ") + self._days(clause.period))
        if clause.verification.note:
            lines.append(self._say(zh="  注：", en="  note: ") + self._text(clause.verification.note))
        lines += [
            self._say(zh="  数值：", en="  number: ") + self._parameter(parameter)
            for parameter in beside.parameters
            if parameter.citation == clause.citation
        ]
        lines += [line for penalty in beside.penalties for line in self._penalty(penalty, beside.first)]
        lines += map(self._told, beside.told)
        if clause.id in beside.official:
            lines.append(self.article(beside.official[clause.id]))
        return "\n".join(lines)

    def crosswalks(self, crosswalks: Iterable[Crosswalk]) -> str:
        """Where others speak of the same matters."""
        head = self._say(
            zh="境外对照（仅供参考，不表示等同）：", en="Elsewhere (indicative, no claim of equivalence):"
        )
        matters = (
            f"  {self._text(c.text)}{self._say(zh='：', en=': ')}{self._counterparts(c)}" for c in crosswalks
        )
        return "\n".join([head, *matters])

    def article(self, article: "Article") -> str:
        """The official text of an article, which the operator attached."""
        head = self._say(
            zh=f"  原文（自行添加）{article.number}：", en=f"  official text (attached) {article.number}:"
        )
        return "\n".join([head, *(f"  │ {line}" for line in article.text.splitlines())])

    def fact(self, fact: FactDefinition) -> str:
        """A fact with its question and answers."""
        choices = "".join(f"\n    {choice.value}: {self._text(choice.text)}" for choice in fact.choices)
        return f"{fact.name} ({fact.type})\n  {self._text(fact.question)}{choices}"

    def on_day(self, period: Period, day: dt.date, *, force: Force, in_force: bool) -> str:
        """Whether something is in force on a day, and on which days it is."""
        days = self._days(period)
        if force is Force.PROPOSED:
            return f"{day}{self._say(zh='：', en=': ')}{self._text(force.text)} ({days})"
        if in_force:
            return self._say(zh=f"{day}：有效（{days}）", en=f"{day}: in force ({days})")
        return self._say(zh=f"{day}：无效（{days}）", en=f"{day}: not in force ({days})")

    def penalties(self, penalties: Iterable[Penalty], first: Sequence[Penalty] = ()) -> str:
        """What the law threatens any breach of an instrument with, and the penalties that come first."""
        return "\n".join(line for penalty in penalties for line in self._penalty(penalty, first))

    def _penalty(self, penalty: Penalty, known: Sequence[Penalty]) -> list[str]:
        first = [other for other in known if other.id in penalty.first]
        head = self._say(zh="  罚则：", en="  penalty: ")
        mark = self._mark(penalty.verification)
        return [
            f"{head}{penalty.clause} {self._text(penalty.text)}{mark}",
            *(f"    {line}" for line in self._first(first)),
            *(f"    {self._severity(sanction)}" for sanction in penalty.sanctions),
        ]

    def _told(self, penalty: Penalty) -> str:
        text = self._text(penalty.text)
        return self._say(
            zh=f"  罚则：{penalty.clause} {text}（见上）", en=f"  penalty: {penalty.clause} {text} (above)"
        )

    # --- citations ---

    def cited(self, place: CitedPlace, official: "Article | None") -> str:
        """What a citation names, where else it stands, and what it may be taken for."""
        lines = [
            f"{place.citation}  {self._text(place.title)} {place.number}",
            self.on_day(place.period, place.on, force=place.force, in_force=place.in_force),
        ]
        lines += map(self._elsewhere, place.elsewhere)
        lines += [self._namesake(namesake, place) for namesake in place.namesakes]
        if place.presence is not Presence.ENTERED:
            lines.append(self._not_entered(place))
        for change in place.changes:
            lines.append(
                f"{', '.join(change.earlier) or '–'} → {', '.join(change.later) or '–'}  "
                f"[{self._text(change.kind.text)}] {self._text(change.text)}"
            )
            if change.survives_in:
                lines.append(self._say(zh="  仍见于：", en="  survives in: ") + ", ".join(change.survives_in))
        lines += ["", *(self.clause(clause) for clause in place.clauses)]
        return "\n".join([*lines, self.article(official)] if official else lines).rstrip()

    def _elsewhere(self, other: Elsewhere) -> str:
        citation, number, title, days = other.citation, other.number, other.title, self._days(other.period)
        if other.edition:
            return self._say(
                zh=f"另一版本编号：{citation} {number}（{days}）",
                en=f"in the other edition: {citation} ({days})",
            )
        return self._say(
            zh=f"相当于：{citation}（{title.zh}，{days}）", en=f"same as: {citation} ({title.en}, {days})"
        )

    def _namesake(self, namesake: Namesake, place: CitedPlace) -> str:
        return self._say(
            zh=f"注意：{namesake.period.until} 前写的“{place.number}”是 {namesake.then}，现为 {namesake.now}",
            en=f"mind: written before {namesake.period.until}, this number means {namesake.then}, "
            f"which is {namesake.now} now",
        )

    def _not_entered(self, place: CitedPlace) -> str:
        line = self._text(place.presence.text)
        if place.known_articles is None:
            return line
        return line + self._say(
            zh=f"（共 {place.known_articles} 条）", en=f" ({place.known_articles} in all)"
        )

    # --- comparisons ---

    def difference(self, compared: Difference) -> str:
        """Two texts, clause by clause."""
        counts = self._say(zh="，", en=", ").join(
            f"{self._text(kind.text)} {number}" for kind, number in compared.counts.items()
        )
        lines = [
            f"{compared.earlier} → {compared.later}  {self._text(compared.ground.text)}",
            *([counts] if counts else []),
            "",
            *(self._juxtaposed(change) for change in compared.changes),
        ]
        if lines[-1] and not lines[-1].endswith("\n"):
            lines.append("")
        changed = [pair for pair in compared.parameters if pair.changed]
        if compared.parameters:
            lines.append(self._parameters(compared.parameters, changed))
        lines += [
            self._say(zh=f"没有说明的 {len(side)} 条：", en=f"{len(side)} of which nothing is said: ")
            + ", ".join(side)
            for side in (compared.silent_earlier, compared.silent_later)
            if side
        ]
        return "\n".join(lines)

    def _juxtaposed(self, change: Juxtaposition) -> str:
        kinds = [self._text(kind.text) for kind in (change.kind, *change.also) if kind is not None]
        if change.reworded:
            kinds.append(self._say(zh="措辞有变化", en="words changed"))
        if not kinds and not (change.earlier and change.later):
            kinds.append(self._say(zh="无单独对应的条", en="no single counterpart"))
        head = f"{', '.join(change.earlier) or '–'} → {', '.join(change.later) or '–'}"
        if kinds:
            head += f"  [{' + '.join(kinds)}]"
        if not change.verified:
            head += self._say(zh="（未核实）", en=" (unverified)")
        lines = [head]
        if change.text:
            lines.append(f"  {self._text(change.text)}")
        lines += [
            f"    {clause.citation}: {self._text(clause.text)}"
            for clause in change.clauses
            if clause.citation not in change.survives_in
        ]
        if change.survives_in:
            lines.append(
                self._say(zh="  义务仍见于：", en="  the duty survives in: ") + ", ".join(change.survives_in)
            )
            lines += [
                f"    {clause.citation}: {self._text(clause.text)}"
                for clause in change.clauses
                if clause.citation in change.survives_in
            ]
        # A pair of which nothing is said but the numbers needs no line of air.
        return "\n".join([*lines, ""] if len(lines) > 1 else lines)

    def _parameters(self, pairs: Sequence[ParameterPair], changed: Sequence[ParameterPair]) -> str:
        head = self._say(
            zh=f"两者共有的参数 {len(pairs)} 个，其中 {len(changed)} 个数值不同",
            en=f"parameters that both set: {len(pairs)}, of which {len(changed)} differ",
        )
        return "\n".join([head, *(f"  {pair.id}: {pair.earlier} → {pair.later}" for pair in changed), ""])

    # --- days ---

    def events(self, events: Iterable[Event]) -> str:
        """What turns, by day."""
        lines: list[str] = []
        day = None
        for event in events:
            if event.day != day:
                day = event.day
                lines.append(str(day))
            lines.append(self._event(event))
        return "\n".join(lines)

    def _event(self, event: Event) -> str:
        subject, turn = self._text(event.subject.text), self._text(event.text_of_turn)
        force = "" if event.force is Force.BINDING else f" ({self._text(event.force.text)})"
        steps = [", ".join(side) for side in (event.before, event.after) if side]
        return f"  {turn} {subject} {event.id}{force}: {self._text(event.text)}  [{' → '.join(steps)}]"

    def watch(self, seen: WatchList) -> str:
        """What needs looking at."""
        parts = [
            (
                self._say(
                    zh=f"逾 {seen.review_days} 天未复核或者从未复核",
                    en=f"reviewed over {counted(seen.review_days, 'day')} ago, or never",
                ),
                "\n".join(map(self._review, seen.reviews)),
            ),
            (
                self._say(
                    zh=f"{seen.horizon_days} 天内生效、变更或者失效",
                    en=f"beginning, changing or ending within {counted(seen.horizon_days, 'day')}",
                ),
                self.events(seen.ahead),
            ),
            (
                self._say(zh="尚无约束力的草案和未生效文件", en="drafts and instruments not yet in force"),
                "\n".join(map(self._pending, seen.pending)),
            ),
        ]
        none = self._say(zh="  无", en="  none")
        return "\n".join(
            [
                str(seen.on),
                *(f"{title}{self._say(zh='：', en=':')}\n{lines or none}" for title, lines in parts),
            ]
        )

    def _pending(self, item: Pending) -> str:
        standing = f"{self._text(item.status.text)}, {self._days(item.period)}"
        return f"  {item.instrument}  {self._text(item.title)} ({standing})"

    def _review(self, review: Review) -> str:
        oldest = review.oldest or self._say(zh="无", en="none")
        return self._say(
            zh=f"  {review.instrument}  {review.title.zh}：共 {review.statements} 项，"
            f"过期 {review.overdue}，从未复核 {review.never}，最早一次 {oldest}",
            en=f"  {review.instrument}  {review.title.en}: {review.overdue} overdue, {review.never} never, "
            f"of {review.statements}; oldest {oldest}",
        )

    # --- attached texts ---

    def attached(self, text: "AttachedText") -> str:
        """A text that was attached."""
        known = self._say(zh="总条数未知", en="count unknown")
        if text.known is not None:
            known = self._say(zh=f"应有 {text.known} 条", en=f"of {text.known} known")
        lines = [
            self._say(
                zh=f"{text.instrument}  {text.file}：{text.count} 条（{known}）",
                en=f"{text.instrument}  {text.file}: {counted(text.count, 'article')} ({known})",
            ),
            f"  {text.text}",
            self._say(
                zh=f"  {text.by} 于 {text.at} 添加，台账 {text.entry}",
                en=f"  attached by {text.by} at {text.at}, recorded as {text.entry}",
            ),
        ]
        if text.replaces:
            lines.append(self._say(zh=f"  取代 {text.replaces}", en=f"  in place of {text.replaces}"))
        lines += [self._say(zh=f"  存疑：{d.zh}", en=f"  doubt: {d.en}") for d in text.doubts]
        return "\n".join(lines)
