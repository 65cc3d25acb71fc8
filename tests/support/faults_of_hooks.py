"""Planted faults: hooks that are lost, doubled, late, out of order, unsigned, or about something else."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode


class Tampered:
    """An inbox on whose way hooks are changed: ``change`` gives other ones for those that came."""

    def __init__(self, inbox, change):
        self._inbox, self._change, self._memory = inbox, change, {}

    @property
    def url(self):
        return self._inbox.url

    def answer(self, status):
        self._inbox.answer(status)

    def take(self, count, within):
        return self._change(self._inbox.take(count, within), self._memory)


def lost(came, memory):
    memory["n"] = memory.get("n", 0) + len(came)
    return came[1:] if came and came[0].status < 300 else came


def doubled(came, _memory):
    return [*came, *came[-1:]]


def doubled_in_other_words(came, _memory):
    return [*came, *(_with(one, "extra", "1") for one in came[-1:])]


def unsigned(came, _memory):
    return [_without_signature(one) for one in came]


def _without_signature(one):
    return replace(one, request_headers={n: v for n, v in one.request_headers.items() if "ignature" not in n})


def signed_over_other_bytes(came, _memory):
    return [replace(one, request_body=_spaced(one.request_body)) for one in came]


def _spaced(body):
    return json.dumps(json.loads(body), indent=1).encode() if body.startswith(b"{") else body


def signed_by_another(came, _memory):
    return [
        replace(
            one,
            request_headers={n: (f"{v[:-4]}0000" if "ignature" in n else v) for n, v in one.request_headers.items()},
        )
        for one in came
    ]


def of_another_form(came, _memory):
    return [
        replace(one, request_headers={**one.request_headers, "Content-Type": "text/plain"}, request_body=b"started")
        for one in came
    ]


def without_a_member(came, _memory):
    return [_with(one, "timestamp", None, drop=("timestamp", "name", "stream_name", "text")) for one in came]


def of_an_unknown_event(came, _memory):
    return [_with(one, None, None, rename="burnt") for one in came]


def about_another(came, _memory):
    return [_with(one, None, None, about="00000000-0000-4000-8000-000000000000") for one in came]


def late(came, memory):
    held = memory.get("held", [])
    memory["held"] = came
    return held


def out_of_order(came, memory):
    if came and not memory.get("held"):
        memory["held"] = came
        return []
    held, memory["held"] = memory.get("held", []), []
    return [*came, *held]


def half_a_minute_late(came, _memory):
    return [replace(one, at=(one.at or 0) + 30) for one in came]


def _with(one, name, value, *, drop=(), rename=None, about=None):
    is_form = "form" in one.request_headers.get("Content-Type", "")
    body = dict(parse_qsl(one.request_body.decode())) if is_form else json.loads(one.request_body)
    body = {n: v for n, v in body.items() if n not in drop}
    if name is not None and value is not None:
        body[name] = value
    inner = body.get("data") if isinstance(body.get("data"), dict) else body
    if rename is not None:
        inner.update({n: rename for n in ("event", "call", "event_type") if n in inner})
    if about is not None:
        inner.update({n: about for n in ("stream_id", "name", "input_id") if n in inner})
    content = urlencode(body).encode() if is_form else json.dumps(body).encode()
    return replace(one, request_body=content)
