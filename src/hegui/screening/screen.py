"""A screen: the detectors, and the rules by which findings become actions."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, chain
from operator import add
from typing import NamedTuple

from msgspec import structs

from hegui.core import InvalidInput, digest_value, to_json
from hegui.screening.compiled_bank import matching_digest
from hegui.screening.detector import Detector, Sifting, acting_of, counted
from hegui.screening.fold import Places, fold, folding
from hegui.screening.hidden import HiddenText
from hegui.screening.injection import InjectionDetector
from hegui.screening.judging import (
    NOTHING_KNOWN,
    Circumstances,
    Inquiry,
    Judge,
    JudgeReading,
    Rulings,
)
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keyword_detector import KeywordDetector
from hegui.screening.masking import Masking, mask
from hegui.screening.matcher import LONG
from hegui.screening.model import (
    DEFAULT_RULES,
    INJECTION,
    UNSCREENED,
    Action,
    Category,
    Direction,
    Explanation,
    Finding,
    PersonalInformationKind,
    Rule,
    Screening,
)
from hegui.screening.personal_information.detector import PersonalInformationDetector
from hegui.screening.recurrence import Recurrences
from hegui.screening.retraction import RetractableStream
from hegui.screening.stream import StreamScreen, Watch

Ask = Callable[[Sequence[Inquiry]], Rulings]
"""Asks guard models and waits for their answers; what is left out was not answered."""

_TOGETHER = 1 << 17
"""So many characters of several texts are worth reading at once."""
_BLOCK = 1 << 16
"""So many of one long text are read at once."""
_LONG = 1 << 20
"""From how many characters on a text is read block by block, in no memory to speak of."""


class SameName(InvalidInput):
    """Two detectors of one screen have the same name, so that findings would not say whose they are.

    Attributes:
        name: the name.
    """

    def __init__(self, name: str) -> None:
        """Ask for another name."""
        super().__init__(
            zh=f"有两个检测手段都叫 {name!r}；请为其中一个另取名字",
            en=f"two detectors are called {name!r}; give one of them another name",
        )
        self.name = name


class NothingToLookFor(InvalidInput):
    """A screen without a detector would call every text clean."""

    def __init__(self) -> None:
        """Say what to give."""
        super().__init__(
            zh="筛查没有任何检测手段；请给出关键词库或启用个人信息检测",
            en="the screen has no detector; give it a keyword bank or personal information",
        )


class _Key:
    """A key that no representation shows."""

    __slots__ = ("value",)

    def __init__(self, value: bytes | None) -> None:
        self.value = value


class Screen:
    """Reads a text and says what is in it and what to do about that.

    A screen is immutable, holds no text, and may be used by many threads and sent to other processes.
    """

    def __init__(  # noqa: PLR0913 - what is looked for and what follows, each under its name
        self,
        *,
        keywords: KeywordBank | None,
        personal_information: bool | Collection[PersonalInformationKind] = True,
        injection: bool = True,
        judges: Sequence[Judge] = (),
        rules: Sequence[Rule] = DEFAULT_RULES,
        masking_key: bytes | None = None,
        ask: Ask | None = None,
        recurrences: Recurrences | None = None,
    ) -> None:
        """Declare what is looked for and what follows.

        Args:
            keywords: the words to look for; ``None`` for none.
            personal_information: whether to look for personal information, or the kinds to look for.
            injection: whether to look for prompt injection, with the rest; alone it makes no screen.
            judges: the classifiers and guard models that read whole passages.
            rules: what is done about each finding, by direction; the first that fits decides.
            masking_key: makes the pseudonyms that rules ask for; a workspace has one.
            ask: asks the guard models and waits for them, where :meth:`scan` is called without answers.
            recurrences: what a person blocked; its rules decide before all others.

        Raises:
            NothingToLookFor: there is neither a bank nor personal information nor a judge.
            NoMaskingKey: a rule asks for pseudonyms, and there is no key.
            SameName: two detectors have the same name.
        """
        detectors: list[Detector] = []
        if keywords is not None:
            detectors.append(KeywordDetector(keywords))
        if personal_information is True:
            detectors.append(PersonalInformationDetector())
        elif personal_information:
            detectors.append(PersonalInformationDetector(personal_information))
        foremost: tuple[Rule, ...] = ()
        own_rules, own_judges = tuple(rules), tuple(judges)
        if recurrences is not None:
            detectors += recurrences.detectors
            judges = (*judges, *recurrences.judges)
            foremost = recurrences.rules
        if not (detectors or judges):
            raise NothingToLookFor
        hidden = HiddenText()
        if injection:
            detectors.append(InjectionDetector())
        every: list[Detector | Judge | HiddenText] = [*detectors, *judges, *([hidden] if injection else ())]
        names = Counter(each.name for each in every)
        for name, count in names.items():
            if count > 1:
                raise SameName(name)
        self.keywords = keywords
        self.rules = (*foremost, *own_rules)
        self._recurrences = recurrences
        self._own_rules = own_rules
        self._again = partial(
            Screen,
            keywords=keywords,
            personal_information=personal_information,
            injection=injection,
            judges=own_judges,
            ask=ask,
            recurrences=recurrences,
        )
        self._key = _Key(masking_key)
        self._every = tuple(every)
        self._ask = ask
        self._rules = {
            direction: {
                category: rule
                for each in every
                for category in each.categories
                if (rule := self.deciding(category, direction)) is not None
            }
            for direction in Direction
        }
        self._watches: dict[Direction, Watch] = {}
        for direction, deciding in self._rules.items():
            looking = tuple(d for d in detectors if not deciding.keys().isdisjoint(d.categories))
            acting = frozenset(each for each, rule in deciding.items() if rule.action is not Action.ALLOW)
            covers = {category: rule.cover for category, rule in deciding.items()}
            self._watches[direction] = Watch(
                detectors=looking,
                judges=tuple(judge for judge in judges if direction in judge.directions),
                hidden=None if deciding.keys().isdisjoint(hidden.categories) else hidden,
                actions={category: rule.action for category, rule in deciding.items()},
                acting=tuple(acting_of(detector, acting) for detector in looking),
                masking=Masking(covers, key=masking_key),
            )
        self.digest = digest_value(
            {
                "matching": matching_digest(),
                "detectors": self.digests,
                "rules": to_json(self.rules),
                "masking_key": next(
                    filter(None, (w.masking.fingerprint for w in self._watches.values())), None
                ),
            }
        )

    def under(self, rules: Sequence[Rule]) -> "Screen":
        """The same screen with other rules before its own, as for users who are minors.

        Args:
            rules: they decide first, but for what a person blocked.
        """
        return self._again(masking_key=self._key.value, rules=(*rules, *self._own_rules)) if rules else self

    @property
    def recalling(self) -> "Screen | None":
        """What a person blocked, and nothing else; ``None`` where nobody did."""
        if self._recurrences is None:
            return None
        return Screen(
            keywords=None,
            personal_information=False,
            injection=False,
            rules=(),
            recurrences=self._recurrences,
        )

    def without(self, judges: Collection[str]) -> "Screen":
        """The same screen, without some of its judges.

        Args:
            judges: their names.

        Raises:
            NothingToLookFor: nothing else is looked for.
        """
        kept = tuple(each for each in self._again.keywords["judges"] if each.name not in judges)
        return self._again(judges=kept, masking_key=self._key.value, rules=self._own_rules)

    def scan(
        self,
        text: str,
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings | None = None,
    ) -> tuple[Finding, ...]:
        """Everything that the rules of ``direction`` ask to look for, in order of place.

        Args:
            text: any text, of any length.
            direction: which way it travels.
            prompt: what the text answers, where that is known.
            known: the answers to :meth:`inquiries`; without them the guard models are asked now, and
                waited for. What is not answered is unscreened.

        Returns:
            Findings with offsets in ``text``.
        """
        watch = self._watches[direction]
        spans = self._spans(text, watch) if len(text) < _LONG else _long_spans(text, watch)
        if not watch.judges:
            return tuple(spans)
        if known is None:
            known = self.answers(self.inquiries(text, direction, prompt=prompt))
        given = Circumstances(direction, prompt, known)
        return tuple(self._in_order([*spans, *self._judged(text, given)]))

    def inquiries(
        self, text: str, direction: Direction = Direction.OUTPUT, *, prompt: str = ""
    ) -> tuple[Inquiry, ...]:
        """What has to be asked to screen a whole text; nothing where no guard model is declared."""
        given = Circumstances(direction, prompt, NOTHING_KNOWN)
        asked = (
            inquiry
            for judge in self._watches[direction].judges
            for inquiry in JudgeReading(judge, given).inquiries(text, complete=True)
        )
        return tuple(dict.fromkeys(asked))

    def answers(self, inquiries: Iterable[Inquiry]) -> Rulings:
        """What the guard models say, asked all at once and waited for; see :meth:`inquiries`.

        What is not answered is left out.
        """
        asked = tuple(dict.fromkeys(inquiries))
        return self._ask(asked) if self._ask and asked else NOTHING_KNOWN

    def scan_many(
        self,
        texts: Iterable[str],
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings | None = None,
    ) -> Iterator[tuple[Finding, ...]]:
        """What :meth:`scan` says of each text, several times as fast where texts are short.

        Args:
            texts: any texts, of any length; as many are held at once as make a block.
            direction: which way they travel.
            prompt: what they answer, where that is known.
            known: the answers to the :meth:`inquiries` about each; see :meth:`scan`.

        Yields:
            The findings of each text, in the order of the texts.
        """
        block: list[str] = []
        length = 0
        for text in texts:
            if len(text) >= _LONG:
                yield from self._scan_block(block, direction, prompt, known)
                yield self.scan(text, direction, prompt=prompt, known=known)
                block, length = [], 0
                continue
            block.append(text)
            length += len(text)
            if length >= _TOGETHER:
                yield from self._scan_block(block, direction, prompt, known)
                block, length = [], 0
        if block:
            yield from self._scan_block(block, direction, prompt, known)

    def _scan_block(
        self, texts: list[str], direction: Direction, prompt: str, known: Rulings | None
    ) -> Iterator[tuple[Finding, ...]]:
        watch = self._watches[direction]
        spans = self._spans_of_many(texts, watch)
        if not watch.judges:
            yield from spans
            return
        if known is None:
            asked = (inquiry for text in texts for inquiry in self.inquiries(text, direction, prompt=prompt))
            known = self.answers(asked)
        given = Circumstances(direction, prompt, known)
        for text, found in zip(texts, spans, strict=True):
            yield tuple(self._in_order([*found, *self._judged(text, given)]))

    def _spans_of_many(self, texts: list[str], watch: Watch) -> list[tuple[Finding, ...]]:
        # Nothing that is looked for holds a line's end, and to every detector it is as good as the text's
        # end, so that texts joined by it are read as each would be alone.
        found: list[tuple[Finding, ...]] = [()] * len(texts)
        findings = self._spans("\n".join(texts), watch)
        ends = list(map(add, accumulate(map(len, texts)), range(len(texts)))) if findings else []
        for finding in findings:
            index = bisect_right(ends, finding.start)
            found[index] += (_moved(finding, len(texts[index]) - ends[index]),)
        return found

    def _spans(self, text: str, watch: Watch) -> list[Finding]:
        folded = fold(text) if len(text) < LONG else _sifted(text, watch)
        found = []
        for each in watch.detectors:
            # A line of chat is read in five microseconds: a comprehension would be seen.
            if occurrences := each.occurrences(folded, 0):
                found.append((each.name, counted(occurrences)))  # noqa: PERF401 - see above
        hidden = watch.hidden.findings(text) if watch.hidden and len(folded) < len(text) else []
        if not found:
            return hidden
        way_back = Places(text, folded, folding())
        findings = [
            Finding(
                risk=category.risk,
                detector=name,
                kind=category.kind,
                start=way_back[start],
                end=way_back[end - 1] + 1,
                level=category.level,
            )
            for name, occurrences in found
            for start, end, category in occurrences
            if category in watch.actions
        ]
        return self._in_order(findings + hidden)

    def _judged(self, text: str, given: Circumstances) -> Iterator[Finding]:
        watch = self._watches[given.direction]
        for judge in watch.judges:
            for finding in JudgeReading(judge, given).settle(text, complete=True):
                if finding.category in watch.actions:
                    yield finding

    @staticmethod
    def _in_order(findings: list[Finding]) -> list[Finding]:
        findings.sort(key=lambda finding: finding.order)
        return findings

    @property
    def digests(self) -> dict[str, str]:
        """The digest of everything that looks for something, by name."""
        return {each.name: each.digest for each in self._every}

    def action(self, finding: Finding, direction: Direction) -> Action:
        """What the rules say is to be done about a finding of this screen."""
        return self._watches[direction].actions[finding.category]

    def severest(self, findings: Iterable[Finding], direction: Direction) -> Action:
        """The severest action that any of the findings calls for; ``ALLOW`` where there is none."""
        actions = (self.action(finding, direction) for finding in findings)
        return max(actions, key=lambda action: action.severity, default=Action.ALLOW)

    def examine(
        self,
        text: str,
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings | None = None,
    ) -> Screening:
        """Scan a whole text, decide about it, and cover what may not pass; see :meth:`scan`."""
        return self._decided(text, self.scan(text, direction, prompt=prompt, known=known), direction)

    def examine_many(
        self, texts: Sequence[str], direction: Direction = Direction.OUTPUT
    ) -> Iterator[Screening]:
        """What :meth:`examine` says of each text; guard models are asked about many at a time."""
        for text, findings in zip(texts, self.scan_many(texts, direction), strict=True):
            yield self._decided(text, findings, direction)

    def _decided(self, text: str, findings: tuple[Finding, ...], direction: Direction) -> Screening:
        covered = (finding for finding in findings if self.action(finding, direction) is not Action.ALLOW)
        return Screening(
            direction=direction,
            action=self.severest(findings, direction),
            findings=findings,
            masked=mask(text, covered, self._watches[direction].masking),
        )

    def stream(
        self,
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings = NOTHING_KNOWN,
    ) -> StreamScreen:
        """A screen for one text that arrives in pieces; every judge is waited for."""
        return StreamScreen(self, direction, prompt=prompt, known=known)

    def retractable_stream(
        self,
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings = NOTHING_KNOWN,
    ) -> RetractableStream:
        """The same for whoever can take back what was shown: judges declared so are not waited for."""
        return RetractableStream(self, direction, prompt=prompt, known=known)

    def decisions(self, direction: Direction) -> Mapping[Category, Rule]:
        """Everything that is looked for in ``direction``, with the rule that decides about it."""
        watch = self._watches[direction]
        hidden = () if watch.hidden is None else (watch.hidden,)
        watching: tuple[Detector | Judge | HiddenText, ...] = (*watch.detectors, *watch.judges, *hidden)
        looked_for = {category for each in watching for category in each.categories}
        rules = self._rules[direction]
        return {category: rule for category, rule in rules.items() if category in looked_for}

    @property
    def idle_rules(self) -> tuple[Rule, ...]:
        """The rules that decide about nothing that is looked for at present."""
        deciding = {rule for direction in Direction for rule in self.decisions(direction).values()}
        return tuple(rule for rule in self.rules if rule not in deciding)

    def watch(self, direction: Direction) -> Watch:
        """What is looked for in ``direction`` and what is done about it."""
        return self._watches[direction]

    def explain(self, finding: Finding, text: str, direction: Direction = Direction.OUTPUT) -> Explanation:
        """Why this screen found what it found in ``text``, and which rule decided what follows.

        Args:
            finding: one of this screen's findings.
            text: the original text that it was found in.
            direction: the direction it was found in.
        """
        detector = next(each for each in self._every if each.name == finding.detector)
        matched = text[finding.start : finding.end]
        account = detector.account(matched, finding.category)
        return Explanation(
            finding=finding,
            matched=matched,
            pattern=account.pattern,
            source=account.source,
            detector_digest=detector.digest,
            rule=self._rules[direction][finding.category],
        )

    def deciding(self, category: Category, direction: Direction) -> Rule | None:
        """The rule that decides about findings of a category; ``None`` where they are not looked for."""
        fitting = (rule for rule in self.rules if rule.direction is direction and rule.fits(category))
        return next(fitting, _UNRULED.get((category.risk, direction)))


_UNRULED = {
    # What could not be judged may not pass unless a rule lets it; what speaks to the model is recorded.
    **{
        (UNSCREENED, direction): Rule(direction=direction, risk=UNSCREENED, action=Action.BLOCK)
        for direction in Direction
    },
    (INJECTION, Direction.INPUT): Rule(direction=Direction.INPUT, risk=INJECTION, action=Action.ALLOW),
}


def _sifted(text: str, watch: Watch) -> str:
    from hegui.screening.sieve import together  # noqa: PLC0415 - who reads nothing long needs no arrays

    sifting = (each.sieves for each in watch.detectors if isinstance(each, Sifting))
    return together(*chain.from_iterable(sifting)).block(text)


def _moved(finding: Finding, distance: int) -> Finding:
    return structs.replace(finding, start=finding.start + distance, end=finding.end + distance)


class _Recording(NamedTuple):
    """A watch of which nothing follows, whatever is found."""

    watched: Watch

    def watch(self, direction: Direction) -> Watch:
        del direction
        recorded = dict.fromkeys(self.watched.actions, Action.ALLOW)
        return self.watched._replace(judges=(), actions=recorded)


def _long_spans(text: str, watch: Watch) -> list[Finding]:
    """What detectors find in a long text, read as a stream is: however it is cut, they find the same."""
    stream = StreamScreen(_Recording(watch))
    pieces = (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
    found = [finding for piece in pieces for finding in stream.feed(piece).findings]
    return [*found, *stream.finish().findings]
