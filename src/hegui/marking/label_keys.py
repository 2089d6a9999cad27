"""The operator's SM2 keys and the keys of others that are believed, as files in one folder.

The folder holds ``pins.json``, the public half of everything, and for each key of the operator's own a
file ``<mark>.pem`` that only its owner may read (PKCS #8, as OpenSSL reads and writes it).
"""

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hegui.core import Clock, Conflict, InvalidInput, NotFound, timestamp
from hegui.marking.protection import KeyPin, key_mark
from hegui.marking.provider_code import USCC_LENGTH, ProviderCode
from hegui.marking.sm2 import PrivateKey, PublicKey
from hegui.store import write_once, write_whole

_PINS = "pins.json"
_PRIVATE = "PRIVATE KEY"
_PUBLIC = "PUBLIC KEY"
_OTHERS_MAY = 0o077
_LARGEST_FILE = 1 << 16


class LabelKeyUnusable(Conflict):
    """A key file that is missing, damaged, or readable by others.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(zh=f"{path}：{zh}", en=f"{path}: {en}")
        self.path = path


class LabelKeys:
    """Keys in a folder."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Use ``folder``, which is made on the first write.

        Args:
            folder: where the files are.
            clock: dates what is pinned and withdrawn.
        """
        self._folder = folder
        self._clock = clock

    def pins(self) -> tuple[KeyPin, ...]:
        """Every key known, the operator's own and those withdrawn included.

        Raises:
            LabelKeyUnusable: the list is damaged.
        """
        path = self._folder / _PINS
        if not path.exists():
            return ()
        try:
            return msgspec.json.decode(path.read_bytes(), type=tuple[KeyPin, ...])
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise LabelKeyUnusable(
                path,
                zh="钥的登记表已损坏；请从备份恢复",
                en="the list of keys is damaged; restore it from a backup",
            ) from error

    def current(self, holder: str) -> PrivateKey:
        """The newest own key for a holder that was not withdrawn.

        Args:
            holder: the provider code that labels are made for.

        Raises:
            NotFound: there is none.
            LabelKeyUnusable: its file is missing, damaged, or readable by others.
        """
        for pin in self._own():
            if pin.is_for(holder):
                return self._load(pin)
        raise NotFound(
            zh=f"没有 {holder} 的签名私钥；先运行 hegui mark key new --holder {holder}",
            en=f"there is no signing key for {holder}; run hegui mark key new --holder {holder} first",
        )

    def own(self) -> tuple[tuple[KeyPin, PrivateKey], ...]:
        """Every own key that was not withdrawn, whosever it is, the newest first.

        Raises:
            LabelKeyUnusable: the file of one is damaged, or readable by others.
        """
        return tuple((pin, self._load(pin)) for pin in self._own())

    def make(self, holder: str, *, note: str) -> KeyPin:
        """A new own key for a holder; the one before it stays believed and signs no more.

        Args:
            holder: the provider code or the USCC in it.
            note: why, for the list.

        Raises:
            ProviderCodeInvalid: the holder is neither.
            Sm2Unavailable: the extra is not installed.
        """
        _check_holder(holder)
        return self._keep(PrivateKey.generate(), holder, note=note)

    def take(self, path: Path, holder: str, *, note: str) -> KeyPin:
        """A key made elsewhere, as the newest own key of a holder.

        Args:
            path: its PEM file (PKCS #8).
            holder: the provider code or the USCC in it.
            note: where it comes from.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it holds no SM2 key, or the holder is neither code.
        """
        _check_holder(holder)
        key = PrivateKey.from_pkcs8(_der(path, _PRIVATE))
        if key is None:
            raise InvalidInput(
                zh=f"{path} 不是 SM2 私钥；可用 openssl pkcs8 -topk8 -nocrypt -in {path} 转换",
                en=f"{path} is no SM2 private key; convert it: openssl pkcs8 -topk8 -nocrypt -in {path}",
            )
        return self._keep(key, holder, note=note)

    def pin(self, key: str, holder: str, *, note: str) -> KeyPin:
        """Believe somebody's public key from now on.

        Args:
            key: a PEM file, or the key in hexadecimal as it stands in labels.
            holder: what their labels say: a provider code, the USCC in it, or a name.
            note: how it is known to be theirs.

        Raises:
            InvalidInput: that is no public SM2 key.
        """
        points = PublicKey.from_bytes(_key_bytes(key))
        if len(points) != 1:
            raise InvalidInput(
                zh=f"{key!r} 不是完整的 SM2 公钥；请给出 PEM 文件，或 04 开头的 130 位十六进制数",
                en=f"{key!r} is no complete SM2 public key; give a PEM file, or 130 hexadecimal digits "
                "beginning with 04",
            )
        return self._list(points[0], holder, note=note)

    def withdraw(self, mark: str, *, note: str) -> KeyPin:
        """Believe a key no longer, whatever it signed and whenever.

        Args:
            mark: the key's short mark.
            note: why.

        Raises:
            NotFound: no such key is believed.
        """
        pins = list(self.pins())
        for index, pin in enumerate(pins):
            if pin.id == mark and pin.withdrawn is None:
                pins[index] = msgspec.structs.replace(pin, withdrawn=timestamp(self._clock()), note=note)
                self._write(pins)
                return pins[index]
        raise NotFound(zh=f"没有登记 {mark} 这把钥", en=f"no key {mark} is pinned")

    def _keep(self, key: PrivateKey, holder: str, *, note: str) -> KeyPin:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(key_mark(key.public))
        try:
            write_once(path, _pem(_PRIVATE, key.pkcs8()), mode=0o600)
        except FileExistsError as error:
            raise LabelKeyUnusable(path, zh="这把钥已经在用", en="this key is in use already") from error
        return self._list(key.public, holder, note=note)

    def _list(self, key: PublicKey, holder: str, *, note: str) -> KeyPin:
        pin = KeyPin(
            id=key_mark(key),
            holder=holder,
            key=key.to_bytes().hex(),
            since=timestamp(self._clock()),
            note=note,
        )
        pins = self.pins()
        if any(item.id == pin.id and item.holder == holder and item.withdrawn is None for item in pins):
            raise Conflict(
                zh=f"{holder} 的钥 {pin.id} 已经登记", en=f"key {pin.id} of {holder} is pinned already"
            )
        self._write([*pins, pin])
        return pin

    def _write(self, pins: list[KeyPin]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._folder / _PINS, msgspec.json.format(msgspec.json.encode(pins), indent=2))

    def _own(self) -> Iterator[KeyPin]:
        for pin in reversed(self.pins()):
            if pin.withdrawn is None and self._path(pin.id).exists():
                yield pin

    def _load(self, pin: KeyPin) -> PrivateKey:
        path = self._path(pin.id)
        if path.stat().st_mode & _OTHERS_MAY:
            raise LabelKeyUnusable(
                path,
                zh=f"其他用户可以读取该私钥；请运行 chmod 600 {path}，并考虑更换（hegui mark key new）",
                en=f"others may read this private key; run chmod 600 {path}, and think of a new one "
                "(hegui mark key new)",
            )
        key = PrivateKey.from_pkcs8(_der(path, _PRIVATE))
        if key is None or key.public.to_bytes().hex() != pin.key:
            raise LabelKeyUnusable(
                path,
                zh="不是登记的那把私钥；请从备份恢复，或更换（hegui mark key new）",
                en="not the private key that is listed; restore it from a backup, or make a new one "
                "(hegui mark key new)",
            )
        return key

    def _path(self, mark: str) -> Path:
        return self._folder / f"{mark}.pem"


def _check_holder(holder: str) -> None:
    if len(holder) == USCC_LENGTH:
        ProviderCode.parse(f"0011{holder}00000", field="ContentProducer")
    else:
        ProviderCode.parse(holder, field="ContentProducer")


def _key_bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return _der(Path(text), _PUBLIC)


def _der(path: Path, kind: str) -> bytes:
    """What a PEM file holds; nothing where it holds something else."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE).decode("ascii", "replace")
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    body = text.partition(f"-----BEGIN {kind}-----")[2].partition(f"-----END {kind}-----")[0]
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        return b""


def _pem(kind: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n".encode()
