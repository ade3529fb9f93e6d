"""Text on its way to a terminal."""

from __future__ import annotations

import click

from treadle_client.text._visible import visible, visible_json

__all__ = ["say", "visible", "visible_json"]


def say(text: str, *, err: bool = False) -> None:
    """Print a line for people, on standard output or standard error, at once."""
    click.echo(visible(text), err=err)
