"""The certificate of the RTMPS port: made at first need, its CA kept, or the user's own."""

import socket
import ssl
import stat
import subprocess
import sys
from contextlib import closing

import pytest
import trustme

from offair.emulator.media.ingest.certificate import Certificate, CertificateError

IN_A_PROCESS_OF_ITS_OWN = """
import sys
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

with Emulator(Settings(port=0, rtmp_port=0)) as emulator:
    before = sorted({"trustme", "cryptography"} & set(sys.modules))
    print(before, emulator.media.await_ca_file().is_file(), "trustme" in sys.modules)
"""


def shown_to(name: str, context: ssl.SSLContext, ca_file) -> str:
    """Shake hands as a client that looks for a name; gives who signed the certificate."""
    trust = ssl.create_default_context(cafile=ca_file)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server = context.wrap_socket(ours, server_side=True, do_handshake_on_connect=False)
        client = trust.wrap_socket(theirs, server_hostname=name, do_handshake_on_connect=False)
        with server, client:
            server.settimeout(0.0)
            client.settimeout(0.0)
            waiting = [server, client]
            while waiting:
                for side in tuple(waiting):
                    try:
                        side.do_handshake()
                        waiting.remove(side)
                    except ssl.SSLWantReadError:
                        continue
            return dict(pair for (pair,) in client.getpeercert()["issuer"])["organizationName"]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "stand-in.test", "10.1.2.3", "a.cloud.test"])
def test_it_is_good_for_this_machine_and_for_the_hosts_that_are_listened_on(tmp_path, name):
    with closing(Certificate(tmp_path, ("stand-in.test", "10.1.2.3", "", ".cloud.test"))) as certificate:
        assert "Offair" == shown_to(name, certificate.begin().result(), certificate.ca_file)


def test_the_next_start_finds_the_same_ca(tmp_path):
    folder = tmp_path / "tls"
    with closing(Certificate(folder, ())) as first:
        first.begin().result()
        ca = first.ca_file.read_bytes()
    with closing(Certificate(folder, ())) as second:
        context = second.begin().result()

    assert ("Offair", ca) == (shown_to("localhost", context, first.ca_file), second.ca_file.read_bytes())


@pytest.mark.parametrize("name", ["ca.pem", "ca.key"])
def test_a_damaged_ca_is_made_anew_and_told(tmp_path, name):
    with closing(Certificate(tmp_path, ())) as first:
        first.begin().result()
    (tmp_path / name).write_bytes(b"garbage")
    told = []
    with closing(Certificate(tmp_path, (), tell=told.append)) as second:
        issuer = shown_to("localhost", second.begin().result(), second.ca_file)

    assert ("Offair", True) == (issuer, f"the CA in {tmp_path} is damaged" in told[0])


def test_nobody_else_may_read_its_key(tmp_path):
    with closing(Certificate(tmp_path, ())) as certificate:
        certificate.begin().result()

    assert {"ca.key": 0o600} == {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.suffix == ".key"
    }


def test_a_users_own_certificate_is_shown(tmp_path):
    authority = trustme.CA(organization_name="Somebody")
    leaf = authority.issue_cert("localhost")
    cert, key, ca = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    leaf.cert_chain_pems[0].write_to_path(cert)
    leaf.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    with closing(Certificate(tmp_path / "none", (), own=(cert, key))) as certificate:
        assert ("Somebody", None) == (shown_to("localhost", certificate.begin().result(), ca), certificate.ca_file)


def test_files_that_do_not_fit_are_named(tmp_path):
    leaf, other = (trustme.CA().issue_cert("localhost") for _ in range(2))
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    leaf.cert_chain_pems[0].write_to_path(cert)
    other.private_key_pem.write_to_path(key)
    none = tmp_path / "none"
    for own, reason in (((cert, key), "KEY_VALUES_MISMATCH"), ((cert, none), "No such file"), ((key, key), "")):
        with pytest.raises(CertificateError, match=f"{own[0]} with the key {own[1]} cannot be used .*{reason}"):
            Certificate(tmp_path, (), own=own)


def test_a_start_makes_no_certificate():
    """The start-up time is a promise, and the libraries for it are slow to import."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN], capture_output=True, text=True, timeout=60, check=True
    )

    assert "[] True True\n" == done.stdout
