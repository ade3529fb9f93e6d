"""`treadle gc`: remove stored values that nothing needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote

import click

from treadle_client._messages import Collected, Garbage
from treadle_client.cli.duration import duration, duration_text
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, sweeping_options
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.pages.say import say
from treadle_client.cli.repeated import next_command
from treadle_client.cli.session import SessionRequest, open_home_session
from treadle_client.services._local import Purpose
from treadle_client.text._table import Page, Table
from treadle_client.text._words import size_text


@click.command()
@click.option("--plan", "only_plan", is_flag=True, help="Show what would be removed, and why.")
@click.option(
    "--keep-intermediates",
    type=duration,
    metavar="TIME",
    help="How long intermediates are kept after their run's end: 7d, 12h, 30m, or seconds; by"
    " default as the launcher was told, else 7d.",
)
@sweeping_options
@json_option("what was, or would be, removed as one JSON document")
@reporting_errors
def gc(
    *, only_plan: bool, keep_intermediates: timedelta | None, wanted: SessionRequest, as_json: bool
) -> ExitCode:
    """Remove stored values that nothing needs.

    These are values of attempts that did not succeed, versions of an asset that have three newer
    ones (or TREADLE_KEEP_VERSIONS), and intermediates of runs that ended long ago. What a run needs that is not over stays;
    so does the record of what was made. A launcher does the same by itself: after each run, and
    when it starts. Logs are never removed.
    """
    purpose = Purpose.READ if only_plan else Purpose.SWEEP
    with open_home_session(wanted, purpose) as session:
        if only_plan:
            garbage = tuple(session.client.garbage(keep_intermediates=keep_intermediates))
            if as_json:
                print_document(plain(garbage))
            else:
                show_page(_garbage_page(garbage, _removing(keep_intermediates)))
            return ExitCode.SUCCEEDED
        collected = session.client.collect_garbage(keep_intermediates=keep_intermediates)
    if as_json:
        print_document(plain(collected))
    else:
        say(_collected_text(collected))
    return ExitCode.SUCCEEDED


def _collected_text(collected: Collected) -> str:
    if not collected.removed_count:
        return "There was nothing to remove."
    return f"Removed {_values(collected.removed_count)}, {size_text(collected.removed_bytes)}."


def _removing(keep_intermediates: timedelta | None) -> str:
    """Return the command that removes what was planned, with the options that it was planned with."""
    if keep_intermediates is None:
        return next_command("gc")
    return next_command("gc", "--keep-intermediates", duration_text(keep_intermediates))


def _garbage_page(garbage: Sequence[Garbage], removing: str) -> Page:
    if not garbage:
        return ("Nothing is to be removed.",)
    total = size_text(sum(each.size_bytes for each in garbage))
    table = Table(
        columns=("value", "why", "size", "asset", "run"),
        rows=tuple(
            (
                unquote(each.key),
                each.reason.value,
                size_text(each.size_bytes),
                each.asset_key or "-",
                each.run_id or "-",
            )
            for each in garbage
        ),
    )
    them = "it" if len(garbage) == 1 else "them"
    return (table, f"{_values(len(garbage))}, {total}; `{removing}` removes {them}.")


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
