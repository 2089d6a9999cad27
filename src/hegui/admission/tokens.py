"""The signed tokens with which tenants name their users: JSON Web Tokens of one strict form.

The header names the key by ``kid``, and the key alone decides whose users it names and with which algorithm
tokens are signed; what else the header says of algorithms is not followed.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hegui.admission.model import Caller, DeclaredTokenKey, TokenAlgorithm, UserClaims
from hegui.admission.refusals import WrongToken
from hegui.core import InvalidInput

_LONGEST_CHARACTERS = 4_096
LEEWAY_SECONDS = 5
"""By how much a tenant's clock may differ from ours."""

_SHORTEST_SECRET = 32
_MOST_KNOWN = 10_000
_REGISTERED = frozenset({"iss", "aud", "sub", "exp", "nbf", "iat", "jti", "tenant"})


class TokenKey(NamedTuple):
    """A key with which one tenant's tokens are checked.

    Attributes:
        tenant: whose users it names.
        algorithm: the only one.
        key: the public key, or the shared secret.
    """

    tenant: str
    algorithm: TokenAlgorithm
    key: Ed25519PublicKey | bytes

    @classmethod
    def read(cls, declared: DeclaredTokenKey, material: str) -> "TokenKey":
        """A declared key.

        Args:
            declared: what is declared of it.
            material: the public key in PEM, or the secret.

        Raises:
            InvalidInput: it is no key for that algorithm, or too weak.
        """
        if declared.algorithm is TokenAlgorithm.HS256:
            secret = material.strip().encode()
            if len(secret) < _SHORTEST_SECRET:
                raise InvalidInput(
                    zh=f"令牌密钥 {declared.kid} 只有 {len(secret)} 字节；"
                    f"HS256 至少要 {_SHORTEST_SECRET} 字节",
                    en=f"the token key {declared.kid} has {len(secret)} bytes; HS256 needs at least "
                    f"{_SHORTEST_SECRET}",
                )
            return cls(declared.tenant, declared.algorithm, secret)
        try:
            key = load_pem_public_key(material.encode())
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise InvalidInput(
                zh=f"令牌密钥 {declared.kid} 不是 Ed25519 公钥（PEM）；"
                "用 openssl pkey -in 私钥 -pubout 导出公钥",
                en=f"the token key {declared.kid} is no Ed25519 public key in PEM; "
                "openssl pkey -in PRIVATE -pubout writes it",
            )
        return cls(declared.tenant, declared.algorithm, key)


class UserTokens:
    """Checks the tokens of users."""

    def __init__(self, keys: Mapping[str, TokenKey], *, audience: str, longest_seconds: float) -> None:
        """Accept tokens signed with ``keys``.

        Args:
            keys: by what headers call them.
            audience: what tokens must be made out to.
            longest_seconds: how long a token may be good for.
        """
        self._keys = dict(keys)
        self._audience = audience
        self._longest = longest_seconds
        self._known: dict[bytes, _Checked] = {}

    def __bool__(self) -> bool:
        """Whether any token can be accepted."""
        return bool(self._keys)

    def read(self, token: str, *, now: dt.datetime) -> Caller:
        """Whose token it is and what it says.

        Raises:
            WrongToken: it is not of the form, not signed with a declared key, or its time is not now.
        """
        # Checking a signature costs more than all the rest, and a user comes many times with one token.
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        checked = self._known.get(digest)
        if checked is None:
            checked = self._check(token)
            if len(self._known) >= _MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[digest] = checked
        if now.timestamp() >= checked.expires + LEEWAY_SECONDS:
            raise WrongToken(zh="已过期", en="it has expired")
        if now.timestamp() < checked.begins - LEEWAY_SECONDS:
            raise WrongToken(zh="尚未生效", en="it is not good yet")
        return checked.caller

    def _check(self, token: str) -> "_Checked":
        """All that stays true of a token."""
        if len(token) > _LONGEST_CHARACTERS:
            raise WrongToken(zh="过长", en="it is too long")
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise WrongToken(zh="kid 不是已声明的密钥", en="its kid is no declared key")
            said: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                audience=self._audience,
                # The times are held against our own clock, below.
                options={
                    "require": ["sub", "aud", "iat", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidAudienceError as error:
            raise WrongToken(
                zh=f"aud 不是 {self._audience}", en=f"it is not made out to {self._audience}"
            ) from error
        except jwt.MissingRequiredClaimError as error:
            raise WrongToken(zh=f"缺少 {error.claim}", en=f"it lacks {error.claim}") from error
        except jwt.InvalidTokenError as error:
            raise WrongToken(zh="格式或签名不对", en="its form or its signature is wrong") from error
        begins, expires = self._times(said)
        if said.get("tenant", key.tenant) != key.tenant:
            raise WrongToken(zh="tenant 不是该密钥的租户", en="its tenant is not the one of its key")
        return _Checked(Caller(key.tenant, _claims(said), float(said["iat"])), begins, expires)

    def _times(self, said: Mapping[str, Any]) -> tuple[float, float]:
        """From when to when a token is good."""
        times = [said["iat"], said["exp"], said.get("nbf", 0)]
        if any(type(time) not in {int, float} for time in times):
            raise WrongToken(zh="iat、exp、nbf 应是数字", en="iat, exp and nbf must be numbers")
        issued, expires, begins = times
        if not issued < expires <= issued + self._longest:
            raise WrongToken(
                zh=f"有效期不得超过 {self._longest:g} 秒",
                en=f"it may be good for {self._longest:g} seconds at most",
            )
        return max(issued, begins), expires


class _Checked(NamedTuple):
    """A token whose form and signature are right."""

    caller: Caller
    begins: float
    expires: float


def _claims(said: Mapping[str, Any]) -> UserClaims:
    own = {name: value for name, value in said.items() if name not in _REGISTERED}
    try:
        # What is misspelt is refused: a minor must not become an adult by a slip of a key.
        return msgspec.convert({"user": said["sub"], **own}, UserClaims)
    except msgspec.ValidationError as error:
        raise WrongToken(zh=f"内容不对（{error}）", en=f"what it says cannot be used ({error})") from error
