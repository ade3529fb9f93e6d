"""A group of commands that names the nearest ones when it is asked for one that it does not have."""

from __future__ import annotations

from difflib import get_close_matches

import click


class SuggestingGroup(click.Group):
    """A click group that answers `treadle materialise` with the command that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names.

        Raises:
            click.UsageError: there is none.
        """
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            commands = self.list_commands(ctx)
            near = get_close_matches(name, commands, n=1) or [
                command for command in commands if command.startswith(name)
            ]
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(commands)}."
            ctx.fail(f"No such command {name!r}. {hint}")
        return super().resolve_command(ctx, args)
