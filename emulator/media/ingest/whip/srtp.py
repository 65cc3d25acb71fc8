"""SRTP under the keys that a DTLS handshake gave (RFC 3711, RFC 7714), by libsrtp."""

from collections.abc import Callable
from dataclasses import dataclass

from pylibsrtp import Error, Policy, Session

REPLAYS = 1024  # packets that may be late
MOST_SOURCES = 64  # that are remembered; a browser has some eight: three sizes, the sound, and what repeats each
MEDIA_SOURCE, REPORTS_SOURCE = slice(8, 12), slice(4, 8)  # where a packet names its source (RFC 3550, 5.1 and 6.4)
AUTHENTICATED, COUNTED = b"SRTP_AEAD_AES_128_GCM", b"SRTP_AES128_CM_SHA1_80"


@dataclass(frozen=True, slots=True)
class Profile:
    """A protection profile (RFC 5764, 4.1.2; RFC 7714, 14.2): libsrtp's number, and the bytes of key and salt."""

    number: int
    key: int
    salt: int


PROFILES = {  # the first that both know is taken
    AUTHENTICATED: Profile(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    COUNTED: Profile(Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a handshake agreed on: a profile's name, and each direction's key with its salt behind it."""

    profile: bytes
    inbound: bytes
    outbound: bytes


def split(profile: bytes, material: bytes, *, is_client: bool) -> Keys:
    """Cut keying material into keys (RFC 5764, 4.2): client's key, server's key, client's salt, server's salt."""
    key, salt = PROFILES[profile].key, PROFILES[profile].salt
    client = material[:key] + material[2 * key : 2 * key + salt]
    server = material[key : 2 * key] + material[2 * key + salt : 2 * (key + salt)]
    theirs, ours = (server, client) if is_client else (client, server)
    return Keys(profile=profile, inbound=theirs, outbound=ours)


class Envelopes:
    """Opens what comes and closes what goes.

    Of each source it remembers what came, so that nothing comes twice. One more than ``MOST_SOURCES`` takes the place
    of the one that was silent for longest, as a receiver may (RFC 3550, 6.3.5).
    """

    def __init__(self, keys: Keys) -> None:
        number = PROFILES[keys.profile].number
        self._inbound = _session(keys.inbound, number, Policy.SSRC_ANY_INBOUND)
        self._outbound = _session(keys.outbound, number, Policy.SSRC_ANY_OUTBOUND)
        self._heard: dict[bytes, None] = {}  # the sources that libsrtp remembers, who spoke last at the end

    def open_media(self, datagram: bytes) -> bytes | None:
        """Give the RTP packet; None for what is forged, a replay, cut off or too long."""
        return self._open(self._inbound.unprotect, datagram, MEDIA_SOURCE)

    def open_reports(self, datagram: bytes) -> bytes | None:
        """Give the RTCP packets; None as above."""
        return self._open(self._inbound.unprotect_rtcp, datagram, REPORTS_SOURCE)

    def close_reports(self, packets: bytes) -> bytes:
        """Protect RTCP packets."""
        return bytes(self._outbound.protect_rtcp(packets))

    def _open(self, unprotect: Callable[[bytes], bytes], datagram: bytes, place: slice) -> bytes | None:
        try:
            packet = bytes(unprotect(datagram))
        except (Error, ValueError):  # a ValueError says that it is longer than what a network carries in one piece
            return None
        source = datagram[place]
        self._heard.pop(source, None)
        self._heard[source] = None
        if len(self._heard) > MOST_SOURCES:
            silent = next(iter(self._heard))
            del self._heard[silent]
            self._inbound.remove_stream(int.from_bytes(silent))
        return packet


def _session(key: bytes, profile: int, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = REPLAYS
    return Session(policy)
