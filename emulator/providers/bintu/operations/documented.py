"""What the main API documents, and what all of its operations share: finding a stream, and showing it."""

from offair.contracts.contract import promise
from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.recordings import RECORDINGS
from offair.emulator.core.tenants import Tenant
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import guarding, rules
from offair.emulator.providers.bintu.errors import JSON
from offair.emulator.providers.bintu.nouns import CLOUD, Group, Quality
from offair.emulator.providers.bintu.people import organisation_of
from offair.emulator.providers.bintu.wire import asking, streams

operation = Operations(promise(CLOUD))
PLAYER = "playerKey"


def said(body: object) -> Reply:
    """Answer 200, as everything does."""
    return Reply(200, body, media_type=JSON)


def own(call: Call) -> tuple[Group, Quality]:
    """Find the stream and the rendition of the caller's that a path names; Declined for anybody else's."""
    return _found(call, call.tenant)


def anybodys(call: Call) -> tuple[Group, Quality]:
    """Find the stream and the rendition that a path names, whosesoever; Unauthorized where strangers may not look."""
    group, quality = _found(call, None)
    if call.caller is None and call.switches.secure_reads and guarding.is_guarded(group.stream, call.switches):
        raise Unauthorized("this stream is secure, and you said nothing about who you are", is_missing=True)
    return group, quality


def changed(call: Call, group: Group) -> Reply:
    """Show a stream after a change, in the rendition that the path names."""
    named = as_written(call.path["id"])
    chosen = next((quality for quality in group.qualities if quality.id == named and quality.index), None)
    return said(shown(call, group, chosen=chosen))


def shown(call: Call, group: Group, *, chosen: Quality | None = None, is_public: bool = False) -> streams.JSON:
    """Show a stream to who calls: all of it to its own people, and what everybody may see to others."""
    tenant = call.caller.tenant if call.caller else None
    is_own = tenant is not None and tenant.id == group.stream.tenant and not is_public
    return streams.show_stream(
        group,
        call.addresses,
        chosen=chosen,
        recordings=call.world.find(RECORDINGS, stream=group.stream.id),
        limit=asking.read_asset_limit(call.query),
        is_own=is_own and call.caller is not None and call.caller.kind != PLAYER,
        shows_vod=organisation_of(call.world, group.stream.tenant).is_vod_public,
        is_secure=guarding.is_guarded(group.stream, call.switches),
    )


def _found(call: Call, tenant: Tenant | None) -> tuple[Group, Quality]:
    quality = rules.find_quality(call.world, as_written(call.path["id"]), tenant=tenant)
    return rules.group_of(call.world, quality.stream), quality
