"""``hegui serve``: the gateway and the API."""

from pathlib import Path

import click
import uvicorn

from hegui.asgi import application
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import InvalidInput, read_text
from hegui.endpoint import EndpointAddress
from hegui.gateway import AnswerPolicy, ExplicitPlacement

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command(
    help=phrase(
        zh="启动网关（OpenAI 兼容，/v1）与接口（/api）。"
        "网关审查输入和流式输出、加标识、留证据。\n\n\b\n示例：\n"
        "  hegui serve --endpoint http://127.0.0.1:8000/v1 --model my-model \\\n"
        "      --producer 001191110000MA000000001000000\n"
        "  # 然后把 OpenAI 客户端的 base_url 指向 http://127.0.0.1:8787/v1",
        en="Start the gateway (OpenAI-compatible, /v1) and the API (/api). The gateway screens input and "
        "streamed output, labels answers and keeps evidence.\n\n\b\nExamples:\n"
        "  hegui serve --endpoint http://127.0.0.1:8000/v1 --model my-model \\\n"
        "      --producer 001191110000MA000000001000000\n"
        "  # then point an OpenAI client's base_url to http://127.0.0.1:8787/v1",
    )
)
@click.option(
    "--endpoint",
    required=True,
    help=phrase(zh="模型服务的地址，以 /v1 结尾。", en="The address of the model, ending in /v1."),
)
@click.option("--model", required=True, help=phrase(zh="模型名称。", en="The model's name."))
@click.option(
    "--producer",
    required=True,
    help=phrase(
        zh="27 位服务提供者编码，写入隐式标识。", en="The 27-character provider code for implicit labels."
    ),
)
@click.option(
    "--explicit",
    type=click.Choice([placement.value for placement in ExplicitPlacement]),
    default=ExplicitPlacement.END.value,
    show_default=True,
    help=phrase(zh="显式标识的位置。", en="Where the explicit label goes."),
)
@click.option(
    "--upstream-key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(zh="存放模型服务密钥的文件。", en="A file with the model's API key."),
)
@click.option(
    "--client-keys-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="存放客户端密钥的文件，每行一个；监听非本机地址时必须有。",
        en="A file with the clients' keys, one a line; required beyond loopback.",
    ),
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=phrase(zh="监听地址。", en="Where to listen.")
)
@click.option("--port", default=8787, show_default=True, help=phrase(zh="监听端口。", en="The port."))
@pass_terminal
def serve(
    terminal: Terminal,
    *,
    endpoint: str,
    model: str,
    producer: str,
    explicit: str,
    upstream_key_file: Path | None,
    client_keys_file: Path | None,
    host: str,
    port: int,
) -> None:
    """Serve until interrupted."""
    upstream_keys = _keys(upstream_key_file)
    client_keys = _keys(client_keys_file)
    if host not in _LOOPBACK and not client_keys:
        raise InvalidInput(
            zh=f"监听 {host} 会让别的机器不带密钥就使用模型；请加 --client-keys-file",
            en=f"listening on {host} would let other machines use the model without a key; "
            "add --client-keys-file",
        )
    upstream = EndpointAddress(url=endpoint, model=model, api_key=upstream_keys[0] if upstream_keys else None)
    policy = AnswerPolicy(placement=ExplicitPlacement(explicit))
    workspace = terminal.workspace
    with workspace.ledger.writer() as writer:
        gateway = workspace.gateway(upstream=upstream, writer=writer, producer=producer, policy=policy)
        terminal.say(
            zh=f"网关：http://{host}:{port}/v1   接口：http://{host}:{port}/api   停止：Ctrl-C",
            en=f"gateway: http://{host}:{port}/v1   API: http://{host}:{port}/api   stop: Ctrl-C",
        )
        uvicorn.run(
            application(workspace, gateway, api_keys=client_keys), host=host, port=port, log_level="warning"
        )


def _keys(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    keys = tuple(line.strip() for line in read_text(path).splitlines() if line.strip())
    if not keys:
        raise InvalidInput(zh=f"{path} 里没有密钥；每行写一个", en=f"{path} holds no key; write one a line")
    return keys
