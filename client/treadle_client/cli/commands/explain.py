"""`treadle explain`: why each op is in the plan of a selection, or not."""

from __future__ import annotations

import click

from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import explain_options, json_option, serving_options
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.plan_choices import PlanChoices
from treadle_client.cli.session import SessionRequest, open_code_session
from treadle_client.text._explanation_tables import explanation_page


@click.command()
@explain_options
@click.option("--all", "every_op", is_flag=True, help="Show ops of unselected blocks too.")
@serving_options
@json_option("the explanation as one JSON document, with every op")
@reporting_errors
def explain(asked: PlanChoices, wanted: SessionRequest, every_op: bool, as_json: bool) -> ExitCode:
    """Say why each op is in the plan of a SELECTION or not. Nothing is run.

    Of each asset: which part of the selection takes it in, or leaves it out. Of each op that
    runs: for which asset, by way of which other ops, and what it reads that is loaded or
    waited for instead of made.

    \b
        treadle explain -f my_assets.py baz_asset
        treadle explain -f my_assets.py '+report and not group:raw'
    """
    with open_code_session(wanted) as session:
        said = asked.explain(session.client)
    if as_json:
        print_document(plain(said))
    else:
        show_page(explanation_page(said, every_op=every_op))
    return ExitCode.SUCCEEDED
