"""Three-valued judgement: what is settled is settled whatever the unknown turns out to be."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText
from hegui.rulebook import (
    Choice,
    Chosen,
    Comparison,
    Condition,
    Defined,
    Either,
    Every,
    FactDefinition,
    FactType,
    Force,
    Included,
    Measured,
    Modal,
    Negated,
    Stated,
    Unit,
    facts_of,
)
from hegui.scope.model import (
    Applicability,
    Finding,
    InvalidFact,
    Judgement,
    Reason,
    check_facts,
    find,
    join,
    open_questions,
    opposite,
)

DOMAINS = {
    "a": (True, False),
    "b": (True, False),
    "c": (True, False),
    "users": (0, 10, 11),
    "role": ("provider", "user"),
    "media": ((), ("text",), ("image",), ("text", "image")),
}
WORD = BilingualText(zh="词", en="word")


def conditions() -> st.SearchStrategy[Condition]:
    leaves = st.one_of(
        st.sampled_from(["a", "b", "c"]).map(lambda name: Stated(fact=name)),
        st.sampled_from(Comparison).map(lambda c: Measured(fact="users", comparison=c, value=10)),
        st.sampled_from([("provider",), ("provider", "user")]).map(lambda v: Chosen(fact="role", values=v)),
        st.sampled_from(["text", "image"]).map(lambda v: Included(fact="media", value=v)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda c: Negated(of=c)),
            inner.map(lambda c: Defined(term="term", means=c)),
            st.lists(inner, max_size=3).map(lambda parts: Every(of=tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(of=tuple(parts))),
        ),
        max_leaves=6,
    )


def partial_facts() -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in DOMAINS.items()})


def truth(condition: Condition, facts: dict) -> bool:  # noqa: PLR0911 - one line per kind
    """Two-valued evaluation of a complete set of facts, written apart from the program."""
    match condition:
        case Stated(fact=name):
            return facts[name]
        case Measured(comparison=comparison, value=value):
            return eval(f"{facts['users']} {comparison} {value}")  # noqa: S307 - numbers of our own
        case Chosen(values=values):
            return facts["role"] in values
        case Included(value=value):
            return value in facts["media"]
        case Defined(means=inner):
            return truth(inner, facts)
        case Negated(of=inner):
            return not truth(inner, facts)
        case Every(of=parts):
            return all(truth(part, facts) for part in parts)
        case Either(of=parts):
            return any(truth(part, facts) for part in parts)


def completions(names: frozenset[str], known: dict):
    unknown = [name for name in sorted(names) if name not in known]
    for values in itertools.product(*(DOMAINS[name] for name in unknown)):
        yield {**known, **dict(zip(unknown, values, strict=True))}


@settings(max_examples=200)
@given(conditions(), partial_facts())
def test_true_and_false_agree_with_every_completion_of_the_unknown_facts(condition, known):
    found = find(condition, known)
    if found.value is not None:
        assert all(
            truth(condition, facts) is found.value for facts in completions(facts_of(condition), known)
        )


@settings(max_examples=100)
@given(conditions(), partial_facts())
def test_the_deciding_facts_are_known_and_decide_alone(condition, known):
    found = find(condition, known)
    if found.value is None:
        assert found.facts
        assert not found.facts & known.keys()
    else:
        alone = {name: known[name] for name in found.facts}
        assert find(condition, alone).value is found.value


@settings(max_examples=100)
@given(conditions(), partial_facts())
def test_when_everything_is_known_nothing_is_open(condition, known):
    complete = next(completions(frozenset(DOMAINS), known))
    assert find(condition, complete).value is truth(condition, complete)


@settings(max_examples=100)
@given(conditions(), partial_facts(), st.integers(min_value=0, max_value=99))
def test_an_unrelated_fact_changes_nothing(condition, known, number):
    assert find(condition, {**known, "unrelated": number}) == find(condition, known)


@settings(max_examples=100)
@given(st.lists(conditions(), min_size=1, max_size=4), partial_facts(), st.randoms(use_true_random=False))
def test_order_does_not_matter(parts, known, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    for kind in (Every, Either):
        assert find(kind(of=tuple(parts)), known) == find(kind(of=tuple(shuffled)), known)


def test_the_shortest_reason_is_given_and_ties_go_by_name():
    long, short, other = (
        Finding(value=False, facts=frozenset(names)) for names in ({"a", "b"}, {"c"}, {"d"})
    )
    assert join([long, other, short], decisive=False) == short


def test_nothing_known_leaves_all_open():
    condition = Every(of=(Stated(fact="a"), Stated(fact="b")))
    assert find(condition, {}) == Finding(None, frozenset({"a", "b"}))
    assert find(condition, {"a": True}) == Finding(None, frozenset({"b"}))
    assert find(condition, {"b": False}) == Finding(value=False, facts=frozenset({"b"}))


def test_an_empty_conjunction_is_always_true():
    assert find(Every(of=()), {}) == Finding(value=True, facts=frozenset())


def test_the_opposite_of_unknown_is_unknown():
    unknown = Finding(None, frozenset({"a"}))
    assert opposite(unknown) == unknown


def definition(name: str, kind: FactType, choices: tuple[str, ...] = ()) -> FactDefinition:
    return FactDefinition(
        name=name,
        type=kind,
        unit=Unit.PERSONS if kind is FactType.INTEGER else None,
        label=WORD,
        question=BilingualText(zh=f"{name}？", en=f"{name}?"),
        choices=tuple(Choice(value=value, text=WORD) for value in choices),
    )


DEFINITIONS = {
    "open": definition("open", FactType.BOOL),
    "users": definition("users", FactType.INTEGER),
    "role": definition("role", FactType.CHOICE, ("provider", "user")),
    "media": definition("media", FactType.CHOICES, ("text", "image")),
}
BAD_FACTS = {
    "an unknown name": ({"opne": True}, "opne", "there is no fact opne; did you mean open?"),
    "a name like no other": ({"xyzzy": True}, "xyzzy", "hegui law facts lists them all"),
    "a word for a truth": ({"open": "yes"}, "open", "open is 'yes', not true or false"),
    "a number for a truth": ({"open": 1}, "open", "not true or false"),
    "a fraction": ({"users": 1.5}, "users", "users is 1.5, not a whole number"),
    "a negative number": ({"users": -1}, "users", "not a whole number from 0 on"),
    "a truth for a number": ({"users": True}, "users", "not a whole number"),
    "an unknown choice": ({"role": "providr"}, "role", "did you mean provider?"),
    "a choice like no other": ({"role": "x"}, "role", "the choices are provider, user"),
    "a word for a list": ({"media": "text"}, "media", "not a list; write, say, [text], or [] for none"),
    "an unknown member": ({"media": ["sound"]}, "media", "the choices are text, image"),
    "a member that is no word": ({"media": [["text"]]}, "media", "has no choice ['text']"),
}


@pytest.mark.parametrize(("facts", "name", "message"), BAD_FACTS.values(), ids=BAD_FACTS)
def test_a_bad_fact_is_refused_with_the_cure(facts, name, message):
    with pytest.raises(InvalidFact) as caught:
        check_facts(facts, DEFINITIONS)
    assert caught.value.fact == name
    assert message in caught.value.text.en
    assert caught.value.text.zh != caught.value.text.en


def test_good_facts_pass():
    check_facts({"open": False, "users": 0, "role": "user", "media": ()}, DEFINITIONS)


def item(
    name: str, judgement: Judgement, facts: tuple[str, ...], force: Force = Force.BINDING
) -> Applicability:
    return Applicability(
        obligation=name,
        text=WORD,
        clauses=("IM 1",),
        modal=Modal.SHALL,
        force=force,
        judgement=judgement,
        reasons=tuple(Reason(fact=fact, value=None) for fact in facts),
        prevailed_by=(),
        verified=True,
    )


def test_open_questions_are_ranked_by_the_obligations_that_wait():
    items = (
        item("one", Judgement.CANNOT_TELL, ("users",)),
        item("two", Judgement.CANNOT_TELL, ("role", "open")),
        item("three", Judgement.CANNOT_TELL, ("role",)),
        item("four", Judgement.APPLIES, ("media",)),
        item("five", Judgement.CANNOT_TELL, ("media",), Force.PROPOSED),
    )
    questions = open_questions(items, DEFINITIONS)
    assert [(q.fact, q.obligations) for q in questions] == [
        ("role", ("two", "three")),
        ("open", ("two",)),
        ("users", ("one",)),
    ]
    assert questions[0].question.en == "role?"


@pytest.mark.parametrize("judgement", Judgement)
def test_a_judgement_has_both_languages(judgement):
    assert judgement.text.zh
    assert judgement.text.en
