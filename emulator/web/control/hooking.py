"""Hooks as a person works with them: those that were sent, sent again, sent out of turn, and caught."""

from typing import Any
from urllib.parse import urlencode

import msgspec

from offair.emulator.core.ids import as_written
from offair.emulator.core.inbox import Courtesy
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.control.streams import WHOSE

CATCHER = "catch"  # the name that is shown; any other will do


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations about hooks."""

    @operation("GET /deliveries")
    def deliveries(call: Call) -> Reply:
        where = {name: as_written(call.query[name]) for name in WHOSE if name in call.query}
        return Reply(200, {"deliveries": [_show(parcel) for parcel in steered.deliveries(**where)]})

    @operation("POST /deliveries/{deliveryId}/resend")
    def resend(call: Call) -> Reply:
        edited = {name: value for name, value in (call.body or {}).items() if name in {"body", "url"}}
        return Reply(202, _show(steered.resend(as_written(call.path["deliveryId"]), **edited)))

    @operation("POST /streams/{streamId}/trigger")
    def trigger(call: Call) -> Reply:
        sent = steered.trigger(call.path["streamId"], call.body["event"], url=call.body.get("url"))
        return Reply(202, {"deliveries": [_show(parcel) for parcel in sent]})

    @operation("GET /inbox")
    def inbox(_call: Call) -> Reply:
        return Reply(200, _inbox(steered))

    @operation("PUT /inbox")
    def set_inbox(call: Call) -> Reply:
        steered.inbox.courtesy = msgspec.convert(call.body, Courtesy)
        return Reply(200, _inbox(steered))

    @operation("DELETE /inbox")
    def empty_inbox(_call: Call) -> Reply:
        steered.inbox.clear()
        return Reply(204)

    @operation("POST /inbox/{name}")
    def catch(call: Call) -> Reply:
        query = urlencode(call.query.lists, doseq=True)
        caught = steered.inbox.catch(call.path["name"], query=query, headers=call.headers, content=call.content)
        is_no = 400 <= caught.status < 500  # which the contract has an error for, whoever says it
        return Reply(caught.status, {"error": f"the inbox was told to answer {caught.status}"} if is_no else None)


def _show(parcel: Any) -> dict[str, Any]:
    """Write a delivery, with how its signature is made and not with what."""
    shown: dict[str, Any] = msgspec.to_builtins(parcel)
    signature = shown.pop("signature", None)
    told = {"header": signature["header"], "form": signature["form"], "method": "HMAC-SHA256"} if signature else None
    return {**shown, "signature": told}


def _inbox(steered: Steered) -> dict[str, Any]:
    courtesy = steered.inbox.courtesy
    return {
        "url": f"{steered.own_rooms.addresses.api}/inbox/{CATCHER}",
        "status": courtesy.status,
        "delay": courtesy.delay,
        "caught": msgspec.to_builtins(steered.inbox.caught()),
    }
