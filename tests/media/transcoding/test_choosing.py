"""Which ffmpeg is used: scripts that claim to be one stand in for what a machine may have."""

import os
import shutil
import stat
from contextlib import closing

import pytest
from streams import rung, stream

from offair.emulator.core.streams import AudioRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding import ffmpeg
from offair.emulator.media.transcoding.ffmpeg import FROM_WHEEL, Choice, FfmpegMissingError, pick
from offair.emulator.media.transcoding.ladder import plan
from offair.emulator.media.transcoding.needs import BASE, advice, needs_of

PLAIN = ("h264", "aac", "mp3", "hevc")
SCRIPT = """#!/bin/sh
case "$2" in
-version) echo "ffmpeg version {version} Copyright"; echo "libavformat    {age}";;
-encoders) for one in {encoders}; do echo " V....D $one  an encoder"; done;;
-decoders) for one in {decoders}; do echo " V....D $one  a decoder"; done;;
-muxers) echo " E  mp4  x"; echo " E  flv  x"; echo " E  mpegts  x";;
-demuxers) echo " D  flv  x"; echo " D  mpegts  x";;
-protocols) echo "Input:"; echo "  rtmp"; echo "  tcp"; for one in {protocols}; do echo "  $one"; done;;
-filters) for one in fps scale setsar split asplit aresample; do echo " T.. $one  V->V  x"; done;;
esac
"""


@pytest.fixture(name="claim")
def _claim(tmp_path):
    """Make a file that claims to be an ffmpeg."""

    def make(version, age, *, decoders=PLAIN, encoders=("libx264", "aac"), protocols=()):
        path = tmp_path / version / "ffmpeg"
        path.parent.mkdir()
        words = {"encoders": encoders, "decoders": decoders, "protocols": protocols}
        path.write_text(SCRIPT.format(version=version, age=age, **{k: " ".join(v) for k, v in words.items()}))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


@pytest.fixture(name="machine")
def _machine(monkeypatch):
    """Have these on PATH and in the wheel."""

    def set_up(on_path, in_wheel):
        monkeypatch.setattr(shutil, "which", lambda _: on_path and str(on_path))
        monkeypatch.setattr(ffmpeg, "_wheel", lambda: in_wheel)

    return set_up


@pytest.fixture(name="choice")
def _choice(machine, claim):
    """What a stand-in has to choose from that began with one ffmpeg, and where that is."""
    path = claim("n9.0.2", "63. 1.100")
    machine(None, path)
    with closing(Choice(None)) as choice:
        choice.begin()
        assert path == choice.get()
        yield choice, path


@pytest.mark.parametrize("turned", [False, True])
def test_the_newer_is_taken_where_both_can(claim, machine, turned):
    older, newer = claim("5.1.9", "59. 27.100"), claim("n9.0.2", "63. 1.100")
    machine(*((newer, older) if turned else (older, newer)))

    assert newer == pick(None, BASE).path


def test_an_older_one_is_taken_that_has_what_the_newer_lacks(claim, machine):
    older = claim("5.1.9", "59. 27.100", encoders=("libx264", "aac", "libx265"))
    machine(older, claim("n9.0.2", "63. 1.100"))
    chosen = pick(None, BASE | {"encoder libx265"})

    assert (older, ()) == (chosen.path, chosen.lacking)
    assert "lacks encoder libx265" in chosen.words


def test_what_is_named_is_used_and_told_what_it_lacks(claim, machine):
    named = claim("5.1.9", "59. 27.100")
    machine(None, claim("n9.0.2", "63. 1.100"))
    chosen = pick(named, BASE | {"Enhanced RTMP"})

    assert (named, ("Enhanced RTMP",)) == (chosen.path, chosen.lacking)
    assert "named by the user" in chosen.words


def test_enhanced_rtmp_is_read_from_6_1_on(claim, machine):
    machine(claim("6.0", "60. 3.100"), None)
    before = pick(None, BASE | {"Enhanced RTMP"}).lacking
    machine(claim("6.1", "60. 16.100"), None)

    assert (("Enhanced RTMP",), ()) == (before, pick(None, BASE | {"Enhanced RTMP"}).lacking)


def test_one_on_path_that_crashes_is_passed_over(claim, machine):
    crashing, sound = claim("n9.9", "64. 1.100"), claim("n9.0.2", "63. 1.100")
    crashing.write_text(crashing.read_text() + 'case "$*" in *mpegts*) exit 139;; esac\n')
    machine(crashing, sound)

    assert sound == pick(None, BASE).path


def test_one_that_answers_nothing_holds_up_one_look_alone(monkeypatch, tmp_path):
    """Every broadcast and relay looks; each would wait as long as the first."""
    silent, asked = tmp_path / "ffmpeg", tmp_path / "asked"
    silent.write_text(f"#!/bin/sh\necho $2 >> {asked}\nexec sleep 60\n")
    silent.chmod(silent.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(ffmpeg, "TIMEOUT", 0.5)
    told = []
    for _ in range(2):
        with pytest.raises(FfmpegMissingError) as missing:
            pick(silent, BASE)
        told.append("it does not answer -version within 0.5 s" in str(missing.value))

    assert ([True, True], True) == (told, not asked.exists() or asked.read_text() == "-version\n")


def test_one_on_path_that_hangs_is_passed_over_soon_and_told(claim, machine, monkeypatch):
    hanging, sound = claim("n9.9", "64. 1.100"), claim("n9.0.2", "63. 1.100")
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    machine(hanging, sound)
    monkeypatch.setattr(ffmpeg, "SOON", 0.2)
    with closing(Choice(None)) as choice:
        report = choice.report()

    assert str(sound) == report["path"]
    assert "the one on PATH cannot be used, it does not answer -version within 0.2 s" in report["words"]


def test_one_that_dies_is_told_from_one_that_lacks_something(tmp_path):
    dying = tmp_path / "ffmpeg"
    dying.write_text("#!/bin/sh\nkill -SEGV $$\n")
    dying.chmod(dying.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(FfmpegMissingError, match="it exits with -11 when it is asked for -version"):
        pick(dying, BASE)


@pytest.mark.parametrize("what", ["nothing", "/bin/true"])
def test_where_there_is_none_the_report_says_what_to_do(machine, what, tmp_path):
    machine(None, None)
    named = None if what == "nothing" else tmp_path / "ffmpeg"
    if named:
        shutil.copy(what, named)
    with closing(Choice(named)) as choice:
        report = choice.report()

        with pytest.raises(FfmpegMissingError, match="pip install imageio-ffmpeg"):
            choice.get()

    assert (False, None) == (report["usable"], report["version"])
    assert "pip install imageio-ffmpeg" in report["words"]


def test_where_there_is_one_the_report_says_which_and_why(claim, machine):
    path = claim("n9.0.2", "63. 1.100")
    machine(None, path)
    with closing(Choice(None)) as choice:
        report = choice.report()

    assert (str(path), "n9.0.2", True) == (report["path"], report["version"], report["usable"])
    assert FROM_WHEEL in report["words"]


def test_one_that_is_gone_is_not_chosen_any_more(choice):
    chosen, path = choice
    path.unlink()

    assert "there is no such file" in chosen.report()["words"]
    with pytest.raises(FfmpegMissingError, match="there is no such file"):
        chosen.get()


def test_one_that_may_not_run_any_more_is_not_chosen(choice):
    """Which changes neither what is in it nor when that was written."""
    chosen, path = choice
    path.chmod(0o644)

    with pytest.raises(FfmpegMissingError, match="it does not run: Permission denied"):
        chosen.pick(BASE)


def test_one_that_is_back_is_chosen_again(choice):
    chosen, path = choice
    away = path.rename(path.with_name("away"))
    before = chosen.report()["usable"]
    away.rename(path)

    assert (False, True, path) == (before, chosen.report()["usable"], chosen.get())


def test_one_in_its_place_is_asked_however_much_it_resembles_it(choice):
    """A package's files have the dates that they were built at."""
    chosen, path = choice
    seen = path.stat()
    path.with_name("other").write_text(path.read_text().replace("libx264", "libx263"))
    path.with_name("other").chmod(0o755)
    path.with_name("other").replace(path)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    with pytest.raises(FfmpegMissingError, match=r"it lacks libx264 \(encoders\)"):
        chosen.pick(BASE)


def test_one_whose_libraries_were_away_for_a_moment_is_back_with_them(choice):
    """As in the midst of an upgrade, which may change them alone."""
    chosen, path = choice
    library = path.with_name("library")
    path.write_text(path.read_text().replace("case", f"test -e {library} || exit 127\ncase", 1))
    before = chosen.report()["words"]
    library.touch()

    assert "it exits with 127 when it is asked for -version" in before
    assert path == chosen.get()


@pytest.mark.parametrize(
    ("facts", "profile", "needed", "not_needed"),
    [
        (Facts(video="hvc1", audio="mp4a", is_enhanced=True), "faithful", {"decoder hevc", "Enhanced RTMP"}, set()),
        (Facts(video="avc1", audio="Opus", is_enhanced=True), "faithful", {"decoder opus", "encoder aac"}, set()),
        (Facts(video="avc1", audio="mp3"), "passthrough", {"decoder mp3"}, {"decoder h264", "encoder libx264"}),
        (Facts(video="avc1", audio="mp4a"), "light", {"filter scale", "encoder libx264"}, {"encoder libx265"}),
    ],
)
def test_a_publication_needs_what_reads_its_encoder_and_makes_its_ladder(facts, profile, needed, not_needed):
    needs = needs_of(plan(stream(rung(audio=AudioRung())), facts, profile), facts, "flv")

    assert needed <= needs
    assert not needs & not_needed


@pytest.mark.parametrize(
    ("video", "audio", "lacking", "unread", "words"),
    [
        ("avc1", "Opus", ["decoder opus"], None, "Opus (Opus) in Enhanced RTMP: publish AAC"),
        ("avc1", "ac-3", [], "ac-3", "AC-3 (ac-3) in Enhanced RTMP: publish AAC"),
        ("av01", "mp4a", ["Enhanced RTMP"], None, "AV1 (av01) in Enhanced RTMP: publish H.264"),
        ("avc1", "mp4a", ["encoder libx265"], None, "the stream needs encoder libx265"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_what_to_publish_instead(video, audio, lacking, unread, words):
    facts = Facts(video=video, audio=audio, is_enhanced=(video, audio) != ("avc1", "mp4a"))

    assert words in advice(facts, lacking, unread)
