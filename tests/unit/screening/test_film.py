"""Frames and sound of films, by the real ffmpeg."""

import shutil
import subprocess
import wave

import pytest

from hegui.screening import film
from hegui.screening.film import NoFilmTool, UnreadableFilm, strip
from hegui.screening.media import medium_form

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed here")


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Makes a film of some seconds, two fifths of them red and the others blue."""

    def film_of(ending, seconds, *, sound=True, picture=True):
        path = tmp_path_factory.mktemp("film") / f"film{ending}"
        inputs, maps = [], []
        if picture:
            shares = {"red": 0.4, "blue": 0.6}
            red, blue = (f"color={name}:s=64x48:r=5:d={share * seconds}" for name, share in shares.items())
            inputs += ["-f", "lavfi", "-i", f"{red}[a];{blue}[b];[a][b]concat"]
            maps += ["-map", "0:v"]
        if sound:
            inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
            maps += ["-map", f"{int(picture)}:a"]
        subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, *maps, str(path)], check=True)
        return path.read_bytes()

    return film_of


def taken(data, *, frames_per_minute=12.0, most_frames=60):
    return strip(data, medium_form(data), frames_per_minute=frames_per_minute, most_frames=most_frames)


def color(jpeg, tmp_path):
    (tmp_path / "f.jpg").write_bytes(jpeg)
    options = ["-vf", "scale=1:1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", tmp_path / "f.jpg", *options], check=True, capture_output=True
    ).stdout
    return "red" if raw[0] > raw[2] else "blue"


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".avi", ".flv"])
def test_frames_are_spread_over_the_whole_film_and_its_sound_is_taken(make, tmp_path, ending):
    found = taken(make(ending, 20))

    # In an AVI the sound, and so the film, may be a little longer than its pictures.
    seen = [(round(frame.seconds, 1), color(frame.picture, tmp_path)) for frame in found.frames[:4]]
    assert seen == [(0.0, "red"), (5.0, "red"), (10.0, "blue"), (15.0, "blue")]
    assert len(found.frames) == 4 or ending == ".avi"
    assert found.complete
    (tmp_path / "s.wav").write_bytes(found.sound)
    with wave.open(str(tmp_path / "s.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, 16000)


def test_of_a_short_film_at_least_four_frames_are_taken(make):
    found = taken(make(".mp4", 2, sound=False))
    assert len(found.frames) == 4
    assert found.sound is None


def test_of_a_long_film_fewer_frames_are_taken_each_minute_to_its_end(make, tmp_path):
    found = taken(make(".mp4", 20, sound=False), most_frames=2)
    assert [color(frame.picture, tmp_path) for frame in found.frames] == ["red", "blue"]
    assert found.complete


def test_what_is_left_of_a_film_that_lies_about_its_length_is_told(make, monkeypatch):
    monkeypatch.setattr(film, "_measured", lambda _: ({"video"}, 1.0))
    found = taken(make(".mp4", 20, sound=False), most_frames=4)
    assert len(found.frames) == 4
    assert not found.complete


def test_frames_of_a_film_whose_length_is_not_known_are_taken_as_far_as_wanted(make, monkeypatch):
    monkeypatch.setattr(film, "_measured", lambda _: ({"video"}, None))
    data = make(".mp4", 20, sound=False)
    assert taken(data).complete
    assert not taken(data, most_frames=2).complete


def test_moving_pictures_are_films(make):
    assert len(taken(make(".gif", 2, sound=False)).frames) == 4


def test_a_film_may_be_sound_alone(make):
    found = taken(make(".mp4", 2, picture=False))
    assert found.frames == ()
    assert found.sound is not None


@pytest.mark.parametrize("rest", [b"", b"\0" * 4000])
def test_what_cannot_be_read_is_said_to_be_unreadable(rest):
    with pytest.raises(UnreadableFilm):
        taken(b"\0\0\0\x20ftypisom" + rest)


def test_a_file_that_holds_neither_pictures_nor_sound_is_unreadable(make, monkeypatch):
    monkeypatch.setattr(film, "_measured", lambda _: (set(), 1.0))
    with pytest.raises(UnreadableFilm):
        taken(make(".mp4", 1, sound=False))


def test_a_film_over_which_the_tool_takes_too_long_is_unreadable(make, monkeypatch):
    data = make(".mp4", 2)
    monkeypatch.setattr(film, "_SECONDS", 0.0001)
    with pytest.raises(UnreadableFilm):
        taken(data)


def test_what_the_tool_does_not_read_or_no_tool_is_no_fault_of_the_file(monkeypatch):
    with pytest.raises(NoFilmTool):
        taken(b"RIFF....WEBPVP8X....\x02")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoFilmTool):
        taken(b"GIF89a")


def test_a_film_that_names_another_file_does_not_lead_there(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n".encode()
    with pytest.raises(UnreadableFilm):
        taken(b"GIF89a" + playlist)
