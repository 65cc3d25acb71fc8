"""How a socket begins: journalled, identified, permitted and judged as any call, refused in the cloud's own words."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, request

from offair.contracts.sockets import SocketTerm
from offair.emulator.core.problems import Malformed, Unbuilt
from offair.emulator.core.sockets import Conversation
from offair.emulator.provider.operations import Sockets
from offair.emulator.provider.reply import Reply
from offair.emulator.web.chain import answered, compose, faulted, identified, journalled, judged_request, permitted
from offair.emulator.web.mishaps import suffer
from offair.emulator.web.mount import Mount, Passage, Proceed, Step
from offair.emulator.web.responding import respond
from offair.emulator.web.rules import rule_of
from offair.emulator.web.talking.conversation import Judged
from offair.emulator.web.talking.ledger import Ledger

WEBSOCKET = "offair.websocket"  # the server's way to make a conversation of this request
SWITCHING = Reply(HTTPStatus.SWITCHING_PROTOCOLS)
HANDSHAKE: Sequence[Step] = (journalled, faulted, answered, identified, permitted, judged_request)


def add_sockets(app: Flask, mount: Mount, sockets: Sockets) -> None:
    """Add the route of every documented socket; one that nobody opens answers a marked 501."""
    for term, _ in sockets:
        _add(app, mount, sockets, term)


def _add(app: Flask, mount: Mount, sockets: Sockets, term: SocketTerm) -> None:
    rule, ledger = rule_of(term.path), Ledger(term, mount)

    def opened(passage: Passage, proceed: Proceed) -> Reply:  # noqa: ARG001 - the last step answers
        opener = sockets.opener(term.key)
        if opener is None:
            raise Unbuilt(f"the socket {term.key} is documented, and this stand-in does not have it yet")
        accept = passage.request.environ.get(WEBSOCKET)
        if accept is None:
            raise Malformed("this is no WebSocket handshake (RFC 6455, 4.2.1)")
        conversation: Conversation = Judged(opener(passage.call), ledger.leaf(passage))
        accept(conversation)
        return SWITCHING

    proceed = compose((*HANDSHAKE, opened))

    def view(**path: str) -> Response:
        passage = Passage(mount=mount, operation=term, request=request, path=rule.named(path))
        response = respond(proceed(passage), request)
        return suffer(passage.mishap, response, request.environ) if passage.mishap else response

    for root in mount.roots:
        app.add_url_rule(root + rule.text, endpoint=f"{root}.socket.{term.key}", view_func=view, websocket=True)
