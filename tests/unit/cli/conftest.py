"""What the tests of ``hegui mark`` share."""

import shutil
import wave

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def mark(tmp_path):
    """Runs ``hegui mark`` on a new workspace and returns what it prints; its errors come through."""
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en", given=None):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(root), "mark", *map(str, arguments)], input=given)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


@pytest.fixture
def recording(tmp_path):
    """A second of noise in a WAV file, for ffmpeg; without it the test is skipped."""
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        pytest.skip("ffmpeg is not installed")
    path = tmp_path / "recording.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.random.default_rng(1).integers(-3000, 3000, 8000, np.int16).tobytes())
    return path


@pytest.fixture
def picture(tmp_path):
    """A small PNG file without a label."""
    path = tmp_path / "picture.png"
    Image.new("RGB", (8, 8), "blue").save(path)
    return path
