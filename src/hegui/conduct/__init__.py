"""Users who keep asking for illegal content: counted, warned, restricted, suspended, heard on appeal.

A user is a keyed pseudonym here and nothing else; what is kept is when a request was refused, never what it
said. The counts at which measures are due come from the rulebook, the measures from the operator.
"""

from hegui.conduct.model import (
    AbuseLimits,
    Appeal,
    ConductEvent,
    ConductEventKind,
    LadderInvalid,
    LadderPolicy,
    LadderStep,
    Rung,
    UserStanding,
)
from hegui.conduct.service import AppealMissing, Conduct, ViolationMissing

__all__ = [
    "AbuseLimits",
    "Appeal",
    "AppealMissing",
    "Conduct",
    "ConductEvent",
    "ConductEventKind",
    "LadderInvalid",
    "LadderPolicy",
    "LadderStep",
    "Rung",
    "UserStanding",
    "ViolationMissing",
]
