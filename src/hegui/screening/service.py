"""The bank that a workspace screens with: every version it ever adopted, and evidence of each choice."""

from typing import cast

import msgspec

from hegui.core import Json, Record
from hegui.ledger import Entry, Ledger
from hegui.screening.keywords import Keyword, KeywordBank
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

    def __init__(self, *, database: Database, blobs: Blobs, ledger: Ledger) -> None:
        """Keep versions in ``blobs``."""
        self._database = database
        self._blobs = blobs
        self._ledger = ledger

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
            "digest": self._blobs.put(msgspec.json.encode(bank.keywords)),
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
        """
        adopted = self.adopted()
        if adopted is None:
            return KeywordBank.starter()
        words = msgspec.json.decode(self._blobs.get(adopted.digest), type=tuple[Keyword, ...])
        return KeywordBank(words, name=adopted.name)


def _adopted(entry: Entry) -> AdoptedBank:
    recorded = cast("dict[str, Json]", entry.content)
    return msgspec.convert(
        {**recorded, "by": entry.actor, "at": entry.time, "entry": str(entry.ref)}, AdoptedBank
    )
