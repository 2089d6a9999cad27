"""What applies to a service: its profile against the rulebook, on a legal day, with reasons.

The answer has three values. What the known facts settle is settled whatever the unknown facts turn out
to be; what they do not settle is said to be open, with the questions that would settle it. A missing
answer is never taken for no.
"""

from hegui.scope.answers import parse_answer
from hegui.scope.comparison import (
    ObligationShift,
    OverlayShift,
    RouteShift,
    ScopeComparison,
    ShiftKind,
    compare,
)
from hegui.scope.interview import InterviewStep, next_step
from hegui.scope.model import (
    Applicability,
    FactValue,
    FilingRoute,
    Finding,
    InvalidFact,
    Judgement,
    OpenQuestion,
    OverlayFinding,
    Reason,
    RouteFinding,
    ScopeReport,
    ServiceProfile,
    find,
)
from hegui.scope.profile import known_unknowns, new_profile, read_profile, write_answers
from hegui.scope.route import filing_routes
from hegui.scope.schema import profile_schema
from hegui.scope.service import Scope, judge_all, special_rules

__all__ = [
    "Applicability",
    "FactValue",
    "FilingRoute",
    "Finding",
    "InterviewStep",
    "InvalidFact",
    "Judgement",
    "ObligationShift",
    "OpenQuestion",
    "OverlayFinding",
    "OverlayShift",
    "Reason",
    "RouteFinding",
    "RouteShift",
    "Scope",
    "ScopeComparison",
    "ScopeReport",
    "ServiceProfile",
    "ShiftKind",
    "compare",
    "filing_routes",
    "find",
    "judge_all",
    "known_unknowns",
    "new_profile",
    "next_step",
    "parse_answer",
    "profile_schema",
    "read_profile",
    "special_rules",
    "write_answers",
]
