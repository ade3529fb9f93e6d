"""Groups of commands: they suggest the nearest name, run a default, and import what is called alone."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Iterator, Mapping

import click


class SuggestingGroup(click.Group):
    """A click group that answers `treadle materialise` with the command that was meant.

    `treadle logs` is answered with `treadle runs logs`: what a group below has by that very name.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names.

        Raises:
            click.UsageError: there is none.
        """
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}. {self.hint(ctx, name)}")
        return super().resolve_command(ctx, args)

    def hint(self, ctx: click.Context, name: str) -> str:
        """Say which command may have been meant by a name that is none."""
        from difflib import get_close_matches  # noqa: PLC0415 -- not what a start waits for

        commands = self.list_commands(ctx)
        if any(f"--{name}" in each.opts for each in self.get_params(ctx)):
            return f"Did you mean '{ctx.command_path} --{name}'?"
        near = (
            [below for below in self._below(ctx) if below.endswith(f" {name}")]
            or get_close_matches(name, commands, n=1)
            or [command for command in commands if command.startswith(name)]
        )
        if near:
            return f"Did you mean {' or '.join(map(repr, near))}?"
        return f"There are {', '.join(commands)}."

    def _below(self, ctx: click.Context) -> Iterator[str]:
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if isinstance(command, click.Group):
                yield from (f"{name} {each}" for each in command.list_commands(ctx))


class DefaultGroup(SuggestingGroup):
    """A click group whose command `list` is meant when the first argument names no command."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the default command where an option of its stands first, or nothing."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def hint(self, ctx: click.Context, name: str) -> str:
        """Say which command may have been meant; a name that is none's may be what is to be shown."""
        said = super().hint(ctx, name)
        if said.startswith("There are"):
            said += f" To show one of them: {ctx.command_path} show {shlex.quote(name)}."
        return said


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
