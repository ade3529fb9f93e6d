"""`treadle runs logs`: what steps of a run wrote, as far as it goes now or as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from treadle_client._messages import LogChunk, LogStream
from treadle_client._requests import MOST_ATTEMPTS, MOST_BYTES
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.followed_attempt import FollowedAttempt, find_attempt, why_absent
from treadle_client.cli.named_run import named_run
from treadle_client.cli.options import json_option, serving_options
from treadle_client.cli.pages.following import naming_what_goes_on
from treadle_client.cli.pages.log_output import LogOutput
from treadle_client.cli.pages.say import say
from treadle_client.cli.session import SessionRequest, open_reading_session
from treadle_contract.lazy_dataclasses import dataclass, replace

if TYPE_CHECKING:
    from treadle_client._run_handle import RunHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Which part of what a step wrote is printed, and how. `attempt` None: the last that started."""

    attempt: int | None
    stream: LogStream
    offset: int
    as_json: bool

    def read(self, handle: RunHandle, step_key: str, *, follow: bool) -> Iterator[LogChunk]:
        return handle.logs(step_key, self.attempt, self.stream, offset=self.offset, follow=follow)


@click.command()
@click.argument("run_id", metavar="RUN")
@click.argument("step_key", metavar="[STEP]", required=False)
@click.option(
    "--attempt",
    type=click.IntRange(min=1, max=MOST_ATTEMPTS),
    metavar="N",
    help="By default the last one that started.",
)
@click.option(
    "--stream",
    type=click.Choice([each.value for each in LogStream]),
    default=LogStream.ALL.value,
    show_default=True,
    help="stdout, stderr, the records of Python's logging, or all.",
)
@click.option(
    "--follow",
    is_flag=True,
    help="Go on until that attempt has ended, also over a restart of the launcher. Needs STEP"
    " if the run has several.",
)
@click.option(
    "--offset",
    type=click.IntRange(min=0, max=MOST_BYTES),
    default=0,
    metavar="BYTE",
    help="The first byte wanted, from 0. Needs STEP and one --stream.",
)
@serving_options
@json_option("pieces (step_key, stream, offset, text), each a JSON document on a line")
@reporting_errors
def logs(  # noqa: PLR0913 - each is one argument or option
    *,
    run_id: str,
    step_key: str | None,
    attempt: int | None,
    stream: str,
    follow: bool,
    offset: int,
    wanted: SessionRequest,
    as_json: bool,
) -> ExitCode:
    """Print what a step of a run wrote, as it wrote it; without STEP, of every step that started.

    Terminal sequences in it reach this terminal, as those of the program itself would. Elsewhere
    control characters are shown (\\x1b), with --json escaped.
    """
    if step_key is None and attempt is not None:
        raise click.UsageError("--attempt needs a STEP.")
    if offset and (step_key is None or stream == LogStream.ALL.value):
        raise click.UsageError("--offset needs a STEP and one --stream: each has its own bytes.")
    part = _Part(attempt=attempt, stream=LogStream(stream), offset=offset, as_json=as_json)
    with open_reading_session(wanted) as session:
        handle = named_run(session.client, run_id)
        if follow:
            followed = find_attempt(handle, step_key, attempt)
            words = ("runs", "logs", handle.run_id, followed.step_key, "--follow")
            with naming_what_goes_on(session, *words):
                _follow(handle, followed, part)
        elif step_key is not None:
            return _print_one(handle, step_key, part)
        else:
            _print_all(handle, part)
    return ExitCode.SUCCEEDED


def _print_one(handle: RunHandle, step_key: str, part: _Part) -> ExitCode:
    output = LogOutput(step_key, as_json=part.as_json, offset=part.offset)
    chunks = part.read(handle, step_key, follow=False)
    first = next(chunks, None)
    if first is None:
        step = next((each for each in handle.steps() if each.key == step_key), None)
        absence = None if step is None else why_absent(step, part.attempt)
        if absence is not None:
            say(absence, err=True)
            return ExitCode.SUCCEEDED if part.attempt is None else ExitCode.WRONG_REQUEST
    else:
        output.show(first)
    _print(chunks, output)
    return ExitCode.SUCCEEDED


def _follow(handle: RunHandle, followed: FollowedAttempt, part: _Part) -> None:
    """Print until the attempt has ended, and say how it did on standard error."""
    part = replace(part, attempt=followed.number)
    chunks = part.read(handle, followed.step_key, follow=True)
    _print(chunks, LogOutput(followed.step_key, as_json=part.as_json, offset=part.offset))
    if not part.as_json:
        say(followed.how_it_ended(handle), err=True)


def _print_all(handle: RunHandle, part: _Part) -> None:
    started = [step.key for step in handle.steps() if step.attempts]
    for key in started:
        output = LogOutput(key, as_json=part.as_json, with_heading=True)
        _print(part.read(handle, key, follow=False), output)
    if not started and not part.as_json:
        say("No step of the run has started.", err=True)


def _print(chunks: Iterator[LogChunk], output: LogOutput) -> None:
    for chunk in chunks:
        output.show(chunk)
    output.finish()
