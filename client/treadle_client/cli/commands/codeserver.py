"""`treadle codeserver`: become a code server."""

from __future__ import annotations

import click

from treadle_client.cli.service_command import ServiceCommand, become
from treadle_client.services._start_choices import ImportScope


@click.command(cls=ServiceCommand)
@click.option("-f", "--file", multiple=True, metavar="FILE", help="A file to load; repeatable.")
@click.option(
    "-m", "--module", multiple=True, metavar="MODULE", help="A dotted module to load; repeatable."
)
@click.option(
    "--working-directory",
    metavar="DIR",
    help="Where the code runs and modules are found; by default here.",
)
@click.option(
    "--python",
    metavar="INTERPRETER",
    help="The interpreter that runs the code; by default this one. It needs nothing of Treadle.",
)
@click.option(
    "--bind",
    metavar="ADDRESS",
    help="unix:/path, or host:port on loopback with --token-file; by default a socket of its own,"
    " which it prints.",
)
@click.option("--name", metavar="NAME", help="The location's name; by default the first target's.")
@click.option(
    "--import-timeout",
    type=float,
    metavar="SECONDS",
    help="How long the import of one target may take; by default 60.",
)
@click.option(
    "--import",
    "import_scope",
    type=click.Choice([each.value for each in ImportScope]),
    help="How long a host's import serves: until the next load, by default, or one run.",
)
@click.option("--token-file", metavar="FILE", help="Holds the token that callers over TCP send.")
@click.pass_context
def codeserver(ctx: click.Context, /, **_: object) -> None:
    """Run a code server in the foreground, until Ctrl-C or SIGTERM.

    It answers what the graph is and what would run for a selection. The code itself is imported
    by a child process: a module that raises, exits or hangs does not harm the server, which goes
    on from the last load that worked. Targets keep their order.

    \b
        treadle codeserver -f my_assets.py --bind unix:/run/user/1000/etl.sock --name etl
        treadle codeserver -m etl.assets --working-directory ~/etl --python ~/etl/.venv/bin/python
    """
    become("treadle_codeserver", ctx.obj)
