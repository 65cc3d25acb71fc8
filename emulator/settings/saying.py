"""What a running stand-in tells a program by variables: where it is, and what to send there."""

import json
from collections.abc import Mapping
from typing import Any


def variables_of(ready: Mapping[str, Any]) -> dict[str, str]:
    """Turn the ready object into variables, each cloud's by its name; KeyError says what it lacks."""
    variables = {
        "OFFAIR_URL": ready["control_url"].rpartition("/")[0],
        **({"OFFAIR_HTTPS_URL": ready["https_url"]} if ready["https_url"] else {}),
        "OFFAIR_RTMP_URL": ready["rtmp_url"],
        "OFFAIR_RTMPS_URL": ready["rtmps_url"],
        "OFFAIR_SRT_URL": ready["srt_url"],
        **({"OFFAIR_CA_FILE": ready["ca_file"]} if ready["ca_file"] else {}),
    }
    for cloud, shown in ready["clouds"].items():
        prefix = prefix_of(cloud)
        variables[f"{prefix}_BASE_URL"] = shown["base_url"]
        variables[f"{prefix}_HEADERS"] = json.dumps(dict(shown["headers"]))
        services = shown["services"].items()
        variables |= {f"{prefix}_{name.upper().replace('-', '_')}_URL": url for name, url in services}
        variables |= {f"{prefix}_{kind.upper()}": value for kind, value in shown["credentials"].items()}
    return variables


def prefix_of(cloud: str) -> str:
    """What a cloud's variables begin with, but for the line after it."""
    return cloud.upper().replace("-", "_")
