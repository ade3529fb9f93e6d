"""What to type to go on from a run that did not succeed."""

from __future__ import annotations

from treadle_client._messages import FailureReason, Run
from treadle_client.cli.repeated import next_command


def how_to_go_on(run: Run) -> str:
    """Return a line with the command; after a time that was over, with twice as much of it.

    Code that defines something else at each import has to be mended first.
    """
    if run.failure is not None and run.failure.reason is FailureReason.UNSTABLE:
        return "Mend that first: until then, no run of this code can do anything."
    words = ("runs", "rerun", run.run_id)
    if (
        run.timeout is None
        or run.failure is None
        or run.failure.reason is not FailureReason.TIMEOUT
    ):
        return f"Go on from it: {next_command(*words)}"
    more = f"{2 * run.timeout.total_seconds():g}"
    return f"Go on from it with more time: {next_command(*words, '--timeout', more)}"
