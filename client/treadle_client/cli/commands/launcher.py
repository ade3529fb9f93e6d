"""`treadle launcher`: become a launcher."""

from __future__ import annotations

import click

from treadle_client.cli.duration import duration
from treadle_client.cli.service_command import ServiceCommand, become
from treadle_client.services._durability import Durability
from treadle_client.services._start_choices import StartWith


@click.command(cls=ServiceCommand)
@click.option(
    "--location",
    multiple=True,
    metavar="NAME=ADDRESS",
    help="A code server to serve; repeatable. Without NAME= it is known by its own name.",
)
@click.option(
    "--home",
    metavar="DIR",
    help="The folder of runs and values; by default $TREADLE_HOME, else .treadle here.",
)
@click.option(
    "--bind",
    metavar="ADDRESS",
    help="unix:/path, or host:port on loopback with --token-file; by default a socket of its own,"
    " which the home's launcher.json names.",
)
@click.option(
    "--token-file", metavar="FILE", help="Holds the token that callers over TCP must send."
)
@click.option(
    "--location-token",
    multiple=True,
    metavar="NAME=FILE",
    help="Holds the token of the code server of --location NAME=HOST:PORT; repeatable.",
)
@click.option("--max-steps", type=int, metavar="N", help="Steps at once; by default one a CPU.")
@click.option("--max-runs", type=int, metavar="N", help="Runs at once; by default 10.")
@click.option(
    "--term-grace",
    type=float,
    metavar="SECONDS",
    help="Time between TERM and KILL of a step; by default 10.",
)
@click.option(
    "--orphan-grace",
    type=float,
    metavar="SECONDS",
    help="How long hosts wait for a launcher to come back; by default 600.",
)
@click.option(
    "--idle-host",
    type=float,
    metavar="SECONDS",
    help="How long a host without work is kept; by default 600.",
)
@click.option(
    "--host-answer",
    type=float,
    metavar="SECONDS",
    help="How long a host may owe an answer until it is asked, or killed; by default 10.",
)
@click.option(
    "--max-idle-hosts", type=int, metavar="N", help="How many of them are kept; by default 4."
)
@click.option(
    "--log-limit",
    type=int,
    metavar="BYTES",
    help="How much of each of an attempt's stdout, stderr and log is kept; by default 64 MiB.",
)
@click.option(
    "--import-timeout",
    type=float,
    metavar="SECONDS",
    help="How long the import of one target may take in a host; by default the code server's.",
)
@click.option(
    "--start-method",
    type=click.Choice([each.value for each in StartWith]),
    help="How hosts start step processes; by default they fork unless the code forbids it.",
)
@click.option(
    "--keep-intermediates",
    type=duration,
    metavar="TIME",
    help="How long intermediates are kept after their run's end: 7d, 12h, 30m, or seconds; by"
    " default 7d.",
)
@click.option(
    "--keep-versions",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many versions of each asset are kept, from the newest on; by default"
    " $TREADLE_KEEP_VERSIONS, else 3.",
)
@click.option(
    "--durability",
    type=click.Choice([each.value for each in Durability]),
    help="What survives: the kill of every process, by default, or a power cut too.",
)
@click.option(
    "--forget-values",
    is_flag=True,
    help="Go on with the database that is there, though it is older than the home's values or"
    " another's, and remove the values that it does not know.",
)
@click.option(
    "--take-over",
    type=click.Choice(["cancel", "resume"]),
    help="What becomes of unfinished runs in a home that was copied or is another user's; without"
    " it such a home is refused.",
)
@click.pass_context
def launcher(ctx: click.Context, /, **_: object) -> None:
    """Run a launcher in the foreground, until Ctrl-C or SIGTERM.

    It plans by asking code servers, runs steps in processes of their own, and keeps the record.
    Steps that run when it leaves go on: their hosts wait for the next launcher on the home.

    \b
        treadle launcher --location unix:/run/user/1000/etl.sock
        treadle launcher --location etl=unix:/run/user/1000/etl.sock --home /var/lib/treadle
    """
    become("treadle_launcher", ctx.obj)
