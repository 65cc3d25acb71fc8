"""A Flask app that Tenbyte calls: it believes what is signed, and knows what is on air."""

import hashlib
import hmac

from flask import Flask, Response, request


def make_app(secrets: dict[str, str], on_air: set[str]) -> Flask:
    """Make the app; ``secrets`` are those of the shows by their ids, ``on_air`` is kept up to date."""
    app = Flask(__name__)

    @app.post("/hooks")
    def hooks() -> Response:
        body = request.get_json(silent=True) or {}
        show = str(body.get("stream_id", ""))
        proof = hmac.new(secrets.get(show, "").encode(), request.get_data(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={proof}", request.headers.get("X-Webhook-Signature", "")):
            return Response(status=401)
        if body.get("event") == "stream.started":
            on_air.add(show)
        elif body.get("event") in {"stream.stopped", "stream.idle", "stream.error"}:
            on_air.discard(show)
        return Response(status=204)

    return app
