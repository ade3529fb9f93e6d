"""`treadle runs rerun`: go on from a run, or show what that would run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from treadle_client._messages import ReexecutionKind
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import config_options, json_option, run_options, running_options
from treadle_client.cli.pages.following import follow_or_name
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.run_choices import RunChoices
from treadle_client.cli.session import SessionRequest, open_session_of_run
from treadle_client.text._plan_tables import plan_page

if TYPE_CHECKING:
    from treadle_client._messages import Plan
    from treadle_client.text._metadata import PlainValue


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--from-failure",
    is_flag=True,
    help="What failed, what never finished, and everything below either. The default.",
)
@click.option(
    "--steps",
    multiple=True,
    metavar="EXPR",
    help="A step's key, a graph's path or an asset's key, with + on either side; repeatable.",
)
@click.option("--all", "everything", is_flag=True, help="Every step.")
@click.option(
    "--rerun-changed",
    is_flag=True,
    help="Also what succeeded, if its code or inputs changed since.",
)
@click.option("--same-code", is_flag=True, help="Refuse if the code is not the run's.")
@click.option("--plan", "only_plan", is_flag=True, help="Show what would run, and why, and end.")
@config_options
@run_options
@click.option("--detach", is_flag=True, help="Print the new run's id and end; the run goes on.")
@running_options
@json_option("each event, then the result, as a JSON document on a line; or the plan as one")
@reporting_errors
def rerun(  # noqa: PLR0913 - what a caller may choose, each by name
    *,
    run_id: str,
    from_failure: bool,
    steps: tuple[str, ...],
    everything: bool,
    rerun_changed: bool,
    same_code: bool,
    only_plan: bool,
    config: PlainValue,
    choices: RunChoices,
    detach: bool,
    wanted: SessionRequest,
    as_json: bool,
) -> ExitCode:
    """Go on from a run that has ended: a new run of the same selection, on the code as it is now.

    Steps that succeeded are reused: what they stored is read where it lies, with nothing
    configured. Config is laid over the earlier run's.

    \b
        treadle runs rerun RUN --plan
        treadle runs rerun RUN
        treadle runs rerun RUN --steps 'report.render+'
        treadle runs rerun RUN --set ops.report.config.day=2026-01-02 --timeout 600
    """
    if from_failure + bool(steps) + everything > 1:
        raise click.UsageError("--from-failure, --steps and --all exclude each other.")
    if detach and not wanted.code.is_empty:
        raise click.UsageError("--detach needs a running launcher: -f and -m end with the command.")
    kind = ReexecutionKind.ALL if everything else None
    with open_session_of_run(wanted, run_id, only_reads=only_plan) as (session, handle):
        if only_plan:
            plan = handle.plan_rerun(
                kind,
                steps=steps or None,
                rerun_changed=rerun_changed,
                same_code=same_code,
                config=config,
            )
            return _show_plan(plan, as_json=as_json)
        again = handle.rerun(
            kind,
            steps=steps or None,
            rerun_changed=rerun_changed,
            same_code=same_code,
            config=config,
            tags=choices.tags,
            idempotency_key=choices.idempotency_key,
            timeout=choices.timeout,
            retry_lost=choices.retry_lost,
        )
        return follow_or_name(session, again, detach=detach, as_json=as_json)


def _show_plan(plan: Plan, *, as_json: bool) -> ExitCode:
    if as_json:
        print_document(plain(plan))
    else:
        show_page(plan_page(plan))
    return ExitCode.SUCCEEDED
