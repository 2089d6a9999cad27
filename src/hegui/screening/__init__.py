"""Text in, findings out: keyword banks and personal information, exactly and fast.

The corpus scan, the evaluation's judge and the gateway read text through the same :class:`Screen`. It
folds the text (full width, case, traditional characters, what nobody sees), looks for everything that its
rules name, and answers with findings that point at the original text. ``Screen.stream`` does the same for
a text that arrives in pieces, and lets nothing forbidden out.
"""

from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword, KeywordBank, Level, MatchMode, UnusableKeyword
from hegui.screening.model import (
    DEFAULT_RULES,
    PERSONAL_INFORMATION,
    Action,
    Category,
    Direction,
    Explanation,
    Finding,
    PersonalInformationKind,
    Released,
    Rule,
    Screening,
    mask,
)
from hegui.screening.screen import NothingToLookFor, Screen
from hegui.screening.stream import StreamFinished, StreamScreen

__all__ = [
    "DEFAULT_RULES",
    "PERSONAL_INFORMATION",
    "Action",
    "Category",
    "Direction",
    "Explanation",
    "Finding",
    "Keyword",
    "KeywordBank",
    "Level",
    "MatchMode",
    "NothingToLookFor",
    "PersonalInformationKind",
    "Released",
    "Rule",
    "Screen",
    "Screening",
    "StreamFinished",
    "StreamScreen",
    "UnusableKeyword",
    "fold",
    "mask",
]
