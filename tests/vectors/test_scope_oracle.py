"""Scope beside clingo: an answer-set solver that tries every completion of the unknown facts.

What clingo derives in every answer set holds whatever the unknown turns out to be; what it derives in
none never does. Kleene's logic may leave open what only a proof by cases settles, and nothing else.
"""

import datetime as dt
from collections.abc import Iterator

import clingo
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Period
from hegui.rulebook import (
    Book,
    Choice,
    Chosen,
    Clause,
    Comparison,
    Condition,
    Defined,
    Either,
    Every,
    FactDefinition,
    FactType,
    Included,
    Instrument,
    InstrumentKind,
    Measured,
    Negated,
    Obligation,
    Party,
    Rulebook,
    Stated,
    Status,
    Unit,
    Verification,
)
from hegui.scope import Judgement, judge_all

WORD = BilingualText(zh="词", en="word")
DAY = dt.date(2026, 11, 22)
SINCE = Period(since=dt.date(2020, 1, 1))
UNCHECKED = Verification(verified=False)
BOOLS = ("a", "b", "c")
USERS = (0, 10, 11)
ROLES = ("provider", "supporter", "user")
MEDIA = ("text", "image")
LEAVES = (
    "users >= 10",
    "users > 10",
    "users < 10",
    'role == "provider"',
    'role in ("provider", "user")',
    'role != "user"',
    '"text" in media',
    '"image" in media',
)
SIGNS = {
    Comparison.AT_LEAST: ">=",
    Comparison.AT_MOST: "<=",
    Comparison.MORE_THAN: ">",
    Comparison.LESS_THAN: "<",
}


def fact(name: str, kind: FactType, choices: tuple[str, ...] = ()) -> FactDefinition:
    return FactDefinition(
        name=name,
        type=kind,
        unit=Unit.PERSONS if kind is FactType.INTEGER else None,
        label=WORD,
        question=WORD,
        choices=tuple(Choice(value=value, text=WORD) for value in choices),
    )


FACTS = (
    *(fact(name, FactType.BOOL) for name in BOOLS),
    fact("users", FactType.INTEGER),
    fact("role", FactType.CHOICE, ROLES),
    fact("media", FactType.CHOICES, MEDIA),
)
LAW = Instrument(
    id="LAW",
    title=WORD,
    short=WORD,
    issuer=WORD,
    kind=InstrumentKind.LAW,
    status=Status.IN_FORCE,
    period=SINCE,
    verification=UNCHECKED,
    clauses=(Clause(id="1", number="1", heading=WORD, text=WORD, verification=UNCHECKED, instrument="LAW"),),
)


def books() -> st.SearchStrategy[Rulebook]:
    """Small books whose exceptions point only to later obligations, and so form no circle."""
    leaf = st.sampled_from([*BOOLS, *LEAVES])
    condition = st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        ),
        max_leaves=5,
    )

    def build(parts: list[tuple[str, set[int]]]) -> Rulebook:
        obligations = tuple(
            Obligation(
                id=f"o{i}",
                clauses=("LAW 1",),
                text=WORD,
                bound=(Party.PROVIDER,),
                when=when,
                period=SINCE,
                unless=tuple(f"o{j}" for j in sorted(later) if i < j < len(parts)),
            )
            for i, (when, later) in enumerate(parts)
        )
        return Rulebook(Book(instruments=(LAW,), facts=FACTS, obligations=obligations), "sha256:test")

    return st.lists(st.tuples(condition, st.sets(st.integers(1, 4), max_size=2)), min_size=1, max_size=5).map(
        build
    )


def partial_facts() -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(
        {},
        optional={
            **{name: st.booleans() for name in BOOLS},
            "users": st.sampled_from(USERS),
            "role": st.sampled_from(ROLES),
            "media": st.sampled_from([(), ("text",), ("image",), ("text", "image")]),
        },
    )


def domain(rulebook: Rulebook, name: str) -> tuple[int | str, ...]:
    """The values of a fact that can make a difference: about each threshold, or each choice."""
    if rulebook.facts[name].type is not FactType.INTEGER:
        return tuple(choice.value for choice in rulebook.facts[name].choices)
    thresholds = {
        int(leaf.value)
        for obligation in rulebook.obligations
        for leaf in leaves(rulebook.condition(obligation))
        if isinstance(leaf, Measured) and leaf.fact == name
    }
    return tuple(sorted({0} | {t + step for t in thresholds for step in (-1, 0, 1)}))


def leaves(condition: Condition) -> Iterator[Stated | Measured | Chosen | Included]:
    match condition:
        case Defined(means=inner) | Negated(of=inner):
            yield from leaves(inner)
        case Every(of=parts) | Either(of=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield condition


class Program:
    """A rulebook of a day and partial facts as an answer-set program."""

    def __init__(self, rulebook: Rulebook, known: dict, day: dt.date = DAY) -> None:
        self.lines: list[str] = []
        self._fresh = 0
        for name in rulebook.facts:
            self._fact(name, rulebook.facts[name].type, known.get(name), domain(rulebook, name))
        live = rulebook.obligations_on(day)
        standing = {obligation.id for obligation in live}
        for obligation in live:
            own = self._holds(rulebook.condition(obligation))
            others = [f'not applies("{other}")' for other in obligation.unless if other in standing]
            self.lines.append(f'applies("{obligation.id}") :- {", ".join([own, *others])}.')

    def _fact(self, name: str, kind: FactType, known: object, values: tuple[int | str, ...]) -> None:
        if kind is FactType.BOOL:
            given = {True: f"fact({name}).", False: "", None: f"{{ fact({name}) }}."}
            self.lines.append(given[known])
        elif kind is FactType.CHOICES:
            for value in values if known is None else known:
                member = f'member({name}, "{value}")'
                self.lines.append(f"{{ {member} }}." if known is None else f"{member}.")
        elif known is not None:
            self.lines.append(f"value({name}, {_term(known)}).")
        else:
            atoms = "; ".join(f"value({name}, {_term(value)})" for value in values)
            self.lines.append(f"1 {{ {atoms} }} 1.")

    def _holds(self, condition: Condition) -> str:
        """The atom that stands for a condition, with the rules that derive it."""
        self._fresh += 1
        atom = f"c{self._fresh}"
        match condition:
            case Stated(fact=name):
                self.lines.append(f"{atom} :- fact({name}).")
            case Measured(fact=name, comparison=comparison, value=value):
                self.lines.append(f"{atom} :- value({name}, V), V {SIGNS[comparison]} {value}.")
            case Chosen(fact=name, values=values):
                self.lines += [f"{atom} :- value({name}, {_term(value)})." for value in values]
            case Included(fact=name, value=value):
                self.lines.append(f"{atom} :- member({name}, {_term(value)}).")
            case Defined(means=means):
                self.lines.append(f"{atom} :- {self._holds(means)}.")
            case Negated(of=of):
                self.lines.append(f"{atom} :- not {self._holds(of)}.")
            case Every(of=of):
                self.lines.append(f"{atom} :- {', '.join(['#true', *map(self._holds, of)])}.")
            case Either(of=of):
                self.lines += [f"{atom} :- {self._holds(part)}." for part in of]
        return atom

    def applies(self, mode: str) -> set[str]:
        """The obligations that apply in every answer set (``cautious``) or in some (``brave``)."""
        control = clingo.Control([f"--enum-mode={mode}", "0", "--warn=none"])
        control.add("base", [], "\n".join([*self.lines, "#show applies/1."]))
        control.ground([("base", [])])
        last: set[str] = set()
        with control.solve(yield_=True) as handle:
            for model in handle:  # each refines the one before; the last is the answer
                last = {symbol.arguments[0].string for symbol in model.symbols(shown=True)}
        return last


def _term(value: object) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


@settings(max_examples=60)
@given(books(), partial_facts())
def test_what_is_settled_is_what_every_answer_set_says(rulebook, known):
    program = Program(rulebook, known)
    surely, possibly = program.applies("cautious"), program.applies("brave")
    for item in judge_all(rulebook, known, on=DAY):
        if item.judgement is Judgement.APPLIES:
            assert item.obligation in surely
        if item.judgement is Judgement.DOES_NOT_APPLY:
            assert item.obligation not in possibly


@settings(max_examples=40)
@given(books(), partial_facts())
def test_with_everything_known_both_say_exactly_the_same(rulebook, known):
    complete = {**dict.fromkeys(BOOLS, False), "users": 10, "role": "user", "media": ("text",), **known}
    applying = {
        item.obligation
        for item in judge_all(rulebook, complete, on=DAY)
        if item.judgement is Judgement.APPLIES
    }
    assert applying == Program(rulebook, complete).applies("cautious")


def facts_about(rulebook: Rulebook, name: str) -> st.SearchStrategy[object]:
    """The values that a fact of the real book may have."""
    values = domain(rulebook, name)
    match rulebook.facts[name].type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.CHOICES:
            return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)
        case _:
            return st.sampled_from(values)


@settings(max_examples=15)
@given(data=st.data(), day=st.sampled_from([dt.date(2023, 5, 1), dt.date(2024, 6, 1), DAY]))
def test_the_whole_law_is_settled_as_every_answer_set_says(data, day, rulebook):
    names = data.draw(st.sets(st.sampled_from(sorted(rulebook.facts)), max_size=40))
    known = {name: data.draw(facts_about(rulebook, name), label=name) for name in sorted(names)}
    program = Program(rulebook, known, day)
    surely, possibly = program.applies("cautious"), program.applies("brave")
    judged = {item.obligation: item.judgement for item in judge_all(rulebook, known, on=day)}
    assert {name for name, judgement in judged.items() if judgement is Judgement.APPLIES} == surely
    assert {
        name for name, judgement in judged.items() if judgement is not Judgement.DOES_NOT_APPLY
    } == possibly
