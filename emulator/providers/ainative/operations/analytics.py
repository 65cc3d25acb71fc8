"""Numbers of a stream and of the caller's channel, and their exports."""

from typing import Any

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.people import BONDS
from offair.emulator.providers.ainative.operations.register import me, operation, own_show
from offair.emulator.providers.ainative.rules import analytics as rules
from offair.emulator.providers.ainative.rules.analytics import Airing
from offair.emulator.providers.ainative.wire import numbers as wire
from offair.emulator.providers.ainative.wire import reading, tables

DAYS, TOP = 30, 10


def _own(call: Call) -> Airing:
    return rules.broadcast(call.world, own_show(call), call.switches)


def _channel(call: Call) -> list[Airing]:
    return rules.channel(call.world, me(call).id, call.switches)


def _days(call: Call) -> int:
    return reading.number(call.query, "days", DAYS)


@operation("GET /streams/{stream_id}/analytics")
def stream_numbers(call: Call) -> Reply:
    """Sum up a stream."""
    return Reply(200, wire.show_summary(_own(call)))


@operation("GET /streams/{stream_id}/analytics/viewers")
def viewer_timeline(call: Call) -> Reply:
    """Show viewers over time."""
    return Reply(200, wire.show_timeline(_own(call), reading.interval(call.query)))


@operation("GET /streams/{stream_id}/analytics/chat")
def chat_numbers(call: Call) -> Reply:
    """Sum up what was said."""
    return Reply(200, wire.show_chat(_own(call)))


@operation("GET /streams/{stream_id}/analytics/geography")
def stream_geography(call: Call) -> Reply:
    """Tell where a stream was watched."""
    return Reply(200, wire.show_geography(_own(call)))


@operation("GET /streams/{stream_id}/analytics/export")
def export_numbers(call: Call) -> Reply:
    """Give a stream's numbers as a file."""
    return _file(call, [_own(call)], "stream-analytics")


@operation("GET /streams/analytics/channel")
def channel_numbers(call: Call) -> Reply:
    """Sum up the channel."""
    return Reply(200, wire.show_channel(_channel(call), call.world.count(BONDS, followed=me(call).id)))


@operation("GET /streams/analytics/channel/growth")
def channel_growth(call: Call) -> Reply:
    """Show followers day by day."""
    return Reply(200, wire.show_growth(*rules.new_followers(call.world, me(call).id, _days(call))))


@operation("GET /streams/analytics/channel/viewer-growth")
def viewer_growth(call: Call) -> Reply:
    """Show viewers day by day."""
    found = _channel(call)
    rows = rules.viewers_by_day(call.world, found, _days(call))
    return Reply(200, wire.show_viewer_growth(rows, rules.viewers_since(found, rows[0][0])))


@operation("GET /streams/analytics/channel/top-streams")
def top_streams(call: Call) -> Reply:
    """List the best streams."""
    metric = call.query.get("metric", wire.BEST)
    return Reply(200, wire.show_top(_channel(call), metric, reading.number(call.query, "limit", TOP)))


@operation("GET /streams/analytics/channel/best-times")
def best_times(call: Call) -> Reply:
    """Tell when most watch."""
    return Reply(200, wire.show_best_times(rules.best_times(_channel(call))))


@operation("GET /streams/analytics/channel/audience")
def channel_audience(call: Call) -> Reply:
    """Tell who watches."""
    return Reply(200, wire.show_audience(_channel(call)))


@operation("GET /streams/analytics/channel/categories")
def channel_categories(call: Call) -> Reply:
    """Sum up by category."""
    return Reply(200, wire.show_by_category(rules.by_category(_channel(call))))


@operation("GET /streams/analytics/channel/revenue")
def channel_revenue(_call: Call) -> Reply:
    """Tell that nobody pays."""
    return Reply(200, wire.show_revenue())


@operation("GET /streams/analytics/channel/export")
def export_channel(call: Call) -> Reply:
    """Give the channel's numbers as a file."""
    return _file(call, _channel(call), "channel-analytics")


def _file(call: Call, found: list[Airing], name: str) -> Reply:
    form = call.query.get("format", "csv")
    headers = tables.attachment(f"{name}.{form}")
    rows: list[dict[str, Any]] = [wire.show_exported(one) for one in found]
    if form == "json":
        return Reply(200, rows, headers)
    return Reply(200, tables.write(rows), headers, f"{tables.CSV}; charset=utf-8")
