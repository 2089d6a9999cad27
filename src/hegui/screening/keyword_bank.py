"""Keyword banks: immutable sets of keywords, each known by the digest of its content."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from importlib import resources
from operator import attrgetter
from pathlib import Path
from typing import Self

import msgspec

from hegui.core import InvalidDocument, Record, digest_bytes, load_document, read_text
from hegui.screening.compiled_bank import CompiledBank, CompiledBanks
from hegui.screening.keywords import Keyword, Level, UnusableKeyword, check
from hegui.screening.lexicon import MatchMode


class KeywordBank:
    """An immutable set of words.

    Basis:
        TC260-003 8.1
    """

    def __init__(self, keywords: Iterable[Keyword], *, name: str) -> None:
        """Keep each distinct word once.

        Args:
            keywords: the words, in any order.
            name: what people call the bank.

        Raises:
            UnusableKeyword: a word holds nothing that is seen, or control characters, or something
                impossible is said of it.
        """
        self.name = name
        self.keywords = tuple(_in_order(keywords))
        for keyword in self.keywords:
            check(keyword)
        self._compiled_banks: CompiledBanks | None = None

    @classmethod
    def kept(cls, content: bytes, *, name: str, compiled_banks: CompiledBanks) -> Self:
        """The bank whose :attr:`content` was kept; its words are not read before somebody asks for them.

        Args:
            content: of a bank that was made before.
            name: what people call it.
            compiled_banks: where it is, or is going to be, kept ready for searching.
        """
        bank = cls.__new__(cls)
        bank.name = name
        bank.content = content
        bank._compiled_banks = compiled_banks  # noqa: SLF001 - its own class
        return bank

    def __getstate__(self) -> dict[str, object]:
        """Travel to another process with the words as one text; there hardly anybody asks for each."""
        self.content  # noqa: B018 - made where it has not been yet
        return {name: each for name, each in vars(self).items() if name != "keywords"}

    def __len__(self) -> int:
        """The number of words."""
        return len(self.keywords)

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same words, whatever they are called."""
        return isinstance(other, KeywordBank) and self.digest == other.digest

    def __hash__(self) -> int:
        """Agrees with equality."""
        return hash(self.digest)

    @cached_property
    def keywords(self) -> tuple[Keyword, ...]:
        """The words, sorted."""
        return msgspec.json.decode(self.content, type=tuple[Keyword, ...])

    @cached_property
    def content(self) -> bytes:
        """The words and all that is said of them as JSON; the bank's name is not part of it."""
        return msgspec.json.encode(self.keywords)

    @cached_property
    def digest(self) -> str:
        """The digest of :attr:`content`."""
        return digest_bytes(self.content)

    @cached_property
    def compiled(self) -> CompiledBank:
        """The bank ready for searching."""
        if self._compiled_banks is None:
            return CompiledBank.of(self.keywords)
        return self._compiled_banks.compiled(self.digest, lambda: self.keywords)

    @classmethod
    def starter(cls) -> Self:
        """The small bank that Hegui ships: plainly harmful phrases, to begin with and to try things out.

        It is far from the size that the law asks of a service: see the parameter ``keyword-bank-size``.
        """
        packaged = resources.files("hegui.screening").joinpath("data", "starter.yaml")
        with resources.as_file(packaged) as path:
            return cls.from_document(path)

    @classmethod
    def from_document(cls, path: Path) -> Self:
        """Read a bank from a YAML or JSON document.

        It holds ``name``, ``source``, ``added_on`` and ``groups``; each group a ``risk``, a ``kind``, and
        ``words``, ``separated_words`` or ``whole_words``. A word is a text, or an object with ``text``,
        ``pinyin``, ``initials`` and ``unless`` as :class:`Keyword` has them.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it is no such document, or a word of it is not usable.
        """
        document = load_document(path, _Document)
        try:
            return cls(document.keywords, name=document.name)
        except UnusableKeyword as error:
            line = _line_of(read_text(path), error.keyword.text)
            raise InvalidDocument(
                path=path, line=line, field="", zh=error.text.zh, en=error.text.en
            ) from error


class _Word(Record):
    text: str
    pinyin: str = ""
    initials: bool = False
    unless: tuple[str, ...] = ()


class _Group(Record):
    risk: str
    kind: str
    level: Level = Level.HIGH
    source: str | None = None
    added_on: dt.date | None = None
    words: tuple[str | _Word, ...] = ()
    separated_words: tuple[str | _Word, ...] = ()
    whole_words: tuple[str | _Word, ...] = ()


class _Document(Record):
    name: str
    source: str
    added_on: dt.date
    groups: tuple[_Group, ...]

    @property
    def keywords(self) -> list[Keyword]:
        """Every word with what its group and the document say of it."""
        return [
            Keyword(
                text=word.text,
                risk=group.risk,
                kind=group.kind,
                level=group.level,
                source=group.source or self.source,
                added_on=group.added_on or self.added_on,
                match=mode,
                pinyin=word.pinyin,
                initials=word.initials,
                unless=word.unless,
            )
            for group in self.groups
            for mode, words in (
                (MatchMode.EXACT, group.words),
                (MatchMode.SEPARATED, group.separated_words),
                (MatchMode.WHOLE_WORD, group.whole_words),
            )
            for word in (_Word(text=each) if isinstance(each, str) else each for each in words)
        ]


def _in_order(keywords: Iterable[Keyword]) -> list[Keyword]:
    """Each distinct word once, by its text; where a text is there twice, by all that is said of it, too."""
    distinct = dict.fromkeys(keywords)
    text = attrgetter("text")
    alone = len(set(map(text, distinct))) == len(distinct)
    return sorted(distinct, key=text if alone else _order)


def _order(keyword: Keyword) -> tuple[object, ...]:
    return (
        keyword.text,
        keyword.risk,
        keyword.kind,
        keyword.level,
        keyword.match,
        keyword.source,
        str(keyword.added_on),
        keyword.pinyin,
        keyword.initials,
        keyword.unless,
    )


def _line_of(text: str, word: str) -> int:
    """The first line that holds the word; 1 where it is written with escapes and cannot be seen."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if word and word in line), 1)
