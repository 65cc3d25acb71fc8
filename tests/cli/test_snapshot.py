"""Snapshots as files: saved and loaded, and from one start to the next."""

import json
import stat

import httpx


def _ids(serving):
    answer = httpx.get(f"{serving.cloud['base_url']}/streams", headers=serving.cloud["headers"])
    return [stream["id"] for stream in answer.json()["data"]]


def test_what_was_saved_comes_back(run, serve_here, tmp_path):
    serving = serve_here()
    stream, file = serving.create(), tmp_path / "kept.offair"
    saved = run("snapshot", "save", str(file), "--url", serving.url)
    serving.create()
    loaded = run("snapshot", "load", str(file), "--url", serving.url)

    assert (0, 0, [stream["id"]]) == (saved.code, loaded.code, _ids(serving))
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_a_start_goes_on_where_the_last_one_ended(serve_until, tmp_path):
    options = [part for option in ("--import", "--export-on-exit") for part in (option, str(tmp_path / "kept.offair"))]
    seen = []
    serve_until(lambda serving: seen.append((serving.create()["id"], serving.cloud["credentials"])), *options)
    serve_until(lambda serving: seen.append((*_ids(serving), serving.cloud["credentials"])), *options)

    assert 2 == len(seen)
    assert seen[0] == seen[1]


def test_a_file_that_is_not_there_ends_the_start_with_a_sentence(run):
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--import", "nowhere.offair")

    assert (1, True) == (ended.code, "nowhere.offair: No such file" in ended.sentence)


def test_what_is_no_snapshot_ends_the_start_with_a_sentence(run, tmp_path):
    (tmp_path / "rubbish").write_text("rubbish")
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--import", "rubbish")

    assert (1, True) == (ended.code, "rubbish is no snapshot" in ended.sentence)


def test_what_is_no_snapshot_is_not_loaded(run, serving, tmp_path):
    (tmp_path / "rubbish").write_text("rubbish")
    ended = run("snapshot", "load", "rubbish", "--url", serving.url)

    assert (1, True) == (ended.code, "this is no snapshot" in ended.sentence)


def test_a_folder_that_is_not_there_is_told(run, serving):
    ended = run("snapshot", "save", "nowhere/kept", "--url", serving.url)

    assert (1, True) == (ended.code, "choose another file" in ended.sentence)


def test_a_hook_is_sent_again_with_another_body(run, serving, tmp_path):
    (tmp_path / "edited.json").write_text('{"event": "edited"}')
    inbox = serving.ask("/inbox")["url"]
    stream = serving.create()
    triggered = run("hooks", "trigger", "stream.started", stream["id"], "--to", inbox, "--url", serving.url)
    (hook,) = json.loads(run("hooks", "--stream", stream["id"], "--json", "--url", serving.url).out)
    sent = run("hooks", "resend", hook["id"], "--body", "edited.json", "--url", serving.url)
    caught = serving.ask("/inbox")["caught"]

    assert (0, 0, '{"event": "edited"}') == (triggered.code, sent.code, caught[-1]["body"])
