import stat
import subprocess

import pytest

from hegui.core import Conflict, InvalidInput, NotFound
from hegui.marking.label_keys import LabelKeys, LabelKeyUnusable
from hegui.marking.provider_code import ProviderCodeInvalid
from hegui.marking.sm2 import PrivateKey

HOLDER = "001191110102MACQD9K64010000"


@pytest.fixture
def keys(tmp_path, clock) -> LabelKeys:
    return LabelKeys(tmp_path / "label", clock=clock)


def test_a_new_key_signs_is_pinned_and_only_its_owner_may_read_it(keys, tmp_path):
    assert keys.pins() == ()
    pin = keys.make(HOLDER, note="first")
    assert keys.pins() == (pin,)
    key = keys.current(HOLDER)
    assert key.public.to_bytes().hex() == pin.key
    (path,) = (tmp_path / "label").glob("*.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_key_signs_and_the_one_before_stays_believed(keys):
    first = keys.make(HOLDER[4:22], note="")
    second = keys.make(HOLDER, note="rotated")
    assert [pin.withdrawn for pin in keys.pins()] == [None, None]
    assert keys.current(HOLDER).public.to_bytes().hex() == second.key
    withdrawn = keys.withdraw(second.id, note="lost")
    assert (withdrawn.withdrawn, withdrawn.note) == ("2026-11-22T04:00:00.000Z", "lost")
    assert keys.current(HOLDER).public.to_bytes().hex() == first.key
    with pytest.raises(NotFound, match="no key"):
        keys.withdraw(second.id, note="")


def test_without_a_key_the_command_that_makes_one_is_named(keys):
    with pytest.raises(NotFound, match="hegui mark key new"):
        keys.current(HOLDER)


def test_a_key_belongs_to_a_code_or_a_company(keys):
    with pytest.raises(ProviderCodeInvalid):
        keys.make("somebody", note="")


def test_a_key_of_openssl_is_taken_once(keys, tmp_path):
    path = tmp_path / "theirs.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", path], check=True, capture_output=True)
    pin = keys.take(path, HOLDER, note="from the key ceremony")
    assert keys.current(HOLDER).public.to_bytes().hex() == pin.key
    with pytest.raises(LabelKeyUnusable, match="in use already"):
        keys.take(path, HOLDER, note="")
    with pytest.raises(NotFound, match="no such file"):
        keys.take(tmp_path / "none.pem", HOLDER, note="")
    path.write_text("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n")
    with pytest.raises(InvalidInput, match="openssl pkcs8"):
        keys.take(path, HOLDER, note="")


def test_a_foreign_key_is_pinned_from_a_file_or_from_a_label(keys, tmp_path):
    public = PrivateKey.generate().public
    pinned = keys.pin(public.to_bytes().hex(), "MiniMax", note="from their developer page")
    assert (pinned.holder, keys.pins()) == ("MiniMax", (pinned,))
    with pytest.raises(Conflict, match="pinned already"):
        keys.pin(public.spki().hex(), "MiniMax", note="")
    private = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", private], check=True, capture_output=True
    )
    subprocess.run(
        ["openssl", "pkey", "-in", private, "-pubout", "-out", tmp_path / "public.pem"],
        check=True,
        capture_output=True,
    )
    assert keys.pin(str(tmp_path / "public.pem"), "else", note="").holder == "else"
    with pytest.raises(NotFound):
        keys.current("MiniMax")


@pytest.mark.parametrize("text", ["00" + "ab" * 32, "04" + "00" * 64])
def test_half_a_key_or_none_is_not_pinned(keys, text):
    with pytest.raises(InvalidInput, match="no complete SM2 public key"):
        keys.pin(text, "MiniMax", note="")


def test_a_key_that_others_may_read_is_not_used(keys, tmp_path):
    pin = keys.make(HOLDER, note="")
    path = tmp_path / "label" / f"{pin.id}.pem"
    path.chmod(0o640)
    with pytest.raises(LabelKeyUnusable, match="chmod 600"):
        keys.current(HOLDER)


def test_a_damaged_or_exchanged_key_is_not_used(keys, tmp_path):
    pin = keys.make(HOLDER, note="")
    other = keys.make(HOLDER[4:22], note="")
    path = tmp_path / "label" / f"{other.id}.pem"
    (tmp_path / "label" / f"{pin.id}.pem").replace(path)
    with pytest.raises(LabelKeyUnusable, match="not the private key that is listed"):
        keys.current(HOLDER)
    path.write_text("")
    with pytest.raises(LabelKeyUnusable) as refused:
        keys.current(HOLDER)
    assert refused.value.path == path


def test_a_damaged_list_is_said_and_not_made_anew(keys, tmp_path):
    keys.make(HOLDER, note="")
    (tmp_path / "label" / "pins.json").write_text("[{]")
    with pytest.raises(LabelKeyUnusable, match="restore it from a backup"):
        keys.pins()


def test_own_keys_that_are_believed_are_had_the_newest_first(keys):
    first, second, lost = (keys.make(HOLDER, note="") for _ in range(3))
    keys.withdraw(lost.id, note="lost")
    keys.pin(PrivateKey.generate().public.to_bytes().hex(), "MiniMax", note="")
    other = keys.make("001191110000MA0EXAMPLB10001", note="")
    assert keys.current(HOLDER).public.to_bytes().hex() == second.key
    assert [pin for pin, _ in keys.own()] == [other, second, first]
    assert [key.public.to_bytes().hex() for _, key in keys.own()] == [other.key, second.key, first.key]
