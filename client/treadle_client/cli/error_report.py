"""How an error that ends a command is shown: words for people, JSON for machines, an exit status."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from treadle_client._arguments import WrongArgument
from treadle_client._errors import LoadError, RequestError, SelectionError, TreadleClientError
from treadle_client._messages import ModuleReport
from treadle_client.cli.exit_code import ExitCode, exit_code_of
from treadle_client.cli.pages.machine import plain_error, print_line
from treadle_client.cli.pages.say import say

P = ParamSpec("P")

#: Where the names are listed that a refusal had no suggestion from.
_WHERE_NAMES_ARE = {
    "UNKNOWN_RUN": "`treadle runs` lists them.",
    "UNKNOWN_STEP": "`treadle runs show RUN` lists the run's steps, and which have started.",
    "UNKNOWN_ASSET": "`treadle assets` lists them; `treadle graph` shows the steps behind.",
    "UNKNOWN_JOB": "`treadle graph` lists jobs; --select takes assets.",
}


def reporting_errors(command: Callable[P, ExitCode]) -> Callable[P, ExitCode]:
    """Show what the command raises of this package's errors, and return the exit status for it."""

    @wraps(command)
    def reported(*args: P.args, **kwargs: P.kwargs) -> ExitCode:
        try:
            return command(*args, **kwargs)
        except TreadleClientError as error:
            show_error(error, as_json=bool(kwargs.get("as_json")))
            return exit_code_of(error)
        except WrongArgument as error:
            raise click.UsageError(str(error)) from error

    return reported


def show_error(error: TreadleClientError, *, as_json: bool) -> None:
    """Write the error to stderr and, for machines, a document to stdout."""
    if as_json:
        print_line(plain_error(error))
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    say(error.message, err=True)
    for line in _advice(error):
        say(line, err=True)


def _advice(error: TreadleClientError) -> list[str]:
    """Say what to do, where the launcher said it in a field and not in its message."""
    lines = []
    if isinstance(error, LoadError) and any(map(_is_not_found, error.location.modules)):
        lines.append(
            "Modules are looked for in the working directory (--working-directory, else here) and in"
            " the interpreter's environment (--python)."
        )
    if isinstance(error, RequestError):
        unsaid = [name for name in error.suggestions if name not in error.message]
        if unsaid:
            lines.append(f"Did you mean {', '.join(unsaid)}?")
        elif not error.suggestions and error.reason in _WHERE_NAMES_ARE:
            lines.append(_WHERE_NAMES_ARE[error.reason])
    if isinstance(error, SelectionError) and error.smallest:
        lines.append(f"A selection that is accepted: --select '{error.smallest}'")
    return lines


def _is_not_found(report: ModuleReport) -> bool:
    """Whether a target itself was not found; what it imports is named by its traceback."""
    return f"No module named {report.target.partition('.')[0]!r}" in str(report.problem)
