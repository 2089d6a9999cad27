"""The operator's certificate for content credentials (C2PA), as two files in one folder.

``certificate.pem`` is the chain, the operator's own first; ``key.pem`` its private key, readable by its owner
alone. ``anchors.pem``, where there is one, holds the roots that other people's credentials are trusted under.
"""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hegui.core import Clock, Conflict, InvalidInput, NotFound
from hegui.store import write_once, write_whole

UNSAFE = "UNSAFE TEST - proves nothing"
"""What certificates made here say of themselves, in every name."""

_CHAIN = "certificate.pem"
_KEY = "key.pem"
_ANCHORS = "anchors.pem"
_TEST_DAYS = 90
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class CertificateUnusable(Conflict):
    """A certificate that must not sign: expired, not yet valid, not fitting its key, or damaged."""


class Credential(NamedTuple):
    """What signs content credentials.

    Attributes:
        chain: the certificates in PEM, the operator's own first.
        key: its private key in PEM.
        algorithm: the signature's name in C2PA, as ``es256``.
    """

    chain: bytes
    key: bytes
    algorithm: str


class Certificates:
    """The certificate in a folder."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Use ``folder``, which is made on the first write."""
        self._folder = folder
        self._clock = clock

    def current(self) -> Credential:
        """The credential, checked.

        Raises:
            NotFound: none was installed.
            CertificateUnusable: it is expired, not yet valid, damaged, or does not fit its key.
        """
        try:
            chain, key = (self._folder / _CHAIN).read_bytes(), (self._folder / _KEY).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                zh="还没有安装 C2PA 证书；运行 hegui mark certificate install 证书链.pem 私钥.pem",
                en="no C2PA certificate is installed; run hegui mark certificate install CHAIN.pem KEY.pem",
            ) from error
        return self._checked(chain, key)

    def install(self, chain: Path, key: Path) -> Credential:
        """Take a certificate into use, in place of the one before.

        Args:
            chain: the certificates in PEM, the operator's own first, without the root or with it.
            key: its private key in PEM, without a password.

        Raises:
            NotFound: one of the files does not exist.
            CertificateUnusable: it is expired, not yet valid, damaged, or does not fit its key.
        """
        credential = self._checked(_read(chain), _read(key))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._folder / _KEY, credential.key, mode=0o600)
        write_whole(self._folder / _CHAIN, credential.chain)
        return credential

    def make_unsafe_test_certificate(self) -> Credential:
        """A chain made on the spot, for trying things out: every name in it says that it proves nothing.

        Raises:
            Conflict: a certificate is installed already.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        chain, key = _unsafe_chain(self._clock())
        try:
            write_once(self._folder / _KEY, key, mode=0o600)
        except FileExistsError as error:
            raise Conflict(
                zh="已经安装了证书；测试证书不会取代它",
                en="a certificate is installed already; a test certificate does not take its place",
            ) from error
        write_whole(self._folder / _CHAIN, chain)
        return self._checked(chain, key)

    def trust(self, anchors: Path) -> None:
        """Trust credentials under these roots from now on, and under no others.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it holds no certificates.
        """
        data = _read(anchors)
        try:
            x509.load_pem_x509_certificates(data)
        except ValueError as error:
            raise InvalidInput(
                zh=f"{anchors} 不是 PEM 证书", en=f"{anchors} holds no certificates in PEM"
            ) from error
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._folder / _ANCHORS, data)

    def anchors(self) -> bytes:
        """The roots trusted, in PEM; empty where none were named."""
        path = self._folder / _ANCHORS
        return path.read_bytes() if path.exists() else b""

    def _checked(self, chain: bytes, key: bytes) -> Credential:
        try:
            leaf = x509.load_pem_x509_certificates(chain)[0]
            private = serialization.load_pem_private_key(key, None)
        except (ValueError, TypeError) as error:
            raise CertificateUnusable(
                zh=f"证书或私钥不是 PEM，或私钥有密码：{error}",
                en=f"the certificate or the key is not PEM, or the key has a password: {error}",
            ) from error
        now, first, last = self._clock(), leaf.not_valid_before_utc, leaf.not_valid_after_utc
        if not first <= now <= last:
            raise CertificateUnusable(
                zh=f"证书有效期为 {first:%Y-%m-%d} 至 {last:%Y-%m-%d}，现在不能用来签名；请换新证书",
                en=f"the certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} and must not sign "
                "now; install a new one",
            )
        if leaf.public_key() != private.public_key():
            raise CertificateUnusable(
                zh="私钥与第一张证书不符", en="the key does not belong to the first certificate"
            )
        return Credential(chain, key, _algorithm(private))


def is_unsafe(chain: bytes) -> bool:
    """Whether a chain was made here, for tests."""
    return UNSAFE in x509.load_pem_x509_certificates(chain)[0].subject.rfc4514_string()


def _algorithm(key: object) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise CertificateUnusable(
        zh="C2PA 不支持这种私钥；请用 P-256、P-384、P-521、Ed25519 或 RSA",
        en="C2PA knows no such key; use P-256, P-384, P-521, Ed25519 or RSA",
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error


def _unsafe_chain(now: dt.datetime) -> tuple[bytes, bytes]:
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = _name("root"), _name("signer")
    root = (
        _certificate(root_name, root_name, root_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(leaf_name, root_name, leaf_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )
    chain = b"".join(item.public_bytes(serialization.Encoding.PEM) for item in (leaf, root))
    return chain, leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, UNSAFE),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{UNSAFE} ({role})"),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=_TEST_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
