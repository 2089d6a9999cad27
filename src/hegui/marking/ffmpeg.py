"""ffmpeg and ffprobe, programs of their own that are found on the machine: asked in one way, with limits.

They are not part of Hegui. Nothing passes through a shell; files are opened as the format that Hegui took
them for, and nothing but files is opened at all, so that no playlist in disguise leads anywhere.
"""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hegui.core import Conflict, InvalidInput

_PROBE_SECONDS = 120
_WORK_SECONDS = 6 * 3600
_QUOTED = 400
_PIECE_BYTES = 1 << 20
_WAYS = tuple(f"{tool} install ffmpeg" for tool in ("apt-get", "dnf", "brew", "winget"))


class FfmpegMissing(Conflict):
    """The program that opens sound and films is not on this machine."""

    def __init__(self, program: str) -> None:
        """Name the program and how to get it."""
        super().__init__(
            zh=f"在音频和视频里添加或寻找显式标识需要 {program}（5.1 或更新），没有找到；"
            f"请安装：{'、'.join(_WAYS)}",
            en=f"explicit labels in sound and films need {program} (5.1 or newer), which was not found; "
            f"install it: {', '.join(_WAYS)}",
        )


class RecordingUnusable(InvalidInput):
    """Sound or a film that no label for people can be put into."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is in the way."""
        super().__init__(
            zh=f"无法在音视频里添加显式标识：{zh}",
            en=f"no explicit label can be put into the recording: {en}",
        )


class Track(msgspec.Struct, frozen=True, rename={"kind": "codec_type", "codec": "codec_name"}):
    """One stream of a file, as ffprobe tells of it.

    Attributes:
        index: its place among the file's streams.
        kind: ``audio``, ``video``, ``subtitle`` …
        codec: the codec's name.
        profile: the codec's profile.
        disposition: whether it is a cover picture (``attached_pic``), among other things.
        side_data_list: what comes beside it, such as how it is turned.
        sample_fmt: how decoded samples are stored.
        sample_rate: samples a second, as text.
        channels: how many there are.
        channel_layout: which; empty where the file does not say.
        bits_per_raw_sample: the bits of a sample that count, as text.
        bit_rate: bits a second, as text.
        start_time: the second at which it begins, as text.
        width: of a picture, in pixels.
        height: of a picture, in pixels.
        sample_aspect_ratio: the width of a pixel to its height, as ``1:1``.
        pix_fmt: how pixels are stored.
        field_order: ``progressive``, or how pictures are woven of two.
        time_base: the step of its times, as ``1/90000``.
        color_range: of the pixel values.
        color_space: likewise.
        color_transfer: likewise.
        color_primaries: likewise.
    """

    index: int
    kind: str = ""
    codec: str = ""
    profile: str = ""
    disposition: dict[str, int] = msgspec.field(default_factory=dict)
    side_data_list: tuple[dict[str, Any], ...] = ()
    sample_fmt: str = ""
    sample_rate: str = "0"
    channels: int = 0
    channel_layout: str = ""
    bits_per_raw_sample: str = "0"
    bit_rate: str = "0"
    start_time: str = "0"
    width: int = 0
    height: int = 0
    sample_aspect_ratio: str = "1:1"
    pix_fmt: str = ""
    field_order: str = "progressive"
    time_base: str = "1/1000"
    color_range: str = ""
    color_space: str = ""
    color_transfer: str = ""
    color_primaries: str = ""

    @property
    def is_cover(self) -> bool:
        """Whether it is a picture on the cover, and no film."""
        return bool(self.disposition.get("attached_pic"))


class Container(msgspec.Struct, frozen=True):
    """What ffprobe tells of a file as a whole.

    Attributes:
        duration: seconds, as text.
        start_time: the second at which it begins, as text.
        bit_rate: bits a second, as text.
    """

    duration: str = "0"
    start_time: str = "0"
    bit_rate: str = "0"


class Recording(msgspec.Struct, frozen=True, rename={"container": "format"}):
    """A file of sound or film, as ffprobe tells of it.

    Attributes:
        streams: what is in it.
        chapters: its chapters.
        container: the file as a whole.
    """

    streams: tuple[Track, ...] = ()
    chapters: tuple[dict[str, Any], ...] = ()
    container: Container = Container()

    def of(self, kind: str) -> list[Track]:
        """The streams of one kind, cover pictures left out."""
        return [stream for stream in self.streams if stream.kind == kind and not stream.is_cover]

    @property
    def covers(self) -> list[Track]:
        """The pictures on the cover."""
        return [stream for stream in self.streams if stream.is_cover]


class Packet(msgspec.Struct, frozen=True):
    """One packet of a stream, as ffprobe tells of it.

    Attributes:
        stream_index: the stream's place in the file.
        data_hash: the digest of its bytes.
        pts: when it is shown, in steps of the stream's time base; ``None`` where the file does not say.
        dts: when it is decoded, likewise.
        flags: ``K`` first where decoding can begin with it.
    """

    stream_index: int
    data_hash: str
    pts: int | None = None
    dts: int | None = None
    flags: str = ""

    @property
    def is_key(self) -> bool:
        """Whether decoding can begin with it."""
        return self.flags.startswith("K")


class _Packets(msgspec.Struct):
    packets: list[Packet]


def check_ffmpeg() -> None:
    """Say now, and not at the first file, that the programs are missing.

    Raises:
        FfmpegMissing: one of them is.
    """
    for program in ("ffmpeg", "ffprobe"):
        _command(program, [])


def opening(path: Path | str, demuxer: str) -> list[str]:
    """The words that have ffmpeg open a file as one format, and nothing else."""
    return ["-protocol_whitelist", "file", "-f", demuxer, "-i", str(path)]


def probed(path: Path, demuxer: str) -> Recording:
    """What is in a file.

    Args:
        path: the file.
        demuxer: what ffmpeg calls its format.

    Raises:
        FfmpegMissing: there is no ffprobe.
        RecordingUnusable: it cannot be opened as that format.
    """
    told = _run(
        "ffprobe",
        ["-show_streams", "-show_format", "-show_chapters", "-of", "json", *opening(path, demuxer)],
        path.parent,
        _PROBE_SECONDS,
    )
    return msgspec.json.decode(told, type=Recording)


def packets(path: Path, demuxer: str) -> list[Packet]:
    """Every packet of a file, in its order.

    Args:
        path: the file.
        demuxer: what ffmpeg calls its format.

    Raises:
        FfmpegMissing: there is no ffprobe.
        RecordingUnusable: it cannot be read.
    """
    asked = ["-show_data_hash", "sha256", "-show_entries", "packet=stream_index,pts,dts,flags,data_hash"]
    told = _run("ffprobe", [*asked, "-of", "json", *opening(path, demuxer)], path.parent, _WORK_SECONDS)
    return msgspec.json.decode(told, type=_Packets).packets


def worked(arguments: list[str], folder: Path) -> None:
    """Have ffmpeg do something.

    Args:
        arguments: its arguments.
        folder: where names of files are looked for.

    Raises:
        FfmpegMissing: there is no ffmpeg.
        RecordingUnusable: it could not; the message quotes it.
    """
    _run("ffmpeg", ["-y", *arguments], folder, _WORK_SECONDS)


def streamed(arguments: list[str], folder: Path) -> Iterator[bytes]:
    """What ffmpeg prints, in pieces, while it is at work.

    Any complaint counts as a failure: ffmpeg goes on over what it cannot read, and would leave it out.

    Args:
        arguments: its arguments.
        folder: where names of files are looked for.

    Raises:
        FfmpegMissing: there is no ffmpeg.
        RecordingUnusable: it failed or complained, at the end.
    """
    command = _command("ffmpeg", arguments)
    with (
        (folder / "told").open("w+b") as told,
        subprocess.Popen(  # noqa: S603 - no shell, a program by its full path
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - asked for
        limit = threading.Timer(_WORK_SECONDS, process.kill)
        limit.start()
        try:
            while piece := process.stdout.read(_PIECE_BYTES):
                yield piece
        except BaseException:
            process.kill()
            raise
        finally:
            limit.cancel()
        status = process.wait()
        told.seek(0)
        complaint = told.read()
        if status or complaint:
            raise _failure(complaint or b"status %d" % status)


def _run(program: str, arguments: list[str], folder: Path, seconds: int) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, a program by its full path
            _command(program, arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RecordingUnusable(
            zh=f"{program} 超过 {seconds} 秒没有完成", en=f"{program} was not done after {seconds} seconds"
        ) from error
    if done.returncode:
        raise _failure(done.stderr)
    return done.stdout


def _command(program: str, arguments: list[str]) -> list[str]:
    path = shutil.which(program)
    if path is None:
        raise FfmpegMissing(program)
    return [path, "-v", "error", *arguments]


def _failure(told: bytes) -> RecordingUnusable:
    said = told.decode("utf-8", "replace").strip()[-_QUOTED:]
    return RecordingUnusable(zh=f"ffmpeg 说：{said}", en=f"ffmpeg says: {said}")
