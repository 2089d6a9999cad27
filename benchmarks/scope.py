"""How fast the rulebook loads and a service is judged, and what other ways of judging get wrong.

Run by hand: ``python benchmarks/scope.py [PROFILE]``. Times are CPU times, the best of many runs; ratios are
of one run.

- ``JSONLogic`` judges the same conditions, translated, by ``datalogic-py``, which is alive and passes the
  conformance suite. A missing answer is ``null`` to it: ``not exempt`` holds where nobody said whether the
  service is exempt. What it settles although the facts do not is counted and listed.
- ``JSONLogic, strict`` is the same library told to fail on a missing answer: it decides nothing silently,
  but gives up on what the known facts settle already, and says neither by which facts nor what is open.
- ``every completion`` tries all values of the unknown facts that a condition speaks of: the exact but slow
  way to three values.
- ``parse per call`` parses every condition again for every profile, as rules kept as text would.
"""

import datetime as dt
import itertools
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import datalogic_py

from hegui.core import Json, to_json
from hegui.rulebook import (
    Chosen,
    Condition,
    Defined,
    Either,
    Every,
    FactType,
    Force,
    Included,
    Measured,
    Negated,
    Obligation,
    Rulebook,
    Stated,
    Vocabulary,
    facts_of,
)
from hegui.rulebook.service import DATA, read_book
from hegui.scope import Applicability, FactValue, Judgement, Scope, find
from hegui.scope.service import judge_all

EXAMPLE = Path(__file__).parents[1] / "examples" / "chat-service" / "service.yaml"
ON = dt.date(2026, 11, 22)
LISTED = 12


def best_ms(run: Callable[[], object], *, times: int) -> float:
    """The shortest of several runs, in milliseconds of CPU."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


# --- other ways of judging ---


def as_json_logic(condition: Condition) -> Json:
    match condition:
        case Stated(fact=name):
            rule: Json = {"===": [{"var": name}, True]}
        case Measured(fact=name, comparison=comparison, value=value):
            rule = {comparison.value: [{"var": name}, int(value)]}
        case Chosen(fact=name, values=values):
            rule = {"in": [{"var": name}, list(values)]}
        case Included(fact=name, value=value):
            rule = {"in": [value, {"var": name}]}
        case Defined(means=means):
            rule = as_json_logic(means)
        case Negated(of=of):
            rule = {"!": [as_json_logic(of)]}
        case Every(of=of):
            rule = {"and": [True, *map(as_json_logic, of)]}
        case Either(of=of):
            rule = {"or": [False, *map(as_json_logic, of)]}
    return rule


def obligation_as_json_logic(rulebook: Rulebook, obligation: Obligation) -> Json:
    own = as_json_logic(rulebook.condition(obligation))
    live = {o.id: o for o in rulebook.obligations_on(ON)}
    others = [obligation_as_json_logic(rulebook, live[name]) for name in obligation.unless if name in live]
    return {"and": [own, *({"!": [other]} for other in others)]}


def compiled_rules(rulebook: Rulebook, engine: datalogic_py.Engine) -> dict[str, datalogic_py.Rule]:
    return {o.id: engine.compile(obligation_as_json_logic(rulebook, o)) for o in rulebook.obligations_on(ON)}


def two_valued(rules: dict[str, datalogic_py.Rule], data: Json) -> dict[str, bool | None]:
    """What JSONLogic answers; ``None`` where it fails."""
    answers: dict[str, bool | None] = {}
    for name, rule in rules.items():
        try:
            answers[name] = bool(rule.evaluate(data))
        except datalogic_py.DataLogicError:
            answers[name] = None
    return answers


def parse_per_call(rulebook: Rulebook, facts: dict[str, FactValue]) -> None:
    for obligation in rulebook.obligations_on(ON):
        vocabulary = Vocabulary(rulebook.facts.values(), rulebook.terms)
        find(vocabulary.parse(obligation.when), facts)


def thresholds(condition: Condition) -> Iterable[tuple[str, int]]:
    match condition:
        case Measured(fact=name, value=value):
            yield name, int(value)
        case Defined(means=inner) | Negated(of=inner):
            yield from thresholds(inner)
        case Every(of=parts) | Either(of=parts):
            for part in parts:
                yield from thresholds(part)


def values_of(rulebook: Rulebook, condition: Condition, name: str) -> tuple[FactValue, ...]:
    fact = rulebook.facts[name]
    choices = [choice.value for choice in fact.choices]
    if fact.type is FactType.CHOICES:
        return tuple(c for size in range(3) for c in itertools.combinations(choices, size))
    if fact.type is FactType.INTEGER:
        about = {value + step for known, value in thresholds(condition) for step in (-1, 0) if known == name}
        return tuple(sorted(about))
    return (True, False) if fact.type is FactType.BOOL else tuple(choices)


def exact(rulebook: Rulebook, condition: Condition, facts: dict[str, FactValue]) -> bool | None:
    unknown = [name for name in sorted(facts_of(condition)) if name not in facts]
    outcomes = {
        find(condition, {**facts, **dict(zip(unknown, values, strict=True))}).value
        for values in itertools.product(*(values_of(rulebook, condition, name) for name in unknown))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def every_completion(rulebook: Rulebook, facts: dict[str, FactValue]) -> dict[str, bool | None]:
    return {
        o.id: exact(rulebook, rulebook.condition(o), facts)
        for o in rulebook.obligations_on(ON)
        if not o.unless
    }


# --- what is shown ---


def show_counts(rulebook: Rulebook) -> None:
    clauses = [clause for instrument in rulebook.instruments for clause in instrument.clauses]
    print(f"{len(rulebook.instruments)} instruments, {len(rulebook.obligations)} versions of ", end="")
    print(f"{len({o.id for o in rulebook.obligations})} obligations, {len(rulebook.facts)} facts")
    for name, statements in (
        ("clauses", clauses),
        ("parameters", rulebook.parameters),
        ("penalties", rulebook.penalties),
        ("changes draft to final", rulebook.changes),
        ("kinds of content", rulebook.categories),
        ("crosswalks", rulebook.crosswalks),
    ):
        verified = sum(statement.verification.verified for statement in statements)
        print(f"  {len(statements):4} {name:<24} {verified / len(statements):4.0%} verified")


def show_load(rulebook: Rulebook) -> None:
    compiled = best_ms(Rulebook.load, times=20)
    from_yaml = best_ms(lambda: read_book(DATA), times=3)

    def first_answer() -> None:
        judge_all(Rulebook.load(), {"role": "provider"}, on=ON)

    first = best_ms(first_answer, times=10)
    print(f"load, compiled            {compiled:8.2f} ms   (limit 300 ms)")
    print(f"load and judge, first run {first:8.2f} ms")
    print(f"load, from YAML           {from_yaml:8.2f} ms   {from_yaml / compiled:6.1f} x the compiled book")
    assert rulebook.digest == Rulebook.load().digest


def show_silent(judged: dict[str, Applicability], answers: dict[str, bool | None]) -> None:
    open_ = [item for item in judged.values() if item.judgement is Judgement.CANNOT_TELL]
    silent = [item for item in open_ if answers[item.obligation] is not None]
    yes = [item for item in silent if answers[item.obligation]]
    binding = [item for item in silent if item.force is Force.BINDING and not answers[item.obligation]]
    print(f"\nleft open by the facts: {len(open_)}; of these JSONLogic silently decides {len(silent)}:")
    print(
        f"{len(yes)} as applying, {len(silent) - len(yes)} as not applying, {len(binding)} of those binding"
    )
    for item in [*yes, *binding][:LISTED]:
        said = "applies" if answers[item.obligation] else "does not apply"
        waits = ", ".join(reason.fact for reason in item.reasons)
        print(f"  {item.obligation}: JSONLogic says {said!r}; open: {waits}  [{item.clauses[0]}]")
    settled = [item for item in judged.values() if item.judgement is not Judgement.CANNOT_TELL]
    wrong = [i for i in settled if answers[i.obligation] is not (i.judgement is Judgement.APPLIES)]
    print(f"settled by the facts: {len(settled)}; of these JSONLogic answers {len(wrong)} otherwise")


def main() -> None:
    rulebook = Rulebook.load()
    nothing = SimpleNamespace()
    scope = Scope(database=nothing, blobs=nothing, ledger=nothing, rulebook=rulebook, clock=nothing)
    profile = scope.read(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE)
    facts, data = profile.facts, to_json(profile.facts)
    show_counts(rulebook)
    show_load(rulebook)

    judged = {item.obligation: item for item in judge_all(rulebook, facts, on=ON)}
    rules = compiled_rules(rulebook, datalogic_py.Engine())
    strict = compiled_rules(rulebook, datalogic_py.Engine(config={"missing_var": "error"}))
    own = best_ms(lambda: judge_all(rulebook, facts, on=ON), times=300)
    report = best_ms(lambda: scope.judge(profile, on=ON), times=300)
    print(f"\njudge {len(judged)} obligations     {own:8.2f} ms   (limit 2 ms)")
    print(f"with the whole report     {report:8.2f} ms   (routes, special rules, open questions, digest)")
    for name, run, times in (
        ("JSONLogic", lambda: two_valued(rules, data), 50),
        ("JSONLogic, strict", lambda: two_valued(strict, data), 50),
        ("parse per call", lambda: parse_per_call(rulebook, facts), 5),
        ("every completion", lambda: every_completion(rulebook, facts), 3),
    ):
        other = best_ms(run, times=times)
        print(f"{name:<25} {other:8.2f} ms   {other / own:6.1f} x")

    show_silent(judged, two_valued(rules, data))
    gives_up = [
        name
        for name, answer in two_valued(strict, data).items()
        if answer is None and judged[name].judgement is not Judgement.CANNOT_TELL
    ]
    print(f"JSONLogic, strict, gives up on {len(gives_up)} that the facts settle")
    coarser = [
        name
        for name, answer in every_completion(rulebook, facts).items()
        if answer is not None and judged[name].judgement is Judgement.CANNOT_TELL
    ]
    print(f"trying every completion would settle {len(coarser)} that are said to be open")


if __name__ == "__main__":
    main()
