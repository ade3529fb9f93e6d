"""Tags on the command line: KEY=VALUE."""

from __future__ import annotations

import click


def read_tags(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """Split each text at its first "="; the value may be empty.

    Raises:
        click.BadParameter: a text is not KEY=VALUE, or a key stands twice.
    """
    tags: dict[str, str] = {}
    for text in texts:
        key, equals, tag = text.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE.")
        if key in tags:
            raise click.BadParameter(f"The tag {key!r} is given twice.")
        tags[key] = tag
    return tags
