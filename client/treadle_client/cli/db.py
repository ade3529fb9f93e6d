"""`treadle db`: homes of an older format, and whether a home is in order."""

from __future__ import annotations

from pathlib import Path

import click

from treadle_client._home import default_home
from treadle_client.cli.service_command import become

_HOME = click.option(
    "--home",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of runs and values; by default $TREADLE_HOME, else .treadle here.",
)


@click.group()
def db() -> None:
    """Upgrade a home that an older Treadle wrote, or check one."""


@db.command()
@_HOME
def upgrade(home: Path | None) -> None:
    """Bring a home to the format of this Treadle.

    The database is copied aside first, as treadle.db.format-N. A home on which a launcher runs is
    refused; one that has the format already is left as it is.
    """
    become("treadle_launcher.home_tool", ["upgrade", "--home", str(_existing(home))])


@db.command()
@_HOME
def check(home: Path | None) -> None:
    """Check a home: format, database, that each run can be read, that the latest values are there.

    Changes nothing, and may be called while a launcher runs. Exit status 1: it found something.
    """
    become("treadle_launcher.home_tool", ["check", "--home", str(_existing(home))])


def _existing(home: Path | None) -> Path:
    found = (home or default_home()).absolute()
    if not any((found / name).exists() for name in ("FORMAT", "treadle.db")):
        raise click.UsageError(f"{found} is not a home. Name one with --home.")
    return found
