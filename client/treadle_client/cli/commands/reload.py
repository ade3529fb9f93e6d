"""`treadle reload`: load a location's code anew."""

from __future__ import annotations

import click

from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, launcher_options
from treadle_client.cli.pages.location_text import location_text
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.say import say
from treadle_client.cli.session import SessionRequest, open_session


@click.command()
@click.argument("location", required=False)
@launcher_options
@json_option("the location after the reload as one JSON document")
@reporting_errors
def reload(location: str | None, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Load the code of LOCATION anew; without it, of the only one.

    Code that does not load leaves what was served before, says why, and ends with status 2.
    """
    with open_session(wanted) as session:
        outcome = session.client.reload(location)
    if as_json:
        print_document(plain(outcome))
    else:
        say(location_text(outcome.location))
    return ExitCode.SUCCEEDED if outcome.swapped else ExitCode.WRONG_REQUEST
