"""``hegui serve`` as a process of its own, for the length of a block."""

import itertools
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HEGUI = Path(sys.executable).parent / "hegui"
_SECONDS = 60.0
_SAID = re.compile(r"gateway: (?P<address>http://127\.0\.0\.1:(?P<port>\d+))/v1")
_NUMBERS = itertools.count(1)


class GatewayProcess(NamedTuple):
    """A gateway that answers.

    Attributes:
        address: where, without a path.
        process: the process.
        output: the file with what it says.
    """

    address: str
    process: "subprocess.Popen[bytes]"
    output: Path


@contextmanager
def gateway_process(
    workspace: Path, config: Path, *options: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[GatewayProcess]:
    """A gateway over a workspace.

    Args:
        workspace: made before.
        config: its declaration.
        options: more of the command line.
        environment: variables besides those of this process.
    """
    output = config.with_name(f"gateway-{next(_NUMBERS)}.log")
    command = [HEGUI, "-w", workspace, "serve", "--config", config, "--port", "0", *options]
    with output.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=os.environ | {"HEGUI_LANG": "en"} | dict(environment or {})
        )
    try:
        yield GatewayProcess(address_of(process, output), process, output)
    finally:
        process.terminate()
        process.wait()


def address_of(process: "subprocess.Popen[bytes]", output: Path) -> str:
    """Where it listens, as it says itself: a port that somebody else looked for may be taken by then."""
    deadline = time.monotonic() + _SECONDS
    while True:
        said = _SAID.search(output.read_text(encoding="utf-8"))
        if said is not None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(said["port"]))) == 0:
                    return said["address"]
        assert process.poll() is None, output.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, "the gateway does not listen"
        time.sleep(0.05)
