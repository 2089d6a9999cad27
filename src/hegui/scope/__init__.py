"""What applies to a service: its profile against the rulebook, on a legal day, with reasons.

The answer has three values. What the known facts settle is settled whatever the unknown facts turn out
to be; what they do not settle is said to be open, with the questions that would settle it. A missing
answer is never taken for no.
"""

from hegui.scope.model import (
    Applicability,
    FactValue,
    Finding,
    InvalidFact,
    Judgement,
    OpenQuestion,
    Reason,
    ScopeReport,
    ServiceProfile,
    find,
)
from hegui.scope.service import Scope

__all__ = [
    "Applicability",
    "FactValue",
    "Finding",
    "InvalidFact",
    "Judgement",
    "OpenQuestion",
    "Reason",
    "Scope",
    "ScopeReport",
    "ServiceProfile",
    "find",
]
