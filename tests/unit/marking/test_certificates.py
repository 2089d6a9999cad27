import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

from hegui.core import Conflict, InvalidInput, NotFound
from hegui.marking.certificates import UNSAFE, Certificates, CertificateUnusable, _algorithm, is_unsafe


@pytest.fixture
def certificates(tmp_path, clock) -> Certificates:
    return Certificates(tmp_path / "c2pa", clock=clock)


def test_without_a_certificate_the_command_that_installs_one_is_named(certificates):
    with pytest.raises(NotFound, match="hegui mark certificate install"):
        certificates.current()
    assert certificates.anchors() == b""


def test_a_test_certificate_says_in_its_name_that_it_is_unsafe(certificates, tmp_path):
    made = certificates.make_unsafe_test_certificate()
    assert certificates.current() == made
    assert is_unsafe(made.chain)
    assert "UNSAFE TEST" in UNSAFE
    assert made.algorithm == "es256"
    assert stat.S_IMODE((tmp_path / "c2pa" / "key.pem").stat().st_mode) == 0o600


def test_a_test_certificate_takes_no_real_ones_place(certificates):
    certificates.make_unsafe_test_certificate()
    with pytest.raises(Conflict, match="installed already"):
        certificates.make_unsafe_test_certificate()


def test_a_certificate_is_installed_from_two_files(certificates, tmp_path, clock):
    other = Certificates(tmp_path / "ceremony", clock=clock)
    made = other.make_unsafe_test_certificate()
    folder = tmp_path / "ceremony"
    assert certificates.install(folder / "certificate.pem", folder / "key.pem") == made
    assert certificates.current() == made
    with pytest.raises(NotFound, match="no such file"):
        certificates.install(folder / "nothing.pem", folder / "key.pem")


@pytest.mark.parametrize("days", [-1, 91])
def test_an_expired_certificate_and_one_of_tomorrow_are_refused(certificates, clock, days):
    certificates.make_unsafe_test_certificate()
    clock.advance(days=days)
    with pytest.raises(CertificateUnusable, match="must not sign now"):
        certificates.current()


def test_a_key_that_does_not_fit_is_refused(certificates, tmp_path, clock):
    certificates.make_unsafe_test_certificate()
    other = Certificates(tmp_path / "other", clock=clock)
    other.make_unsafe_test_certificate()
    with pytest.raises(CertificateUnusable, match="does not belong"):
        certificates.install(tmp_path / "c2pa" / "certificate.pem", tmp_path / "other" / "key.pem")


def test_what_is_no_pem_and_a_key_with_a_password_are_refused(certificates, tmp_path):
    certificates.make_unsafe_test_certificate()
    chain, key = tmp_path / "c2pa" / "certificate.pem", tmp_path / "key.pem"
    key.write_bytes(b"nonsense")
    with pytest.raises(CertificateUnusable, match="not PEM, or the key has a password"):
        certificates.install(chain, key)
    key.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(CertificateUnusable, match="password"):
        certificates.install(chain, key)


def test_roots_that_are_trusted_are_certificates(certificates, tmp_path):
    made = certificates.make_unsafe_test_certificate()
    path = tmp_path / "roots.pem"
    path.write_bytes(made.chain)
    certificates.trust(path)
    assert certificates.anchors() == made.chain
    path.write_bytes(b"nonsense")
    with pytest.raises(InvalidInput, match="no certificates"):
        certificates.trust(path)


def test_every_key_that_c2pa_knows_has_its_name():
    assert _algorithm(ec.generate_private_key(ec.SECP384R1())) == "es384"
    assert _algorithm(ed25519.Ed25519PrivateKey.generate()) == "ed25519"
    assert _algorithm(rsa.generate_private_key(65537, 2048)) == "ps256"
    for other in (x25519.X25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256K1())):
        with pytest.raises(CertificateUnusable, match="use P-256"):
            _algorithm(other)
