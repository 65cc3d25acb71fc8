"""Pages for people."""

from offair.emulator.core.ids import as_written
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import page, rules
from offair.emulator.providers.bintu.operations.documented import operation

HTML = "text/html; charset=utf-8"
DOCUMENTS = "This is a stand-in for the Bintu API. Its operations: <code>offair providers bintu</code>."
ACCOUNTS = "Nobody signs up here: <code>offair env</code> prints the keys of an organisation that is there already."


@operation("GET /playout/{id}")
def get_playout(call: Call) -> Reply:
    """Give a page that plays a stream, or what was kept of it."""
    quality = rules.find_quality(call.world, as_written(call.path["id"]))
    return Reply(200, page.player(quality, call.addresses, call.query), media_type=HTML)


@operation("GET /doc/")
def get_documentation(_call: Call) -> Reply:
    """Say where the API is described."""
    return Reply(200, page.plain("Bintu", DOCUMENTS), media_type=HTML)


@operation("GET /signup")
def get_signup(_call: Call) -> Reply:
    """Say that nobody has to sign up."""
    return Reply(200, page.plain("Bintu", ACCOUNTS), media_type=HTML)
