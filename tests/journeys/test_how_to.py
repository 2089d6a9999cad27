"""The how-to pages about the law, the scope and personal information, run as they are written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("scope-a-service.md", "export-the-rulebook.md", "mask-personal-information.md")


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """Somebody with the example's profile in an empty folder."""
    shutil.copy(ROOT / "examples" / "chat-service" / "service.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_how_to_run(page, newcomer):
    for line in "".join(blocks(page, "sh")).splitlines():
        command, _, redirected = line.partition(" > ")
        run = subprocess.run(
            shlex.split(command), input="?\nq\n", capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, line + run.stderr
        if redirected:
            (newcomer / redirected).write_text(run.stdout, encoding="utf-8")
    for code in blocks(page, "python"):
        subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
