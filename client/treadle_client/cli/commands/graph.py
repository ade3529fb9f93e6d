"""`treadle graph`: assets, what makes them, and the steps behind."""

from __future__ import annotations

import click

from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, serving_options
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.session import SessionRequest, open_code_session
from treadle_client.text._graph_tables import graph_page


@click.command(cls=CodeCommand)
@serving_options
@click.option("--location", metavar="NAME", help="The code location, if there are several.")
@json_option("the graph as one JSON document")
@reporting_errors
def graph(wanted: SessionRequest, location: str | None, as_json: bool) -> ExitCode:
    """Show assets, what makes them, and the steps behind.

    "x?" is an output that may be left out; "x -> a" makes the asset a.

    \b
        treadle graph -f my_assets.py
        treadle graph --location etl --json
    """
    with open_code_session(wanted) as session:
        shown = session.client.graph(location)
    if as_json:
        print_document(plain(shown))
    else:
        show_page(graph_page(shown))
    return ExitCode.SUCCEEDED
