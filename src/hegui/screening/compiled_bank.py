"""A bank made ready for searching, and the files in which that is kept between two runs."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from hegui.core import digest_value
from hegui.screening.fold import fold, fold_digest
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import Lexicon, MatchMode, Spelling
from hegui.screening.matcher import MatcherKind, MatcherMissing
from hegui.screening.model import Category
from hegui.screening.separation import MOST_SEPARATORS, SEPARATORS

_FORMAT = 2
_KEPT_FILES = 4
_CHECK = 4


class CompiledBank:
    """What a bank's words are about, and the lexicon that finds them; labels number the categories."""

    def __init__(self, categories: Sequence[Category], lexicon: Lexicon) -> None:
        """Put both together."""
        self.categories = tuple(categories)
        self.lexicon = lexicon

    @classmethod
    def of(cls, keywords: Iterable[Keyword], *, kinds: Sequence[MatcherKind] = ()) -> Self:
        """Compile keywords for the automata of these kinds; the usual one where none is named."""
        numbers: dict[Category, int] = {}
        forms = [
            form
            for keyword in keywords
            for form in spelled(keyword, numbers.setdefault(keyword.category, len(numbers)))
        ]
        return cls(tuple(numbers), Lexicon(forms, kinds=kinds))

    @classmethod
    def load(cls, dump: bytes | memoryview, *, kinds: Sequence[MatcherKind] = ()) -> Self:
        """What ``dump`` was made from, with the same kinds of automata.

        Raises:
            ValueError: it is something else.
        """
        categories, lexicon = msgspec.msgpack.decode(dump, type=tuple[list[Category], memoryview])
        return cls(categories, Lexicon.load(lexicon, kinds=kinds))

    def dump(self) -> bytes:
        """All of it as bytes."""
        return msgspec.msgpack.encode((self.categories, self.lexicon.dump()))


def spelled(keyword: Keyword, label: int) -> Iterator[Spelling]:
    """The forms in which a keyword is found: its text, and its pinyin and initials where it has them."""
    contexts = tuple(map(fold, keyword.unless)) if keyword.unless else ()
    yield Spelling(fold(keyword.text), keyword.match, label, contexts)
    for text in dict.fromkeys(keyword.in_latin) if keyword.pinyin else ():
        yield Spelling(text, MatchMode.WHOLE_WORD, label)


def matching_digest() -> str:
    """The digest of everything beside the bank that decides where its words are found."""
    return digest_value({"fold": fold_digest(), "separators": SEPARATORS, "most": MOST_SEPARATORS})


class CompiledBanks:
    """A folder of compiled banks, each under the digest of all that it was made from.

    A file that is missing or damaged is made anew, and any number of processes may use the folder. Nothing
    but time is lost with it.
    """

    def __init__(self, folder: Path, *, kinds: Sequence[MatcherKind] = ()) -> None:
        """Keep files in ``folder``, for the automata of these kinds; the usual one where none is named.

        Raises:
            MatcherMissing: an automaton's package is not installed.
        """
        self._folder = folder
        self._kinds = tuple(kinds) or (MatcherKind.usual(),)
        for kind in self._kinds:
            if not kind.installed:
                raise MatcherMissing(kind)

    def compiled(self, digest: str, keywords: Callable[[], Iterable[Keyword]]) -> CompiledBank:
        """The bank with this digest, ready for searching.

        Args:
            digest: of the bank.
            keywords: gives its words, where they have to be compiled.
        """
        path = self._path(digest)
        with suppress(OSError, ValueError):
            return CompiledBank.load(_checked(path.read_bytes()), kinds=self._kinds)
        compiled = CompiledBank.of(keywords(), kinds=self._kinds)
        dump = compiled.dump()
        from hegui.store import write_whole  # noqa: PLC0415 - who only searches needs no database

        # Where nothing can be kept, the next run compiles again.
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, zlib.crc32(dump).to_bytes(_CHECK, "big") + dump)
            self._forget_old()
        return compiled

    def _path(self, digest: str) -> Path:
        from importlib.metadata import version  # noqa: PLC0415 - it takes a twentieth of a worker's start

        made_from = digest_value(
            {
                "format": _FORMAT,
                "bank": digest,
                "matching": matching_digest(),
                "automata": {kind.value: version(kind.value) for kind in self._kinds},
            }
        )
        return self._folder / made_from.removeprefix("sha256:")

    def _forget_old(self) -> None:
        files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in files[:-_KEPT_FILES]:
            file.unlink(missing_ok=True)


def _checked(data: bytes) -> memoryview:
    dump = memoryview(data)[_CHECK:]
    if zlib.crc32(dump).to_bytes(_CHECK, "big") != data[:_CHECK]:
        raise ValueError("damaged")
    return dump
