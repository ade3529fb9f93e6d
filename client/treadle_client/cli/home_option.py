"""The option that names a home, which another user's may not be."""

from __future__ import annotations

from pathlib import Path

import click


class _HomePath(click.Path):
    """A folder; refused alike where it, or a folder above it, may not be read."""

    name = "home"

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        home = Path(super().convert(value, param, ctx))  # type: ignore[arg-type]  # what click reads
        try:
            home.stat()
        except PermissionError:
            self.fail(f"Path {str(home)!r} is not readable.", param, ctx)
        except OSError:
            # It is not there yet.
            pass
        return home


home_option = click.option(
    "--home",
    type=_HomePath(),
    metavar="DIR",
    help="The folder of runs and values; by default $TREADLE_HOME, else .treadle here.",
)
