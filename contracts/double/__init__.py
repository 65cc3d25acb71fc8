"""The double: what a client sends to a cloud's own addresses is answered in this process; ``double(cloud)``.

What it is built on (respx) comes with ``offair[contracts]``, and is imported when it is used.
"""

from typing import TYPE_CHECKING

from offair.contracts.double.addresses import Doubled, Playing

if TYPE_CHECKING:
    from offair.contracts.double.router import Double

__all__ = ["Doubled", "Playing", "double"]


def double(*clouds: Doubled) -> "Double":
    """Answer for clouds at every address that they document; a context manager, a decorator, and a respx router.

    While it lasts, httpx, httpx2, requests (all of urllib3) and aiohttp reach no other host but the stand-in itself,
    whose media play over loopback: ``UnknownHostError`` (an AssertionError) names what was called. Clients need no
    change, and repeat, pause and give up as they do on a network. The router's ``calls`` are what was asked, by
    whichever library; its own routes go first::

        with double(cloud) as router:
            router.get("https://api.example/streams").respond(503)  # this once in our words; all else is the cloud's

    A class cannot be decorated (TypeError). TypeError says too that something is no cloud that runs, ValueError that a
    cloud documents no address, ImportError that ``offair[contracts]`` is not installed.
    """
    from offair.contracts.double.router import Double

    for cloud in clouds:
        if not hasattr(cloud, "promise") or not hasattr(cloud, "application"):
            raise TypeError(f"{cloud!r} is no cloud that runs: give a cloud's fixture, or playing(name, emulator)")
    return Double(clouds)
