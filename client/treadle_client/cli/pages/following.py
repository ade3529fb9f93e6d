"""Following a run to its end: every event shown once, over any number of interruptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from treadle_client._errors import RunFinishedError, UnreachableError
from treadle_client._messages import Run, RunState
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.pages.display import RunDisplay, open_display
from treadle_client.cli.pages.going_on import how_to_go_on
from treadle_client.cli.pages.interruptible import interruptible
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.say import say
from treadle_client.cli.repeated import next_command
from treadle_client.cli.session import Lifetime, Session
from treadle_client.text._words import moment

if TYPE_CHECKING:
    from treadle_client._run_handle import RunHandle


class Following:
    """A run that is shown. Remembers what was shown, so that it can go on after Ctrl-C."""

    def __init__(self, handle: RunHandle, display: RunDisplay, *, after: int = 0) -> None:
        self._handle = handle
        self._display = display
        self._last = after

    def to_the_end(self) -> ExitCode:
        """Show the run until it has ended, and say how with the exit status.

        Raises:
            KeyboardInterrupt: Ctrl-C; another call goes on behind the last event shown.
        """
        for event in interruptible(self._handle.events(self._last)):
            self._last = event.sequence
            self._display.show(event)
        result = self._handle.result()
        self._display.finish(result)
        return exit_code_of_run(result.status)

    def up_to_now(self) -> ExitCode:
        """Show what is recorded, and say with the exit status whether the run failed."""
        for event in self._handle.events(self._last, follow=False):
            self._last = event.sequence
            self._display.show(event)
        return exit_code_of_run(self._handle.status())

    def cancel(self, reason: str) -> None:
        """Ask for the run's end; harmless if it has ended already."""
        with suppress(RunFinishedError):
            self._handle.cancel(reason)


def exit_code_of_run(state: RunState) -> ExitCode:
    """Say with which status a run in this state ends the command."""
    lost = {RunState.FAILED, RunState.CANCELLED}
    return ExitCode.RUN_FAILED if state in lost else ExitCode.SUCCEEDED


@contextmanager
def naming_what_goes_on(session: Session, *words: str) -> Iterator[None]:
    """Say of a run whose launcher stayed away that it goes on, and what shows it again.

    Services of the command's own take their runs with them.
    """
    try:
        yield
    except UnreachableError as error:
        if session.lifetime is Lifetime.COMMAND:
            raise
        message = (
            f"{error.message}\nThe run goes on without being watched, and the next launcher on its"
            f" home takes it up. See it again: {next_command(*words)}"
        )
        raise UnreachableError(message, address=error.address) from error


def follow_or_name(session: Session, handle: RunHandle, *, detach: bool, as_json: bool) -> ExitCode:
    """Show a run that was just launched until it has ended; detached, print its id only.

    What its plan notes is said beforehand, beside what a program reads; so is that it was
    launched by an earlier request of the same idempotency key.
    """
    if handle.existed:
        say(_made_before(handle.describe()), err=True)
    for note in handle.notes:
        say(f"Note: {note}", err=True)
    if not detach:
        return _follow(session, handle, as_json=as_json)
    if as_json:
        print_document(plain(handle.describe()))
    else:
        say(handle.run_id)
    return ExitCode.SUCCEEDED


def _made_before(run: Run) -> str:
    return (
        f"This request was made before: run {run.run_id} of {moment(run.submitted_at)}"
        f" ({run.status}); nothing was launched."
    )


def _follow(session: Session, handle: RunHandle, *, as_json: bool) -> ExitCode:
    with naming_what_goes_on(session, "runs", "watch", handle.run_id):
        code = _shown(session, handle, as_json=as_json)
    if not as_json:
        say_how_to_go_on(handle, code)
    return code


def say_how_to_go_on(handle: RunHandle, code: ExitCode) -> None:
    """Say it on standard error, if the run ended and did not succeed."""
    if code is ExitCode.RUN_FAILED:
        say(how_to_go_on(handle.describe()), err=True)


def _shown(session: Session, handle: RunHandle, *, as_json: bool) -> ExitCode:
    with open_display(as_json=as_json) as display:
        following = Following(handle, display)
        try:
            return following.to_the_end()
        except KeyboardInterrupt:
            if session.lifetime is Lifetime.STANDING:
                watch, cancel = (
                    next_command("runs", each, handle.run_id) for each in ("watch", "cancel")
                )
                say(f"The run goes on. See it: {watch}. End it: {cancel}.", err=True)
                return ExitCode.INTERRUPTED
            say("Cancelling the run; again Ctrl-C ends at once.", err=True)
            following.cancel("Ctrl-C")
            return following.to_the_end()
