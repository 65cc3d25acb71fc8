from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.limits import Limit, judge, spend
from offair.emulator.core.tenants import Caller, Tenant
from offair.emulator.core.world import World

LIMITS = st.builds(Limit, st.integers(0, 5), st.floats(0.5, 20))
STEPS = st.lists(st.floats(0, 5), max_size=40)


def _run(limit, steps):
    """Call after each pause; list (moment, verdict)."""
    now, moments, seen = 0.0, (), []
    for step in steps:
        now += step
        verdict = judge(limit, moments, now)
        moments = verdict.moments
        seen.append((now, verdict))
    return seen


@given(LIMITS, STEPS)
def test_no_window_ever_holds_more_calls_than_allowed(limit, steps):
    allowed = [now for now, verdict in _run(limit, steps) if verdict.is_allowed]

    assert all(sum(start - limit.seconds < other <= start for other in allowed) <= limit.calls for start in allowed)


@given(LIMITS, STEPS)
def test_a_call_is_refused_only_when_its_window_is_full(limit, steps):
    seen = _run(limit, steps)
    allowed = [now for now, verdict in seen if verdict.is_allowed]
    refused = [now for now, verdict in seen if not verdict.is_allowed]

    assert all(sum(now - limit.seconds < other <= now for other in allowed) >= limit.calls for now in refused)


@given(LIMITS.filter(lambda limit: limit.calls > 0), STEPS)
def test_waiting_as_told_is_enough(limit, steps):
    for now, verdict in _run(limit, steps):
        if not verdict.is_allowed:
            later = judge(limit, verdict.moments, now + verdict.retry_after + 1e-6)

            assert later.is_allowed


def _caller(tenant, user=None):
    return Caller(tenant=Tenant(id=tenant, cloud="toy", name=tenant), kind="key", user=user)


def test_a_window_runs_on_the_clouds_clock():
    world = World()
    world.clock.freeze(at=0.0)
    limit = Limit(1, 60.0)
    first = spend(world, limit, caller=_caller("t"), what="create").is_allowed
    second = spend(world, limit, caller=_caller("t"), what="create").is_allowed
    world.clock.advance(60.0)
    third = spend(world, limit, caller=_caller("t"), what="create").is_allowed
    world.close()

    assert (True, False, True) == (first, second, third)


def test_tenants_do_not_share_a_window():
    world = World()
    world.clock.freeze(at=0.0)
    verdicts = [spend(world, Limit(1, 60.0), caller=_caller(tenant), what="create").is_allowed for tenant in "ab"]
    world.close()

    assert [True, True] == verdicts


def _spend_as(users, by):
    world = World()
    world.clock.freeze(at=0.0)
    limit = Limit(1, 60.0, by=by)
    verdicts = [spend(world, limit, caller=_caller("t", user), what="create").is_allowed for user in users]
    world.close()
    return verdicts


def test_users_share_a_tenants_window():
    assert [True, False] == _spend_as(["ann", "bob"], "tenant")


def test_users_have_windows_of_their_own_where_the_limit_says_so():
    assert [True, True, False] == _spend_as(["ann", "bob", "ann"], "user")


def test_who_is_no_user_spends_as_the_tenant():
    assert [True, False] == _spend_as([None, None], "user")
