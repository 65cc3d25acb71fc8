"""Passphrases, key material and keys."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.srt.crypto import EVEN, ODD, Keyring, Passphrase
from offair.emulator.media.ingest.srt.rejections import Code, Denial

WORDS = "a good passphrase"


@pytest.fixture(scope="module")
def passphrase():
    return Passphrase(WORDS)


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("kinds", [(EVEN,), (ODD,), (EVEN, ODD)])
def test_who_knows_the_passphrase_reads_the_payloads(passphrase, locksmith, size, kinds):
    smith = locksmith(WORDS, size=size)
    keyring = Keyring(passphrase, passphrase.open(smith.material(*kinds)))

    for kind in kinds:
        assert b"a payload" == keyring.decrypt(kind, 0x7FFF_FFFF, smith.lock(kind, 0x7FFF_FFFF, b"a payload"))


def test_another_passphrase_opens_nothing(passphrase, locksmith):
    assert Code.BAD_SECRET == passphrase.open(locksmith("a bad passphrase").material(EVEN)).code


def test_keys_are_renewed_while_the_other_is_in_use(passphrase, locksmith):
    smith = locksmith(WORDS)
    keyring = Keyring(passphrase, passphrase.open(smith.material(EVEN)))

    assert keyring.renew(smith.material(ODD, generation=1))
    assert b"old" == keyring.decrypt(EVEN, 1, smith.lock(EVEN, 1, b"old"))
    assert b"new" == keyring.decrypt(ODD, 2, smith.lock(ODD, 2, b"new", generation=1))


def test_material_that_cannot_be_opened_changes_nothing(passphrase, locksmith):
    smith = locksmith(WORDS)
    keyring = Keyring(passphrase, passphrase.open(smith.material(EVEN)))

    assert not keyring.renew(locksmith("a bad passphrase").material(EVEN, ODD))
    assert b"old" == keyring.decrypt(EVEN, 1, smith.lock(EVEN, 1, b"old"))


@pytest.mark.parametrize("kind", [0, ODD, 3])
def test_what_is_in_the_clear_or_under_an_unknown_key_is_not_read(passphrase, locksmith, kind):
    keyring = Keyring(passphrase, passphrase.open(locksmith(WORDS).material(EVEN)))

    assert keyring.decrypt(kind, 1, b"a payload") is None


def test_authenticated_encryption_is_denied_by_name(passphrase, locksmith):
    denial = passphrase.open(locksmith(WORDS).material(EVEN, cipher=4))

    assert Code.CRYPTO == denial.code
    assert "cipher 4 is not AES-CTR" in denial.words


@given(st.data())
def test_malformed_material_is_denied(passphrase, locksmith, data):
    """Some fields mean nothing here, and the first half of the salt only shows in what is decrypted."""
    good = locksmith(WORDS).material(EVEN, ODD)
    place, value = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255))
    changed = good[:place] + bytes((good[place] ^ value,)) + good[place + 1 :]
    is_ignored = place in {4, 5, 6, 7, *range(10, 14), *range(16, 24)} or (place == 3 and changed[3] & 3 == 3)

    assert is_ignored or isinstance(passphrase.open(changed), Denial)
    assert isinstance(passphrase.open(good[:place]), Denial)


@pytest.mark.parametrize("words", ["too short", "x" * 80])
def test_a_passphrase_that_no_caller_could_have_is_refused(words):
    with pytest.raises(ValueError, match="10 to 79 bytes"):
        Passphrase(words)


def test_without_a_passphrase_no_cryptography_is_imported():
    script = "import sys, offair.emulator.media.ingest.edge; sys.exit('cryptography' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", script], check=False, timeout=30).returncode
