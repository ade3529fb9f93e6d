from __future__ import annotations

import sys
from pathlib import Path

import pytest

from treadle_access.addresses import TcpAddress, UnixAddress
from treadle_codeserver import defaults
from treadle_codeserver.arguments import read
from treadle_contract.codeserver import LaunchTarget


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my_assets.py"
    path.touch()
    return path


def test_a_file_is_enough(file: Path) -> None:
    settings = read(["-f", "my_assets.py"])

    command = settings.command
    assert settings.name == "my_assets"
    assert command.targets == (LaunchTarget(file=str(file)),)
    assert command.interpreter == Path(sys.executable).absolute()
    assert command.working_directory == file.parent
    assert command.import_timeout == defaults.IMPORT_TIMEOUT_S
    assert isinstance(settings.bind, UnixAddress)
    assert (settings.token, settings.alive_fd, settings.ready_fd) == (None, None, None)


def test_targets_keep_the_order_in_which_they_were_written(file: Path) -> None:
    settings = read(["-m", "b.c", "-f", str(file), "--module", "a"])

    assert settings.name == "b.c"
    assert settings.command.targets == (
        LaunchTarget(module="b.c"),
        LaunchTarget(file=str(file)),
        LaunchTarget(module="a"),
    )


def test_reading_twice_gives_the_same(file: Path) -> None:
    assert read(["-f", str(file)]) == read(["-f", str(file)])


def test_locations_of_other_names_have_other_sockets(file: Path) -> None:
    assert read(["-f", str(file)]).bind == read(["-f", str(file), "--name", "my_assets"]).bind
    assert read(["-f", str(file)]).bind != read(["-f", str(file), "--name", "other"]).bind


def test_an_interpreter_is_found_and_its_links_are_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = file.parent / "bin"
    folder.mkdir()
    (folder / "mine").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(folder))

    assert read(["-f", str(file), "--python", "mine"]).command.interpreter == folder / "mine"
    assert read(["-f", str(file), "--python", "bin/mine"]).command.interpreter == folder / "mine"


def test_tcp_takes_its_token_from_a_file(file: Path) -> None:
    token = file.with_name("token")
    token.touch(mode=0o600)
    token.write_text("open-sesame-open-sesame\n")

    settings = read(["-f", str(file), "--bind", "127.0.0.1:0", "--token-file", str(token)])

    assert settings.bind == TcpAddress(host="127.0.0.1", port=0)
    assert settings.token == "open-sesame-open-sesame"
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing to load"),
        (["-f", "missing.py"], "there is no file"),
        (["-m", "not a module"], "is not a module's name"),
        (["-m", "a", "--working-directory", "missing"], "there is no folder"),
        (["-m", "a", "--python", "no-such-python"], "is no program"),
        (["-m", "a", "--bind", "0.0.0.0:1"], "loopback only"),
        (["-m", "a", "--bind", "127.0.0.1:0"], "only with --token-file"),
        (["-m", "a", "--token-file", "missing"], "--token-file"),
        (["-m", "a", "--token-file", "my_assets.py"], "chmod 600"),
        (["-m", "a", "--import-timeout", "0"], "number of seconds"),
        (["-m", "a", "--name", " "], "is not a name"),
        (["-m", "a", "--alive-fd", "99999"], "not an open descriptor"),
        (["-m", "a", "--ready", "1"], "unrecognized arguments"),
    ],
)
@pytest.mark.usefixtures("file")
def test_a_mistake_is_told_and_ends_with_status_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        read(arguments)

    said = capsys.readouterr().err
    assert caught.value.code == 2
    assert told in said
    assert "\ntreadle codeserver: error: " in said
