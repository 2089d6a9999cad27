"""Explicit labels in sound and films: files are handed to ffmpeg in a folder of their own."""

import mmap
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hegui.marking.explicit import ExplicitLabel, Prominence, Shown
from hegui.marking.ffmpeg import RecordingUnusable, probed
from hegui.marking.files import LARGEST_IN_MEMORY, refusal
from hegui.marking.model import ExplicitMark
from hegui.marking.picture_label import DrawingUnavailable
from hegui.marking.rhythm import WORDS, rhythms
from hegui.marking.sound import heard_from, sound_in, sounded
from hegui.marking.splices import Buffer, Mapped, pieces

_WEBM = b"webm"
_HEAD_BYTES = 64


def shown_in(*, demuxer: str, muxer: str) -> Callable[[Buffer, ExplicitLabel, Prominence], Shown]:
    """What puts labels into the recordings of one format; see :func:`show_in_recording`."""
    return partial(show_in_recording, demuxer=demuxer, muxer=muxer)


def heard_in(*, demuxer: str) -> Callable[[Buffer], tuple[ExplicitMark, ...]]:
    """What listens for labels in the recordings of one format; see :func:`marks_in_recording`."""
    return partial(marks_in_recording, demuxer=demuxer)


def show_in_recording(
    data: Buffer, explicit: ExplicitLabel, prominence: Prominence, *, demuxer: str, muxer: str
) -> Shown:
    """The recording with its label: seen where there are pictures, heard where there is only sound.

    Args:
        data: the file.
        explicit: the label.
        prominence: how large a label on pictures has to be, and for how long.
        demuxer: what ffmpeg calls the format as it reads it.
        muxer: as it writes it.

    Raises:
        FfmpegMissing: there is no ffmpeg.
        DrawingUnavailable: it is a film, and the extra that draws is not installed.
        InvalidInput: it cannot take the label, or the result did not stand the check.
        NotFound: there is no font to draw with.
        Conflict: the disk for temporary files is full.
    """
    if muxer == "matroska" and _WEBM in data[:_HEAD_BYTES]:
        muxer = "webm"
    with _as_file(data) as path:
        recording = probed(path, demuxer)
        if recording.of("video"):
            try:
                from hegui.marking.film import film_in, filmed  # noqa: PLC0415 - an extra
            except ModuleNotFoundError as error:
                raise DrawingUnavailable from error
            film = film_in(path, recording, demuxer=demuxer, muxer=muxer)
            result, words, treatment = filmed(film, explicit, prominence)
        else:
            sound = sound_in(path, recording, demuxer=demuxer, muxer=muxer, placement=explicit.placement)
            result, words, treatment = sounded(sound, explicit)
        return Shown(_kept(result), words, treatment)


def marks_in_recording(data: Buffer, *, demuxer: str) -> tuple[ExplicitMark, ...]:
    """The rhythms in sound that is no film's; none where it cannot be decoded.

    What people say in a recording is not listened to, and a film has to show its label, not to sound it.

    Args:
        data: the file.
        demuxer: what ffmpeg calls its format.

    Raises:
        FfmpegMissing: there is no ffmpeg.
        Conflict: the disk for temporary files is full.

    Basis:
        GB-45438 5.3
        LABEL 6
    """
    with _as_file(data) as path:
        try:
            if probed(path, demuxer).of("video"):
                return ()
            sound = heard_from(path, demuxer)
        except RecordingUnusable:
            return ()
    return tuple(
        ExplicitMark(start=0, text=WORDS, seconds=(found.start, found.end)) for found in rhythms(sound)
    )


@contextmanager
def _as_file(data: Buffer) -> Iterator[Path]:
    """A file called ``source`` in a folder of its own, for other programs."""
    with tempfile.TemporaryDirectory(prefix="hegui-") as name:
        path = Path(name, "source")
        try:
            with path.open("wb") as file:
                file.writelines(pieces(data, ()))
        except OSError as error:
            raise refusal(path, error) from error
        yield path


def _kept(path: Path) -> Buffer:
    """A file's bytes, which stay when the file is gone."""
    with path.open("rb") as file:
        if path.stat().st_size <= LARGEST_IN_MEMORY:
            return file.read()
        return Mapped(file.fileno(), 0, access=mmap.ACCESS_READ)
