"""Questions, answers, judgements, and what a run comes to."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

import msgspec

from hegui.core import BilingualText, Record, Verdict, digest_bytes, digest_value, to_json
from hegui.evaluation.refusal import RefusalState
from hegui.screening import UNSCREENED, Finding


class BankKind(StrEnum):
    """The three banks of questions.

    Basis:
        TC260-003 8.2
        TC260-003 8.3
    """

    OUTPUT = "output"
    REFUSAL = "refusal"
    NON_REFUSAL = "non_refusal"

    @property
    def text(self) -> BilingualText:
        """The bank in the words of the standard."""
        return _BANK_TEXTS[self]


_BANK_TEXTS = {
    BankKind.OUTPUT: BilingualText(zh="生成内容测试题库", en="generated-content bank"),
    BankKind.REFUSAL: BilingualText(zh="应拒答测试题库", en="should-refuse bank"),
    BankKind.NON_REFUSAL: BilingualText(zh="非拒答测试题库", en="non-refusal bank"),
}


class Question(Record):
    """One question of a bank.

    Attributes:
        topic: the risk it is about (``A.1.f``); in the non-refusal bank the aspect (``culture``).
        source: where it comes from.
        licence: on what terms it may be used.
    """

    text: str
    bank: BankKind
    topic: str
    source: str
    licence: str

    @property
    def id(self) -> str:
        """The digest of the text: the same question is put once, whichever banks it stands in."""
        return digest_bytes(self.text.encode())

    @property
    def likeness(self) -> str:
        """What two questions share that differ only in spaces, punctuation, width or case."""
        folded = unicodedata.normalize("NFKC", self.text).casefold()
        return "".join(character for character in folded if character.isalnum())


class QuestionBank(Record):
    """Questions under one name, in the state of one day.

    Attributes:
        updated: when questions were last added or changed.
    """

    name: str
    updated: dt.date
    questions: tuple[Question, ...]

    @property
    def digest(self) -> str:
        """The digest of everything in it."""
        return digest_value(to_json(self))

    def of(self, kind: BankKind) -> tuple[Question, ...]:
        """The questions of one kind, in order."""
        return tuple(question for question in self.questions if question.bank is kind)

    def drawn(self, size: int, *, seed: str) -> "QuestionBank":
        """At most ``size`` questions of each kind, drawn at random without repeats.

        Every question gets a number from ``seed`` and its own text, and the smallest are drawn: nobody
        can steer the draw but by the seed, which becomes part of the name and so of the evidence.

        Args:
            size: the number of questions wanted of each kind.
            seed: any text; the same seed draws the same questions.
        """
        chosen: set[Question] = set()
        for kind in BankKind:
            lots = sorted(self.of(kind), key=lambda question: digest_bytes(f"{seed}\n{question.id}".encode()))
            chosen.update(lots[:size])
        if len(chosen) == len(self.questions):
            return self
        return QuestionBank(
            name=f"{self.name}[{size}/{seed}]",
            updated=self.updated,
            questions=tuple(question for question in self.questions if question in chosen),
        )


class Decoding(Record):
    """How answers are generated.

    Attributes:
        max_tokens: the longest answer, in tokens.
        temperature: 0 for the likeliest answer.
        seed: for endpoints that can repeat themselves.
    """

    max_tokens: int = 512
    temperature: Decimal = Decimal(0)
    seed: int | None = None

    def __post_init__(self) -> None:
        """Write equal temperatures alike: 0.0 is 0."""
        msgspec.structs.force_setattr(self, "temperature", self.temperature.normalize())


class Answer(Record):
    """What the model answered to one question.

    Attributes:
        finish_reason: as the endpoint gave it.
        error: what the endpoint said when it refused this one request; ``None`` where it answered.
        model: the model that says it answered.
        asked_at: when, as evidence writes time.
    """

    question_id: str
    asked_at: str
    text: str = ""
    finish_reason: str = ""
    model: str = ""
    latency_ms: int = 0
    attempts: int = 1
    error: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class JudgedAnswer(Record):
    """What the rules make of one answer.

    Attributes:
        question: what was asked.
        refusal: what the answer does with the question.
        rule: the refusal rule that decided.
        phrase: the words that it found.
        findings: what the screen found in the answer.
        unsafe: whether the screen would have blocked the answer for what it says; personal information,
            which it would mask, is told apart by the findings, and so is what could not be judged.
    """

    question: Question
    answer: Answer
    refusal: RefusalState
    rule: str
    phrase: str
    findings: tuple[Finding, ...]
    unsafe: bool

    @property
    def is_unscreened(self) -> bool:
        """Whether a part of the answer could not be judged and nothing that was makes it unsafe."""
        return not self.unsafe and any(finding.risk == UNSCREENED for finding in self.findings)


class Gate(Record):
    """One requirement on the answers, and how it stands.

    Attributes:
        name: ``output.keyword``, ``refusal`` …
        counted: the answers that count towards the share: those that pass, or that refuse.
        asked: the answers there are.
        unknown: those of them that could not be judged; the verdict holds whatever they might be.
        required: how many questions the rule wants to see drawn.
        comparison: how the share is held against the threshold, ``>=`` or ``<=``.
        threshold: the share that decides.
        share: counted of asked, the unknown held against the model; ``None`` without answers.
        bound: the exact one-sided 95 % confidence bound of the share on the threshold's side.
        robustly_met: whether the bound too meets the threshold.
        citation: the clause of the rulebook that sets the threshold.
        verified: whether threshold and sample size were checked against a text.
        reason: why the verdict is what it is.
    """

    name: str
    title: BilingualText
    bank: BankKind
    counted: int
    asked: int
    unknown: int
    required: int
    comparison: str
    threshold: Decimal
    share: Decimal | None
    bound: Decimal | None
    robustly_met: bool
    verdict: Verdict
    citation: str
    verified: bool
    reason: BilingualText


class TopicTally(Record):
    """The answers about one topic. Too few for a verdict: to be read, not to be gated.

    Attributes:
        refused: those that count as refusals.
        unsafe: those that the screen would have blocked.
        unknown: those that are empty, failed, or could not be judged.
    """

    bank: BankKind
    topic: str
    asked: int
    refused: int
    unsafe: int
    unknown: int


class RunReport(Record):
    """What one run came to.

    Attributes:
        run: the identifier of the run.
        bank_digest: under which the blob folder keeps the questions.
        answers_digest: under which it keeps questions, answers and judgements, one JSON object a line.
        models: every model that says it answered.
        states: how many answers are in each refusal state, by bank.
        personal_information: how many answers hold some.
        entry: the ledger entry, ``main/17``.
    """

    run: str
    bank: str
    bank_digest: str
    url: str
    model: str
    models: tuple[str, ...]
    decoding: Decoding
    started: str
    completed: str
    questions: int
    answers_digest: str
    screen_digest: str
    rulebook_digest: str
    gates: tuple[Gate, ...]
    states: dict[BankKind, dict[RefusalState, int]]
    topics: tuple[TopicTally, ...]
    personal_information: int
    entry: str | None = None


class EvaluationRun(Record):
    """One run, finished or not.

    Attributes:
        id: from what is asked of whom and how, and the number of such runs before.
        completed: when; ``None`` while answers are missing.
        answered: how many questions have an answer.
    """

    id: str
    bank: str
    bank_digest: str
    url: str
    model: str
    decoding: Decoding
    started: str
    completed: str | None = None
    report_digest: str | None = None
    entry: str | None = None
    answered: int = 0

    def numbered(self, number: int) -> "EvaluationRun":
        """This run as the one of that number among those in which the same is asked of the same model."""
        what = {
            "bank_digest": self.bank_digest,
            "url": self.url,
            "model": self.model,
            "decoding": to_json(self.decoding),
            "number": number,
        }
        return msgspec.structs.replace(self, id=digest_value(what))


def tally(judgements: Iterable[JudgedAnswer]) -> tuple[TopicTally, ...]:
    """The judgements counted by bank and topic, in order of first appearance."""
    groups: dict[tuple[BankKind, str], list[JudgedAnswer]] = {}
    for judgement in judgements:
        groups.setdefault((judgement.question.bank, judgement.question.topic), []).append(judgement)
    return tuple(
        TopicTally(
            bank=bank,
            topic=topic,
            asked=len(group),
            refused=sum(judgement.refusal.is_refusal for judgement in group),
            unsafe=sum(judgement.unsafe for judgement in group),
            unknown=sum(
                judgement.refusal is RefusalState.EMPTY_OR_ERROR or judgement.is_unscreened
                for judgement in group
            ),
        )
        for (bank, topic), group in groups.items()
    )


def count_states(judgements: Iterable[JudgedAnswer]) -> dict[BankKind, dict[RefusalState, int]]:
    """How many answers are in each state, by bank; every state is named."""
    counts = {bank: dict.fromkeys(RefusalState, 0) for bank in BankKind}
    for judgement in judgements:
        counts[judgement.question.bank][judgement.refusal] += 1
    return counts
