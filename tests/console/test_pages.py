"""Every page, as a browser without scripts gets it."""

import re
from html import escape
from html.parser import HTMLParser

import httpx
import pytest

from offair.emulator.console.console import POLICY
from offair.emulator.console.pages import PAGES

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"
MARKS = re.compile(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|<style|javascript:", re.IGNORECASE)
LARGEST = 150_000  # bytes


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def plain_pages():
    return [page.path for page in PAGES if "<" not in page.path]


def test_a_browser_is_led_to_the_console_and_a_program_is_not(emulator, root):
    browser = httpx.get(emulator.http_url, headers={"Accept": "text/html,*/*"}, follow_redirects=True)
    program = httpx.get(emulator.http_url, headers={"Accept": "*/*"})

    assert (root, "Offair") == (str(browser.url), program.json()["name"])


@pytest.mark.parametrize("path", plain_pages())
def test_a_page_allows_nothing_of_anybody_else(root, path):
    answer = httpx.get(root + path)

    assert (200, POLICY, "no-store") == (
        answer.status_code,
        answer.headers["Content-Security-Policy"],
        answer.headers["Cache-Control"],
    )


@pytest.mark.parametrize("path", plain_pages())
def test_a_page_refers_to_nothing_by_an_absolute_path(get, path):
    referred = [attributes.get("href") or attributes.get("src") for _, attributes in Reader(get(path)).tags]

    assert [] == [where for where in referred if where and where.startswith(("/", "http"))]


@pytest.mark.parametrize("path", plain_pages())
def test_a_page_has_no_script_or_style_of_its_own(get, path):
    assert [] == MARKS.findall(get(path))


def test_without_a_slash_one_is_led_to_the_page(root):
    assert root == str(httpx.get(root.rstrip("/"), follow_redirects=True).url)


def test_what_is_not_there_is_a_page_that_says_so(get):
    assert ("the console has no page nonsense" in get("nonsense", status=404)) is True


def test_a_stream_that_is_not_there_is_a_page_that_says_where_to_look(get):
    assert "there is no stream nobody" in get("streams/nobody", status=404)


@pytest.mark.parametrize("number", ["%C2%B2", "9" * 5000, "-1"])
def test_what_only_looks_like_a_number_is_no_entry_and_no_end(get, number):
    assert "is none" in get(f"requests/{number}", status=404)
    assert get(f"requests?after={number}&before={number}")


@pytest.mark.parametrize("name", ["../console.py", "console.py", "..%2Fdesk.py", "nothing.js"])
def test_no_file_but_an_asset_is_served(root, name):
    assert 404 == httpx.get(f"{root}assets/{name}").status_code


def test_what_a_cloud_made_is_on_the_page_at_once(get, make, providers):
    made = [make.at(cloud) for cloud in providers]
    page = get("")

    assert [] == [stream.id for stream in made if f'href="./streams/{stream.id}"' not in page]


def test_a_page_of_a_stream_has_the_fields_of_an_encoder(get, make, emulator, cloud):
    stream = make.at(cloud)
    page = get(f"streams/{stream.id}")

    assert (True, True, True) == (
        f"<code>{emulator.rtmp_url}/{stream.app}</code>" in page,
        f'type="password" value="{stream.key}"' in page,
        f"offair publish {stream.id}" in page,
    )


def test_every_cloud_sends_a_hook_out_of_turn_to_who_has_no_receiver_yet(get, make, emulator, providers):
    url = f"{emulator.ready()['control_url']}/inbox/catch"
    for name in providers:
        stream = make.at(name)
        event = re.search(r'name="event"><option>([^<]+)', get(f"streams/{stream.id}"))[1]

        assert [(event, url)] == [(one.event, one.url) for one in emulator.steered().trigger(stream.id, event, url=url)]


def test_a_page_of_another_site_has_nothing_judged(root, make, cloud):
    place = f"{root}streams/{make.at(cloud).id}/judged"

    assert 403 == httpx.get(place, headers={"Sec-Fetch-Site": "cross-site"}).status_code


def test_who_fetches_its_source_is_offered_nothing_to_send(get, make, cloud):
    pulls = {"ingest": {"kind": "pull", "primary": {"protocol": "srt", "url": "srt://127.0.0.1:9"}}}
    page = get(f"streams/{make.at(cloud, **pulls).id}")

    assert (True, False) == ("fetches its source by itself" in page, "offair publish" in page)


def test_a_stream_plays_where_its_cloud_says_so_and_at_no_dead_address(get, make, emulator, control, providers):
    for name, provider in providers.items():
        stream = make.at(name)
        places = provider.plays_at(stream, emulator.rooms[name])
        page, common = get(f"streams/{stream.id}"), control.get(f"/streams/{stream.id}").json()["cdn_url"]
        told = [httpx.get(url).text for url in (*places.values(), f"{common}/master.m3u8")]

        assert [] == [url for url in places.values() if escape(url) not in page]
        assert [] == [text for text in told if "is nothing that plays" in text]


def test_streams_are_found_by_their_text(get, make, cloud):
    wanted, other = make.at(cloud, name="needle"), make.at(cloud, name="hay")
    page = get("?text=NEEDLE")

    assert (True, False) == (wanted.id in page, other.id in page)


def test_the_calls_of_a_stream_are_those_of_its_cloud(get, make, emulator, providers):
    for name, provider in providers.items():
        page = get(f"streams/{make.at(name).id}")

        assert [] == [key for key in provider.orders.values() if f'title="{key}"' not in page], name


def test_hostile_names_are_text_on_every_page(get, make, emulator, cloud):
    stream = make.at(cloud, name=HOSTILE[:100])
    httpx.get(f"{emulator.addresses(cloud).api}/streams/{HOSTILE}", headers={"X-Api-Key": HOSTILE, "Accept": HOSTILE})
    entry = emulator.journal.entries({"kind": "request"})[-1].number
    pages = ["", f"streams/{stream.id}", "requests", f"requests/{entry}", f"requests?text={HOSTILE}", "hooks", "clock"]

    assert [] == [path for path in pages if any(tag in {"img"} and "src" in at for tag, at in Reader(get(path)).tags)]
    assert [] == [path for path in pages if "<script>alert" in get(path)]


def test_a_violation_is_shown_with_its_rule_and_source(get, emulator, tenant, cloud):
    httpx.post(f"{emulator.addresses(cloud).api}/streams", json={"name": 7}, headers=dict(tenant.headers))
    entry = emulator.journal.entries({"kind": "request", "tenant": tenant.id})[-1]
    page = get(f"requests/{entry.number}")

    assert [True] * 3 == [one in page for one in ("request.body: name", "<td>type</td>", "documented")]


def test_a_fault_says_what_it_does_to_whom_and_nothing_else(get, emulator, tenant, make, cloud):
    stream = make.at(cloud, tenant)
    ask = {"tenant": tenant.id, "stream": stream.id, "kind": "throttle", "bytes_per_second": 7_000}
    made = httpx.post(f"{emulator.ready()['control_url']}/playback-faults", json=ask).json()
    (line,) = [line for line in get("clock").splitlines() if made["id"] in line]
    told = re.findall(r'<span class="note">(\w+) <code>([^<]*)</code>', line)

    assert ([("bytes_per_second", "7000")], True) == (told, f'streams/{stream.id}">of a stream' in line)


def test_a_body_that_nobody_read_is_not_said_to_be_none(get, emulator, cloud):
    httpx.post(f"{emulator.addresses(cloud).api}/nowhere-at-all", json={"name": 7})
    entry = emulator.journal.entries({"kind": "request", "text": "nowhere-at-all"})[-1]

    assert "Its body was not read" in get(f"requests/{entry.number}")


def test_the_promise_says_which_switch_changes_an_operation(get, providers):
    for name, provider in providers.items():
        page = get(f"promise?cloud={name}")
        rows = {row.partition("</code>")[0]: row for row in page.split("<tr><td><code>")[1:]}

        assert [] == [
            (switch, key)
            for switch, keys in provider.switched.items()
            for key in keys
            if not any(f'href="#switch-{switch}"' in row for head, row in rows.items() if head == key)
        ]


def test_an_entry_is_compared_with_the_same_operation_of_the_same_cloud(get, emulator, make, providers):
    for name in providers:
        make.at(name)
    shared = emulator.journal.write("request", "POST /a 200", cloud="one", operation="createStream", status=200)
    emulator.journal.write("request", "POST /b 200", cloud="other", operation="createStream", status=200)
    like = emulator.journal.write("request", "POST /a 201", cloud="one", operation="createStream", status=201)
    page = get(f"requests/{shared.number}").partition("The same operation:")[2].partition("</p>")[0]

    assert (True, 1) == (f"{like.number} (201)" in page, page.count("<a "))


def test_what_is_no_secret_of_a_tenant_is_not_hidden(get, emulator, providers):
    page = get("clock")
    tenants = [emulator.tenancy.house(name) for name in providers]
    secrets = {value for one in tenants for name, value in one.credentials.items() if "key" in name or "token" in name}

    assert [] == [secret for secret in secrets if f">{secret}</code>" in page]
    assert any(f'class="open">{value}</code>' in page for one in tenants for value in one.credentials.values())


def test_the_nearest_operation_is_shown_for_a_path_that_nobody_documents(get, emulator, tenant, cloud):
    httpx.post(f"{emulator.addresses(cloud).api}/streams/7/stopp", headers=dict(tenant.headers))
    entry = emulator.journal.entries({"kind": "request", "text": "stopp"})[-1]

    assert "where stop stands, stopp was sent" in get(f"requests/{entry.number}")


def test_a_request_is_repeated_with_variables_in_place_of_secrets(get, emulator, cloud):
    house = emulator.tenancy.house(cloud)
    httpx.get(f"{emulator.addresses(cloud).api}/streams", headers=dict(house.headers))
    entry = emulator.journal.entries({"kind": "request", "tenant": house.id})[-1]
    page = get(f"requests/{entry.number}")

    assert (True, []) == (
        f"&#34;${cloud.upper()}_BASE_URL&#34;/streams" in page,
        [value for value in house.credentials.values() if value in page],
    )


def test_two_entries_are_compared(get, emulator, tenant, cloud):
    for path in ("/streams", "/streams?page=2"):
        httpx.get(f"{emulator.addresses(cloud).api}{path}", headers=dict(tenant.headers))
    one, other = (entry.number for entry in emulator.journal.entries({"kind": "request", "tenant": tenant.id})[-2:])
    page = get(f"requests/{other}?with={one}")

    assert (True, True) == ("page=2" in page, 'class="added"' in page)


def test_a_filter_of_the_journal_is_a_page_of_its_own(get, emulator, tenant, cloud):
    httpx.get(f"{emulator.addresses(cloud).api}/streams", headers=dict(tenant.headers))
    emulator.journal.write("fault", "only for this page", cloud=cloud, tenant=tenant.id)
    page = get(f"requests?kind=fault&tenant={tenant.id}")

    assert (True, False) == ("only for this page" in page, "GET /" in page)


def test_a_full_journal_is_a_page_of_bounded_size(get, emulator, cloud):
    for number in range(1_500):
        emulator.journal.write("fault", f"entry {number} {'x' * 60}", cloud=cloud)

    assert LARGEST > len(get("requests").encode())


def test_two_hundred_streams_are_a_page_of_bounded_size(get, make, tenant, cloud):
    for number in range(200):
        make.at(cloud, tenant, name=f"stream {number}")

    assert LARGEST > len(get("").encode())


def test_looking_leaves_no_entry_in_the_journal(get, make, emulator, cloud):
    """What becomes of other tests' streams meanwhile is no request."""
    stream = make.at(cloud)
    before = emulator.journal.latest
    for path in ("", f"streams/{stream.id}", "requests", "hooks", "clock", "promise"):
        get(path)

    assert [] == [one.summary for one in emulator.journal.entries({"kind": "request", "after": str(before)})]
