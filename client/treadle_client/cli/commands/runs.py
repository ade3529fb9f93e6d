"""`treadle runs`: list, show, watch and cancel runs; logs, debug and rerun have files of their own."""

from __future__ import annotations

from itertools import islice

import click

from treadle_client._messages import RunState
from treadle_client._requests import MOST_EVENTS
from treadle_client.cli.command_groups import DefaultGroup
from treadle_client.cli.commands.debug import debug
from treadle_client.cli.commands.logs import logs
from treadle_client.cli.commands.rerun import rerun
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.named_run import named_run
from treadle_client.cli.options import json_option, serving_options
from treadle_client.cli.pages.display import open_display
from treadle_client.cli.pages.following import Following, naming_what_goes_on, say_how_to_go_on
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.pages.run_pages import (
    cancel_reason,
    last_warnings,
    run_line,
    run_page,
    runs_page,
    silent_steps,
)
from treadle_client.cli.pages.say import say
from treadle_client.cli.session import (
    START_ITS_OWN,
    SessionRequest,
    open_reading_session,
    open_session,
)


@click.group(cls=DefaultGroup)
def runs() -> None:
    """List, show, watch, cancel and debug runs, and read their logs.

    Without a subcommand: list. RUN is a run's id, enough of its beginning, or `latest`.
    """


runs.add_command(debug)
runs.add_command(logs)
runs.add_command(rerun)


@runs.command(name="list")
@serving_options
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([each.value for each in RunState], case_sensitive=False),
    help="Only runs in this state; repeatable.",
)
@click.option("--location", metavar="NAME", help="Only runs of this code location.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many to list, from the newest on.",
)
@json_option("the runs as one JSON array")
@reporting_errors
def list_runs(
    wanted: SessionRequest,
    states: tuple[str, ...],
    location: str | None,
    limit: int,
    as_json: bool,
) -> ExitCode:
    """List runs, newest first."""
    with open_reading_session(wanted) as session:
        found = tuple(islice(session.client.runs(states=states, location=location), limit))
    if as_json:
        print_document(plain(found))
    else:
        show_page(runs_page(found))
    return ExitCode.SUCCEEDED


@runs.command()
@click.argument("run_id", metavar="RUN")
@serving_options
@json_option("the run, its steps and what it made as one JSON document")
@reporting_errors
def show(run_id: str, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show a run as it is now: its steps, what failed and why, what it made."""
    with open_reading_session(wanted) as session:
        handle = named_run(session.client, run_id)
        run, steps = handle.describe(), tuple(handle.steps())
        made = tuple(handle.materializations())[::-1]
        checks = handle.get_asset_check_evaluations()
        reason, warnings = cancel_reason(handle, run), last_warnings(handle, steps)
        silent = silent_steps(handle, steps)
    if as_json:
        told = {"run": run, "steps": steps, "materializations": made, "checks": checks}
        print_document({name: plain(each) for name, each in told.items()})
    else:
        show_page(
            run_page(
                run,
                steps,
                made,
                evaluations=checks,
                cancel_reason=reason,
                warnings=warnings,
                silent=silent,
            )
        )
    return ExitCode.SUCCEEDED


@runs.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--after",
    type=click.IntRange(min=0, max=MOST_EVENTS),
    default=0,
    metavar="SEQUENCE",
    help="Only events behind this one.",
)
@click.option("--no-follow", is_flag=True, help="End at the last event that is recorded now.")
@serving_options
@json_option("each event, then the result, as a JSON document on a line")
@reporting_errors
def watch(
    run_id: str, after: int, no_follow: bool, wanted: SessionRequest, as_json: bool
) -> ExitCode:
    """Show a run's events from the start, then as they come, until it has ended.

    The exit status is the run's: 1 when it failed or was cancelled. Ctrl-C ends the watching;
    the run goes on.
    """
    with open_reading_session(wanted) as session:
        handle = named_run(session.client, run_id)
        with (
            naming_what_goes_on(session, "runs", "watch", handle.run_id),
            open_display(as_json=as_json) as display,
        ):
            following = Following(handle, display, after=after)
            code = following.up_to_now() if no_follow else following.to_the_end()
        if not as_json:
            say_how_to_go_on(handle, code)
        return code


@runs.command()
@click.argument("run_id", metavar="RUN")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the run's events.")
@click.option("--wait", is_flag=True, help="Return when the run has ended.")
@serving_options
@json_option("the run as one JSON document")
@reporting_errors
def cancel(run_id: str, reason: str, wait: bool, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Ask for a run's end. A run that has ended already is an error (exit status 2).

    With --wait the exit status is 1 when the run ended otherwise, as one does whose steps had all
    succeeded by then.
    """
    with open_session(wanted, START_ITS_OWN) as session:
        handle = named_run(session.client, run_id)
        run = handle.cancel(reason)
        if wait:
            handle.result()
            run = handle.describe()
    if as_json:
        print_document(plain(run))
    else:
        say(run_line(run))
    ended_otherwise = wait and run.status is not RunState.CANCELLED
    return ExitCode.RUN_FAILED if ended_otherwise else ExitCode.SUCCEEDED
