"""What findings are about, in words."""

from hegui.core import BilingualText
from hegui.rulebook import Rulebook
from hegui.screening.model import MINORS, UNMAPPED, MinorsClass

_MINORS = {
    MINORS: BilingualText(zh="可能影响未成年人的信息", en="what may affect minors"),
    **{each.value: each.text for each in MinorsClass},
}
_UNMAPPED = BilingualText(zh="不属于 31 种风险中的任何一种", en="none of the 31 risks")


def risk_wording(risk: str, rulebook: Rulebook) -> BilingualText:
    """What a finding's risk is called: one of the 31, a group of them, what affects minors, or none.

    Args:
        risk: as findings of risks have it; guard models may name a group (``A.2``) or none (``unmapped``).
        rulebook: knows their names.

    Raises:
        NotFound: there is no such risk.
    """
    if risk == UNMAPPED:
        return _UNMAPPED
    return every_risk(rulebook).get(risk) or rulebook.risk(risk).text


def every_risk(rulebook: Rulebook) -> dict[str, BilingualText]:
    """Everything that a rule can name: the groups of risks, the risks, and what may affect minors."""
    groups = {group.id: group.text for group in rulebook.risk_groups}
    return groups | {risk.id: risk.text for risk in rulebook.risks} | _MINORS
