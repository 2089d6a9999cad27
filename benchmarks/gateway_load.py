"""What the gateway does under load: many streams at once, memory over many, replicas, LiteLLM beside it.

    python benchmarks/gateway_load.py at-once [--streams 2000]
    python benchmarks/gateway_load.py memory [--streams 20000]
    python benchmarks/gateway_load.py replicas [--requests 2000]
    python benchmarks/gateway_load.py behind-nginx [--seconds 8] [--nginx /path/to/nginx] [--wrk /path/to/wrk]
    python benchmarks/gateway_load.py litellm --program /path/to/venv/bin/litellm

Servers and client are those of ``gateway.py``: processes of their own on loopback, and one bounded client
that never has more requests open than it says. ``at-once`` holds the gateway to one processor and everything
else to the others. ``replicas`` counts what a request costs where each has as many clients as one alone, not
how many are answered in a second. That is what ``behind-nginx`` does: a model that is a fixed text of nginx,
wrk as the client and nginx in front, so that the replicas, each held to a processor of its own, are what is
slow; whatever else runs on those processors spoils it. LiteLLM is installed beside, never with, this project.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import aiohttp
from gateway import EVENTS, QUESTION, TEXT, Server, ask_many, free_port

AT_ONCE = 32
WORDS = 50_000
LITELLM_WORDS = 10_000
_CHUNKS = 10


def _session(key: str = "none") -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {key}"},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def _stream(session: aiohttp.ClientSession, url: str) -> tuple[str, float]:
    """What one stream says in all, and the seconds to its first word; nothing where it did not end well."""
    begin = time.perf_counter()
    first = 0.0
    said = []
    async with session.post(f"{url}/chat/completions", json=QUESTION | {"stream": True}) as response:
        async for line in response.content:
            if line == b"data: [DONE]\n":
                return "".join(said), first
            if line.startswith(b"data: "):
                deltas = (choice["delta"] for choice in json.loads(line[6:])["choices"])
                said.append("".join(delta.get("content") or "" for delta in deltas))
                if said[-1] and not first:
                    first = time.perf_counter() - begin
    return "", first


async def _at_once(streams: int) -> None:
    mine, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or [mine])
    model = Server("model", pause_seconds=streams / 4000)
    gateway = Server("gateway", upstream=model.url, words=WORDS)
    try:
        for task in os.listdir(f"/proc/{gateway.process.pid}/task"):  # noqa: PTH208 - not a file of ours
            os.sched_setaffinity(int(task), [mine])
        async with _session() as session:
            await _stream(session, gateway.url)
            before, begin = gateway.cpu_seconds, time.perf_counter()
            told = await asyncio.gather(*(_stream(session, gateway.url) for _ in range(streams)))
            seconds = time.perf_counter() - begin
        spoken = TEXT[: 6 * EVENTS]
        whole = sum(spoken in said for said, _ in told)
        waits = statistics.quantiles([first for _, first in told], n=100)
        print(
            f"{streams} streams at once on one processor: {whole} whole, {streams - whole} lost; "
            f"{streams * EVENTS / seconds:.0f} events/s, "
            f"{(gateway.cpu_seconds - before) / streams / EVENTS * 1e6:.1f} µs of CPU each, "
            f"first content p50 {waits[49]:.2f} s, p99 {waits[98]:.2f} s; {gateway.megabytes:.0f} MB"
        )
    finally:
        model.stop()
        gateway.stop()


async def _memory(streams: int) -> None:
    model = Server("model", pause_seconds=0.0)
    gateway = Server("gateway", upstream=model.url, words=WORDS)
    try:
        seen = []
        async with _session() as session:
            for step in range(_CHUNKS + 1):
                await ask_many(session, gateway.url, count=streams // _CHUNKS, at_once=AT_ONCE, stream=True)
                seen.append(gateway.megabytes)
                print(f"after {(step + 1) * streams // _CHUNKS} streams: {seen[-1]:.1f} MB", flush=True)
        half = len(seen) // 2
        slope = statistics.linear_regression(range(len(seen) - half), seen[half:]).slope
        print(f"growth in the second half: {slope / (streams / _CHUNKS) * 1e6:.0f} bytes a stream")
    finally:
        model.stop()
        gateway.stop()


async def _replicas(requests: int) -> None:
    model = Server("model")
    replicas = [Server("gateway", upstream=model.url, words=WORDS) for _ in range(2)]
    cost: dict[int, list[float]] = {1: [], 2: []}
    try:
        async with _session() as session:
            for _ in range(4):
                for several in (1, 2):
                    asked = replicas[:several]
                    before = sum(replica.cpu_seconds for replica in asked)
                    await asyncio.gather(
                        *(
                            ask_many(
                                session,
                                replica.url,
                                count=requests // several,
                                at_once=AT_ONCE,
                                stream=False,
                            )
                            for replica in asked
                        )
                    )
                    used = sum(replica.cpu_seconds for replica in asked) - before
                    cost[several].append(used / requests * 1e6)
        one, two = (statistics.median(cost[several][1:]) for several in (1, 2))
        print(f"CPU per request: one replica {one:.0f} µs, two {two:.0f} µs, ratio {two / one:.2f}")
    finally:
        for server in (model, *replicas):
            server.stop()


class _Nginx(Server):
    """An nginx: the model, or in front of replicas."""

    def __init__(self, program: str, folder: Path, name: str, *, http: str) -> None:
        port = free_port()
        temporary = "".join(
            f"{kind}_temp_path {folder}/{name}-{kind}; "
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = folder / f"{name}.conf"
        config.write_text(
            f"daemon off; master_process off; pid {folder}/{name}.pid; error_log stderr;\n"
            "events { worker_connections 4096; }\n"
            f"http {{ access_log off; {temporary} keepalive_requests 1000000;\n"
            + http.replace("PORT", str(port))
            + "}\n"
        )
        self._start([program, "-p", str(folder), "-e", "stderr", "-c", str(config)], port)


def _fixed_answer() -> str:
    message = {"role": "assistant", "content": TEXT}
    choices = [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}
    said = json.dumps(whole | {"usage": usage}, ensure_ascii=False)
    place = f"location /v1/ {{ default_type application/json; return 200 '{said}'; }}"
    return f"server {{ listen 127.0.0.1:PORT; {place} }}\n"


def _front(replicas: list[Server]) -> str:
    servers = " ".join(f"server {replica.url.split('/')[2]};" for replica in replicas)
    passing = "proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection '';"
    return (
        f"upstream replicas {{ {servers} keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:PORT; location / {{ {passing} proxy_buffering off; }} }}\n"
    )


def _behind_nginx(nginx: str, wrk: str, seconds: int) -> None:
    processors = sorted(os.sched_getaffinity(0))
    rate: dict[int, list[float]] = {1: [], 2: []}
    cost: dict[int, list[float]] = {1: [], 2: []}
    servers: list[Server] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asking = folder / "ask.lua"
        asking.write_text(
            f'wrk.method = "POST"\nwrk.body = [[{json.dumps(QUESTION)}]]\n'
            'wrk.headers["Content-Type"] = "application/json"\n'
        )
        try:
            servers.append(_Nginx(nginx, folder, "model", http=_fixed_answer()))
            replicas = [Server("gateway", upstream=servers[0].url, words=WORDS) for _ in range(2)]
            servers += replicas
            for replica, processor in zip(replicas, processors, strict=False):
                for task in os.listdir(f"/proc/{replica.process.pid}/task"):  # noqa: PTH208 - not a file of ours
                    os.sched_setaffinity(int(task), [processor])
            fronts = {n: _Nginx(nginx, folder, f"front{n}", http=_front(replicas[:n])) for n in (1, 2)}
            servers += fronts.values()
            for turn in range(6):
                for several, front in fronts.items():
                    before = sum(replica.cpu_seconds for replica in replicas)
                    command = [wrk, "-t1", f"-c{2 * AT_ONCE * several}", f"-d{seconds}", "-s", str(asking)]
                    ran = subprocess.run(
                        [*command, f"{front.url}/chat/completions"],
                        capture_output=True,
                        text=True,
                        check=True,
                    )
                    assert "Non-2xx" not in ran.stdout, ran.stdout
                    (answered,) = re.findall(r"(\d+) requests in", ran.stdout)
                    used = sum(replica.cpu_seconds for replica in replicas) - before
                    if turn:  # the first warms up
                        rate[several].append(int(answered) / seconds)
                        cost[several].append(used / int(answered) * 1e6)
                    print(
                        f"{several}: {int(answered) / seconds:.0f}/s, {used / int(answered) * 1e6:.0f} µs, "
                        f"{used / seconds / several:.0%} of a processor, load {os.getloadavg()[0]:.1f}",
                        flush=True,
                    )
        finally:
            for server in servers:
                server.stop()
    one, two = (statistics.median(rate[several]) for several in (1, 2))
    print(f"answered in a second: {one:.0f} by one, {two:.0f} by two, ratio {two / one:.2f}")
    one, two = (statistics.median(cost[several]) for several in (1, 2))
    print(f"CPU per request: one {one:.0f} µs, two {two:.0f} µs, ratio {two / one:.2f}")


class _LiteLLM(Server):
    """LiteLLM's proxy in front of a model, with its content filter where there are words for it."""

    def __init__(self, program: Path, folder: Path, *, key: str, upstream: str, words: int) -> None:
        declared: dict[str, object] = {
            "general_settings": {"master_key": key},  # it does not start without one
            "model_list": [
                {
                    "model_name": "m",
                    "litellm_params": {"model": "openai/m", "api_base": upstream, "api_key": "none"},
                }
            ],
        }
        if words:
            blocked = [
                {"keyword": chr(0x4E00 + i // 100) + chr(0x5E00 + i % 100) + "禁词", "action": "BLOCK"}
                for i in range(words)
            ]
            declared["guardrails"] = [
                {
                    "guardrail_name": "words",
                    "litellm_params": {
                        "guardrail": "litellm_content_filter",
                        "mode": ["pre_call", "post_call"],
                        "default_on": True,
                        "blocked_words": blocked,
                    },
                }
            ]
        config = folder / f"litellm-{words}.yaml"
        config.write_text(json.dumps(declared))  # JSON is YAML
        port = free_port()
        arguments = [
            "--config",
            str(config),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--num_workers",
            "1",
        ]
        self._start(
            [str(program), *arguments], port, LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_LOG="ERROR"
        )


async def _litellm(program: Path, requests: int, streams: int) -> None:
    servers: dict[str, Server] = {}
    model = Server("model")
    key = f"sk-{secrets.token_hex(16)}"
    cost: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            servers["gateway"] = Server("gateway", upstream=model.url, words=WORDS)
            for name, words in (("LiteLLM", 0), ("LiteLLM with its filter", LITELLM_WORDS)):
                servers[name] = _LiteLLM(program, Path(folder), key=key, upstream=model.url, words=words)
            async with _session(key) as session:
                for _ in range(3):
                    for name, server in servers.items():
                        # What takes a thousand times as long is asked less often.
                        share = {"gateway": 1, "LiteLLM": 4}.get(name, 100)
                        for what, count, per in (
                            ("request", requests // share, 1),
                            ("event", max(1, streams // share), EVENTS),
                        ):
                            before = server.cpu_seconds
                            at_once = min(count, AT_ONCE)
                            stream = what == "event"
                            await ask_many(session, server.url, count=count, at_once=at_once, stream=stream)
                            used = (server.cpu_seconds - before) / count / per * 1e6
                            cost.setdefault((name, what), []).append(used)
            for what in ("request", "event"):
                ours = min(cost["gateway", what])
                for name in servers:
                    least = min(cost[name, what])
                    print(f"CPU per {what}: {name} {least:.0f} µs, {least / ours:.1f} times the gateway's")
        finally:
            for server in (model, *servers.values()):
                server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["at-once", "memory", "replicas", "behind-nginx", "litellm"])
    parser.add_argument("--streams", type=int)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--program", type=Path, help="LiteLLM's command, in a virtual environment of its own")
    parser.add_argument("--nginx", default="nginx")
    parser.add_argument("--wrk", default="wrk")
    parser.add_argument("--seconds", type=int, default=8)
    given = parser.parse_args()
    if given.what == "at-once":
        asyncio.run(_at_once(given.streams or 2000))
    elif given.what == "memory":
        asyncio.run(_memory(given.streams or 20_000))
    elif given.what == "replicas":
        asyncio.run(_replicas(given.requests))
    elif given.what == "behind-nginx":
        _behind_nginx(given.nginx, given.wrk, given.seconds)
    elif given.program is None:
        parser.error("litellm needs --program")
    else:
        asyncio.run(_litellm(given.program, given.requests, given.streams or 40))


if __name__ == "__main__":
    main()
