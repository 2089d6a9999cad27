"""Answers as people type them, as values of facts."""

import re
from decimal import Decimal, InvalidOperation

from hegui.rulebook import FactDefinition, FactType
from hegui.scope.model import FactValue, InvalidFact, check_facts

YES = frozenset({"yes", "y", "true", "是", "对", "有"})
NO = frozenset({"no", "n", "false", "否", "不是", "没有", "无"})
NONE = frozenset({"none", "[]", "无", "没有"})
UNKNOWN = frozenset({"unknown", "?", "？", "null", "不知道", "未知"})
"""What may be typed for each; how it is capitalised does not matter."""

_MULTIPLES = {"万": 10_000, "亿": 100_000_000}
_BETWEEN_CHOICES = re.compile(r"[,，、;；\s]+")


def parse_answer(definition: FactDefinition, text: str) -> FactValue | None:
    """The value that ``text`` gives to a fact; ``None`` where it says that the answer is not known.

    Numbers may be written ``1,000,000`` or ``100万``; choices by value, by text or by their number in the
    list, several of them between commas.

    Raises:
        InvalidFact: it is no answer to this question.
    """
    typed = text.strip()
    if typed.lower() in UNKNOWN:
        return None
    value = _value(definition, typed)
    check_facts({definition.name: value}, {definition.name: definition})
    return value


def _value(definition: FactDefinition, typed: str) -> FactValue:
    match definition.type:
        case FactType.BOOL:
            return _truth(definition, typed)
        case FactType.INTEGER:
            return _number(definition, typed)
        case FactType.CHOICE:
            return _chosen(definition, typed)
    parts = [] if typed.lower() in NONE else filter(None, _BETWEEN_CHOICES.split(typed))
    return tuple(dict.fromkeys(_chosen(definition, part) for part in parts))


def _truth(definition: FactDefinition, typed: str) -> bool:
    if typed.lower() in YES | NO:
        return typed.lower() in YES
    raise InvalidFact(
        definition.name,
        zh=f"{definition.name}：{typed!r} 不是“是”或“否”；不知道就答 ?",
        en=f"{definition.name}: {typed!r} is neither yes nor no; answer ? where you do not know",
    )


def _number(definition: FactDefinition, typed: str) -> int:
    digits = re.sub(r"[,，\s_]", "", typed)
    multiple = _MULTIPLES.get(digits[-1:], 1)
    try:
        number = Decimal(digits.rstrip("".join(_MULTIPLES))) * multiple
        if number == int(number):
            return int(number)
    except (InvalidOperation, OverflowError, ValueError):
        pass  # said below, as for a fraction
    raise InvalidFact(
        definition.name,
        zh=f"{definition.name}：{typed!r} 不是整数；写成例如 120000 或 12万，不知道就答 ?",
        en=f"{definition.name}: {typed!r} is not a whole number; write, say, 120000, "
        "or ? where you do not know",
    )


def _chosen(definition: FactDefinition, typed: str) -> str:
    """The choice meant; what is none is left for check_facts to refuse with the nearest one."""
    for number, choice in enumerate(definition.choices, start=1):
        names = (str(number), choice.value, choice.text.zh, choice.text.en)
        if typed.lower() in {name.lower() for name in names}:
            return choice.value
    return typed
