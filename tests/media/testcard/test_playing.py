"""What does not play is no frames, whatever the reason."""

from offair.emulator.media.testcard import playing


def test_what_keeps_a_player_waiting_does_not_play(tmp_path, monkeypatch):
    monkeypatch.setattr(playing, "TIMEOUT", 0.05)
    hangs = tmp_path / "ffmpeg"
    hangs.write_text("#!/bin/sh\nsleep 60\n")
    hangs.chmod(0o755)

    assert 0 == playing.count_frames(hangs, "http://127.0.0.1:1/", 1.0)
