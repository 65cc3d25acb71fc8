"""The forms of values that settings and switches have in common: what has none is taken, and then does nothing."""

from typing import Annotated

import msgspec

MOST = 1_000_000_000  # of anything that is counted: more is no number that a machine can hold so many of
DAY = 86_400
TEN_YEARS = 10 * 366 * DAY  # on a cloud's clock, whose dates end with the year 9999
NAME = r"""[^\s/\\@?#,:*%\[\]<>"^|]+"""  # without what no host of a URL has (WHATWG URL, 3.1), and quotation marks
ADDRESS = r"[0-9A-Fa-f.]*(:[0-9A-Fa-f.]*){2,}"  # of IPv6

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Quantity = Annotated[int, msgspec.Meta(ge=0, le=MOST)]

# real seconds: between two of something, and for which something may last
Seconds = Annotated[float, msgspec.Meta(gt=0, le=DAY)]
Patience = Annotated[float, msgspec.Meta(ge=0, le=DAY)]

CloudSeconds = Annotated[float, msgspec.Meta(gt=0, le=TEN_YEARS)]
CloudWholeSeconds = Annotated[int, msgspec.Meta(ge=1, le=TEN_YEARS)]
CloudDelay = Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)]

Host = Annotated[str, msgspec.Meta(pattern=rf"^({NAME}|{ADDRESS}(%\w+)?)$", description="an address or a host's name")]
HostName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$",
        description="a host's name as browsers send it, without scheme or port",
    ),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(\*|null|(?!.*[A-Z]|http://.*:80$|https://.*:443$)[a-z][a-z0-9+.-]*://({NAME}|\[{ADDRESS}\])(:\d+)?)$",
        description="an origin as browsers send it (http://localhost:5173: in small letters, no usual port, nothing "
        "behind it), or * for any",
    ),
]
Url = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+\S*)?$", description="an http(s) URL, or empty")]
HeaderName = Annotated[
    str, msgspec.Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", description="a header's name (RFC 9110, 5.1)")
]
