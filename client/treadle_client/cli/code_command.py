"""A command that is given code, and says with which option when it is given it bare."""

from __future__ import annotations

from typing import Final

import click

#: By an option that only such commands have, what may have been meant by a bare word.
_WAYS: Final = {
    "-f": "a file of assets with -f FILE",
    "-s": "an asset with -s KEY",
    "--location-token": "a code server with --location ADDRESS",
}


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
            known = {option for each in self.params for option in each.opts}
            taken = [way for option, way in _WAYS.items() if option in known]
            ctx.fail(f"{rest[0]!r} stands by itself. Name {', '.join(taken)}.")
        return rest
