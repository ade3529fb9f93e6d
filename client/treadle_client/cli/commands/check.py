"""`treadle check`: what modules use of Dagster's that Treadle does not have, all of it at once."""

from __future__ import annotations

from pathlib import Path

import click

from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option
from treadle_client.cli.pages.machine import Json, print_document
from treadle_client.cli.pages.say import say


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE…",
)
@json_option("what is not there as one JSON array")
def check(files: tuple[Path, ...], as_json: bool) -> ExitCode:
    """Say which names and arguments of Dagster's the FILEs use that Treadle does not have.

    They may import from dagster still. Nothing is imported, and nothing is run. The exit status is 1 if
    there is something.
    """
    # Who does not ask for it does not wait for what it looks names up in.
    from treadle._module_check import check_module  # noqa: PLC0415

    found: list[Json] = []
    lines: list[str] = []
    for file in files:
        try:
            findings = check_module(file.read_text())
        except (OSError, SyntaxError, ValueError) as error:
            raise click.UsageError(f"{file}: {error}") from error
        for each in findings:
            found.append(
                {"file": str(file), "line": each.line, "name": each.name, "said": each.said}
            )
            lines.append(f"{file}:{each.line}: {each.name}: {each.said}")
    if as_json:
        print_document(found)
        return ExitCode.RUN_FAILED if found else ExitCode.SUCCEEDED
    for line in lines:
        say(line)
    if not found:
        say(f"Treadle has all that {', '.join(map(str, files))} takes from it.")
    return ExitCode.RUN_FAILED if found else ExitCode.SUCCEEDED
