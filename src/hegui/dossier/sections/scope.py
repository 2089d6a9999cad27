"""Which obligations apply to the service, and why."""

import datetime as dt
from collections.abc import Sequence

from hegui.core import BilingualText, Json, NotFound
from hegui.dossier.material import integer, items, members, value, written
from hegui.dossier.model import Cell, Figure, Paragraph, Piece, Section, Table, Words, quoted, sentence, words
from hegui.ledger import Entry
from hegui.rulebook import Force, Obligation, Rulebook
from hegui.scope import Judgement

_TITLE = BilingualText(zh="服务与适用范围", en="Service and scope")
_OBLIGATION = BilingualText(zh="义务", en="Obligation")
_CLAUSE = BilingualText(zh="依据", en="Clause")
_FORCE = BilingualText(zh="效力", en="Force")
_HEADER = (_OBLIGATION, _CLAUSE, _FORCE)
_REASON = BilingualText(zh="理由", en="Reason")
_NAMES = {
    Judgement.APPLIES: BilingualText(zh="适用的义务", en="Obligations that apply"),
    Judgement.CANNOT_TELL: BilingualText(
        zh="尚不能确定是否适用的义务", en="Obligations of which nobody can tell yet"
    ),
    Judgement.DOES_NOT_APPLY: BilingualText(zh="不适用的义务", en="Obligations that do not apply"),
}


def scope_section(scope: Entry | None, rulebook: Rulebook) -> Section:
    """The section on scope.

    Args:
        scope: the entry of kind ``scope.judged``, if there is one.
        rulebook: whose texts are quoted.
    """
    if scope is None:
        return _nothing(words("尚未评估：没有判定适用范围。", "Not assessed: the scope was not judged."))
    if value(scope, "/rulebook") != rulebook.digest:
        # The texts of the present rulebook would be put beside judgements made by another.
        return _nothing(
            words(
                "尚未评估：适用范围是按另一版规则库判定的，请重新判定。",
                "Not assessed: the scope was judged by another state of the rulebook; judge it again.",
            )
        )
    page = _Page(scope, rulebook)
    return Section(
        title=_TITLE,
        blocks=(
            page.counts(),
            page.facts(),
            *(table for judgement in _NAMES for table in page.obligations(judgement)),
            *page.questions(),
        ),
    )


def _nothing(reason: Piece) -> Section:
    return Section(title=_TITLE, blocks=(Paragraph(pieces=(reason,)),))


class _Page:
    def __init__(self, scope: Entry, rulebook: Rulebook) -> None:
        self._scope = scope
        self._rulebook = rulebook
        self._day = dt.date.fromisoformat(str(value(scope, "/on")))
        self._judged = items(scope, "/obligations")
        self._known = members(scope, "/facts")

    def counts(self) -> Paragraph:
        scope = self._scope
        return Paragraph(
            pieces=sentence(
                "按 {day} 的规定判定：适用 {yes} 项，尚不能确定 {open} 项，不适用 {no} 项。"
                "条款后注“未核实”的，"
                "尚未对照官方文本。",
                "By the rules of {day}: {yes} obligations apply, of {open} nobody can tell yet, {no} do not "
                "apply. Clauses marked “unverified” have not been checked against an official text.",
                day=written(scope, "/on", "date"),
                yes=integer(scope, "/counts/applies"),
                open=integer(scope, "/counts/cannot_tell"),
                no=integer(scope, "/counts/does_not_apply"),
            )
        )

    def obligations(self, judgement: Judgement) -> Sequence[Table]:
        numbers = [n for n in range(len(self._judged)) if self._of(n, "judgement") == judgement.value]
        if not numbers:
            return ()
        if judgement is Judgement.APPLIES:
            # Why they apply stands in the table of facts before: to repeat it would fill pages.
            rows = tuple(self._row(n) for n in numbers)
            return (Table(name=_NAMES[judgement], header=_HEADER, widths=(11, 9, 4), rows=rows),)
        rows = tuple((*self._row(n), self._reason(n)) for n in numbers)
        header = (*_HEADER, _REASON)
        return (Table(name=_NAMES[judgement], header=header, widths=(9, 7, 3, 7), rows=rows),)

    def facts(self) -> Table:
        """What the judgements rest on."""
        return Table(
            name=BilingualText(zh="据以判定的事实", en="The facts behind the judgements"),
            header=(BilingualText(zh="事实", en="Fact"), BilingualText(zh="情况", en="Answer")),
            widths=(7, 5),
            rows=tuple(
                ((quoted(self._rulebook.facts[name].label, name),), self._value(name, found))
                for name, found in self._known.items()
            ),
        )

    def questions(self) -> Sequence[Table]:
        facts = [self._rulebook.facts[str(name)] for name in items(self._scope, "/open")]
        if not facts:
            return ()
        return (
            Table(
                name=BilingualText(zh="待答问题", en="Open questions"),
                header=(
                    BilingualText(
                        zh="答复以下问题后，才能确定上述义务是否适用",
                        en="The obligations above turn on the answers to these questions",
                    ),
                ),
                widths=(1,),
                rows=tuple(((quoted(fact.question, fact.name),),) for fact in facts),
            ),
        )

    def _of(self, number: int, name: str) -> Json:
        return value(self._scope, f"/obligations/{number}/{name}")

    def _row(self, number: int) -> tuple[Cell, ...]:
        obligation = self._obligation(str(self._of(number, "id")))
        force = Force(str(self._of(number, "force")))
        return (
            (quoted(obligation.text, obligation.id),),
            (quoted(self._cited(obligation), obligation.id),),
            (Words(text=force.text),),
        )

    def _obligation(self, identifier: str) -> Obligation:
        return self._rulebook.obligation(identifier, on=self._day)

    def _cited(self, obligation: Obligation) -> BilingualText:
        chinese, english = [], []
        for citation in obligation.clauses:
            text = citation_text(self._rulebook, citation)
            chinese.append(text.zh)
            english.append(text.en)
        return BilingualText(zh="；".join(chinese), en="; ".join(english))

    def _reason(self, number: int) -> Cell:
        prevailing = items(self._scope, f"/obligations/{number}/prevailed_by")
        if prevailing:
            other = self._obligation(str(prevailing[0])).text
            return sentence(
                "另有优先规定：{other}", "another prevails: {other}", other=quoted(other, "prevails")
            )
        pieces: list[Piece] = []
        for name in items(self._scope, f"/obligations/{number}/facts"):
            if pieces:
                pieces.append(words("；", "; "))
            pieces += self._fact(str(name))
        return tuple(pieces)

    def _fact(self, name: str) -> Cell:
        label = quoted(self._rulebook.facts[name].label, name)
        if name not in self._known:
            return sentence("待答：{label}", "open: {label}", label=label)
        return sentence(
            "{label}：{value}", "{label}: {value}", label=label, value=self._value(name, self._known[name])
        )

    def _value(self, name: str, found: Json) -> Cell:
        if isinstance(found, bool):
            return (words("是", "yes") if found else words("否", "no"),)
        if isinstance(found, int):
            return (Figure(entry=self._scope.ref, pointer=f"/facts/{name}", value=found, form="integer"),)
        chosen = [found] if isinstance(found, str) else items(self._scope, f"/facts/{name}")
        texts = [self._choice(name, str(choice)) for choice in chosen]
        if not texts:
            return (words("无", "none"),)
        joined = BilingualText(zh="、".join(t.zh for t in texts), en=", ".join(t.en for t in texts))
        return (quoted(joined, name),)

    def _choice(self, name: str, found: str) -> BilingualText:
        choice = self._rulebook.facts[name].choice(found)
        return choice.text if choice else BilingualText(zh=found, en=found)


def citation_text(rulebook: Rulebook, citation: str) -> BilingualText:
    """A clause as documents cite it, with its mark where it was not checked.

    Args:
        rulebook: where the clause stands.
        citation: as ``IM 4.1``.
    """
    try:
        clause = rulebook.cited(citation)
    except NotFound:
        # An entry may cite by an earlier state of the rulebook: what it says stands.
        return BilingualText(zh=citation, en=citation)
    instrument = rulebook.instrument(clause.instrument).short
    mark = clause.verification.mark
    return BilingualText(
        zh=f"{instrument.zh} {clause.number}" + (f"（{mark.zh}）" if mark else ""),
        en=f"{instrument.en} {clause.id}" + (f" ({mark.en})" if mark else ""),
    )
