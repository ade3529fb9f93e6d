"""The `treadle` command. Each subcommand is a module, imported when it is the one that is called."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from treadle_access.importing import modules_for_good
from treadle_client.cli.command_groups import LazyGroup
from treadle_client.cli.exit_code import ExitCode
from treadle_contract.version import VERSION

_PACKAGE = f"{__name__}.commands"
_COMMANDS = {
    "dev": "Run a code server and a launcher in this terminal.",
    "codeserver": "Run a code server: it answers what the graph is and what would run.",
    "launcher": "Run a launcher: it plans, runs, and keeps the record.",
    "check": "Say what modules use of Dagster's that Treadle does not have.",
    "graph": "Show assets, what makes them, and the steps behind.",
    "plan": "Show what would run for a selection, and why.",
    "explain": "Say why each op is in a selection's plan, or not.",
    "materialize": "Make assets, and show it happen.",
    "assets": "List assets with their latest materialization, or one's history.",
    "runs": "List, show, watch, cancel and debug runs, and read their logs.",
    "partitions": "Show the partitions of an asset; change the keys of dynamic definitions.",
    "backfill": "Launch runs that make chosen partitions; list, show, cancel and retry them.",
    "locations": "List code locations: where they are, how they stand, what they serve.",
    "reload": "Load a location's code anew.",
    "gc": "Remove stored values that nothing needs.",
    "disk": "Show what stored values take, by asset and by run.",
    "db": "Upgrade a home that an older Treadle wrote, or check one.",
}


@click.command(
    cls=LazyGroup,
    package=_PACKAGE,
    commands_help=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, prog_name="treadle")
def treadle() -> None:
    """Make graph-backed assets.

    Commands that need a launcher take code (-f FILE, -m MODULE) and run services of their own
    for as long as they take, or talk to a running launcher: --launcher, else $TREADLE_LAUNCHER,
    else the one that runs on the home.

    Exit status: 0 succeeded, 1 the run failed or was cancelled, 2 the request was wrong,
    3 not reachable, 130 interrupted.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        status = treadle.main(
            list(arguments) if arguments is not None else None,
            prog_name="treadle",
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        return ExitCode.WRONG_REQUEST
    except click.Abort:
        return ExitCode.INTERRUPTED
    return status if isinstance(status, int) else ExitCode.SUCCEEDED


def main() -> NoReturn:
    """Run the command and exit; the process is its own."""
    called = next((word for word in sys.argv[1:] if word in _COMMANDS), None)
    if called is not None:
        with modules_for_good():
            importlib.import_module(f"{_PACKAGE}.{called}")
    try:
        status = run()
    finally:
        # What is left ends with the process: Python would look for garbage in all of it.
        gc.freeze()
    sys.exit(status)
