import shutil

import pytest

from hegui.marking import ffmpeg as tool
from hegui.marking.ffmpeg import (
    FfmpegMissing,
    RecordingUnusable,
    check_ffmpeg,
    opening,
    packets,
    probed,
    streamed,
    worked,
)

NOISE = "anoisesrc=d=0.5:a=0.2:r=8000:seed=1"


@pytest.fixture
def recording(make_recording, tmp_path):
    path = tmp_path / "source"
    shutil.copyfile(make_recording("half.wav", NOISE, ""), path)
    return path


def test_what_is_in_a_file_is_told(recording):
    found = probed(recording, "wav")
    (stream,) = found.of("audio")
    assert (stream.codec, stream.sample_rate, stream.channels, stream.is_cover) == (
        "pcm_s16le",
        "8000",
        1,
        False,
    )
    assert (found.of("video"), found.covers, found.chapters) == ([], [], ())
    assert float(found.container.duration) == 0.5


def test_a_cover_is_no_film(make_recording):
    path = make_recording("covered.mp3", f"{NOISE} color=red:s=16x16:d=0.04", "-map 0:a -map 1:v -c:v png")
    found = probed(path, "mp3")
    assert found.of("video") == []
    assert [stream.codec for stream in found.covers] == ["png"]


def test_every_packet_is_told_with_its_digest(recording, make_recording):
    (packet, *_) = packets(recording, "wav")
    assert (packet.pts, packet.dts, packet.is_key) == (0, 0, True)
    assert packet.data_hash.startswith("SHA256:")
    film = make_recording("few.mp4", "color=red:s=16x16:r=5:d=1", "-g 2 -bf 0")
    assert [found.is_key for found in packets(film, "mov")] == [True, False, True, False, True]


def test_decoded_samples_come_in_pieces(recording):
    arguments = [*opening(recording, "wav"), "-f", "s16le", "-"]
    assert len(b"".join(streamed(arguments, recording.parent))) == 8000
    pieces = streamed(["-stream_loop", "-1", *arguments], recording.parent)
    next(pieces)
    pieces.close()  # whoever stops listening does not leave ffmpeg at work


def test_a_file_is_opened_as_what_it_was_taken_for_and_leads_to_no_other(recording):
    with pytest.raises(RecordingUnusable, match="ffmpeg says"):
        probed(recording, "mov")
    playlist = recording.with_name("playlist")
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/{recording.name}\n#EXT-X-ENDLIST\n")
    with pytest.raises(RecordingUnusable, match="ffmpeg says"):
        probed(playlist, "hls")


def test_a_failure_or_a_complaint_is_quoted(recording):
    with pytest.raises(RecordingUnusable, match="ffmpeg says"):
        worked([*opening("nothing", "wav"), "out.wav"], recording.parent)
    with pytest.raises(RecordingUnusable, match="ffmpeg says"):
        list(streamed([*opening("nothing", "wav"), "-f", "s16le", "-"], recording.parent))
    (recording.parent / "cut").write_bytes(b"fLaC" + recording.read_bytes())
    with pytest.raises(RecordingUnusable, match="ffmpeg says"):
        list(streamed([*opening("cut", "flac"), "-f", "s16le", "-"], recording.parent))


def test_what_takes_too_long_is_ended(recording, monkeypatch):
    monkeypatch.setattr(tool, "_WORK_SECONDS", 0.2)
    with pytest.raises(RecordingUnusable, match="was not done after"):
        worked(["-stream_loop", "-1", "-re", *opening(recording, "wav"), "-f", "null", "-"], recording.parent)
    with pytest.raises(RecordingUnusable, match="status -9"):
        list(
            streamed(
                ["-stream_loop", "-1", "-re", *opening(recording, "wav"), "-f", "s16le", "-"],
                recording.parent,
            )
        )


def test_a_program_that_is_missing_is_named_with_ways_to_get_it(recording, monkeypatch):
    check_ffmpeg()
    monkeypatch.setenv("PATH", str(recording.parent))
    with pytest.raises(FfmpegMissing, match="need ffmpeg"):
        check_ffmpeg()
    with pytest.raises(FfmpegMissing, match="apt-get install ffmpeg") as missing:
        probed(recording, "wav")
    assert "ffprobe" in missing.value.text.zh
