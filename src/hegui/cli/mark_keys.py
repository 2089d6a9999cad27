"""``hegui mark key`` and ``hegui mark certificate``: what labels and files are signed with."""

from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText
from hegui.marking import KeyPin

_HOLDER = click.option(
    "--holder",
    required=True,
    metavar="CODE",
    help=phrase(
        zh="本方的 27 位编码，或其中的 18 位统一社会信用代码。",
        en="The operator's 27-character code, or the 18-character USCC in it.",
    ),
)
_NOTE = click.option(
    "--note", default="", metavar="TEXT", help=phrase(zh="备注，例如原因或来源。", en="Why, or from where.")
)


@click.group(
    help=phrase(
        zh="签署标识预留字段的 SM2 钥，以及相信谁的公钥。\n\n"
        "标识里随附的公钥证明不了是谁签的；只有在这里登记过的才算。\n\n\b\n示例：\n"
        "  hegui mark key new --holder 91110000MA0EXAMPLB\n"
        "  hegui mark key pin minimax.pem --holder MiniMax --note '开发者页面'\n"
        "  hegui mark key list",
        en="SM2 keys that sign the reserved fields of labels, and whose public keys are believed.\n\n"
        "A key that travels with a label does not say who signed; only those listed here count.\n\n\b\n"
        "Examples:\n"
        "  hegui mark key new --holder 91110000MA0EXAMPLB\n"
        "  hegui mark key pin minimax.pem --holder MiniMax --note 'their developer page'\n"
        "  hegui mark key list",
    )
)
def key() -> None:
    """Hold the subcommands."""


@key.command(
    "new",
    help=phrase(
        zh="新建本方私钥；此后的标识用它签署，以前的钥仍可核验旧标识。\n\n\b\n示例：\n"
        "  hegui mark key new --holder 91110000MA0EXAMPLB --note 2027年轮换",
        en="Make a new key of the operator's; it signs from now on, and older keys still verify older "
        "labels.\n\n\b\nExamples:\n"
        "  hegui mark key new --holder 91110000MA0EXAMPLB --note 'rotation of 2027'",
    ),
)
@_HOLDER
@_NOTE
@pass_terminal
def new(terminal: Terminal, holder: str, note: str) -> None:
    """Make a key."""
    _say(terminal, terminal.workspace.marking.make_key(holder, note=note))


@key.command(
    "import",
    help=phrase(
        zh="启用在别处生成的私钥 FILE（PEM，PKCS #8，无密码）。\n\n\b\n示例：\n"
        "  hegui mark key import label-key.pem --holder 91110000MA0EXAMPLB",
        en="Take into use a private key that was made elsewhere (PEM, PKCS #8, no password).\n\n"
        "\b\nExamples:\n"
        "  hegui mark key import label-key.pem --holder 91110000MA0EXAMPLB",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@_HOLDER
@_NOTE
@pass_terminal
def import_(terminal: Terminal, file: Path, holder: str, note: str) -> None:
    """Take a key made elsewhere."""
    _say(terminal, terminal.workspace.marking.take_key(file, holder, note=note))


@key.command(
    "pin",
    help=phrase(
        zh="相信别人的公钥 KEY（PEM 文件，或标识里的十六进制数）。\n\n\b\n示例：\n"
        "  hegui mark key pin minimax.pem --holder MiniMax --note '开发者页面，2026-11-22'",
        en="Believe somebody's public KEY (a PEM file, or the hexadecimal digits in labels).\n\n"
        "\b\nExamples:\n"
        "  hegui mark key pin minimax.pem --holder MiniMax --note 'developer page, 2026-11-22'",
    ),
)
@click.argument("public", metavar="KEY")
@click.option(
    "--holder",
    required=True,
    metavar="WHO",
    help=phrase(
        zh="其标识里写的制作者或传播者：编码、其中的统一社会信用代码，或名称。",
        en="What their labels name: a code, the USCC in it, or a name.",
    ),
)
@_NOTE
@pass_terminal
def pin(terminal: Terminal, public: str, holder: str, note: str) -> None:
    """Believe somebody's key."""
    _say(terminal, terminal.workspace.marking.pin_key(public, holder, note=note))


@key.command(
    "withdraw",
    help=phrase(
        zh="不再相信钥 ID（例如私钥泄露）；它签过的标识都不再有效。\n\n\b\n示例：\n"
        "  hegui mark key withdraw 6484eacf63cc0339 --note 私钥泄露",
        en="Believe key ID no longer, as when its private half leaked; nothing that it signed counts.\n\n\b\n"
        "Examples:\n  hegui mark key withdraw 6484eacf63cc0339 --note 'private key leaked'",
    ),
)
@click.argument("mark", metavar="ID")
@_NOTE
@pass_terminal
def withdraw(terminal: Terminal, mark: str, note: str) -> None:
    """Withdraw a key."""
    _say(terminal, terminal.workspace.marking.withdraw_key(mark, note=note))


@key.command(
    "list",
    help=phrase(
        zh="列出全部登记的公钥。\n\n\b\n示例：\n  hegui mark key list --json",
        en="List every public key known.\n\n\b\nExamples:\n  hegui mark key list --json",
    ),
)
@pass_terminal
def list_(terminal: Terminal) -> None:
    """List the keys."""
    pins = terminal.workspace.marking.known_keys()
    terminal.result(pins, lambda: "\n".join(_line(terminal, pin) for pin in pins))


@click.group(
    help=phrase(
        zh="按 C2PA 签名用的证书，以及信任的根证书。\n\n\b\n示例：\n"
        "  hegui mark certificate install 证书链.pem 私钥.pem\n"
        "  hegui mark certificate unsafe-test",
        en="The certificate that signs under C2PA, and the roots trusted.\n\n\b\nExamples:\n"
        "  hegui mark certificate install chain.pem key.pem\n"
        "  hegui mark certificate unsafe-test",
    )
)
def certificate() -> None:
    """Hold the subcommands."""


@certificate.command(
    "install",
    help=phrase(
        zh="启用证书链 CHAIN（本方证书在前）和私钥 KEY，均为 PEM。\n\n\b\n示例：\n"
        "  hegui mark certificate install 证书链.pem 私钥.pem",
        en="Take into use the certificates CHAIN (the operator's own first) and the private KEY, in PEM."
        "\n\n\b\nExamples:\n  hegui mark certificate install chain.pem key.pem",
    ),
)
@click.argument("chain", type=click.Path(path_type=Path))
@click.argument("key_file", metavar="KEY", type=click.Path(path_type=Path))
@pass_terminal
def install(terminal: Terminal, chain: Path, key_file: Path) -> None:
    """Install a certificate."""
    done = terminal.workspace.marking.certificates.install(chain, key_file)
    _say_certificate(terminal, done.algorithm)


@certificate.command(
    "unsafe-test",
    help=phrase(
        zh="现做一张测试证书，只供试用：其名称写明什么也不证明。\n\n\b\n示例：\n"
        "  hegui mark certificate unsafe-test",
        en="Make a test certificate on the spot, for trying out: its name says that it proves nothing."
        "\n\n\b\nExamples:\n  hegui mark certificate unsafe-test",
    ),
)
@pass_terminal
def unsafe_test(terminal: Terminal) -> None:
    """Make an unsafe test certificate."""
    done = terminal.workspace.marking.certificates.make_unsafe_test_certificate()
    _say_certificate(terminal, done.algorithm)


@certificate.command(
    "trust",
    help=phrase(
        zh="核验他人 C2PA 签名时只信任 ROOTS（PEM）里的根证书。\n\n\b\n示例：\n"
        "  hegui mark certificate trust c2pa-trust-list.pem",
        en="Trust others' C2PA signatures under the certificates in ROOTS (PEM), and no others."
        "\n\n\b\nExamples:\n  hegui mark certificate trust c2pa-trust-list.pem",
    ),
)
@click.argument("roots", type=click.Path(path_type=Path))
@pass_terminal
def trust(terminal: Terminal, roots: Path) -> None:
    """Trust roots."""
    terminal.workspace.marking.certificates.trust(roots)
    terminal.result(
        {"trusted": str(roots)},
        lambda: terminal.text(
            BilingualText(zh=f"信任 {roots} 里的根证书", en=f"trusting the roots in {roots}")
        ),
    )


def _say(terminal: Terminal, pin: KeyPin) -> None:
    terminal.result(pin, lambda: _line(terminal, pin))


def _line(terminal: Terminal, pin: KeyPin) -> str:
    state = BilingualText(zh=f"自 {pin.since}", en=f"since {pin.since}")
    if pin.withdrawn is not None:
        state = BilingualText(zh=f"已于 {pin.withdrawn} 撤销", en=f"withdrawn {pin.withdrawn}")
    return f"{pin.id}  {printable(pin.holder)}  {terminal.text(state)}  {printable(pin.note)}".rstrip()


def _say_certificate(terminal: Terminal, algorithm: str) -> None:
    terminal.result(
        {"algorithm": algorithm},
        lambda: terminal.text(
            BilingualText(zh=f"证书已启用（{algorithm}）", en=f"the certificate is in use ({algorithm})")
        ),
    )
