"""Labelled sound and films as other makers' programs see them: the same streams, the label in its place."""

import datetime as dt
import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hegui.marking import ImplicitLabel, Prominence
from hegui.marking.certificates import Certificates
from hegui.marking.formats import format_of
from hegui.marking.production import Recipe, labelled_data
from hegui.marking.proof import prove
from hegui.marking.splices import spliced
from simulators.samples import SAMPLES

LABEL = ImplicitLabel.first(
    producer="001191110102MACQD9K64010000", produce_id="A-17", reserved_code='{"x":"&<\'>"}'
)
NAMES = ("WAV", "MP3", "FLAC", "Ogg", "MP4", "MOV", "M4A", "Matroska", "FLV", "AVI")
FILES = {name: data for kind in NAMES for name, data in SAMPLES[kind]().items()}

# Chained streams change their codec on the way, and ffmpeg gives up there, labelled or not.
ONE_STREAM = [name for name in FILES if name != "chained.ogg"]


@pytest.fixture(scope="module")
def program():
    """Says where a program is, or skips the test."""

    def where(name: str, package: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed (package {package})")
        return found

    return where


def labelled(data: bytes) -> bytes:
    file_format = format_of(data)
    result = spliced(data, file_format.write(data, LABEL))
    prove(file_format, before=data, after=result, label=LABEL)
    return result


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.stdout


def streams(ffmpeg: str, path: Path) -> str:
    """A digest of every stream's packets, their times included."""
    told = run(ffmpeg, "-v", "error", "-i", path, "-map", "0", "-c", "copy", "-f", "framemd5", "-")
    # The comments of an Ogg stream, where the label is, ffmpeg hands over beside the first packet of Vorbis,
    # and in what it needs to decode Theora.
    return re.sub(r", S=1, .*", "", re.sub(r"#extradata .*", "", told) if path.suffix == ".ogv" else told)


@pytest.mark.parametrize("name", ONE_STREAM)
def test_ffmpeg_finds_the_same_packets_at_the_same_times(program, tmp_path, name):
    ffmpeg = program("ffmpeg", "ffmpeg")
    before, after = tmp_path / f"before-{name}", tmp_path / f"after-{name}"
    before.write_bytes(FILES[name])
    after.write_bytes(labelled(FILES[name]))
    assert "0," in streams(ffmpeg, before)
    assert streams(ffmpeg, after) == streams(ffmpeg, before)


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".wav")])
def test_ffprobe_reads_the_label(program, tmp_path, name):
    # ffmpeg has no name for a chunk of its own in WAV.
    ffprobe = program("ffprobe", "ffmpeg")
    path = tmp_path / name
    path.write_bytes(labelled(FILES[name]))
    told = json.loads(run(ffprobe, "-v", "error", "-show_format", "-show_streams", "-of", "json", path))
    tags = [told["format"].get("tags", {}), *(stream.get("tags", {}) for stream in told["streams"])]
    values = [value for tag in tags for key, value in tag.items() if key.upper() == "AIGC"]
    assert set(values) == {LABEL.bare()}


# Of these exiftool shows the label by its name; of WAV it shows every chunk when asked for what it does not
# know, and that of AVI not at all. Tags behind the clusters of Matroska it reads when asked to go on.
EXIFTOOL = (".mp3", ".flac", ".mp4", ".mov", ".m4a", ".mkv", ".webm", ".flv", ".opus")


def test_exiftool_reads_the_label_and_finds_no_error(program, tmp_path):
    exiftool = program("exiftool", "libimage-exiftool-perl")
    paths = [tmp_path / name for name in FILES if name.endswith(EXIFTOOL)]
    for path in paths:
        path.write_bytes(labelled(FILES[path.name]))
    told = json.loads(run(exiftool, "-json", "-ee", "-AIGC", "-UserDefinedText", "-Error", *paths))
    for item in told:
        source = item.pop("SourceFile")
        (value,) = item.values()
        assert value.removeprefix("(AIGC) ") == LABEL.bare(), source
    assert len(told) == len(paths)


def test_exiftool_sees_the_chunk_of_a_recording(program, tmp_path):
    exiftool = program("exiftool", "libimage-exiftool-perl")
    for name, data in SAMPLES["WAV"]().items():
        path = tmp_path / name
        path.write_bytes(labelled(data))
        assert f"AIGC' chunk ({len(LABEL.bare())} bytes of data)" in run(exiftool, "-v", path), name


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".wav", ".oga", ".spx"))])
def test_mediainfo_reads_the_label(program, tmp_path, name):
    mediainfo = program("mediainfo", "mediainfo")
    path = tmp_path / name
    path.write_bytes(labelled(FILES[name]))
    told = json.loads(run(mediainfo, "--Full", "--Output=JSON", path))
    general = told["media"]["track"][0]
    values = {key.upper(): value for key, value in {**general, **general.get("extra", {})}.items()}
    assert values["AIGC"].replace("\\", "") == LABEL.bare().replace("\\", "")


@pytest.mark.parametrize("name", SAMPLES["Matroska"]())
def test_mkvinfo_walks_the_whole_file_and_finds_the_tag(program, tmp_path, name):
    mkvinfo = program("mkvinfo", "mkvtoolnix")
    path = tmp_path / name
    path.write_bytes(labelled(FILES[name]))
    told = run(mkvinfo, "--continue", path)
    assert "Name: AIGC" in told
    assert f"String: {LABEL.bare()}" in told


# What is made while the tests run, by the ffmpeg that is installed: container, and how it is filled.
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
FILM = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1", *TONE, "-pix_fmt", "yuv420p")
MADE = {
    "stereo.wav": (*TONE, "-ac", "2", "-c:a", "pcm_f32le"),
    "variable.mp3": (*TONE, "-c:a", "libmp3lame", "-q:a", "4", "-id3v2_version", "3"),
    "deep.flac": (*TONE, "-sample_fmt", "s32", "-bits_per_raw_sample", "24"),
    "surround.ogg": (*TONE, "-ac", "6", "-c:a", "libvorbis"),
    "surround.opus": (*TONE, "-ac", "6", "-c:a", "libopus"),
    "lossless.m4a": (*TONE, "-c:a", "alac"),
    "av1.mp4": (*FILM, "-c:v", "libaom-av1", "-cpu-used", "8", "-frames:v", "3", "-c:a", "aac"),
    "hevc.mp4": (*FILM, "-c:v", "libx265", "-tag:v", "hvc1", "-c:a", "aac", "-movflags", "faststart"),
    "parts.mp4": (*FILM, "-c:v", "libx264", "-g", "3", "-c:a", "aac", "-movflags", "frag_keyframe+faststart"),
    "subtitles.mp4": (*FILM, "-c:v", "mpeg4", "-c:a", "aac", "-timecode", "00:00:00:00"),
    "large.mov": (*FILM, "-c:v", "prores", "-c:a", "pcm_s24le", "-movflags", "faststart"),
    "vp9.webm": (*FILM, "-c:v", "libvpx-vp9", "-c:a", "libopus", "-cluster_time_limit", "200"),
    "h264.mkv": (*FILM, "-c:v", "libx264", "-c:a", "flac", "-cluster_time_limit", "200"),
    "h264.flv": (*FILM, "-c:v", "libx264", "-c:a", "aac", "-flvflags", "add_keyframe_index"),
    "lossless.avi": (*FILM, "-c:v", "ffv1", "-c:a", "pcm_s16le"),
}


@pytest.mark.parametrize("name", MADE)
def test_what_ffmpeg_makes_now_keeps_its_packets_and_its_decoded_content(program, tmp_path, name):
    ffmpeg = program("ffmpeg", "ffmpeg")
    before, after = tmp_path / f"before-{name}", tmp_path / f"after-{name}"
    done = subprocess.run([ffmpeg, "-v", "error", *MADE[name], before], capture_output=True, check=False)
    if done.returncode and b"Unknown encoder" in done.stderr:
        pytest.skip(f"this ffmpeg has no such encoder: {done.stderr.decode().strip()}")
    assert done.returncode == 0, done.stderr
    data = before.read_bytes()
    after.write_bytes(labelled(data))
    assert streams(ffmpeg, after) == streams(ffmpeg, before)
    decoded = [run(ffmpeg, "-v", "error", "-i", path, "-f", "streamhash", "-") for path in (before, after)]
    assert decoded[0] == decoded[1]
    assert decoded[0]
    again = labelled(after.read_bytes())
    assert again == after.read_bytes()


# The library for content credentials refuses long recordings and those of unknown length.
SIGNABLE = [
    name
    for name in FILES
    if not name.endswith((".ogg", ".oga", ".opus", ".ogv", ".spx", ".mkv", ".webm", ".flv"))
    and name not in {"long.wav", "piped.wav"}
]


@pytest.fixture(scope="module")
def signing(tmp_path_factory) -> Recipe:
    certificates = Certificates(tmp_path_factory.mktemp("c2pa"), clock=lambda: dt.datetime.now(dt.UTC))
    credential = certificates.make_unsafe_test_certificate()
    return Recipe(prominence=Prominence(height=0.05, seconds=2), credential=credential)


@pytest.mark.parametrize("name", SIGNABLE)
def test_content_credentials_are_signed_over_the_label_and_both_are_read_back(signing, name):
    _, product = labelled_data(FILES[name], name=Path(name), label=LABEL, recipe=signing)
    assert product.provenance is not None
    assert product.label == LABEL


MEASURE = """
import sys
from pathlib import Path
from hegui.marking import ImplicitLabel, Prominence
from hegui.marking.production import Recipe, labelled_draft

film = Path(sys.argv[1])
label = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id="A-17")
recipe = Recipe(prominence=Prominence(height=0.05, seconds=2))
labelled_draft(film, film.with_name("out.mp4"), label=label, recipe=recipe)[0].unlink()
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def test_a_large_film_takes_hardly_more_memory_than_a_small_one(tmp_path):
    small = FILES["first.mp4"]
    place = small.index(b"mdat") - 4
    large = tmp_path / "large.mp4"
    hole = 300 << 20
    with large.open("wb") as file:
        file.write(small[:place] + struct.pack(">I4sQ", 1, b"mdat", 16 + hole))
        file.truncate(place + 16 + hole)
    (tmp_path / "small.mp4").write_bytes(small)
    peaks = [int(run(sys.executable, "-c", MEASURE, tmp_path / name)) for name in ("small.mp4", "large.mp4")]
    assert peaks[1] - peaks[0] < 64 << 10, peaks  # kilobytes; the film has five times as many
