"""Questions to a model, answers, judgements, gates.

The room asks a bank of questions through the endpoint, keeps every answer as it arrives, and says by
documented rules what each answer is. Its verdicts are the standard's: too few questions are never a pass,
a check that was not performed is not assessed, and each share carries its exact confidence bound.
"""

from hegui.evaluation.composition import BankRequirement, Composition
from hegui.evaluation.model import (
    Answer,
    BankKind,
    Decoding,
    EvaluationRun,
    Gate,
    JudgedAnswer,
    Question,
    QuestionBank,
    RunReport,
    TopicTally,
)
from hegui.evaluation.refusal import RefusalReading, RefusalState, read_refusal
from hegui.evaluation.service import COMPLETED, Evaluation, NoRuns, NothingAnswered, RunInterrupted

__all__ = [
    "COMPLETED",
    "Answer",
    "BankKind",
    "BankRequirement",
    "Composition",
    "Decoding",
    "Evaluation",
    "EvaluationRun",
    "Gate",
    "JudgedAnswer",
    "NoRuns",
    "NothingAnswered",
    "Question",
    "QuestionBank",
    "RefusalReading",
    "RefusalState",
    "RunInterrupted",
    "RunReport",
    "TopicTally",
    "read_refusal",
]
