"""Judging a server that is somebody else's: only read, spared, paced, and told of in a sentence where it cannot be."""

import gc
import json
import signal

import pytest

from offair.contracts.contract import promise
from offair.emulator.cli.check.server import elsewhere

CLOUD = promise("tenbyte")
SAID = {
    "headers": (),
    "others": (),
    "control": None,
    "hooks_at": None,
    "hooks_port": 0,
    "safe": False,
    "write": False,
    "hostile": False,
}


def bounds(url, **said):
    with elsewhere("tenbyte", CLOUD, {**SAID, "url": url, **said}) as target:
        return target.is_read_only, target.is_spared


@pytest.mark.parametrize(
    "url", ["https://api.tenbyte.io/v1/livestream", "http://192.0.2.7/v1", "http://[2001:db8::1]/v1"]
)
def test_a_server_of_somebody_elses_is_only_read_and_gets_nothing_malformed(url):
    assert (True, True) == bounds(url)


def test_who_writes_there_says_so_and_who_is_hostile_says_so_too():
    url = "https://api.tenbyte.io/v1/livestream"

    assert [(False, True), (True, False), (False, False)] == [
        bounds(url, write=True),
        bounds(url, hostile=True),
        bounds(url, write=True, hostile=True),
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "offair.localhost", "[::1]"])
def test_our_own_machine_is_written_to_unless_it_is_to_be_safe(host):
    assert ((False, False), (True, False)) == (bounds(f"http://{host}/v1"), bounds(f"http://{host}/v1", safe=True))


def test_a_server_whose_clock_is_not_ours_is_given_its_time():
    with elsewhere("tenbyte", CLOUD, {**SAID, "url": "https://api.tenbyte.io/v1"}) as target:
        assert (None, True, True) == (target.advance, target.now is not None, target.wait is not None)


def asked(serving, *more, key=None):
    shown = serving.cloud["headers"]["X-API-Key"] if key is None else key
    url = serving.cloud["base_url"]
    return ("check", "server", "--cloud", "tenbyte", "--url", url, "--header", f"X-API-Key: {shown}", *more)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--limit", "getStrem=10/60"), "documents no operation getStrem (did you mean getStream?)"),
        (("--control", "http://127.0.0.1:1"), "no stand-in answers at http://127.0.0.1:1"),
    ],
)
def test_what_leads_nowhere_is_a_sentence_and_nothing_judged(run, serving, more, said):
    done = run(*asked(serving, *more))

    assert (2, True) == (done.code, said in done.sentence)


def test_credentials_that_are_refused_end_it_in_a_sentence(run, serving):
    done = run(*asked(serving, key="tkb-nobodys"))

    assert (2, True) == (done.code, "refuses the credentials" in done.sentence)


def test_a_server_that_is_only_read_has_nothing_made_and_nothing_removed(run, serving):
    done = run(*asked(serving, "--safe", "--report", "json"))
    gc.collect()  # what Schemathesis called with goes no earlier

    entries = serving.ask("/journal", kind="request")["entries"]
    methods = {entry["details"].get("method") for entry in entries}
    unread = {None}  # what is no request has no method
    assert (0, {"GET", "HEAD"}) == (done.code, methods - unread)
    assert serving.cloud["headers"]["X-API-Key"] not in done.out


def test_who_does_not_wait_gets_the_report_so_far(spawn, serving, emulator):
    before = str(emulator.journal.latest)  # of other tests
    process = spawn(*asked(serving, "--depth", "deep", "--report", "json"))
    serving.ask("/journal/wait", kind="request", text="POST", after=before, timeout="30")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert (130, "") == (process.returncode, err)
    assert any(rule["outcome"] == "kept" for rule in json.loads(out)["rules"])


def test_a_certificate_that_nobody_vouches_for_ends_it_in_a_sentence(run, serve_here):
    secure = serve_here(https_port=0)
    url = secure.cloud["base_url"].replace(secure.url, secure.ready["https_url"])
    done = run("check", "server", "--cloud", "tenbyte", "--url", url)

    assert (2, True) == (done.code, "TLS failed" in done.sentence)


def test_real_media_is_for_a_stand_in_of_the_checks_own_and_says_so(run, serving):
    done = run(*asked(serving, "--media", "real"))

    assert (2, True) == (done.code, "leave --url out" in done.sentence)


def test_what_a_server_elsewhere_calls_is_heard_and_judged_where_it_can_be_steered(run, serving):
    done = run(*asked(serving, "--control", serving.url, "--only", "webhooks", "--report", "json"))
    outcomes = {rule["rule"]: rule["outcome"] for rule in json.loads(done.out)["rules"]}

    assert {"webhooks/obeyed": "not_judged"} == {name: said for name, said in outcomes.items() if said != "kept"}


def test_what_a_server_calls_is_not_judged_where_it_cannot_be_steered(run, serving):
    done = run(*asked(serving, "--only", "webhooks/told", "--report", "json"))

    (rule,) = json.loads(done.out)["rules"]
    assert ("not_judged", True) == (rule["outcome"], "--control" in rule["why"])
