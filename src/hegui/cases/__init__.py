"""What happened and has to be dealt with: incidents, what was done about them, by when.

A machine may propose an incident; a person confirms it, judges how grave it is, and sends what has to be
reported: nothing is sent from here. How long there is comes from the rulebook and is computed in one place.
"""

from hegui.cases.deadlines import Deadline, deadlines
from hegui.cases.model import (
    BY_PEOPLE,
    Deed,
    DeedKind,
    Discovery,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentState,
    OperatorKind,
)
from hegui.cases.service import IncidentMissing, IncidentOver, Incidents, NotDone, said

__all__ = [
    "BY_PEOPLE",
    "Deadline",
    "Deed",
    "DeedKind",
    "Discovery",
    "Incident",
    "IncidentKind",
    "IncidentLevel",
    "IncidentMissing",
    "IncidentOver",
    "IncidentState",
    "Incidents",
    "NotDone",
    "OperatorKind",
    "deadlines",
    "said",
]
