"""`treadle partitions`: what became of an asset's partitions, and the keys of dynamic definitions."""

from __future__ import annotations

import click

from treadle_client.cli.command_groups import SuggestingGroup
from treadle_client.cli.error_report import reporting_errors
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.options import json_option, running_options, serving_options
from treadle_client.cli.pages.backfill_pages import asset_partitions_page
from treadle_client.cli.pages.machine import plain, print_document
from treadle_client.cli.pages.pages import show_page
from treadle_client.cli.pages.say import say
from treadle_client.cli.session import SessionRequest, open_reading_session, open_session


class _PartitionsGroup(SuggestingGroup):
    """A name that is no command's is an asset's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command `show` where an asset stands by itself."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_PartitionsGroup)
def partitions() -> None:
    """Show what became of the partitions of an asset; list, add and remove keys of dynamic definitions.

    `treadle partitions KEY` shows those of the asset KEY. NAME is what the code calls a dynamic
    definition: DynamicPartitionsDefinition(name="NAME").
    """


@partitions.command()
@click.argument("key")
@serving_options
@json_option("the counts and ranges as one JSON document")
@reporting_errors
def show(key: str, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Show which partitions of the asset KEY were made, failed and are missing, as ranges."""
    with open_reading_session(wanted) as session:
        found = session.client.partitions(key)
    if as_json:
        print_document(plain(found))
    else:
        show_page(asset_partitions_page(found))
    return ExitCode.SUCCEEDED


@partitions.command(name="list")
@click.argument("name")
@serving_options
@json_option("the keys as one JSON array")
@reporting_errors
def list_keys(name: str, wanted: SessionRequest, as_json: bool) -> ExitCode:
    """List the keys of the dynamic definition NAME, in the order in which they were added."""
    with open_reading_session(wanted) as session:
        keys = tuple(session.client.dynamic_partitions(name))
    if as_json:
        print_document(list(keys))
    else:
        say("\n".join(keys) if keys else f"{name} has no keys: treadle partitions add {name} KEY")
    return ExitCode.SUCCEEDED


@partitions.command()
@click.argument("name")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@running_options
@json_option("the keys that were added as one JSON array")
@reporting_errors
def add(name: str, keys: tuple[str, ...], wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Add keys to the dynamic definition NAME, behind those that it has."""
    with open_session(wanted) as session:
        added = session.client.add_partitions(name, keys)
    if as_json:
        print_document(list(added))
    else:
        there = tuple(key for key in keys if key not in added)
        say(_told("Added", added, f"{', '.join(there)} was there before." if there else ""))
    return ExitCode.SUCCEEDED


@partitions.command()
@click.argument("name")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@running_options
@json_option("the keys that were removed as one JSON array")
@reporting_errors
def remove(name: str, keys: tuple[str, ...], wanted: SessionRequest, as_json: bool) -> ExitCode:
    """Remove keys of the dynamic definition NAME; what was made of them stays on record."""
    with open_session(wanted) as session:
        removed = session.client.remove_partitions(name, keys)
    if as_json:
        print_document(list(removed))
    else:
        absent = tuple(key for key in keys if key not in removed)
        say(_told("Removed", removed, f"{', '.join(absent)} was not there." if absent else ""))
    return ExitCode.SUCCEEDED


def _told(done: str, keys: tuple[str, ...], others: str) -> str:
    told = f"{done} {', '.join(keys)}." if keys else ""
    return " ".join(filter(None, (told, others)))
