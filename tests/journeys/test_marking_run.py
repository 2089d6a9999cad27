"""A run over many files is killed for real, and the same command goes on with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

FILES = 150
COMMAND = [sys.executable, "-c", "from hegui.cli.main import run; run()"]


@pytest.fixture
def hegui(tmp_path):
    environment = {**os.environ, "HEGUI_WORKSPACE": str(tmp_path / "workspace"), "HEGUI_LANG": "en"}

    def start(*arguments) -> subprocess.Popen:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


def said(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=1200)
    assert process.returncode == 0, err
    return out


def visible(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if not path.name.startswith(".")] if folder.exists() else []


def test_a_run_that_is_killed_leaves_whole_files_and_is_gone_on_with(hegui, tmp_path):
    said(hegui("init"))
    pictures, out = tmp_path / "pictures", tmp_path / "out"
    pictures.mkdir()
    for number in range(FILES):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(pictures / f"{number:03}.png")
    asked = (
        "mark",
        pictures,
        "--producer",
        "001191110102MACQD9K64010000",
        "--produce-id",
        "{name}",
        "--out",
        out,
        "--json",
    )  # fmt: skip - one command, one line
    process = hegui(*asked)
    # A file beyond the first group of 32 means that the first group is recorded.
    while len(visible(out)) <= 32 and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    left = visible(out)
    assert len(left) > 0
    reports = json.loads(said(hegui("mark", "verify", out, "--json")))
    assert {report["implicit"] for report in reports} == {"met"}
    rows = json.loads(said(hegui(*asked)))
    assert len(rows) == FILES
    assert {row["status"] for row in rows} <= {"labelled", "kept"}
    assert len(left) == FILES or any(row["status"] == "kept" for row in rows)
    assert sorted(path.name for path in out.iterdir()) == [f"{number:03}.png" for number in range(FILES)]
    reports = json.loads(said(hegui("mark", "verify", out, "--json", "--check")))
    assert len(reports) == FILES
