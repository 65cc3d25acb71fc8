"""What a cloud's code is told of where the stand-in listens."""

from urllib.parse import urlsplit

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings


def test_a_cloud_knows_the_ports_that_were_free_to_choose():
    with Emulator(Settings(port=0, rtmp_port=0)) as emulator:
        known = [emulator.rtmp_url, emulator.rtmps_url, emulator.srt_url]
        told = {(rooms.addresses.rtmp, rooms.addresses.rtmps, rooms.addresses.srt) for rooms in emulator.rooms.values()}

    assert ({tuple(known)}, True) == (told, all(urlsplit(url).port for url in known))
