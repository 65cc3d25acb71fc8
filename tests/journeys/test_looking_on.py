"""Looking at a stream over the control surface: it plays, and nobody is a viewer."""

import io

import av
import httpx
import pytest
from judging import BUSY

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
X264_AND_AAC = 'video/mp4; codecs="avc1.'


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(name="look")
def _look(emulator, live):
    """Look for so many bytes, and give the answer's header and those."""

    def look(size=100_000, **query):
        url = f"{emulator.ready()['control_url']}/watch/{live['id']}"
        with httpx.stream("GET", url, params=query, timeout=30.0) as answer:
            seen = b""
            for piece in answer.iter_bytes():
                seen += piece
                if len(seen) > size:
                    break
            return answer.headers, seen

    return look


def test_what_is_shown_plays_and_says_with_which_codecs(look):
    headers, seen = look()
    with av.open(io.BytesIO(seen)) as container:
        kinds = {stream.type for stream in container.streams}

    assert ({"video", "audio"}, True) == (kinds, headers["Content-Type"].startswith(X264_AND_AAC))
    assert "mp4a.40.2" in headers["Content-Type"]


def test_looking_is_no_viewer_and_leaves_no_entry(emulator, look, live):
    before = [entry.number for entry in emulator.journal.entries({"kind": "request"})]
    look()

    assert (0, 0) == (emulator.media.monitor.audience(live["id"]).total, emulator.audience.numbers(live["id"]).viewers)
    assert before == [entry.number for entry in emulator.journal.entries({"kind": "request"})]


def test_a_fault_of_players_spoils_nothing_that_is_looked_at(control, emulator, look, live):
    tenant = emulator.journal.entries({"stream": live["id"]})[0].tenant
    fault = control.post("/playback-faults", json={"tenant": tenant, "kind": "status", "status": 503}).json()
    _, seen = look()
    control.delete(f"/playback-faults/{fault['id']}", headers={"X-Offair": "1"})

    assert b"ftyp" == seen[4:8]


def test_a_rendition_that_there_is_not_is_told(control, live):
    answer = control.get(f"/watch/{live['id']}", params={"rendition": "nowhere"})

    assert (404, True) == (answer.status_code, "no rendition nowhere" in answer.json()["error"])


def test_the_playlists_are_those_that_players_get(control, emulator, live):
    shown = control.get(f"/streams/{live['id']}/playlists").json()["playlists"]
    names = [one["name"] for one in shown]

    assert ("manifest.mpd", "master.m3u8") == tuple(names[:2])
    assert [True] * len(shown) == [one["text"].startswith(("#EXTM3U", "<?xml")) for one in shown]


def test_a_picture_is_looked_at_without_a_viewer(control, emulator, live, eventually):
    url = f"/streams/{live['id']}/thumbnail.jpg"
    answer = eventually(lambda: (found := control.get(url)).status_code == 200 and found)

    assert (b"\xff\xd8", "image/jpeg", 0) == (
        answer.content[:2],
        answer.headers["Content-Type"],
        emulator.media.monitor.audience(live["id"]).total,
    )


def test_a_stream_that_is_off_air_says_what_to_do(control, customers_of_all, body):
    stream = customers_of_all().create(body())
    answer = control.get(f"/watch/{stream['id']}")

    assert (404, True) == (answer.status_code, "publish to it" in answer.json()["error"])


def test_a_stream_is_judged_where_it_stands(control, live):
    answer = control.post(f"/streams/{live['id']}/judge", json={"seconds": 4})

    assert (200, 1) == (answer.status_code, answer.json()["format"])
    broken = [one for one in answer.json()["rules"] if one["outcome"] == "broken" and one["grade"] == "error"]
    assert [] == [one for one in broken if one["rule"] not in BUSY]


def test_what_cannot_be_judged_says_why(control, customers_of_all, body):
    stream = customers_of_all().create(body())
    answer = control.post(f"/streams/{stream['id']}/judge", json={})

    assert (409, True) == (answer.status_code, "no playlist yet" in answer.json()["error"])


def test_what_a_fault_keeps_from_being_judged_is_not_called_guarded(control, emulator, live):
    tenant = emulator.journal.entries({"stream": live["id"]})[0].tenant
    fault = control.post("/playback-faults", json={"tenant": tenant, "kind": "status", "status": 403}).json()
    words = control.post(f"/streams/{live['id']}/judge", json={"seconds": 1}).json()["error"]
    control.delete(f"/playback-faults/{fault['id']}", headers={"X-Offair": "1"})

    assert (True, False) == ("a fault spoils it (status at master.m3u8)" in words, "guarded" in words), words
