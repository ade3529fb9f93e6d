"""What the command's exit status says."""

from __future__ import annotations

from enum import IntEnum

from treadle_client._errors import (
    RequestError,
    StartError,
    TreadleClientError,
    UnreachableError,
)


class ExitCode(IntEnum):
    """The exit status of `treadle`."""

    #: What was asked for was done.
    SUCCEEDED = 0
    #: The run failed or was cancelled, or Treadle itself is at fault.
    RUN_FAILED = 1
    #: What was asked for is wrong: correct it.
    WRONG_REQUEST = 2
    #: Nobody answers, or the services did not start.
    NOT_REACHABLE = 3
    #: Ctrl-C; a run of a standing launcher goes on.
    INTERRUPTED = 130


def exit_code_of(error: TreadleClientError) -> ExitCode:
    """Say with which status an error ends the command."""
    if isinstance(error, RequestError):
        return ExitCode.WRONG_REQUEST
    if isinstance(error, StartError):
        return ExitCode.WRONG_REQUEST if error.usage else ExitCode.NOT_REACHABLE
    if isinstance(error, UnreachableError):
        return ExitCode.NOT_REACHABLE
    return ExitCode.RUN_FAILED
