"""What an operator declares of the models that judge pictures, sound and films. Pure."""

from typing import Annotated

import msgspec

from hegui.core import Record
from hegui.screening.guard_declaration import FailureMode, GuardDeclaration, OnFailure, failure_rules
from hegui.screening.model import UNSCREENED, Action, Direction, Rule

PICTURES = "pictures"
SOUND = "sound"
FILE = "file"


class TranscriberDeclaration(Record):
    """A model that writes down what is said, behind an OpenAI-compatible ``/audio/transcriptions``.

    Attributes:
        url: the base address, up to and with ``/v1``.
        model: the name the endpoint knows the model by.
        key_file: a file with its API key.
        key_variable: an environment variable with its API key.
        timeout_seconds: how long a sound waits at most.
        on_failure: what becomes of sound that was not written down.
    """

    url: str
    model: str
    key_file: str | None = None
    key_variable: str | None = None
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0)] = 120.0
    on_failure: OnFailure = OnFailure()


class MediaDeclaration(Record):
    """What judges pictures, sound and films; what nothing judges is unscreened.

    Attributes:
        pictures: the model that judges pictures, and frames of films; its ``passages`` and ``release`` do not
            matter here.
        sound: the model that writes down what is said; the words are screened as any text.
        frames_per_minute: how many frames of a film are judged.
        most_frames: of one film; of a longer one fewer are judged each minute, to its end.
    """

    pictures: GuardDeclaration | None = None
    sound: TranscriberDeclaration | None = None
    frames_per_minute: Annotated[float, msgspec.Meta(gt=0, le=600)] = 12.0
    most_frames: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60

    @property
    def names(self) -> tuple[str, ...]:
        """What findings call a part of a medium that could not be judged."""
        return (*((self.pictures.name,) if self.pictures else ()), PICTURES, SOUND, FILE)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that let pass what could not be judged, where that is declared."""
        of_pictures = failure_rules([self.pictures]) if self.pictures else ()
        of_sound = self.sound.on_failure if self.sound else OnFailure()
        return (
            *of_pictures,
            *(
                Rule(direction=direction, risk=UNSCREENED, kind=SOUND, action=Action.ALLOW)
                for direction in Direction
                if getattr(of_sound, direction) is FailureMode.ALLOW
            ),
        )
