"""A guard model as part of a screen: what is asked about a passage, and what may be ruled on it."""

from collections.abc import Sequence

from hegui.core import BilingualText, InvalidInput, digest_value, to_json
from hegui.screening.detector import Account
from hegui.screening.guard_declaration import GuardDeclaration
from hegui.screening.guard_format import GuardFormat, categories_of
from hegui.screening.judging import Failure, Inquiry, Ruling, not_judged
from hegui.screening.model import UNSCREENED, Category, Direction
from hegui.screening.passages import Passage


class GuardJudge:
    """Judges passages by asking a guard model; see :class:`hegui.screening.judging.Judge`.

    It says what is asked; :class:`hegui.screening.Guards` asks.
    """

    def __init__(self, declaration: GuardDeclaration, form: GuardFormat) -> None:
        """Take a guard model into use.

        Args:
            declaration: the operator's.
            form: the format that it names.

        Raises:
            InvalidInput: a direction or a verdict is declared that the format does not know.
        """
        self.name = declaration.name
        self.declaration = declaration
        self.form = form
        self.passages = declaration.passages
        self.release = declaration.release
        able = frozenset(form.messages)
        self.directions = able if declaration.directions is None else frozenset(declaration.directions)
        if unable := sorted(self.directions - able):
            raise InvalidInput(
                zh=f"{self.name}：格式 {form.name} 不能判断 {', '.join(unable)}；请改 directions 或换格式",
                en=f"{self.name}: the format {form.name} cannot judge {', '.join(unable)}; "
                "change the directions or the format",
            )
        if unknown := sorted(declaration.levels.keys() - form.verdicts.keys()):
            raise InvalidInput(
                zh=f"{self.name}：格式 {form.name} 没有结论 {', '.join(unknown)}；"
                f"有：{', '.join(form.verdicts)}",
                en=f"{self.name}: the format {form.name} has no verdict {', '.join(unknown)}; "
                f"it has {', '.join(form.verdicts)}",
            )
        self.levels = {**form.verdicts, **declaration.levels}
        self.categories: Sequence[Category] = (
            *categories_of(form, self.levels),
            *(not_judged(self.name, failure).category for failure in Failure),
        )
        self.digest = digest_value(
            {
                "url": declaration.url,
                "model": declaration.model,
                "format": form.digest,
                "levels": {verdict: level and str(level) for verdict, level in self.levels.items()},
                "passages": to_json(self.passages),
                "release": self.release,
                "directions": sorted(self.directions),
                "prompt_characters": declaration.prompt_characters,
                # Absent where it is asked about everything, as it was in digests that are on record.
                **({} if declaration.corpus_share == 1 else {"corpus_share": str(declaration.corpus_share)}),
            }
        )

    def inquiry(self, passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """Ask about every passage, with the end of the question where it is an answer."""
        most = self.declaration.prompt_characters
        asked = prompt[-most:] if direction is Direction.OUTPUT and most else ""
        return Inquiry(judge=self.name, direction=direction, text=passage.read, prompt=asked)

    def rule(self, _passage: Passage, _direction: Direction) -> Sequence[Ruling]:
        """It knows nothing by itself."""
        return (not_judged(self.name, Failure.NOT_ASKED),)

    def account(self, matched: str, category: Category) -> Account:
        """Which model said so, and in its own word."""
        del matched
        model = self.declaration.model
        if category.risk == UNSCREENED:
            pattern = BilingualText(
                zh=f"{model} 没有作出判断：{Failure(category.level).text.zh}",
                en=f"{model} did not judge: {Failure(category.level).text.en}",
            )
        else:
            pattern = BilingualText(zh=f"{model} 判为 {category.kind}", en=f"{model} says {category.kind}")
        return Account(pattern=pattern, source=f"{self.form.name}, {self.digest}")
