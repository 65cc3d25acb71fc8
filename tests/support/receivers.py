"""Webhook receivers as people write them with Flask: an honest one for each cloud, and careless ones."""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager

from flask import Flask, abort, redirect, request
from werkzeug.serving import make_server

SECRET = "whs-agreed-on-by-both"
SIGNED = "X-Webhook-Signature"
EVENTS = {"stream.started", "stream.stopped", "stream.error", "stream.idle"}


@contextmanager
def listening(app, tls=None):
    """Serve an app on loopback, and give the URL of its hooks."""
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="a receiver")
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.port}/hooks"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def receiving(answer):
    """An app that answers hooks by a function."""
    app = Flask("a receiver")
    app.add_url_rule("/hooks", "hooks", answer, methods=["POST"])
    return app


def signature_of(body):
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def verify(body):
    if not hmac.compare_digest(signature_of(body).encode(), request.headers.get(SIGNED, "").encode("utf-8", "replace")):
        abort(401)


def told(body):
    """Read a JSON object, or refuse."""
    try:
        said = json.loads(body)
    except ValueError:
        abort(400)
    return said if isinstance(said, dict) else abort(400)


def signed():
    """It looks at the signature of the bytes, and then reads them."""
    body = request.get_data()
    verify(body)
    return ("", 204) if told(body).get("event") in EVENTS else ("never heard of it", 202)


def asked():
    """It is asked whether somebody may publish; it knows its own streams."""
    if request.form.get("call") == "publish":
        return ("", 200) if request.form.get("name") else ("", 403)
    return "", 200


def plain():
    """It reads what comes."""
    told(request.get_data())
    return "", 204


HONEST = {"tenbyte": signed, "bintu": asked, "ainative": plain}


def unverified():
    told(request.get_data())
    return "", 204


def verifies_what_it_read():
    said = told(request.get_data())
    verify(json.dumps(said, separators=(",", ":")).encode())
    return "", 204


def verifies_if_signed():
    if SIGNED in request.headers:
        verify(request.get_data())
    return "", 204


def compares_the_beginning():
    given = request.headers.get(SIGNED)
    if given is None or not signature_of(request.get_data()).startswith(given):
        abort(401)
    told(request.get_data())
    return "", 204


def compares_all_but_the_end():
    if request.headers.get(SIGNED, "")[:70] != signature_of(request.get_data())[:70]:
        abort(401)
    told(request.get_data())
    return "", 204


def fails_without_json():
    verify(request.get_data())
    return {"heard": json.loads(request.get_data())["event"]}


def fails_at_new_events():
    verify(request.get_data())
    return {"heard": dict.fromkeys(EVENTS, 1)[told(request.get_data())["event"]]}


def fails_at_large_bodies():
    if len(request.get_data()) > 1 << 20:
        raise MemoryError
    return signed()


def fails_at_large_news():
    if len(request.get_data()) > 1 << 20:
        raise MemoryError
    return plain()


def sends_elsewhere():
    return redirect("/hooks/", 308)


def says_no():
    verify(request.get_data())
    return "", 404


def takes_once():
    body = request.get_data()
    verify(body)
    seen = takes_once.seen
    if body in seen:
        return "again", 409
    seen.add(body)
    return signed()


takes_once.seen = set()


def needs_order():
    body = request.get_data()
    verify(body)
    event, seen = told(body).get("event"), needs_order.seen
    if event == "stream.started" and "stream.idle" in seen:
        return "too late", 409
    seen.append(event)
    return "", 204


needs_order.seen = []


def reads_with_a_pattern():
    body = request.get_data()
    verify(body)
    return ("", 204) if b'"event":"stream.' in body or b'"event": "stream.' in body else ("", 400)


def minds_the_type():
    verify(request.get_data())
    return {"heard": request.get_json(silent=True)["event"]} if request.data else ("", 400)


def refuses_what_is_old():
    body = request.get_data()
    verify(body)
    return ("", 400) if b"2020-01-01" in body else signed()


def reads_old_letters():
    body = request.get_data()
    verify(body)
    return {"heard": told(body).get("stream_name", "").encode("latin-1").decode("latin-1")}


def needs_a_beginning():
    body = request.get_data()
    verify(body)
    said, begun = told(body), needs_a_beginning.begun
    if said.get("event") == "stream.started":
        begun.add(said["stream_id"])
    return ("", 204) if said.get("stream_id") in begun else ("never began", 500)


needs_a_beginning.begun = set()


def compares_the_end():
    if request.headers.get(SIGNED, "")[10:] != signature_of(request.get_data())[10:]:
        abort(401)
    return plain()


def takes_what_it_cannot_read():
    try:
        json.loads(request.get_data())
    except ValueError:
        return "a test?", 200
    return signed()


def tells_what_it_wanted():
    body = request.get_data()
    wanted = signature_of(body)
    return signed() if request.headers.get(SIGNED) == wanted else (f"expected {wanted}", 401)


def shows_its_trace():
    if request.headers.get(SIGNED) != signature_of(request.get_data()):
        return 'Traceback (most recent call last):\n  File "hooks.py", line 3, in hooks', 401
    return signed()


def minds_the_length():
    if request.content_length is None:
        return "how long?", 500
    return signed()


def lets_in_who_says_nothing():
    """It knows none of the streams that it is asked about."""
    return "", 403 if request.form.get("name") else 200


def says_yes_in_another_way():
    return "", 204


def counts_clients():
    """It takes for granted what a form has."""
    return {"client": int(request.form.get("clientid", "none"))}


def splits_by_hand():
    """It reads a form without undoing its percents."""
    fields = dict(part.partition("=")[::2] for part in request.get_data(as_text=True).split("&"))
    return ("", 200) if fields.get("call") in {"publish", "play"} else ("", 403)


def knows_all_events():
    """It looks an event up that will always be there."""
    known = {"live_input.connected": 1, "live_input.disconnected": 2, "live_input.errored": 3}
    return {"seen": known[told(request.get_data())["data"]["event_type"]]}


CARELESS_ELSEWHERE = (
    ("bintu", counts_clients, "no-body"),
    ("bintu", splits_by_hand, "spellings"),
    ("bintu", lets_in_who_says_nothing, "no-body"),
    ("bintu", says_yes_in_another_way, "meant"),
    ("ainative", knows_all_events, "unknown-event"),
    ("ainative", fails_at_large_news, "oversized"),
    ("ainative", sends_elsewhere, "no-redirect"),
)
"""Of the other clouds: what each does wrong, by the rule that says so."""

CARELESS = {
    unverified: {"tampered", "near-miss", "unsigned", "rewritten"},
    verifies_what_it_read: {"rewritten", "spellings"},
    verifies_if_signed: {"unsigned"},
    compares_the_beginning: {"near-miss"},
    compares_all_but_the_end: {"near-miss"},
    fails_without_json: {"no-body"},
    fails_at_new_events: {"unknown-event"},
    fails_at_large_bodies: {"oversized"},
    sends_elsewhere: {"no-redirect", "valid"},
    says_no: {"valid"},
    takes_once: {"again"},
    needs_order: {"reordered"},
    reads_with_a_pattern: {"spellings"},
    minds_the_type: {"other-type"},
    refuses_what_is_old: {"late"},
    reads_old_letters: {"values"},
    needs_a_beginning: {"reordered"},
    compares_the_end: {"near-miss"},
    takes_what_it_cannot_read: {"unsigned"},
    tells_what_it_wanted: {"keeps-secrets"},
    shows_its_trace: {"no-insides"},
    minds_the_length: {"chunked"},
}
"""What each does wrong, by the rules that say so."""
