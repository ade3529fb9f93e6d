"""A group of commands that names the nearest ones when it is asked for one that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

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
