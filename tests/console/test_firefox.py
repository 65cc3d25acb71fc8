"""Firefox shows the console too: the picture moves there, and what happens is on the page by itself."""

import pytest
from firefox import firefox

pytestmark = [pytest.mark.browser, pytest.mark.media]


def test_firefox_plays_a_stream_and_hears_what_happens(root, make, emulator, cloud):
    stream = make.at(cloud)
    emulator.media.clips.begin(stream.id, stream.app, stream.key)
    with firefox() as tab:
        tab.go(f"{root}streams/{stream.id}")
        tab.reaches("document.querySelector('video').currentTime", 2.0)
        tab.go(root)
        tab.reaches("document.querySelectorAll('[data-wire=open]').length", 1)
        made = make.at(cloud)
        tab.reaches(f"document.querySelectorAll('[data-key=\"{made.id}\"]').length", 1)
    emulator.media.clips.end(stream.id)
