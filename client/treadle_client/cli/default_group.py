"""A group of commands that runs one of them when none is named."""

from __future__ import annotations

import shlex

import click

from treadle_client.cli.suggesting_group import SuggestingGroup


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
