"""Services that keep people company: reminders, the way out, crises and the person who then takes over.

What the measures on anthropomorphic services ask of a provider while somebody talks to it. A user is a keyed
pseudonym here; of their use only when it began, when it was seen last and when they were told what was due is
kept, until it is over, and of a crisis only that there was one, of which kind. Nothing is sent to anybody: a
person reads the queue and calls.
"""

from hegui.companion.model import (
    CompanionPolicy,
    CompanionSession,
    Contact,
    Crisis,
    CrisisKind,
    CrisisPolicy,
    DependencePolicy,
    Duty,
    FindingSort,
    Signs,
)
from hegui.companion.service import Companion, ContactMissing
from hegui.companion.signs import SignReader

__all__ = [
    "Companion",
    "CompanionPolicy",
    "CompanionSession",
    "Contact",
    "ContactMissing",
    "Crisis",
    "CrisisKind",
    "CrisisPolicy",
    "DependencePolicy",
    "Duty",
    "FindingSort",
    "SignReader",
    "Signs",
]
