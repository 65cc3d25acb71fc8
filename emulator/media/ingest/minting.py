"""Making a local CA and a certificate that it vouches for, as files."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme

CA, CA_KEY, SERVER = "ca.pem", "ca.key", "server.pem"
Mint = Callable[[Path, Sequence[str]], str | None]


def mint(folder: Path, names: Sequence[str]) -> str | None:
    """Write a certificate for ``names`` with its key, of the CA in a folder, which is made unless it is there.

    The answer is why a CA that is there could not be kept.
    """
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / CA, folder / CA_KEY
    words = None
    if certificate.is_file() and key.is_file():
        try:
            _issue(trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes()), folder, names)
        except (ValueError, TypeError) as error:  # of garbage
            words = f"the CA in {folder} is damaged ({error}) and made anew; have it trusted again"
        else:
            return None
    authority = trustme.CA(organization_name="Offair", organization_unit_name="local stand-in")
    _write(key, authority.private_key_pem.bytes(), mode=0o600)
    _write(certificate, authority.cert_pem.bytes(), mode=0o644)  # whoever finds it can rely on its key
    _issue(authority, folder, names)
    return words


def _issue(authority: "trustme.CA", folder: Path, names: Sequence[str]) -> None:
    issued = authority.issue_cert(*names)
    _write(folder / SERVER, issued.private_key_and_cert_chain_pem.bytes(), mode=0o600)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file so that nobody ever reads half of it."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)
