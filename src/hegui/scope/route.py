"""Which procedures before the authorities a service has to go through.

Nothing is judged anew: a procedure is needed where an obligation to go through it applies.
"""

from collections.abc import Iterable

from hegui.rulebook import Force
from hegui.scope.model import Applicability, FilingRoute, Judgement, Reason, RouteFinding

# A test holds every identifier against the rulebook.
LEADING_TO: dict[FilingRoute, tuple[str, ...]] = {
    FilingRoute.LLM_FILING: ("practice.llm-filing",),
    FilingRoute.REGISTRATION: ("practice.registration",),
    FilingRoute.ALGORITHM_FILING: (
        "im.algorithm-filing",
        "algorithm.filing",
        "deep-synthesis.filing",
        "deep-synthesis.supporter-filing",
        "companion.filing",
    ),
    FilingRoute.SECURITY_ASSESSMENT: (
        "im.security-assessment",
        "algorithm.security-assessment",
        "security-assessment.triggers",
        "deep-synthesis.new-product-assessment",
        "deep-synthesis.biometric-tools",
        "companion.assessment",
        "companion.assessment-by-scale",
    ),
}
"""The obligations that lead to each procedure."""

# One duty that applies settles the matter; failing that, one that is open keeps it open.
_DECIDING = (Judgement.APPLIES, Judgement.CANNOT_TELL, Judgement.DOES_NOT_APPLY)


def filing_routes(applicabilities: Iterable[Applicability]) -> tuple[RouteFinding, ...]:
    """Whether each procedure is needed, and by which obligations.

    What is only proposed leads nowhere.

    Basis:
        IM 17
        ALGO 24
        DS 19
        SA2018 3
        PRACTICE filing
        PRACTICE registration
    """
    live = {item.obligation: item for item in applicabilities if item.force is not Force.PROPOSED}
    return tuple(
        _finding(route, [live[name] for name in names if name in live]) for route, names in LEADING_TO.items()
    )


def _finding(route: FilingRoute, items: list[Applicability]) -> RouteFinding:
    judged = {item.judgement for item in items}
    judgement = next((j for j in _DECIDING if j in judged), Judgement.DOES_NOT_APPLY)
    deciding = [item for item in items if item.judgement is judgement]
    reasons: dict[str, Reason] = {reason.fact: reason for item in deciding for reason in item.reasons}
    return RouteFinding(
        route=route,
        judgement=judgement,
        obligations=tuple(item.obligation for item in deciding),
        clauses=tuple(dict.fromkeys(clause for item in deciding for clause in item.clauses)),
        reasons=tuple(reasons[fact] for fact in sorted(reasons)),
    )
