"""What an operator declares of a guard model. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import msgspec

from hegui.core import Record
from hegui.screening.guard_format import GuardFormat
from hegui.screening.judging import ReleaseMode
from hegui.screening.keywords import Level
from hegui.screening.model import UNSCREENED, Action, Direction, Rule
from hegui.screening.passages import Passages


class FailureMode(StrEnum):
    """What becomes of a passage that a guard model could not judge."""

    BLOCK = "block"
    ALLOW = "allow"
    """It passes, and evidence says that it passed unscreened."""


class OnFailure(Record):
    """What becomes of what could not be judged, by direction; nothing passes where nothing is said."""

    input: FailureMode = FailureMode.BLOCK
    output: FailureMode = FailureMode.BLOCK
    corpus: FailureMode = FailureMode.BLOCK


class GuardDeclaration(Record):
    """A guard model behind an OpenAI-compatible endpoint, as an operator declares it in a file.

    Attributes:
        name: as findings, rules and evidence name it.
        url: the base address, up to and with ``/v1``.
        model: the name the endpoint knows the model by.
        format: the name of a packaged format (``qwen3guard``), a ``.yaml`` file with one, or a format itself.
        key_file: a file with its API key.
        key_variable: an environment variable with its API key.
        timeout_seconds: how long a passage waits at most, a second attempt included, and turns in the queue
            where somebody waits.
        concurrency: how many passages are asked about at once; servers batch what arrives together.
        passages: what is judged at a time.
        release: whether passages wait for it, where what was shown can be taken back.
        levels: how grave its verdicts are (``Controversial: medium``), where not as its format says;
            ``null`` for harmless.
        directions: where it is used; wherever its format can judge, where not said.
        on_failure: what becomes of what it could not judge.
        prompt_characters: how much of the end of a question is shown to it with an answer.
        corpus_share: the share of a corpus's documents that a scan asks it about.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    url: str
    model: str
    format: str | GuardFormat
    key_file: str | None = None
    key_variable: str | None = None
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    concurrency: Annotated[int, msgspec.Meta(ge=1)] = 16
    passages: Passages = Passages(longest=200, context=400)
    release: ReleaseMode = ReleaseMode.HOLD
    levels: dict[str, Level | None] = msgspec.field(default_factory=dict)
    directions: tuple[Direction, ...] | None = None
    on_failure: OnFailure = OnFailure()
    prompt_characters: Annotated[int, msgspec.Meta(ge=0)] = 2000
    corpus_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0


def failure_rules(declarations: Iterable[GuardDeclaration]) -> tuple[Rule, ...]:
    """The rules of a screen that let pass what guard models could not judge, where that is declared.

    What is declared closed needs none: a screen blocks what nobody judged.
    """
    return tuple(
        Rule(direction=direction, risk=UNSCREENED, kind=declaration.name, action=Action.ALLOW)
        for declaration in declarations
        for direction in Direction
        if getattr(declaration.on_failure, direction) is FailureMode.ALLOW
    )
