"""A group of commands that imports only the one that is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from treadle_client.cli.suggesting_group import SuggestingGroup


class LazyGroup(SuggestingGroup):
    """A click group whose command `x` is the attribute `x` of the module `x` in a package.

    The short help stands in the group, so that listing the commands imports none.
    """

    def __init__(
        self, *arguments: object, package: str, commands_help: Mapping[str, str], **options: object
    ) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # click's own, passed on
        self._package = package
        self._commands_help = commands_help

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table."""
        return list(self._commands_help)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module; None when there is no such command."""
        if cmd_name not in self._commands_help:
            return None
        command = getattr(importlib.import_module(f"{self._package}.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._commands_help.items()))
