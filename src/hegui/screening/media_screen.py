"""Screening pictures, sounds and films."""

import asyncio
import base64
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from hegui.core import digest_bytes, digest_value, read_text
from hegui.endpoint import Endpoint, EndpointAddress
from hegui.screening.film import FilmStrip, NoFilmTool, UnreadableFilm, strip
from hegui.screening.guards import Guards, line_to, or_failure
from hegui.screening.judging import Failure, Inquiry
from hegui.screening.media import MediumForm, MediumKind, MediumPart, MediumScreening, medium_form, unscreened
from hegui.screening.media_declaration import FILE, PICTURES, SOUND, MediaDeclaration
from hegui.screening.model import Action, Category, Direction
from hegui.screening.screen import Screen

_FRAME = "image/jpeg"


class MediaScreen:
    """Judges pictures, sounds and films by the models declared for them; what nobody judges is unscreened.

    Pictures are shown to a model; of a film, frames that are spread over it, and its sound. What is said in a
    sound is written down and screened as text; what is heard and is no speech nobody judges.
    """

    def __init__(
        self,
        declaration: MediaDeclaration,
        *,
        screen: Screen,
        guards: Guards,
        pictures: Guards,
        transcriber: EndpointAddress | None,
    ) -> None:
        """Take the models into use; :meth:`declared` does so by a declaration alone.

        Args:
            declaration: the operator's.
            screen: reads what is said, and decides what follows by its rules.
            guards: the guard models of the screen.
            pictures: the model that judges pictures, if there is one.
            transcriber: where sounds are written down, if anywhere.
        """
        self.declaration = declaration
        self.screen = screen
        self.guards = guards
        self.pictures = pictures
        self.transcriber = transcriber

    @classmethod
    def declared(
        cls,
        declaration: MediaDeclaration,
        *,
        screen: Screen,
        guards: Guards,
        folder: Path,
        secret: Callable[[str], str],
    ) -> Self:
        """The media screen that an operator declares.

        Args:
            declaration: theirs.
            screen: reads what is said, and decides what follows.
            guards: the guard models of the screen.
            folder: where key files and files with formats are looked for.
            secret: the content of an environment variable.

        Raises:
            InvalidInput: an address, a key, a format or a declaration cannot be used.
            NotFound: there is no such key file or format.
        """
        declared = [declaration.pictures] if declaration.pictures else []
        address = None
        if (sound := declaration.sound) is not None:
            key = None
            if sound.key_file is not None:
                key = read_text(folder / sound.key_file).strip()
            elif sound.key_variable is not None:
                key = secret(sound.key_variable)
            address = EndpointAddress(url=sound.url, model=sound.model, api_key=key)
        return cls(
            declaration,
            screen=screen,
            guards=guards,
            pictures=Guards.declared(declared, folder=folder, secret=secret),
            transcriber=address,
        )

    @property
    def judges(self) -> dict[str, str]:
        """The digests of the models that are asked, by name."""
        told = {judge.name: judge.digest for judge in self.pictures.judges}
        if self.transcriber is not None:
            told[SOUND] = digest_value({"url": self.transcriber.url, "model": self.transcriber.model})
        return told

    def open(self) -> "OpenMediaScreen":
        """Lines to the models, for as long as the context lasts."""
        return OpenMediaScreen(self)

    def examine_and_wait(self, data: bytes, direction: Direction = Direction.OUTPUT) -> MediumScreening:
        """What is in a medium and what follows; whoever calls it waits."""

        async def asking() -> MediumScreening:
            async with self.open() as line:
                return await line.examine(data, direction)

        with ThreadPoolExecutor(1) as elsewhere:  # a loop of its own, whatever runs here
            return elsewhere.submit(asyncio.run, asking()).result()


class OpenMediaScreen:
    """Lines to the models of a :class:`MediaScreen`, used as ``async with media.open() as line``."""

    def __init__(self, media: MediaScreen) -> None:
        """Prepare; nothing is connected before the first question."""
        self.judges_anything = bool(media.judges)
        """Whether anybody is declared who judges media."""
        self._media = media
        self._stack = AsyncExitStack()
        self._guards = Guards((*media.guards.models, *media.pictures.models)).open()
        self._transcriber: Endpoint | None = None

    async def __aenter__(self) -> Self:
        """Open the lines."""
        await self._stack.enter_async_context(self._guards)
        if (sound := self._media.declaration.sound) and self._media.transcriber:
            line = line_to(self._media.transcriber, seconds=sound.timeout_seconds)
            self._transcriber = await self._stack.enter_async_context(line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the lines."""
        await self._stack.aclose()

    async def examine(
        self, data: bytes, direction: Direction = Direction.OUTPUT, *, screen: Screen | None = None
    ) -> MediumScreening:
        """What is in a medium and what follows.

        Args:
            data: the file.
            direction: which way it travels.
            screen: reads what is said, and decides what follows, where that is not the declared one.
        """
        screen = screen or self._media.screen
        form = medium_form(data)
        if form is None:
            parts = [MediumPart(place=FILE, findings=(unscreened(FILE, Failure.UNREADABLE),))]
        elif form.kind is MediumKind.PICTURE:
            parts = await self._pictures([(form.kind.value, data)], form.media_type, direction)
        elif form.kind is MediumKind.SOUND:
            parts = [await self._sound(data, form.ending, direction, screen)]
        else:
            parts = await self._film(data, form, direction, screen)
        parts = [_looked_for(part, direction, screen) for part in parts]
        return MediumScreening(
            kind=form and form.kind,
            digest=digest_bytes(data),
            direction=direction,
            action=_action((each for part in parts for each in part.findings), direction, screen),
            parts=tuple(parts),
            judges=self._media.judges,
        )

    async def _pictures(
        self, pictures: Sequence[tuple[str, bytes]], media_type: str, direction: Direction
    ) -> list[MediumPart]:
        judge = next(iter(self._media.pictures.judges), None)
        if judge is None or direction not in judge.directions:
            nobody = (unscreened(judge.name if judge else PICTURES, Failure.NOT_ASKED),)
            return [MediumPart(place=place, findings=nobody) for place, _ in pictures]
        asked = {
            place: Inquiry(judge=judge.name, direction=direction, text="", picture=_uri(picture, media_type))
            for place, picture in pictures
        }
        ruled = await self._guards.ask(asked.values(), in_bulk=True)
        return [
            MediumPart(place=place, findings=tuple(category for category, _ in ruled[inquiry]))
            for place, inquiry in asked.items()
        ]

    async def _sound(self, data: bytes, ending: str, direction: Direction, screen: Screen) -> MediumPart:
        said: str | Failure = Failure.NOT_ASKED
        if (sound := self._media.declaration.sound) and self._transcriber:
            asking = self._transcriber.transcribe(data, name=f"sound{ending}")
            said = await or_failure(asking, seconds=sound.timeout_seconds)
        if isinstance(said, Failure):
            return MediumPart(place=SOUND, findings=(unscreened(SOUND, said),))
        known = await self._guards.ask(screen.inquiries(said, direction))
        found = screen.scan(said, direction, known=known)
        return MediumPart(place=SOUND, findings=tuple(finding.category for finding in found))

    async def _film(
        self, data: bytes, form: MediumForm, direction: Direction, screen: Screen
    ) -> list[MediumPart]:
        declared = self._media.declaration
        try:
            taken = await asyncio.to_thread(
                strip,
                data,
                form,
                frames_per_minute=declared.frames_per_minute,
                most_frames=declared.most_frames,
            )
        except NoFilmTool:
            return _nothing_seen(Failure.NOT_ASKED)
        except UnreadableFilm:
            return _nothing_seen(Failure.UNREADABLE)
        return await self._strip(taken, direction, screen)

    async def _strip(self, taken: FilmStrip, direction: Direction, screen: Screen) -> list[MediumPart]:
        frames = [(f"frame {_clock(frame.seconds)}", frame.picture) for frame in taken.frames]
        parts = await self._pictures(frames, _FRAME, direction)
        if not taken.complete:
            later = (unscreened(PICTURES, Failure.NOT_ASKED),)
            parts.append(MediumPart(place="frames behind", findings=later))
        if taken.sound is not None:
            parts.append(await self._sound(taken.sound, ".wav", direction, screen))
        return parts


def _looked_for(part: MediumPart, direction: Direction, screen: Screen) -> MediumPart:
    found = (category for category in part.findings if screen.deciding(category, direction) is not None)
    return MediumPart(place=part.place, findings=tuple(dict.fromkeys(found)))


def _action(found: Iterable[Category], direction: Direction, screen: Screen) -> Action:
    rules = (screen.deciding(category, direction) for category in found)
    acted = any(rule is not None and rule.action is not Action.ALLOW for rule in rules)
    return Action.BLOCK if acted else Action.ALLOW


def _nothing_seen(failure: Failure) -> list[MediumPart]:
    return [MediumPart(place=what, findings=(unscreened(what, failure),)) for what in (PICTURES, SOUND)]


def _uri(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02}:{rest:04.1f}"
