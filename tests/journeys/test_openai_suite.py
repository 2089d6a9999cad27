"""The official client's own tests pass through the gateway exactly as they pass without it.

Nothing of them is kept here: the tests come from the client's source distribution, the mock model from npm,
the description of the interface from OpenAI's repository, all fetched when this test runs. Where the
network is away the test says so and is skipped. ``HEGUI_OPENAI_SPEC`` may name a copy of ``openapi.yaml``.
"""

import os
import re
import socket
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.fetching import fetched
from simulators.gateway_process import gateway_process

BIN = Path(sys.executable).parent
MOCK = "@stdy/cli@0.22.2"
SPECIFICATION = "https://github.com/openai/openai-openapi"
RESOURCES = (
    "chat",
    "test_completions.py",
    "test_embeddings.py",
    "test_models.py",
    "test_moderations.py",
    "test_responses.py",
    "responses",
    "test_images.py",
    "audio",
)
DECLARATION = """
producer: 001191110000MA0EXAMPLB10001
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
pass_through: ["*"]
answers: {{unread_input: pass, unread_output: pass, media_hosts: ["*"]}}
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(*command: str | Path, port: int):
    """A server for the length of a block."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert server.poll() is None, f"{command[0]} ended before it was ready"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def gateway_before(url: str, folder: Path):
    """The address of a gateway in front of ``url``."""
    Workspace.create(Settings(workspace=folder / "w", actor="a")).database.close()
    config = folder / "gateway.yaml"
    config.write_text(DECLARATION.format(url=url))
    with gateway_process(folder / "w", config) as gateway:
        yield f"{gateway.address}/v1"


def outcomes(suite: Path, python: Path, url: str) -> dict[str, str]:
    """How each test of the suite ended against ``url``."""
    tests = [f"tests/api_resources/{name}" for name in RESOURCES]
    command = [python, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-rA", "--tb=no", *tests]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "COVERAGE", "PYTHON"))
    }
    environment |= {"TEST_API_BASE_URL": url, "PYTHONPATH": str(suite)}
    run = subprocess.run(command, cwd=suite, capture_output=True, text=True, env=environment, check=False)
    return {name: how for how, name in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE)}


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_official_suite_passes_through_as_it_passes_without(tmp_path):
    specification = Path(os.environ.get("HEGUI_OPENAI_SPEC", tmp_path / "spec" / "openapi.yaml"))
    if not specification.exists():
        fetched("git", "clone", "--quiet", "--depth", "1", SPECIFICATION, "spec", cwd=tmp_path)
    release = version("openai")
    fetched(
        BIN / "pip",
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
        f"openai=={release}",
        "-d",
        ".",
        cwd=tmp_path,
    )
    with tarfile.open(tmp_path / f"openai-{release}.tar.gz") as archive:
        # Debian 12's Python knows no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)  # noqa: S202 - filtered where that is known; the archive is pinned
    suite = tmp_path / f"openai-{release}"
    fetched(sys.executable, "-m", "venv", "client", cwd=tmp_path)
    python = tmp_path / "client" / "bin" / "python"
    fetched(
        python, "-m", "pip", "install", "-q", f"openai[aiohttp]=={release}", "pytest", "pytest-asyncio",
        "pytest-xdist", "httpx2", "dirty-equals", "inline-snapshot", "rich", "nest_asyncio", "time-machine",
        "importlib-metadata", cwd=tmp_path,
    )  # fmt: skip
    fetched("npm", "install", "--no-audit", "--no-fund", MOCK, cwd=tmp_path)
    port = free_port()
    brackets = [
        f"--validator-{where}-{what}-format=brackets"
        for where in ("query", "form")
        for what in ("array", "object")
    ]
    mock = [tmp_path / "node_modules" / ".bin" / "steady", "--host", "127.0.0.1", "-p", str(port), "-q"]
    with running(*mock, *brackets, specification, port=port):
        url = f"http://127.0.0.1:{port}"
        direct = outcomes(suite, python, url)
        with gateway_before(url, tmp_path) as gateway:
            through = outcomes(suite, python, gateway)

    assert sum(how == "PASSED" for how in direct.values()) > 500, "the suite itself did not run"
    assert {name: (how, through.get(name)) for name, how in direct.items() if through.get(name) != how} == {}
