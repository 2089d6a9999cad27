"""The law as data: instruments, clauses, obligations, risks and dated parameters, with their sources.

The bottom of the house: every verdict of every other room names a clause that stands here, and every
legal number in the program is looked up here by name and day. All texts are our own words in Chinese and
English; nothing enters without saying where it was checked, and what was not checked says so.

The data lies in ``data/*.yaml``. After a change there, ``python -m hegui.rulebook`` compiles it.
"""

from hegui.rulebook.conditions import (
    Chosen,
    Condition,
    Defined,
    Either,
    Every,
    Included,
    InvalidCondition,
    Measured,
    Negated,
    Stated,
    Vocabulary,
    facts_of,
)
from hegui.rulebook.model import (
    Aspect,
    Book,
    Choice,
    Clause,
    Comparison,
    FactDefinition,
    FactType,
    Force,
    Instrument,
    InstrumentKind,
    Modal,
    Obligation,
    Parameter,
    Party,
    Risk,
    RiskGroup,
    Source,
    Status,
    Term,
    Unit,
    Verification,
)
from hegui.rulebook.service import Rulebook

__all__ = [
    "Aspect",
    "Book",
    "Choice",
    "Chosen",
    "Clause",
    "Comparison",
    "Condition",
    "Defined",
    "Either",
    "Every",
    "FactDefinition",
    "FactType",
    "Force",
    "Included",
    "Instrument",
    "InstrumentKind",
    "InvalidCondition",
    "Measured",
    "Modal",
    "Negated",
    "Obligation",
    "Parameter",
    "Party",
    "Risk",
    "RiskGroup",
    "Rulebook",
    "Source",
    "Stated",
    "Status",
    "Term",
    "Unit",
    "Verification",
    "Vocabulary",
    "facts_of",
]
