import shutil
import struct
import subprocess
from fractions import Fraction

import msgspec
import numpy as np
import pytest

from hegui.marking import ExplicitLabel, Placement, Prominence, Treatment
from hegui.marking import film as module
from hegui.marking.avc import Configuration
from hegui.marking.ffmpeg import RecordingUnusable, probed
from hegui.marking.film import film_in, filmed

PROMINENCE = Prominence(height=0.05, seconds=2)
LABEL = ExplicitLabel(wording="AI生成")
FILM = "testsrc2=s=160x120:r=10:d=4"
BOTH = f"{FILM} sine=d=4:r=16000"
UNEVEN = "testsrc2=s=160x120:r=30000/1001:d=4"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8"
H265 = "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=error"
H264 = "-pix_fmt yuv420p -c:v libx264 -preset veryfast -g 10"

# Name, what is in it, how it is written, and what ffmpeg calls the format as it reads and writes it.
KINDS = {
    "mp4": ("a.mp4", BOTH, f"{H264} -bf 2 -c:a aac", "mov", "mp4"),
    "mp4, baseline, uneven rate": ("b.mp4", UNEVEN, f"{H264} -profile:v baseline", "mov", "mp4"),
    "mov": ("a.mov", BOTH, f"{H264} -profile:v main -bf 3 -c:a pcm_s16le", "mov", "mov"),
    "matroska": ("a.mkv", BOTH, f"{H264} -bf 2 -c:a libvorbis", "matroska", "matroska"),
    "flv": ("a.flv", "testsrc2=s=160x120:r=10:d=4 sine=d=4:r=44100", f"{H264} -bf 0 -c:a aac", "flv", "flv"),
    "avi": ("a.avi", BOTH, f"{H264} -bf 2 -c:a mp3", "avi", "avi"),
    "one group": ("c.mp4", FILM, "-pix_fmt yuv420p -c:v libx264 -preset veryfast -g 250", "mov", "mp4"),
    "open groups": ("d.mp4", FILM, f"{H264} -bf 3 -x264-params open-gop=1", "mov", "mp4"),
    "webm": ("a.webm", BOTH, f"{VP8} -b:v 1M -c:a libopus", "matroska", "webm"),
    "hevc": ("e.mp4", FILM, f"{H265} -preset ultrafast", "mov", "mp4"),
    "short": ("f.mp4", "testsrc2=s=160x120:r=10:d=1", H264, "mov", "mp4"),
    "wide pixels": ("g.mp4", FILM, f"{H264} -vf setsar=2/1", "mov", "mp4"),
}  # fmt: skip


@pytest.fixture
def make_film(make_recording, tmp_path):
    """A film of one of the kinds, in a folder of its own, ready for a label."""

    def make(kind: str):
        name, inputs, output, demuxer, muxer = KINDS[kind]
        return opened(make_recording(name, inputs, output), demuxer, muxer)

    def opened(source, demuxer="mov", muxer="mp4"):
        path = tmp_path / "source"
        shutil.copyfile(source, path)
        return film_in(path, probed(path, demuxer), demuxer=demuxer, muxer=muxer)

    make.opened = opened
    return make


def frames(path, ffmpeg, size=(160, 120)) -> np.ndarray:
    command = [ffmpeg, "-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo"]
    done = subprocess.run([*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0])


def packets(path, ffmpeg, kind: str) -> list[str]:
    command = [ffmpeg, "-v", "error", "-i", path, "-map", f"0:{kind}", "-c", "copy", "-f", "framemd5", "-"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [line.split(",")[5].strip() for line in told.splitlines() if line[0] != "#"]


def changed(one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """The height and the width of what differs much between two pictures: the label."""
    different = np.abs(one.astype(int) - other) > 100
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    return (int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1) if len(rows) else (0, 0)


@pytest.mark.parametrize("kind", ["mp4", "mp4, baseline, uneven rate", "mov", "matroska", "flv"])
def test_only_the_opening_pictures_are_encoded_anew(make_film, ffmpeg, kind):
    film = make_film(kind)
    result, words, treatment = filmed(film, LABEL, PROMINENCE)
    assert (words, treatment) == ("AI生成", Treatment.PARTLY_ENCODED)
    before, after = frames(film.path, ffmpeg), frames(result, ffmpeg)
    assert len(after) == len(before)
    opening = round(2 * len(before) / 4)
    assert all(
        changed(*pair)[0] >= 0.05 * 120 for pair in zip(before[:opening], after[:opening], strict=True)
    )
    assert np.array_equal(before[opening + len(before) // 4 :], after[opening + len(before) // 4 :])
    one, other = (packets(path, ffmpeg, "v") for path in (film.path, result))
    assert one[-10:] == other[-10:]
    if film.recording.of("audio"):
        assert packets(film.path, ffmpeg, "a") == packets(result, ffmpeg, "a")


@pytest.mark.parametrize("kind", ["one group", "open groups", "webm", "hevc", "short"])
def test_where_it_cannot_be_cut_all_pictures_are(make_film, ffmpeg, kind):
    film = make_film(kind)
    result, _, treatment = filmed(film, LABEL, PROMINENCE)
    assert treatment is Treatment.ENCODED
    before, after = frames(film.path, ffmpeg), frames(result, ffmpeg)
    assert len(after) == len(before)
    heights = [changed(*pair)[0] for pair in zip(before, after, strict=True)]
    assert [height >= 0.05 * 120 for height in heights] == [index < 20 for index in range(len(before))]
    if film.recording.of("audio"):
        assert packets(film.path, ffmpeg, "a") == packets(result, ffmpeg, "a")


def test_in_an_avi_all_pictures_are_and_the_label_stays_for_longer(make_film, ffmpeg):
    film = make_film("avi")
    result, _, treatment = filmed(film, LABEL, PROMINENCE)
    assert treatment is Treatment.ENCODED
    before, after = frames(film.path, ffmpeg), frames(result, ffmpeg)
    assert len(after) == len(before)
    assert all(changed(*pair)[0] >= 0.05 * 120 for pair in zip(before[:30], after[:30], strict=True))
    assert packets(film.path, ffmpeg, "a") == packets(result, ffmpeg, "a")


@pytest.mark.parametrize(("placement", "bare"), [("middle", {10}), ("end", {20})])
def test_a_label_may_come_again_later(make_film, ffmpeg, placement, bare):
    film = make_film("mp4")
    result, _, treatment = filmed(
        film,
        ExplicitLabel(wording="AI生成", placement=Placement(placement)),
        Prominence(height=0.05, seconds=1),
    )
    assert treatment is Treatment.ENCODED
    before, after = frames(film.path, ffmpeg), frames(result, ffmpeg)
    shown = [changed(*pair)[0] >= 0.05 * 120 for pair in zip(before, after, strict=True)]
    assert all(shown[:10])
    assert not any(shown[index] for index in bare)
    assert all(shown[16:24] if placement == "middle" else shown[31:])


def test_a_film_that_is_turned_has_its_label_upright(make_recording, make_film, ffmpeg, tmp_path):
    upright = make_recording(*KINDS["mp4"][:3])
    upright_matrix = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turning = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    data = upright.read_bytes()
    track = data.index(upright_matrix, data.index(b"tkhd"))
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(data[:track] + turning + data[track + len(turning) :])
    film = make_film.opened(turned)
    assert film.size == (120, 160)
    result, _, treatment = filmed(film, LABEL, PROMINENCE)
    assert treatment is Treatment.ENCODED
    height, width = changed(frames(turned, ffmpeg, (120, 160))[0], frames(result, ffmpeg, (120, 160))[0])
    assert 6 <= height < width


def test_where_pixels_are_wide_the_characters_are_higher(make_film):
    film = make_film("wide pixels")
    assert module._stretched(film, PROMINENCE).height == pytest.approx(0.05)
    tall = film._replace(track=msgspec.structs.replace(film.track, width=90))
    assert module._stretched(tall, PROMINENCE).height == pytest.approx(0.05 * 120 / 90)
    unknown = film._replace(track=msgspec.structs.replace(film.track, sample_aspect_ratio="0:1"))
    assert module._stretched(unknown, PROMINENCE).height == 0.05


def test_what_would_be_lost_or_spoilt_is_refused(make_film, make_recording):
    film = make_film("mp4")

    def refused(**changes) -> str:
        track = msgspec.structs.replace(film.track, **changes)
        recording = msgspec.structs.replace(film.recording, streams=(track,))
        with pytest.raises(RecordingUnusable) as refusal:
            film_in(film.path, recording, demuxer="mov", muxer="mp4")
        return refusal.value.text.en

    assert "interlaced" in refused(field_order="tt")
    assert "HDR" in refused(color_transfer="smpte2084")
    assert "codec mpeg4 is not supported" in refused(codec="mpeg4")
    two = msgspec.structs.replace(film.recording, streams=(film.track, film.track))
    with pytest.raises(RecordingUnusable, match="2 tracks of pictures"):
        film_in(film.path, two, demuxer="mov", muxer="mp4")
    told = msgspec.structs.replace(
        film.recording, streams=(film.track, msgspec.structs.replace(film.track, kind="data"))
    )
    with pytest.raises(RecordingUnusable, match="kind data cannot be carried over"):
        film_in(film.path, told, demuxer="mov", muxer="mp4")
    with pytest.raises(RecordingUnusable, match="corner is for texts"):
        filmed(film, ExplicitLabel(placement=Placement.CORNER), PROMINENCE)


def test_a_film_whose_parameters_have_every_number_is_encoded_as_a_whole(make_film, monkeypatch):
    monkeypatch.setattr(Configuration, "free_number", None)
    assert filmed(make_film("mp4"), LABEL, PROMINENCE)[2] is Treatment.ENCODED


@pytest.mark.parametrize(
    ("part", "wrong", "complaint"),
    [
        ("contrast", lambda *_: 1.0, "cannot be read on picture 1"),
        ("streamed", lambda *_: iter(()), "opens with 0 pictures, not 20"),
    ],
)
def test_a_label_that_cannot_be_read_is_no_label(make_film, monkeypatch, part, wrong, complaint):
    monkeypatch.setattr(module, part, wrong)
    with pytest.raises(RecordingUnusable, match=complaint):
        filmed(make_film("mp4"), LABEL, PROMINENCE)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda found: found[:-1], "packets, not"),
        (lambda found: [*found[:-1], msgspec.structs.replace(found[-1], data_hash="")], "track changed"),
        (lambda found: [*found[:-1], msgspec.structs.replace(found[-1], pts=0)], "moved by"),
    ],
)
def test_a_result_that_lacks_something_is_refused(make_film, monkeypatch, change, complaint):
    true = module.packets
    monkeypatch.setattr(
        module,
        "packets",
        lambda path, demuxer: (change if path.name == "result" else list)(true(path, demuxer)),
    )
    with pytest.raises(RecordingUnusable, match=complaint):
        filmed(make_film("mp4"), LABEL, PROMINENCE)


@pytest.mark.parametrize("range_", ["tv", "pc"])
def test_colours_are_carried_over(make_recording, make_film, ffmpeg, range_):
    told = f"range={range_}:colormatrix=bt709:transfer=bt709:colorprim=bt709"
    full = "scale=out_range=pc," if range_ == "pc" else ""
    written = f"-vf {full}format=yuv420p -c:v libx264 -g 10 -x264-params {told}"
    film = make_film.opened(make_recording("coloured.mp4", FILM, written))
    assert (film.track.color_range, film.track.color_transfer) == (range_, "bt709")
    result, _, treatment = filmed(film, LABEL, PROMINENCE)
    assert treatment is (Treatment.PARTLY_ENCODED if range_ == "tv" else Treatment.ENCODED)
    (track,) = probed(result, "mov").of("video")
    assert (track.color_range, track.color_space, track.color_transfer) == (range_, "bt709", "bt709")
    before, after = frames(film.path, ffmpeg), frames(result, ffmpeg)
    assert np.abs(before[:, :80].astype(int) - after[:, :80]).mean() < 1
    assert film.step == Fraction(track.time_base)
