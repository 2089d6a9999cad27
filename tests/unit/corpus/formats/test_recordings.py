"""Texts that other tools wrote into sound and films."""

import io
import subprocess

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.recordings import recording_document
from simulators.samples import RECORDINGS


def read(data):
    (document,) = recording_document(io.BytesIO(data), longest_bytes=10_000)
    return document.text


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "m4a", "wav", "mp4"])
def test_what_ffmpeg_wrote_is_read(tmp_path, ending):
    path = tmp_path / f"recording.{ending}"
    tags = {"title": "标题", "artist": "歌手", "comment": "说明文字"}
    written = [option for name, value in tags.items() for option in ("-metadata", f"{name}={value}")]
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.1", *written, str(path)]
    subprocess.run(made, check=True, capture_output=True)
    assert set(tags.values()) <= set(read(path.read_bytes()).splitlines())


def test_a_title_in_gb18030_is_read_as_the_standard_of_old_players_never_said():
    title = b"\0" + "月亮代表我的心".encode("gb18030")
    frame = b"TIT2" + len(title).to_bytes(4, "big") + b"\0\0" + title
    assert read(b"ID3\x03\0\0" + bytes([0, 0, 0, len(frame)]) + frame) == "月亮代表我的心"


def test_a_recording_that_says_nothing_is_an_empty_document():
    plain = next(path for path in sorted(RECORDINGS.iterdir()) if path.suffix == ".wav")
    assert read(plain.read_bytes()) is LineFault.EMPTY_TEXT


@pytest.mark.parametrize("data", [b"no recording", b"fLaC\x04\0\0\x10cut"])
def test_what_is_no_recording_is_an_error(data):
    with pytest.raises(ValueError, match=r"."):
        read(data)
