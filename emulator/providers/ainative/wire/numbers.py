"""Numbers of streams and channels as AINative shows them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.providers.ainative.nouns.shows import Category
from offair.emulator.providers.ainative.rules import analytics, numbers
from offair.emulator.providers.ainative.rules.analytics import Airing
from offair.emulator.providers.ainative.rules.people import DAYS
from offair.emulator.providers.ainative.rules.seeing import Seen
from offair.emulator.providers.ainative.wire.streams import at

JSON = dict[str, Any]
BEST = "peak_viewers"
NO_MONEY = "Nobody pays here: this stand-in has no revenue."


def show_summary(one: Airing) -> JSON:
    """Write what came of a stream."""
    return {
        "stream_id": one.show.id,
        "total_views": len(one.stints),
        "unique_viewers": len(analytics.strangers([one])),
        "peak_concurrent_viewers": one.peak,
        "average_concurrent_viewers": one.average,
        "total_watch_time_minutes": round(one.watched / 60, 2),
        "chat_messages_total": len(one.remarks),
        "unique_chatters": len({remark.person for remark in one.remarks}),
    }


def show_timeline(one: Airing, minutes: int) -> JSON:
    """Write viewers over time."""
    points = numbers.timeline(one.stints, one.begins, one.ends, minutes * 60)
    timeline = [{"timestamp": rfc3339(moment), "viewer_count": count} for moment, count in points]
    return {"stream_id": one.show.id, "interval_minutes": minutes, "timeline": timeline}


def show_chat(one: Airing) -> JSON:
    """Write what was said how often."""
    a_minute, fullest = numbers.a_minute([remark.at for remark in one.remarks], one.seconds)
    busy = analytics.chatters(one.remarks)
    return {
        "total_messages": len(one.remarks),
        "unique_chatters": len({remark.person for remark in one.remarks}),
        "messages_per_minute": a_minute,
        "peak_messages_per_minute": fullest,
        "most_active_chatters": [{"username": name, "message_count": count} for name, count in busy],
    }


def show_geography(one: Airing) -> JSON:
    """Write where a stream was watched."""
    return {"stream_id": one.show.id, "geographic_breakdown": _countries([one])}


def show_public(found: Sequence[Airing], followers: int) -> JSON:
    """Write what everybody may know of a channel."""
    return {
        "total_streams": len(found),
        "total_hours_streamed": analytics.hours(found),
        "avg_viewers": analytics.mean_viewers(found),
        "follower_count": followers,
    }


def show_channel(found: Sequence[Airing], followers: int) -> JSON:
    """Write what came of a channel."""
    return {
        "total_streams": len(found),
        "completed_streams": sum(one.is_over for one in found),
        "total_hours_streamed": analytics.hours(found),
        "avg_viewers_per_stream": analytics.mean_viewers(found),
        "max_peak_viewers": max((one.peak for one in found), default=0),
        "total_unique_viewers": len(analytics.strangers(found)),
        "follower_count": followers,
    }


def show_growth(rows: Sequence[tuple[float, int, int]], earlier: int) -> JSON:
    """Write followers day by day."""
    fresh = sum(row[1] for row in rows)
    return {
        "timeline": [
            {"date": rfc3339(day)[:10], "new_followers": new, "total_followers": total} for day, new, total in rows
        ],
        "period_days": len(rows),
        "total_new_followers": fresh,
        "growth_rate_percent": round(100 * fresh / earlier, 2) if earlier else 0.0,
    }


def show_viewer_growth(rows: Sequence[tuple[float, int, int, float]], strangers: int) -> JSON:
    """Write viewers day by day."""
    return {
        "timeline": [
            {"date": rfc3339(day)[:10], "total_views": views, "unique_viewers": unique, "avg_peak_viewers": peak}
            for day, views, unique, peak in rows
        ],
        "period_days": len(rows),
        "total_views": sum(row[1] for row in rows),
        "total_unique_viewers": strangers,
    }


METRICS: Mapping[str, Callable[[Airing], float]] = {
    "peak_viewers": lambda one: one.peak,
    "total_views": lambda one: len(one.stints),
    "duration": lambda one: one.seconds,
    "chat_messages": lambda one: len(one.remarks),
    "total_messages": lambda one: len(one.remarks),
}


def show_top(found: Sequence[Airing], metric: str, limit: int) -> list[JSON]:
    """Write the best streams by one of the metrics."""
    best = sorted(found, key=METRICS[metric], reverse=True)[:limit]
    return [show_row(one) for one in best]


def show_row(one: Airing) -> JSON:
    """Write a stream among others."""
    return {
        "id": one.show.id,
        "title": one.title,
        "description": one.show.description,
        "peak_viewers": one.peak,
        "duration_seconds": int(one.seconds),
        "total_views": len(one.stints),
        "total_messages": len(one.remarks),
        "category": _name(one.category),
        "started_at": at(one.show.started_at),
        "ended_at": at(one.show.ended_at),
    }


def show_exported(one: Airing) -> JSON:
    """Write all numbers of a stream in one row."""
    row = {**show_row(one), **show_summary(one)}
    category = row.pop("category")
    return {**row, "category": category["slug"] if category else None}


def show_best_times(rows: Sequence[tuple[int, int, float, int]]) -> JSON:
    """Write when most watch."""
    times = [
        {"day_of_week": day, "day_name": DAYS[day], "hour_of_day": hour, "avg_viewers": mean, "stream_count": count}
        for day, hour, mean, count in rows
    ]
    return {"best_times": times, "timezone": "UTC"}


def show_audience(found: Sequence[Airing]) -> JSON:
    """Write who watches a channel."""
    known = {stint.who: stint.is_known for one in found for stint in one.stints}
    visits = sum(len(one.stints) for one in found)
    watched = sum(one.watched for one in found)
    return {
        "geographic_breakdown": _countries(found),
        "viewer_type_breakdown": {
            "authenticated": sum(known.values()),
            "anonymous": len(known) - sum(known.values()),
        },
        "avg_watch_time_minutes": round(watched / 60 / visits, 2) if visits else 0.0,
    }


def show_by_category(rows: Sequence[tuple[Category | None, list[Airing]]]) -> list[JSON]:
    """Write what came of each category."""
    return [
        {
            "category_id": category.id if category else None,
            "category_name": category.name if category else "Uncategorized",
            "stream_count": len(found),
            "avg_peak_viewers": round(sum(one.peak for one in found) / len(found), 2),
            "total_hours": analytics.hours(found),
        }
        for category, found in rows
    ]


def show_revenue() -> JSON:
    """Write what was earned."""
    return {"total_revenue": 0, "this_month_revenue": 0, "revenue_sources": {}, "note": NO_MONEY}


def show_quick(counts: tuple[int, int, int], seconds: float, fresh: tuple[int, int]) -> JSON:
    """Write the latest numbers: viewers and followers of a day, a week and a month."""
    return {
        "today_viewers": counts[0],
        "weekly_viewers": counts[1],
        "monthly_viewers": counts[2],
        "avg_stream_duration": round(seconds),
        "new_followers_today": fresh[0],
        "new_followers_week": fresh[1],
    }


def show_current(seen: Seen) -> JSON:
    """Write the stream that somebody has at the moment."""
    return {
        "id": seen.show.id,
        "title": seen.stream.name,
        "status": seen.phase,
        "viewer_count": seen.viewers,
        "peak_viewers": seen.show.peak,
        "started_at": at(seen.show.started_at),
        "category": _name(seen.category),
    }


def show_overview(
    current: JSON | None, recent: list[JSON], counts: tuple[int, int], more: tuple[list[JSON], ...]
) -> JSON:
    """Write a channel at a glance; ``counts`` are followers and views, ``more`` what is planned and what is told."""
    return {
        "current_stream": current,
        "recent_streams": recent,
        "follower_count": counts[0],
        "total_views": counts[1],
        "upcoming_schedule": more[0],
        "notifications": more[1],
    }


def _countries(found: Sequence[Airing]) -> list[JSON]:
    where = {stint.who: stint.country for one in found for stint in one.stints}
    return [
        {"country_code": country, "viewer_count": count, "percentage": share}
        for country, count, share in numbers.shares(where.values())
    ]


def _name(category: Category | None) -> JSON | None:
    return {"name": category.name, "slug": category.slug} if category else None
