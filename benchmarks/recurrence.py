"""How soon what a person blocks holds in two gateways, and what blocking costs the others.

    python benchmarks/recurrence.py [--words 50000] [--times 10]

Two ``hegui serve`` on one workspace and one PostgreSQL (as the tests find or start it), each with a bank of
so many words; each time a text and a word are blocked, and both gateways are asked until they refuse. The
time runs from the moment the rule is recorded, and is the wall's: what else the machine does counts. CPU time
of the screen, best of several turns, with ten rules in force and with none.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from gateway import free_port
from screening import bank_of, cpu_of, letters, numbers, vocabulary

from hegui.screening import Direction, RecurrenceRule, Recurrences, Screen
from hegui.settings import Settings
from hegui.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulators import postgres
from simulators.model_endpoint import ModelEndpoint, Says

DECLARATION = """
producer: "001191110000MA0EXAMPLB10001"
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
"""
CHARACTERS = 600
EVENT = 2
KEY = b"k" * 32


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--words", type=int, default=50_000)
    arguments.add_argument("--times", type=int, default=10)
    given = arguments.parse_args()

    print(f"Python {platform.python_version()}, {given.words:,} words")
    words = vocabulary(numbers(7), given.words)
    costs(words)
    with ModelEndpoint() as model, tempfile.TemporaryDirectory() as folder:
        model.always(Says("好"))
        with running(Path(folder), model.url, words) as (workspace, ports):
            took = [blocked(workspace, ports, number) for number in range(given.times)]
    recorded = sorted(seconds for seconds, _ in took)
    print(f"recording a rule: median {recorded[len(recorded) // 2]:.2f} s")
    held = sorted(seconds for _, both in took for seconds in both)
    print(f"until a gateway refuses: median {held[len(held) // 2]:.2f} s, longest {held[-1]:.2f} s")


def costs(words: list[str]) -> None:
    """Print what reading costs with rules in force and with none."""
    rules = [
        RecurrenceRule.of(
            incident=str(number), risk="A.1.h", words=[f"某词{number}号"], texts=[f"某问{number}"], key=KEY
        )
        for number in range(10)
    ]
    bank = bank_of(words)
    screens = {
        "none": Screen(keywords=bank),
        "ten rules": Screen(keywords=bank, recurrences=Recurrences(rules, key=KEY)),
    }
    text = letters(numbers(13), CHARACTERS)
    works = {
        "a request of 600 characters": (asked, 1),
        "an event of 2 characters": (answered, len(text) // EVENT),
    }
    for name, (work, count) in works.items():
        spent = cpu_of({kind: partial(work, screen, text) for kind, screen in screens.items()})
        told = ", ".join(f"{kind} {seconds / count * 1e6:.1f} µs" for kind, seconds in spent.items())
        print(f"{name}: {told}")


def asked(screen: Screen, text: str) -> None:
    """Read a request."""
    list(screen.scan_many([text], Direction.INPUT))


def answered(screen: Screen, text: str) -> None:
    """Read a streamed answer."""
    stream = screen.stream(Direction.OUTPUT)
    for start in range(0, len(text), EVENT):
        stream.feed(text[start : start + EVENT])


@contextmanager
def running(folder: Path, url: str, words: list[str]) -> Iterator[tuple[Workspace, list[int]]]:
    """Two gateways on one workspace."""
    config = folder / "gateway.yaml"
    config.write_text(DECLARATION.format(url=url))
    with postgres.server() as server, postgres.throwaway_database(server) as database:
        settings = Settings(workspace=folder / "w", actor="benchmark", database_url=database)
        ports = [free_port(), free_port()]
        with Workspace.create(settings) as workspace:
            workspace.screens.adopt_bank(bank_of(words))
            servers = [
                subprocess.Popen(
                    ["hegui", "-w", folder / "w", "serve", "--config", config, "--port", str(port)],
                    env={**os.environ, "HEGUI_DATABASE_URL": database},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                for port in ports
            ]
            try:
                for port in ports:
                    wait_for(port)
                yield workspace, ports
            finally:
                for each in servers:
                    each.terminate()
                    each.wait()


def blocked(workspace: Workspace, ports: list[int], number: int) -> tuple[float, list[float]]:
    """How long recording a rule took, and then each gateway until it refused."""
    question = f"第{number}个问题"
    time.sleep(number * 0.37 % 1)  # at another moment between two looks of the gateways each time
    began = time.monotonic()
    workspace.screens.block(incident="i", risk="A.1.h", texts=[question], words=[f"第{number}个词"])
    recorded = time.monotonic()

    def until_refused(port: int) -> float:
        while not refuses(port, question):
            time.sleep(0.01)
        return time.monotonic() - recorded

    with ThreadPoolExecutor() as both:
        return recorded - began, list(both.map(until_refused, ports))


def refuses(port: int, question: str) -> bool:
    """Whether a gateway refuses a question."""
    body = {"model": "m", "messages": [{"role": "user", "content": question}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - a loopback address of ours
        reason = json.load(response)["choices"][0]["finish_reason"]
    return bool(reason == "content_filter")


def wait_for(port: int) -> None:
    """Wait until a gateway answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError):
            refuses(port, "你好")
            return
        time.sleep(0.1)
    message = "a gateway did not start"
    raise TimeoutError(message)


if __name__ == "__main__":
    main()
