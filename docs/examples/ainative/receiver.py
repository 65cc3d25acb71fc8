"""A Flask app that hears of live inputs: when an encoder came, and when it went."""

from flask import Flask, Response, request


def make_app(heard: list[str]) -> Flask:
    """Make the app; ``heard`` is what happened, in order."""
    app = Flask(__name__)

    @app.post("/hooks")
    def hooks() -> Response:
        told = (request.get_json(silent=True) or {}).get("data", {})
        heard.append(str(told.get("event_type", "?")))
        return Response(status=204)

    return app
