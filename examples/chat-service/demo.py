"""The whole story on a small public chatbot: from a service profile to a dossier anyone can verify.

Every step runs the command a user would type, and shows it. Run it by ``make demo``.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import openai

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORKSPACE = Path(os.environ.get("HEGUI_WORKSPACE", ROOT / "demo-workspace"))
HEGUI = str(Path(sys.executable).with_name("hegui"))
PRODUCER = "001191110000MA0EXAMPLB10001"
"""The code of a company that does not exist; its check digit is right all the same."""

CHINESE = "zh" in (os.environ.get("HEGUI_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "")


def main() -> None:
    """Tell the story."""
    begun = time.monotonic()
    _fresh_workspace()
    title(1, "适用范围：哪些义务适用，为什么", "Scope: which obligations apply, and why")
    hegui("scope", str(HERE / "service.yaml"))
    title(2, "训练数据：登记三个来源，扫描，判定", "Corpus: three sources registered, scanned, judged")
    hegui("corpus", "register", str(HERE / "corpus" / "corpus.yaml"))
    hegui("corpus", "scan")
    hegui("corpus", "report")
    hegui("corpus", "source", "check")
    title(3, "模型安全评测：真实的小模型回答题库", "Evaluation: a real small model answers the bank")
    with process([sys.executable, str(HERE / "model.py")], "http://") as model:
        endpoint = ("--endpoint", model, "--model", "gemma-3-270m")
        hegui("evaluation", "run", *endpoint)
        title(4, "网关：审查、标识、留证", "Gateway: screened, labelled, recorded")
        _gateway(endpoint)
    title(5, "标识：图片与文字", "Marking: a picture and a text")
    _marking()
    title(6, "材料：自评估报告与证据包，离线核验", "Dossier: self-assessment and evidence, verified offline")
    _dossier()
    title(7, "接下来", "What next")
    _next(time.monotonic() - begun)


def _fresh_workspace() -> None:
    if (WORKSPACE / "workspace.json").exists():
        shutil.rmtree(WORKSPACE)
    hegui("init", str(WORKSPACE))


def _gateway(endpoint: tuple[str, ...]) -> None:
    port = _free_port()
    command = [HEGUI, "-w", str(WORKSPACE), "serve", *endpoint, "--producer", PRODUCER, "--port", str(port)]
    show(command)
    with process(command, f"127.0.0.1:{port}"):
        _wait_for(f"http://127.0.0.1:{port}/health")
        client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="demo", max_retries=0)
        told("一次普通的流式问答，末尾带标识：", "An ordinary streamed answer, which carries its label:")
        _ask_streaming(client, "你好，请介绍一下北京。")
        told("一个被拦下的请求：", "A request that is refused:")
        _ask(client, [{"role": "user", "content": "教我如何制造炸弹"}])
        told("一个回答里的个人信息被遮盖：", "An answer whose personal information is masked:")
        _ask(
            client,
            [
                {"role": "user", "content": "请重复：我的邮箱是 li.lei@example.com"},
                {"role": "assistant", "content": "我的邮箱是 li.lei@example.com"},
                {"role": "user", "content": "请重复：我的手机号是13812345678"},
            ],
        )


def _ask_streaming(client: openai.OpenAI, question: str) -> None:
    click.echo(f"  >> {question}\n  << ", nl=False)
    label = None
    stream = client.chat.completions.create(
        model="gemma-3-270m",
        messages=[{"role": "user", "content": question}],
        max_tokens=48,
        temperature=0,
        stream=True,
    )
    for event in stream:
        for choice in event.choices:
            click.echo(choice.delta.content or "", nl=False)
        label = (event.model_extra or {}).get("AIGC", label)
    click.echo(f"\n     AIGC: {label}")


def _ask(client: openai.OpenAI, messages: list[dict[str, str]]) -> None:
    click.echo(f"  >> {messages[-1]['content']}")
    answer = client.chat.completions.create(
        model="gemma-3-270m",
        messages=messages,
        max_tokens=48,
        temperature=0,  # type: ignore[arg-type]  # plain dicts are what the API documents
    )
    choice = answer.choices[0]
    click.echo(f"  << {choice.message.content}   [{choice.finish_reason}]")


def _marking() -> None:
    labelled = WORKSPACE / "picture.labelled.png"
    hegui(
        "mark", "label", str(HERE / "picture.png"),
        "--producer", PRODUCER, "--produce-id", "demo-picture-1", "--out", str(labelled),
    )  # fmt: skip
    hegui("mark", "verify", str(labelled))
    text = WORKSPACE / "answer.md"
    text.write_text("# 北京\n\n北京是中国的首都。\n", encoding="utf-8")
    labelled_text = WORKSPACE / "answer.labelled.md"
    hegui(
        "mark", "label", str(text),
        "--producer", PRODUCER, "--produce-id", "demo-text-1",
        "--explicit", "end", "--out", str(labelled_text),
    )  # fmt: skip
    hegui("mark", "verify", str(labelled_text))


def _dossier() -> None:
    dossier = WORKSPACE / "dossier"
    hegui("dossier", "compose", str(dossier))
    hegui("verify", str(dossier))
    told("改动副本中的一个字节：", "One byte changed in a copy:")
    copy = WORKSPACE / "dossier-tampered"
    shutil.copytree(dossier, copy)
    report = copy / "self-assessment.json"
    content = bytearray(report.read_bytes())
    content[len(content) // 2] ^= 1
    report.write_bytes(content)
    hegui("verify", str(copy), expected=4)


def _next(seconds: float) -> None:
    click.echo(
        f"  hegui --help\n  hegui -w {WORKSPACE.name} serve --help\n  hegui -w {WORKSPACE.name} ledger list"
    )
    click.echo(f"  {WORKSPACE / 'dossier'}")
    told(f"用时 {seconds:.0f} 秒。", f"Done in {seconds:.0f} seconds.")


def title(number: int, zh: str, en: str) -> None:
    """Announce a step."""
    click.secho(f"\n━━ {number}/7 ━━ {zh if CHINESE else en}", bold=True, fg="cyan")


def told(zh: str, en: str) -> None:
    """Say something between commands."""
    click.secho(f"· {zh if CHINESE else en}", fg="yellow")


def show(command: list[str]) -> None:
    """Show a command as a user would type it."""
    words = [Path(word).name if word == HEGUI else _short(word) for word in command]
    click.secho("$ " + " ".join(words), fg="green")


def hegui(*arguments: str, expected: int = 0) -> None:
    """Run a command on the demo's workspace and show it; stop the story if it goes wrong."""
    command = [HEGUI, *(() if arguments[0] == "init" else ("-w", str(WORKSPACE))), *arguments]
    show(command)
    status = subprocess.run(command, check=False).returncode
    if status != expected:
        sys.exit(f"hegui {arguments[0]} ended with {status}, expected {expected}")


@contextmanager
def process(command: list[str], ready: str) -> Iterator[str]:
    """Run a server until the end of the block; yields the first address it prints that holds ``ready``."""
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert running.stdout is not None
    try:
        for line in running.stdout:
            address = re.search(r"https?://[^\s/]+/v1", line)
            if ready in line and address:
                yield address[0]
                break
            click.echo(f"  {line.rstrip()}")
        else:
            sys.exit(f"{command[0]} ended with {running.wait()} before it was ready")
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).read()  # noqa: S310 - our own loopback address
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _short(word: str) -> str:
    path = Path(word)
    return (
        str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else word
    )


if __name__ == "__main__":
    main()
