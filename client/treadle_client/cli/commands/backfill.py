"""`treadle backfill`: launch a backfill and watch it; list, show, watch, cancel and retry backfills."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from treadle_client._messages import BackfillState
from treadle_client.cli.backfill_choices import BackfillChoices, backfill_options
from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.command_groups import SuggestingGroup
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, plan_options, running_options, serving_options
from treadle_client.cli.pages.backfill_pages import (
    backfill_line,
    backfill_page,
    backfill_plan_page,
    backfills_page,
)
from treadle_client.cli.pages.interruptible import interruptible
from treadle_client.cli.pages.machine import plain, print_document, print_line
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.pages.say import say
from treadle_client.cli.plan_choices import PlanChoices
from treadle_client.cli.repeated import next_command
from treadle_client.cli.session import (
    Lifetime,
    Session,
    SessionRequest,
    open_code_session,
    open_reading_session,
    open_session,
)

if TYPE_CHECKING:
    from treadle_client._backfill import BackfillHandle


#: What says of which partitions a backfill is.
_ASKING: Final = ("-s", "--select", "--job", "--partition", "--partitions", "--missing", "--failed")


class _BackfillGroup(SuggestingGroup):
    """What says what to make launches a backfill; without it, and without a subcommand, they are listed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant where none is."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            words = {each.partition("=")[0] for each in args}
            args = ["launch" if words.intersection(_ASKING) else "list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_BackfillGroup)
def backfill() -> None:
    """Launch runs that make chosen partitions, and watch them; list, show, cancel and retry backfills.

    Without a subcommand: launch, where --select, --job, --partitions, --missing or --failed says what to
    make, else list. BACKFILL is a backfill's id, or `latest`.

    \b
        treadle backfill --select daily --partitions 2013-01-01..2013-01-07
        treadle backfill --select daily --missing --plan
    """


@backfill.command(cls=CodeCommand)
@plan_options
@backfill_options
@click.option("--plan", "only_plan", is_flag=True, help="Show which runs there would be.")
@click.option(
    "--detach",
    is_flag=True,
    help="Print the backfill's id and end; it goes on. For running launchers.",
)
@running_options
@json_option("how the backfill stands each time that it changed, a JSON document on a line")
@reporting_errors
def launch(  # noqa: PLR0913 - what a command line says
    *,
    asked: PlanChoices,
    choices: BackfillChoices,
    wanted: SessionRequest,
    only_plan: bool,
    detach: bool,
    as_json: bool,
) -> ExitCode:
    """Launch runs that make chosen partitions of a selection, a few at once, and show how they end.

    The exit status is 1 when a partition was not made. On a running launcher Ctrl-C only ends the
    watching: the backfill goes on, also when the launcher is started again.
    """
    if detach and not wanted.code.is_empty:
        raise click.UsageError(
            "--detach needs a running launcher (treadle dev, treadle launcher): services that"
            " -f and -m start end with the command."
        )
    if only_plan:
        with open_code_session(wanted) as session:
            planned = choices.plan(session.client, asked)
        if as_json:
            print_document(plain(planned))
        else:
            show_page(backfill_plan_page(planned))
        return ExitCode.SUCCEEDED
    with open_session(wanted) as session:
        handle = choices.launch(session.client, asked)
        if handle.existed:
            say(f"This request was made before: backfill {handle.backfill_id}.", err=True)
        if not detach:
            return _followed(session, handle, as_json=as_json)
        if as_json:
            print_document(plain(handle.describe()))
        else:
            say(handle.backfill_id)
        return ExitCode.SUCCEEDED


@backfill.command(name="list")
@serving_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many to list, from the newest on.",
)
@json_option("the backfills as one JSON array")
@reporting_errors
def list_backfills(wanted: SessionRequest, limit: int, as_json: bool) -> ExitCode:
    """List backfills, newest first."""
    with open_reading_session(wanted) as session:
        found = tuple(islice(session.client.backfills(), limit))
    if as_json:
        print_document(plain(found))
    else:
        show_page(backfills_page(found))
    return ExitCode.SUCCEEDED


@backfill.command()
@click.argument("backfill_id", metavar="BACKFILL")
@serving_options
@json_option("the backfill and its partitions as one JSON document")
@reporting_errors
def show(backfill_id: str, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show a backfill as it is now: its partitions by state, and the runs of those that failed."""
    with open_reading_session(wanted) as session:
        handle = _named(session, backfill_id)
        found, partitions = handle.describe(), tuple(handle.partitions())
    if as_json:
        print_document({"backfill": plain(found), "partitions": plain(partitions)})
    else:
        show_page(backfill_page(found, partitions))
    return ExitCode.SUCCEEDED


@backfill.command()
@click.argument("backfill_id", metavar="BACKFILL")
@serving_options
@json_option("how the backfill stands each time that it changed, a JSON document on a line")
@reporting_errors
def watch(backfill_id: str, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show how a backfill stands each time that it changes, until it is over.

    The exit status is 1 when a partition was not made. Ctrl-C ends the watching; the backfill goes on.
    """
    with open_reading_session(wanted) as session:
        return _followed(session, _named(session, backfill_id), as_json=as_json)


@backfill.command()
@click.argument("backfill_id", metavar="BACKFILL")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log of its runs.")
@click.option("--wait", is_flag=True, help="Return when the backfill has ended.")
@serving_options
@json_option("the backfill as one JSON document")
@reporting_errors
def cancel(
    backfill_id: str, reason: str, wait: bool, wanted: SessionRequest, as_json: bool
) -> ExitCode:
    """Launch no further run of a backfill, and cancel those under way."""
    with open_session(wanted) as session:
        handle = _named(session, backfill_id)
        found = handle.cancel(reason)
        if wait:
            handle.result()
            found = handle.describe()
    if as_json:
        print_document(plain(found))
    else:
        say(backfill_line(found))
    return ExitCode.SUCCEEDED


@backfill.command()
@click.argument("backfill_id", metavar="BACKFILL")
@click.option(
    "--detach",
    is_flag=True,
    help="Print the new backfill's id and end; it goes on. For running launchers.",
)
@running_options
@json_option("how the backfill stands each time that it changed, a JSON document on a line")
@reporting_errors
def retry(backfill_id: str, detach: bool, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Make again what a backfill did not make: a new one, whose runs go on from those that failed."""
    with open_session(wanted) as session:
        handle = _named(session, backfill_id).retry()
        if not detach:
            return _followed(session, handle, as_json=as_json)
        if as_json:
            print_document(plain(handle.describe()))
        else:
            say(handle.backfill_id)
        return ExitCode.SUCCEEDED


def _named(session: Session, name: str) -> BackfillHandle:
    newest = next(session.client.backfills(), None) if name == "latest" else None
    return session.client.get_backfill(name if newest is None else newest.backfill_id)


def _followed(session: Session, handle: BackfillHandle, *, as_json: bool) -> ExitCode:
    """Show a backfill until it is over, and say how it ended with the exit status."""
    try:
        return _shown(handle, as_json=as_json)
    except KeyboardInterrupt:
        if session.lifetime is Lifetime.STANDING:
            watching, ending = (
                next_command("backfill", each, handle.backfill_id) for each in ("watch", "cancel")
            )
            say(f"The backfill goes on. See it: {watching}. End it: {ending}.", err=True)
            return ExitCode.INTERRUPTED
        say("Cancelling the backfill; again Ctrl-C ends at once.", err=True)
        handle.cancel("Ctrl-C")
        return _shown(handle, as_json=as_json)


def _shown(handle: BackfillHandle, *, as_json: bool) -> ExitCode:
    last = None
    for last in interruptible(handle.watch()):
        if as_json:
            print_line(plain(last))
        else:
            say(backfill_line(last))
    assert last is not None, "a watch gives the backfill as it is"
    if last.status is BackfillState.SUCCEEDED:
        return ExitCode.SUCCEEDED
    if not as_json:
        show_page(backfill_page(last, tuple(handle.partitions())))
        say(
            f"To make the others again: {next_command('backfill', 'retry', last.backfill_id)}",
            err=True,
        )
    return ExitCode.RUN_FAILED
