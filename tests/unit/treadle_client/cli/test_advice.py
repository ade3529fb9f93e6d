"""What a command says to somebody who called it wrongly: the way out, to be typed as it stands."""

from __future__ import annotations

import click
import pytest

from treadle_client import HomeInUseError
from treadle_client.cli.repeated import next_command


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("materialise",), "No such command 'materialise'. Did you mean 'materialize'?"),
        (("run",), "Did you mean 'runs'?"),
        (("runs", "sho"), "Did you mean 'show'?"),
        (
            ("assets", "foo"),
            "There are list, show. To show one of them: treadle assets show foo.\n",
        ),
        (("runs", "01M8A0"), "To show one of them: treadle runs show 01M8A0.\n"),
        (("logs", "R", "a"), "No such command 'logs'. Did you mean 'runs logs'?\n"),
        (("rerun", "R"), "No such command 'rerun'. Did you mean 'runs rerun'?\n"),
        (
            ("show", "a"),
            "No such command 'show'. Did you mean 'assets show' or 'runs show' or 'partitions show' or 'backfill show'?\n",
        ),
        (("plan", "my_assets.py"), "Name a file of assets with -f FILE, an asset with -s KEY."),
        (("dev", "my_assets.py"), "Name a file of assets with -f FILE."),
        (("codeserver", "my_assets.py"), "Name a file of assets with -f FILE.\n"),
        (("launcher", "unix:/c"), "Name a code server with --location ADDRESS.\n"),
        (("help",), "No such command 'help'. Did you mean 'treadle --help'?\n"),
        (("version",), "No such command 'version'. Did you mean 'treadle --version'?\n"),
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


STARTED = "Start one (treadle dev -f FILE, or treadle launcher)"


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        ("graph", f"{STARTED}, name one (--launcher ADDRESS), or give the command its code (-f FILE)."),
        ("reload", f"{STARTED}, or name one (--launcher ADDRESS)."),
    ],
)  # fmt: skip
def test_a_command_is_told_of_the_options_that_it_has(treadle, tmp_path, command, advice) -> None:
    done = treadle(command)

    assert done.err == f"error: No launcher runs on the home {tmp_path}/.treadle. {advice}\n"


def test_a_home_in_use_names_its_launcher_and_the_ways_out() -> None:
    said = str(HomeInUseError("/h", pid=7, address="unix:/l"))

    assert said == (
        "The home /h is in use by the launcher with pid 7. Talk to that one (--launcher unix:/l in"
        " place of -f and -m, Client.connect('unix:/l')), wait for its end, or name another home."
    )


def test_a_cancel_where_no_launcher_runs_names_the_one_that_takes_up_runs(treadle) -> None:
    done = treadle("runs", "cancel", "R")

    assert done.status == 3
    assert "Start `treadle launcher` on it" in done.err
    assert "`treadle dev` and -f take up none" in done.err


def test_a_plan_of_a_rerun_without_code_or_launcher_says_how_to_get_either(
    treadle, tmp_path
) -> None:
    (tmp_path / ".treadle").mkdir()
    (tmp_path / ".treadle" / "FORMAT").touch()

    done = treadle("runs", "rerun", "R", "--plan")

    assert done.status == 3
    assert done.err.startswith(f"error: No launcher runs on the home {tmp_path}/.treadle. Start")
    assert "give the command its code (-f FILE)" in done.err


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


@pytest.mark.parametrize(("command", "way"), [("gc", ""), ("materialize", ", or give -f")])
def test_values_are_forgotten_by_a_launcher_that_is_started(treadle, address, command, way) -> None:
    done = treadle(command, "--forget-values", "--launcher", address)

    assert done.status == 2
    assert done.err.endswith(f"is for a launcher that is started: stop the one that runs{way}.\n")
