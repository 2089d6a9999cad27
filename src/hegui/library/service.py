"""The library: official texts that the operator attached."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec

from hegui.core import Json, canonical_json, to_json
from hegui.ledger import Entry, Ledger
from hegui.library.articles import Article, split_articles
from hegui.library.documents import read_file, text_of
from hegui.library.model import AttachedText, TextDoubtful, doubts_about
from hegui.rulebook import Rulebook, editions
from hegui.store import Blobs, Database

ATTACHED = "rulebook.text_attached"


class Library:
    """Keeps the official texts of instruments, each with its digest and who attached it when."""

    def __init__(self, *, database: Database, blobs: Blobs, ledger: Ledger, rulebook: Rulebook) -> None:
        """Keep texts in ``blobs``; the ledger says which text belongs to which instrument."""
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook

    def attach(self, instrument: str, path: Path, *, force: bool = False) -> AttachedText:
        """Keep the official text of an instrument, and record it as ``rulebook.text_attached``.

        A text that is the latest one already is not recorded twice; a newer one takes its place, and the
        history keeps both.

        Args:
            instrument: its identifier in the rulebook.
            path: a plain text, Markdown or Word file.
            force: keep it although it may not be the text of that instrument; the doubts are recorded.

        Raises:
            NotFound: there is no such instrument or file.
            UnreadableText: no text can be taken from the file.
            NoArticles: no line begins with 第…条.
            TextDoubtful: title, count or numbers do not fit, and ``force`` is not given.
        """
        known = self._rulebook.instrument(instrument)
        data = read_file(path)
        text = text_of(path, data)
        articles = split_articles(text, name=path.name)
        doubts = doubts_about(known, text, articles, others=editions(self._rulebook, known))
        if doubts and not force:
            raise TextDoubtful(known.id, doubts)
        digest = self._blobs.put(data)
        split = self._blobs.put(canonical_json(to_json(articles)))
        before = self.attached(known.id)
        if before is not None and (before.text, before.articles) == (digest, split):
            return before
        content: Json = {
            "instrument": known.id,
            "file": path.name,
            "text": digest,
            "articles": split,
            "count": len([article for article in articles if article.id.isdigit()]),
            "known": known.articles,
            "doubts": to_json(doubts),
            "replaces": before.text if before else None,
            "rulebook": self._rulebook.digest,
        }
        with self._database.write() as connection:
            ref = self._ledger.record(connection, kind=ATTACHED, content=content)
        return _attached(self._ledger.entry(ref))

    def attached(self, instrument: str) -> AttachedText | None:
        """The latest text attached to an instrument; ``None`` where there is none."""
        return next(iter(self.history(instrument)), None)

    def history(self, instrument: str) -> tuple[AttachedText, ...]:
        """Every text attached to an instrument, the latest first."""
        return tuple(reversed([text for text in self._texts() if text.instrument == instrument]))

    def articles(self, attached: AttachedText) -> tuple[Article, ...]:
        """The articles of an attached text.

        Raises:
            NotFound: the files of the workspace were moved or deleted.
        """
        return msgspec.json.decode(self._blobs.get(attached.articles), type=tuple[Article, ...])

    def _texts(self) -> Iterator[AttachedText]:
        # An erased entry has no content: the text it recorded counts as taken back.
        return (_attached(entry) for entry in self._ledger.entries(ATTACHED) if entry.content is not None)


def _attached(entry: Entry) -> AttachedText:
    recorded = cast("dict[str, Json]", entry.content)
    return msgspec.convert(
        {**recorded, "by": entry.actor, "at": entry.time, "entry": str(entry.ref)}, AttachedText
    )
