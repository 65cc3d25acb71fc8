"""Five doors, one reader: whatever the door, the same settings, and the same words for what is wrong."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.emulator import Emulator
from offair.emulator.settings import SettingError, Settings, from_python
from offair.emulator.settings.doors import (
    FREE_PORTS,
    for_tests,
    from_environment,
    from_lines,
    from_names,
    settle,
)
from offair.emulator.settings.setting import described
from offair.emulator.settings.surroundings import running_url
from offair.emulator.settings.switching import FORM, gather

TEXTS = {"seed": "7", "state_dir": "/tmp/x", "stale_after": "2", "tenbyte.null_playback": "true"}
WANTED = Settings(seed=7, state_dir=Path("/tmp/x"), stale_after=2.0, switches={"tenbyte": {"null_playback": "true"}})


@pytest.fixture(name="variables")
def _variables(monkeypatch):
    """Have these variables of ours, and no other."""

    def variables(**given):
        for setting in described(Settings).values():
            monkeypatch.delenv(setting.variable, raising=False)
        for name, text in given.items():
            monkeypatch.setenv(name, text)

    variables()
    return variables


def test_every_door_leads_to_the_same_settings(variables):
    variables(
        OFFAIR_SEED="7", OFFAIR_STATE_DIR="/tmp/x", OFFAIR_STALE_AFTER="2", OFFAIR_SET="tenbyte.null_playback=true"
    )
    lines = [f"{name} = {text}" for name, text in TEXTS.items()]

    assert [WANTED] * 3 == [settle(from_environment()), settle(from_lines(lines)), settle(from_names(TEXTS))]


def test_a_record_reads_text_as_the_doors_do():
    assert Settings(port=80, state_dir=Path("x"), seed=1) == Settings(port="80", state_dir="x", seed="1")


def test_where_a_path_leads_does_not_change_with_whoever_reads_it(tmp_path, monkeypatch):
    """The CA's file is told to other terminals, and an ffmpeg may be started in another folder."""
    monkeypatch.chdir(tmp_path)
    read = Settings(state_dir="state", ffmpeg=Path("bin/ffmpeg"))

    assert (tmp_path / "state", tmp_path / "bin/ffmpeg", None) == (read.state_dir, read.ffmpeg, read.recordings_dir)


def _set(name, text, variables):
    variables(**{name: text})
    return from_environment()


@pytest.mark.parametrize(
    ("door", "spelt"),
    [
        (lambda _: from_names({"port": "many"}), "port"),
        (lambda _: from_lines(["port = many"]), "port"),
        (lambda _: Settings(port="many"), "port"),
        (lambda variables: _set("OFFAIR_PORT", "many", variables), "OFFAIR_PORT"),
    ],
    ids=["names", "lines", "record", "variables"],
)
def test_a_wrong_value_is_told_in_the_same_words(variables, door, spelt):
    with pytest.raises(SettingError) as refused:
        door(variables)

    assert f"{spelt} cannot be 'many': it is a whole number from 0 to 65535" == str(refused.value)


@pytest.mark.parametrize(
    ("door", "words"),
    [
        (lambda _: from_names({"prot": 1}), "there is no setting prot; did you mean port?"),
        (lambda _: from_lines(["prot = 1"]), "there is no setting prot; did you mean port?"),
        (lambda _: from_names({7: 1}), "there is no setting 7; 'offair settings' lists them"),
        (lambda _: Emulator("light"), "settings are a mapping of names to values, as {'seed': 7}, and not 'light'"),
        (lambda _: from_names({"xyzzy": 1}), "there is no setting xyzzy; 'offair settings' lists them"),
        (
            lambda variables: _set("OFFAIR_PROT", "1", variables),
            "there is no variable of ours OFFAIR_PROT; did you mean OFFAIR_PORT?",
        ),
        (lambda _: Emulator({"tenbyt.x": 1}), "no cloud is called tenbyt (did you mean tenbyte?); there is "),
        (
            lambda _: Emulator({"tenbyte.any_regoin": 1}),
            "tenbyte has no switch any_regoin (did you mean any_region?); it has ",
        ),
        (lambda _: Emulator({"tenbyte.any_region": "maybe"}), "tenbyte.any_region cannot be 'maybe': it is true or"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_refused_with_the_nearest(variables, door, words):
    with pytest.raises(SettingError) as refused:
        door(variables)

    assert str(refused.value).startswith(words)


@pytest.mark.parametrize("name", ["OFFAIR_URL", "OFFAIR_SRT_URL", "OFFAIR_CA_FILE"])
def test_variables_that_say_where_a_stand_in_is_are_no_settings(variables, name):
    variables(**{name: "x"})

    assert {} == from_environment()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"OFFAIR_URL": "http://x", "OFFAIR_PORT": "1"}, "http://x"),
        ({"OFFAIR_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"OFFAIR_PORT": "0"}, "http://127.0.0.1:8420"),
        ({}, "http://127.0.0.1:8420"),
    ],
)
def test_a_running_one_is_looked_for_where_the_variables_say(variables, monkeypatch, given, url):
    monkeypatch.delenv("OFFAIR_URL", raising=False)
    variables(**given)

    assert url == running_url()


def test_an_empty_variable_counts_as_not_given(variables):
    variables(OFFAIR_SEED="", OFFAIR_HOST=" ", OFFAIR_SET="")

    assert {} == from_environment()


def test_in_python_ports_that_are_not_given_are_free_ones():
    assert [(0, 0), (80, 0), (80, 1935)] == [
        (settings.port, settings.rtmp_port) for settings in map(from_python, (None, {"port": 80}, Settings(port=80)))
    ]


def test_the_fixture_wins_over_variables_and_they_over_lines(variables):
    variables(OFFAIR_SEED="2", OFFAIR_BODY_LIMIT="2")
    settings = for_tests(["seed = 1", "body_limit = 1", "journal_size = 1"], {"seed": 3})

    assert (3, 2, 1, "light", 0) == (
        settings.seed, settings.body_limit, settings.journal_size, settings.media_profile, settings.port,
    )  # fmt: skip


def test_switches_are_laid_over_one_another_each_by_itself():
    settings = settle({"switches": "a.x=1,a.y=1"}, {"switches": {"a": {"y": 2}}}, {"switches": ["b.z=3"]})

    assert {"a": {"x": "1", "y": 2}, "b": {"z": "3"}} == settings.switches


def test_a_remark_and_an_empty_line_are_no_settings():
    assert {"seed": 1} == from_lines(["# port = 1", "", "seed = 1"])


@pytest.mark.parametrize("name", ["state", "set"])
def test_a_setting_answers_to_the_name_of_its_option_too(name):
    given = {"state": "/tmp/x", "set": "a.b=1"}[name]

    assert {"state": {"state_dir": Path("/tmp/x")}, "set": {"switches": {"a": {"b": "1"}}}}[name] == from_names(
        {name: given}
    )


def test_layers_begin_with_the_defaults_of_their_door():
    assert Settings(port=0, rtmp_port=0, seed=1) == settle(FREE_PORTS, {"seed": 1})


@pytest.mark.parametrize(
    ("text", "switches"),
    [
        ("a.x=1,2,b.y=3", {"a": {"x": "1,2"}, "b": {"y": "3"}}),
        ("a.x=u=v , a.y=,", {"a": {"x": "u=v", "y": ""}}),
        ("a.x=1\na.y=2", {"a": {"x": "1", "y": "2"}}),
        ("a.x=http://h.test/?q=1,b.z=2", {"a": {"x": "http://h.test/?q=1"}, "b": {"z": "2"}}),
        ("", {}),
    ],
)
def test_a_value_may_have_commas_of_its_own(text, switches):
    assert switches == gather(text)


@pytest.mark.parametrize("given", ["nothing", "x=1", ".x=1", "a.=1", [5], 5, {"a": 1}])
def test_what_is_no_switch_is_shown_with_how_to_write_one(given):
    with pytest.raises(SettingError, match=re.escape(FORM)):
        gather(given)


LETTERS = st.sampled_from(string.ascii_lowercase)  # a pattern of these would take longer to draw from than to test
NAMES = st.builds(str.__add__, LETTERS, st.text(f"{string.ascii_lowercase}{string.digits}-", max_size=5))
WORDS = st.builds(str.__add__, LETTERS, st.text(f"{string.ascii_lowercase}_", max_size=5))
TEXT = st.text("ab1,:/-", max_size=6).filter(lambda text: not text.endswith(","))


@given(st.dictionaries(NAMES, st.dictionaries(WORDS, TEXT, min_size=1)))
def test_one_text_and_a_mapping_say_the_same(switches):
    text = ",".join(f"{cloud}.{name}={value}" for cloud, all_of in switches.items() for name, value in all_of.items())

    assert switches == gather(text) == gather(switches)
