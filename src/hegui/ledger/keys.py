"""The ledger's signing key and the signed notes it makes (C2SP signed-note, Ed25519)."""

import base64
import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hegui.core import Conflict, InvalidInput
from hegui.store import write_once, write_whole

_ED25519 = b"\x01"
_KEY_FILE = "ledger.skey"
_VERIFIER_FILE = "ledger.vkey"
_SEED_BYTES = 32


class KeyUnreadable(Conflict):
    """The file of the signing key is not one."""

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            zh=f"{path}：{zh}；请从备份恢复该文件（另造新钥会使已公布的验证钥失效）",
            en=f"{path}: {en}; restore the file from a backup (a new key would not match the verifier key "
            "already published)",
        )
        self.path = path


class SigningKey:
    """An Ed25519 key under the ledger's name.

    Attributes:
        name: the name in the signature lines: the origin of the ledger.
        key_id: its short mark, eight hexadecimal digits.
        verifier: the public half as a vkey, ``name+key id+base64(0x01 and the key)``.
    """

    def __init__(self, *, name: str, seed: bytes) -> None:
        """Use the key grown from ``seed``.

        Raises:
            InvalidInput: the name holds a space or a plus sign, or is empty.
        """
        if not name or "+" in name or not name.isprintable() or any(sign.isspace() for sign in name):
            raise InvalidInput(
                zh=f"台账名称 {name!r} 不可用：不得为空，不得含空格或加号；例如 example.cn/hegui",
                en=f"{name!r} cannot name a ledger: no spaces, no plus sign, not empty; for example "
                "example.org/hegui",
            )
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.name = name
        public = _ED25519 + self._key.public_key().public_bytes_raw()
        identity = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.key_id = identity.hex()
        self.verifier = f"{name}+{self.key_id}+{_base64(public)}"

    def sign(self, text: str) -> str:
        """``text``, which ends with a line break, as a signed note."""
        signature = self._key.sign(text.encode())
        return f"{text}\n— {self.name} {_base64(bytes.fromhex(self.key_id) + signature)}\n"


def signing_key(folder: Path, *, name: str) -> SigningKey:
    """The key in ``folder``, made on first use with the public half beside it.

    Raises:
        KeyUnreadable: the key file is damaged, or belongs to a ledger of another name.
    """
    path = folder / _KEY_FILE
    if not path.exists():
        _create(folder, name)
    key = _load(path, name)
    public = folder / _VERIFIER_FILE
    if not public.exists():
        write_whole(public, f"{key.verifier}\n".encode())
    return key


def _create(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = secrets.token_bytes(_SEED_BYTES)
    key_id = SigningKey(name=name, seed=seed).key_id
    line = f"PRIVATE+KEY+{name}+{key_id}+{_base64(_ED25519 + seed)}\n"
    # Another process may have made its key in the meantime: then that one counts.
    with suppress(FileExistsError):
        write_once(folder / _KEY_FILE, line.encode(), mode=0o600)


def _load(path: Path, name: str) -> SigningKey:
    try:
        prefix, _, rest = path.read_text(encoding="utf-8").strip().partition("PRIVATE+KEY+")
        stored_name, key_id, encoded = rest.split("+", 2)
        material = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise KeyUnreadable(path, zh="不是签名私钥", en="not a signing key") from error
    if prefix or material[:1] != _ED25519 or len(material) != 1 + _SEED_BYTES:
        raise KeyUnreadable(path, zh="不是 Ed25519 签名私钥", en="not an Ed25519 signing key")
    if stored_name != name:
        raise KeyUnreadable(
            path,
            zh=f"该私钥属于台账 {stored_name!r}，而不是 {name!r}",
            en=f"the key belongs to the ledger {stored_name!r}, not to {name!r}",
        )
    key = SigningKey(name=name, seed=material[1:])
    if key.key_id != key_id:
        raise KeyUnreadable(path, zh="私钥与其编号不符", en="the key does not match its key id")
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
