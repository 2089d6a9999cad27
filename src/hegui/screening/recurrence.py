"""What must not come again: words and whole texts that a person blocked after illegal content was found.

A whole text is known by a keyed digest of its letters alone, so that the text is not kept here and spaces or
punctuation do not make it another one. Only what is asked is compared as a whole: an answer would have to be
held back to its end. What answers must not say is named by words.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

import msgspec

from hegui.core import BilingualText, InvalidInput, Json, Record, digest_value, to_json
from hegui.screening.detector import Account, Detector
from hegui.screening.fold import fold
from hegui.screening.judging import Inquiry, Judge, ReleaseMode, Ruling
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keyword_detector import KeywordDetector
from hegui.screening.keywords import Keyword, Level
from hegui.screening.model import ANY, Action, Category, Direction, Rule
from hegui.screening.passages import Passage, Passages, PassageUnit

RECURRENCE = "recurrence"
"""The kind of findings of what was blocked by a person."""

_SHORTEST = 2
_PLACE = b"hegui/recurrence\x00"
_NO_LETTERS = re.compile(r"[\W_]+")


class UnusableRecurrence(InvalidInput):
    """A rule that would block nothing, or nearly everything."""


class RecurrenceRule(Record):
    """What a person blocked after illegal content was found.

    Attributes:
        id: its number; the same for the same rule.
        incident: the incident it belongs to.
        risk: what it is about, as ``A.1.f``.
        words: what neither requests nor answers may hold.
        texts: keyed digests of whole texts that must not be asked again.
    """

    id: str
    incident: str
    risk: str
    words: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, *, incident: str, risk: str, words: Iterable[str], texts: Iterable[str], key: bytes
    ) -> "RecurrenceRule":
        """The rule that blocks words and texts.

        Args:
            incident: what it belongs to.
            risk: what it is about.
            words: what neither requests nor answers may hold.
            texts: what must not be asked again.
            key: keys the digests of the texts.

        Raises:
            UnusableRecurrence: there is nothing to block, or a word of one letter.
            UnusableKeyword: a word cannot be looked for, or there is no such risk.
        """
        blocked: dict[str, Json] = {
            "incident": incident,
            "risk": risk,
            "words": list(dict.fromkeys(words)),
            "texts": [digest for digest in dict.fromkeys(text_digest(text, key) for text in texts) if digest],
        }
        identifier = digest_value(blocked).removeprefix("sha256:")[:16]
        rule = msgspec.convert({"id": identifier, **blocked}, cls)
        if not (rule.words or rule.texts):
            raise UnusableRecurrence(
                zh="没有可拦截的内容；请给出词语或原文", en="there is nothing to block; name words or a text"
            )
        for word in rule.words:
            if len(_letters(word)) < _SHORTEST:
                raise UnusableRecurrence(
                    zh=f"“{word}”太短，会拦截几乎一切；请写长些",
                    en=f"“{word}” is so short that it would block nearly everything; make it longer",
                )
        KeywordBank(rule.keywords, name=RECURRENCE)
        return rule

    @property
    def keywords(self) -> Sequence[Keyword]:
        """The words, as banks have them."""
        return [
            Keyword(text=word, risk=self.risk, kind=RECURRENCE, source=f"incident {self.incident}")
            for word in self.words
        ]


class Recurrences:
    """The recurrence rules in force, as parts of a screen."""

    def __init__(self, rules: Sequence[RecurrenceRule], *, key: bytes) -> None:
        """Make detectors of rules.

        Args:
            rules: those in force.
            key: keys the digests of texts; the one they were made with.
        """
        words = [keyword for rule in rules for keyword in rule.keywords]
        texts = {digest: rule.risk for rule in rules for digest in rule.texts}
        self.detectors: Sequence[Detector] = (
            [KeywordDetector(KeywordBank(words, name=RECURRENCE), name=f"{RECURRENCE}:words")]
            if words
            else []
        )
        self.judges: Sequence[Judge] = (RepeatedTexts(texts, key=key),) if texts else ()
        self.rules = tuple(
            Rule(direction=direction, risk=ANY, kind=RECURRENCE, action=Action.BLOCK)
            for direction in (Direction.INPUT, Direction.OUTPUT)
            if rules
        )
        """What is blocked is blocked, whatever other rules say."""


class RepeatedTexts:
    """Knows whole texts again by their digests; see :class:`hegui.screening.judging.Judge`."""

    name = f"{RECURRENCE}:texts"
    directions = frozenset({Direction.INPUT})
    passages = Passages(unit=PassageUnit.WHOLE, context=0)
    release = ReleaseMode.HOLD

    def __init__(self, risks: dict[str, str], *, key: bytes) -> None:
        """Know texts again.

        Args:
            risks: the risk of each text, by its digest.
            key: keys the digests.
        """
        self._risks = risks
        self._key = key
        self.digest = digest_value(to_json(risks))

    @property
    def categories(self) -> Sequence[Category]:
        """One for each risk."""
        return [_category(risk) for risk in sorted(set(self._risks.values()))]

    def inquiry(self, _passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """Nobody is asked."""
        del direction, prompt
        return None

    def rule(self, passage: Passage, _direction: Direction) -> Sequence[Ruling]:
        """The risk for which the text was blocked."""
        risk = self._risks.get(text_digest(passage.text, self._key))
        return () if risk is None else (Ruling(_category(risk), None),)

    def account(self, _matched: str, _category: Category) -> Account:
        """That somebody asked the same before."""
        return Account(
            pattern=BilingualText(zh="与已拦截的原文相同", en="the same text was blocked before"),
            source=RECURRENCE,
        )


def text_digest(text: str, key: bytes) -> str:
    """The keyed digest by which a text is known again; empty for a text without letters."""
    letters = _letters(text)
    return hmac.new(key, _PLACE + letters.encode(), hashlib.sha256).hexdigest() if letters else ""


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", fold(text))


def _category(risk: str) -> Category:
    return Category(risk=risk, kind=RECURRENCE, level=str(Level.HIGH))
