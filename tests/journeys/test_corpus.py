"""A corpus from the command line: the how-to page as it is written, and a scan that is killed."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "scan-a-corpus.md"
HEGUI = str(Path(sys.executable).with_name("hegui"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the example in it."""
    shutil.copytree(ROOT / "examples" / "chat-service" / "corpus", tmp_path / "examples/chat-service/corpus")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


def hegui(*arguments):
    run = subprocess.run([HEGUI, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
def test_the_commands_of_the_how_to_run(folder):
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            run = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
            assert run.returncode == 0, line + run.stderr
    assert (folder / "corpus.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads((folder / "dialogues-clean" / "manifest.json").read_bytes())["total"]["read"] == 202


def account(shown):
    """What a scan found, without when and by which entry."""
    (scanned,) = json.loads(shown)
    del scanned["entry"], scanned["scan"]["scanned_at"]
    return scanned


def finished(folder):
    """The results that a scan has written so far."""
    scans = folder / "hegui-workspace" / "cache" / "scans"
    return [path for path in scans.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.mark.slow
def test_a_scan_that_is_killed_goes_on_and_tells_the_same(folder):
    line = json.dumps({"text": "风和日丽，适合出门散步。" * 20 + "电话13812345678"}, ensure_ascii=False)
    with (folder / "large.jsonl").open("w", encoding="utf-8") as file:
        for number in range(90_000):
            file.write(line.replace("适合", f"第{number}次适合") + "\n")
        file.write("no json\n")
    (folder / "corpus.yaml").write_text(
        "sources: [{id: large, name: {zh: 大, en: large}, kind: commercial, language: zh, origin: domestic, "
        "files: [large.jsonl]}]",
        encoding="utf-8",
    )
    hegui("init")
    hegui("corpus", "register", "corpus.yaml")
    command = [HEGUI, "corpus", "scan", "large", "--workers", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 600
        while len(finished(folder)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    kept = {path: path.stat().st_mtime_ns for path in finished(folder)}
    assert len(kept) >= 2
    assert "corpus.scanned" not in hegui("ledger", "list")

    resumed = account(hegui("corpus", "scan", "large", "--workers", "2", "--json"))
    assert resumed["scan"]["tally"]["read"] == 90_001
    assert resumed["scan"]["tally"]["with_personal_information"] == 90_000
    assert finished(folder) == []
    assert account(hegui("corpus", "scan", "large", "--workers", "1", "--json")) == resumed


@pytest.mark.slow
def test_a_line_of_two_gigabytes_is_named_and_never_held_in_memory(folder):
    with (folder / "long.jsonl").open("wb") as file:
        file.write(b'{"text": "before"}\n')
        file.seek(2 << 30, os.SEEK_CUR)  # a hole, of null bytes
        file.write(b'\n{"text": "behind"}\n')
    (folder / "corpus.yaml").write_text(
        "sources: [{id: long, name: {zh: 长, en: long}, kind: commercial, language: zh, origin: domestic, "
        "files: [long.jsonl]}]",
        encoding="utf-8",
    )
    hegui("init")
    hegui("corpus", "register", "corpus.yaml")
    # A process begins with the size of the one that starts it, which has to be a small one.
    measuring = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    scan = [HEGUI, "corpus", "scan", "long", "--workers", "1", "--json"]
    measured = subprocess.run(
        [sys.executable, "-c", measuring, *scan], capture_output=True, text=True, check=True
    )
    shown, _, most_kilobytes = measured.stdout.strip().rpartition("\n")
    (file,) = json.loads(shown)[0]["scan"]["files"]
    assert (file["tally"]["read"], file["tally"]["scanned"], file["tally"]["over_long"]) == (3, 2, 1)
    (aside,) = file["first_set_aside"]
    assert (aside["line"], aside["offset"], aside["length"], aside["fault"]) == (2, 19, 2 << 30, "over_long")
    assert int(most_kilobytes) < 400_000
