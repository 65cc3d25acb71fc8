"""What a cloud calls: events by member or header, JSON or forms, and which answers it takes for a yes."""

import pytest

from offair.contracts.checks.webhook import check_webhook
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.webhook import read_member

ASKED = """
    x-event-member: call
    webhooks:
      publish:
        post:
          summary: Somebody wants to publish
          x-grade: inferred
          x-source: the book
          requestBody:
            content:
              application/x-www-form-urlencoded:
                schema:
                  type: object
                  required: [call, name]
                  properties: {call: {const: publish}, name: {type: string}, bytes: {type: integer}}
          responses:
            "200": {description: Go on., x-allows: true}
            "403": {$ref: "#/components/responses/Stop"}
            default: {description: Anything else is a no., x-allows: false}
      gone:
        post:
          requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object}}}}
    components: {responses: {Stop: {description: Stop., x-allows: false}}}
"""
NAMED = """
    x-event-header: X-Event
    webhooks:
      ping:
        post:
          parameters: [{name: X-Try, in: header, required: true, schema: {type: integer}}]
          requestBody: {content: {text/plain: {schema: {type: string, maxLength: 3}}}}
"""
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@pytest.fixture
def asked(write):
    return Contract.load(write(webhooks=ASKED))


@pytest.fixture
def named(write):
    return Contract.load(write(webhooks=NAMED))


def delivery(content, content_type=None, **headers):
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    typed = {} if content_type is None else {"Content-Type": content_type}
    return Exchange(method="POST", path="/", status=200, request_headers={**typed, **said}, request_body=content)


def told(contract, exchange):
    return [(found.where, found.path, found.rule) for found in check_webhook(contract, exchange)]


@pytest.mark.parametrize(
    ("content", "content_type", "broken"),
    [
        (b"call=publish&name=a", FORM, []),
        (b"call=play&name=b&call=publish&name=a", FORM, []),
        (b"call=publish", FORM, [("webhook.body", ("name",), "required")]),
        (b"call=publish&name=a&bytes=many", FORM, [("webhook.body", ("bytes",), "type")]),
        (b"call=burnt", FORM, [("webhook.body", (), "event")]),
        (b"name=a", FORM, [("webhook.body", (), "event")]),
        (b"call=%ff", FORM, [("webhook.body", (), "form")]),
        (b"call=publish&name=a", None, [("webhook.body", (), "json")]),
        (b'{"call":"publish","name":"a"}', "application/json", [("webhook.content_type", (), "content_type")]),
    ],
)
def test_a_form_is_judged_as_a_form(asked, content, content_type, broken):
    assert broken == told(asked, delivery(content, content_type))


def test_what_nobody_signs_needs_no_signature(asked):
    assert asked.webhooks["publish"].signature is None


@pytest.mark.parametrize(
    ("status", "allows"), [(200, True), (403, False), (500, False), (302, False)]
)  # every other answer is a no
def test_an_answer_says_whether_the_cloud_goes_on(asked, status, allows):
    assert allows == asked.webhooks["publish"].answer(status).allows


def test_an_event_that_asks_nothing_documents_no_answer(asked):
    assert (asked.webhooks["gone"].answers, asked.webhooks["gone"].answer(200)) == ({}, None)


def test_a_violation_of_a_delivery_says_who_promised_it(asked):
    (found,) = check_webhook(asked, delivery(b"call=publish", FORM))

    assert ("the book.name", "inferred") == (found.source, found.grade)


@pytest.mark.parametrize(
    ("headers", "content", "broken"),
    [
        ({"X_Event": "ping", "x_try": "1"}, b"abc", []),
        ({"x_event": "ping", "X_Try": "1"}, b"abcd", [("webhook.body", (), "maxLength")]),
        ({"X_Event": "ping"}, b"abc", [("webhook.headers", ("X-Try",), "required")]),
        ({"X_Event": "pong"}, b"abc", [("webhook.body", (), "event")]),
        ({}, b"abc", [("webhook.body", (), "event")]),
    ],
)
def test_a_header_may_name_the_event(named, headers, content, broken):
    assert broken == told(named, delivery(content, "text/plain", **headers))


def test_a_webhook_without_a_body_is_no_webhook(write):
    with pytest.raises(LookupError, match="'gone' documents no body"):
        Contract.load(write(webhooks="webhooks: {gone: {post: {requestBody: {}}}}"))


def test_a_webhook_may_be_signed_where_the_others_are_not_and_the_other_way_round(tmp_path):
    signed = "{header: X-Proof, form: '{hex}', x-grade: documented, x-source: the book}"
    body = "requestBody: {content: {application/json: {schema: {type: object}}}}"
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    (tmp_path / "webhooks.yaml").write_text(
        f"x-signature: {signed}\n"
        "webhooks:\n"
        f"  usual: {{post: {{{body}}}}}\n"
        f"  plain: {{post: {{x-signature: false, {body}}}}}\n"
        f"  other: {{post: {{x-signature: {signed.replace('Proof', 'Other')}, {body}}}}}\n"
    )
    hooks = Contract.load(tmp_path).webhooks

    assert ["X-Proof", None, "X-Other"] == [hook.signature and hook.signature.header for hook in hooks.values()]


def test_a_cloud_says_which_state_a_hook_tells_of_whom_it_is_about_and_where_it_is_asked_for(write):
    cloud = Contract.load(
        write(
            webhooks="""
            x-registered: [{operation: setHook, member: url}]
            x-about: data.id
            webhooks:
              gone:
                post:
                  x-when: ended
                  requestBody: {content: {application/json: {schema: {type: object}}}}
            """
        )
    )
    gone = cloud.webhooks["gone"]

    assert ("ended", "data.id", False) == (gone.when, gone.about, gone.is_question)
    assert [("setHook", "url")] == [(one.operation_id, one.member) for one in cloud.registrations]
    assert "x" == read_member("application/json", b'{"data": {"id": "x"}}', gone.about)
