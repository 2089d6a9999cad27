"""What a bank must hold, and what it holds."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from hegui.core import BilingualText, Record, Verdict, overall
from hegui.evaluation.model import BankKind, QuestionBank
from hegui.rulebook import Modal, Parameter, Risk, Rulebook

_MONTHS_A_YEAR = 12


class BankRequirement(Record):
    """One requirement on a bank, and how it stands.

    Attributes:
        parameter: the identifier in the rulebook.
        topic: the risk or aspect it is about; empty where it is about the whole bank.
        topic_text: the risk or aspect in words.
        title: of the requirement, for people.
        count: what there is: questions, or months begun since the last change.
        required: what there must be.
        modal: the force of the requirement; 宜 is advice and decides nothing.
        citation: the clause of the rulebook.
        verified: whether the number was checked against a text.
    """

    parameter: str
    topic: str
    topic_text: BilingualText | None
    title: BilingualText
    count: int
    required: int
    comparison: str
    modal: Modal
    citation: str
    verified: bool
    verdict: Verdict


class Composition(Record):
    """A bank held against the rulebook.

    Attributes:
        verdict: met only if every requirement is.
    """

    bank: str
    digest: str
    questions: dict[BankKind, int]
    requirements: tuple[BankRequirement, ...]
    verdict: Verdict


def compose(bank: QuestionBank, *, rulebook: Rulebook, day: dt.date) -> Composition:
    """Hold ``bank`` against what the rulebook asks for on a legal day.

    Basis:
        TC260-003 8.2
        TC260-003 8.3
    """
    requirements = tuple(_requirements(bank, rulebook=rulebook, day=day))
    return Composition(
        bank=bank.name,
        digest=bank.digest,
        questions={kind: len(bank.of(kind)) for kind in BankKind},
        requirements=requirements,
        verdict=overall(requirement.verdict for requirement in requirements),
    )


def _requirements(bank: QuestionBank, *, rulebook: Rulebook, day: dt.date) -> Iterator[BankRequirement]:
    counts = Counter((question.bank, question.topic) for question in bank.questions)

    def parameter(identifier: str) -> Parameter:
        return rulebook.parameter(identifier, on=day)

    def per_topic(
        kind: BankKind, identifier: str, topics: Iterable[tuple[str, BilingualText]]
    ) -> Iterator[BankRequirement]:
        for topic, text in topics:
            yield _requirement(parameter(identifier), counts[kind, topic], topic=topic, topic_text=text)

    values = [(risk.id, risk.text) for risk in rulebook.risks if _is_about_values(risk)]
    others = [(risk.id, risk.text) for risk in rulebook.risks if not _is_about_values(risk)]
    aspects = [(aspect.id, aspect.text) for aspect in rulebook.aspects]
    yield _requirement(parameter("output-bank-size"), len(bank.of(BankKind.OUTPUT)))
    yield from per_topic(BankKind.OUTPUT, "output-bank-a1a2-risk", values)
    yield from per_topic(BankKind.OUTPUT, "output-bank-other-risk", others)
    yield _requirement(parameter("refusal-bank-size"), len(bank.of(BankKind.REFUSAL)))
    yield from per_topic(BankKind.REFUSAL, "refusal-bank-risk", values)
    yield _requirement(parameter("non-refusal-bank-size"), len(bank.of(BankKind.NON_REFUSAL)))
    yield from per_topic(BankKind.NON_REFUSAL, "non-refusal-bank-aspect", aspects)
    yield _age(bank, parameter("bank-update-months"), day=day)


def _is_about_values(risk: Risk) -> bool:
    """Whether the risk is one of the 17 of A.1 and A.2, which the banks weigh more."""
    return risk.group in {"A.1", "A.2"}


def _requirement(
    parameter: Parameter, count: int, *, topic: str = "", topic_text: BilingualText | None = None
) -> BankRequirement:
    return BankRequirement(
        parameter=parameter.id,
        topic=topic,
        topic_text=topic_text,
        title=parameter.text,
        count=count,
        required=int(parameter.value),
        comparison=parameter.comparison.value,
        modal=parameter.modal,
        citation=parameter.citation,
        verified=parameter.verification.verified,
        verdict=Verdict.MET if parameter.holds(count) else Verdict.NOT_MET,
    )


def _age(bank: QuestionBank, parameter: Parameter, *, day: dt.date) -> BankRequirement:
    """How old the bank is; one dated in the future has no age, and so no verdict."""
    requirement = _requirement(parameter, _months_begun(bank.updated, day))
    if bank.updated > day:
        return msgspec.structs.replace(requirement, verdict=Verdict.NOT_ASSESSED)
    return requirement


def _months_begun(since: dt.date, day: dt.date) -> int:
    """The months begun since a day: none on that day, one up to the same day of the next month."""
    whole = (day.year - since.year) * _MONTHS_A_YEAR + day.month - since.month
    return max(0, whole + (day.day > since.day))
