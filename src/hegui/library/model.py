"""What is known of a text that the operator attached."""

from collections.abc import Sequence

from hegui.core import BilingualText, Conflict, Record
from hegui.library.articles import Article, missing_articles, repeated_articles
from hegui.rulebook import Instrument, bare_title

_NAMED = 10


class AttachedText(Record):
    """The official text of an instrument as the operator attached it, without the text itself.

    Attributes:
        instrument: its identifier in the rulebook.
        file: the file's name.
        text: digest of the file.
        articles: digest of the articles it was split into.
        count: how many articles were found.
        known: how many the instrument is known to have; ``None`` where that is not known.
        doubts: what did not fit and was accepted all the same.
        replaces: digest of the file attached before.
        rulebook: digest of the rulebook it was held against.
        by: who attached it.
        at: when, in UTC.
        entry: the ledger entry that records it.
    """

    instrument: str
    file: str
    text: str
    articles: str
    count: int
    known: int | None
    doubts: tuple[BilingualText, ...]
    replaces: str | None
    rulebook: str
    by: str
    at: str
    entry: str


class TextDoubtful(Conflict):
    """A text that may not be the text of the instrument it is attached to.

    Attributes:
        doubts: what does not fit.
    """

    def __init__(self, instrument: str, doubts: Sequence[BilingualText]) -> None:
        """List the doubts."""
        super().__init__(
            zh=f"这可能不是 {instrument} 的文本：{'；'.join(d.zh for d in doubts)}。确认无误可加 --force",
            en=f"this may not be the text of {instrument}: {'; '.join(d.en for d in doubts)}. "
            "If it is, attach it with --force",
        )
        self.doubts = tuple(doubts)


def doubts_about(
    instrument: Instrument, text: str, articles: Sequence[Article], *, others: Sequence[Instrument] = ()
) -> tuple[BilingualText, ...]:
    """What speaks against ``text`` being the text of ``instrument``.

    Args:
        instrument: as the rulebook knows it.
        text: the whole text.
        articles: what it was split into.
        others: further editions of the same law, of which it may be the text instead.
    """
    found = []
    title = bare_title(instrument)
    if _unspaced(title) not in _unspaced(text):
        found.append(BilingualText(zh=f"文中没有出现“{title}”", en=f"the title {title} does not occur in it"))
    count, known = len([a for a in articles if a.id.isdigit()]), instrument.articles
    if known is not None and count != known:
        found.append(
            BilingualText(
                zh=f"该文件应有 {known} 条，文中有 {count} 条",
                en=f"the instrument has {known} articles, the text {count}",
            )
        )
        found += [
            BilingualText(zh=f"条数与 {other.id} 相同", en=f"{other.id} has that many")
            for other in others
            if other.articles == count
        ]
    missing, repeated = missing_articles(articles, known), repeated_articles(articles)
    if missing:
        found.append(BilingualText(zh=f"缺第 {_listed(missing)} 条", en=f"missing: {_listed(missing)}"))
    if repeated:
        found.append(BilingualText(zh=f"第 {_listed(repeated)} 条重复", en=f"twice: {_listed(repeated)}"))
    return tuple(found)


def _listed(identifiers: Sequence[str]) -> str:
    more = ", …" if len(identifiers) > _NAMED else ""
    return ", ".join(identifiers[:_NAMED]) + more


def _unspaced(text: str) -> str:
    return "".join(text.split())
