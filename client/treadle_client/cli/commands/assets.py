"""`treadle assets`: assets with their latest materialization, and one's history."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from treadle_client._errors import TreadleClientError, ValueUnreadableError
from treadle_client._messages import AssetCheck, AssetEntry, CheckEvaluated, Materialization
from treadle_client.cli.command_groups import DefaultGroup
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, serving_options
from treadle_client.cli.pages.asset_pages import (
    CheckedAsset,
    asset_page,
    assets_page,
    checks_of,
)
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.pages.say import say
from treadle_client.cli.session import SessionRequest, open_reading_session

if TYPE_CHECKING:
    from treadle_client._client import Client
    from treadle_client.services._local import Code


@click.group(cls=DefaultGroup)
def assets() -> None:
    """List assets with their latest materialization, or show one with its history.

    Without a subcommand: list.
    """


@assets.command(name="list")
@serving_options
@click.option("--location", metavar="NAME", help="Only assets of this code location.")
@json_option("the assets as one JSON array")
@reporting_errors
def list_assets(wanted: SessionRequest, location: str | None, as_json: bool) -> ExitCode:
    """List assets with their latest materialization, sorted by key."""
    with open_reading_session(wanted) as session:
        entries = tuple(session.client.assets(location))
    if as_json:
        print_document(plain(entries))
    else:
        show_page(assets_page(entries))
    return ExitCode.SUCCEEDED


@assets.command()
@click.argument("key")
@click.option(
    "--history",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="How many materializations and observations to show, from the newest on.",
)
@click.option(
    "--value",
    "with_value",
    is_flag=True,
    help="Show the value, the first of a long one. With -f or -m the command imports the code, too: for"
    " what an IO manager of it stored, and classes of it.",
)
@serving_options
@json_option("the asset and its materializations as one JSON document")
@reporting_errors
def show(
    key: str, history: int, with_value: bool, wanted: SessionRequest, as_json: bool
) -> ExitCode:
    """Show the asset KEY: what makes it, its checks, when it was made or observed and by which run."""
    with open_reading_session(wanted) as session:
        made = tuple(islice(session.client.materializations(key), history))
        entry = _entry(session.client, key)
        checks = _checks(session.client, key, entry)
        observed = tuple(islice(session.client.observations(key), history))
        value = _value(session.client, key, made, entry, wanted.code) if with_value else None
    if as_json:
        document = {
            "asset": plain(entry),
            "materializations": plain(made),
            "checks": plain(checks),
            "observations": plain(observed),
        }
        print_document(document if value is None else {**document, "value": value})
    else:
        show_page(asset_page(key, entry, made, checks, observed))
        if value is not None:
            say(f"\nValue of the latest materialization\n{value}")
    return ExitCode.SUCCEEDED


def _value(
    client: Client,
    key: str,
    made: tuple[Materialization, ...],
    entry: AssetEntry | None,
    code: Code,
) -> str:
    """Return the latest value as text, read with the code that the command serves, if any.

    Raises:
        NotMadeError: there is none.
        ValueUnreadableError: it cannot be read here.
    """
    if not code.is_empty:
        if code.python is not None and made and made[0].value_ref is not None:
            return _preview(client.load(key))
        # Nobody else waits for what imports code.
        from treadle_client.cli.served_code import definitions_here  # noqa: PLC0415

        with definitions_here(code) as definitions:
            return _preview(client.load(key, definitions=definitions))
    try:
        if made and made[0].value_ref is None and not made[0].gone:
            raise ValueUnreadableError(
                f"Treadle stored no value of {key} of run {made[0].run_id}: an IO manager of its own did,"
                " which alone can load it, or nobody."
            )
        return _preview(client.load(key))
    except ValueUnreadableError as error:
        if made and made[0].gone:
            raise
        raise ValueUnreadableError(f"{error} {_with_code(client, key, entry)}") from error


def _with_code(client: Client, key: str, entry: AssetEntry | None) -> str:
    """Say how to read a value with its code, by the names of the targets that its location serves."""
    served = () if entry is None else client.locations()
    targets = [
        f"-f {each.target}" if each.target.endswith(".py") else f"-m {each.target}"
        for location in served
        if entry is not None and location.name == entry.location
        for each in location.modules
    ]
    named = " ".join(targets) or "-f FILE (or -m MODULE)"
    return f"With its code: `treadle assets show {key} --value {named}`."


def _preview(value: object) -> str:
    """Return a value as text, of a long one the first lines and characters."""
    text = str(value) if hasattr(value, "columns") else repr(value)
    lines = [each[:_WIDTH] + ("…" if len(each) > _WIDTH else "") for each in text.splitlines()]
    more = [f"… and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join([*lines[:_LINES], *more])


#: How many lines, and characters of each, a value is shown in.
_LINES: Final = 40
_WIDTH: Final = 200


#: How many results of checks are looked through for the last of each.
_RESULTS: Final = 500


def _checks(client: Client, key: str, entry: AssetEntry | None) -> tuple[CheckedAsset, ...]:
    """Return the checks of an asset, with what each said last."""
    defined: list[AssetCheck] = []
    # Its location may be away, or load nothing now: what checks said is on record.
    with suppress(TreadleClientError):
        checks = () if entry is None else client.graph(entry.location).checks
        defined = [each for each in checks if each.asset_key == key]
    latest: dict[str, CheckEvaluated] = {}
    for event in islice(client.check_evaluations(key), _RESULTS):
        latest.setdefault(event.check_name, event)
        if len(defined) == len(latest) and all(each.name in latest for each in defined):
            break
    return checks_of(defined, latest)


def _entry(client: Client, key: str) -> AssetEntry | None:
    """Find an asset among those that are defined now; None when it only has a past."""
    return next((each for each in client.assets() if each.asset.key == key), None)
