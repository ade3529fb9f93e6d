"""`treadle plan`: what would run for a selection, and why."""

from __future__ import annotations

import click

from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, plan_options, serving_options
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.plan_choices import PlanChoices
from treadle_client.cli.session import SessionRequest, open_code_session
from treadle_client.text._plan_tables import plan_page


@click.command(cls=CodeCommand)
@plan_options
@serving_options
@json_option("the plan as one JSON document")
@reporting_errors
def plan(asked: PlanChoices, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show what would run for a selection, and why. Nothing is run.

    The plan lists every step of the selected blocks with a verdict, the stored assets that
    would be loaded, and hazards: outputs that nobody selected and a step will yield.

    \b
        treadle plan -f my_assets.py --select baz_asset
        treadle plan -f my_assets.py --select '+report and not slow' --unselected-outputs fail
    """
    with open_code_session(wanted) as session:
        shown = asked.plan(session.client)
    if as_json:
        print_document(plain(shown))
    else:
        show_page(plan_page(shown))
    return ExitCode.SUCCEEDED
