"""Planted faults: answers of the wrong shape, and servers that take or refuse the wrong things."""

import json

from planted import Answered, is_allowed


def another_status_of_a_creation(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return Answered(200 if answer.status == 201 else 201, answer.headers, answer.content)
    return answer


def a_look_lacks_a_state(asked):
    answer = asked.proceed()
    if asked.is_look and answer.is_good:
        return answer.thing(lambda row: [row.pop(name, None) for name in ("status", "state")])
    return answer


def a_row_lacks_a_moment(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        return answer.rows(lambda rows: [{n: v for n, v in row.items() if n != "created_at"} for row in rows])
    return answer


def a_made_thing_has_a_number_for_an_id(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return answer.thing(lambda row: row.update(id=12345678))
    return answer


def a_moment_is_a_number(asked):
    answer = asked.proceed()
    if asked.is_look and answer.is_good:
        return answer.thing(lambda row: row.update(created_at=1777198530))
    return answer


def a_state_is_none_that_is_documented(asked):
    answer = asked.proceed()
    if asked.is_look and answer.is_good:
        return answer.thing(lambda row: row.update({n: "ready-ish" for n in ("status", "state") if n in row}))
    return answer


def a_row_has_null_for_its_state(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        return answer.rows(lambda rows: [row | {n: None for n in ("status", "state") if n in row} for row in rows])
    return answer


def an_error_has_another_shape(asked):
    answer = asked.proceed()
    return answer.saying({"errors": ["no"]}) if answer.status in {400, 404, 422} else answer


def an_error_is_a_page(asked):
    answer = asked.proceed()
    return Answered(404, [("Content-Type", "text/html")], b"<h1>Not Found</h1>") if answer.status == 404 else answer


def nothing_says_what_it_is(asked):
    return asked.proceed().typed("text/plain")


def a_list_comes_bare_or_wrapped(asked):
    answer = asked.proceed()
    if asked.is_list and answer.is_good:
        value = answer.value
        return answer.saying({"items": value} if isinstance(value, list) else value.get("data", []))
    return answer


def an_unknown_thing_is_a_bad_request(asked):
    answer = asked.proceed()
    if asked.is_look and answer.status == 404:
        return Answered(418, answer.headers, answer.content)
    return answer


def it_fails_at_letters_beyond_latin(asked):
    if any(byte > 0xC4 for byte in asked.body):
        return Answered(500, [("Content-Type", "application/json")], b'{"message": "oops"}')
    return asked.proceed()


def it_fails_at_what_is_no_json(asked):
    answer = asked.proceed()
    try:
        json.loads(asked.body or b"null")
    except ValueError:
        return Answered(500, [("Content-Type", "application/json")], b'{"message": "oops"}')
    return answer


def it_fails_at_an_unknown_thing(asked):
    answer = asked.proceed()
    return Answered(500, answer.headers, answer.content) if asked.is_delete and answer.status == 404 else answer


def it_takes_what_is_forbidden(asked):
    if asked.is_make and not is_allowed(asked):
        body = asked.site.good
        asked.say(json.dumps(body).encode())
        asked.environ["CONTENT_TYPE"] = "application/json"
    return asked.proceed()


def it_takes_texts_of_any_length(asked):
    return _repaired(asked, lambda value: value[:50] if isinstance(value, str) else value)


def it_takes_numbers_for_texts(asked):
    wanted = asked.site.good if asked.is_make else {}
    return _repaired(asked, lambda value: str(value) if type(value) is int and wanted else value)


def _repaired(asked, repair):
    if asked.is_make and not is_allowed(asked):
        try:
            body = json.loads(asked.body)
        except ValueError:
            return asked.proceed()
        if isinstance(body, dict):
            asked.say(json.dumps({name: repair(value) for name, value in body.items()}).encode())
    return asked.proceed()


def it_does_without_what_is_required(asked):
    if asked.is_make and not is_allowed(asked):
        try:
            body = json.loads(asked.body)
        except ValueError:
            return asked.proceed()
        if isinstance(body, dict):
            asked.say(json.dumps({**asked.site.good, **body}).encode())
    return asked.proceed()


def it_refuses_an_allowed_member(asked):
    answer = asked.proceed()
    if (
        asked.is_make
        and answer.is_good
        and any(name in asked.body for name in (b'"description"', b'"tags"', b'"meta"'))
    ):
        return _refusal(asked, answer)
    return answer


def it_refuses_an_allowed_value(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good and any(name in asked.body for name in (b"audio", b"category", b"webrtc")):
        return _refusal(asked, answer)
    return answer


def _refusal(asked, answer):
    said = {
        "tenbyte": {"success": False, "code": "VALIDATION_ERROR", "message": "no",
                    "errors": [{"code": "x", "message": "y"}]},
        "bintu": {"error": {"message": "no", "code": 1004}},
        "ainative": {"detail": [{"type": "x", "loc": ["body"], "msg": "no"}]},
    }[asked.site.cloud]  # fmt: skip
    return Answered(400 if asked.site.cloud == "bintu" else 422, answer.headers, json.dumps(said).encode())


def a_wrong_method_is_not_found(asked):
    answer = asked.proceed()
    return Answered(404, answer.headers, answer.content) if answer.status == 405 else answer


def a_wrong_method_is_taken_for_a_get(asked):
    if asked.found is None and asked.method in {"PATCH", "PUT", "TRACE", "QUERY"}:
        asked.environ["REQUEST_METHOD"] = "GET"
    return asked.proceed()


def nobody_says_which_methods_are_allowed(asked):
    answer = asked.proceed()
    return Answered(answer.status, [(n, v) for n, v in answer.headers if n.lower() != "allow"], answer.content)


def any_path_is_fine(asked):
    answer = asked.proceed()
    is_stray = answer.status == 404 and asked.found is None
    return Answered(200, [("Content-Type", "application/json")], b"{}") if is_stray else answer


def what_is_made_has_another_name(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return answer.thing(
            lambda row: row.update({n: row[n].upper()[:20] for n in ("name", "title") if isinstance(row.get(n), str)})
        )
    return answer


def moments_are_an_hour_ahead(asked):
    answer = asked.proceed()
    if (asked.is_look or asked.is_make) and answer.is_good:
        return answer.thing(lambda row: row.update(created_at=_shifted(row.get("created_at"), 1)))
    return answer


def moments_are_an_hour_ago(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return answer.thing(lambda row: row.update(created_at=_shifted(row.get("created_at"), -1)))
    return answer


def _shifted(moment, hours):
    from datetime import datetime, timedelta

    shifted = datetime.fromisoformat(moment) + timedelta(hours=hours)
    form = "%Y-%m-%dT%H:%M:%S.000Z" if "." in moment else "%Y-%m-%dT%H:%M:%SZ"
    return shifted.strftime(form)
