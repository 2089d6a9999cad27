import errno
import sys

import pytest

from hegui.marking import ExplicitLabel, Placement, Prominence, Treatment
from hegui.marking import recording_label as module
from hegui.marking.formats import format_of
from hegui.marking.picture_label import DrawingUnavailable
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.rhythm import WORDS
from hegui.marking.splices import Mapped
from hegui.store import StorageFull

PROMINENCE = Prominence(height=0.05, seconds=2)
NOISE = "anoisesrc=d=1:a=0.2:r=8000:seed=1"
END = ExplicitLabel(placement=Placement.END)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.oga", "a.m4a", "a.mka", "a.mp4", "a.mov"])
def test_a_label_in_sound_is_heard_whatever_the_file(make_recording, name):
    data = make_recording(name, NOISE, "-c:a flac" if name == "a.mka" else "").read_bytes()
    file_format = format_of(data)
    assert file_format.listen(data) == ()
    shown = file_format.show(data, END, PROMINENCE)
    assert shown.words == WORDS
    assert format_of(shown.data) is file_format
    (mark,) = file_format.listen(shown.data)
    assert mark.seconds == pytest.approx((1.36, 2.68), abs=0.4)
    assert (mark.text, mark.deviations) == (WORDS, ())


def test_webm_stays_webm(make_recording):
    data = make_recording("a.webm", NOISE, "-c:a libopus").read_bytes()
    shown = format_of(data).show(data, ExplicitLabel(), PROMINENCE)
    assert b"webm" in shown.data[:64]
    assert shown.treatment is Treatment.KEPT


def test_a_large_result_is_mapped_and_outlives_its_file(make_recording, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_IN_MEMORY", 1000)
    data = make_recording("a.wav", NOISE, "").read_bytes()
    shown = shown_in(demuxer="wav", muxer="wav")(data, END, PROMINENCE)
    assert isinstance(shown.data, Mapped)
    assert heard_in(demuxer="wav")(shown.data) != ()


def test_a_film_shows_its_label(make_recording, monkeypatch):
    data = make_recording("a.mkv", "testsrc2=s=160x120:r=5:d=1", "-pix_fmt yuv420p -c:v libx264").read_bytes()
    shown = format_of(data).show(data, ExplicitLabel(wording="AI生成"), PROMINENCE)
    assert (shown.words, shown.treatment) == ("AI生成", Treatment.ENCODED)
    monkeypatch.setitem(sys.modules, "hegui.marking.film", None)
    with pytest.raises(DrawingUnavailable, match=r"hegui\[media,fonts\]"):
        format_of(data).show(data, ExplicitLabel(), PROMINENCE)


def test_what_cannot_be_decoded_is_not_assessed(make_recording):
    assert heard_in(demuxer="flac")(b"fLaC nothing") == ()
    film = make_recording("silent.mkv", "color=red:s=16x16:d=0.2", "")
    assert heard_in(demuxer="matroska")(film.read_bytes()) == ()


def test_a_full_disk_is_named(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "pieces", full)
    with pytest.raises(StorageFull):
        heard_in(demuxer="wav")(b"RIFF")
