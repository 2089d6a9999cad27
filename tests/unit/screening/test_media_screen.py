"""Judging pictures, sounds and films."""

import asyncio
import datetime as dt
import json
import shutil
import subprocess
import wave

import pytest

from hegui.core import InvalidInput
from hegui.screening import (
    DEFAULT_RULES,
    UNSCREENED,
    Action,
    Direction,
    FailureMode,
    GuardDeclaration,
    Guards,
    Keyword,
    KeywordBank,
    MediaDeclaration,
    MediaScreen,
    MediumKind,
    OnFailure,
    Rule,
    Screen,
    TranscriberDeclaration,
)
from simulators.model_endpoint import DASHSCOPE_BLOCK, Fails, Hangs, ModelEndpoint, Says, Sends
from simulators.samples import make_png

IN, OUT = Direction.INPUT, Direction.OUTPUT
PICTURE = make_png()
SAFE = Says('{"verdict": "safe", "risks": []}')
UNSAFE = Says('{"verdict": "unsafe", "risks": ["A.1.f"]}')
FORBIDDEN = "雷管制作方法"
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed here")


@pytest.fixture
def model():
    with ModelEndpoint(api_key="secret") as model:
        model.always(SAFE)
        yield model


@pytest.fixture
def sound(tmp_path):
    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 800)
    return (tmp_path / "sound.wav").read_bytes()


@pytest.fixture
def film(tmp_path):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:r=5:d=4", "-f", "lavfi", "-i",
         "sine=duration=4", str(tmp_path / "film.mp4")],
        check=True,
    )  # fmt: skip
    return (tmp_path / "film.mp4").read_bytes()


def heard(text):
    return Sends((json.dumps({"text": text}).encode(),))


def media(tmp_path, url, *, pictures=True, sound=True, guards=(), eye=None, ear=None, **changes):
    (tmp_path / "key").write_text("secret\n")
    declaration = MediaDeclaration(
        pictures=GuardDeclaration(
            name="eye", url=url, model="v", format="pictures-zh", key_variable="KEY", **(eye or {})
        )
        if pictures
        else None,
        sound=TranscriberDeclaration(url=url, model="asr", key_file="key", **(ear or {})) if sound else None,
        **changes,
    )
    word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
    of_text = Guards.declared(guards, folder=tmp_path, secret=lambda _: "secret")
    screen = Screen(
        keywords=KeywordBank([word], name="test"),
        judges=of_text.judges,
        rules=(*declaration.rules, *DEFAULT_RULES),
    )
    return MediaScreen.declared(
        declaration, screen=screen, guards=of_text, folder=tmp_path, secret=lambda _: "secret"
    )


def found(screening):
    return {
        part.place: [(each.risk, each.kind, each.level) for each in part.findings] for part in screening.parts
    }


def test_a_picture_is_shown_to_the_model_as_it_is(model, tmp_path):
    screening = media(tmp_path, model.url).examine_and_wait(PICTURE)

    assert (screening.kind, screening.action) == (MediumKind.PICTURE, Action.ALLOW)
    assert screening.is_screened
    (request,) = model.requests
    text, picture = request.body["messages"][-1]["content"]
    assert text["type"] == "text"
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert set(screening.judges) == {"eye", "sound"}


def test_a_picture_that_the_model_objects_to_is_blocked(model, tmp_path):
    model.always(UNSAFE)
    screening = media(tmp_path, model.url).examine_and_wait(PICTURE)
    assert screening.action is Action.BLOCK
    assert found(screening) == {"picture": [("A.1.f", "A.1.f", "high")]}
    assert screening.is_screened


def patience(failure):
    """Short where nothing else is to come, long where a busy machine may take its time."""
    return 0.5 if failure == "timed_out" else 60


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (Fails(500), "unavailable"),
        (Fails(400), "refused"),
        (Says("A red square."), "unparsable"),
        (Hangs(), "timed_out"),
    ],
)
def test_a_picture_that_was_not_judged_is_unscreened_and_blocked(model, tmp_path, behaviour, failure):
    model.always(behaviour)
    screening = media(tmp_path, model.url, eye={"timeout_seconds": patience(failure)}).examine_and_wait(
        PICTURE
    )
    assert screening.action is Action.BLOCK
    assert found(screening) == {"picture": [(UNSCREENED, "eye", failure)]}
    assert not screening.is_screened


def test_where_no_model_is_declared_nothing_is_ever_clean(tmp_path, sound):
    nobody = MediaScreen.declared(
        MediaDeclaration(), screen=Screen(keywords=None), guards=Guards(()), folder=tmp_path, secret=str
    )
    for data, place in ((PICTURE, "picture"), (sound, "sound")):
        screening = nobody.examine_and_wait(data)
        assert screening.action is Action.BLOCK
        assert not screening.is_screened
        assert found(screening)[place][0][::2] == (UNSCREENED, "not_asked")
    assert nobody.judges == {}


def test_what_may_pass_unjudged_passes_and_is_still_unscreened(model, tmp_path, sound):
    model.always(Fails(500))
    openly = {"on_failure": OnFailure(output=FailureMode.ALLOW)}
    watching = media(tmp_path, model.url, eye=openly, ear=openly)
    for data in (PICTURE, sound):
        assert watching.examine_and_wait(data, OUT).action is Action.ALLOW
        assert not watching.examine_and_wait(data, OUT).is_screened
        assert watching.examine_and_wait(data, IN).action is Action.BLOCK


def test_a_model_is_asked_in_its_directions_only(model, tmp_path):
    watching = media(tmp_path, model.url, eye={"directions": (IN,)})
    assert found(watching.examine_and_wait(PICTURE, OUT)) == {"picture": [(UNSCREENED, "eye", "not_asked")]}
    assert watching.examine_and_wait(PICTURE, IN).is_screened


def test_what_is_said_in_a_sound_is_screened_as_text(model, tmp_path, sound):
    watching = media(tmp_path, model.url)
    model.always(heard("今天天气很好"))
    assert watching.examine_and_wait(sound).is_screened
    model.always(heard(f"这是{FORBIDDEN}"))
    screening = watching.examine_and_wait(sound)
    assert screening.action is Action.BLOCK
    assert found(screening) == {"sound": [("A.1.h", "weapons", "high")]}
    request = model.requests[0]
    assert request.path == "/v1/audio/transcriptions"
    assert b'filename="sound.wav"' in request.data
    assert b"asr" in request.data


def test_what_would_be_masked_in_a_text_blocks_a_sound(model, tmp_path, sound):
    model.always(heard("打13812345678"))
    assert media(tmp_path, model.url).examine_and_wait(sound, OUT).action is Action.BLOCK
    assert media(tmp_path, model.url).examine_and_wait(sound, IN).action is Action.ALLOW


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (Fails(503), "unavailable"),
        (DASHSCOPE_BLOCK, "refused"),
        (Sends((b"{}",)), "unparsable"),
        (Hangs(), "timed_out"),
    ],
)
def test_a_sound_that_was_not_written_down_is_unscreened_and_blocked(
    model, tmp_path, sound, behaviour, failure
):
    model.always(behaviour)
    screening = media(tmp_path, model.url, ear={"timeout_seconds": patience(failure)}).examine_and_wait(sound)
    assert screening.action is Action.BLOCK
    assert found(screening) == {"sound": [(UNSCREENED, "sound", failure)]}


def test_guard_models_read_what_is_said(model, tmp_path, sound):
    guard = GuardDeclaration(name="guard", url=model.url, model="g", format="judge-zh", key_variable="KEY")
    model.always(lambda body: UNSAFE if body else heard("坏话"))
    screening = media(tmp_path, model.url, guards=[guard]).examine_and_wait(sound)
    assert found(screening) == {"sound": [("A.1.f", "A.1.f", "high")]}


@needs_ffmpeg
def test_of_a_film_frames_are_judged_and_its_sound(model, tmp_path, film):
    model.always(lambda body: SAFE if body else heard("你好"))
    screening = media(tmp_path, model.url, eye={"concurrency": 2}).examine_and_wait(film)
    assert found(screening) == {
        "frame 00:00.0": [],
        "frame 00:01.0": [],
        "frame 00:02.0": [],
        "frame 00:03.0": [],
        "sound": [],
    }
    assert screening.is_screened
    assert model.most_at_once <= 2


@needs_ffmpeg
def test_one_frame_is_enough_to_block_a_film(model, tmp_path, film):
    model.always(lambda body: SAFE if body else heard("你好"))
    model.then(SAFE, UNSAFE)
    screening = media(tmp_path, model.url, eye={"concurrency": 1}).examine_and_wait(film)
    assert screening.action is Action.BLOCK
    assert found(screening)["frame 00:01.0"] == [("A.1.f", "A.1.f", "high")]


@needs_ffmpeg
def test_a_film_of_which_only_the_pictures_are_judged_is_unscreened(model, tmp_path, film):
    screening = media(tmp_path, model.url, sound=False).examine_and_wait(film)
    assert found(screening)["sound"] == [(UNSCREENED, "sound", "not_asked")]
    assert screening.action is Action.BLOCK


@needs_ffmpeg
def test_what_was_not_looked_at_of_a_film_is_told(model, tmp_path, film, monkeypatch):
    monkeypatch.setattr("hegui.screening.film._measured", lambda _: ({"video"}, 0.1))
    screening = media(tmp_path, model.url, most_frames=2).examine_and_wait(film)
    assert found(screening)["frames behind"] == [(UNSCREENED, "pictures", "not_asked")]


def test_without_ffmpeg_a_film_is_unscreened(model, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    screening = media(tmp_path, model.url).examine_and_wait(b"GIF89a")
    assert found(screening) == {
        "pictures": [(UNSCREENED, "pictures", "not_asked")],
        "sound": [(UNSCREENED, "sound", "not_asked")],
    }


@needs_ffmpeg
def test_a_film_that_cannot_be_read_is_unscreened(model, tmp_path):
    screening = media(tmp_path, model.url).examine_and_wait(b"GIF89a")
    assert found(screening)["pictures"] == [(UNSCREENED, "pictures", "unreadable")]
    assert screening.action is Action.BLOCK


def test_what_is_no_medium_is_unscreened(model, tmp_path):
    screening = media(tmp_path, model.url).examine_and_wait(b"%PDF-1.7")
    assert screening.kind is None
    assert found(screening) == {"file": [(UNSCREENED, "file", "unreadable")]}


def test_what_no_rule_looks_for_is_not_told(model, tmp_path, sound):
    model.always(heard("打13812345678"))
    watching = media(tmp_path, model.url)
    rules = tuple(rule for rule in DEFAULT_RULES if rule.risk not in {"pii", "*"})
    watching.screen = Screen(keywords=None, rules=(*rules, *DEFAULT_RULES[-1:]))
    assert watching.examine_and_wait(sound, OUT).parts[0].findings == ()


def test_several_media_are_judged_over_one_line(model, tmp_path):
    async def asking():
        async with media(tmp_path, model.url).open() as line:
            return [await line.examine(PICTURE), await line.examine(PICTURE)]

    assert [each.action for each in asyncio.run(asking())] == [Action.ALLOW] * 2
    assert len(model.requests) == 1


def test_a_medium_may_be_judged_by_other_rules(model, tmp_path):
    model.always(UNSAFE)
    lenient = Screen(
        keywords=None, rules=(Rule(direction=OUT, risk="*", action=Action.ALLOW), *DEFAULT_RULES)
    )

    async def asking():
        async with media(tmp_path, model.url).open() as line:
            return [await line.examine(PICTURE), await line.examine(PICTURE, screen=lenient)]

    assert [each.action for each in asyncio.run(asking())] == [Action.BLOCK, Action.ALLOW]


def test_keys_may_come_from_variables(model, tmp_path, sound):
    model.always(heard("你好"))
    watching = MediaScreen.declared(
        MediaDeclaration(sound=TranscriberDeclaration(url=model.url, model="asr", key_variable="KEY")),
        screen=Screen(keywords=None),
        guards=Guards(()),
        folder=tmp_path,
        secret=lambda _: "secret",
    )
    assert watching.examine_and_wait(sound).is_screened
    keyless = TranscriberDeclaration(url="ftp://x", model="asr")
    with pytest.raises(InvalidInput, match="not the address"):
        MediaScreen.declared(
            MediaDeclaration(sound=keyless),
            screen=Screen(keywords=None),
            guards=Guards(()),
            folder=tmp_path,
            secret=str,
        )
