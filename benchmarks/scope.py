"""How fast the rulebook loads and a service is judged, beside naive ways of doing the same.

Run by hand: ``python benchmarks/scope.py``. Times are the best of many runs; ratios are of one run.

- ``parse per call`` parses every condition again for every profile, as rules kept as text would.
- ``two-valued`` evaluates each obligation's condition as plain Python, every unknown fact taken for false:
  what json-logic does. It is shown for what it costs and for how many answers it gets wrong: obligations
  that it calls settled although the facts do not settle them.
- ``every completion`` tries all values of the unknown facts that a condition speaks of: the exact but slow
  way to three values.
"""

import datetime as dt
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from hegui.rulebook import Condition, FactType, Rulebook, Vocabulary, facts_of
from hegui.rulebook.service import DATA, read_book
from hegui.scope import Finding, Judgement, Scope, find
from hegui.scope.service import judge_all

EXAMPLE = Path(__file__).parents[1] / "examples" / "chat-service" / "service.yaml"
ON = dt.date(2026, 11, 22)


def best_ms(run: Callable[[], object], *, times: int) -> float:
    """The shortest of several runs, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def parse_per_call(rulebook: Rulebook, facts: dict) -> None:
    for obligation in rulebook.obligations_on(ON):
        vocabulary = Vocabulary(rulebook.facts.values(), rulebook.terms)
        find(vocabulary.parse(obligation.when), facts)


EMPTY = {FactType.BOOL: False, FactType.INTEGER: 0, FactType.CHOICE: "", FactType.CHOICES: ()}


def two_valued(rulebook: Rulebook, facts: dict) -> dict[str, bool]:
    complete = {name: facts.get(name, EMPTY[fact.type]) for name, fact in rulebook.facts.items()}
    found: dict[int, Finding] = {}
    return {
        o.id: bool(find(rulebook.condition(o), complete, found).value)
        for o in rulebook.obligations_on(ON)
        if not o.unless
    }


def values_of(rulebook: Rulebook, name: str) -> tuple:
    fact = rulebook.facts[name]
    choices = [choice.value for choice in fact.choices]
    if fact.type is FactType.CHOICES:
        return tuple(c for size in range(len(choices) + 1) for c in itertools.combinations(choices, size))
    return {FactType.BOOL: (True, False), FactType.INTEGER: (0, 10**9)}.get(fact.type, tuple(choices))


def exact(rulebook: Rulebook, condition: Condition, facts: dict) -> bool | None:
    unknown = [name for name in sorted(facts_of(condition)) if name not in facts]
    outcomes = {
        find(condition, {**facts, **dict(zip(unknown, values, strict=True))}).value
        for values in itertools.product(*(values_of(rulebook, name) for name in unknown))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def every_completion(rulebook: Rulebook, facts: dict) -> dict[str, bool | None]:
    return {
        o.id: exact(rulebook, rulebook.condition(o), facts)
        for o in rulebook.obligations_on(ON)
        if not o.unless
    }


def main() -> None:
    rulebook = Rulebook.load()
    nothing = SimpleNamespace()
    scope = Scope(database=nothing, blobs=nothing, ledger=nothing, rulebook=rulebook, clock=nothing)
    profile = scope.read(EXAMPLE)
    facts = profile.facts

    compiled = best_ms(Rulebook.load, times=20)
    from_yaml = best_ms(lambda: read_book(DATA), times=3)
    clauses = sum(len(instrument.clauses) for instrument in rulebook.instruments)
    verified = sum(c.verification.verified for i in rulebook.instruments for c in i.clauses)
    print(
        f"{len(rulebook.instruments)} instruments, {clauses} clauses ({verified / clauses:.0%} verified), "
        f"{len(rulebook.obligations)} obligations, {len(rulebook.parameters)} parameters, "
        f"{len(rulebook.facts)} facts"
    )
    print(f"load, compiled   {compiled:8.1f} ms   (limit 300 ms)")
    print(f"load, from YAML  {from_yaml:8.1f} ms   {from_yaml / compiled:6.1f} x the compiled book")

    judged = judge_all(rulebook, facts, on=ON)
    own = best_ms(lambda: judge_all(rulebook, facts, on=ON), times=300)
    report = best_ms(lambda: scope.judge(profile, on=ON), times=300)
    print(f"judge {len(judged)} obligations {own:5.2f} ms   (limit 2 ms)")
    print(f"with report      {report:8.2f} ms   (profile digest and open questions)")
    for name, run, times in (
        ("parse per call", lambda: parse_per_call(rulebook, facts), 5),
        ("two-valued", lambda: two_valued(rulebook, facts), 50),
        ("every completion", lambda: every_completion(rulebook, facts), 5),
    ):
        naive = best_ms(run, times=times)
        print(f"{name:<16} {naive:8.2f} ms   {naive / own:6.1f} x")

    unsettled = {item.obligation for item in judged if item.judgement is Judgement.CANNOT_TELL}
    silently = unsettled & two_valued(rulebook, facts).keys()
    print(f"obligations that two values decide silently although the facts leave them open: {len(silently)}")
    agreement = every_completion(rulebook, facts)
    coarser = [
        i.obligation
        for i in judged
        if i.judgement is Judgement.CANNOT_TELL and agreement.get(i.obligation) is not None
    ]
    print(f"obligations that trying every completion would settle and Hegui does not: {len(coarser)}")


if __name__ == "__main__":
    main()
