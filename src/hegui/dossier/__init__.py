"""Documents that people hand in, and the evidence that lets anybody check them.

A number enters a document only as a figure that cites a ledger entry; a document that holds any other
number is not written. The documents are drafts for people to review, decide on and sign; nothing is sent.
"""

from hegui.dossier.bundle import DossierInTheWay
from hegui.dossier.clauses import Conclusion
from hegui.dossier.model import (
    DossierFile,
    DossierReport,
    Figure,
    IncidentReportDraft,
    Quotation,
    UncitedNumber,
    Words,
)
from hegui.dossier.service import COMPOSED, Dossier
from hegui.dossier.typesetting import Tongue

__all__ = [
    "COMPOSED",
    "Conclusion",
    "Dossier",
    "DossierFile",
    "DossierInTheWay",
    "DossierReport",
    "Figure",
    "IncidentReportDraft",
    "Quotation",
    "Tongue",
    "UncitedNumber",
    "Words",
]
