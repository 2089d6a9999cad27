"""Conditions: text in, comparable and printable values out."""

import pytest

from hegui.core import BilingualText
from hegui.rulebook.conditions import (
    Chosen,
    Defined,
    Either,
    Every,
    Included,
    InvalidCondition,
    Measured,
    Negated,
    Stated,
    Vocabulary,
    facts_of,
)
from hegui.rulebook.model import Choice, Comparison, FactDefinition, FactType, Term, Unit


def text(word: str) -> BilingualText:
    return BilingualText(zh=f"〔{word}〕", en=word)


def fact(name: str, kind: FactType, choices: tuple[str, ...] = ()) -> FactDefinition:
    return FactDefinition(
        name=name,
        type=kind,
        unit=Unit.PERSONS if kind is FactType.INTEGER else None,
        label=text(name),
        question=text(f"{name}?"),
        choices=tuple(Choice(value=value, text=text(value)) for value in choices),
    )


FACTS = (
    fact("open", FactType.BOOL),
    fact("internal", FactType.BOOL),
    fact("users", FactType.INTEGER),
    fact("role", FactType.CHOICE, ("provider", "supporter", "user")),
    fact("media", FactType.CHOICES, ("text", "image")),
)
TERMS = (
    Term(id="large", text=text("large service"), clauses=(), means="open and users >= 1000"),
    Term(id="large_provider", text=text("large provider"), clauses=(), means='large and role == "provider"'),
)


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(FACTS, TERMS)


OPEN, INTERNAL = Stated(fact="open"), Stated(fact="internal")
LARGE = Defined(
    term="large",
    means=Every(of=(OPEN, Measured(fact="users", comparison=Comparison.AT_LEAST, value=1000))),
)
PROVIDER = Chosen(fact="role", values=("provider",))
GRAMMAR = {
    "open": OPEN,
    "  open  ": OPEN,
    "not open": Negated(of=OPEN),
    "open and not internal": Every(of=(OPEN, Negated(of=INTERNAL))),
    "open or internal": Either(of=(OPEN, INTERNAL)),
    "users >= 1000": Measured(fact="users", comparison=Comparison.AT_LEAST, value=1000),
    "users <= 5": Measured(fact="users", comparison=Comparison.AT_MOST, value=5),
    "users > 5": Measured(fact="users", comparison=Comparison.MORE_THAN, value=5),
    "users < 5": Measured(fact="users", comparison=Comparison.LESS_THAN, value=5),
    'role == "provider"': PROVIDER,
    'role != "provider"': Negated(of=PROVIDER),
    'role in ("provider", "user")': Chosen(fact="role", values=("provider", "user")),
    '"image" in media': Included(fact="media", value="image"),
    "large": LARGE,
    "large_provider": Defined(term="large_provider", means=Every(of=(LARGE, PROVIDER))),
    "always": Every(of=()),
}


@pytest.mark.parametrize(("written", "condition"), GRAMMAR.items(), ids=GRAMMAR)
def test_the_grammar_reads_as_documented(written, condition, vocabulary):
    assert vocabulary.parse(written) == condition


REFUSED = {
    "open and": "cannot be parsed",
    "open\0": "cannot be parsed",
    "users": "no yes-or-no fact",
    "opne": "did you mean open?",
    "lrage": "did you mean large?",
    "xyzzy": "define it in facts.yaml first",
    "open == 1": "open is of type bool, but choice is needed here",
    "open >= 1": "open is of type bool, but integer is needed here",
    "users >= 1.5": "'1.5' is not allowed",
    "users >= True": "'True' is not allowed",
    "users >= open": "'open' is not allowed",
    "1 <= users <= 5": "is not allowed",
    'role == "providr"': "did you mean provider?",
    'role == "x"': "the choices are provider, supporter, user",
    "role == 3": "'3' is not allowed",
    'role in ("provider", 3)': "'3' is not allowed",
    'role in ["provider"]': "is not allowed",
    'role > "provider"': "role is of type choice, but integer is needed here",
    '"provider" in role': "role is of type choice, but choices is needed here",
    '"sound" in media': "the choices are text, image",
    '"text" not in media': "is not allowed",
    "-users": "is not allowed",
    "open + internal": "is not allowed",
    "__import__('os')": "is not allowed",
    "3": "'3' is not allowed",
}


@pytest.mark.parametrize(("written", "message"), REFUSED.items(), ids=REFUSED)
def test_what_is_outside_the_grammar_is_refused_with_the_cure(written, message, vocabulary):
    with pytest.raises(InvalidCondition) as caught:
        vocabulary.parse(written)
    assert message in caught.value.text.en
    assert caught.value.text.zh != caught.value.text.en


def test_terms_defined_in_a_circle_are_refused():
    circle = (
        Term(id="egg", text=text("egg"), clauses=(), means="hen"),
        Term(id="hen", text=text("hen"), clauses=(), means="open and egg"),
    )
    vocabulary = Vocabulary(FACTS, circle)
    with pytest.raises(InvalidCondition, match="egg → hen → egg"):
        vocabulary.parse("egg")
    with pytest.raises(InvalidCondition, match="hen → egg → hen"):
        vocabulary.parse("hen")


def test_equal_conditions_are_one_object(vocabulary):
    first = vocabulary.parse("open and (large or not internal)")
    second = vocabulary.parse("open and (large or not internal)")
    assert first is second
    assert hash(first) == hash(Vocabulary(FACTS, TERMS).parse("open and (large or not internal)"))
    assert vocabulary.parse('role != "provider"').of is vocabulary.parse('role == "provider"')


DESCRIBED = {
    "open": ("〔open〕", "open"),
    "users >= 1000000": ("〔users〕 >= 1,000,000", "users >= 1,000,000"),
    'role in ("provider", "user")': ("〔role〕 为〔provider〕或〔user〕", "role is provider or user"),
    '"image" in media': ("〔media〕 包括〔image〕", "media includes image"),
    "large": ("〔large service〕", "large service"),
    "always": ("任何情形", "in every case"),
    "not open": ("并非（〔open〕）", "not (open)"),
    "open and (internal or large)": (
        "〔open〕，且（〔internal〕，或〔large service〕）",
        "open and (internal or large service)",
    ),
}


@pytest.mark.parametrize(("written", "words"), DESCRIBED.items(), ids=DESCRIBED)
def test_a_condition_prints_in_chinese_and_english(written, words, vocabulary):
    described = vocabulary.describe(vocabulary.parse(written))
    assert (described.zh, described.en) == words


def test_a_condition_knows_its_facts(vocabulary):
    condition = vocabulary.parse('large_provider or not internal or "text" in media')
    assert facts_of(condition) == {"open", "users", "role", "internal", "media"}
    assert facts_of(vocabulary.parse("always")) == set()
