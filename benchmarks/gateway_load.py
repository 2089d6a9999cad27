"""What the gateway does under load: many streams at once, memory over many, replicas, LiteLLM beside it.

    python benchmarks/gateway_load.py at-once [--streams 2000]
    python benchmarks/gateway_load.py memory [--streams 20000]
    python benchmarks/gateway_load.py behind-nginx [--share 0.1] [--nginx /path/to/nginx] [--wrk /path/to/wrk]
    python benchmarks/gateway_load.py litellm --program /path/to/venv/bin/litellm

Servers and client are those of ``gateway.py``: processes of their own on loopback, and one bounded client
that never has more requests open than it says. ``at-once`` holds the gateway to one processor and everything
else to the others.

``behind-nginx`` asks how many more answers two replicas give than one. A replica is ``hegui serve`` as it is
deployed: one PostgreSQL and one Redis for both (as the tests find or start them), limits of tenant and users
in force, a ladder, 50,000 words, a thousand users. The kernel holds each replica to a small share of a
processor (control groups of version 1, as root), so that on few processors, too, replicas are what is slow;
client, nginx, model and both databases have the rest. Each replica has as many clients as one alone. One and
two take turns; a turn counts where every replica asked used all of its share.

``litellm`` is installed beside, never with, this project. Its filter reads requests and answers. What a
request costs depends on what is read, so all lengths are told: one question; the same with a system prompt;
the same after a conversation, of which each side reads every message; and both filters on one answer, in one
process without a server.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
from gateway import EVENTS, PRODUCER, QUESTION, TEXT, Server, ask_many, bank_of, free_port

from hegui.screening import Direction, Screen
from hegui.settings import Settings
from hegui.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulators import postgres, redis

AT_ONCE = 32
WORDS = 50_000
LITELLM_WORDS = 10_000
_CHUNKS = 10
_TURNS = 10
_BUSY = 0.95
"""A turn counts where each replica used so much of its share: else something else was slow."""
_PACE_SECONDS = 0.01
_PROCESSOR_GROUPS = Path("/sys/fs/cgroup/cpu")
_PERIOD_US = 50_000
_SHARED = """
producer: "{producer}"
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
admission:
  limits:
    tenant: [{{count: requests, most: 100000000, seconds: 3600}}, {{count: at_once, most: 100000}}]
    user:
      - {{count: requests, most: 1000000, seconds: 60}}
      - {{count: characters, most: 1000000000, seconds: 3600}}
      - {{count: at_once, most: 1000}}
ladder:
  rungs:
    - {{step: warn, notice: {{zh: 再次发生将限制使用。, en: warned}}}}
    - {{step: suspend, hours: 24, notice: {{zh: 暂停使用。, en: suspended}}}}
"""
_ASKED = QUESTION["messages"]
_SYSTEM = {"role": "system", "content": "你是一家书店的客服，请用简短、礼貌的中文回答顾客的问题。"}
_BEFORE = [*_ASKED, {"role": "assistant", "content": TEXT}] * 5
_QUIET_LITELLM = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
_LITELLM_ALONE = """
import json, sys, time
from litellm.proxy.guardrails.guardrail_hooks.litellm_content_filter import content_filter
from litellm.types.guardrails import BlockedWord

given = json.load(sys.stdin)
words = [BlockedWord(keyword=word, action="BLOCK") for word in given["words"]]
guardrail = content_filter.ContentFilterGuardrail(guardrail_name="words", blocked_words=words)
took = []
for _ in range(5):
    before = time.process_time()
    guardrail._filter_single_text(given["text"], detections=[])
    took.append(time.process_time() - before)
print(min(took))
"""
_ASKING = """
wrk.method, wrk.body = "POST", [[%(question)s]]
wrk.headers["Content-Type"] = "application/json"
local asked, begun = 0, 0
function delay()  -- else all streams would end at once, and as many turns hold would be counted
  begun = begun + 1
  return begun <= %(clients)d and math.random(0, 2000) or 0
end
function request()
  asked = asked + 1
  wrk.headers["X-Hegui-User"] = "user-" .. asked %% 1000
  return wrk.format()
end
"""


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


class _Nginx(Server):
    """The nginx in front of replicas, which passes on as the deployment's does."""

    def __init__(self, program: str, folder: Path, replicas: Sequence[Server]) -> None:
        port = free_port()
        name = f"front-{len(replicas)}"
        temporary = "".join(
            f"{kind}_temp_path {folder}/{name}-{kind}; "
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        servers = " ".join(f"server {replica.url.split('/')[2]};" for replica in replicas)
        config = folder / f"{name}.conf"
        config.write_text(
            f"daemon off; master_process off; pid {folder}/{name}.pid; error_log stderr;\n"
            "events { worker_connections 4096; }\n"
            f"http {{ access_log off; {temporary} keepalive_requests 1000000;\n"
            f"upstream replicas {{ {servers} keepalive 64; }}\n"
            f"server {{ listen 127.0.0.1:{port}; location /v1/ {{\n"
            "proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection '';\n"
            "proxy_buffering off; proxy_request_buffering off; proxy_next_upstream off; } } }\n"
        )
        self._start([program, "-p", str(folder), "-e", "stderr", "-c", str(config)], port)


class _Replica(Server):
    """One of several ``hegui serve`` over one workspace, held to a share of a processor."""

    def __init__(self, workspace: Path, config: Path, *, database: str, redis: str, share: float) -> None:
        port = free_port()
        command = ["hegui", "-w", str(workspace), "serve", "--config", str(config), "--port", str(port)]
        log = config.with_suffix(".log")
        self._start(command, port, log=log, HEGUI_DATABASE_URL=database, HEGUI_REDIS_URL=redis)
        self._group = _PROCESSOR_GROUPS / f"hegui-{self.process.pid}"
        self._group.mkdir()
        (self._group / "cpu.shares").write_text("262144")  # the most: it gets no more, but that before others
        (self._group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (self._group / "cpu.cfs_quota_us").write_text(str(int(share * _PERIOD_US)))
        (self._group / "cgroup.procs").write_text(str(self.process.pid))

    def stop(self) -> None:
        """End it, and give its share back."""
        super().stop()
        self._group.rmdir()


@contextmanager
def _sharing(model: Server, folder: Path, share: float) -> Iterator[list[_Replica]]:
    """Two replicas over one PostgreSQL, one Redis and one folder, with all that they share in use."""
    config = folder / "gateway.yaml"
    config.write_text(_SHARED.format(producer=PRODUCER, url=model.url))
    with (
        postgres.server() as server,
        postgres.throwaway_database(server) as database,
        redis.server() as limits,
    ):
        settings = Settings(workspace=folder / "w", actor="benchmark", database_url=database)
        with Workspace.create(settings) as workspace:
            workspace.screens.adopt_bank(bank_of(WORDS))
        with ExitStack() as stack:
            replicas = []
            for _ in range(2):
                replica = _Replica(settings.workspace, config, database=database, redis=limits, share=share)
                stack.callback(replica.stop)
                replicas.append(replica)
            yield replicas


class _Wrk(NamedTuple):
    """The client that asks.

    Attributes:
        program: its command.
        script: where what it is to do is written.
        seconds: how long it asks.
    """

    program: str
    script: Path
    seconds: int

    def ask(self, front: Server, question: str, *, clients: int) -> int:
        """How many whole answers so many clients get."""
        self.script.write_text(_ASKING % {"question": question, "clients": clients})
        command = [self.program, "-t1", f"-c{clients}", f"-d{self.seconds}", "--timeout", "60"]
        command += ["-s", str(self.script), f"{front.url}/chat/completions"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "Non-2xx" not in ran.stdout, ran.stdout
        assert "Socket errors" not in ran.stdout, ran.stdout
        (answered,) = re.findall(r"(\d+) requests in", ran.stdout)
        return int(answered)


class _Turn(NamedTuple):
    """What so many replicas did in one turn.

    Attributes:
        answered: how many answers were whole.
        busy: how much of their share of a processor they used.
    """

    answered: int
    busy: float


def _turn(wrk: _Wrk, front: Server, replicas: Sequence[Server], *, question: str, share: float) -> _Turn:
    time.sleep(1)  # whoever asked last has gone away by now
    before = sum(replica.cpu_seconds for replica in replicas)
    answered = wrk.ask(front, question, clients=AT_ONCE * len(replicas))
    used = sum(replica.cpu_seconds for replica in replicas) - before
    turn = _Turn(answered, used / wrk.seconds / len(replicas) / share)
    print(
        f"{len(replicas)} replicas: {answered / wrk.seconds:.1f}/s, {turn.busy:.0%} of the share, "
        f"{used / max(answered, 1) * 1e6:.0f} µs each, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return turn


def _behind_nginx(nginx: str, wrk: str, *, seconds: int, share: float) -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        model = Server("model", pause_seconds=_PACE_SECONDS)
        stack.callback(model.stop)
        replicas = stack.enter_context(_sharing(model, folder, share))
        fronts = {}
        for several in (1, 2):
            fronts[several] = _Nginx(nginx, folder, replicas[:several])
            stack.callback(fronts[several].stop)
        client = _Wrk(wrk, folder / "ask.lua", seconds)
        for what, stream in (("whole answers", False), ("streams", True)):
            question = json.dumps(QUESTION | {"stream": stream})
            turns = [
                [
                    _turn(client, front, replicas[:several], question=question, share=share)
                    for several, front in fronts.items()
                ]
                for _ in range(_TURNS + 1)
            ][1:]  # the first warms up
            counted = [(one.answered, two.answered) for one, two in turns if min(one.busy, two.busy) >= _BUSY]
            if not counted:
                print(f"{what}: in all {_TURNS} turns something else was slow; ask for more --seconds")
                continue
            one, two = (statistics.median(answered) / seconds for answered in zip(*counted, strict=True))
            ratio = statistics.median(two / one for one, two in counted)
            print(
                f"{what} in a second: {one:.1f} by one, {two:.1f} by two, {ratio:.2f} times as many "
                f"(medians of {len(counted)} turns; in {_TURNS - len(counted)} something else was slow)"
            )


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
            blocked = [{"keyword": word, "action": "BLOCK"} for word in _litellm_words(words)]
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
        command = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        self._start([*command, "--num_workers", "1"], port, **_QUIET_LITELLM)
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        assert not any(each.read_text() for each in children), "it works in more than one process"


def _litellm_words(count: int) -> list[str]:
    return [chr(0x4E00 + i // 100) + chr(0x5E00 + i % 100) + "禁词" for i in range(count)]


def _filters_alone(program: Path) -> None:
    """What reading one text costs without any server: LiteLLM's filter in its own Python, our screen here."""
    alone = subprocess.run(
        [program.with_name("python"), "-c", _LITELLM_ALONE],
        input=json.dumps({"words": _litellm_words(LITELLM_WORDS), "text": TEXT}),
        env=os.environ | _QUIET_LITELLM,
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = float(alone.stdout.split()[-1])
    screen = Screen(keywords=bank_of(WORDS))
    took = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(1000):
            screen.scan(TEXT, Direction.OUTPUT)
        took.append((time.process_time() - before) / 1000)
    ours = min(took)
    print(
        f"CPU to read {len(TEXT)} characters in one process, no server: our screen {ours * 1e6:.0f} µs, "
        f"LiteLLM's filter {theirs * 1e6:.0f} µs, {theirs / ours:.0f} times ours"
    )


async def _litellm(program: Path, requests: int, streams: int) -> None:
    servers: dict[str, Server] = {}
    key = f"sk-{secrets.token_hex(16)}"
    cost: dict[tuple[str, str], list[float]] = {}
    kinds = (
        ("request", QUESTION, False),
        ("request with a system prompt", QUESTION | {"messages": [_SYSTEM, *_ASKED]}, False),
        ("request in a conversation", QUESTION | {"messages": [*_BEFORE, *_ASKED]}, False),
        ("event", QUESTION, True),
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        model = Server("model")
        stack.callback(model.stop)
        servers["gateway"] = Server("gateway", upstream=model.url, words=WORDS)
        stack.callback(servers["gateway"].stop)
        for name, words in (("LiteLLM", 0), ("LiteLLM with its filter", LITELLM_WORDS)):
            servers[name] = _LiteLLM(program, Path(folder), key=key, upstream=model.url, words=words)
            stack.callback(servers[name].stop)
        for _ in range(3):
            for name, server in servers.items():
                # What takes a thousand times as long is asked less often.
                share = {"gateway": 1, "LiteLLM": 4}.get(name, 100)
                for what, question, stream in kinds:
                    count = max(1, (streams if stream else requests) // share)
                    before = server.cpu_seconds
                    async with _session(key) as session:  # a server may have closed what was idle for long
                        await ask_many(
                            session,
                            server.url,
                            question=question,
                            count=count,
                            at_once=min(count, AT_ONCE),
                            stream=stream,
                        )
                    used = (server.cpu_seconds - before) / count / (EVENTS if stream else 1) * 1e6
                    cost.setdefault((name, what), []).append(used)
                    print(f"{name}: {used:.0f} µs, {what}, load {os.getloadavg()[0]:.1f}", flush=True)
        characters = sum(len(each["content"]) for each in _BEFORE)
        print(
            f"a question has {len(_ASKED[0]['content'])} characters, an answer {len(TEXT)}, "
            f"the {len(_BEFORE)} messages of a conversation {characters}"
        )
        for what, *_ in kinds:
            ours = min(cost["gateway", what])
            for name in servers:
                least = min(cost[name, what])
                print(f"CPU per {what}: {name} {least:.0f} µs, {least / ours:.1f} times the gateway's")
    _filters_alone(program)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["at-once", "memory", "behind-nginx", "litellm"])
    parser.add_argument("--streams", type=int)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--program", type=Path, help="LiteLLM's command, in a virtual environment of its own")
    parser.add_argument("--nginx", default="nginx")
    parser.add_argument("--wrk", default="wrk")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--share", type=float, default=0.1, help="of a processor, for each replica")
    given = parser.parse_args()
    if given.what == "at-once":
        asyncio.run(_at_once(given.streams or 2000))
    elif given.what == "memory":
        asyncio.run(_memory(given.streams or 20_000))
    elif given.what == "behind-nginx":
        _behind_nginx(given.nginx, given.wrk, seconds=given.seconds, share=given.share)
    elif given.program is None:
        parser.error("litellm needs --program")
    else:
        asyncio.run(_litellm(given.program, given.requests, given.streams or 40))


if __name__ == "__main__":
    main()
