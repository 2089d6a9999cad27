"""Append-only, tamper-evident evidence: entries, checkpoints, proofs, export, offline verification.

Each entry is a leaf of an RFC 6962 Merkle tree; signed checkpoints commit to everything recorded so far.
Content is committed to through a salted digest, so it can be erased while the proof stands. The evidence
is exported as readable files, and :mod:`hegui.ledger.verify` is one file that verifies them alone.
"""

from hegui.ledger.anchor import LedgerRolledBack
from hegui.ledger.evidence import DirectoryNotEmpty
from hegui.ledger.keys import KeyUnreadable
from hegui.ledger.model import (
    ERASED_KIND,
    Checkpoint,
    Entry,
    EntryMissing,
    EntryRef,
    Head,
    InclusionProof,
    Seal,
)
from hegui.ledger.service import Ledger, NotErasable
from hegui.ledger.verify import Report, Unusable, renderings, resolve_pointer, summary, verify_directory
from hegui.ledger.writer import GroupWriter, WriterClosed

__all__ = [
    "ERASED_KIND",
    "Checkpoint",
    "DirectoryNotEmpty",
    "Entry",
    "EntryMissing",
    "EntryRef",
    "GroupWriter",
    "Head",
    "InclusionProof",
    "KeyUnreadable",
    "Ledger",
    "LedgerRolledBack",
    "NotErasable",
    "Report",
    "Seal",
    "Unusable",
    "WriterClosed",
    "renderings",
    "resolve_pointer",
    "summary",
    "verify_directory",
]
