"""A command that is given code, and says with which option when it is given it bare."""

from __future__ import annotations

import click


class CodeCommand(click.Command):
    """A click command without arguments that answers `treadle plan my_assets.py` with the way."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options.

        Raises:
            click.UsageError: something stands by itself.
        """
        rest = super().parse_args(ctx, args)
        if rest:
            ways = {"files": "a file of assets with -f FILE", "select": "an asset with -s KEY"}
            taken = [way for name, way in ways.items() if name in {p.name for p in self.params}]
            ctx.fail(f"{rest[0]!r} stands by itself. Name {', '.join(taken)}.")
        return rest
