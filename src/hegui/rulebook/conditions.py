"""Conditions on the facts of a service: text in the data, values in the program.

The grammar is a small part of Python's expressions::

    offered_to_public                                   a fact that is true or false
    not internal_only
    registered_users >= 1000000                         an integer against a number: >= <= > <
    role == "provider"                                  a choice; also !=
    role in ("provider", "technical_supporter")         one of several choices
    "image" in modalities                               a choice among choices
    a and (b or not c)
    always

A name may be that of a fact or of a defined term. Parsing yields immutable records that compare, hash,
serialise and print in Chinese and English; what they mean for a service is judged elsewhere.
"""

import ast
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from hegui.core import BilingualText, InvalidInput, Record, nearest
from hegui.rulebook.model import Comparison, FactDefinition, FactType, Term

Condition: TypeAlias = "Stated | Measured | Chosen | Included | Defined | Negated | Every | Either"


class InvalidCondition(InvalidInput):
    """A condition that is not in the grammar or speaks of what does not exist."""


class Stated(Record, tag="stated"):
    """A fact is true."""

    fact: str


class Measured(Record, tag="measured"):
    """An integer stands in a comparison to a number."""

    fact: str
    comparison: Comparison
    value: int


class Chosen(Record, tag="chosen"):
    """The choice is one of several values."""

    fact: str
    values: tuple[str, ...]


class Included(Record, tag="included"):
    """A value is among the choices."""

    fact: str
    value: str


class Defined(Record, tag="defined"):
    """A defined term of the law is met."""

    term: str
    means: Condition


class Negated(Record, tag="negated"):
    """The opposite of a condition."""

    of: Condition


class Every(Record, tag="every"):
    """All of several conditions; of none, always."""

    of: tuple[Condition, ...]


class Either(Record, tag="either"):
    """At least one of several conditions."""

    of: tuple[Condition, ...]


_ALWAYS = "always"


class Vocabulary:
    """The facts and terms that conditions may speak of."""

    def __init__(self, facts: Iterable[FactDefinition], terms: Iterable[Term] = ()) -> None:
        """Terms are parsed when a condition first uses them."""
        self.facts = {fact.name: fact for fact in facts}
        self.terms = {term.id: term for term in terms}
        self._defined: dict[str, Defined] = {}
        self._open: list[str] = []
        self._known: dict[Condition, Condition] = {}

    def parse(self, text: str) -> Condition:
        """The condition that ``text`` writes.

        Equal conditions are one object, so that judging many obligations meets each only once.

        Raises:
            InvalidCondition: ``text`` is not in the grammar, or names what is not in the vocabulary.
        """
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError) as error:
            raise InvalidCondition(
                zh=f"条件 {text!r} 无法解析：{error}；写成例如 a and (b or not c)",
                en=f"condition {text!r} cannot be parsed: {error}; write it as, say, a and (b or not c)",
            ) from error
        return self._condition(tree.body)

    def describe(self, condition: Condition) -> BilingualText:
        """``condition`` in words."""
        match condition:
            case Defined(term=term):
                return self.terms[term].text
            case Negated(of=of):
                inner = self.describe(of)
                return BilingualText(zh=f"并非（{inner.zh}）", en=f"not ({inner.en})")
            case Every(of=()):
                return BilingualText(zh="任何情形", en="in every case")
            case Every(of=of):
                return self._joined(of, zh="，且", en=" and ")
            case Either(of=of):
                return self._joined(of, zh="，或", en=" or ")
            case _:
                return self._described(condition, self.facts[condition.fact])

    def _described(
        self, condition: Stated | Measured | Chosen | Included, fact: FactDefinition
    ) -> BilingualText:
        match condition:
            case Stated():
                return fact.label
            case Measured(comparison=comparison, value=value):
                return _put(fact.label, f"{comparison} {value:,}", f"{comparison} {value:,}")
            case Chosen(values=values):
                texts = [_choice_text(fact, value) for value in values]
                zh, en = "或".join(text.zh for text in texts), " or ".join(text.en for text in texts)
                return _put(fact.label, f"为{zh}", f"is {en}")
        text = _choice_text(fact, condition.value)
        return _put(fact.label, f"包括{text.zh}", f"includes {text.en}")

    def _joined(self, conditions: tuple[Condition, ...], *, zh: str, en: str) -> BilingualText:
        texts = [self.describe(condition) for condition in conditions]
        composed = [isinstance(condition, Every | Either) for condition in conditions]
        return BilingualText(
            zh=zh.join(f"（{t.zh}）" if c else t.zh for t, c in zip(texts, composed, strict=True)),
            en=en.join(f"({t.en})" if c else t.en for t, c in zip(texts, composed, strict=True)),
        )

    def _condition(self, node: ast.expr) -> Condition:
        condition = self._read(node)
        return self._known.setdefault(condition, condition)

    def _read(self, node: ast.expr) -> Condition:
        match node:
            case ast.Name(id=name):
                return self._named(name)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Negated(of=self._condition(operand))
            case ast.BoolOp(op=ast.And(), values=values):
                return Every(of=tuple(map(self._condition, values)))
            case ast.BoolOp(values=values):
                return Either(of=tuple(map(self._condition, values)))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compared(left, operator, right)
            case _:
                raise _outside_grammar(node)

    def _named(self, name: str) -> Condition:
        if name == _ALWAYS:
            return Every(of=())
        if name in self.terms:
            return self._term(name)
        fact = self._fact(name)
        if fact.type is not FactType.BOOL:
            raise InvalidCondition(
                zh=f"{name} 不是是非题（{fact.type}）；请与一个值比较",
                en=f"{name} is no yes-or-no fact ({fact.type}); compare it with a value",
            )
        return Stated(fact=name)

    def _term(self, name: str) -> Condition:
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            raise InvalidCondition(
                zh=f"术语循环定义：{circle}；请断开一处",
                en=f"terms defined in a circle: {circle}; cut it somewhere",
            )
        if name not in self._defined:
            self._open.append(name)
            try:
                self._defined[name] = Defined(term=name, means=self.parse(self.terms[name].means))
            finally:
                self._open.pop()
        return self._defined[name]

    def _fact(self, name: str) -> FactDefinition:
        if name in self.facts:
            return self.facts[name]
        close = nearest(name, [*self.facts, *self.terms])
        raise InvalidCondition(
            zh=f"没有名为 {name} 的事实或术语"
            + (f"；是不是 {close}？" if close else "；请先在 facts.yaml 中定义"),
            en=f"there is no fact or term {name}"
            + (f"; did you mean {close}?" if close else "; define it in facts.yaml first"),
        )

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Condition:
        match left, operator, right:
            case ast.Constant(value=str(value)), ast.In(), ast.Name(id=name):
                fact = self._of_type(name, FactType.CHOICES)
                return Included(fact=name, value=_known_choice(fact, value))
            case ast.Name(id=name), ast.In(), ast.Tuple(elts=elements):
                fact = self._of_type(name, FactType.CHOICE)
                return Chosen(fact=name, values=tuple(_choice_of(fact, element) for element in elements))
            case ast.Name(id=name), ast.Eq() | ast.NotEq(), ast.Constant():
                fact = self._of_type(name, FactType.CHOICE)
                chosen = Chosen(fact=name, values=(_choice_of(fact, right),))
                return chosen if isinstance(operator, ast.Eq) else Negated(of=self._same(chosen))
            case ast.Name(id=name), _, ast.Constant(value=number) if type(operator) in _COMPARISONS:
                self._of_type(name, FactType.INTEGER)
                if type(number) is not int:
                    raise _outside_grammar(right)
                return Measured(fact=name, comparison=_COMPARISONS[type(operator)], value=number)
            case _:
                raise _outside_grammar(right)

    def _same(self, condition: Condition) -> Condition:
        return self._known.setdefault(condition, condition)

    def _of_type(self, name: str, kind: FactType) -> FactDefinition:
        fact = self._fact(name)
        if fact.type is not kind:
            raise InvalidCondition(
                zh=f"{name} 的类型是 {fact.type}，这里需要 {kind}",
                en=f"{name} is of type {fact.type}, but {kind} is needed here",
            )
        return fact


_COMPARISONS: Mapping[type[ast.cmpop], Comparison] = {
    ast.GtE: Comparison.AT_LEAST,
    ast.LtE: Comparison.AT_MOST,
    ast.Gt: Comparison.MORE_THAN,
    ast.Lt: Comparison.LESS_THAN,
}


def facts_of(condition: Condition) -> frozenset[str]:
    """The names of the facts that ``condition`` speaks of."""
    match condition:
        case Stated(fact=fact) | Measured(fact=fact) | Chosen(fact=fact) | Included(fact=fact):
            return frozenset({fact})
        case Defined(means=inner) | Negated(of=inner):
            return facts_of(inner)
    return frozenset[str]().union(*map(facts_of, condition.of))


def _put(label: BilingualText, zh: str, en: str) -> BilingualText:
    return BilingualText(zh=f"{label.zh} {zh}", en=f"{label.en} {en}")


def _choice_text(definition: FactDefinition, value: str) -> BilingualText:
    return next(choice.text for choice in definition.choices if choice.value == value)


def _choice_of(fact: FactDefinition, node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _known_choice(fact, node.value)
    raise _outside_grammar(node)


def _known_choice(fact: FactDefinition, value: str) -> str:
    if fact.choice(value):
        return value
    values = [choice.value for choice in fact.choices]
    close = nearest(value, values)
    raise InvalidCondition(
        zh=f"{fact.name} 没有选项 {value!r}"
        + (f"；是不是 {close}？" if close else f"；可选：{', '.join(values)}"),
        en=f"{fact.name} has no choice {value!r}"
        + (f"; did you mean {close}?" if close else f"; the choices are {', '.join(values)}"),
    )


def _outside_grammar(node: ast.expr) -> InvalidCondition:
    written = ast.unparse(node)
    return InvalidCondition(
        zh=f"条件中不允许 {written!r}；只能用事实、术语、and、or、not、比较和 in",
        en=f"{written!r} is not allowed in a condition; use facts, terms, and, or, not, comparisons and in",
    )
