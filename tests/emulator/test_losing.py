"""Files that go while the stand-in runs: it says so, and acknowledges nothing that is lost."""

import shutil

import httpx
import pytest

from offair.contracts.contract import promise
from offair.emulator.emulator import Emulator
from offair.emulator.media.packager.shelf import Shelf
from offair.emulator.settings import Settings


def test_a_state_folder_that_is_removed_is_told_and_nothing_is_acknowledged(tmp_path):
    state = tmp_path / "state"
    body = next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body
    with Emulator(Settings(port=0, rtmp_port=0, state_dir=state)) as emulator:
        shutil.rmtree(state)
        url, headers = f"{emulator.addresses('tenbyte').api}/streams", emulator.tenancy.house("tenbyte").headers
        answers = [httpx.post(url, json=body, headers=headers), httpx.get(url, headers=headers)]
        troubles = [entry.summary for entry in emulator.journal.entries({"kind": "trouble"})]

    assert ([500, 200], True) == ([answer.status_code for answer in answers], "start it again" in "".join(troubles))


def test_a_media_folder_that_is_removed_is_not_made_anew_in_silence(tmp_path):
    root = tmp_path / "media"
    root.mkdir()
    shelf = Shelf(root / "stream", on_change=lambda: None)
    shelf.put("720p/0.ts", b"media")
    shutil.rmtree(root)
    with pytest.raises(FileNotFoundError, match="removed while it was in use"):
        shelf.put("720p/1.ts", b"media")
