"""Judges that rule by plain counting, so that a test can say beforehand what they will say."""

import dataclasses
from collections.abc import Sequence

from hegui.core import BilingualText
from hegui.screening import Category, Direction
from hegui.screening.detector import Account
from hegui.screening.judging import Inquiry, ReleaseMode, Ruling
from hegui.screening.passages import Passage, Passages

EVERYWHERE = frozenset(Direction)
SENTENCES = Passages()


@dataclasses.dataclass(frozen=True)
class CountingJudge:
    """Finds fault with a passage that, read with its context, holds ``sign`` at least ``least`` times."""

    name: str = "counting"
    sign: str = "坏"
    least: int = 1
    risk: str = "A.2.e"
    level: str = "high"
    passages: Passages = SENTENCES
    release: ReleaseMode = ReleaseMode.HOLD
    directions: frozenset[Direction] = EVERYWHERE
    read: list[tuple[int, int]] = dataclasses.field(default_factory=list, compare=False, repr=False)
    """The beginning and the end of every passage that was ruled on."""

    @property
    def digest(self) -> str:
        """What decides its rulings."""
        return repr(self)

    @property
    def categories(self) -> Sequence[Category]:
        """The one thing it rules."""
        return [Category(risk=self.risk, kind="counted", level=self.level)]

    def inquiry(self, _passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """It knows by itself."""
        del direction, prompt

    def rule(self, passage: Passage, _direction: Direction) -> Sequence[Ruling]:
        """Count."""
        self.read.append((passage.start, passage.end))
        return self.counted(passage.read)

    def counted(self, text: str) -> Sequence[Ruling]:
        """What it says of a text."""
        count = text.count(self.sign)
        return [Ruling(self.categories[0], min(1000, count * 100))] if count >= self.least else []

    def account(self, matched: str, _category: Category) -> Account:
        """Say what was counted."""
        said = BilingualText(zh=f"{self.sign}：{matched}", en=f"{self.sign}: {matched}")
        return Account(pattern=said, source=self.name)


@dataclasses.dataclass(frozen=True)
class AskingJudge(CountingJudge):
    """The same, but somebody has to be asked."""

    name: str = "asking"

    @property
    def categories(self) -> Sequence[Category]:
        """What it rules, and every reason why it may not know."""
        from hegui.screening.judging import Failure  # noqa: PLC0415 - only this one needs it

        unknown = [Category(risk="unscreened", kind=self.name, level=failure) for failure in Failure]
        return [*super().categories, *unknown]

    def inquiry(self, passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """Ask about every passage."""
        return Inquiry(judge=self.name, direction=direction, text=passage.read, prompt=prompt)
