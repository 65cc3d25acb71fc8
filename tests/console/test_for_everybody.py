"""The pages are for everybody: axe-core finds nothing, the keyboard reaches everything, and nothing is too wide."""

import pytest

from offair.emulator.console.pages import PAGES

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = 360
SHOWN = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    return [here.tagName, style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
}"""


@pytest.fixture(name="paths")
def _paths(emulator, make, providers, cloud):
    """Every page, with something on it: streams, one of a long name, one entry that was refused, and a hook."""
    streams = [make.at(name) for name in providers]
    make.at(cloud, name="W" * 90)
    stream = next(one for one in streams if one.cloud == cloud)
    emulator.simulation.go(stream.id, "live")
    sent = emulator.steered().trigger(stream.id, "stream.started", url=f"{emulator.ready()['control_url']}/inbox/x")
    rooms = [f"chat/{one.id}" for one in streams if emulator.providers[one.cloud].parlour is not None]
    entry = emulator.journal.entries({"kind": "request"})[-1].number
    plain = [page.path for page in PAGES if "<" not in page.path]
    return [*plain, f"streams/{stream.id}", f"requests/{entry}", f"hooks/{sent[0].id}", *rooms, "nowhere"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser, root, paths, scheme):
    context = browser.new_context(color_scheme=scheme)
    tab = context.new_page()
    found = {}
    for path in paths:
        tab.goto(root + path)
        told = axe.Axe().run(tab, options=RULES).response["violations"]
        found[path] = [(one["id"], node["html"][:200], node["failureSummary"]) for one in told for node in one["nodes"]]
    context.close()

    assert {} == {path: told for path, told in found.items() if told}


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_a_page_is_as_light_or_dark_as_the_system(browser, root, scheme, is_dark):
    context = browser.new_context(color_scheme=scheme)
    tab = context.new_page()
    tab.goto(root)
    ground, ink = (
        [int(part) for part in tab.evaluate(f"getComputedStyle(document.documentElement).{name}")[4:-1].split(", ")]
        for name in ("backgroundColor", "color")
    )
    context.close()

    assert is_dark is (sum(ground) < sum(ink))


def test_nothing_is_wider_than_a_small_screen(browser, root, paths):
    context = browser.new_context(viewport={"width": NARROW, "height": 720})
    tab = context.new_page()
    wide = []
    for path in paths:
        tab.goto(root + path)
        wide += [path] if tab.evaluate("document.documentElement.scrollWidth") > NARROW else []
    context.close()

    assert [] == wide


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.words][-2:])
def test_a_small_screen_shows_on_which_page_one_is(tab, root, path):
    tab.set_viewport_size({"width": NARROW, "height": 700})
    tab.goto(root + path)
    left, right = tab.evaluate(
        "(box => [box.left, box.right])(document.querySelector('[aria-current]').getBoundingClientRect())"
    )

    assert (True, True) == (left >= 0, right <= NARROW)


def test_signs_that_are_piled_up_cover_no_row_but_their_own(tab, root, make, cloud):
    make.at(cloud, name="plain below")
    tall = make.at(cloud, name="x" + "\u0301" * 60)
    make.at(cloud, name="plain above")
    tab.goto(root)
    tab.get_by_role("button", name="Pause").click()
    row = tab.locator(f"[data-key='{tall.id}']")
    box = row.bounding_box()
    above = {"x": box["x"], "y": box["y"] - 60, "width": 900, "height": 59}
    seen = tab.screenshot(clip=above)
    row.locator("bdi").first.evaluate("name => { name.textContent = 'x'; }")

    assert seen == tab.screenshot(clip=above)


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(tab, root, paths):
    for path in paths:
        tab.goto(root + path)
        wanted = tab.evaluate(
            "[...document.querySelectorAll('a, button:enabled, input:enabled:not([type=hidden]), select, summary')]"
            ".filter(one => one.checkVisibility()).length"
        )
        reached, unseen = set(), []
        for _ in range(wanted + 60):
            tab.keyboard.press("Tab")
            name, is_shown = tab.evaluate(SHOWN)
            if name == "BODY":
                break
            unseen += [] if is_shown else [(path, name)]
            reached.add(tab.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))

        assert [] == unseen
        assert wanted <= len(reached), f"{path}: {len(reached)} of {wanted} controls were reached"


def test_the_first_thing_that_the_keyboard_reaches_leads_to_the_content(tab, root):
    tab.goto(root)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    assert "main" == tab.evaluate("document.activeElement.id")


def test_nothing_moves_for_who_wants_it_so(browser, root):
    context = browser.new_context(reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(f"{root}requests")
    moving = tab.evaluate("document.getAnimations().length")
    context.close()

    assert 0 == moving
