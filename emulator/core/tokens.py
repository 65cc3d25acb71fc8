"""Signed tokens (JWT, RFC 7519) on the cloud's clock, and the keys that sign them: made when they are first needed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from offair.emulator.core.table import Table
from offair.emulator.core.world import World

Algorithm = Literal["RS256", "ES256", "EdDSA", "HS256"]
KEY_BITS = 2048  # RFC 7518, section 3.3: at least
SECRET_DIGITS = 64  # hexadecimal: 256 bits (RFC 7518, section 3.2)


class TokenError(ValueError):
    """A token proves nothing; the message says why."""


class UntimelyError(TokenError):
    """A token is signed well, and its time is over or to come; ``claims`` are what it says."""

    def __init__(self, message: str, claims: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.claims = claims


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """What signs tokens and what verifies them, as PEM, or the same secret twice; ``id`` is the cloud, and a name."""

    id: str
    tenant: str = ""
    algorithm: Algorithm = "RS256"
    private: str
    public: str


KEY_PAIRS = Table("key_pairs", KeyPair)


def key_pair(world: World, cloud: str, name: str = "", *, algorithm: Algorithm = "RS256") -> KeyPair:
    """Give a cloud's key pair of this name, making it if there is none yet."""
    key_id = f"{cloud}:{name}" if name else cloud
    with world.transaction():
        return world.get(KEY_PAIRS, key_id) or world.put(KEY_PAIRS, _generate(world, key_id, algorithm))


def sign(
    claims: Mapping[str, Any], private: str, algorithm: Algorithm, *, headers: Mapping[str, Any] | None = None
) -> str:
    """Sign claims as they are; times in them are epoch seconds of the cloud's clock."""
    import jwt

    key = private if algorithm == "HS256" else _read_key(private)
    return jwt.encode(dict(claims), key, algorithm=algorithm, headers=dict(headers or {}))


def verify(
    token: str, public: str, algorithm: Algorithm, *, now: float, require: Collection[str] = ("exp",)
) -> dict[str, Any]:
    """Give what a token claims; TokenError for another signature or a missing claim, UntimelyError for another time.

    ``exp`` and ``nbf`` (RFC 7519, sections 4.1.4 and 4.1.5) are held against ``now`` where the token has them.
    """
    import jwt

    try:
        # the token's times are the cloud's, which the library does not know: they are judged below
        claims: dict[str, Any] = jwt.decode(
            token, public, algorithms=[algorithm],
            options={"require": list(require), "verify_exp": False, "verify_nbf": False, "verify_iat": False,
                     "verify_aud": False, "verify_sub": False, "verify_jti": False},
        )  # fmt: skip
        expires, begins = (None if claims.get(name) is None else float(claims[name]) for name in ("exp", "nbf"))
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise TokenError(str(error)) from error
    if expires is not None and expires <= now:
        raise UntimelyError("the token has expired", claims)
    if begins is not None and begins > now:
        raise UntimelyError("the token is not valid yet", claims)
    return claims


@lru_cache(maxsize=8)
def read_pem(path: Path) -> str:
    """Read a key of the user's own; OSError when it is not there."""
    return path.read_text(encoding="utf-8")


def check_key(path: Path, algorithm: Algorithm, *, signs: bool) -> None:
    """Let pass a file that signs with an algorithm, or that verifies; OSError or ValueError when it does not."""
    import jwt
    from jwt.algorithms import get_default_algorithms

    try:
        key = get_default_algorithms()[algorithm].prepare_key(path.read_text(encoding="utf-8"))
    except (jwt.PyJWTError, ValueError, TypeError) as error:  # in a library's words, which say nothing of files
        raise ValueError("it has no such key") from error
    if hasattr(key, "sign") is not signs:
        raise ValueError(f"it has a {'public' if signs else 'private'} key")


@lru_cache(maxsize=8)  # an RSA key is checked when it is read, which takes forty times as long as to sign with it
def _read_key(private: str) -> Any:
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(private.encode(), password=None)
    except ValueError:
        return private  # whoever signs with it says what is wrong with it


@lru_cache(maxsize=8)
def public_of(private: str) -> str:
    """Derive what verifies from what signs, both as PEM."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private.encode(), password=None)
    pem, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(pem, form).decode()


def _generate(world: World, key_id: str, algorithm: Algorithm) -> KeyPair:
    if algorithm == "HS256":
        secret = world.ids.token(SECRET_DIGITS)
        return KeyPair(id=key_id, algorithm=algorithm, private=secret, public=secret)
    private = _private_pem(algorithm)
    return KeyPair(id=key_id, algorithm=algorithm, private=private, public=public_of(private))


def _private_pem(algorithm: Algorithm) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    match algorithm:
        case "RS256":
            key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        case "ES256":
            key = ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            key = ed25519.Ed25519PrivateKey.generate()
        case _:
            raise ValueError(f"no key pair signs {algorithm}; there are {', '.join(get_args(Algorithm))}")
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, form, serialization.NoEncryption()).decode()
