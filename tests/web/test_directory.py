"""A program that asks at the root is told what there is."""

import httpx


def _get(url):
    answer = httpx.get(url)
    assert 200 == answer.status_code
    return answer.json()


def test_the_root_lists_the_services_and_each_link_leads_somewhere(emulator, providers):
    listed = _get(emulator.http_url)
    clouds = {emulator.addresses(name).api.removeprefix(emulator.http_url) for name in providers}

    assert (set(), True, "Offair") == (
        clouds - {root for roots in listed["clouds"].values() for root in roots},
        _get(emulator.http_url + listed["ready"])["ready"],
        listed["name"],
    )


def test_the_control_surface_lists_what_it_can_do(emulator, control):
    listed = _get(str(control.base_url).rstrip("/"))
    documented = _get(emulator.http_url + listed["docs"])["paths"]

    assert set(documented) == {key.partition(" ")[2] for key in listed["calls"]}
