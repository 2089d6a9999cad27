"""Documents that people hand in, and the evidence that lets anybody check them.

A number enters a document only as a figure that cites a ledger entry; a document that holds any other
number is not written. The documents are drafts for people to review, decide on and sign; nothing is sent.
"""

from hegui.dossier.model import (
    DossierFile,
    DossierReport,
    Figure,
    Quotation,
    UncitedNumber,
    Words,
)
from hegui.dossier.service import COMPOSED, Dossier, DossierInTheWay
from hegui.dossier.typesetting import Tongue
from hegui.dossier.walk import document_text, uncited_numbers

__all__ = [
    "COMPOSED",
    "Dossier",
    "DossierFile",
    "DossierInTheWay",
    "DossierReport",
    "Figure",
    "Quotation",
    "Tongue",
    "UncitedNumber",
    "Words",
    "document_text",
    "uncited_numbers",
]
