"""Of what a minor's guardian is told after an exchange. Pure."""

from hegui.admission import AlertKind
from hegui.gateway.model import NOT_ILLEGAL, ExchangeRecord, Outcome

_CRISIS = "crisis="


def alert_of(record: ExchangeRecord) -> AlertKind | None:
    """Of what the guardian is to be told, if of anything: of which kind, never of what was said.

    Basis:
        ANTHRO 14.2
    """
    if not record.terms.alerts:
        return None
    if any(duty.startswith(_CRISIS) for duty in record.duties):
        return AlertKind.CRISIS
    if record.outcome not in {Outcome.REFUSED, Outcome.STOPPED}:
        return None
    noticed = record.input if record.outcome is Outcome.REFUSED else record.output
    found = {each.risk for each in noticed}
    # Where nothing of ours was found, the model's own provider blocked it.
    return AlertKind.CONTENT if not found or found - NOT_ILLEGAL else None
