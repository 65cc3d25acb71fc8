"""The published exchanges of Tenbyte, and streams made with them."""

import copy

import pytest

from offair.contracts.contract import promise


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "tenbyte"


@pytest.fixture(scope="session", name="examples")
def _examples():
    """The published exchanges by name."""
    return {example.name: example for example in promise("tenbyte").examples}


@pytest.fixture(name="body")
def _body(examples):
    """The body of the published create call, for the test to change."""
    return copy.deepcopy(examples["create-video-push"].request_body)


@pytest.fixture(name="stream")
def _stream(api, body):
    """A stream, as the answer of its creation shows it."""
    answer = api.post("/streams", json=body)
    assert 201 == answer.status_code, answer.text
    return answer.json()["data"]


@pytest.fixture(name="report")
def _report(api, tenant):
    """Say something as the transcoder does."""

    def report(stream_id: str, status: str, **more):
        body = {
            "event": f"stream.status.{status}",
            "stream_id": stream_id,
            "status": status,
            "timestamp": "2026-04-16T12:00:00Z",
            **more,
        }
        headers = {"X-Webhook-Secret": tenant.credentials["webhook_secret"]}
        return api.post("/webhooks/transcoder", json=body, headers=headers)

    return report
