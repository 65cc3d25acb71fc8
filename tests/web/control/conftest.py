"""A tenant to steer for, with a client of its own at a cloud."""

import pytest

from offair.contracts.contract import promise


@pytest.fixture(scope="module", name="body")
def _body():
    """The published create call."""
    return next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body


@pytest.fixture(name="create")
def _create(api, body):
    """Make a stream and give the answer's data."""

    def create(**given):
        answer = api.post("/streams", json=body | given)
        assert 201 == answer.status_code, answer.text
        return answer.json()["data"]

    return create


@pytest.fixture(name="report")
def _report(api, tenant):
    """Move a stream without media: say what a transcoder would say."""

    def report(stream_id: str, status: str):
        event = {"event": f"stream.status.{status}", "stream_id": stream_id, "status": status}
        answer = api.post(
            "/webhooks/transcoder",
            json=event | {"timestamp": "2026-04-16T12:00:00Z"},
            headers={"X-Webhook-Secret": tenant.credentials["webhook_secret"]},
        )
        assert 200 == answer.status_code, answer.text

    return report


@pytest.fixture(name="list_ids")
def _list_ids(api):
    return lambda: [stream["id"] for stream in api.get("/streams").json()["data"]]
