"""What the gateway costs: CPU per request and per streamed event, beside a bare pass-through.

    python benchmarks/gateway.py [--requests 2000] [--streams 200]

Three servers run as processes of their own on loopback: a model that answers at once, a pass-through made
of Starlette and aiohttp that reads nothing, and the gateway with 50,000 words, personal information, the
ladder and the ledger on. CPU is what the kernel counts for the server's process, so a busy machine spoils it
less than waits, which are wall clock. Every round asks both servers in turn; the best of the rounds counts.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from hegui.screening import KeywordBank

EVENTS = 100
TEXT = "今天我们来谈谈如何在家里做一顿简单又好吃的晚饭，先把米洗净，再准备两三样新鲜的蔬菜和一点豆腐。" * 12
PRODUCER = "001191110000MA0EXAMPLB10001"
QUESTION = {
    "model": "m",
    "messages": [{"role": "user", "content": "请告诉我怎样做一顿晚饭，要简单一点的。" * 5}],
    "user": "somebody",
}


def _model(pause_seconds: float) -> Starlette:
    """Answers at once: whole, or in EVENTS events of a few characters with pauses between them."""
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    pieces = [TEXT[i : i + 6] for i in range(0, len(TEXT), 6)][:EVENTS]

    def event(delta: dict, reason: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        return b"data: " + json.dumps(frame | {"choices": choices}, ensure_ascii=False).encode() + b"\n\n"

    events = [event({"role": "assistant", "content": ""}), *[event({"content": piece}) for piece in pieces]]
    events += [event({}, "stop"), b"data: [DONE]\n\n"]
    message = {"role": "assistant", "content": TEXT}
    choices = [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    whole = frame | {"object": "chat.completion", "choices": choices, "usage": usage}
    whole_bytes = json.dumps(whole, ensure_ascii=False).encode()

    async def chat(request: Request) -> Response:
        body = await request.json()
        if not body.get("stream"):
            return Response(whole_bytes, media_type="application/json")

        async def stream() -> AsyncIterator[bytes]:
            for each in events:
                yield each
                await asyncio.sleep(pause_seconds)  # one event, one packet, as models do

        return StreamingResponse(stream(), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])


def _bare(upstream: str) -> Starlette:
    """Passes everything on and reads nothing."""
    sessions: list[aiohttp.ClientSession] = []

    async def chat(request: Request) -> Response:
        if not sessions:
            sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        data = await request.body()
        response = await sessions[0].post(
            f"{upstream}/chat/completions", data=data, headers={"Content-Type": "application/json"}
        )
        kind = response.headers["Content-Type"]
        if not kind.startswith("text/event-stream"):
            return Response(await response.read(), media_type=kind)

        async def stream() -> AsyncIterator[bytes]:
            async for chunk in response.content.iter_any():
                yield chunk

        return StreamingResponse(stream(), media_type=kind)

    return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])


def _serve(role: str, port: int, upstream: str, words: int, pause_seconds: float) -> None:
    common = {"host": "127.0.0.1", "port": port, "log_level": "error", "access_log": False, "ws": "none"}
    if role == "model":
        uvicorn.run(_model(pause_seconds), **common)
    elif role == "bare":
        uvicorn.run(_bare(upstream), **common)
    else:
        _serve_gateway(port, upstream, words)


def bank_of(words: int) -> "KeywordBank":
    """A bank of so many words of three to eight characters, the same each time."""
    import datetime as dt  # noqa: PLC0415 - only the gateway needs Hegui

    from hegui.screening import Keyword, KeywordBank  # noqa: PLC0415 - likewise

    dice = random.Random(1)  # noqa: S311 - words for a benchmark
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA5)]
    return KeywordBank(
        [
            Keyword(text=text, risk="A.1.h", kind="k", source="benchmark", added_on=dt.date(2026, 1, 1))
            for text in {"".join(dice.choices(hanzi, k=dice.randint(3, 8))) for _ in range(words)}
        ],
        name="benchmark",
    )


def _serve_gateway(port: int, upstream: str, words: int) -> None:
    from hegui.asgi import application  # noqa: PLC0415 - only this role needs Hegui
    from hegui.gateway import (  # noqa: PLC0415 - likewise
        DeclaredModel,
        DeclaredUpstream,
        GatewayDeclaration,
        listen,
    )
    from hegui.settings import Settings  # noqa: PLC0415 - likewise
    from hegui.workspace import Workspace  # noqa: PLC0415 - likewise

    models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url=upstream),)),)
    declaration = GatewayDeclaration(producer=PRODUCER, models=models)
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.create(Settings(workspace=Path(folder) / "w", actor="benchmark")) as workspace,
        workspace.ledger.writer() as writer,
    ):
        workspace.screens.adopt_bank(bank_of(words))
        gateway = workspace.gateway(declaration, writer=writer)
        listen(application(workspace, gateway), host="127.0.0.1", port=port, limits=declaration.limits)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """One of the three, as a process of its own."""

    def __init__(
        self, role: str, *, upstream: str = "", words: int = 0, pause_seconds: float = 0.001
    ) -> None:
        """Start it, and wait until it takes connections."""
        port = free_port()
        arguments = ["--role", role, "--port", str(port), "--upstream", upstream, "--words", str(words)]
        arguments += ["--pause-seconds", str(pause_seconds)]
        self._start([sys.executable, __file__, *arguments], port)

    def _start(
        self, command: list[str], port: int, *, log: Path = Path("/dev/stderr"), **environment: str
    ) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        with log.open("ab") as said:
            self.process = subprocess.Popen(command, env=os.environ | environment, stdout=said, stderr=said)
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        message = f"{command} did not start"
        raise RuntimeError(message)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far of all threads that live, to the nanosecond."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    @property
    def megabytes(self) -> float:
        """Memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def ask_many(
    session: aiohttp.ClientSession,
    url: str,
    *,
    count: int,
    at_once: int,
    stream: bool,
    question: Mapping[str, Any] = QUESTION,
) -> list[float]:
    """Seconds to the first content of each of ``count`` requests, ``at_once`` of them at a time."""
    numbers = itertools.count()
    waits: list[float] = []

    async def client() -> None:
        while next(numbers) < count:
            begin = time.perf_counter()
            first = None
            async with session.post(
                f"{url}/chat/completions", json={**question, "stream": stream}
            ) as response:
                assert response.status == 200, await response.text()
                async for chunk in response.content.iter_any():
                    if first is None and "今".encode() in chunk:
                        first = time.perf_counter() - begin
            assert first is not None
            waits.append(first)

    await asyncio.gather(*(client() for _ in range(at_once)))
    return waits


async def _measure(servers: dict[str, Server], *, requests: int, streams: int, rounds: int) -> None:
    cpu: dict[tuple[str, str], list[float]] = {}
    waits: dict[tuple[str, str], list[float]] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for server in servers.values():  # warm up
            await ask_many(session, server.url, count=50, at_once=8, stream=False)
            await ask_many(session, server.url, count=8, at_once=8, stream=True)
        for _ in range(rounds):
            for name, server in servers.items():
                for what, count, at_once, stream in (
                    ("request", requests, 32, False),
                    ("event", streams, 32, True),
                    ("lone first content", 60, 1, True),
                ):
                    before = server.cpu_seconds
                    took = await ask_many(session, server.url, count=count, at_once=at_once, stream=stream)
                    per = count * (EVENTS if stream else 1)
                    cpu.setdefault((name, what), []).append((server.cpu_seconds - before) / per * 1e6)
                    waits.setdefault((name, what), []).extend(took)
    for what in ("request", "event"):
        bare, ours = min(cpu["bare", what]), min(cpu["gateway", what])
        print(f"CPU per {what}: bare {bare:.0f} µs, gateway {ours:.0f} µs, ratio {ours / bare:.2f}")
    what = "lone first content"
    for name in servers:
        p50 = statistics.median(waits[name, what]) * 1000
        p99 = statistics.quantiles(waits[name, "request"], n=100)[98] * 1000
        print(
            f"{name}: first content at one client p50 {p50:.2f} ms; requests at 32 clients p99 {p99:.1f} ms"
        )
    print(f"memory of the gateway: {servers['gateway'].megabytes:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--words", type=int, default=50_000)
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--upstream", help=argparse.SUPPRESS)
    parser.add_argument("--pause-seconds", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        _serve(given.role, given.port, given.upstream, given.words, given.pause_seconds)
        return
    servers: dict[str, Server] = {}
    model = Server("model")
    try:
        servers["bare"] = Server("bare", upstream=model.url)
        servers["gateway"] = Server("gateway", upstream=model.url, words=given.words)
        asyncio.run(_measure(servers, requests=given.requests, streams=given.streams, rounds=given.rounds))
    finally:
        for server in (model, *servers.values()):
            server.stop()


if __name__ == "__main__":
    main()
