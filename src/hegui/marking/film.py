"""Explicit labels in films: on the opening pictures, drawn as on any picture, and measured on each of them.

Where a film is H.264 and can be cut before a picture that needs none before it, only what lies before the cut
is encoded anew; the rest, and every other stream, is taken over packet by packet. Elsewhere all pictures are.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from msgspec import structs
from PIL import Image

from hegui.marking import avc
from hegui.marking.drawing import LEAST_CONTRAST, Lettering, contrast, layer, lettering
from hegui.marking.explicit import ExplicitLabel, Placement, Prominence, Treatment
from hegui.marking.ffmpeg import (
    Packet,
    Recording,
    RecordingUnusable,
    Track,
    opening,
    packets,
    probed,
    streamed,
    worked,
)

_SOURCE, _RESULT, _LAYER, _HEAD, _FIRST, _PICTURES = (
    "source",
    "result",
    "label.png",
    "head",
    "first",
    "pictures",
)
_PROFILES = {"Constrained Baseline": "baseline", "Baseline": "baseline", "Main": "main", "High": "high"}
_ENCODERS = {
    "h264": ("libx264", "-crf", "18"),
    "hevc": ("libx265", "-crf", "20", "-tag:v", "hvc1", "-x265-params", "log-level=error"),
    "vp8": ("libvpx", "-crf", "8", "-b:v", "8M"),
    "vp9": ("libvpx-vp9", "-crf", "24", "-b:v", "0", "-deadline", "good", "-cpu-used", "4"),
    "av1": ("libsvtav1", "-crf", "28", "-preset", "8"),
}
_HEAD_QUALITY = ("-crf", "16", "-preset", "medium")
_BRIGHTER_THAN_SCREENS = {"smpte2084", "arib-std-b67"}
_CARRIED = {"video", "audio", "subtitle", "attachment"}
_QUARTER_TURNS = {90, 270}
# Less than half a picture. ffmpeg carries the delay that Opus has in Matroska over a few milliseconds late.
_TOLERANCE = Fraction(20, 1000)
_LATE_SECONDS = 2


class Film(NamedTuple):
    """A film that a label goes into.

    Attributes:
        path: where it is; everything else is made beside it.
        demuxer: what ffmpeg calls its format as it reads it.
        muxer: as it writes it.
        recording: what is in it.
        track: its only track of pictures.
    """

    path: Path
    demuxer: str
    muxer: str
    recording: Recording
    track: Track

    @property
    def size(self) -> tuple[int, int]:
        """The width and height of its pictures as they are seen, in pixels."""
        upright = (self.track.width, self.track.height)
        return upright[::-1] if self.turn in _QUARTER_TURNS else upright

    @property
    def turn(self) -> int:
        """By how many degrees players turn its pictures."""
        turns = [int(data["rotation"]) % 360 for data in self.track.side_data_list if "rotation" in data]
        return turns[0] if turns else 0

    @property
    def step(self) -> Fraction:
        """Seconds of one step of its times."""
        return Fraction(self.track.time_base)


class _Cut(NamedTuple):
    """Where the pictures encoded anew end.

    Attributes:
        first: when the first picture is shown, in steps.
        time: when the first picture is shown that stays as it is.
        lead: how much earlier that one is decoded than shown.
        pictures: how many come before it.
        number: the number that the parameters of the new ones have.
        profile: the profile that they are encoded in.
    """

    first: int
    time: int
    lead: int
    pictures: int
    number: int
    profile: str


def film_in(path: Path, recording: Recording, *, demuxer: str, muxer: str) -> Film:
    """A film, ready for a label.

    Args:
        path: the file, in a folder of its own.
        recording: what is in it.
        demuxer: what ffmpeg calls its format as it reads it.
        muxer: as it writes it.

    Raises:
        RecordingUnusable: it holds what the label would take away or spoil.
    """
    tracks = recording.of("video")
    if len(tracks) != 1:
        raise RecordingUnusable(
            zh=f"有 {len(tracks)} 条视频轨，应当只有一条",
            en=f"it has {len(tracks)} tracks of pictures, not one",
        )
    (track,) = tracks
    others = sorted({stream.kind for stream in recording.streams} - _CARRIED)
    if others:
        raise RecordingUnusable(
            zh=f"其中的 {'、'.join(others)} 轨带不过去",
            en=f"its tracks of the kind {', '.join(others)} cannot be carried over",
        )
    if track.field_order not in {"progressive", "unknown"}:
        raise RecordingUnusable(zh="它是隔行扫描的；请先去隔行", en="it is interlaced; deinterlace it first")
    if track.color_transfer in _BRIGHTER_THAN_SCREENS:
        raise RecordingUnusable(
            zh="它是 HDR；重新编码会损失亮度信息，请在生成时画上标识",
            en="it is HDR, which encoding anew would spoil; draw the label when the film is made",
        )
    if track.codec not in _ENCODERS:
        raise RecordingUnusable(
            zh=f"不支持编码 {track.codec}", en=f"the codec {track.codec} is not supported"
        )
    return Film(path, demuxer, muxer, recording, track)


def filmed(film: Film, explicit: ExplicitLabel, prominence: Prominence) -> tuple[Path, str, Treatment]:
    """A film with its label on the opening pictures, and in the middle or at the end where that is asked.

    Args:
        film: the film.
        explicit: the label's words, edge, font and place.
        prominence: how large it has to be, and for how long.

    Returns:
        Where the result is, what people read, and what became of the content.

    Raises:
        RecordingUnusable: it cannot take the label, or the result did not stand the check.
        LabelDoesNotFit: it is too small.
        GlyphMissing: the font lacks a character.
        LabelFontMissing: there is no font.
        FfmpegMissing: there is no ffmpeg.

    Basis:
        GB-45438 5.4
    """
    if explicit.placement is Placement.CORNER:
        raise RecordingUnusable(
            zh="corner 只用于文本；请改为 start、middle 或 end",
            en="corner is for texts; use start, middle or end",
        )
    letters = lettering(film.size, explicit, _stretched(film, prominence))
    layer(letters).save(film.path.with_name(_LAYER))
    before = packets(film.path, film.demuxer)
    cut = None
    if film.muxer == "avi":
        # AVI says of no picture when it is shown: nothing can be joined there without a doubt, and the label
        # stays for longer than the pictures can be late.
        prominence = structs.replace(prominence, seconds=prominence.seconds + _LATE_SECONDS)
    elif explicit.placement is Placement.START:
        cut = _cut(film, prominence)
    result = film.path.with_name(_RESULT)
    if cut is None:
        _encode(film, explicit.placement, prominence, result)
    else:
        _encode_head(film, cut)
        _join(film, cut, result)
    after = packets(result, film.demuxer)
    _prove_packets(film, before, after, cut)
    _prove_times(film, before, after, probed(result, film.demuxer))
    _prove_pictures(film, result, letters, _opening_pictures(film, before, prominence))
    return result, explicit.wording, Treatment.ENCODED if cut is None else Treatment.PARTLY_ENCODED


def _stretched(film: Film, prominence: Prominence) -> Prominence:
    """The height where pixels are wide, so that the shorter side is longer than it seems."""
    width, height = film.size
    across, _, down = film.track.sample_aspect_ratio.partition(":")
    wide = Fraction(int(across), int(down)) if int(across) and int(down or 0) else Fraction(1)
    longer = min(width * wide, Fraction(height)) / min(width, height)
    return Prominence(height=prominence.height * float(max(longer, Fraction(1))), seconds=prominence.seconds)


# --- Only the opening pictures anew ---


def _cut(film: Film, prominence: Prominence) -> _Cut | None:
    """Where the rest can stay as it is: before a picture where decoding can begin, and all others follow."""
    track = film.track
    plain = (
        track.codec == "h264" and track.pix_fmt == "yuv420p" and track.profile in _PROFILES and not film.turn
    )
    if not plain:
        return None
    # Other containers do not say when a picture is decoded, which has to be known where two films meet.
    copied = ["-map", f"0:{track.index}", "-c", "copy", "-video_track_timescale", str(film.step.denominator)]
    worked(["-copyts", *opening(_SOURCE, film.demuxer), *copied, "-f", "mp4", _PICTURES], film.path.parent)
    pictures = packets(film.path.with_name(_PICTURES), "mov")
    times = [packet.pts for packet in pictures if packet.pts is not None]
    first = min(times)
    due = first + math.ceil(Fraction(prominence.seconds) / film.step)
    for index, packet in enumerate(pictures):
        if not packet.is_key or packet.dts is None or times[index] < due:
            continue
        if max(times[:index]) < times[index] <= min(times[index:]):
            number = _configuration(film).free_number
            if number is None:
                return None
            lead = times[index] - packet.dts
            return _Cut(first, times[index], lead, index, number, _PROFILES[track.profile])
    return None


def _configuration(film: Film) -> avc.Configuration:
    folder = film.path.parent
    one = ["-c", "copy", "-frames:v", "1", "-f", "mp4", _FIRST]
    worked([*opening(_PICTURES, "mov"), *one], folder)
    return avc.configuration((folder / _FIRST).read_bytes())


def _encode_head(film: Film, cut: _Cut) -> None:
    """The pictures up to the cut with the label, timed and numbered so that the rest can follow."""
    folder = film.path.parent
    head = folder / _HEAD
    arguments = ["-copyts", *opening(_PICTURES, "mov"), "-vf", _overlay(film, None), *_same_times(film)]
    arguments += ["-frames:v", str(cut.pictures)]
    arguments += [
        "-c:v",
        "libx264",
        "-profile:v",
        cut.profile,
        "-pix_fmt",
        "yuv420p",
        *_HEAD_QUALITY,
        "-bf",
        "0",
    ]
    arguments += ["-x264-params", f"sps-id={cut.number}:keyint=infinite:scenecut=0", *_colours(film)]
    arguments += ["-video_track_timescale", str(film.step.denominator), "-bsf:v", f"setts=dts=PTS-{cut.lead}"]
    worked([*arguments, "-an", "-sn", "-map_metadata", "-1", "-f", "mp4", _HEAD], folder)
    own = avc.configuration((folder / _FIRST).read_bytes())
    head.write_bytes(avc.with_both(head.read_bytes(), own))


def _join(film: Film, cut: _Cut, result: Path) -> None:
    begin, there = (float(time * film.step) for time in (cut.first, cut.time))
    lines = [
        f"file '{_HEAD}'",
        f"duration {there - begin:.6f}",
        f"file '{_PICTURES}'",
        f"inpoint {there:.6f}",
    ]
    (film.path.parent / "list").write_text("\n".join(lines), encoding="ascii")
    late = begin - float(film.recording.container.start_time)
    arguments = ["-itsoffset", f"{late:.6f}", "-auto_convert", "0", *opening("list", "concat")]
    arguments += [*opening(_SOURCE, film.demuxer), *_tracks(film, "0:v:0"), "-c", "copy", *_rest(film, 1)]
    worked([*arguments, result.name], film.path.parent)


# --- All pictures anew ---


def _encode(film: Film, placement: Placement, prominence: Prominence, result: Path) -> None:
    seconds = prominence.seconds
    start = float(film.track.start_time)
    end = float(film.recording.container.start_time) + float(film.recording.container.duration)
    middle = (start + end - seconds) / 2
    windows = [f"lt(t,{start + seconds:.3f})"]
    if placement is Placement.MIDDLE:
        windows.append(f"between(t,{middle:.3f},{middle + seconds:.3f})")
    elif placement is Placement.END:
        windows.append(f"gte(t,{end - seconds:.3f})")
    encoder, *quality = _ENCODERS[film.track.codec]
    arguments = ["-copyts", *opening(_SOURCE, film.demuxer)]
    arguments += [*_tracks(film, f"0:{film.track.index}"), "-c", "copy"]
    arguments += ["-filter:v:0", _overlay(film, "+".join(windows)), *_same_times(film), "-c:v:0", encoder]
    arguments += [*quality, "-pix_fmt:v:0", film.track.pix_fmt, *_colours(film), *_rest(film, 0)]
    worked([*arguments, result.name], film.path.parent)


def _overlay(film: Film, windows: str | None) -> str:
    enabled = f":enable='{windows}'" if windows else ""
    # Newer releases of ffmpeg convert a film to the range and the matrix of what is laid over it, so the
    # label gets those of the film. For black and white any matrix will do.
    own = "pc" if film.track.color_range == "pc" else "tv"
    like = f"setparams=range={own}:colorspace={film.track.color_space or 'unknown'}"
    label = f"movie={_LAYER},scale=out_range={own},format=yuva420p,{like}[label]"
    return f"{label};[in][label]overlay=format=auto{enabled}"


def _same_times(film: Film) -> list[str]:
    steps = f"{film.step.numerator}/{film.step.denominator}"
    return ["-fps_mode", "passthrough", "-enc_time_base", steps]


def _colours(film: Film) -> Iterator[str]:
    track = film.track
    for option, value in (
        ("-color_range", track.color_range),
        ("-colorspace", track.color_space),
        ("-color_trc", track.color_transfer),
        ("-color_primaries", track.color_primaries),
    ):
        if value:
            yield from (option, value)


def _tracks(film: Film, pictures: str) -> Iterator[str]:
    """Every stream in its place; the pictures come from elsewhere than the rest."""
    other = "0" if pictures == f"0:{film.track.index}" else "1"
    for stream in film.recording.streams:
        yield from ("-map", pictures if stream is film.track else f"{other}:{stream.index}")


def _rest(film: Film, number: int) -> list[str]:
    said = ["-map_metadata", str(number), "-map_chapters", str(number), "-fflags", "+bitexact"]
    ahead = ["-movflags", "+faststart"] if film.demuxer == "mov" else []
    return [*said, *ahead, "-f", film.muxer]


# --- Checks ---


def _prove_packets(film: Film, before: list[Packet], after: list[Packet], cut: _Cut | None) -> None:
    """Nothing is missing, nothing came at another time, and what was to stay is what it was."""
    places = {stream.index: place for place, stream in enumerate(film.recording.streams)}
    for stream in film.recording.streams:
        old = [packet for packet in before if packet.stream_index == stream.index]
        new = [packet for packet in after if packet.stream_index == places[stream.index]]
        kept = 0 if stream is not film.track else len(old) if cut is None else cut.pictures
        if len(old) != len(new):
            raise RecordingUnusable(
                zh=f"{stream.kind} 轨有 {len(new)} 个数据包，应为 {len(old)} 个",
                en=f"the {stream.kind} track has {len(new)} packets, not {len(old)}",
            )
        if [packet.data_hash for packet in old[kept:]] != [packet.data_hash for packet in new[kept:]]:
            raise RecordingUnusable(zh=f"{stream.kind} 轨的数据变了", en=f"the {stream.kind} track changed")


def _prove_times(film: Film, before: list[Packet], after: list[Packet], result: Recording) -> None:
    """Everything is shown and heard when it was, counted from the beginning."""
    old = [_times(before, stream) for stream in film.recording.streams]
    new = [_times(after, stream) for stream in result.streams]
    starts = [min((times[0] for times in tracks if times), default=Fraction(0)) for tracks in (old, new)]
    for one, other in zip(old, new, strict=True):
        moves = (abs(b - starts[1] - a + starts[0]) for a, b in zip(one, other, strict=True))
        late = max(moves, default=Fraction(0))
        if late > _TOLERANCE:
            raise RecordingUnusable(
                zh=f"结果里有内容移动了 {float(late):.3f} 秒",
                en=f"something in the result moved by {float(late):.3f} seconds",
            )


def _times(found: list[Packet], stream: Track) -> list[Fraction]:
    step = Fraction(stream.time_base)
    own = [packet for packet in found if packet.stream_index == stream.index]
    return sorted(packet.pts * step for packet in own if packet.pts is not None)


def _opening_pictures(film: Film, found: list[Packet], prominence: Prominence) -> int:
    """How many pictures have to bear the label."""
    times = _times(found, film.track)
    return sum(time - times[0] < prominence.seconds for time in times)


def _prove_pictures(film: Film, result: Path, letters: Lettering, due: int) -> None:
    """The label can be read on every picture of the opening."""
    box = letters.outline.getbbox()
    assert box is not None  # noqa: S101 - words were drawn
    width, height = box[2] - box[0], box[3] - box[1]
    cropped = letters._replace(text=letters.text.crop(box), outline=letters.outline.crop(box))
    arguments = [*opening(result.name, film.demuxer), "-map", "0:v:0", "-frames:v", str(due)]
    arguments += ["-vf", f"format=rgb24,crop={width}:{height}:{box[0]}:{box[1]}", "-fps_mode", "passthrough"]
    shown = streamed([*arguments, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], result.parent)
    count = 0
    for data in _whole(shown, 3 * width * height):
        count += 1
        if contrast(Image.frombytes("RGB", (width, height), data), cropped) < LEAST_CONTRAST:
            raise RecordingUnusable(
                zh=f"第 {count} 帧上的标识读不清", en=f"the label cannot be read on picture {count}"
            )
    if count != due:
        raise RecordingUnusable(
            zh=f"结果开头有 {count} 帧，应为 {due} 帧",
            en=f"the result opens with {count} pictures, not {due}",
        )


def _whole(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) // size * size
        yield from (data[place : place + size] for place in range(0, whole, size))
        rest = data[whole:]
