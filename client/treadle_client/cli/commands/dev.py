"""`treadle dev`: a code server and a launcher in one terminal."""

from __future__ import annotations

import queue
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from treadle_client._errors import HomeInUseError, StartError
from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.home_option import home_option
from treadle_client.cli.options import FORGET_HELP, code_options
from treadle_client.cli.pages.location_text import location_text
from treadle_client.cli.pages.say import say
from treadle_client.services._durability import Durability
from treadle_client.services._home import default_home
from treadle_client.services._lifeline import Service
from treadle_client.services._local import Code, LocalServices, forgetting, local_services
from treadle_contract.lazy_dataclasses import replace


@click.command(cls=CodeCommand)
@code_options
@click.option("--name", metavar="NAME", help="The location's name; by default the first target's.")
@home_option
@click.option("--bind", metavar="ADDRESS", help="Where the launcher is to be reached.")
@click.option("--token-file", metavar="FILE", help="Holds the token for a launcher on TCP.")
@click.option("--max-steps", type=click.IntRange(min=1), metavar="N", help="Steps at once.")
@click.option("--max-runs", type=click.IntRange(min=1), metavar="N", help="Runs at once.")
@click.option(
    "--durability",
    type=click.Choice([each.value for each in Durability]),
    help="What survives: the kill of every process, by default, or a power cut too.",
)
@click.option("--forget-values", is_flag=True, help=FORGET_HELP)
@reporting_errors
def dev(
    *,
    code: Code,
    home: Path | None,
    name: str | None,
    forget_values: bool,
    **launcher: str | None,
) -> ExitCode:
    """Run a code server and a launcher in this terminal, until Ctrl-C.

    Other commands in the same folder find them by the home. Ctrl-C, or SIGTERM, cancels what
    runs and ends both; a second Ctrl-C does not wait for steps to end in good order. Killed, it
    leaves no process behind either.

    \b
        treadle dev -f my_assets.py
        treadle materialize --select '*'          (in another terminal)
        treadle reload                            (after a change)
    """
    if code.is_empty:
        raise click.UsageError("Nothing to load: give a file (-f) or a module (-m).")
    with _sigterm_as_ctrl_c():
        try:
            with local_services(
                replace(code, name=name),
                home or default_home(),
                launcher_arguments=[*_arguments(launcher), *forgetting(forget_values)],
                show_stderr=True,
            ) as services:
                return _serve(services, token_file=launcher["token_file"])
        except KeyboardInterrupt:
            return ExitCode.SUCCEEDED
        except HomeInUseError as error:
            raise _second(error) from error


def _second(error: HomeInUseError) -> StartError:
    """Say what somebody can do who has a launcher on the home already: this command needs code."""
    return StartError(
        f"The home {error.home} is in use by the launcher with pid {error.pid}: have that one load"
        " changed code (treadle reload), end it, or name another home (--home DIR).",
        usage=True,
    )


def _arguments(launcher: Mapping[str, str | None]) -> list[str]:
    return [
        word
        for name, value in launcher.items()
        if value is not None
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]


def _serve(services: LocalServices, *, token_file: str | None) -> ExitCode:
    """Say where the services are, and wait for Ctrl-C or the end of one of them."""
    ended: queue.SimpleQueue[Service] = queue.SimpleQueue()
    for service in (services.code_server, services.launcher):
        if service is not None:
            service.watch(ended.put)
    from treadle_client._client import Client  # noqa: PLC0415 -- gRPC is not what services wait for

    with Client.connect(services.launcher_address, token_file=token_file) as client:
        locations = client.locations()
    say(f"launcher {services.launcher_address}")
    say(f"home {services.home}")
    for location in locations:
        say(location_text(location))
    say("Ctrl-C ends both.")
    try:
        first = ended.get()
    except KeyboardInterrupt:
        say("Ending; again Ctrl-C ends at once.", err=True)
        raise
    message = f"The {first.name} ended by itself with exit status {first.wait()}."
    raise StartError(f"{message} The other one is ended too.")


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Leave in good order on SIGTERM as on Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
