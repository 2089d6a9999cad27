"""A screen: the detectors, and the rules by which findings become actions."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import structs

from hegui.core import InvalidInput, digest_value, to_json
from hegui.screening.compiled_bank import matching_digest
from hegui.screening.detector import Detector, Reading
from hegui.screening.fold import fold_with_places
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
from hegui.screening.model import (
    DEFAULT_RULES,
    UNSCREENED,
    Action,
    Category,
    Direction,
    Explanation,
    Finding,
    Rule,
    Screening,
)
from hegui.screening.personal_information.detector import PersonalInformationDetector
from hegui.screening.retraction import RetractableStream
from hegui.screening.stream import StreamScreen, Watch

Ask = Callable[[Sequence[Inquiry]], Rulings]
"""Asks guard models and waits for their answers; what is left out was not answered."""

_BLOCK = 1 << 15
"""How many characters make a block worth reading at once."""


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


class Screen:
    """Reads a text and says what is in it and what to do about that.

    A screen is immutable, holds no text, and may be used by many threads and sent to other processes.
    """

    def __init__(
        self,
        *,
        keywords: KeywordBank | None,
        personal_information: bool = True,
        judges: Sequence[Judge] = (),
        rules: Sequence[Rule] = DEFAULT_RULES,
        masking_key: bytes | None = None,
        ask: Ask | None = None,
    ) -> None:
        """Declare what is looked for and what follows.

        Args:
            keywords: the words to look for; ``None`` for none.
            personal_information: whether to look for personal information.
            judges: the classifiers and guard models that read whole passages.
            rules: what is done about each finding, by direction; the first that fits decides.
            masking_key: makes the pseudonyms that rules ask for; a workspace has one.
            ask: asks the guard models and waits for them, where :meth:`scan` is called without answers.

        Raises:
            NothingToLookFor: there is neither a bank nor personal information nor a judge.
            NoMaskingKey: a rule asks for pseudonyms, and there is no key.
            SameName: two detectors have the same name.
        """
        detectors: list[Detector] = []
        if keywords is not None:
            detectors.append(KeywordDetector(keywords))
        if personal_information:
            detectors.append(PersonalInformationDetector())
        every: list[Detector | Judge] = [*detectors, *judges]
        if not every:
            raise NothingToLookFor
        names = Counter(each.name for each in every)
        for name, count in names.items():
            if count > 1:
                raise SameName(name)
        self.keywords = keywords
        self.rules = tuple(rules)
        self._every = tuple(every)
        self._ask = ask
        self._rules = {
            direction: {
                category: rule
                for each in every
                for category in each.categories
                if (rule := self._deciding(category, direction)) is not None
            }
            for direction in Direction
        }
        self._watches = {
            direction: Watch(
                detectors=tuple(d for d in detectors if not rules.keys().isdisjoint(d.categories)),
                judges=tuple(judge for judge in judges if direction in judge.directions),
                actions={category: rule.action for category, rule in rules.items()},
                masking=Masking({category: rule.cover for category, rule in rules.items()}, key=masking_key),
            )
            for direction, rules in self._rules.items()
        }
        self.digest = digest_value(
            {
                "matching": matching_digest(),
                "detectors": {each.name: each.digest for each in every},
                "rules": to_json(self.rules),
                "masking_key": next(
                    filter(None, (w.masking.fingerprint for w in self._watches.values())), None
                ),
            }
        )

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
        if known is None:
            known = self._asked(self.inquiries(text, direction, prompt=prompt))
        given = Circumstances(direction, prompt, known)
        return tuple(self._in_order([*self._spans(text, direction), *self._judged(text, given)]))

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

    def scan_many(
        self, texts: Iterable[str], direction: Direction = Direction.OUTPUT
    ) -> Iterator[tuple[Finding, ...]]:
        """What :meth:`scan` says of each text, several times as fast where texts are short.

        Args:
            texts: any texts, of any length; as many are held at once as make a block.
            direction: which way they travel.

        Yields:
            The findings of each text, in the order of the texts.
        """
        block: list[str] = []
        length = 0
        for text in texts:
            block.append(text)
            length += len(text)
            if length >= _BLOCK:
                yield from self._scan_block(block, direction)
                block, length = [], 0
        if block:
            yield from self._scan_block(block, direction)

    def _scan_block(self, texts: list[str], direction: Direction) -> Iterator[tuple[Finding, ...]]:
        spans = self._spans_of_many(texts, direction)
        if not self._watches[direction].judges:
            yield from map(tuple, spans)
            return
        inquiries = (inquiry for text in texts for inquiry in self.inquiries(text, direction))
        given = Circumstances(direction, "", self._asked(tuple(dict.fromkeys(inquiries))))
        for text, found in zip(texts, spans, strict=True):
            yield tuple(self._in_order([*found, *self._judged(text, given)]))

    def _spans_of_many(self, texts: list[str], direction: Direction) -> Iterator[list[Finding]]:
        # Nothing that is looked for holds a line's end, and to every detector it is as good as the text's
        # end, so that texts joined by it are read as each would be alone.
        findings = deque(self._spans("\n".join(texts), direction))
        begin = 0
        for text in texts:
            end = begin + len(text)
            found = []
            while findings and findings[0].start < end:
                found.append(_moved(findings.popleft(), -begin))
            yield found
            begin = end + 1

    def _spans(self, text: str, direction: Direction) -> list[Finding]:
        folded = fold_with_places(text)
        watch = self._watches[direction]
        findings = [
            Finding(
                risk=category.risk,
                detector=detector.name,
                kind=category.kind,
                start=folded.place(start),
                end=folded.place(end - 1) + 1,
                level=category.level,
            )
            for detector in watch.detectors
            for start, end, category in Reading(detector).settle(folded.text, base=0, complete=True)
            if category in watch.actions
        ]
        return self._in_order(findings)

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

    def _asked(self, inquiries: Sequence[Inquiry]) -> Rulings:
        return self._ask(inquiries) if self._ask and inquiries else NOTHING_KNOWN

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
        findings = self.scan(text, direction, prompt=prompt, known=known)
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

    def _deciding(self, category: Category, direction: Direction) -> Rule | None:
        fitting = (rule for rule in self.rules if rule.direction is direction and rule.fits(category))
        # What could not be judged may not pass unless a rule lets it.
        closed = Rule(direction=direction, risk=UNSCREENED, action=Action.BLOCK)
        return next(fitting, closed if category.risk == UNSCREENED else None)


def _moved(finding: Finding, distance: int) -> Finding:
    return structs.replace(finding, start=finding.start + distance, end=finding.end + distance)
