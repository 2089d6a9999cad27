"""SM2 signatures (GB/T 32918): checking them in plain Python, making them with GmSSL.

Checking needs no secret, so it can be written out in full and works everywhere. Making them does need one:
that is left to GmSSL, in C, through the extra ``hegui[sm2]``. What the one makes the other checks.
"""

from typing import NamedTuple

from cryptography.hazmat.primitives import hashes

from hegui.core import Conflict

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_BYTES = 32

USER = b"1234567812345678"
"""The signer's name that GM/T 0009 sets where nothing else was agreed."""

_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_SPKI = b"\x30\x59" + _ALGORITHM + b"\x03\x42\x00"
_PKCS8_HEAD = b"\x30\x81\x87\x02\x01\x00" + _ALGORITHM + b"\x04\x6d\x30\x6b\x02\x01\x01\x04\x20"
_PKCS8_MIDDLE = b"\xa1\x44\x03\x42\x00"

_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)


class Sm2Unavailable(Conflict):
    """The library that makes signatures is not installed."""

    def __init__(self) -> None:
        """Name the extra."""
        super().__init__(
            zh="制作 SM2 签名需要 GmSSL；请运行 pip install 'hegui[sm2]'，x86-64 以外的机器运行 "
            "pip install gmssl-pyx（需要 C 编译器）；核验签名不需要它",
            en="SM2 signatures are made by GmSSL; run pip install 'hegui[sm2]', or on machines other than "
            "x86-64 pip install gmssl-pyx, which needs a C compiler (checking signatures needs nothing)",
        )


class PublicKey(NamedTuple):
    """A point of the curve that is not infinity."""

    x: int
    y: int

    @classmethod
    def at(cls, x: int, y: int) -> "PublicKey | None":
        """The key with these coordinates, or ``None`` where no point of the curve has them."""
        if not (0 <= x < _P and 0 <= y < _P) or (y * y - (x * x + _A) * x - _B) % _P:
            return None
        return cls(x, y)

    @classmethod
    def with_x(cls, x: int) -> "tuple[PublicKey, ...]":
        """The keys with this first coordinate: two, the even one first, or none."""
        if not 0 <= x < _P:
            return ()
        # P is 3 modulo 4, so this is a square root where there is one.
        y = pow((x * x + _A) * x + _B, (_P + 1) // 4, _P)
        if cls.at(x, y) is None:
            return ()
        return tuple(sorted((cls(x, y), cls(x, _P - y)), key=lambda key: key.y & 1))

    @classmethod
    def from_bytes(cls, data: bytes) -> "tuple[PublicKey, ...]":
        """The keys that bytes may stand for, in every form met in labels: several, one or none.

        DER (SubjectPublicKeyInfo), a point with or without its leading 04, a compressed point, or the bare
        first coordinate, which may have a zero before it and leaves open which of two points is meant.
        """
        data = data.removeprefix(_SPKI)
        if len(data) == 2 * _BYTES + 1 and data[0] == 4:  # noqa: PLR2004 - the mark of an uncompressed point
            data = data[1:]
        if len(data) == 2 * _BYTES:
            key = cls.at(int.from_bytes(data[:_BYTES], "big"), int.from_bytes(data[_BYTES:], "big"))
            return () if key is None else (key,)
        if len(data) == _BYTES + 1 and data[0] in {2, 3}:
            return tuple(k for k in cls.with_x(int.from_bytes(data[1:], "big")) if k.y & 1 == data[0] & 1)
        if len(data) == _BYTES + 1 and data[0] == 0:
            data = data[1:]
        return cls.with_x(int.from_bytes(data, "big")) if len(data) == _BYTES else ()

    def to_bytes(self) -> bytes:
        """The point as 04, x and y: 65 bytes."""
        return b"\x04" + self.x.to_bytes(_BYTES, "big") + self.y.to_bytes(_BYTES, "big")

    def spki(self) -> bytes:
        """The key as DER (SubjectPublicKeyInfo)."""
        return _SPKI + self.to_bytes()

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over the message, with the usual signer's name.

        Args:
            message: what was signed.
            signature: two integers in DER.
        """
        pair = _integers(signature)
        if pair is None or not all(0 < value < _N for value in pair):
            return False
        r, s = pair
        t = (r + s) % _N
        if t == 0:
            return False
        x, _, z = _sum_of_multiples(s, t, self)
        if z == 0:
            return False
        affine_x = x * pow(z, -2, _P)
        digest = int.from_bytes(sm3(self._identity() + message), "big")
        return (digest + affine_x % _P - r) % _N == 0

    def _identity(self) -> bytes:
        """ZA: the signer's name and key, hashed."""
        numbers = b"".join(value.to_bytes(_BYTES, "big") for value in (_A, _B, *_G, self.x, self.y))
        return sm3((len(USER) * 8).to_bytes(2, "big") + USER + numbers)


class PrivateKey(NamedTuple):
    """A key that signs."""

    secret: bytes
    public: PublicKey

    @classmethod
    def generate(cls) -> "PrivateKey":
        """A new key.

        Raises:
            Sm2Unavailable: the extra is not installed.
        """
        try:
            import gmssl_pyx  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise Sm2Unavailable from error
        public, secret = gmssl_pyx.sm2_key_generate()
        (key,) = PublicKey.from_bytes(public)
        return cls(secret, key)

    @classmethod
    def from_pkcs8(cls, der: bytes) -> "PrivateKey | None":
        """The key in a PKCS #8 structure as OpenSSL writes it, or ``None`` where it is anything else."""
        start = len(_PKCS8_HEAD)
        middle = start + _BYTES
        if der[:start] != _PKCS8_HEAD or der[middle : middle + len(_PKCS8_MIDDLE)] != _PKCS8_MIDDLE:
            return None
        points = PublicKey.from_bytes(der[middle + len(_PKCS8_MIDDLE) :])
        secret = der[start:middle]
        own = _sum_of_multiples(int.from_bytes(secret, "big"), 0, PublicKey(*_G))
        if own[2] == 0 or points != (PublicKey(*_affine(own)),):
            return None
        return cls(secret, points[0])

    def pkcs8(self) -> bytes:
        """The key in a PKCS #8 structure, which OpenSSL reads."""
        return _PKCS8_HEAD + self.secret + _PKCS8_MIDDLE + self.public.to_bytes()

    def sign(self, message: bytes) -> bytes:
        """A signature over the message, in DER, with the usual signer's name.

        Raises:
            Sm2Unavailable: the extra is not installed.
        """
        try:
            import gmssl_pyx  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise Sm2Unavailable from error
        return bytes(gmssl_pyx.sm2_sign(self.secret, self.public.to_bytes()[1:], message, USER))


def sm3(data: bytes) -> bytes:
    """The SM3 digest: 32 bytes."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def _integers(der: bytes) -> tuple[int, int] | None:
    """The two integers of a signature in strict DER, or ``None``."""
    values = []
    if len(der) < 2 or der[0] != 0x30 or der[1] != len(der) - 2 or der[1] >= 0x80:  # noqa: PLR2004 - a short DER sequence
        return None
    rest = der[2:]
    for _ in range(2):
        if len(rest) < 3 or rest[0] != 2 or rest[1] > len(rest) - 2 or not rest[1]:  # noqa: PLR2004 - a DER integer
            return None
        body, rest = rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        padded = len(body) > 1 and body[0] == 0
        if body[0] & 0x80 or (padded and not body[1] & 0x80):
            return None
        values.append(int.from_bytes(body, "big"))
    return None if rest else (values[0], values[1])


def _sum_of_multiples(s: int, t: int, key: PublicKey) -> _Jacobian:
    """``s`` times the generator plus ``t`` times the key, both in one pass over the bits."""
    generator, point = (*_G, 1), (key.x, key.y, 1)
    table = (_INFINITY, generator, point, _add(generator, point))
    total = _INFINITY
    for place in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        total = _double(total)
        total = _add(total, table[(s >> place & 1) | (t >> place & 1) << 1])
    return total


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0:
        return _INFINITY
    squared_z = z * z % _P
    squared_y = y * y % _P
    s = 4 * x * squared_y % _P
    m = 3 * (x - squared_z) * (x + squared_z) % _P
    new_x = (m * m - 2 * s) % _P
    return new_x, (m * (s - new_x) - 8 * squared_y * squared_y) % _P, 2 * y * z % _P


def _add(left: _Jacobian, right: _Jacobian) -> _Jacobian:
    if left[2] == 0:
        return right
    if right[2] == 0:
        return left
    left_z, right_z = left[2] * left[2] % _P, right[2] * right[2] % _P
    u, v = left[0] * right_z % _P, right[0] * left_z % _P
    s, t = left[1] * right_z * right[2] % _P, right[1] * left_z * left[2] % _P
    if u == v:
        return _double(left) if s == t else _INFINITY
    h, r = v - u, t - s
    h2 = h * h % _P
    h3 = h * h2 % _P
    x = (r * r - h3 - 2 * u * h2) % _P
    return x, (r * (u * h2 - x) - s * h3) % _P, h * left[2] * right[2] % _P


def _affine(point: _Jacobian) -> tuple[int, int]:
    x, y, z = point
    return x * pow(z, -2, _P) % _P, y * pow(z, -3, _P) % _P
