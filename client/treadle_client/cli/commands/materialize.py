"""`treadle materialize`: make assets, and show it happen."""

from __future__ import annotations

import click

from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, plan_options, run_options, running_options
from treadle_client.cli.pages.following import follow_or_name
from treadle_client.cli.plan_choices import PlanChoices
from treadle_client.cli.run_choices import RunChoices
from treadle_client.cli.session import SessionRequest, open_session


@click.command(cls=CodeCommand)
@plan_options
@run_options
@click.option(
    "--detach",
    is_flag=True,
    help="Print the run's id and end; the run goes on. For running launchers.",
)
@running_options
@json_option("each event, then the result, as a JSON document on a line")
@reporting_errors
def materialize(
    *,
    asked: PlanChoices,
    wanted: SessionRequest,
    choices: RunChoices,
    detach: bool,
    as_json: bool,
) -> ExitCode:
    """Make assets, and show it happen.

    With code (-f, -m) services of the command's own do it, in the home: a later command finds
    there what this one made, and Ctrl-C cancels the run. On a running launcher Ctrl-C only ends
    the watching: the run goes on, and `treadle runs watch` shows it again.

    \b
        treadle materialize -f my_assets.py
        treadle materialize -f my_assets.py --select 'foo_asset or baz_asset'
        treadle materialize --select '+report' --tag team=etl --detach
    """
    if detach and not wanted.code.is_empty:
        raise click.UsageError(
            "--detach needs a running launcher (treadle dev, treadle launcher): services that"
            " -f and -m start end with the command."
        )
    with open_session(wanted) as session:
        handle = asked.materialize(session.client, choices)
        return follow_or_name(session, handle, detach=detach, as_json=as_json)
