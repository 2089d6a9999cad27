"""The how-to pages about marking, run as they are written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hegui.core import system_clock
from hegui.marking import ImplicitLabel
from hegui.marking.certificates import Certificates
from hegui.marking.formats.png import PNG
from hegui.marking.splices import spliced
from simulators.samples import htmls, jsons, ooxmls, pdfs, svgs

FOLDER = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = (
    "label-files.md",
    "label-sound-and-films.md",
    "verify-labels.md",
    "sign-labels.md",
    "propagate-and-release.md",
    "watermark-pictures.md",
)


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """Somebody in a folder with everything that the pages name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("HEGUI_WORKSPACE", "my-service")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for workspace in ("my-service", "my-platform"):
        subprocess.run(["hegui", "init", workspace], check=True, capture_output=True)
    label = ImplicitLabel.first(producer="001191110000MA0EXAMPLB10001", produce_id="0")
    for folder in ("pictures", "uploads", "release"):
        (tmp_path / folder).mkdir()
    for name in (
        "pictures/a.png",
        "pictures/b.png",
        "uploads/a.png",
        "release/a.png",
        "upload.png",
        "picture.png",
    ):
        path = tmp_path / name
        Image.effect_noise((300, 260), 50).save(path)
        if name in {"release/a.png", "upload.png"}:
            path.write_bytes(spliced(path.read_bytes(), PNG.write(path.read_bytes(), label)))
    (tmp_path / "answer.md").write_text("# 标题\n\n正文。\n", encoding="utf-8")
    for name, data in (
        ("report.pdf", pdfs()["by typst"]),
        ("report.docx", ooxmls()["docx"]),
        ("page.html", htmls()["whole"]),
        ("answer.json", jsons()["indented"]),
        ("logo.svg", svgs()["by typst"]),
    ):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "list.csv").write_text("file,produce_id\npictures/a.png,A-1\n", encoding="utf-8")
    chain, key, _ = Certificates(tmp_path / "ceremony", clock=system_clock).make_unsafe_test_certificate()
    for name, data in (("chain.pem", chain), ("roots.pem", chain), ("key.pem", key)):
        (tmp_path / name).write_bytes(data)
    run = ["openssl", "genpkey", "-algorithm", "SM2", "-outpubkey", "minimax.pem", "-out", "private.pem"]
    if subprocess.run(
        run, check=False, capture_output=True
    ).returncode:  # OpenSSL before 3.1 has no -outpubkey
        subprocess.run([*run[:4], "-out", "private.pem"], check=True, capture_output=True)
        subprocess.run(
            ["openssl", "pkey", "-in", "private.pem", "-pubout", "-out", "minimax.pem"],
            check=True,
            capture_output=True,
        )
    return tmp_path


def record(folder: Path) -> None:
    """The sound and the films that the page about them names; without ffmpeg its test is skipped."""
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        pytest.skip("ffmpeg is not installed")
    for name, source in (
        ("answer.wav", "anoisesrc=d=1:a=0.2:r=16000"),
        ("song.mp3", "sine=d=2"),
        ("notice.wav", "anoisesrc=d=1:a=0.9,volume='abs(sin(9*t))':eval=frame"),
    ):
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, name], cwd=folder, check=True)
    film = [
        "-i",
        "testsrc2=s=320x180:r=10:d=4",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libx264",
        "-g",
        "10",
        "film.mp4",
    ]
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", *film], cwd=folder, check=True)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (FOLDER / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_about_marking_run_as_they_are_written(page, newcomer):
    if page == "label-sound-and-films.md":
        record(newcomer)
    if page == "propagate-and-release.md":
        first = "mark picture.png --producer 001191110000MA0EXAMPLB10001 --produce-id A-17"
        subprocess.run(["hegui", *first.split()], check=True, capture_output=True)
    commands = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    assert commands
    for line in commands:
        run = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
        assert run.returncode == 0, line + run.stderr
    for code in blocks(page, "python"):
        subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
