"""A line for people, on its way to a terminal."""

from __future__ import annotations

import click

from treadle_client.text._visible import visible


def say(text: str, *, err: bool = False) -> None:
    """Print a line for people, on standard output or standard error, at once."""
    click.echo(visible(text), err=err)
