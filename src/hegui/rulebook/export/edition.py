"""What every export says of the edition of the rulebook it was made from."""

import datetime as dt

from hegui.core import BilingualText, Record
from hegui.rulebook.service import Rulebook

NOTE = BilingualText(
    zh="条款均为转述，不是官方文本；标明“未核实”的内容未经核对；本文件不是法律意见。",
    en="Clauses are paraphrased and no official text; what is marked unverified was not checked; "
    "this is no legal advice.",
)


class ExportCounts(Record):
    """How much a rulebook says, and how much of it was checked.

    Attributes:
        clauses: of all instruments together.
        obligations: in all their versions.
        unverified: clauses and parameters that were not checked.
    """

    instruments: int
    clauses: int
    obligations: int
    parameters: int
    facts: int
    unverified: int

    @property
    def text(self) -> BilingualText:
        """The tally in a sentence."""
        return BilingualText(
            zh=f"{self.instruments} 个文件、{self.clauses} 条、{self.obligations} 项义务（各版本）、"
            f"{self.parameters} 个参数；其中 {self.unverified} 条（个）未核实，均有标注",
            en=f"{self.instruments} instruments, {self.clauses} clauses, {self.obligations} obligations "
            f"(all versions), {self.parameters} parameters; {self.unverified} clauses and parameters are "
            "unverified and marked so",
        )


def tally(rulebook: Rulebook) -> ExportCounts:
    """How much ``rulebook`` says."""
    clauses = [clause for instrument in rulebook.instruments for clause in instrument.clauses]
    verified = [c.verification.verified for c in clauses]
    verified += [p.verification.verified for p in rulebook.parameters]
    return ExportCounts(
        instruments=len(rulebook.instruments),
        clauses=len(clauses),
        obligations=len(rulebook.obligations),
        parameters=len(rulebook.parameters),
        facts=len(rulebook.facts),
        unverified=verified.count(False),
    )


def edition_day(rulebook: Rulebook) -> dt.date:
    """The last day on which something in ``rulebook`` was checked: an export needs a day, and no clock."""
    days = [i.verification.on for i in rulebook.instruments]
    days += [c.verification.on for i in rulebook.instruments for c in i.clauses]
    days += [p.verification.on for p in rulebook.parameters]
    return max(filter(None, days), default=dt.date(1970, 1, 1))
