"""The tags of an organisation."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import labels
from offair.emulator.providers.bintu.operations.documented import operation, said


@operation("GET /tag")
def list_tags(call: Call) -> Reply:
    """List tags by name."""
    return _tags(call)


@operation("GET /tag/recent")
def list_recent_tags(call: Call) -> Reply:
    """List tags, the one that was used last first."""
    return said(labels.tags_of(call.world, call.tenant.id, by_use=True))


@operation("POST /tag")
def create_tag(call: Call) -> Reply:
    """Have a tag before a stream does."""
    labels.use(call.world, call.tenant.id, [call.body["name"]])
    return _tags(call)


@operation("PUT /tag/{tag}")
def edit_tag(call: Call) -> Reply:
    """Call a tag otherwise."""
    labels.rename(call.world, call.tenant.id, call.path["tag"], call.body["name"])
    return _tags(call)


@operation("DELETE /tag/{tag}")
def delete_tag(call: Call) -> Reply:
    """Take a tag away."""
    labels.remove(call.world, call.tenant.id, call.path["tag"])
    return _tags(call)


def _tags(call: Call) -> Reply:
    return said(labels.tags_of(call.world, call.tenant.id))
