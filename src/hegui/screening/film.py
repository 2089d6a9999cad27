"""Frames and sound of a film, and stills of moving pictures, by ffmpeg."""

import json
import math
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from hegui.core import Record
from hegui.screening.media import MediumForm

_SECONDS = 120.0
_WIDEST = 1024
_AT_LEAST = 4  # frames of a short film: the first one is often black
_FFMPEG = ("ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1")


class NoFilmTool(Exception):
    """ffmpeg is not here, or reads no films of this form."""


class UnreadableFilm(Exception):
    """ffmpeg cannot read the file, or takes too long over it."""


class Frame(NamedTuple):
    """A frame as JPEG, and when it is shown, in seconds."""

    seconds: float
    picture: bytes


class FilmStrip(Record):
    """What was taken from a film.

    Attributes:
        frames: in order.
        complete: whether they reach to its end.
        sound: as WAV; ``None`` where there is none.
    """

    frames: tuple[Frame, ...]
    complete: bool
    sound: bytes | None


def strip(data: bytes, form: MediumForm, *, frames_per_minute: float, most_frames: int) -> FilmStrip:
    """Frames of a film, spread evenly over it, and its sound.

    The file is read as what it is and nothing else, and only itself: a film that names other files or
    addresses does not lead there.

    Args:
        data: the film.
        form: of it.
        frames_per_minute: how many are wanted.
        most_frames: the most that are taken; of a longer film fewer each minute.

    Raises:
        NoFilmTool: ffmpeg is not here, or reads no such film.
        UnreadableFilm: it cannot read this one.
    """
    if not form.demuxer or shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        raise NoFilmTool
    with tempfile.TemporaryDirectory(prefix="hegui-film-") as name:
        folder = Path(name)
        film = folder / "film"
        film.write_bytes(data)
        source = ("-protocol_whitelist", "file", "-f", form.demuxer, "-i", str(film))
        kinds, seconds = _measured(source)
        every = 60.0 / frames_per_minute
        if seconds is not None:
            every = max(min(every, seconds / _AT_LEAST), seconds / (most_frames - 0.5))
        every = math.ceil(every * 1000) / 1000
        pictures: list[bytes] = []
        if "video" in kinds:
            # The first frame, and then each that comes so much later than the last one taken. One more than
            # wanted tells that something is left: the length is not always known, and files may lie about it.
            chosen = f"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{every:.3f})'"
            _run(
                *_FFMPEG, *source, "-an", "-vf", f"{chosen},scale='min({_WIDEST},iw)':-2", "-fps_mode", "vfr",
                "-frames:v", str(most_frames + 1), "-q:v", "3", str(folder / "%05d.jpg"),
            )  # fmt: skip
            pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
        sound = None
        if "audio" in kinds:
            track = folder / "sound.wav"
            _run(*_FFMPEG, *source, "-vn", "-ac", "1", "-ar", "16000", str(track))
            sound = track.read_bytes()
    if not pictures and sound is None:
        raise UnreadableFilm
    frames = tuple(Frame(number * every, picture) for number, picture in enumerate(pictures[:most_frames]))
    return FilmStrip(frames=frames, complete=len(pictures) <= most_frames, sound=sound)


def _measured(source: tuple[str, ...]) -> tuple[set[str], float | None]:
    """Whether a film has pictures (``video``) and sound (``audio``), and how long it is, if that is known."""
    told = _run(
        "ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_type", "-of", "json", *source
    )
    found = json.loads(told)
    duration = found.get("format", {}).get("duration")
    kinds = {str(stream.get("codec_type")) for stream in found.get("streams", ())}
    return kinds, float(duration) if duration else None


def _run(*command: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments; the file is named by us
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnreadableFilm from error
    return done.stdout
