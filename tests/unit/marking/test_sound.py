import json
import shutil
import subprocess

import msgspec
import numpy as np
import pytest

from hegui.marking import ExplicitLabel, Placement, Treatment
from hegui.marking import sound as module
from hegui.marking.ffmpeg import RecordingUnusable, probed
from hegui.marking.rhythm import UNIT_SECONDS, WORDS, rhythms
from hegui.marking.sound import LOUDEST, QUIETEST, heard_from, sound_in, sounded

CONTENT = "anoisesrc=d=2:a=0.2:r=16000:seed=3,volume='if(between(t,0.9,1.1),0.01,1)':eval=frame,afade=d=0.3"
LABEL_SECONDS = (11 + 6) * UNIT_SECONDS

# Name, how it is written, what ffmpeg calls the format as it reads and as it writes it.
KINDS = {
    "pcm": ("a.wav", "-ac 2", "wav", "wav"),
    "pcm in AVI": ("c.avi", "-c:a pcm_s16le", "avi", "avi"),
    "pcm of 24 bits": ("b.wav", "-c:a pcm_s24le", "wav", "wav"),
    "flac": ("a.flac", "", "flac", "flac"),
    "flac of 24 bits": ("b.flac", "-sample_fmt s32 -bits_per_raw_sample 24", "flac", "flac"),
    "alac": ("a.m4a", "-c:a alac", "mov", "ipod"),
    "mp3": ("a.mp3", "-b:a 64k -metadata title=kept", "mp3", "mp3"),
    "aac": ("b.m4a", "-c:a aac", "mov", "ipod"),
    "opus": ("a.opus", "-c:a libopus", "ogg", "ogg"),
    "vorbis": ("a.ogg", "-c:a libvorbis", "ogg", "ogg"),
}


@pytest.fixture
def make_sound(make_recording, tmp_path):
    """A recording of one of the kinds, in a folder of its own, ready for a label."""

    def make(kind: str, placement: str = "start", content: str = CONTENT):
        name, output, demuxer, muxer = KINDS[kind]
        path = tmp_path / "source"
        shutil.copyfile(make_recording(name, content, output), path)
        return sound_in(
            path, probed(path, demuxer), demuxer=demuxer, muxer=muxer, placement=Placement(placement)
        )

    return make


@pytest.fixture
def clip(make_recording):
    """Half a second of sound that rises and falls, in place of words."""
    return make_recording(
        "clip.wav", "anoisesrc=d=0.8:a=0.9:seed=9,volume='0.05+abs(sin(9*t))':eval=frame", "-ar 11025"
    )


def samples(path, ffmpeg, demuxer) -> np.ndarray:
    command = [ffmpeg, "-v", "error", "-f", demuxer, "-i", path, "-f", "f64le", "-af", "pan=mono|c0=c0", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f8")


def packets(path, ffmpeg) -> list[str]:
    command = [ffmpeg, "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "framemd5", "-"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [line.split(",")[5].strip() for line in told.splitlines() if line[0] != "#"]


@pytest.mark.parametrize(
    ("kind", "placement"),
    [
        ("pcm", "start"),
        ("pcm", "middle"),
        ("pcm in AVI", "start"),
        ("pcm of 24 bits", "end"),
        ("flac", "end"),
        ("flac of 24 bits", "middle"),
        ("alac", "start"),
    ],
)
def test_where_the_codec_loses_nothing_every_sample_stays(make_sound, ffmpeg, kind, placement):
    sound = make_sound(kind, placement)
    result, words, treatment = sounded(sound, ExplicitLabel(placement=Placement(placement)))
    assert (words, treatment) == (WORDS, Treatment.LOSSLESS)
    before, after = (samples(path, ffmpeg, sound.demuxer) for path in (sound.path, result))
    (there,) = rhythms(heard_from(result, sound.demuxer))
    label = round(16000 * LABEL_SECONDS)
    assert len(after) == len(before) + label
    start = {"start": 0, "end": len(before)}.get(placement)
    if start is None:
        start = round(16000 * (there.start - 3 * UNIT_SECONDS))
        # To ten milliseconds, the middle is where the content is quiet.
        assert 0.85 < start / 16000 < 1.15
        start = next(
            at
            for at in range(start - 400, start + 400)
            if (after[:at] == before[:at]).all() and (after[at + label :] == before[at:]).all()
        )
    assert np.array_equal(np.delete(after, slice(start, start + label)), before)
    assert there.start == pytest.approx(start / 16000 + 3 * UNIT_SECONDS, abs=0.03)


@pytest.mark.parametrize(("kind", "placement"), [("mp3", "start"), ("aac", "end"), ("opus", "start")])
def test_where_it_loses_something_only_the_label_is_encoded(make_sound, ffmpeg, kind, placement):
    sound = make_sound(kind, placement)
    result, _, treatment = sounded(sound, ExplicitLabel(placement=Placement(placement)))
    assert treatment is Treatment.KEPT
    before, after = packets(sound.path, ffmpeg), packets(result, ffmpeg)
    assert len(after) > len(before)
    assert before == (after[-len(before) :] if placement == "start" else after[: len(before)])
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", result]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert float(told["format"]["duration"]) == pytest.approx(2 + LABEL_SECONDS, abs=0.3)
    assert told["streams"][0]["codec_name"] == kind
    assert kind != "mp3" or told["format"]["tags"]["title"] == "kept"


@pytest.mark.parametrize(("kind", "placement"), [("vorbis", "start"), ("mp3", "middle")])
def test_elsewhere_the_whole_is_encoded_and_that_is_said(make_sound, kind, placement):
    sound = make_sound(kind, placement)
    result, _, treatment = sounded(sound, ExplicitLabel(placement=Placement(placement)))
    assert treatment is Treatment.ENCODED
    assert len(list(rhythms(heard_from(result, sound.demuxer)))) == 1


@pytest.mark.parametrize("placement", ["start", "middle", "end"])
def test_a_recording_of_the_words_is_heard_where_it_belongs(make_sound, clip, ffmpeg, placement):
    sound = make_sound("pcm", placement)
    explicit = ExplicitLabel(placement=Placement(placement), speech=clip)
    result, words, _ = sounded(sound, explicit)
    assert words == "本内容由人工智能生成 (clip.wav)"
    before, after = (samples(path, ffmpeg, "wav") for path in (sound.path, result))
    assert (len(after) - len(before)) / 16000 == pytest.approx(0.8 + 6 * UNIT_SECONDS, abs=0.01)
    shutil.copyfile(result, sound.path)
    assert sounded(sound, explicit) == (sound.path, words, Treatment.KEPT)


@pytest.mark.parametrize(("kind", "placement"), [("pcm", "start"), ("flac", "middle"), ("aac", "end")])
def test_labelling_twice_is_labelling_once(make_sound, kind, placement):
    sound = make_sound(kind, placement)
    explicit = ExplicitLabel(placement=Placement(placement))
    shutil.copyfile(sounded(sound, explicit)[0], sound.path)
    again = sound._replace(stream=probed(sound.path, sound.demuxer).of("audio")[0])
    assert sounded(again, explicit) == (again.path, WORDS, Treatment.KEPT)


@pytest.mark.parametrize("amplitude", [0.002, 0.2, 0.9])
def test_the_label_is_as_loud_as_the_content_within_limits(make_sound, ffmpeg, amplitude):
    sound = make_sound("pcm", "start", content=f"aevalsrc={amplitude}*sin(2000*t):d=1:s=16000")
    result, _, _ = sounded(sound, ExplicitLabel())
    both = samples(result, ffmpeg, "wav")
    label, content = np.split(both, [round(16000 * LABEL_SECONDS)])
    tones = label[np.abs(label) > 1e-4]
    due = np.clip(np.sqrt((content**2).mean()), QUIETEST, LOUDEST)
    assert np.sqrt((tones**2).mean()) == pytest.approx(due, rel=0.1)


def test_what_would_be_lost_or_go_wrong_is_refused(make_recording, make_sound, tmp_path):
    def refused(name, inputs, output, demuxer, muxer, placement="start"):
        path = make_recording(name, inputs, output)
        with pytest.raises(RecordingUnusable) as refusal:
            sound_in(
                path, probed(path, demuxer), demuxer=demuxer, muxer=muxer, placement=Placement(placement)
            )
        return refusal.value.text.en

    short = "sine=d=0.2:r=8000"
    assert "2 tracks" in refused(
        "two.mka", f"{short} {short}", "-map 0 -map 1 -c:a flac", "matroska", "matroska"
    )
    assert "cover" in refused(
        "cover.mp3", f"{short} color=red:s=16x16:d=0.04", "-map 0 -map 1 -c:v png", "mp3", "ogg"
    )
    assert "adpcm_ms" in refused("adpcm.wav", short, "-c:a adpcm_ms", "wav", "wav")
    chapters = tmp_path / "chapters"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=100\ntitle=a\n")
    with_chapters = f"-i {chapters} -map 0 -map_metadata 1"
    assert "--explicit end" in refused("book.m4a", short, with_chapters, "mov", "ipod")
    sound = make_sound("pcm")
    recording = probed(sound.path, "wav")
    five = msgspec.structs.replace(recording.streams[0], channels=5, channel_layout="")
    with pytest.raises(RecordingUnusable, match="layout of 5 channels is unknown"):
        sound_in(
            sound.path,
            msgspec.structs.replace(recording, streams=(five,)),
            demuxer="wav",
            muxer="wav",
            placement=Placement.START,
        )
    with pytest.raises(RecordingUnusable, match="corner is for texts"):
        sounded(sound, ExplicitLabel(placement=Placement.CORNER))
    silent = make_recording("silent.wav", "anullsrc=d=0.3:r=8000", "-t 0.3")
    with pytest.raises(RecordingUnusable, match="is silent"):
        sounded(sound, ExplicitLabel(speech=silent))
    long = make_recording("long.wav", "sine=d=61.5:r=8000", "")
    with pytest.raises(RecordingUnusable, match="longer than 60 seconds"):
        sounded(sound, ExplicitLabel(speech=long))


@pytest.mark.parametrize(
    ("break_", "complaint"),
    [
        ("_prove_packets", "packets of the content"),
        ("_prove_samples", "samples of the content"),
        ("shorter", "the result lasts"),
        ("unheard", "is not heard"),
    ],
)
def test_a_result_that_is_not_as_it_should_be_is_refused(make_sound, monkeypatch, break_, complaint):
    kind = "mp3" if break_ == "_prove_packets" else "pcm"
    sound = make_sound(kind)
    true = module.worked

    def wrong(arguments, folder):
        true(arguments, folder)
        result = folder / "result"
        if not result.exists():
            return
        data = bytearray(result.read_bytes())
        if break_ == "shorter":
            del data[-32000:]
        elif break_ == "unheard":
            data[44 : 44 + 8 * 16000] = bytes(8 * 16000)
        else:
            data[-2000] ^= 0x10
        result.write_bytes(data)

    monkeypatch.setattr(module, "worked", wrong)
    with pytest.raises(RecordingUnusable, match=complaint):
        sounded(sound, ExplicitLabel())
