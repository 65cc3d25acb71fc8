"""A Flask app that Bintu asks whether an encoder may publish, before it lets it in."""

from flask import Flask, Response, request


def make_app(invited: set[str], heard: list[str]) -> Flask:
    """Make the app; ``invited`` are the names of streams that may be published to, ``heard`` is what was asked."""
    app = Flask(__name__)

    @app.post("/hooks")
    def hooks() -> Response:
        call, name = request.form.get("call", ""), request.form.get("name", "")
        heard.append(call)
        if call == "publish" and name not in invited:
            return Response(status=403)
        return Response(status=200)

    return app
