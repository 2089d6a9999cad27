"""Statements of the law in the terminal's language: the words that every page about the law shares."""

from collections.abc import Iterable
from decimal import Decimal

from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, Language, Period
from hegui.rulebook import Comparison, Crosswalk, Fine, Parameter, Penalty, Sanction, Unit, Verification


class LawWording:
    """How fines, amounts, days and marks are said."""

    def __init__(self, terminal: Terminal) -> None:
        """Speak the language of ``terminal``."""
        self._terminal = terminal

    def _parameter(self, parameter: Parameter) -> str:
        """What is set, how much, from when on, to whom: the name, and the rest behind a colon."""
        amount = self._amount(parameter.value, parameter.unit)
        parts = [self._text(_AMOUNTS[parameter.comparison]).replace("…", amount)]
        if parameter.starts is not None:
            start = self._text(parameter.starts)
            parts.append(self._say(zh=f"自{start}起算", en=f"from: {start}"))
        if parameter.to is not None:
            to = self._text(parameter.to)
            parts.append(self._say(zh=f"报送或者告知：{to}", en=f"to: {to}"))
        said = self._say(zh="，", en="; ").join(parts)
        colon, mark = self._say(zh="：", en=": "), self._mark(parameter.verification)
        return f"{self._text(parameter.text)}{colon}{said}{mark}"

    def _amount(self, value: Decimal | int, unit: Unit) -> str:
        if unit is Unit.SHARE:
            return _percent(Decimal(value))
        text = self._text(unit.text)
        # The English units are plurals.
        return f"{value:,} {text.removesuffix('s') if value == 1 else text}"

    def _severity(self, sanction: Sanction) -> str:
        severity, colon = self._text(sanction.severity.text), self._say(zh="：", en=": ")
        return f"{severity}{colon}{self._sanction(sanction)}"

    def _sanction(self, sanction: Sanction) -> str:
        """What follows, with the fines on the organisation and on persons."""
        fines = [
            (self._say(zh="单位", en="organisation"), sanction.fine),
            (self._say(zh="个人", en="persons"), sanction.persons),
        ]
        amounts = [f"{whom} {self._fine(fine)}" for whom, fine in fines if fine is not None]
        return self._say(zh="；", en="; ").join([self._text(sanction.text), *amounts])

    def _fine(self, fine: Fine) -> str:
        parts = []
        if fine.at_most is not None:
            least, most = fine.at_least, fine.at_most
            if least:
                parts.append(self._say(zh=f"{least:,}–{most:,} 元", en=f"RMB {least:,}–{most:,}"))
            else:
                parts.append(self._say(zh=f"{most:,} 元以下", en=f"up to RMB {most:,}"))
        if fine.gains_at_most is not None:
            times = f"{fine.gains_at_least or 0}–{fine.gains_at_most}"
            parts.append(self._say(zh=f"违法所得 {times} 倍", en=f"{times} times the gains"))
        if fine.turnover_at_most is not None:
            share = _percent(fine.turnover_at_most)
            parts.append(self._say(zh=f"上年营业额 {share} 以下", en=f"up to {share} of turnover"))
        return self._say(zh="或者", en=" or ").join(parts) or self._say(
            zh="未写明数额", en="no amount stated"
        )

    def _first(self, penalties: Iterable[Penalty]) -> list[str]:
        """The penalties that come first, each with what it threatens at worst."""
        said = [f"  {penalty.clause} {self._sanction(penalty.gravest)}" for penalty in penalties]
        head = self._say(
            zh="先依下列处罚（视违法情形，各列最重）：", en="first, as the breach may be, each at worst:"
        )
        return [head, *said] if said else []

    def _counterparts(self, crosswalk: Crosswalk) -> str:
        """Where others speak of a matter, framework by framework."""
        said = [
            f"{counterpart.framework} {', '.join(counterpart.provisions)}"
            + (self._say(zh="（部分）", en=" (partly)") if counterpart.partly else "")
            for counterpart in crosswalk.counterparts
        ]
        return self._say(zh="；", en="; ").join(said) + self._mark(crosswalk.verification)

    def _days(self, period: Period) -> str:
        return f"{period.since} – {period.until or '…'}"

    def _mark(self, verification: Verification) -> str:
        mark = verification.mark
        return "" if mark is None else self._say(zh=f"（{mark.zh}）", en=f" ({mark.en})")

    def _text(self, text: BilingualText) -> str:
        return self._terminal.text(text)

    def _say(self, *, zh: str, en: str) -> str:
        return zh if self._terminal.language is Language.ZH else en


_AMOUNTS = {
    Comparison.AT_LEAST: BilingualText(zh="不少于 …", en="at least …"),
    Comparison.AT_MOST: BilingualText(zh="不超过 …", en="at most …"),
    Comparison.MORE_THAN: BilingualText(zh="超过 …", en="more than …"),
    Comparison.LESS_THAN: BilingualText(zh="不足 …", en="less than …"),
}


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
