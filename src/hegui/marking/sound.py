"""Explicit labels in sound: a recording of the words, or the rhythm, before, after or within the content.

What was generated is not coded anew where that can be avoided. Frames of MP3, AAC and Opus are joined as they
are, and only the label is encoded; PCM, FLAC and ALAC are coded anew without loss. Everything else, and a
label in the middle of lossy sound, takes the whole through the codec once more. The result is decoded and
compared.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hegui.marking.explicit import ExplicitLabel, Placement, Treatment
from hegui.marking.ffmpeg import Recording, RecordingUnusable, Track, opening, packets, streamed, worked
from hegui.marking.hearing import FRAMES_PER_SECOND, RATE, Heard, Samples, heard, likeness
from hegui.marking.rhythm import UNIT_SECONDS, WORDS, rhythm, rhythms

QUIETEST, LOUDEST = 0.02, 0.2
"""How loud a label is at the least and at the most, as a root mean square: -34 and -14 dB of full scale.

Between them it is as loud as what it labels.
"""

LONGEST_SPEECH_SECONDS = 60
"""A recording of the words that lasts longer is taken for the wrong file."""

_PAUSE_SECONDS = 3 * UNIT_SECONDS
_HIGHEST = 0.9
_LARGEST = 32_767
_LEAST_BIT_RATE = 32_000
_ALIKE, _SAME = 0.7, 0.9
_NEAR_SECONDS = 0.2
_LONGEST_DELAY = (
    2 * 2112
)  # samples that an encoder of AAC puts before the sound, of the label and of the rest
_LOSSLESS = {"flac", "alac"}
_BARE = {"mp3": "mp3", "aac": "adts"}
_ENCODERS = {
    "mp3": "libmp3lame",
    "aac": "aac",
    "opus": "libopus",
    "vorbis": "libvorbis",
    "flac": "flac",
    "alac": "alac",
}
_LAYOUTS = {1: "mono", 2: "stereo"}
_COVERLESS = {"ogg", "matroska", "webm"}
_RAW = {"u8": "u8", "s16": "s16le", "s32": "s32le", "flt": "f32le", "dbl": "f64le"}
_SOURCE, _CLIP, _RESULT = "source", "clip.raw", "result"


class Sound(NamedTuple):
    """A recording that a label goes into.

    Attributes:
        path: where it is; everything else is made beside it.
        demuxer: what ffmpeg calls its format as it reads it.
        muxer: as it writes it.
        stream: its only stream of sound.
        covers: how many pictures are on its cover.
        bit_rate: bits a second.
    """

    path: Path
    demuxer: str
    muxer: str
    stream: Track
    covers: int
    bit_rate: int

    @property
    def rate(self) -> int:
        """Samples a second."""
        return int(self.stream.sample_rate)

    @property
    def slack_seconds(self) -> float:
        """How far a label may be from where it is expected."""
        return _NEAR_SECONDS + (_LONGEST_DELAY / self.rate if self.stream.codec == "aac" else 0)

    @property
    def layout(self) -> str:
        """Which channels there are."""
        return self.stream.channel_layout or _LAYOUTS.get(self.stream.channels, "")


class _Place(NamedTuple):
    """Where the label goes, and behind how many seconds that is."""

    placement: Placement
    seconds: float


def sounded(sound: Sound, explicit: ExplicitLabel) -> tuple[Path, str, Treatment]:
    """A recording with its label; one that has it there already stays as it is.

    Args:
        sound: the recording.
        explicit: the label's place, and the recording of its words; without one the rhythm.

    Returns:
        Where the result is, what people hear, and what became of the content.

    Raises:
        RecordingUnusable: it cannot take the label, or the result did not stand the check.
        FfmpegMissing: there is no ffmpeg.

    Basis:
        GB-45438 5.3
    """
    before = heard_from(sound.path, sound.demuxer)
    place = _place(explicit.placement, before)
    clip = _clip(sound, explicit, before.loudness())
    spoken = explicit.speech is not None
    words = f"{explicit.wording} ({explicit.speech.name})" if explicit.speech else WORDS
    label = _as_heard(clip, sound)
    if _is_there(before, label, place.placement, slack=sound.slack_seconds, spoken=spoken):
        return sound.path, words, Treatment.KEPT
    clip.astype("<f4").tofile(sound.path.with_name(_CLIP))
    result = sound.path.with_name(_RESULT)
    treatment = _treatment(sound, place.placement)
    if treatment is Treatment.KEPT:
        _join(sound, place, result)
    else:
        _encode(sound, place, result, lossless=treatment is Treatment.LOSSLESS)
    _prove(sound, result, before=before, label=label, place=place, spoken=spoken)
    if treatment is Treatment.KEPT:
        _prove_packets(sound, result, place)
    elif treatment is Treatment.LOSSLESS:
        _prove_samples(sound, result, place, len(clip))
    return result, words, treatment


def sound_in(path: Path, recording: Recording, *, demuxer: str, muxer: str, placement: Placement) -> Sound:
    """A file that is nothing but sound, ready for a label.

    Args:
        path: the file, in a folder of its own.
        recording: what is in it.
        demuxer: what ffmpeg calls its format as it reads it.
        muxer: as it writes it.
        placement: where the label is to go.

    Raises:
        RecordingUnusable: it holds what the label would take away or leave in the wrong place.
    """
    streams = recording.of("audio")
    if len(streams) != 1:
        raise RecordingUnusable(
            zh=f"有 {len(streams)} 条音轨，应当只有一条", en=f"it has {len(streams)} tracks of sound, not one"
        )
    if recording.chapters and placement is not Placement.END:
        raise RecordingUnusable(
            zh="它有章节，时间会错位；请用 --explicit end",
            en="it has chapters, whose times would be wrong; use --explicit end",
        )
    if recording.covers and muxer in _COVERLESS:
        raise RecordingUnusable(
            zh="ffmpeg 不能在这种格式里保留封面；请先取出封面",
            en="ffmpeg would lose its cover; take it out first",
        )
    (stream,) = streams
    sound = Sound(
        path=path,
        demuxer=demuxer,
        muxer=muxer,
        stream=stream,
        covers=len(recording.covers),
        bit_rate=int(stream.bit_rate) or int(recording.container.bit_rate),
    )
    if not sound.layout or not sound.rate:
        raise RecordingUnusable(
            zh=f"不知道 {stream.channels} 个声道的布局",
            en=f"the layout of {stream.channels} channels is unknown",
        )
    if not _is_pcm(stream.codec) and stream.codec not in _ENCODERS:
        raise RecordingUnusable(
            zh=f"不支持编码 {stream.codec}", en=f"the codec {stream.codec} is not supported"
        )
    return sound


def heard_from(path: Path, demuxer: str) -> Heard:
    """What there is to hear in a file.

    Args:
        path: the file, in a folder of its own.
        demuxer: what ffmpeg calls its format.

    Raises:
        FfmpegMissing: there is no ffmpeg.
        RecordingUnusable: some of it could not be decoded.
    """
    arguments = [*opening(path, demuxer), "-map", "0:a:0", "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    return heard(streamed(arguments, path.parent))


def _place(placement: Placement, before: Heard) -> _Place:
    if placement is Placement.CORNER:
        raise RecordingUnusable(
            zh="corner 只用于文本；请改为 start、middle 或 end",
            en="corner is for texts; use start, middle or end",
        )
    seconds = {
        Placement.START: 0.0,
        Placement.MIDDLE: before.quietest(),
        Placement.END: before.seconds,
    }[placement]
    return _Place(placement, seconds)


def _clip(sound: Sound, explicit: ExplicitLabel, loudness: float) -> Samples:
    """The label as sound of the recording's kind, as loud as the recording, with pauses around it."""
    if explicit.speech is None:
        tone = rhythm(sound.rate)
        clip = np.repeat(tone[:, None], sound.stream.channels, axis=1)
        loud = float(np.sqrt((tone[tone != 0] ** 2).mean()))
    else:
        clip, loud = _speech(sound, explicit.speech)
    gain = min(max(loudness, QUIETEST), LOUDEST) / loud
    gain = min(gain, _HIGHEST / float(np.abs(clip).max()))
    pause = np.zeros((round(sound.rate * _PAUSE_SECONDS), sound.stream.channels), np.float32)
    return np.concatenate([pause, clip * np.float32(gain), pause])


def _speech(sound: Sound, path: Path) -> tuple[Samples, float]:
    arguments = ["-protocol_whitelist", "file", "-i", str(path.resolve()), "-map", "0:a:0"]
    arguments += ["-t", str(LONGEST_SPEECH_SECONDS + 1), "-f", "f32le"]
    into = ["-af", f"aformat=sample_rates={sound.rate}:channel_layouts={sound.layout}", "-"]
    data = b"".join(streamed([*arguments, *into], sound.path.parent))
    samples = np.frombuffer(data, "<f4").reshape(-1, sound.stream.channels)
    if len(samples) > LONGEST_SPEECH_SECONDS * sound.rate:
        raise RecordingUnusable(
            zh=f"{path} 长于 {LONGEST_SPEECH_SECONDS} 秒，不像是标识的录音",
            en=f"{path} is longer than {LONGEST_SPEECH_SECONDS} seconds, which is no label",
        )
    loud = _as_heard(samples, sound).loudness()
    if not loud:
        raise RecordingUnusable(zh=f"{path} 里没有声音", en=f"{path} is silent")
    return samples, loud


def _as_heard(clip: Samples, sound: Sound) -> Heard:
    """The label as it will be heard in the recording."""
    mono = clip.mean(axis=1)
    times = np.arange(round(len(mono) * RATE / sound.rate)) * (sound.rate / RATE)
    resampled = np.interp(times, np.arange(len(mono)), mono)
    return heard([(resampled * _LARGEST).astype("<i2").tobytes()])


def _treatment(sound: Sound, placement: Placement) -> Treatment:
    codec = sound.stream.codec
    if _is_pcm(codec) or codec in _LOSSLESS:
        return Treatment.LOSSLESS
    # AAC of another profile says in its header what the encoder at hand does not make.
    joins = codec in {"mp3", "opus"} or (codec == "aac" and sound.stream.profile == "LC")
    return Treatment.KEPT if joins and placement is not Placement.MIDDLE else Treatment.ENCODED


def _is_pcm(codec: str) -> bool:
    return codec.startswith("pcm_")


def _clip_input(sound: Sound) -> list[str]:
    return ["-f", "f32le", "-ar", str(sound.rate), "-ac", str(sound.stream.channels), "-i", _CLIP]


def _encoding(sound: Sound) -> list[str]:
    codec = sound.stream.codec
    arguments = ["-c:a", _ENCODERS.get(codec, codec), "-ar", str(sound.rate)]
    if codec in _LOSSLESS:
        bits = int(sound.stream.bits_per_raw_sample)
        arguments += (
            ["-sample_fmt", sound.stream.sample_fmt, "-bits_per_raw_sample", str(bits)] if bits else []
        )
    elif not _is_pcm(codec):
        arguments += ["-b:a", str(max(sound.bit_rate, _LEAST_BIT_RATE * sound.stream.channels))]
    return arguments


def _rest(sound: Sound) -> list[str]:
    """What of the file goes along beside its sound: the cover, and what is said of the recording."""
    cover = ["-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"] if sound.covers else []
    said = ["-map_metadata", "1", "-map_metadata:s:a:0", "1:s:a:0", "-map_chapters", "1"]
    return [*cover, *said, "-fflags", "+bitexact", "-f", sound.muxer]


def _join(sound: Sound, place: _Place, result: Path) -> None:
    """Put the frames of the label before or behind those of the content."""
    folder = sound.path.parent
    first = place.placement is Placement.START
    bare = _BARE.get(sound.stream.codec, sound.muxer)
    layout = ["-af", f"aformat=channel_layouts={sound.layout}"]
    worked([*_clip_input(sound), *layout, *_encoding(sound), "-f", bare, "clip"], folder)
    if sound.stream.codec == "aac":
        # In a container its times begin before zero, and two such beginnings cannot follow one another.
        worked(
            [*opening(_SOURCE, sound.demuxer), "-map", "0:a:0", "-c", "copy", "-f", bare, "content"], folder
        )
        with (folder / "joined").open("wb") as joined:
            for name in ("clip", "content") if first else ("content", "clip"):
                with (folder / name).open("rb") as part:
                    shutil.copyfileobj(part, joined)
        joining = opening("joined", "aac")
    else:
        files = ("clip", _SOURCE) if first else (_SOURCE, "clip")
        (folder / "list").write_text("".join(f"file '{name}'\n" for name in files), encoding="ascii")
        joining = opening("list", "concat")
    arguments = [*joining, *opening(_SOURCE, sound.demuxer), "-map", "0:a:0", "-c:a", "copy"]
    worked([*arguments, *_rest(sound), result.name], folder)


def _encode(sound: Sound, place: _Place, result: Path, *, lossless: bool) -> None:
    same = f"aformat=sample_rates={sound.rate}:channel_layouts={sound.layout}"
    if lossless:
        same += f":sample_fmts={sound.stream.sample_fmt}"
    label, content = f"[0:a]{same}[c]", f"[1:a:0]{same}"
    at = _samples_before(sound, place)
    graph = {
        Placement.START: f"{label};{content}[p];[c][p]concat=n=2",
        Placement.END: f"{label};{content}[p];[p][c]concat=n=2",
        Placement.MIDDLE: f"{label};{content},asplit[p][q];[p]atrim=end_sample={at}[a];"
        f"[q]atrim=start_sample={at},asetpts=PTS-STARTPTS[b];[a][c][b]concat=n=3",
    }[place.placement]
    arguments = [*_clip_input(sound), *opening(_SOURCE, sound.demuxer)]
    arguments += ["-filter_complex", f"{graph}:v=0:a=1[o]", "-map", "[o]", *_encoding(sound)]
    worked([*arguments, *_rest(sound), result.name], sound.path.parent)


def _samples_before(sound: Sound, place: _Place) -> int:
    return round(place.seconds * sound.rate)


def _frames(seconds: float) -> int:
    return round(seconds * FRAMES_PER_SECOND)


def _is_there(sound: Heard, label: Heard, placement: Placement, *, slack: float, spoken: bool) -> bool:
    """Whether a recording already has the label at its place, so that it would only be said twice."""
    alike = likeness(sound, label)
    third = len(alike) // 3
    first, last = {
        Placement.START: (0, _frames(slack)),
        Placement.MIDDLE: (third, len(alike) - third),
        Placement.END: (max(0, len(alike) - _frames(slack)), len(alike)),
    }[placement]
    if not len(alike[first:last]) or alike[first:last].max() < _SAME:
        return False
    return spoken or _has_rhythm(sound, first / FRAMES_PER_SECOND, last / FRAMES_PER_SECOND)


def _has_rhythm(sound: Heard, first: float, last: float) -> bool:
    """Whether the rhythm begins between two seconds, the pause before it not counted."""
    return any(
        first - _NEAR_SECONDS <= item.start - _PAUSE_SECONDS <= last + _NEAR_SECONDS
        for item in rhythms(sound)
    )


def _prove(sound: Sound, result: Path, *, before: Heard, label: Heard, place: _Place, spoken: bool) -> None:
    """Listen to the result: the label is heard where it belongs, and nothing became shorter or longer."""
    after = heard_from(result, sound.demuxer)
    if abs(after.seconds - before.seconds - label.seconds) > sound.slack_seconds:
        raise RecordingUnusable(
            zh=f"结果长 {after.seconds:.2f} 秒，应为 {before.seconds + label.seconds:.2f} 秒",
            en=f"the result lasts {after.seconds:.2f} seconds, not {before.seconds + label.seconds:.2f}",
        )
    first, last = place.seconds - sound.slack_seconds, place.seconds + sound.slack_seconds
    alike = likeness(after, label)[max(0, _frames(first)) : _frames(last)]
    heard_there = bool(len(alike)) and alike.max() >= _ALIKE
    if not heard_there or not (spoken or _has_rhythm(after, first, last)):
        raise RecordingUnusable(
            zh="结果里听不到显式标识", en="the label is not heard where it should be in the result"
        )


def _prove_packets(sound: Sound, result: Path, place: _Place) -> None:
    """Every packet of what was generated is in the result, in order and without a gap."""
    before = _packets(sound.path, sound.demuxer, sound.stream.index)
    after = _packets(result, sound.demuxer, 0)
    there = after[-len(before) :] if place.placement is Placement.START else after[: len(before)]
    if there != before:
        raise RecordingUnusable(zh="原内容的数据包变了", en="packets of the content changed")


def _packets(path: Path, demuxer: str, index: int) -> list[str]:
    return [packet.data_hash for packet in packets(path, demuxer) if packet.stream_index == index]


def _prove_samples(sound: Sound, result: Path, place: _Place, label_samples: int) -> None:
    """Every sample of what was generated is in the result, around the label."""
    raw = _RAW[sound.stream.sample_fmt.removesuffix("p")]
    width = int(raw.strip("usfle")) // 8 * sound.stream.channels
    before, length = _digest(_decoded(sound.path, sound.demuxer, raw), range(0))
    start = {
        Placement.START: 0,
        Placement.MIDDLE: _samples_before(sound, place) * width,
        Placement.END: length,
    }[place.placement]
    label = range(start, start + label_samples * width)
    if _digest(_decoded(result, sound.demuxer, raw), label) != (before, length):
        raise RecordingUnusable(zh="原内容的采样变了", en="samples of the content changed")


def _decoded(path: Path, demuxer: str, raw: str) -> Iterator[bytes]:
    return streamed([*opening(path, demuxer), "-map", "0:a:0", "-f", raw, "-"], path.parent)


def _digest(pieces: Iterator[bytes], left_out: range) -> tuple[str, int]:
    """The digest and the length of what is decoded, without a stretch of it."""
    state = hashlib.sha256()
    position = length = 0
    for piece in pieces:
        first, last = (min(max(edge - position, 0), len(piece)) for edge in (left_out.start, left_out.stop))
        for kept in (piece[:first], piece[last:]):
            state.update(kept)
            length += len(kept)
        position += len(piece)
    return state.hexdigest(), length
