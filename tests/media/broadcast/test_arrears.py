"""When an engine that falls behind says so."""

from offair.emulator.media.broadcast.arrears import Arrears


def test_it_is_told_once_when_it_is_behind_and_once_when_it_has_caught_up():
    lag = Arrears("faithful")
    said = [lag.note(waited) for waited in (0.1, 1.9, 2.5, 30.0, 1.0, 0.4, 0.1, 3.0)]
    told = [number for number, words in enumerate(said) if words]

    assert [2, 5, 7] == told
    assert "media profile light" in said[2]
    assert 3.0 == lag.seconds
