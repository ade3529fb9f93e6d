"""`treadle materialize`: make assets, and show it happen."""

from __future__ import annotations

import click

from treadle_client.cli.code_command import CodeCommand
from treadle_client.cli.errors import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.following import follow_or_name
from treadle_client.cli.options import json_option, plan_options, serving_options
from treadle_client.cli.plan_request import PlanRequest
from treadle_client.cli.session import SessionRequest, open_session
from treadle_client.cli.tags import read_tags


@click.command(cls=CodeCommand)
@plan_options
@click.option(
    "--tag",
    "tags",
    multiple=True,
    callback=read_tags,
    metavar="KEY=VALUE",
    help="A tag of the run; repeatable.",
)
@click.option(
    "--idempotency-key",
    metavar="KEY",
    help="Names this request: the same key again is the same run.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the run may take once it has started; then it is ended and fails.",
)
@click.option(
    "--retry-lost",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Try a step again, N times at most, whose host was lost while its code ran.",
)
@click.option(
    "--detach",
    is_flag=True,
    help="Print the run's id and end; the run goes on. For running launchers.",
)
@serving_options
@json_option("each event, then the result, as a JSON document on a line")
@reporting_errors
def materialize(  # noqa: PLR0913 - what a caller may choose, each by name
    *,
    asked: PlanRequest,
    wanted: SessionRequest,
    tags: dict[str, str],
    idempotency_key: str | None,
    timeout: float | None,
    retry_lost: int,
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
        handle = asked.materialize(
            session.client,
            tags=tags,
            idempotency_key=idempotency_key,
            timeout=timeout,
            retry_lost=retry_lost,
        )
        return follow_or_name(session, handle, detach=detach, as_json=as_json)
