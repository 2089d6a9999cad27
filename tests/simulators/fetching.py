"""What other people make is fetched by the tests that need it, and none of it is kept here.

Such a test is skipped where the network is away, and only there: what is not to be had of a network that
answers is a mistake of ours.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

_SECONDS = 180
_AWAY = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|E50\d\b|"
    r"Could not resolve host|Failed to connect|Connection (?:refused|reset|timed out)|"
    r"CONNECT tunnel failed|Temporary failure in name resolution|Network is unreachable"
)


def fetched(*command: str | Path, cwd: Path) -> None:
    """Run a command that fetches something.

    The test is skipped where the network is away, or the program is not installed, which
    ``scripts/test-tools.sh`` does; it fails where the command fails otherwise.
    """
    told = " ".join(map(str, command))
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed; run scripts/test-tools.sh")
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    try:
        run = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the network is away: no answer in {_SECONDS} seconds to {told}")
    if run.returncode and _AWAY.search(run.stderr):
        pytest.skip(f"the network is away: {told}: {run.stderr.strip()[-300:]}")
    assert run.returncode == 0, f"{told}: {run.stderr.strip()[-1000:]}"
