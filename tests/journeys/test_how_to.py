"""The how-to pages about the law, the scope and personal information, run as they are written."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hegui.core import load_document
from hegui.gateway import GatewayDeclaration, Presented
from hegui.settings import Settings
from hegui.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGES = (
    "keep-what-you-run.md",
    "scope-a-service.md",
    "export-the-rulebook.md",
    "mask-personal-information.md",
    "admit-users.md",
    "keep-a-companions-duties.md",
)


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
        if line.startswith("export "):
            continue
        command, _, redirected = line.partition(" > ")
        run = subprocess.run(
            shlex.split(command), input="?\nq\n", capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, line + run.stderr
        if redirected:
            (newcomer / redirected).write_text(run.stdout, encoding="utf-8")
    for code in blocks(page, "python"):
        subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.slow
def test_the_token_of_the_how_to_opens_the_gateway_it_declares(newcomer):
    (keys,) = (block for block in blocks("admit-users.md", "sh") if "openssl" in block)
    for line in keys.splitlines():
        subprocess.run(shlex.split(line), check=True, capture_output=True)
    (code,) = blocks("admit-users.md", "python")
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
    (newcomer / "gateway.yaml").write_text(blocks("admit-users.md", "yaml")[0], encoding="utf-8")
    declaration = load_document(newcomer / "gateway.yaml", GatewayDeclaration)
    token = (newcomer / "user.token").read_text()

    async def coming():
        workspace = Workspace.create(Settings(workspace=newcomer / "w", actor="a"))
        with workspace, workspace.ledger.writer() as writer:
            reception = workspace.gateway(declaration, writer=writer).reception
            return await reception.caller(Presented(f"Bearer {token}"))

    caller = asyncio.run(coming())
    assert (caller.tenant, caller.claims.user, caller.claims.agreement) == (
        "my-app",
        "your-own-user-id",
        "2026-11",
    )
