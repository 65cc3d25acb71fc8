"""Planted faults: servers that forget, confuse tenants, let strangers in, lose pages and miscount."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from planted import Answered

from offair.contracts.checks.pages import paging_of
from offair.contracts.checks.resources import listed


def _remember_owner(asked, answer):
    if asked.is_make and answer.is_good:
        answer.thing(lambda row: asked.memory.__setitem__(row.get("id"), asked.credentials))


def _as_owner(asked):
    owner = asked.memory.get(asked.thing)
    if owner is not None and asked.credentials:
        asked.become(owner)


def another_tenant_reads(asked):
    if asked.is_look:
        _as_owner(asked)
    answer = asked.proceed()
    _remember_owner(asked, answer)
    return answer


def another_tenant_acts(asked):
    if asked.thing and asked.method != "GET" and not asked.is_delete:
        _as_owner(asked)
    answer = asked.proceed()
    _remember_owner(asked, answer)
    return answer


def another_tenant_deletes(asked):
    if asked.is_delete:
        _as_owner(asked)
    answer = asked.proceed()
    _remember_owner(asked, answer)
    return answer


def everybody_lists_everything(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        rows = asked.memory.setdefault("rows", {})
        rows.update({row.get("id"): row for row in listed(answer.value) or ()})
        return answer.rows(lambda _: [*rows.values()])
    return answer


def what_is_deleted_is_still_shown(asked):
    if asked.is_look and asked.memory.get(("gone", asked.thing)):
        return asked.memory["seen", asked.thing]
    answer = asked.proceed()
    if asked.is_look and answer.is_good:
        asked.memory["seen", asked.thing] = answer
    if asked.is_delete and answer.is_good and ("seen", asked.thing) in asked.memory:
        asked.memory["gone", asked.thing] = True
    return answer


def what_is_deleted_is_still_listed(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        whose = asked.query, str(asked.credentials)
        kept = asked.memory.setdefault(whose, {})
        kept.update({row.get("id"): row for row in listed(answer.value) or ()})
        return answer.rows(lambda _: [*kept.values()])
    return answer


def a_deletion_does_nothing(asked):
    if asked.is_delete:
        asked.environ["REQUEST_METHOD"] = "GET"
        answer = asked.proceed()
        return Answered(204 if asked.site.cloud != "bintu" else 200, [], b"") if answer.is_good else answer
    return asked.proceed()


def what_is_deleted_takes_orders(asked):
    answer = asked.proceed()
    if asked.is_delete and answer.is_good:
        asked.memory["gone", asked.thing] = True
    if asked.is_stop and asked.memory.get(("gone", asked.thing)):
        return asked.memory.get("stopped", Answered(200, [("Content-Type", "application/json")], b"{}"))
    if asked.is_stop and answer.is_good:
        asked.memory["stopped"] = answer
    return answer


def what_is_made_is_lost(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        asked.memory["made"] = asked.memory.get("made", 0) + 1
        if asked.memory["made"] % 3 == 0:
            answer.thing(lambda row: asked.memory.update({("lost", row.get("id")): True}))
    if asked.is_look and asked.memory.get(("lost", asked.thing)):
        asked.environ["PATH_INFO"] = asked.environ["PATH_INFO"][:-1] + "0"
        return asked.proceed()
    return answer


def a_stop_does_nothing(asked):
    if asked.is_stop:
        if "stopped" in asked.memory:
            return asked.memory["stopped"]
        asked.memory["stopped"] = asked.proceed()
        return asked.memory["stopped"]
    return asked.proceed()


def what_is_stopped_never_rests(asked):
    answer = asked.proceed()
    if asked.is_stop and answer.is_good:
        asked.memory["stopping", asked.thing] = True
    if asked.is_look and answer.is_good and asked.memory.get(("stopping", asked.thing)):
        return answer.thing(lambda row: row.update({n: "stopping" for n in ("status", "state") if n in row}))
    return answer


def a_stop_leaves_it_on_air(asked):
    answer = asked.proceed()
    if asked.is_stop and answer.is_good:
        asked.memory["on", asked.thing] = True
    if asked.is_look and answer.is_good and asked.memory.get(("on", asked.thing)):
        return answer.thing(lambda row: row.update({n: "live" for n in ("status", "state") if n in row}))
    return answer


def every_page_is_the_first(asked):
    paging = paging_of(asked.site.kind.listing)
    if asked.is_list:
        said = dict(parse_qsl(asked.query))
        if paging.page in said:
            said[paging.page] = "0" if paging.is_offset else "1"
            asked.environ["QUERY_STRING"] = urlencode(said)
    return asked.proceed()


def pages_overlap_by_one(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        rows = listed(answer.value) or []
        last = asked.memory.get("last")
        asked.memory["last"] = rows[-1] if rows else None
        if last is not None and len(rows) == _size(asked) > 1 and last not in rows:
            return answer.rows(lambda rows: [last, *rows[:-1]])
    return answer


def a_full_page_loses_its_last(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good and len(listed(answer.value) or ()) == _size(asked):
        return answer.rows(lambda rows: rows[:-1])
    return answer


def pages_have_no_order(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good and _size(asked):
        asked.memory["n"] = asked.memory.get("n", 0) + 1
        return answer.rows(lambda rows: rows[:: -1 if asked.memory["n"] % 2 else 1])
    return answer


def pages_have_any_size(asked):
    paging = paging_of(asked.site.kind.listing)
    if asked.is_list:
        said = dict(parse_qsl(asked.query))
        if said.pop(paging.size, None):
            asked.environ["QUERY_STRING"] = urlencode(said)
    return asked.proceed()


def _size(asked):
    paging = paging_of(asked.site.kind.listing)
    said = dict(parse_qsl(asked.query)).get(paging.size, "0")
    return int(said) if said.isdigit() else 0


def reading_changes_it(asked):
    answer = asked.proceed()
    if asked.is_look and answer.is_good:
        asked.memory["n"] = asked.memory.get("n", 0) + 1
        return answer.thing(lambda row: row.update(name=f"read {asked.memory['n']}", title=f"read {asked.memory['n']}"))
    return answer


def a_list_is_another_each_time(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        asked.memory["n"] = asked.memory.get("n", 0) + 1
        return answer.rows(lambda rows: rows[:: -1 if asked.memory["n"] % 2 else 1])
    return answer


def nobody_is_asked_who_they_are(asked):
    if not asked.credentials:
        asked.become(asked.ours)
    return asked.proceed()


def one_operation_asks_nobody(asked):
    if (asked.is_list or asked.is_delete or asked.is_stop) and not asked.credentials:
        asked.become(asked.ours)
    return asked.proceed()


def any_key_will_do(asked):
    known = asked.memory.setdefault("known", set())
    shown = tuple(sorted(asked.credentials.items()))
    if shown and shown not in known:
        answer = asked.proceed()
        if answer.status not in {401, 403}:
            known.update({shown} if asked.operation is not None and not asked.operation.is_open else ())
            return answer
        asked.become(asked.ours)
    return asked.proceed()


def a_good_key_is_refused_at_times(asked):
    answer = asked.proceed()
    if asked.credentials and asked.is_look and answer.is_good:
        return Answered(401, answer.headers, b'{"success": false, "code": "X", "message": "no", "detail": "no"}')
    return answer


def one_more_than_the_limit(asked):
    """The eleventh is counted as a call of another's."""
    answer = asked.proceed()
    if answer.status == 429 and not asked.memory.get("let"):
        asked.memory["let"] = True
        return Answered(201, answer.headers, asked.memory.get("made", b"{}"))
    if asked.is_make and answer.is_good:
        asked.memory["made"] = answer.content
    return answer


def one_fewer_than_the_limit(asked):
    answer = asked.proceed()
    if asked.is_make:
        counted = asked.memory.setdefault(str(asked.credentials), [0])
        counted[0] += answer.is_good
        if counted[0] == 10 and answer.is_good:
            return Answered(429, [*answer.headers, ("Retry-After", "60")], json.dumps({"detail": "no"}).encode())
    return answer


def the_limit_is_everybodys(asked):
    """A count of the process, not of each tenant: who comes second is refused early."""
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        calls = asked.memory.setdefault("calls", [])
        calls.append(str(asked.credentials))
        if len(set(calls)) > 1 and len(calls) > 10:
            return Answered(429, [*answer.headers, ("Retry-After", "60")], json.dumps({"detail": "no"}).encode())
    return answer


def nobody_is_told_to_wait(asked):
    answer = asked.proceed()
    if answer.status == 429:
        return Answered(429, [(n, v) for n, v in answer.headers if n.lower() != "retry-after"], answer.content)
    return answer


def who_waits_waits_in_vain(asked):
    answer = asked.proceed()
    if answer.status == 429:
        kept = [(n, v) for n, v in answer.headers if n.lower() != "retry-after"]
        return Answered(429, [*kept, ("Retry-After", "1")], answer.content)
    return answer


def there_is_no_limit(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        asked.memory["made"] = answer
    return asked.memory.get("made", answer) if answer.status == 429 else answer


def what_is_refused_is_made_all_the_same(asked):
    answer = asked.proceed()
    if asked.is_make and asked.body and answer.status in {400, 422}:
        asked.say(json.dumps(asked.site.good).encode())
        asked.environ["CONTENT_TYPE"] = "application/json"
        asked.proceed()
    return answer


def what_an_account_is_told_is_forgotten(asked):
    answer = asked.proceed()
    if asked.method == "GET" and asked.path.endswith("/organisation") and answer.is_good:
        return answer.saying({**answer.value, "webhook": None})
    return answer


def a_lock_does_nothing(asked):
    answer = asked.proceed()
    return replace(answer, content=answer.content.replace(b'"locked"', b'"created"'))


def one_of_two_words_will_do(asked):
    words = parse_qsl(asked.query)
    if asked.is_list and len(words) > 1 and len({name for name, _ in words}) == 1:
        asked.environ["QUERY_STRING"] = urlencode(words[:1])
    return asked.proceed()
