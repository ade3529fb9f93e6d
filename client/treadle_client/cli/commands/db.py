"""`treadle db`: homes of an older format, and whether a home is in order."""

from __future__ import annotations

from pathlib import Path

import click

from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.home_option import home_option
from treadle_client.cli.service_command import become
from treadle_client.services._home import default_home, holds


@click.group()
def db() -> None:
    """Upgrade a home that an older Treadle wrote, or check one."""


@db.command()
@home_option
@reporting_errors
def upgrade(home: Path | None) -> ExitCode:
    """Bring a home to the format of this Treadle.

    The database is copied aside first, as treadle.db.format-N. A home on which a launcher runs is
    refused; one that has the format already is left as it is.
    """
    become("treadle_launcher.home.tool", ["upgrade", "--home", str(_existing(home))])


@db.command()
@home_option
@reporting_errors
def check(home: Path | None) -> ExitCode:
    """Check a home: format, database, that each run can be read, that the latest values are there.

    Changes nothing, and may be called while a launcher runs. Exit status 1: it found something.
    """
    become("treadle_launcher.home.tool", ["check", "--home", str(_existing(home))])


def _existing(home: Path | None) -> Path:
    found = (home or default_home()).absolute()
    if not any(holds(found, name) for name in ("FORMAT", "treadle.db")):
        raise click.UsageError(f"{found} is not a home. Name one with --home.")
    return found
