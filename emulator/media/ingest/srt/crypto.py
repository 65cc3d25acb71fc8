"""Decryption: a passphrase opens the key material that a caller sends, and its keys open the payloads.

Source: draft-sharabayko-srt-01, 3.2.2 (key material) and 6 (encryption). ``cryptography`` is imported when a
passphrase is given, and not before.
"""

import hashlib
from collections.abc import Callable

from offair.emulator.media.ingest.srt.rejections import Code, Denial

SHORTEST, LONGEST = 10, 79  # characters of a passphrase, as libsrt takes them
ITERATIONS = 2048  # of PBKDF2
SIGN = b"\x12\x20\x29"  # version 1, key material, and the Haivision signature
FIXED = 16  # bytes before the salt
AES_CTR = 2
WRAPPED_MORE = 8  # bytes by which wrapping makes keys longer (RFC 3394)
EVEN, ODD = 1, 2  # as in a data packet's KK field


class Passphrase:
    """The secret that callers must know."""

    def __init__(self, words: str) -> None:
        if not SHORTEST <= len(words.encode()) <= LONGEST:
            raise ValueError(f"an SRT passphrase has {SHORTEST} to {LONGEST} bytes, this one {len(words.encode())}")
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

        self._words = words.encode()
        self._unwrap = aes_key_unwrap
        self._cannot_unwrap = InvalidUnwrap
        self._cipher = lambda key, counter: Cipher(algorithms.AES(key), modes.CTR(counter)).decryptor().update

    def open(self, material: bytes) -> "dict[int, Key] | Denial":
        """Open key material: one key or both, by their KK number; a Denial when it is another passphrase's."""
        if len(material) < FIXED or material[:3] != SIGN:
            return Denial(Code.ROGUE, "the key material is malformed")
        kinds = [kind for kind in (EVEN, ODD) if material[3] & kind]
        salt_length, key_length = material[14] * 4, material[15] * 4
        wrapped = material[FIXED + salt_length :]
        if salt_length != 16 or key_length not in {16, 24, 32} or not kinds:
            return Denial(Code.ROGUE, f"the key material has {salt_length} bytes of salt, {key_length} of key")
        if len(wrapped) != key_length * len(kinds) + WRAPPED_MORE:
            return Denial(Code.ROGUE, f"the key material has {len(wrapped)} bytes of wrapped keys")
        if material[8] != AES_CTR or material[9]:
            return Denial(Code.CRYPTO, f"cipher {material[8]} is not AES-CTR; leave the caller's cryptomode alone")
        salt = material[FIXED : FIXED + salt_length]
        wrapping = hashlib.pbkdf2_hmac("sha1", self._words, salt[-8:], ITERATIONS, key_length)
        try:
            keys = self._unwrap(wrapping, wrapped)
        except self._cannot_unwrap:
            return Denial(Code.BAD_SECRET, "the caller has another passphrase")
        return {
            kind: Key(keys[number * key_length :][:key_length], salt, self._cipher) for number, kind in enumerate(kinds)
        }


class Key:
    """One of the two keys that take turns."""

    def __init__(self, key: bytes, salt: bytes, cipher: Callable[[bytes, bytes], Callable[[bytes], bytes]]) -> None:
        self._key = key
        self._salt = int.from_bytes(salt[:14]) << 16  # the last two bytes count AES blocks
        self._cipher = cipher

    def decrypt(self, sequence: int, payload: bytes) -> bytes:
        """Decrypt the payload of the packet that has this sequence number."""
        counter = (self._salt ^ sequence << 16).to_bytes(16)
        return self._cipher(self._key, counter)(payload)


class Keyring:
    """The keys of one connection; a caller may send the next ones while it talks."""

    def __init__(self, passphrase: Passphrase, keys: dict[int, Key]) -> None:
        self._passphrase = passphrase
        self._keys = keys

    def renew(self, material: bytes) -> bool:
        """Take keys that a caller announces; False, and nothing changed, when they cannot be opened."""
        opened = self._passphrase.open(material)
        if isinstance(opened, Denial):
            return False
        self._keys |= opened
        return True

    def decrypt(self, kind: int, sequence: int, payload: bytes) -> bytes | None:
        """Decrypt a payload; None for one in the clear, or under a key that was never announced."""
        key = self._keys.get(kind)
        return key.decrypt(sequence, payload) if key is not None else None
