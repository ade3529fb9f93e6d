"""What a command says to somebody who called it wrongly: the way out, to be typed as it stands."""

from __future__ import annotations

import click
import pytest

from treadle_client.cli.repeated import next_command


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("materialise",), "No such command 'materialise'. Did you mean 'materialize'?"),
        (("run",), "Did you mean 'runs'?"),
        (("runs", "sho"), "Did you mean 'show'?"),
        (("assets", "foo"), "There are list, show."),
        (("plan", "my_assets.py"), "Name a file of assets with -f FILE, an asset with -s KEY."),
        (("dev", "my_assets.py"), "Name a file of assets with -f FILE."),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(treadle, arguments, hint) -> None:
    done = treadle(*arguments)

    assert done.status == 2
    assert hint in done.err


def test_nobody_at_an_address_says_how_addresses_are_written(treadle) -> None:
    done = treadle("runs", "--launcher", "unix:/none/such.sock")

    assert done.status == 3
    assert "Nobody answers at unix:/none/such.sock" in done.err
    assert "unix:/absolute/path or host:port" in done.err


def test_a_cancel_where_no_launcher_runs_names_the_one_that_takes_up_runs(treadle) -> None:
    done = treadle("runs", "cancel", "R")

    assert done.status == 3
    assert "Start `treadle launcher` on it" in done.err
    assert "`treadle dev` and -f take up none" in done.err


def test_a_module_that_is_not_there_says_where_modules_are_looked_for(treadle) -> None:
    done = treadle("plan", "-m", "no_such_module")

    assert done.status == 2
    assert "No module named 'no_such_module'" in done.err
    assert "--working-directory" in done.err


@pytest.mark.parametrize("command", ["check", "upgrade"])
def test_a_folder_that_is_no_home_is_named_as_such(treadle, tmp_path, command) -> None:
    done = treadle("db", command, "--home", str(tmp_path))

    assert done.status == 2
    assert f"{tmp_path} is not a home. Name one with --home." in done.err


def test_the_next_command_repeats_where_this_one_looked_and_nothing_else(monkeypatch) -> None:
    monkeypatch.setenv("THEIR_LAUNCHER", "unix:/from/the/environment")
    said = []

    @click.command()
    @click.option("-f", "--file", "files", multiple=True)
    @click.option("--home")
    @click.option("--launcher", envvar="THEIR_LAUNCHER")
    @click.option("--timeout", type=float)
    def command(**_: object) -> None:
        said.append(next_command("runs", "rerun", "R"))

    command.main(["-f", "a.py", "-f", "b c.py", "--timeout", "3"], standalone_mode=False)

    assert said == ["treadle runs rerun R -f a.py -f 'b c.py'"]
