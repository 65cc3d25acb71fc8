"""Signing a hook, and checking a signature, over the exact bytes that travel."""

import hashlib
import hmac

from offair.emulator.provider.hooks import Signature


def sign(signature: Signature, body: bytes) -> dict[str, str]:
    """Make the header that proves a body (HMAC-SHA256, RFC 2104)."""
    digest = hmac.new(signature.secret.encode(), body, hashlib.sha256).hexdigest()
    return {signature.header: signature.form.format(hex=digest)}
