"""`treadle locations`: the code locations of a launcher, and how each stands."""

from __future__ import annotations

import click

from treadle_client._messages import Location, LocationState
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, serving_options
from treadle_client.cli.pages.location_text import load_problems
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.session import SessionRequest, open_reading_session
from treadle_client.text._table import Page, Table
from treadle_client.text._words import moment


@click.command()
@serving_options
@json_option("the locations as one JSON array")
@reporting_errors
def locations(wanted: SessionRequest, as_json: bool) -> ExitCode:
    """List code locations: where they are, how they stand, what they serve.

    One that is UNREACHABLE is shown as it was last seen, with why it is not reached; one that
    was not seen since the launcher started, and was given without a name, by its last name or
    its address.
    """
    with open_reading_session(wanted) as session:
        found = session.client.locations()
    if as_json:
        print_document(plain(found))
    else:
        show_page(_page(found))
    return ExitCode.SUCCEEDED


def _page(found: tuple[Location, ...]) -> Page:
    if not found:
        return ("No locations: this launcher serves no code.",)
    table = Table(
        columns=("location", "state", "since", "assets", "digest", "address"),
        rows=tuple(
            (
                each.name,
                each.state.value,
                moment(each.since),
                str(each.asset_count) if each.digest else "-",
                each.digest[:12] or "-",
                each.address or "-",
            )
            for each in found
        ),
    )
    page: list[str | Table] = [table]
    for each in found:
        lines = [*_why_not(each), *load_problems(each)]
        page += ["", f"{each.name}:", *lines] if lines else []
    return tuple(page)


def _why_not(location: Location) -> list[str]:
    if location.state is LocationState.UNREACHABLE and location.problem:
        return [f"  {location.problem}"]
    return []
