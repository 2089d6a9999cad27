"""``hegui serve``: the gateway and the API."""

import hashlib
from pathlib import Path

import click

from hegui.asgi import application
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import InvalidInput, load_document, read_text
from hegui.gateway import (
    ANY_MODEL,
    AnswerPolicy,
    DeclaredModel,
    DeclaredUpstream,
    ExplicitPlacement,
    GatewayDeclaration,
    LogForm,
    listen,
    write_log,
)

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command(
    help=phrase(
        zh="启动网关（OpenAI 兼容，/v1）与接口（/api）。"
        "网关审查输入和流式输出、加标识、留证据。\n\n\b\n示例：\n"
        "  hegui serve --endpoint http://127.0.0.1:8000/v1 \\\n"
        "      --producer 001191110000MA000000001000000\n"
        "  # 多个模型、限额、用语等写在一个文件里：\n"
        "  hegui serve --config gateway.yaml --client-keys-file clients.keys\n"
        "  # 然后把 OpenAI 客户端的 base_url 指向 http://127.0.0.1:8787/v1",
        en="Start the gateway (OpenAI-compatible, /v1) and the API (/api). The gateway screens input and "
        "streamed output, labels answers and keeps evidence.\n\n\b\nExamples:\n"
        "  hegui serve --endpoint http://127.0.0.1:8000/v1 \\\n"
        "      --producer 001191110000MA000000001000000\n"
        "  # several models, limits and wording go into a file:\n"
        "  hegui serve --config gateway.yaml --client-keys-file clients.keys\n"
        "  # then point an OpenAI client's base_url to http://127.0.0.1:8787/v1",
    )
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="声明模型、限额和用语的 YAML 文件；代替下面五项。",
        en="A YAML file that declares models, limits and wording; instead of the next five options.",
    ),
)
@click.option(
    "--endpoint",
    help=phrase(zh="模型服务的地址，以 /v1 结尾。", en="The address of the model, ending in /v1."),
)
@click.option(
    "--model",
    help=phrase(
        zh="模型在那里的名称；不给则照客户端所说。",
        en="The model's name there; as clients name it if not given.",
    ),
)
@click.option(
    "--producer",
    help=phrase(
        zh="27 位服务提供者编码，写入隐式标识。", en="The 27-character provider code for implicit labels."
    ),
)
@click.option(
    "--explicit",
    type=click.Choice([placement.value for placement in ExplicitPlacement]),
    help=phrase(zh="显式标识的位置（默认 end）。", en="Where the explicit label goes (default: end)."),
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
        zh="存放客户端密钥的文件，每行一个，可在前面写租户名；在 hegui gateway keys 签发的密钥之外。",
        en="A file with keys of clients, one a line, a tenant's name before it if you like; besides those "
        "that hegui gateway keys issued.",
    ),
)
@click.option(
    "--operator-keys-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="存放运营者密钥的文件，每行一个；持有者可经 /api 读取全部证据。"
        "客户端需要密钥时，没有它就不开放 /api。",
        en="A file with operators' keys, one a line; who holds one may read all evidence at /api. "
        "Where clients need keys, there is no /api without it.",
    ),
)
@click.option(
    "--log",
    "log_form",
    type=click.Choice([form.value for form in LogForm]),
    default=LogForm.TEXT.value,
    show_default=True,
    help=phrase(zh="日志的形式；日志里没有对话内容。", en="The form of the log; it holds no content."),
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=phrase(zh="监听地址。", en="Where to listen.")
)
@click.option(
    "--port",
    default=8787,
    show_default=True,
    help=phrase(zh="监听端口；0 为任一空闲端口。", en="The port; 0 takes any that is free."),
)
@pass_terminal
def serve(
    terminal: Terminal,
    *,
    config: Path | None,
    endpoint: str | None,
    model: str | None,
    producer: str | None,
    explicit: str | None,
    upstream_key_file: Path | None,
    client_keys_file: Path | None,
    operator_keys_file: Path | None,
    log_form: str,
    host: str,
    port: int,
) -> None:
    """Serve until interrupted."""
    keys = _keys(client_keys_file)
    single = (endpoint, model, producer, explicit, upstream_key_file)
    if config is not None:
        if any(option is not None for option in single):
            raise InvalidInput(
                zh="--config 已声明一切；请去掉 --endpoint、--model、--producer、--explicit 和 "
                "--upstream-key-file",
                en="--config declares everything; leave out --endpoint, --model, --producer, --explicit and "
                "--upstream-key-file",
            )
        declaration = load_document(config, GatewayDeclaration)
    elif endpoint is None or producer is None:
        raise InvalidInput(
            zh="请给出 --config，或者 --endpoint 和 --producer",
            en="give --config, or --endpoint and --producer",
        )
    else:
        declaration = GatewayDeclaration(
            producer=producer,
            models=(
                DeclaredModel(
                    name=ANY_MODEL,
                    upstreams=(
                        DeclaredUpstream(
                            url=endpoint,
                            model=model,
                            key_file=str(upstream_key_file) if upstream_key_file else None,
                        ),
                    ),
                ),
            ),
            answers=AnswerPolicy(placement=ExplicitPlacement(explicit or ExplicitPlacement.END)),
        )
    write_log(LogForm(log_form))
    workspace = terminal.workspace
    with workspace.ledger.writer() as writer:
        gateway = workspace.gateway(declaration, writer=writer, keys=keys)
        if host not in _LOOPBACK and gateway.reception.is_open:
            raise InvalidInput(
                zh=f"监听 {host} 会让别的机器不带密钥就使用模型；请先用 hegui gateway keys issue 签发密钥",
                en=f"listening on {host} would let other machines use the model without a key; issue one "
                "first: hegui gateway keys issue",
            )
        if not gateway.acts:
            terminal.say(
                zh="不安全（mode: shadow）：一切都放行，只测量本应拦截什么。不得以此向公众提供服务。",
                en="UNSAFE (mode: shadow): everything passes; it is only measured what should not have. "
                "No service may be given to the public like this.",
            )
        # Whoever may use the model may not for that read the evidence.
        is_private = not (gateway.reception.is_open or operator_keys_file)

        def tell(port: int) -> None:
            terminal.say(
                zh=f"网关：http://{host}:{port}/v1   停止：Ctrl-C"
                + ("   （没有 --operator-keys-file，不开放 /api）" if is_private else ""),
                en=f"gateway: http://{host}:{port}/v1   stop: Ctrl-C"
                + ("   (no /api without --operator-keys-file)" if is_private else ""),
            )

        listen(
            application(
                workspace,
                gateway,
                pass_through=declaration.pass_through,
                operator_keys=None if is_private else _keys(operator_keys_file),
            ),
            host=host,
            port=port,
            limits=declaration.limits,
            trusted_proxies=declaration.trusted_proxies,
            tell=tell,
        )


def _keys(path: Path | None) -> dict[str, str]:
    """The tenant of each key in a file of lines: a key, or a tenant's name and its key."""
    if path is None:
        return {}
    keys: dict[str, str] = {}
    for line in read_text(path).splitlines():
        *names, key = line.split() or [""]
        if key:
            keys[key] = " ".join(names) or f"key-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    if not keys:
        raise InvalidInput(zh=f"{path} 里没有密钥；每行写一个", en=f"{path} holds no key; write one a line")
    return keys
