"""`treadle runs debug`: a step again, by hand, under pdb."""

from __future__ import annotations

import click

from treadle_client._errors import StartError
from treadle_client._requests import MOST_ATTEMPTS
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.named_run import run_id_of
from treadle_client.cli.options import code_options, launcher_options
from treadle_client.cli.session import SessionRequest, open_home_session
from treadle_client.services._debug import become_debugger
from treadle_client.services._local import Code, Purpose


@click.command()
@click.argument("run_id", metavar="RUN")
@click.argument("step_key", metavar="STEP")
@click.option(
    "--attempt",
    type=click.IntRange(min=1, max=MOST_ATTEMPTS),
    metavar="N",
    help="By default the last one that started.",
)
@click.option("--break", "stop", is_flag=True, help="Stop at the op's first line.")
@code_options
@launcher_options
@reporting_errors
def debug(  # noqa: PLR0913 - each is one argument or option
    *,
    run_id: str,
    step_key: str,
    attempt: int | None,
    stop: bool,
    code: Code,
    wanted: SessionRequest,
) -> ExitCode:
    """Run STEP of RUN again, here and in the foreground, with its recorded inputs, under pdb.

    When the op raises, pdb shows where. The code is what -f or -m names, as it is now; it runs in
    this terminal's environment. Nothing is recorded, and what the step makes is thrown away; what
    the op itself does to the world, it does again.

    \b
        treadle runs debug 01J… my_graph.foo -f my_assets.py
        treadle runs debug 01J… my_graph.foo -f my_assets.py --break
    """
    if code.is_empty:
        raise click.UsageError("Name the code that the step is of: a file (-f) or a module (-m).")
    values = wanted.home_or_default / "values"
    if not values.is_dir():
        raise StartError(f"There are no values in {values.parent}: give the --home.", usage=True)
    with open_home_session(wanted, Purpose.READ) as session:
        task = session.client.step_task(run_id_of(session.client, run_id), step_key, attempt)
    become_debugger(code, task, values, stop_at="start" if stop else "exception")
