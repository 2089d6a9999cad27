"""What can be said of a requirement."""

from collections.abc import Iterable
from enum import StrEnum

from hegui.core.text import BilingualText


class Verdict(StrEnum):
    """The state of one requirement. Unknown is never a pass."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"

    @property
    def text(self) -> BilingualText:
        """The verdict in the words of an assessment report."""
        return _TEXTS[self]


_TEXTS = {
    Verdict.MET: BilingualText(zh="符合", en="met"),
    Verdict.NOT_MET: BilingualText(zh="不符合", en="not met"),
    Verdict.NOT_APPLICABLE: BilingualText(zh="不适用", en="not applicable"),
    Verdict.NOT_ASSESSED: BilingualText(zh="未评估", en="not assessed"),
}


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict over several requirements together.

    One requirement not met decides; failing that, one not assessed; requirements that do not apply
    are left out, and where none applies neither does the whole.
    """
    present = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.NOT_ASSESSED, Verdict.MET):
        if decisive in present:
            return decisive
    return Verdict.NOT_APPLICABLE if present else Verdict.NOT_ASSESSED
