"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")
Command = Callable[P, R]

_EXISTING = click.Path(path_type=Path)


def code_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add what to load: -f, -m, --working-directory, --python."""
    options = (
        click.option("-f", "--file", "files", multiple=True, type=_EXISTING, metavar="FILE",
                     help="A file of assets to load; repeatable."),
        click.option("-m", "--module", "modules", multiple=True, metavar="MODULE",
                     help="A dotted module of assets to load; repeatable."),
        click.option("--working-directory", type=_EXISTING, metavar="DIR",
                     help="Where the code runs and modules are found; by default here."),
        click.option("--python", metavar="INTERPRETER",
                     help="The interpreter that runs the code; by default this one."),
    )
    return _apply(command, options)
