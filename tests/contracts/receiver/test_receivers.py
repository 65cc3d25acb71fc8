"""An honest receiver of each cloud keeps every rule, and each careless one breaks its own."""

import json
import ssl
import threading

import pytest
import trustme
from flask import request
from receivers import CARELESS, CARELESS_ELSEWHERE, HONEST, SECRET, asked, listening, plain, receiving, signed

from offair.contracts.contract import promise
from offair.contracts.receiver import UnheardError, check_receiver
from offair.contracts.receiver.delivery import Penman
from offair.contracts.receiver.spellings import respelt
from offair.contracts.receiver.values import other_values, out_of_turn

CLOUDS = sorted(HONEST)
TENBYTE = promise("tenbyte")


def judged(answer, cloud="tenbyte", **more):
    with listening(receiving(answer)) as url:
        return check_receiver(url, promise(cloud), **more)


def broken(report):
    return {verdict.rule.name.removeprefix("receiver/") for verdict in report.broken}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_honest_receiver_breaks_nothing(cloud):
    report = judged(HONEST[cloud], cloud, secret=SECRET)

    assert [] == report.violations


@pytest.mark.parametrize("careless", CARELESS, ids=lambda receiver: receiver.__name__)
def test_a_careless_receiver_is_found_by_its_rules(careless):
    events = ["stream.started", *(["stream.idle"] if "reordered" in CARELESS[careless] else [])]
    rules = [f"receiver/{rule}" for rule in CARELESS[careless]]
    report = judged(careless, secret=SECRET, events=events, only=rules)

    assert CARELESS[careless] == broken(report)


@pytest.mark.parametrize(("cloud", "careless", "rule"), CARELESS_ELSEWHERE)
def test_a_careless_receiver_of_another_cloud_is_found_too(cloud, careless, rule):
    events = [*promise(cloud).webhooks][:1]

    assert {rule} == broken(judged(careless, cloud, secret=SECRET, events=events, only=[f"receiver/{rule}"]))


def test_who_refuses_what_has_come_before_is_told_so_once_and_not_for_each_spelling():
    seen = set()

    def takes_a_text_once():
        text = json.dumps(request.json, sort_keys=True)
        return "", 409 if text in seen else seen.add(text) or 200

    report = judged(
        takes_a_text_once,
        events=["stream.idle"],
        only=[f"receiver/{one}" for one in ("spellings", "again", "slow", "late")],
    )

    assert {"again"} == broken(report)


@pytest.mark.parametrize(("is_idempotent", "outcome"), [(True, "upheld"), (False, "broken")])
def test_who_does_twice_what_is_sent_twice_is_told_so_where_it_shows_what_it_keeps(is_idempotent, outcome):
    kept = []

    def counting():
        if not (is_idempotent and request.get_data() in kept):
            kept.append(request.get_data())
        return "", 204

    report = judged(counting, events=["stream.idle"], only=["receiver/once"], kept=lambda: kept)

    assert ["receiver/once"] == [one.rule.name for one in getattr(report, outcome)]


def test_who_shows_nothing_of_what_it_keeps_is_not_judged_by_it():
    (verdict,) = judged(lambda: ("", 204), events=["stream.idle"], only=["receiver/once"]).not_judged

    assert "what it keeps is not seen (kept=, in Python)" == verdict.why


def test_who_refuses_a_right_signature_is_told_over_what_it_is():
    """As who parses a body, and signs what is written of that again."""

    def writes_again():
        return "", 204 if request.headers["X-Webhook-Signature"] == SECRET + json.dumps(request.json) else 401

    report = judged(writes_again, secret=SECRET, events=["stream.idle"], only=["receiver/valid"])

    (told,) = report.violations
    assert told.message == (
        "is answered 401, which is no documented answer; "
        "its signature is right: of the secret that both know, over the bytes of the body as they came"
    )


def test_what_broke_a_receiver_is_told_with_a_line_to_see_it_again():
    report = judged(signed, secret="another secret", events=["stream.started"])
    (found,) = next(verdict for verdict in report.broken if verdict.rule.name == "receiver/valid").violations

    assert ("webhook stream.started", 401) == (found.operation, found.got)
    assert found.reproduce.startswith(
        "curl -i -X POST -H 'Content-Type: application/json' -H 'X-Webhook-Signature: sha256="
    )


def test_what_is_secret_in_the_url_is_not_told():
    with listening(receiving(lambda: ("", 404))) as url:
        guarded = url.replace("://", "://me:pass-of-mine@") + "?token=token-of-mine"
        report = check_receiver(guarded, TENBYTE, events=["stream.idle"], only=["receiver/valid"])
    told = f"{report}{report.as_json()}{report.exchanges}"

    assert ("receiver/valid", [False, False]) == (
        report.broken[0].rule.name,
        [secret in told for secret in ("pass-of-mine", "token-of-mine")],
    )


def test_a_receiver_that_wants_a_signature_is_not_judged_without_the_secret():
    report = judged(signed)

    assert (0, True) == (len(report.broken) + len(report.upheld), "--secret" in report.not_judged[0].why)


def test_without_a_secret_forgery_is_not_judged():
    report = judged(plain, events=["stream.idle"])
    why = {verdict.rule.name: verdict.why for verdict in report.not_judged}

    assert set() == broken(report)
    assert "no secret is given (--secret)" == why["receiver/tampered"]


def test_where_a_cloud_signs_nothing_forgery_is_not_judged():
    why = {verdict.rule.name: verdict.why for verdict in judged(asked, "bintu", secret=SECRET).not_judged}

    assert "the cloud signs nothing" == why["receiver/tampered"]


def test_a_question_that_is_answered_late_is_called_late():
    def ponders():
        threading.Event().wait(0.4)
        return "", 200

    report = judged(ponders, "bintu", events=["publish"], within=0.2, only=["receiver/in-time"])

    assert {"in-time"} == broken(report)


def test_a_denial_is_an_answer_and_another_one_for_another_spelling_is_not():
    def denies_what_is_escaped():
        return "", 403 if b"%70" in request.get_data() else 200

    assert set() == broken(judged(lambda: ("", 403), "bintu", events=["publish"]))
    assert {"spellings"} == broken(judged(denies_what_is_escaped, "bintu", events=["publish"]))


def test_of_what_is_not_taken_nothing_further_is_sent():
    report = judged(lambda: ("", 404), secret=SECRET)
    outcomes = {verdict.rule.name: verdict.outcome for verdict in report.verdicts}

    assert "4 calls of 4 events" == report.seen
    assert ("broken", "not judged") == (outcomes["receiver/valid"], outcomes["receiver/unsigned"])


def test_what_a_question_is_answered_is_told():
    report = judged(lambda: ("", 403), "bintu", events=["publish"])

    assert report.seen.endswith("; publish is denied (403)")


def test_values_that_are_no_guess_keep_the_schema():
    penman = Penman(TENBYTE, TENBYTE.webhooks["stream.started"], SECRET)
    documented = [hook for hook in other_values(penman) if hook.grade == "documented"]

    assert 2 == len(documented)
    assert [] == [found for hook in documented for found in penman.webhook.violations("application/json", hook.body)]


def test_what_comes_out_of_turn_is_about_a_thing_that_nobody_heard_of():
    penmen = [Penman(TENBYTE, TENBYTE.webhooks[event]) for event in ("stream.started", "stream.idle")]
    told = [json.loads(hook.body) for hook in out_of_turn(penmen)]

    assert ["stream.idle", "stream.started"] == [one["event"] for one in told]
    assert not {one["stream_id"] for one in told} & {penman.value["stream_id"] for penman in penmen}


def test_a_receiver_with_a_certificate_of_its_own_ca_is_judged(tmp_path, monkeypatch):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    only = {"events": ["stream.idle"], "only": ["receiver/valid"], "secret": SECRET}

    with listening(receiving(signed), context) as url:
        with pytest.raises(UnheardError, match="SSL_CERT_FILE"):
            check_receiver(url, TENBYTE, **only)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

        assert check_receiver(url, TENBYTE, **only).upheld


def test_every_call_that_is_called_valid_is_valid():
    for cloud in CLOUDS:
        contract = promise(cloud)
        for webhook in contract.webhooks.values():
            hook = Penman(contract, webhook, SECRET).valid()

            assert [] == webhook.violations(hook.headers["Content-Type"], hook.body), webhook.event


def test_spellings_are_of_the_same_body():
    penman = Penman(TENBYTE, TENBYTE.webhooks["stream.error"], SECRET)
    bodies = [hook.body for hook in respelt(penman)]

    assert [penman.value] * 6 == [json.loads(body) for body in bodies]
    assert "stream.error" == penman.value["event"]


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("http://127.0.0.1:1/hooks", {}, "nobody answers"),
        ("ftp://127.0.0.1/hooks", {}, "is no HTTP URL"),
        ("hooks", {}, "is no HTTP URL"),
        ("http://127.0.0.1:1/", {"events": ["stream.startet"]}, r"did you mean stream.started\?"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(url, more, words):
    with pytest.raises(UnheardError, match=words):
        check_receiver(url, TENBYTE, **more)
