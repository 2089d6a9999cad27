"""The bank that a workspace screens with: every version it ever adopted, and evidence of each choice."""

from typing import cast

import msgspec

from hegui.core import Conflict, Json, Record
from hegui.ledger import Entry, Ledger
from hegui.screening.compiled_bank import CompiledBanks
from hegui.screening.keyword_bank import KeywordBank
from hegui.store import Blobs, Database

ADOPTED = "screening.bank_adopted"


class AdoptedBank(Record):
    """A version of the bank, and who took it into use when.

    ``digest`` is the bank's own, under which its words are kept.
    """

    name: str
    digest: str
    words: int
    replaces: str | None
    by: str
    at: str
    entry: str


class Banks:
    """Keeps each version of the keyword bank unchanged; the ledger says which one is in use."""

    def __init__(
        self, *, database: Database, blobs: Blobs, ledger: Ledger, compiled_banks: CompiledBanks
    ) -> None:
        """Keep versions in ``blobs``, and ready for searching in ``compiled_banks``."""
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._compiled_banks = compiled_banks

    def adopt(self, bank: KeywordBank) -> AdoptedBank:
        """Screen with ``bank`` from now on, recorded as ``screening.bank_adopted``.

        The bank that is in use already is not recorded twice.

        Basis:
            TC260-003 8.1
        """
        before = self.adopted()
        if before is not None and before.digest == bank.digest:
            return before
        content: Json = {
            "name": bank.name,
            "digest": self._blobs.put(bank.content),
            "words": len(bank),
            "replaces": before.digest if before else None,
        }
        with self._database.write() as connection:
            ref = self._ledger.record(connection, kind=ADOPTED, content=content)
        return _adopted(self._ledger.entry(ref))

    def adopted(self) -> AdoptedBank | None:
        """The version in use; ``None`` where none was ever adopted."""
        return next(iter(self.history()), None)

    def history(self) -> tuple[AdoptedBank, ...]:
        """Every version that was in use, the latest first."""
        # An erased entry has no content: the choice it recorded counts as taken back.
        kept = [_adopted(entry) for entry in self._ledger.entries(ADOPTED) if entry.content is not None]
        return tuple(reversed(kept))

    def current(self) -> KeywordBank:
        """The bank in use: the one adopted last, or else the starter bank.

        Raises:
            NotFound: the files of the workspace were moved or deleted.
            Conflict: the bank's file was changed.
        """
        adopted = self.adopted()
        if adopted is None:
            return KeywordBank.starter()
        content = self._blobs.get(adopted.digest)
        bank = KeywordBank.kept(content, name=adopted.name, compiled_banks=self._compiled_banks)
        if bank.digest != adopted.digest:
            raise Conflict(
                zh=f"词库 {adopted.name} 的文件已不是采用时的内容；请从备份恢复，或重新采用一个词库",
                en=f"the file of the bank {adopted.name} is not what was adopted; restore it from a backup, "
                "or adopt a bank again",
            )
        return bank


def _adopted(entry: Entry) -> AdoptedBank:
    recorded = cast("dict[str, Json]", entry.content)
    return msgspec.convert(
        {**recorded, "by": entry.actor, "at": entry.time, "entry": str(entry.ref)}, AdoptedBank
    )
