import builtins
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.marking.sm2 import _G, _N, _P, PrivateKey, PublicKey, Sm2Unavailable, _add, sm3

# GM/T 0003.5-2012, Annex A: the example on the recommended curve.
PUBLIC = PublicKey(
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
    0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


def der(*values: int) -> bytes:
    parts = b""
    for value in values:
        body = value.to_bytes(value.bit_length() // 8 + 1, "big")
        parts += bytes((2, len(body))) + body
    return bytes((0x30, len(parts))) + parts


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate()


def test_the_example_of_the_standard_verifies():
    assert PUBLIC.verifies(b"message digest", der(R, S))
    assert not PUBLIC.verifies(b"message digesT", der(R, S))
    assert not PUBLIC.verifies(b"message digest", der(R, S + 1))


@settings(max_examples=20)
@given(st.binary(max_size=100))
def test_what_gmssl_signs_verifies_here_and_nothing_else_does(message):
    key = PrivateKey.generate()
    signature = key.sign(message)
    assert key.public.verifies(message, signature)
    assert not key.public.verifies(message + b"x", signature)
    assert not PUBLIC.verifies(message, signature)


def test_openssl_takes_our_keys_and_our_signatures_and_we_take_its(key, tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "key.der").write_bytes(key.pkcs8())
    (tmp_path / "public.der").write_bytes(key.public.spki())
    (tmp_path / "message").write_bytes(b"message")
    (tmp_path / "signature").write_bytes(key.sign(b"message"))
    options = ["-rawin", "-digest", "sm3", "-in", "message", "-pkeyopt", "distid:1234567812345678"]

    def run(*arguments: str) -> bytes:
        return subprocess.run([openssl, *arguments], cwd=tmp_path, capture_output=True, check=True).stdout

    said = run(
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "public.der",
        *options,
        "-sigfile",
        "signature",
    )
    assert b"Verified Successfully" in said
    run("pkeyutl", "-sign", "-keyform", "DER", "-inkey", "key.der", *options, "-out", "theirs")
    assert key.public.verifies(b"message", (tmp_path / "theirs").read_bytes())
    run("genpkey", "-algorithm", "SM2", "-out", "made.pem")
    made = run("pkcs8", "-topk8", "-nocrypt", "-in", "made.pem", "-outform", "DER")
    taken = PrivateKey.from_pkcs8(made)
    assert taken is not None
    assert taken.pkcs8() == made


def test_a_key_is_read_in_every_form_met_in_labels(key):
    point = key.public
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    for form in (point.spki(), point.to_bytes(), x + y, bytes((2 + point.y % 2,)) + x):
        assert PublicKey.from_bytes(form) == (point,)
    for form in (x, b"\0" + x):
        assert point in PublicKey.from_bytes(form)
        assert [key.y % 2 for key in PublicKey.from_bytes(form)] == [0, 1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\4" * 65,
        b"\5" + b"\1" * 64,
        b"\xff" * 32,
        b"\xff" * 64,
        b"\2" + b"\xff" * 32,
        (5).to_bytes(32, "big"),
        b"\7" * 33,
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(data):
    assert PublicKey.from_bytes(data) == ()


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x30",
        der(R, S)[:-1],
        der(R, S) + b"\0",
        b"\x31" + der(R, S)[1:],
        b"\x30\x80" + bytes(128),
        der(R, S, 1),
        der(R),
        b"\x30\x04\x02\x00\x02\x00",
        b"\x30\x06\x02\x01\x81\x02\x01\x01",
        b"\x30\x07\x02\x02\x00\x01\x02\x01\x01",
        b"\x30\x06\x03\x01\x01\x02\x01\x01",
        b"\x30\x06\x02\x01\x01\x02\x09\x01",
        der(0, S),
        der(R, _N),
        der(R, _N - R),
    ],
)
def test_what_is_no_signature_fits_nothing(signature):
    assert not PUBLIC.verifies(b"message digest", signature)


def test_a_signature_that_leads_to_infinity_fits_nothing():
    # With the generator for a key, s and r + s cancel out where r = -2 s.
    assert not PublicKey(*_G).verifies(b"", der(_N - 2, 1))


def test_points_add_up_in_the_corners_too():
    generator, opposite = (*_G, 1), (_G[0], _P - _G[1], 1)
    assert _add(generator, opposite)[2] == 0
    doubled = _add(generator, generator)
    assert _add(_add(doubled, opposite), opposite)[2] == 0


def test_another_structure_is_no_private_key(key):
    other = PrivateKey.generate()
    whole = key.pkcs8()
    assert PrivateKey.from_pkcs8(b"") is None
    assert PrivateKey.from_pkcs8(whole[:-1]) is None
    assert PrivateKey.from_pkcs8(whole[:36] + bytes(32) + whole[68:]) is None
    assert PrivateKey.from_pkcs8(whole[:-65] + other.public.to_bytes()) is None
    assert PrivateKey.from_pkcs8(whole[:70] + b"\0" + whole[71:]) is None


def test_without_the_extra_keys_and_signatures_are_refused_by_name(key, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "gmssl_pyx":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Sm2Unavailable, match=r"hegui\[sm2\]"):
        PrivateKey.generate()
    with pytest.raises(Sm2Unavailable):
        key.sign(b"")


def test_sm3_is_the_standards():
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
