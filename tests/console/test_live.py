"""The pages with scripts on: what happens is on them without anybody's doing, and buttons do what they say."""

import json
from pathlib import Path

import httpx
import pytest
from browsing import reaches
from free_ports import free_port

from offair.emulator.console.entries import MOST
from offair.emulator.core.streams import STREAMS
from offair.emulator.emulator import Emulator
from offair.emulator.media.testcard.looping import LoopingPublisher
from offair.emulator.settings import Settings

pytestmark = pytest.mark.browser
PATIENCE = 30.0
HIDE = """state => {
    Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
PAUSE_ON_ANSWER = """() => {
    const ask = window.fetch;
    window.answered = new Promise((done) => {
        window.fetch = async (...asked) => {
            window.fetch = ask;
            const answer = await ask(...asked), words = await answer.text();
            document.querySelector("[data-pause]").click();
            answer.text = async () => { setTimeout(done, 100); return words; };
            return answer;
        };
    });
}"""
ALERT = "<img src=x onerror=\"document.title='stolen'\">"


AT = "document.querySelector('video').currentTime"
LATE = f"(held => held.length ? held.end(held.length - 1) : 0)(document.querySelector('video').buffered) - {AT}"


def test_what_a_program_makes_is_there_without_a_reload(tab, root, make, cloud):
    tab.goto(root)
    tab.wait_for_selector("[data-wire=open]")
    stream = make.at(cloud, name="made elsewhere")

    assert "made elsewhere" == tab.locator(f"[data-key='{stream.id}'] .name").text_content()


def test_a_click_makes_a_stream_as_the_docs_do(tab, root, emulator, providers):
    tab.goto(root)
    for provider in providers.values():
        before = emulator.journal.entries()[-1].number
        tab.get_by_role("button", name=f"Make a stream at {provider.title}").click()
        entry = emulator.journal.wait_for(
            {"kind": "request", "cloud": provider.name, "after": str(before)}, emulator.clock.deadline(30)
        )

        assert (True, True) == (entry.details["status"] < 300, "X-Offair-Console" in entry.details["request_headers"])


def test_what_the_console_calls_is_marked_as_its_own(tab, root, emulator, cloud, make):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    tab.get_by_role("button", name="Reset key").click()
    tab.wait_for_selector("[data-said]:not(:empty)")
    tab.goto(f"{root}requests?cloud={cloud}&stream={stream.id}&kind=request")

    assert "from this console" in tab.locator("#entries").text_content()


def test_a_refused_call_is_said_in_the_words_of_who_refuses(tab, root, cloud, make):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    tab.get_by_role("button", name="Stop").click()
    tab.wait_for_selector("[data-said]:not(:empty)")

    assert "That did not work. 4" in tab.locator("[data-said]").text_content()


@pytest.mark.parametrize("path", ["", "requests?kind=fault"])
def test_what_happens_while_a_page_is_under_way_is_on_it(tab, root, emulator, make, cloud, path):
    def late(route):
        answer = route.fetch()
        make.at(cloud, name="made meanwhile")
        emulator.journal.write("fault", "made meanwhile")
        route.fulfill(response=answer)

    tab.route(root + path, late, times=1)
    tab.goto(root + path)
    shown = tab.wait_for_selector(f"{'#entries' if path else '#streams'} >> text=made meanwhile")

    assert "made meanwhile" == shown.text_content()


def test_new_entries_wait_while_somebody_reads(tab, root, emulator):
    tab.goto(f"{root}requests?kind=fault")
    tab.wait_for_selector("[data-wire=open]")
    for number in range(60):
        emulator.journal.write("fault", f"old {number}")
    tab.wait_for_selector("#entries >> text=old 59")
    tab.evaluate("scrollTo(0, 400)")
    top = tab.locator("#entries tr").nth(20)
    before = top.bounding_box()["y"], top.text_content()
    for number in range(12):
        emulator.journal.write("fault", f"new {number}")
    button = tab.get_by_role("button", name="12 new")
    button.wait_for()
    after = top.bounding_box()["y"], top.text_content()
    button.evaluate("button => button.click()")  # the driver's own click scrolls, and who is at the top reads no more

    assert (before, "new 11") == (after, tab.locator("#entries tr .row, #entries tr a").first.text_content())


def test_a_pause_holds_the_page_and_going_on_catches_up(tab, root, emulator):
    tab.goto(f"{root}requests?kind=fault")
    tab.wait_for_selector("[data-wire=open]")
    tab.get_by_role("button", name="Pause").click()
    emulator.journal.write("fault", "while it paused")
    emulator.journal.write("fault", "and once more")
    tab.get_by_role("button", name="Go on").click()

    assert "while it paused" == tab.locator("#entries a", has_text="while it paused").text_content()


def test_a_pause_holds_what_was_under_way_too(tab, root, make, cloud):
    tab.goto(root)
    tab.wait_for_selector("[data-wire=open]")
    tab.evaluate(PAUSE_ON_ANSWER)
    stream = make.at(cloud)
    tab.get_by_role("button", name="Go on").wait_for()
    tab.evaluate("window.answered")
    held = tab.locator(f"[data-key='{stream.id}']").count()
    tab.get_by_role("button", name="Go on").click()
    tab.wait_for_selector(f"[data-key='{stream.id}']")

    assert 0 == held


def test_an_open_page_keeps_no_more_rows_than_it_says(tab, root, emulator):
    tab.goto(f"{root}requests?kind=fault&text=storm")
    tab.wait_for_selector("[data-wire=open]")
    for number in range(1_800):
        emulator.journal.write("fault", f"storm {number}")
    tab.wait_for_selector("#entries >> text=storm 1799")
    rows = tab.locator("#entries tr").count()
    tab.get_by_role("link", name="Older").click()
    tab.wait_for_selector(f"#entries >> text=storm {1799 - MOST}")

    assert MOST == rows


def test_clearing_the_view_forgets_nothing(tab, root, emulator):
    emulator.journal.write("fault", "to be cleared")
    tab.goto(f"{root}requests?kind=fault&text=cleared")
    tab.get_by_role("button", name="Clear from here").click()
    emulator.journal.write("fault", "cleared afterwards")
    tab.wait_for_selector("#entries >> text=cleared afterwards")
    kept = [entry.summary for entry in emulator.journal.entries({"text": "cleared"})]

    assert (["to be cleared", "cleared afterwards"], 1) == (kept, tab.locator("#entries tr").count())


def test_a_filter_and_an_entry_have_addresses_that_go_back_and_reload(tab, root, emulator):
    number = emulator.journal.write("fault", "an address of its own").number
    tab.goto(f"{root}requests")
    tab.get_by_label("Kind").select_option("fault")
    tab.wait_for_url("**/requests?kind=fault")
    tab.locator(f"[data-key='{number}'] a").click()
    tab.wait_for_url(f"**/requests/{number}?kind=fault")
    tab.reload()
    heading = tab.get_by_role("heading", level=1).text_content()
    tab.go_back()

    assert ("an address of its own", True) == (heading, tab.url.endswith("/requests?kind=fault"))


def test_the_clock_is_frozen_advanced_and_let_go(tab, root, emulator):
    tab.goto(f"{root}clock")
    tab.get_by_role("button", name="Freeze it").click()
    tab.get_by_role("button", name="Let it run").wait_for()
    frozen = emulator.clock.now()
    tab.get_by_role("button", name="Advance by an hour").click()
    tab.get_by_text("an hour further").wait_for()
    later = emulator.clock.now()
    tab.get_by_role("button", name="Let it run").click()
    tab.get_by_role("button", name="Freeze it").wait_for()

    assert (3600.0, 1.0) == (later - frozen, emulator.clock.rate)


def test_everything_is_forgotten_by_a_button(tab, root, emulator, make, cloud):
    stream = make.at(cloud)
    tab.goto(f"{root}clock")
    tab.on("dialog", lambda asked: asked.accept())
    tab.get_by_role("button", name="Reset everything").click()
    tab.get_by_text("Everything is as at the start").wait_for()

    assert None is emulator.world.get(STREAMS, stream.id)


def test_a_key_is_hidden_until_somebody_wants_to_see_it(tab, root, make, cloud):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    field = tab.get_by_label("stream key", exact=True)
    before = field.get_attribute("type")
    tab.get_by_role("button", name="Show stream key").click()

    assert ("password", "text", stream.key) == (before, field.get_attribute("type"), field.input_value())


@pytest.mark.parametrize("path", ["", "streams/{id}", "requests", "hooks", "clock"])
def test_a_hostile_name_is_text(tab, root, make, cloud, path):
    stream = make.at(cloud, name=ALERT)
    tab.goto(root + path.format(id=stream.id))
    make.at(cloud, name=f"{ALERT}!")  # and what comes by itself
    tab.wait_for_selector("[data-wire=open]") if path != "clock" else None

    assert 0 == tab.locator("img[src=x]").count()


def test_a_page_without_scripts_shows_all_that_it_has(browser, root, make, cloud):
    stream = make.at(cloud)
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(root)
    tab.get_by_role("link", name=stream.name).first.click()
    heading = tab.get_by_role("heading", level=1).text_content()
    visible = tab.locator("button:visible").all_text_contents()
    key = tab.locator("[data-secret]").inner_text()
    bare = [name for name in tab.locator("h2:visible").all_text_contents() if name in {"Let something go wrong"}]
    context.close()

    assert (stream.name, ["Judge"], stream.key, []) == (heading, visible, key, bare)


def test_twelve_tabs_are_all_alive(browser, root, make, cloud):
    context = browser.new_context()
    tabs = [context.new_page() for _ in range(12)]
    for tab in tabs:
        tab.goto(root, timeout=20_000)
    stream = make.at(cloud)
    for tab in tabs:
        tab.bring_to_front()
        tab.wait_for_selector(f"[data-key='{stream.id}']", timeout=20_000)
    context.close()


def test_an_open_tab_outlives_a_restart(browser, cloud):
    port = free_port()
    with Emulator(Settings(port=port, rtmp_port=0, media_profile="light")) as first:
        context = browser.new_context()
        tab = context.new_page()
        tab.goto(first.ready()["console_url"])
        tab.wait_for_selector("[data-wire=open]")
    tab.wait_for_selector("[data-wire=gone]", timeout=20_000)
    with Emulator(Settings(port=port, rtmp_port=0, media_profile="light")) as second:
        provider = second.providers[cloud]
        example = next(
            e for e in provider.promise.examples_of(provider.demo.operation) if e.name == provider.demo.example
        )
        url = second.addresses(cloud).api + example.path.removeprefix(provider.promise.base_path)
        made = httpx.post(url, json=example.request_body, headers=dict(second.tenancy.house(cloud).headers))
        tab.wait_for_selector(f"[data-key='{provider.demo.stream_id(made.json())}']", timeout=30_000)
        context.close()


@pytest.mark.media
def test_a_stream_is_watched_where_it_is_and_counts_no_viewer(tab, root, make, emulator, cloud, ffmpeg):
    stream = make.at(cloud)
    url = f"{emulator.rtmp_url}/{stream.app}/{stream.key}"
    tab.goto(f"{root}streams/{stream.id}")
    with LoopingPublisher(url, random_bytes=emulator.world.ids.random_bytes, choose_ffmpeg=lambda: ffmpeg):
        reaches(tab, AT, 1.0)
        one = tab.locator("video").screenshot()
        reaches(tab, AT, 3.0)
        other = tab.locator("video").screenshot()
        told = tab.locator("[data-codecs]").text_content()
        audience = emulator.media.monitor.audience(stream.id)

    assert (True, True, 0) == (one != other, told.startswith("avc1."), audience.total)


@pytest.mark.media
def test_a_person_makes_publishes_watches_and_judges(tab, root, emulator, cloud):
    tab.goto(root)
    tab.wait_for_selector("[data-wire=open]")
    title = emulator.providers[cloud].title
    known = set(tab.locator("#streams tr").evaluate_all("rows => rows.map(row => row.dataset.key)"))
    tab.get_by_role("button", name=f"Make a stream at {title}").click()
    fresh = tab.locator("#streams tbody tr")
    fresh.nth(len(known - {None})).wait_for()
    made = next(key for key in fresh.evaluate_all("rows => rows.map(row => row.dataset.key)") if key not in known)
    tab.locator(f"[data-key='{made}'] .name").click()
    tab.get_by_role("button", name="Send the test clip").click()
    reaches(tab, AT, 2.0)
    tab.get_by_label("Seconds").fill("4")
    tab.get_by_role("button", name="Judge").click()
    tab.get_by_role("heading", name="Judged for 4 seconds").wait_for(timeout=40_000)
    lead = tab.locator(".lead").text_content()
    tab.go_back()
    tab.get_by_role("button", name="Stop the test clip").click()
    tab.locator("#head .state.live").wait_for(state="detached")

    assert "rules" in lead


def test_a_hook_is_refused_seen_and_sent_again(tab, root, make, emulator, cloud):
    emulator.inbox.clear()
    tab.goto(f"{root}hooks")
    tab.wait_for_selector("[data-wire=open]")
    tab.get_by_label("Answers with status").fill("500")
    tab.get_by_role("button", name="Set", exact=True).click()
    tab.wait_for_selector("[data-said]:not(:empty)")
    inbox = tab.locator("#inbox pre").first.text_content()
    stream = make.at(cloud, webhook_url=inbox)
    emulator.simulation.go(stream.id, "live")
    tab.goto(f"{root}hooks?stream={stream.id}")
    row = tab.locator("#deliveries tbody tr").first
    row.get_by_text("500").wait_for()
    tab.get_by_label("Answers with status").fill("204")
    tab.get_by_role("button", name="Set", exact=True).click()
    row.get_by_role("button", name="again").click()
    row.get_by_text("delivered").wait_for()

    assert "204" in row.text_content()


def test_a_hook_is_edited_and_signed_anew(tab, root, make, emulator, cloud):
    emulator.inbox.clear()
    stream = make.at(cloud, webhook_url=f"{emulator.ready()['control_url']}/inbox/edited")
    emulator.simulation.go(stream.id, "live")
    assert emulator.journal.wait_for({"kind": "hook", "stream": stream.id}, emulator.clock.deadline(PATIENCE))
    tab.goto(f"{root}hooks?stream={stream.id}")
    tab.locator("#deliveries .name").first.click()
    tab.get_by_label("with this body").fill('{"edited": true}')
    before = emulator.journal.entries()[-1].number
    tab.get_by_role("button", name="Send this").click()
    emulator.journal.wait_for({"kind": "hook", "after": str(before)}, emulator.clock.deadline(PATIENCE))
    caught = emulator.inbox.caught()[-1]

    assert '{"edited": true}' == caught.body


def test_a_hook_is_sent_out_of_turn_from_the_page_of_hooks(tab, root, make, emulator, cloud):
    emulator.inbox.clear()
    stream = make.at(cloud)
    tab.goto(f"{root}hooks?stream={stream.id}")
    form = tab.get_by_role("form", name=f"Send a hook of {cloud}")
    form.get_by_label("To, instead").fill("no address")
    form.get_by_role("button", name="Send").click()
    refused = form.get_by_label("To, instead").evaluate("field => field.matches(':user-invalid')")
    form.get_by_label("To, instead").fill(f"{emulator.ready()['control_url']}/inbox/turn")
    tab.keyboard.press("Enter")
    tab.locator("#inbox summary", has_text="turn").first.wait_for()

    assert (True, 1) == (refused, tab.locator("#deliveries tbody tr").count())


def test_it_works_under_a_path_of_a_proxy(tab, emulator):
    place, passed = "http://proxy.localhost/tools/stand", []

    def pass_on(route):
        asked, path = route.request, route.request.url.removeprefix(place)
        passed.append(path)
        headers = {**asked.headers, "Host": "proxy.localhost"}
        answer = httpx.request(
            asked.method, emulator.http_url + path, headers=headers, content=asked.post_data_buffer, timeout=PATIENCE
        )
        shown = {name: value for name, value in answer.headers.items() if name not in {"content-length", "connection"}}
        route.fulfill(status=answer.status_code, headers=shown, body=answer.content)

    tab.route(f"{place}/**", pass_on)
    tab.goto(f"{place}/_offair/console/")
    tab.get_by_role("link", name="Clock").click()
    tab.get_by_role("button", name="Freeze it").click()
    tab.get_by_role("button", name="Let it run").click()
    tab.get_by_role("button", name="Freeze it").wait_for()

    assert [] == [path for path in passed if not path.startswith("/_offair/")]
    assert "/_offair/clock" in passed


def test_what_is_said_in_place_of_the_picture_is_seen(tab, root, make, cloud):
    tab.goto(f"{root}streams/{make.at(cloud).id}")
    words = tab.get_by_text("Nothing is on air")
    words.wait_for()
    box = words.bounding_box()
    there = "([x, y]) => document.elementFromPoint(x, y).textContent"

    assert "Nothing is on air" in tab.evaluate(there, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def test_a_codec_that_the_browser_lacks_is_named(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    emulator.simulation.go(stream.id, "live")
    kind = 'video/mp4; codecs="zzzz.1"'
    tab.route("**/watch/**", lambda route: route.fulfill(status=200, headers={"Content-Type": kind}, body=b""))
    tab.goto(f"{root}streams/{stream.id}")
    tab.get_by_text("does not play").wait_for()

    assert "zzzz.1" in tab.locator("[data-player-words]").text_content()


def test_no_page_of_another_site_can_frame_the_console(tab, root):
    page = f"<iframe src='{root}'></iframe>"
    tab.route("http://evil.example/", lambda route: route.fulfill(content_type="text/html", body=page))
    tab.goto("http://evil.example/")

    assert 0 == tab.frame_locator("iframe").locator("main").count()


def test_no_page_of_another_site_can_read_what_the_console_reads(tab, root, emulator):
    tab.route("http://evil.example/", lambda route: route.fulfill(content_type="text/html", body="<p>hello"))
    tab.goto("http://evil.example/")
    asked = "url => fetch(url).then(answer => answer.text(), () => 'refused')"

    assert ["refused"] * 3 == [
        tab.evaluate(asked, url) for url in (root, f"{root}clock", f"{emulator.ready()['control_url']}/tenants")
    ]


@pytest.mark.media
def test_a_tab_that_was_hidden_comes_back_to_the_newest_picture(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    emulator.media.clips.begin(stream.id, stream.app, stream.key)
    tab.goto(f"{root}streams/{stream.id}")
    reaches(tab, AT, 1.0)
    tab.evaluate(HIDE, "hidden")
    tab.evaluate("document.querySelector('video').playbackRate = 0.1")  # as little as a hidden tab may get
    reaches(tab, LATE, 5.0)
    tab.evaluate(HIDE, "visible")
    late = tab.evaluate(LATE)
    emulator.media.clips.end(stream.id)

    assert 3 > late


def test_somebody_reads_a_room_and_speaks_in_it(tab, root, make, emulator):
    cloud = next(name for name, provider in emulator.providers.items() if provider.parlour is not None)
    stream = make.at(cloud)
    tab.goto(f"{root}chat/{stream.id}")
    tab.get_by_label("Text").fill(f"hello {ALERT}")
    tab.keyboard.press("Enter")
    tab.locator(".talk li").wait_for()

    assert (True, 0, "") == (
        f"hello {ALERT}" in tab.locator(".talk li").last.text_content(),
        tab.locator(".talk img").count(),
        tab.get_by_label("Text").input_value(),
    )


def test_who_takes_a_fault_back_by_keyboard_goes_on_beside_it(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    tab.get_by_role("button", name="a gap").press("Enter")
    tab.get_by_role("button", name="Take back").press("Enter")
    tab.get_by_role("button", name="Take back").wait_for(state="detached")

    assert "faults" == tab.evaluate("document.activeElement.closest('section')?.id")


def test_a_stream_is_deleted_at_its_cloud(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Delete").click()
    tab.wait_for_url(root)

    assert (None, 0) == (emulator.world.get(STREAMS, stream.id), tab.locator(f"[data-key='{stream.id}']").count())


def test_a_page_of_what_is_deleted_elsewhere_says_so_and_steers_nothing_any_more(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    tab.goto(f"{root}streams/{stream.id}")
    tab.wait_for_selector("[data-wire=open]")
    with emulator.world.transaction():
        emulator.world.delete(STREAMS, id=stream.id)
    emulator.journal.write("fault", "it was deleted", stream=stream.id)
    tab.get_by_role("heading", name="There is nothing here").wait_for()
    happened = tab.get_by_role("link", name="What happened").get_attribute("href")

    assert (0, f"../requests?stream={stream.id}") == (tab.locator("main button, video").count(), happened)


def test_who_makes_a_stream_goes_on_with_it(tab, root, make, emulator, cloud):
    before = make.at(cloud)
    tab.goto(root)
    tab.get_by_role("button", name=f"Make a stream at {emulator.providers[cloud].title}").press("Enter")
    reaches(tab, "Number(document.activeElement.className === 'name')", 1)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/streams/*")

    assert before.id not in tab.url


def test_what_is_shown_is_saved_as_har(tab, root, make, cloud):
    make.at(cloud)
    tab.goto(f"{root}requests?cloud={cloud}&kind=request")
    with tab.expect_download() as saving:
        tab.get_by_role("link", name="Save as HAR").click()
    saved = json.loads(Path(saving.value.path()).read_text())
    methods = {one["request"]["method"] for one in saved["log"]["entries"]}

    assert (True, "offair.har") == ("POST" in methods, saving.value.suggested_filename)
