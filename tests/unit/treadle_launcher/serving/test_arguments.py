from __future__ import annotations

from pathlib import Path

import pytest

from treadle_access.addresses import TcpAddress, UnixAddress
from treadle_launcher.durability import Durability
from treadle_launcher.serving.arguments import LocationArgument, StartWith, read


def test_without_flags_it_is_a_standing_launcher_on_the_home_of_the_working_directory():
    settings = read([])
    assert not settings.is_ephemeral
    assert settings.home == Path(".treadle")
    assert settings.bind is None
    assert settings.locations == ()
    assert (settings.max_runs, settings.idle_host, settings.max_idle_hosts) == (10, 600.0, 4)


def test_the_environment_names_the_home_and_the_flag_wins(monkeypatch):
    monkeypatch.setenv("TREADLE_HOME", "/from/environment")
    assert read([]).home == Path("/from/environment")
    assert read(["--home", "/from/flag"]).home == Path("/from/flag")


def test_locations_have_a_name_or_take_their_own():
    settings = read(["--location", "a=unix:/s", "--location", "[::1]:99"])
    assert settings.locations == (
        LocationArgument(name="a", address=UnixAddress(path=Path("/s"))),
        LocationArgument(name="", address=TcpAddress(host="::1", port=99)),
    )


def test_a_token_is_read_from_its_file(tmp_path):
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text("open-sesame-open-sesame\n")
    settings = read(["--bind", "localhost:0", "--token-file", str(file)])
    assert settings.token == "open-sesame-open-sesame"


def test_spawning_can_be_forced_for_all_by_the_environment(monkeypatch):
    monkeypatch.setenv("TREADLE_START_METHOD", "spawn")
    assert read([]).start_method is StartWith.SPAWN


def test_nothing_waits_for_the_disk_unless_a_flag_or_the_environment_says_so(monkeypatch):
    monkeypatch.delenv("TREADLE_DURABILITY", raising=False)
    assert read([]).durability is Durability.PROCESS
    assert read(["--durability", "power"]).durability is Durability.POWER
    monkeypatch.setenv("TREADLE_DURABILITY", "power")
    assert read([]).durability is Durability.POWER


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--bind", "127.0.0.1:0"], "only with --token-file"),
        (["--bind", "10.0.0.1:80"], "loopback only"),
        (["--bind", "nowhere"], "is not an address"),
        (["--home", ""], "names no folder"),
        (["--alive-fd", "999"], "is not an open descriptor"),
        (["--bind", "unix:"], "names no socket"),
        (["--bind", "unix:/" + "x" * 120], "at most 107 bytes"),
        (["--location", "a=unix:/1", "--location", "a=unix:/2"], "two locations are named 'a'"),
        (["--max-steps", "0"], "less than 1"),
        (["--term-grace", "-1"], "not a number of seconds"),
        (["--idle-host", "inf"], "not a number of seconds"),
        (
            ["--start-method", "thread"],
            "--start-method, or TREADLE_START_METHOD, is 'thread': write auto or fork or spawn.",
        ),
        (
            ["--durability", "fire"],
            "--durability, or TREADLE_DURABILITY, is 'fire': write process or power.",
        ),
        (["--token-file", "/nowhere/token"], "--token-file"),
    ],
)
def test_a_mistake_is_named_and_ends_with_status_2(capsys, flags, message):
    with pytest.raises(SystemExit) as ended:
        read(flags)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert message in said
    assert "\ntreadle launcher: error: " in said


@pytest.fixture
def tokens(tmp_path):
    for name in ("own", "etl"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(f"open-sesame-for-{name}")
    return tmp_path


def test_a_location_has_a_token_of_its_own(tokens):
    settings = read(
        [
            *("--location", "etl=127.0.0.1:1", "--location", "b=127.0.0.1:2"),
            *("--token-file", f"{tokens}/own", "--location-token", f"etl={tokens}/etl"),
        ]
    )
    assert [each.token for each in settings.locations] == ["open-sesame-for-etl", None]
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("location", "given", "message"),
    [
        ("etl=127.0.0.1:1", "etl={}/own", "holds the launcher's own token"),
        ("127.0.0.1:1", "etl={}/etl", "write --location etl=ADDRESS"),
        ("etl=unix:/s", "etl={}/etl", "takes no token, only TCP does"),
        ("etl=127.0.0.1:1", "{}/etl", "write NAME=FILE"),
        ("etl=127.0.0.1:1", "etl={}/none", "cannot be read"),
    ],
)
def test_a_location_s_token_that_cannot_be_meant_is_refused(
    tokens, capsys, location, given, message
):
    own = ("--token-file", f"{tokens}/own")
    with pytest.raises(SystemExit):
        read(["--location", location, *own, "--location-token", given.format(tokens)])
    assert message in capsys.readouterr().err


def test_a_token_that_is_no_secret_is_refused_with_what_to_do(tmp_path, capsys):
    file = tmp_path / "token"
    file.write_text("open-sesame-open-sesame")
    file.chmod(0o644)
    with pytest.raises(SystemExit):
        read(["--token-file", str(file)])
    assert f"--token-file: others may read or write {file}" in capsys.readouterr().err


def test_how_many_versions_are_kept_is_told_by_the_flag_else_the_environment(monkeypatch, capsys):
    monkeypatch.delenv("TREADLE_KEEP_VERSIONS", raising=False)
    assert read([]).keep_versions == 3
    monkeypatch.setenv("TREADLE_KEEP_VERSIONS", "7")
    assert read([]).keep_versions == 7
    assert read(["--keep-versions", "1"]).keep_versions == 1
    with pytest.raises(SystemExit):
        read(["--keep-versions", "0"])
    assert "--keep-versions: 0 is less than 1" in capsys.readouterr().err
